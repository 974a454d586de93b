"""An order that forgets, from fill to fill, what rounding has overpaid."""

from __future__ import annotations

from drybulb.domain.fees import FeeAccumulator, FeeCharge
from tests.laws import test_law07_fees as law
from tests.laws.mutants import Mutant


class ForgetfulAccumulator(FeeAccumulator):
    """Starts each fill with an empty accumulator, as if it were an order of its own."""

    def charge(self, price: int, count: int, *, is_buy: bool, is_taker: bool) -> FeeCharge:
        """Charge a fill without what the fills before it overpaid."""
        self.overpaid = 0
        return super().charge(price, count, is_buy=is_buy, is_taker=is_taker)


MUTANTS = [
    Mutant(
        law=law.test_every_split_of_an_order_is_charged_as_documented,
        target="drybulb.domain.fees.FeeAccumulator",
        replacement=ForgetfulAccumulator,
        defect="The accumulator is kept per fill instead of per order, so no rebate is ever given.",
    )
]
