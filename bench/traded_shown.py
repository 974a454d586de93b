"""How the page of the backtest looks things up in its document, and names them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from bench.traded_desk import ALL, LEADS
from bench.traded_plan import DAILY, EARLIER, POLLS, PRINTS
from drybulb.app.markdown import interval, number, title
from drybulb.app.reporting.sentences import money
from drybulb.app.results.tables import name as policy_name
from drybulb.app.tally import per_day, usd
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
QUOTED = {PRINTS: "prints", EARLIER: "earlier prints", DAILY: "one quote a day", POLLS: "polls"}


def head(window: Row) -> str:
    """A window as a headline."""
    return f"{QUOTED[window['name']].capitalize()}, {window['start']} to {window['end']}"


def called(desk: Row) -> str:
    """A desk in words, such as hybrid, taker."""
    free = "" if desk["is_pulled"] else ", no calendar"
    halts = ", default halt" if desk["is_halted"] else ""
    only = f", {' and '.join(map(title, desk['only']))} only" if desk["only"] else ""
    return f"{policy_name(desk['policy'])}, {WAY[desk['fills']]}{free}{halts}{only}"


def desk_of(
    window: Row, policy: str, fills: str, *, is_pulled: bool = True, is_halted: bool = False, is_narrow: bool = False
) -> Row | None:
    """The desk of a window, if it was tried; ``is_narrow`` of those that trade some of its cities only."""
    asked = (policy, fills, is_pulled, is_halted, is_narrow)
    keys = ("policy", "fills", "is_pulled", "is_halted")
    found = (one for one in window["desks"] if (*(one[key] for key in keys), bool(one["only"])) == asked)
    return next(found, None)


def honest(window: Row) -> list[Row]:
    """The desks that count as tried: those that could have been, but no other again, halted or in fewer cities."""
    return [desk for desk in window["desks"] if is_trial(desk)]


def is_trial(desk: Row) -> bool:
    """Whether a desk counts as tried."""
    return desk["fills"] != NAIVE and not desk["is_halted"] and not desk["only"]


def is_clear(one: Row) -> bool:
    """Whether the interval of a day is above zero on days enough: what a verdict of *earns* begins with."""
    ends = one["pnl_per_day"]["ci90"]
    return ends is not None and ends[0] > 0.0 and one["worth"]["days_traded"] >= LEAST_TRADED


def further(one: Row) -> int | None:
    """Event days that would tell; None where none can be named, or so few days were traded that the number is noise."""
    worth = one["worth"]
    days: int | None = worth["days_further"] if worth["days_traded"] >= LEAST_TRADED else None
    return days or None


def over(days: Mapping[str, int], seed: int) -> Row:
    """What some event days gained, with the interval of a day; gains in microdollars."""
    gains = {date.fromisoformat(day): gain for day, gain in days.items()}
    return {"pnl_usd": usd(sum(gains.values())), "pnl_per_day": per_day(gains, seed)}


def best_month(desk: Row) -> tuple[str, int]:
    """The month in which a desk gained most, and how much [microdollars]."""
    months = Counter[str]()
    for day, gain in whole(desk)["days"].items():
        months[day[:7]] += gain
    return min(months.items(), key=lambda pair: (-pair[1], pair[0]))


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
    return said if ends is None or not one.get("fills", 1) else f"{said} (a day {interval(ends, 1)})"


def by_official(one: Row) -> str:
    """What a part would have gained had the official high paid; nothing to say where none of it is disputed."""
    found = one["official"]
    return "" if found is None else f", as the official high would have paid {gained(found)}"


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
