"""A global or city model together with what is known about it."""

from __future__ import annotations

from dataclasses import dataclass

from drybulb.forecast.corrected import Corrected
from drybulb.forecast.hazard_card import HazardCard


@dataclass(frozen=True, slots=True)
class Grown:
    """A global or city model with its card.

    Attributes:
        card: what is known about it.
        model: the forecaster.
    """

    card: HazardCard
    model: Corrected
