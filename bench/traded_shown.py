"""How the page of the backtest looks things up in its document, and names them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from bench.traded_desk import ALL, LEADS
from bench.traded_plan import DAILY, POLLS, PRINTS
from drybulb.app.markdown import interval, number
from drybulb.app.reporting.sentences import money
from drybulb.app.results.tables import name as policy_name
from drybulb.engine.fills import Fills
from drybulb.verification.enough import LEAST_TRADED

Row = dict[str, Any]

NAIVE = str(Fills.NAIVE)
WAY = {
    str(Fills.TAKER): "taker",
    str(Fills.MAKER_PESSIMISTIC): "pessimistic maker",
    str(Fills.MAKER_OPTIMISTIC): "optimistic maker",
    NAIVE: "*naive*",
}
QUOTED = {PRINTS: "prints", DAILY: "one quote a day", POLLS: "polls"}


def head(window: Row) -> str:
    """A window as a headline."""
    return f"{QUOTED[window['name']].capitalize()}, {window['start']} to {window['end']}"


def called(desk: Row) -> str:
    """A desk in words, such as hybrid, taker."""
    free = "" if desk["is_pulled"] else ", no calendar"
    return f"{policy_name(desk['policy'])}, {WAY[desk['fills']]}{free}"


def desk_of(window: Row, policy: str, fills: str, *, is_pulled: bool = True) -> Row | None:
    """The desk of a window, if it was tried."""
    asked = (policy, fills, is_pulled)
    found = (one for one in window["desks"] if (one["policy"], one["fills"], one["is_pulled"]) == asked)
    return next(found, None)


def honest(window: Row) -> list[Row]:
    """The desks that could have been: all but the naive."""
    return [desk for desk in window["desks"] if desk["fills"] != NAIVE]


def part(desk: Row, city: str = ALL, lead: int | str = ALL) -> Row | None:
    """What a desk did in a city and at a lead; None where nothing was replayed there."""
    found = (one for one in desk["parts"] if (one["city"], one["lead"]) == (city, lead))
    return next(found, None)


def whole(desk: Row) -> Row:
    """What a desk did in all."""
    found = part(desk)
    if found is None:
        raise ValueError(f"desk {desk['name']} has no total")
    return found


def cities(window: Row) -> Iterator[str]:
    """The cities of a window of which something was replayed."""
    for city in window["cities"]:
        if any(part(desk, city) is not None for desk in window["desks"]):
            yield city


def leads(window: Row, city: str) -> tuple[int | str, ...]:
    """The leads by which a city is told apart: both as one where it has few event days."""
    found = (part(desk, city) for desk in window["desks"])
    days = max((len(one["days"]) for one in found if one is not None), default=0)
    return LEADS if days >= LEAST_TRADED else (ALL,)


def a_day(one: Row, digits: int = 1) -> str:
    """Mean and interval of a day's gain; a dash where nothing was filled."""
    found = one["pnl_per_day"]
    if not one["fills"] or found["ci90"] is None:
        return "–"
    return f"{number(found['mean'], digits)} ({interval(found['ci90'], digits)})"


def gained(one: Row) -> str:
    """What was gained, with the interval of a day: +$12.00 (a day −1.0 … 2.0)."""
    said = money(one["pnl_usd"], signed=True)
    ends = one["pnl_per_day"]["ci90"]
    return said if ends is None or not one["fills"] else f"{said} (a day {interval(ends, 1)})"


def percent(share: float) -> str:
    """A share in whole percent."""
    return f"{100 * share:.0f} %"


def day_of(lead: int | str) -> str:
    """A lead as tables name it."""
    return {ALL: "both", 1: "D−1", 0: "D"}[lead]


def word(one: Row) -> str:
    """The verdict on a part: earns, loses, or too early to say."""
    return str(one["worth"]["verdict"])


def is_filled(desk: Row) -> bool:
    """Whether a desk was filled anywhere."""
    return bool(whole(desk)["fills"])


def ends(pair: Sequence[float] | None, digits: int) -> str:
    """An interval in brackets, or nothing."""
    return "" if pair is None else f" ({interval(pair, digits)})"
