"""A maker charged like a taker."""

from __future__ import annotations

from drybulb.domain import fees
from drybulb.domain.fees import FeeRule
from tests.laws import test_law07_fees as law
from tests.laws.mutants import Mutant

exact = fees.trade_fee


def taker_fee(rule: FeeRule, price: int, count: int, *, is_taker: bool) -> int:
    """Charge every fill at the taker's rate."""
    return exact(rule, price, count, is_taker=True)


MUTANTS = [
    Mutant(
        law=law.test_every_split_of_an_order_is_charged_as_documented,
        target="drybulb.domain.fees.trade_fee",
        replacement=taker_fee,
        defect="A resting order that is filled pays the taker's rate.",
    )
]
