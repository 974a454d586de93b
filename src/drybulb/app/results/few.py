"""How much of a run's money rests on few events: its gains without the best, and what disputed events paid."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from drybulb.app.markdown import interval, number, table, title
from drybulb.app.reporting.sentences import counted, listed, money
from drybulb.app.results.disputes import Dispute
from drybulb.app.results.evidence import PolicyRun, Season
from drybulb.app.results.kept import EventGain
from drybulb.app.results.plan import TRADED
from drybulb.app.results.tables import name
from drybulb.app.results.verdicts import Said, Verdict
from drybulb.app.tally import per_day, usd

_HYBRID = "hybrid"
_BEST = 2


@dataclass(frozen=True, slots=True)
class Without:
    """What a run gained without its best events.

    Attributes:
        best: the events left out, the best first.
        gain: of the rest [microdollars].
        per_day: mean and 90 % interval of the rest, over the days of the whole run [dollars].
    """

    best: Sequence[EventGain]
    gain: int
    per_day: dict[str, Any]


def without(run: PolicyRun, count: int, seed: int) -> Without:
    """Leave the best events out of a run.

    Args:
        run: of a policy.
        count: how many; all that gained where there are fewer.
        seed: of the bootstrap.
    """
    best = [one for one in run.kept.by_event() if one.gain > 0][:count]
    gains = dict(run.gains)
    for one in best:
        gains[one.day] -= one.gain
    return Without(best, sum(gains.values()), per_day(gains, seed))


def table_without(season: Season, seed: int) -> list[str]:
    """Return a table of each traded policy that filled, without its best event and its two best.

    Args:
        season: the runs.
        seed: of the bootstrap.
    """
    lines = []
    for run in _filled(season):
        one, two = without(run, 1, seed), without(run, _BEST, seed)
        lines.append(
            (
                name(run.policy),
                run.decides,
                number(run.document["total"]["pnl_usd"], 2),
                ", ".join(f"{_event(each)} {number(usd(each.gain), 2)}" for each in two.best) or "–",
                number(usd(one.gain), 2),
                number(usd(two.gain), 2),
                f"{number(two.per_day['mean'], 2)} ({interval(two.per_day['ci90'], 2)})",
            )
        )
    columns = ("decides", "P&L $", "best events $", "without the best $", "without the two best $")
    return table(("policy", *columns, "a day without the two best $ (90 %)"), lines) if lines else []


def hybrid_without(season: Season, seed: int) -> Iterator[Said]:
    """Say what the hybrid is worth without its two best events, unless it lost with them: no verdict, they were chosen.

    Args:
        season: the runs.
        seed: of the bootstrap.
    """
    run = season.run(_HYBRID)
    if run is None or run.per_day is None or not run.kept.fills or Verdict.of_gain(run.per_day) is Verdict.WORSE:
        return
    found = without(run, _BEST, seed)
    if not found.best:
        return
    best = listed(f"{_event(each)} ({money(usd(each.gain), signed=True)})" for each in found.best)
    said = f"the hybrid, deciding at any time, gained {money(run.document['total']['pnl_usd'], signed=True)};"
    said += f" without {'its two best events' if len(found.best) == _BEST else 'the one event that gained'}, {best},"
    said += f" it is {money(usd(found.gain), signed=True)}, a day {interval(found.per_day['ci90'], 2)}"
    yield Verdict.OPEN, f"{season.months}: {said}."


def disputed(season: Season) -> Iterator[Said]:
    """Say how many events the exchange settled otherwise than the official high, and what the hybrid had by them."""
    if not season.disputes:
        return
    said = f"the exchange settled {counted(len(season.disputes), 'event')} otherwise than the newest final official"
    said += f" high says: {listed(f'{title(one.city)} {one.told}' for one in season.disputes)}"
    run = season.run(_HYBRID)
    amounts = None if run is None else run.kept.disputed(season.disputes)
    if amounts is not None:
        both = _both(amounts, " as paid", " as the official high would have paid")
        said += f"; by them the hybrid, deciding at any time, gained {both}"
    yield Verdict.OPEN, f"{season.months}: {said}."


def disputed_in(season: Season, key: str) -> Iterator[str]:
    """Yield what a city's events paid that the exchange settled otherwise than the official high, by policy.

    Args:
        season: the runs.
        key: of the city.
    """
    mine: list[Dispute] = [one for one in season.disputes if one.city == key]
    if not mine:
        return
    yield f"the exchange settled {listed(one.told for one in mine)}."
    amounts = ((run, run.kept.disputed(mine)) for run in _filled(season))
    told = [f"{name(run.policy)} {run.decides} {_both(both)}" for run, both in amounts if both is not None]
    if told:
        events = "this event" if len(mine) == 1 else "these events"
        yield f"gained on {events}, as paid and as the official high would have paid: {'; '.join(told)}."


def _both(amounts: tuple[int, int], of_paid: str = "", of_official: str = "") -> str:
    paid, official = (money(usd(amount), signed=True) for amount in amounts)
    return f"{paid}{of_paid} and {official}{of_official}"


def _event(one: EventGain) -> str:
    return f"{title(one.city)} {one.day}"


def _filled(season: Season) -> Iterator[PolicyRun]:
    """Runs of traded policies with a fill, both protocols of each one after the other."""
    for policy in TRADED:
        for is_twice in (False, True):
            run = season.run(policy, is_twice=is_twice)
            if run is not None and run.kept.fills:
                yield run
