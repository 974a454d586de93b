"""A global or city model together with what is known about it."""

from __future__ import annotations

from dataclasses import dataclass

from drybulb.forecast.corrected import Corrected
from drybulb.forecast.model_card import ModelCard


@dataclass(frozen=True, slots=True)
class Grown:
    """A global or city model with its card.

    Attributes:
        card: what is known about it.
        model: the forecaster.
    """

    card: ModelCard
    model: Corrected
