"""Defects of makers: filled by a carried price, the wrong taker, a touch, one size twice; charged as takers."""

from __future__ import annotations

from drybulb.domain.fees import FeeAccumulator, FeeCharge
from drybulb.domain.ledger import Order
from drybulb.domain.market import Quote
from drybulb.engine.fills import Fills, inside, opposite
from drybulb.engine.ports import Print
from drybulb.engine.working import Working
from tests.laws import test_law15_makers as law
from tests.laws.mutants import Mutant

_ROOM_OF_PRINT = Working.room_of_print


def carried_side(working: Working, quote: Quote, taken: int, fills: Fills) -> tuple[int, int]:
    """Fill by an opposite side whose age is not looked at."""
    order = working.order
    price, size, _ = opposite(order.side, quote)
    if price is None or inside(order, price) < (0 if fills is Fills.MAKER_OPTIMISTIC else 1):
        return order.price, 0
    return order.price, working.remaining if size is None else max(0, size - taken)


def either_taker(working: Working, tape: Print, left: int, fills: Fills) -> int:
    """Fill by a print of whichever taker."""
    return left if inside(working.order, tape.price) >= (0 if fills is Fills.MAKER_OPTIMISTIC else 1) else 0


def not_shared(working: Working, tape: Print, left: int, fills: Fills) -> int:
    """Give every order the whole print."""
    return _ROOM_OF_PRINT(working, tape, tape.count, fills) if left >= 0 else 0


def touched(order: Order, price: int, fills: Fills) -> bool:
    """Fill a pessimist at the touch."""
    return inside(order, price) >= 0 or fills is Fills.NAIVE


def better_for_pessimists(order: Order, price: int, fills: Fills) -> bool:
    """Take the two for each other."""
    return inside(order, price) >= (1 if fills is Fills.MAKER_OPTIMISTIC else 0)


class TakersFees(FeeAccumulator):
    """Charges every fill as a taker's."""

    def charge(self, price: int, count: int, *, is_buy: bool, is_taker: bool) -> FeeCharge:
        """Charge the next fill of the order."""
        return super().charge(price, count, is_buy=is_buy, is_taker=True)


MUTANTS = [
    Mutant(
        law=law.test_a_maker_fills_only_where_the_record_reaches_it,
        target="drybulb.engine.working.Working.room_of_quote",
        replacement=carried_side,
        defect="an opposite side that is carried fills a resting order",
    ),
    Mutant(
        law=law.test_a_maker_fills_only_where_the_record_reaches_it,
        target="drybulb.engine.simulated.is_recorded",
        replacement=lambda quote: True,
        defect="a quote made of prints fills a resting order",
    ),
    Mutant(
        law=law.test_a_maker_fills_only_where_the_record_reaches_it,
        target="drybulb.engine.working.Working.room_of_print",
        replacement=either_taker,
        defect="a taker of the order's own side fills it",
    ),
    Mutant(
        law=law.test_a_maker_fills_only_where_the_record_reaches_it,
        target="drybulb.engine.working.Working.room_of_print",
        replacement=not_shared,
        defect="a print fills every resting order in full",
    ),
    Mutant(
        law=law.test_a_pessimist_is_filled_through_its_price,
        target="drybulb.engine.working.is_reached",
        replacement=touched,
        defect="a touch fills a pessimist",
    ),
    Mutant(
        law=law.test_a_pessimist_is_never_filled_more,
        target="drybulb.engine.working.is_reached",
        replacement=better_for_pessimists,
        defect="pessimist and optimist are taken for each other",
    ),
    Mutant(
        law=law.test_makers_pay_the_makers_fee,
        target="drybulb.strategy.charges.FeeAccumulator",
        replacement=TakersFees,
        defect="made fills are charged as taken ones",
    ),
]
