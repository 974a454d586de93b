"""Law 26: what a taker sends of a ladder is together better than nothing, whatever the limits leave of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction
from math import ceil, inf, log
from random import Random
from typing import Any

from drybulb.domain.market import Quote
from drybulb.domain.money import MICRODOLLARS_PER_DOLLAR
from drybulb.engine.ports import Listing
from drybulb.engine.session import step
from drybulb.strategy.limits import Limits
from drybulb.strategy.taking import BeliefPolicy
from tests.trading import believed, ladder, listing, rules, state, usd

CUTS = (40, 42, 44, 46)
LADDERS = 250


def _beliefs(random: Random, legs: int) -> list[float]:
    parts = [random.gammavariate(0.7, 1.0) + 1e-9 for _ in range(legs)]
    return [part / sum(parts) for part in parts]


def _quoted(random: Random, chance: float) -> Quote:
    """A quote some cents from what is believed."""
    middle = 100 * chance + random.gauss(0, 8)
    ask = min(99, max(2, round(middle + random.randint(0, 4))))
    bid = min(ask - 1, max(1, round(middle - random.randint(0, 4))))
    size = random.choice((None, 3_700, 37_000))
    return Quote(100 * bid, 100 * ask, size, size, 0, 0, "exchange")


def _limits(random: Random) -> Limits:
    def between(low: float, high: float) -> int:
        return usd(random.uniform(low, high))

    return Limits(
        max_trade=between(3, 300),
        max_event=between(3, 300),
        max_region=between(5, 400),
        max_daily_loss=between(5, 400),
        max_open_exposure=between(5, 400),
        max_drawdown=between(5, 400),
        max_positions=random.randint(1, 9),
        max_positions_per_event=random.randint(1, 5),
    )


def _fee(price: int, count: int, *, is_cent: bool) -> int:
    """What one fill is charged by the dearer side, after the exchange's pages [microdollars]."""
    model = Fraction(7, 100) * price * count * (10_000 - price) / 10_000
    if is_cent:
        return ceil(model / 10_000) * 10_000
    fees = []
    for sign in (-1, 1):
        fee = ceil(model)
        rounding = (sign * price * count - fee) % 10_000
        fees.append(fee + rounding - min(rounding, fee + rounding) // 10_000 * 10_000)
    return max(fees)


def _worth(chances: tuple[float, ...], wealths: list[float], gamma: float) -> float:
    """Log of the sure wealth that is worth as much as a wealth for each winner."""
    if min(wealths) <= 0.0:
        return -inf
    pairs = list(zip(chances, wealths, strict=True))
    if gamma == 1.0:
        return sum(chance * log(wealth) for chance, wealth in pairs)
    return log(sum(chance * wealth ** (1.0 - gamma) for chance, wealth in pairs)) / (1.0 - gamma)


def _sent(
    random: Random, listed: Listing, cash: int, fraction: float
) -> tuple[tuple[float, ...], list[dict[str, Any]]]:
    """What was believed of a random ladder, and the orders that random limits let through."""
    chances = _beliefs(random, len(listed.event.markets))
    lot, least = random.choice((100, 1)), random.choice((0.0, 50.0, 300.0))
    policy = BeliefPolicy("made", replace(rules(least, fraction), step=lot))
    desk = state([listed], policy, _limits(random), cash=cash)
    desk.rules = replace(desk.rules, lot=lot)
    step(desk, believed(listed, "15:59", *chances))
    heard = desk.open_events[listed.event.ticker].probabilities
    assert heard is not None
    step(desk, ladder(listed, "16:00", *(_quoted(random, chance) for chance in chances)))
    return heard, [dict(record.fields) for record in desk.take_records() if record.kind == "order"]


def test_what_is_sent_is_better_than_nothing() -> None:
    """Legs sized together, cut one by one, in whole contracts or hundredths: never is the rest worse than no trade."""
    random, ladders = Random(26), 0  # noqa: S311 - seeded ladders, not a secret
    for _ in range(LADDERS):
        is_cent, cash = random.random() < 0.5, random.choice((20, 200, 2000))
        day = date(2024, 11, 20) if is_cent else date(2026, 11, 20)
        listed, fraction = listing(day=day, cuts=CUTS[: random.randint(1, 4)]), random.choice((1.0, 0.25))
        chances, orders = _sent(random, listed, cash, fraction)
        if not orders or orders[0]["probability"] is None:
            continue
        ladders += 1
        wealths = [float(cash)] * len(chances)
        for order in orders:
            leg, sign = int(str(order["ticker"])[-1]), 1 if order["side"] == "bid" else -1
            fee = _fee(order["price"], order["count"], is_cent=is_cent)
            paid = (sign * order["price"] * order["count"] + fee) / MICRODOLLARS_PER_DOLLAR
            wealths = [wealth - paid for wealth in wealths]
            wealths[leg] += sign * order["count"] / 100
        assert _worth(chances, wealths, 1.0 / fraction) > log(cash), f"{orders} are worse than nothing"
    assert ladders > LADDERS // 3
