"""The tables of the backtest's page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bench.traded_desk import ALL, LEADS
from bench.traded_plan import FULL, HYBRID, WAYS
from bench.traded_shown import (
    NAIVE,
    WAY,
    a_day,
    called,
    cities,
    day_of,
    desk_of,
    ends,
    further,
    head,
    honest,
    is_clear,
    is_filled,
    leads,
    part,
    percent,
    whole,
    word,
)
from drybulb.app.markdown import item, number, paragraph, table, title
from drybulb.app.reporting.sentences import counts, listed, money
from drybulb.app.results.tables import name as policy_name
from drybulb.app.tally import usd
from drybulb.engine.fills import Fills
from drybulb.verification import Word
from drybulb.verification.enough import LEAST_TRADED

Row = dict[str, Any]


def desks(document: Row) -> list[str]:
    """Every desk of every window, in all its cities."""
    lines = [
        "## Every desk",
        "",
        *paragraph(
            "*Hybrid*, *global* and *city* trade the beliefs of that model; *anchored* pools the hybrid's with the"
            " market by weights fitted walk-forward, and passes where the weight is 0; *market* makes around the"
            " market's own middle, and has no edge to take; S, EMOS and climatology take. Each desk begins with the"
            " same money and trades all cities of its window, or those named; *default halt* is the same desk, stopped"
            " for good where the defaults say. *Turnover* is what was paid for contracts; *a day* is the mean gain of"
            " an event day with its interval; *drawdown* is the deepest fall by event day; *without two* is what is"
            " left without the two best events; *on capital* is what a dollar at stake brought a day. *Naive* rows are"
            " filled as nobody can be."
        ),
    ]
    heads = (
        "desk",
        "orders",
        "fills",
        "turnover $",
        "fees $",
        "P&L $",
        "a day $ (90 %)",
        "drawdown $",
        "without two $",
        "on capital % (90 %)",
        "verdict",
    )
    for window in document["windows"]:
        rows = [_desk(desk) for desk in window["desks"] if is_filled(desk)]
        lines += [f"### {head(window)}", ""]
        if rows:
            lines += table(heads, rows)
        if idle := [called(desk) for desk in window["desks"] if not is_filled(desk)]:
            lines += paragraph(f"Nothing was filled: {'; '.join(idle)}.")
    return lines


def _desk(desk: Row) -> tuple[str, ...]:
    one = whole(desk)
    staked = one["worth"]["pnl_per_capital_day"]
    on_capital = "–"
    if staked is not None:
        on_capital = f"{number(100 * staked['mean'], 2)}{ends([100 * end for end in staked['ci90']], 2)}"
    found = one["worth"]
    told = str(found["verdict"]) if desk["fills"] != NAIVE else "none: naive"
    if desk["fills"] != NAIVE and (days := further(one)) is not None:
        told += f"; {days:,} more days"
    return (
        called(desk),
        f"{one['orders']:,}",
        f"{one['fills']:,}",
        number(one["worth"]["turnover_usd"], 0),
        number(one["fees_usd"], 0),
        number(one["pnl_usd"], 0),
        a_day(one),
        number(one["max_drawdown_usd"], 0),
        number(found["pnl_without_two_best_usd"], 0),
        on_capital,
        told,
    )


def by_city(document: Row) -> list[str]:
    """Each policy by city and lead, in the three ways beside each other."""
    lines = [
        "## By city and lead",
        "",
        *paragraph(
            "P&L in dollars, with the mean of an event day and its interval; D−1 is the day before, D the event day."
            " A row in which nothing was filled is left out; **bold** is a verdict of *earns* or *loses*."
        ),
    ]
    heads = ("", "event days", *(WAY[str(way)] for way in WAYS))
    for window in document["windows"]:
        told = [city for city in cities(window) if leads(window, city) == LEADS]
        brief = [title(city) for city in cities(window) if city not in told]
        rows = [row for city in told for row in _of_city(window, city)]
        idle = [title(city) for city in told if not list(_of_city(window, city))]
        lines += [f"### By city: {head(window)[0].lower()}{head(window)[1:]}", ""]
        lines += table(heads, rows) if rows else []
        lines += paragraph(f"No desk was filled in {listed(idle)}.") if idle else []
        lines += paragraph(f"Fewer than {LEAST_TRADED} event days, and no row: {listed(brief)}.") if brief else []
    return lines


def _of_city(window: Row, city: str) -> Iterator[tuple[str, ...]]:
    """A line a policy and lead; of few event days, or of a policy that takes only, one for both leads."""
    for policy in dict.fromkeys(desk["policy"] for desk in honest(window)):
        found = [desk_of(window, policy, str(way)) for way in WAYS]
        for lead in leads(window, city) if policy in FULL else (ALL,):
            legs = [None if desk is None else part(desk, city, lead) for desk in found]
            if any(leg is not None and leg["fills"] for leg in legs):
                days = max(len(leg["days"]) for leg in legs if leg is not None)
                yield f"{title(city)}, {policy_name(policy)}, {day_of(lead)}", f"{days:,}", *map(_cell, legs)


def _cell(one: Row | None) -> str:
    if one is None or not one["fills"]:
        return "–"
    text = f"{number(one['pnl_usd'], 0)}: {a_day(one)}"
    return text if word(one) == Word.TOO_EARLY else f"**{text}**"


def by_month(document: Row) -> list[str]:
    """What the desks that trade in all ways gained month by month, where any gain is clear of zero."""
    lines = ["## Month by month", ""]
    lines += paragraph("P&L in dollars by the month of the event day, where the gain of any desk is clear of zero.")
    for window in document["windows"]:
        if not any(is_clear(whole(desk)) for desk in honest(window)):
            continue
        found = [
            desk
            for policy in FULL
            for way in (Fills.MAKER_PESSIMISTIC, Fills.TAKER)
            if (desk := desk_of(window, policy, str(way))) is not None and is_filled(desk)
        ]
        days = [whole(desk)["days"] for desk in found]
        rows = [
            (month, *(number(sum(usd(gain) for day, gain in mine.items() if day[:7] == month), 0) for mine in days))
            for month in sorted({day[:7] for mine in days for day in mine})
        ]
        lines += [f"### {head(window)}", "", *table(("", *(called(desk) for desk in found)), rows)]
    return lines


def chance(document: Row) -> list[str]:
    """What luck makes of as many trials."""
    lines = [
        "## What luck makes of as many",
        "",
        *paragraph(
            "Sharpe ratios are of an event day. *By chance* is that expected of the best of as many worthless trials;"
            " the probability is that the true ratio of the best is above it. *Overfitted* is the share of the ways to"
            " halve the days in which the best of one half is at or below the median on the other. Cells are desks by"
            " city and lead. No trials are naive rows, and desks that are another one again (under the default halt,"
            " or in fewer cities); baselines that must lose are, which makes it harder to be clear of chance. The"
            " probability depends on which desks are counted, and what was tried on these days while the policy was"
            " built is not in it: see *What was tried*."
        ),
    ]
    heads = ("", "tried", "that differ", "best", "Sharpe", "by chance", "probability", "overfitted", "loses there")
    rows = []
    for window in document["windows"]:
        for name, found in window["luck"].items():
            if found is not None:
                shares = (percent(found[key]) for key in ("overfitting", "loses"))
                numbers = (number(found[key], 3) for key in ("sharpe", "by_chance", "probability"))
                tried = (f"{found['tried']:,}", f"{found['differing']:,}")
                rows.append((f"{window['name']}, {name}", *tried, f"`{found['best']}`", *numbers, *shares))
    return [*lines, *(table(heads, rows) if rows else ["Too few days or trials.", ""])]


def replayed(document: Row) -> list[str]:
    """What was replayed, who spoke, what was refused, and which events are disputed."""
    lines = ["## What was replayed, and who spoke", ""]
    for window in document["windows"]:
        desk = desk_of(window, HYBRID, str(Fills.TAKER))
        lines += [f"### {head(window)}", ""]
        for city, found in desk["cities"].items() if desk is not None else ():
            missing = f"; not replayed: {counts(found['refused'])}" if found["refused"] else ""
            asked = sum(found["beliefs"].values())
            spoke = sorted(found["beliefs"].items(), key=lambda pair: (-pair[1], pair[0]))
            who = [f"{source.replace('none:', 'nobody: ')} {percent(times / asked)}" for source, times in spoke[:3]]
            said = f"; for the hybrid spoke {listed(who)}" if who else ""
            lines += item(f"{title(city)}: {found['events']:,} events replayed{missing}{said}.")
        for note in desk["notes"] if desk is not None else ():
            city, _, said = note.partition(": ")
            lines += item(f"{title(city)}: {said}." if city in window["cities"] else f"{note}.")
        for one in window["disputes"]:
            lines += item(f"{title(one['city'])}: the exchange settled {one['told']}.")
        lines += [line for way in (Fills.MAKER_PESSIMISTIC, Fills.TAKER) for line in _disputed(window, str(way))]
        lines.append("")
    return lines


def _disputed(window: Row, way: str) -> list[str]:
    """What the hybrid gained on the disputed events, as they were paid and as the official high would have paid."""
    desk = desk_of(window, HYBRID, way)
    if desk is None or desk["disputed"] is None:
        return []
    paid, official = (money(desk["disputed"][key], signed=True) for key in ("paid_usd", "official_usd"))
    return item(
        f"On these events the hybrid, as a {WAY[way]}, gained {paid} as paid and {official} as the official high would"
        " have paid."
    )
