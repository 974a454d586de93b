"""What a halt makes of the orders that work, and how an operator ends it."""

from __future__ import annotations

from datetime import datetime

from drybulb.engine import records
from drybulb.engine.ports import Cancel
from drybulb.engine.state import State
from drybulb.strategy.halt import Halt


def withdraw_all(state: State) -> list[Cancel]:
    """Return commands that ask back every working order not asked back yet; each counts until its end is reported."""
    back = [(event, order_id) for event in state.open_events.values() for order_id in event.book.stakes]
    asked = [(event, order_id) for event, order_id in back if order_id not in event.withdrawn]
    for event, order_id in asked:
        event.withdrawn.add(order_id)
    return [Cancel(order_id) for _, order_id in asked]


def lift(state: State, at: datetime, words: str) -> Halt:
    """End the halt by an act of an operator, write it down, and return it; nothing else ends a drawdown's.

    Args:
        state: changed in place.
        at: when [UTC].
        words: why, in the operator's words.

    Raises:
        DomainError: nothing to lift, or no words.
    """
    lifted = state.portfolio.lift(words)
    state.note(at, "halt_lifted", records.lift_fields(lifted, words))
    return lifted
