"""A ledger that knows only winners and losers."""

from __future__ import annotations

from tests.laws import test_law07_fees as law
from tests.laws.mutants import Mutant


def all_or_nothing(held: int, payout: int) -> int:
    """Pay NO a dollar or nothing, though a payout may lie between."""
    if held > 0:
        return payout * held
    return 10_000 * -held if payout == 0 else 0


MUTANTS = [
    Mutant(
        law=law.test_cash_is_conserved_among_all_members,
        target="drybulb.domain.ledger.settlement_cash",
        replacement=all_or_nothing,
        defect="A fractional payout pays the holders of NO nothing.",
    )
]
