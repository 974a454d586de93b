"""A defect of fills: an order that waited gets the print's price where that is better than its limit."""

from __future__ import annotations

from drybulb.engine.fills import Fills
from drybulb.engine.ports import Print
from drybulb.engine.simulated import SimulatedBroker
from tests.laws import test_law16_limit as law
from tests.laws.mutants import Mutant


def at_the_prints_price(broker: SimulatedBroker, tape: Print) -> None:
    """Fill same-side prints inside the limit at their own price."""
    left = tape.count
    for working in list(broker._working.get(tape.event, {}).values()):
        if working.order.ticker == tape.ticker and working.is_there(tape.at):
            room = working.room_of_print(tape, left, Fills.TAKER)
            left -= broker._fill(working, tape.trade_id, tape.price, room, tape.at, tape.known_at)


MUTANTS = [
    Mutant(
        law=law.test_a_waiting_order_pays_its_limit,
        target="drybulb.engine.simulated.SimulatedBroker._on_print",
        replacement=at_the_prints_price,
        defect="a waiting order is given the better price of the print",
    ),
]
