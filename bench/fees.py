"""Fees against exact rationals: random orders, each charged twice, by drybulb and by the documentation read again.

    python -m bench.fees [--orders 1000000] [--seed 7] [--json]

An order is a purchase or a sale of YES in one to eight fills, taken or made, of whole contracts or of hundredths, at
whole cents or at any centicent, under one of the three roundings (the eras before, during and after 2026-08), the three
fee types and five multipliers, for both kinds of member. Every fill's fee and every balance must be equal to the last
microdollar, and so must the fee expected before an order is sent, that of all of it in one taken fill.

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
from datetime import date
from fractions import Fraction
from random import Random
from time import perf_counter
from typing import Any

from drybulb.domain.fees import FeeAccumulator, FeeRule, MemberType, expected_fee

DOLLAR = 1_000_000
"""Of a microdollar, as drybulb counts."""

#: Rate of a taker and of a maker, by fee type.
RATES = {
    "quadratic": (Fraction(7, 100), Fraction(0)),
    "quadratic_with_maker_fees": (Fraction(7, 100), Fraction(7, 400)),
    "quadratic_with_combo_maker_fees": (Fraction(7, 100), Fraction(7, 200)),
}
MULTIPLIERS = ("1", "1/2", "2", "1/3", "0")
#: To what a trade fee is rounded up, by rounding [dollars].
STEPS = {"cent": Fraction(1, 100), "accumulator_cent": Fraction(1, 10_000), "accumulator": Fraction(1, DOLLAR)}
#: Of what a balance is a multiple, by member [dollars].
PRECISIONS = {"direct": Fraction(1, 10_000), "non_direct": Fraction(1, 100)}

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
    def is_taken_at_one_price(self) -> bool:
        """Whether it can be compared with one fill of all of it."""
        return all(part.is_taker and part.price == self.parts[0].price for part in self.parts)

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
            100 * random.randint(1, 400) if whole else random.randint(1, 500),
            is_taker=taken or random.random() < 0.5,
        )
        for _ in range(random.randint(1, 8))
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
    return FeeRule.parse("*", date(2026, 1, 1), order.fee_type, order.multiplier, order.rounding)


def in_one_fill(order: Drawn) -> tuple[Fraction, Fraction]:
    """Return the fee of one taken fill of all of an order, by its side, and by the dearer one [dollars]."""
    whole = (Part(order.parts[0].price, sum(part.count for part in order.parts), is_taker=True),)
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
    if not order.is_taken_at_one_price:
        return None
    one, dearer = in_one_fill(order)
    count = sum(part.count for part in order.parts)
    promised = expected_fee(_rule(order), order.parts[0].price, count, MemberType(order.member))
    if dearer * DOLLAR != promised:
        raise AssertionError(f"{order}: in one fill {dearer} is documented, {promised} was expected")
    return int((sum(fee for fee, _ in exact) - one) * DOLLAR)


def measure(orders: int, seed: int) -> Iterator[Row]:
    """Draw and check so many orders."""
    random = Random(seed)  # noqa: S311 - a seeded bench, not a secret
    began, fills = perf_counter(), 0
    excess: dict[tuple[str, str, str], int] = {}
    for _ in range(orders):
        order = drawn(random)
        fills += len(order.parts)
        more = check(order)
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
