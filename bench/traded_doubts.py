"""What stands against a gain: the default halt, other days, smaller fills, luck, one month, a desk without a belief."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from bench.traded_plan import CONTROL, HYBRID
from bench.traded_shown import (
    QUOTED,
    best_month,
    called,
    desk_of,
    gained,
    honest,
    is_clear,
    is_filled,
    over,
    part,
    percent,
    whole,
)
from drybulb.app.markdown import interval, number, title
from drybulb.app.reporting.sentences import listed, money
from drybulb.app.tally import usd
from drybulb.engine.fills import Fills

Row = dict[str, Any]

_MAKER = str(Fills.MAKER_PESSIMISTIC)


def held_against(document: Row, window: Row, desk: Row) -> Iterator[tuple[str, Row]]:
    """Yield what a desk that gained gains under each doubt: in words, and the gain with its interval.

    Args:
        document: of the bench.
        window: of it.
        desk: of that.
    """
    days, seed = whole(desk)["days"], document["seed"]
    halting = desk_of(window, desk["policy"], desk["fills"], is_halted=True)
    if halting is not None:
        when = "which never halts it" if halting["halted"] is None else f"which halts it on {halting['halted']}"
        yield f"under its own default limits, {when}", whole(halting)
    for lock in document["locked"]:
        kept = {day: gain for day, gain in days.items() if lock["start"] <= day <= lock["end"]}
        if len(kept) > 1:
            yield f"on the locked {lock['start']} to {lock['end']} alone", over(kept, seed)
    month, _ = best_month(desk)
    rest = _without(days, month)
    if len(rest) > 1:
        yield f"without {month}", over(rest, seed)
    for one in () if desk["beside"] is None else desk["beside"]["capped"]:
        yield f"at {percent(one['share'])} of each print", one
    if (official := whole(desk)["official"]) is not None:
        yield "paid by the official high where it disputes the settlement", official


def doubts(document: Row) -> Iterator[str]:
    """Say what else stands against the gains of a window in which some desk is clear of zero.

    Args:
        document: of the bench.
    """
    for window in document["windows"]:
        if not any(is_clear(whole(desk)) for desk in honest(window)):
            continue
        yield from _luck(window)
        yield from _few(window)
        yield from _control(window, document["seed"])
        yield from _overlooked(window)


def _few(window: Row) -> Iterator[str]:
    """What the hybrid gained without its best events and its best month."""
    desk = desk_of(window, HYBRID, _MAKER)
    if desk is None or whole(desk)["pnl_usd"] <= 0.0 or not whole(desk)["best"]:
        return
    one = whole(desk)
    best = listed(
        f"{title(each['city'])} {each['day']} ({money(each['gain_usd'], signed=True)})" for each in one["best"]
    )
    month, gain = best_month(desk)
    others = Counter[str]()
    for day, each in _without(one["days"], month).items():
        others[day[:7]] += each
    losing = sum(each < 0 for each in others.values())
    yield (
        f"Few events, one month, on {QUOTED[window['name']]}: of the {money(one['pnl_usd'], signed=True)} of the hybrid"
        f" as a pessimistic maker {money(one['worth']['pnl_without_two_best_usd'], signed=True)} are left without"
        f" {best}; {money(usd(gain), signed=True)} are of {month}, all other months together gained"
        f" {money(usd(sum(others.values())), signed=True)}, and {losing} of these {len(others)} lost."
    )


def paired(mine: Mapping[str, int], other: Mapping[str, int], seed: int) -> str:
    """Say by how much one desk gained more than another, day by day.

    Args:
        mine: gains by event day [microdollars].
        other: of the other desk, on the same days.
        seed: of the bootstrap.
    """
    found = over({day: gain - other.get(day, 0) for day, gain in mine.items()}, seed)["pnl_per_day"]
    if found["ci90"] is None:
        return "too few days to compare"
    low, high = found["ci90"]
    said = "more" if low > 0 else "less" if high < 0 else "not clearly more or less"
    return f"{said}, by {number(found['mean'], 1)} a day ({interval((low, high), 1)})"


def _control(window: Row, seed: int) -> Iterator[str]:
    """The hybrid beside a desk that makes by the same rules in the same cities, and has no belief of ours."""
    mine, other = desk_of(window, HYBRID, _MAKER), desk_of(window, CONTROL, _MAKER, is_narrow=True)
    if mine is None or other is None or not is_filled(mine):
        return
    gains = [Counter[str](), Counter[str]()]
    for found, desk in zip(gains, (mine, other), strict=True):
        for city in other["only"]:
            one = part(desk, city)
            found.update({} if one is None else one["days"])
    month, _ = best_month(mine)
    rest = paired(_without(gains[0], month), _without(gains[1], month), seed)
    yield (
        f"What of it is the belief's, on {QUOTED[window['name']]}: *market*, which makes by the same rules, believes"
        f" what the market says and trades only in {listed(map(title, other['only']))}, gained"
        f" {money(usd(sum(gains[1].values())), signed=True)}, the hybrid there"
        f" {money(usd(sum(gains[0].values())), signed=True)}: {paired(gains[0], gains[1], seed)}; without {month}"
        f" {rest}."
    )


def _without(days: Mapping[str, int], month: str) -> dict[str, int]:
    """The days that are not of a month."""
    return {day: gain for day, gain in days.items() if day[:7] != month}


def _overlooked(window: Row) -> Iterator[str]:
    """What the rules of filling a maker from prints overlook."""
    desk = desk_of(window, HYBRID, _MAKER)
    if desk is None or desk["beside"] is None or not is_filled(desk):
        return
    found, fills = desk["beside"], whole(desk)["fills"]
    near = listed(
        f"in the {one['minutes']} min before {one['fills']:,} fills ({percent(one['fills'] / fills)}), which sum to"
        f" {money(one['pnl_usd'], signed=True)}"
        for one in found["crossing"]
    )
    special = found["special"]
    yield (
        f"What the rules overlook, on {QUOTED[window['name']]}: no order is rejected as crossing, for there is no book"
        f" to cross; somebody traded on our own side at or inside our price {near}. Reports out of turn (SPECI) are not"
        f" in the calendar: {special['fills']:,} fills came within 10 min of one, and sum to"
        f" {money(special['pnl_usd'], signed=True)}."
    )


def _luck(window: Row) -> Iterator[str]:
    found = window["luck"]["desks"]
    if found is None:
        return
    desk = next(one for one in window["desks"] if one["name"] == found["best"])
    yield (
        f"Luck, on {QUOTED[window['name']]}: the best of {found['tried']} desks is {called(desk)},"
        f" {gained(whole(desk))}; that it is better than the best that chance makes of as many has a probability of"
        f" {found['probability']:.2f} (deflated Sharpe ratio), and the best of one half of the days is at or below the"
        f" median desk on the other half in {percent(found['overfitting'])} of the halvings, and loses there in"
        f" {percent(found['loses'])}."
    )
