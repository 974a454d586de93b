"""A market that can be settled again."""

from __future__ import annotations

from drybulb.domain.ledger import Account
from tests.laws import test_law07_fees as law
from tests.laws.mutants import Mutant


class ForgetfulAccount(Account):
    """Pays a settlement and does not remember it."""

    def settle(self, ticker: str, payout: int) -> int:
        """Settle, then forget that the market is over."""
        paid = super().settle(ticker, payout)
        del self.payouts[ticker]
        return paid


MUTANTS = [
    Mutant(
        law=law.test_each_market_settles_once,
        target="drybulb.domain.ledger.Account",
        replacement=ForgetfulAccount,
        defect="A settled market takes a second settlement and further fills.",
    )
]
