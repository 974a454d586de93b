"""Tables of runs: each policy in both protocols, in total and by city and day."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median

from drybulb.app.markdown import interval, number, table, title
from drybulb.app.reporting.sentences import counts, listed
from drybulb.app.results.evidence import PolicyRun, Row, Season
from drybulb.app.results.plan import BLIND, TRADED
from drybulb.app.results.protocols import difference
from drybulb.app.results.tables import day, name

_DECIDES = ("at any time", "twice an event")
_COLUMNS = ("orders", "fills", "fees $", "P&L $", "a day $ (90 %)", "drawdown $")


def protocols(season: Season, seed: int) -> list[str]:
    """Return the table of all policies, both protocols of each below one another.

    Args:
        season: the runs.
        seed: of the bootstrap.
    """
    lines = []
    for policy in (*TRADED, *BLIND):
        often, twice = season.run(policy), season.run(policy, is_twice=True)
        if often is not None:
            more = None if twice is None else difference(often, twice, seed)
            said = "–" if more is None else f"{number(more[0], 2)} ({interval(more[1:], 2)})"
            lines.append((name(policy), _DECIDES[0], *_cells(often.document["total"]), said))
        if twice is not None:
            lines.append((name(policy), _DECIDES[1], *_cells(twice.document["total"]), ""))
    return table(("policy", "decides", *_COLUMNS, "a day more than twice $ (90 %)"), lines)


def waits(season: Season) -> list[str]:
    """Return the table of the time from decision to fill, of each run that filled."""
    lines = []
    for policy in TRADED:
        for is_twice in (False, True):
            run = season.run(policy, is_twice=is_twice)
            if run is not None and run.kept.waits:
                found = run.kept.waits
                filled = f"{len(found):,}"
                lines.append((name(policy), run.decides, filled, number(median(found), 0), number(max(found), 0)))
    return table(("policy", "decides", "fills", "median min", "longest min"), lines) if lines else []


def by_city(season: Season) -> Iterator[str]:
    """Yield a table a policy: two lines a city and day, deciding at any time and twice an event."""
    for policy in TRADED:
        often, twice = season.run(policy), season.run(policy, is_twice=True)
        if often is None or twice is None:
            continue
        yield from (f"#### Policy {name(policy)}", "")
        yield from _of_policy(often, twice)


def _of_policy(often: PolicyRun, twice: PolicyRun) -> Iterator[str]:
    lines, idle = [], []
    for key, part in often.document["cities"].items():
        for lead in ("1", "0") if part["events"] else ():
            where, events = f"{title(key)} {day(int(lead))}", f"{part['events']:,}"
            legs = (part["by_lead"][lead], twice.document["cities"][key]["by_lead"][lead])
            if any(leg["orders"] for leg in legs):
                lines += [(where, events, said, *_cells(leg)) for said, leg in zip(_DECIDES, legs, strict=True)]
            else:
                idle.append(where)
    if lines:
        yield from table(("", "events", "decides", *_COLUMNS), lines)
    if idle:
        yield from (f"No order: {listed(idle)}.", "")


def refused(season: Season) -> list[str]:
    """Return the table of what was replayed and what could not be, by city."""
    run = season.run(TRADED[0])
    if run is None:
        return []
    lines = [
        (title(key), f"{part['events']:,}", counts(part["refused"]) or "–")
        for key, part in run.document["cities"].items()
    ]
    return table(("city", "events replayed", "event days not replayed, and why"), lines)


def _cells(part: Row) -> tuple[str, ...]:
    # Of days on which nothing could be gained, a mean and its interval say nothing.
    ends = part["pnl_per_day"]["ci90"] if part["fills"] else None
    return (
        f"{part['orders']:,}",
        f"{part['fills']:,}",
        number(part["fees_usd"], 2),
        number(part["pnl_usd"], 2),
        "–" if ends is None else f"{number(part['pnl_per_day']['mean'], 2)} ({interval(ends, 2)})",
        number(part["max_drawdown_usd"], 2),
    )
