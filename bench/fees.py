"""Fees against exact rationals: random orders, each charged twice, by drybulb and by the documentation read again.

    python -m bench.fees [--orders 1000000] [--seed 7] [--json]

An order is a purchase or a sale of YES in one to eight fills, now and then in up to forty, taken or made, of whole
contracts or of hundredths, now and then of a hundred thousand contracts, at whole cents or at any centicent, under one
of three roundings (the eras before, during and after the summer of 2026), three fee types and eight multipliers, for
both kinds of member. Every fill's fee and every balance must be equal to the last microdollar, and so must the fee
expected before an order at one price is sent, that of all of it in one fill, taken or made. No order may be charged
more than the bound that limits count for it, and one placed around midnight of the exchange falls under the rule of its
date there.

What rounding takes more from a split order than from one fill is measured where all its fills are taken at one price.

The computation below works in dollars and fractions and shares nothing with `drybulb.domain.fees`.
"""

# ruff: noqa: T201 - a script, run by hand: it prints what it measured.
from __future__ import annotations

import argparse
import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from functools import cache
from random import Random
from time import perf_counter
from typing import Any
from zoneinfo import ZoneInfo

from drybulb.domain.fees import FeeAccumulator, FeeRule, FeeSchedule, MemberType, expected_fee
from drybulb.strategy.charges import Charges, FeeBound, leg_price

DOLLAR = 1_000_000
"""Of a microdollar, as drybulb counts."""

#: Rate of a taker and of a maker, by fee type.
RATES = {
    "quadratic": (Fraction(7, 100), Fraction(0)),
    "quadratic_with_maker_fees": (Fraction(7, 100), Fraction(7, 400)),
    "quadratic_with_combo_maker_fees": (Fraction(7, 100), Fraction(7, 200)),
}
MULTIPLIERS = ("1", "1/2", "2", "1/3", "0", "1.37", "1/997", "30")
#: To what a trade fee is rounded up, by rounding [dollars].
STEPS = {"cent": Fraction(1, 100), "accumulator_cent": Fraction(1, 10_000), "accumulator": Fraction(1, DOLLAR)}
#: Of what a balance is a multiple, by member [dollars].
PRECISIONS = {"direct": Fraction(1, 10_000), "non_direct": Fraction(1, 100)}

#: One fill of an order in so many is large, and one order in so many is split into many.
RARELY = 50

#: The exchange's midnight between two rules, of each half of the year [UTC].
ZONE = ZoneInfo("America/New_York")
MIDNIGHTS = (datetime(2026, 3, 1, 5, tzinfo=UTC), datetime(2026, 6, 1, 4, tzinfo=UTC))
ERAS = FeeSchedule(
    tuple(
        FeeRule.parse("*", starts, "quadratic", multiplier, "accumulator")
        for starts, multiplier in ((date(2025, 1, 1), "1"), (date(2026, 3, 1), "2"), (date(2026, 6, 1), "3"))
    )
)

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Part:
    """One fill: price of YES [centicents], count [1/100 contract], and whether it took."""

    price: int
    count: int
    is_taker: bool


@dataclass(frozen=True, slots=True)
class Drawn:
    """A random order: the words of its rule, its side, and its fills."""

    fee_type: str
    multiplier: str
    rounding: str
    member: str
    is_buy: bool
    parts: tuple[Part, ...]

    @property
    def is_at_one_price(self) -> bool:
        """Whether all of it could have been one fill."""
        return all(part.price == self.parts[0].price for part in self.parts)

    @property
    def is_taken(self) -> bool:
        """Whether every fill took."""
        return all(part.is_taker for part in self.parts)

    @property
    def is_whole(self) -> bool:
        """Whether it is of whole contracts at whole cents."""
        return all(part.count % 100 == 0 and part.price % 100 == 0 for part in self.parts)


def drawn(random: Random) -> Drawn:
    """Draw an order."""
    whole, one_price, taken = random.random() < 0.5, random.random() < 0.5, random.random() < 0.5
    first = _price(random, whole=whole)
    parts = tuple(
        Part(
            first if one_price else _price(random, whole=whole),
            _count(random, whole=whole),
            is_taker=taken or random.random() < 0.5,
        )
        for _ in range(random.randint(1, 8) if random.randrange(RARELY) else random.randint(9, 40))
    )
    return Drawn(
        fee_type=random.choice(tuple(RATES)),
        multiplier=random.choice(MULTIPLIERS),
        rounding=random.choice(tuple(STEPS)),
        member=random.choice(tuple(PRECISIONS)),
        is_buy=random.random() < 0.5,
        parts=parts,
    )


def _price(random: Random, *, whole: bool) -> int:
    return 100 * random.randint(1, 99) if whole else random.randint(1, 9_999)


def _count(random: Random, *, whole: bool) -> int:
    if not random.randrange(RARELY):
        return 100 * random.randint(1, 100_000) if whole else random.randint(1, 10_000_000)
    return 100 * random.randint(1, 400) if whole else random.randint(1, 500)


def documented(order: Drawn) -> list[tuple[Fraction, Fraction]]:
    """Return net fee and balance change of each fill, as the exchange documents them [dollars]."""
    multiplier, step, precision = Fraction(order.multiplier), STEPS[order.rounding], PRECISIONS[order.member]
    unit = Fraction(1, 100) if order.rounding == "accumulator_cent" else precision
    overpaid, found = Fraction(0), []
    for part in order.parts:
        price, contracts = Fraction(part.price, 10_000), Fraction(part.count, 100)
        revenue = -price * contracts if order.is_buy else price * contracts
        rate = RATES[order.fee_type][0 if part.is_taker else 1]
        fee = math.ceil(rate * multiplier * contracts * price * (1 - price) / step) * step
        if order.rounding == "cent":
            found.append((fee, revenue - fee))
            continue
        aligned = math.floor((revenue - fee) / precision) * precision
        overpaid += revenue - fee - aligned
        rebate = math.floor(min(overpaid, revenue - aligned) / unit) * unit
        overpaid -= rebate
        found.append((revenue - aligned - rebate, aligned + rebate))
    return found


def charged(order: Drawn) -> list[tuple[int, int]]:
    """Return net fee and balance change of each fill, as drybulb charges them [microdollars]."""
    accumulator = FeeAccumulator(_rule(order), MemberType(order.member))
    charges = [accumulator.charge(p.price, p.count, is_buy=order.is_buy, is_taker=p.is_taker) for p in order.parts]
    return [(charge.net_fee, charge.balance_change) for charge in charges]


def _rule(order: Drawn) -> FeeRule:
    return _parsed(order.fee_type, order.multiplier, order.rounding)


@cache
def _parsed(fee_type: str, multiplier: str, rounding: str) -> FeeRule:
    return FeeRule.parse("*", date(2026, 1, 1), fee_type, multiplier, rounding)


def in_one_fill(order: Drawn, *, is_taker: bool = True) -> tuple[Fraction, Fraction]:
    """Return the fee of one fill of all of an order, by its side, and by the dearer one [dollars]."""
    whole = (Part(order.parts[0].price, sum(part.count for part in order.parts), is_taker),)
    of_side = {
        is_buy: documented(Drawn(order.fee_type, order.multiplier, order.rounding, order.member, is_buy, whole))[0][0]
        for is_buy in (True, False)
    }
    return of_side[order.is_buy], max(of_side.values())


def check(order: Drawn) -> int | None:
    """Hold an order against the documentation, and return what its split took more than one fill [microdollars].

    None where the split has no one fill to stand beside.

    Raises:
        AssertionError: a fee or a balance that is not the documented one.
    """
    exact, ours = documented(order), charged(order)
    for (fee, change), (net_fee, balance_change) in zip(exact, ours, strict=True):
        if fee * DOLLAR != net_fee or change * DOLLAR != balance_change:
            raise AssertionError(f"{order}: documented {exact}, charged {ours}")
    check_bound(order, sum(net_fee for net_fee, _ in ours))
    if not order.is_at_one_price:
        return None
    # As the first is filled: so an order is weighed before it is sent.
    is_taker = order.parts[0].is_taker
    one, dearer = in_one_fill(order, is_taker=is_taker)
    count = sum(part.count for part in order.parts)
    promised = expected_fee(_rule(order), order.parts[0].price, count, MemberType(order.member), is_taker=is_taker)
    if dearer * DOLLAR != promised:
        raise AssertionError(f"{order}: in one fill {dearer} is documented, {promised} was expected")
    return int((sum(fee for fee, _ in exact) - one) * DOLLAR) if order.is_taken else None


def check_bound(order: Drawn, charged_in_all: int) -> None:
    """Hold what an order was charged [microdollars] against the bound that limits count, at its worst price.

    Raises:
        AssertionError: it was charged more.
    """
    worst = max(leg_price(part.price, is_buy=order.is_buy) for part in order.parts)
    if any(part.price % 100 for part in order.parts) and not worst % 100:
        return  # a limit of whole cents is that of a market of whole cents
    lot = 100 if all(part.count % 100 == 0 for part in order.parts) else 1
    bound = FeeBound.of(_rule(order), MemberType(order.member), worst, lot).fee(sum(p.count for p in order.parts))
    if charged_in_all > bound:
        raise AssertionError(f"{order}: charged {charged_in_all}, and limits counted {bound}")


def check_midnight(random: Random, charges: Charges) -> None:
    """Draw an instant around a midnight between two rules, and hold the rule found against the exchange's date.

    Raises:
        AssertionError: it is the rule of another date.
    """
    half = random.randrange(len(MIDNIGHTS))
    midnight, seconds = MIDNIGHTS[half], random.randint(-9_000, 9_000)
    at = (midnight + timedelta(seconds=seconds)).astimezone(random.choice((UTC, ZONE, ZoneInfo("Asia/Kolkata"))))
    found, wanted = charges.rule("KXHIGHNY", at).multiplier, half + 1 + (seconds >= 0)
    if found != wanted:
        raise AssertionError(f"{at} has the rule of multiplier {found}, documented is {wanted}")


def measure(orders: int, seed: int) -> Iterator[Row]:
    """Draw and check so many orders."""
    random = Random(seed)  # noqa: S311 - a seeded bench, not a secret
    began, fills = perf_counter(), 0
    charges = Charges(ERAS, MemberType.NON_DIRECT, ZONE)
    excess: dict[tuple[str, str, str], int] = {}
    for _ in range(orders):
        order = drawn(random)
        fills += len(order.parts)
        more = check(order)
        if not random.randrange(RARELY):
            check_midnight(random, charges)
        if more is not None:
            key = (order.rounding, order.member, "whole contracts at whole cents" if order.is_whole else "hundredths")
            excess[key] = max(excess.get(key, more), more)
    yield _row("orders equal to the last microdollar", orders, "orders", "all")
    yield _row("fills of them", fills, "fills", "all")
    yield _row("time", round(perf_counter() - began, 1), "s", "")
    for (rounding, member, kind), more in sorted(excess.items()):
        yield _row(f"{rounding}, {member}, {kind}: more than in one fill", more / DOLLAR, "$ an order at most", "")


def _row(name: str, measured: float, unit: str, reference: str) -> Row:
    return {"name": name, "measured": measured, "unit": unit, "reference": reference}


def main() -> None:
    """Check and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--orders", type=int, default=1_000_000, help="how many to draw")
    parser.add_argument("--seed", type=int, default=7, help="of the draws")
    parser.add_argument("--json", action="store_true", help="print the document of schema bench/1")
    wanted = parser.parse_args()
    rows = list(measure(wanted.orders, wanted.seed))
    if wanted.json:
        print(json.dumps({"schema": "bench/1", "rows": rows}, indent=1))
        return
    for row in rows:
        print(f"{row['name']:<80} {row['measured']:>14,} {row['unit']:<20} {row['reference']}")


if __name__ == "__main__":
    main()
