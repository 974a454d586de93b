"""A halt: a limit on losses has been reached, and nothing is traded until its time is over or somebody lifts it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from drybulb.domain.money import MICRODOLLARS_PER_DOLLAR
from drybulb.strategy.decision import Reason


@dataclass(frozen=True, slots=True)
class Halt:
    """That nothing may be traded, since when, and why. What is gained afterwards does not end it.

    Attributes:
        reason: the limit that was reached.
        at: when the loss was booked that reached it [UTC].
        seen: the loss then [microdollars].
        bound: the limit [microdollars].
        day: date of the exchange's clock for the rest of which it holds; None where only an operator lifts it.
    """

    reason: Reason
    at: datetime
    seen: int
    bound: int
    day: date | None

    def holds(self, today: date) -> bool:
        """Whether it is in force on ``today``, a date of the exchange's clock."""
        return self.day is None or today <= self.day


def is_reached(loss: int, bound: int) -> bool:
    """Whether ``loss`` leaves less of ``bound`` than one contract can lose, a dollar [microdollars].

    Orders are cut so that a limit is never passed, so it is hardly ever met to the last cent either.
    """
    return loss > 0 and bound - loss < MICRODOLLARS_PER_DOLLAR
