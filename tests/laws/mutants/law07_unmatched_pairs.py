"""A ledger in which NO does not close YES."""

from __future__ import annotations

from drybulb.domain.money import complement
from tests.laws import test_law07_fees as law
from tests.laws.mutants import Mutant


def pay_for_each_leg(held: int, delta: int, price: int, fee: int) -> int:
    """Pay the price of the leg bought, whatever is held of the other."""
    return -(price if delta > 0 else complement(price)) * abs(delta) - fee


MUTANTS = [
    Mutant(
        law=law.test_cash_is_conserved_among_all_members,
        target="drybulb.domain.ledger.cash_change",
        replacement=pay_for_each_leg,
        defect="Buying NO while long YES pays for NO and frees no dollar.",
    )
]
