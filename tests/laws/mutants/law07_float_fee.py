"""The fee of the original system: computed in floats, whose last bit decides a cent."""

from __future__ import annotations

import math

from drybulb.domain.fees import FeeRule
from tests.laws import test_law07_fees as law
from tests.laws.mutants import Mutant


def float_fee(rule: FeeRule, price: int, count: int, *, is_taker: bool) -> int:
    """Round 0.07 * P * N * (1 - P) up in binary: 100 contracts at 10 cents come to 64 cents."""
    p, n, step = price / 10_000, count / 100, rule.rounding.trade_step
    rate = float(rule.taker_rate if is_taker else rule.maker_rate)
    return math.ceil(rate * p * n * (1 - p) * 1_000_000 / step) * step


MUTANTS = [
    Mutant(
        law=law.test_every_price_and_count_is_charged_the_exact_ceiling,
        target="drybulb.domain.fees.trade_fee",
        replacement=float_fee,
        defect="The fee is rounded up from a float, a step too high where the product is exact.",
    )
]
