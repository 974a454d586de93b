"""Biases that can be planted in a world's makers, each with the name by which a finding is compared with it.

A price that a bias moves stays between 1 and 99 cents, unless the fair price lay beyond and the bias points there;
prices it does not speak of are left as they are.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from drybulb.errors import ConfigError

Floats = NDArray[np.float64]

_PLACES = 6
#: What a bracket is worth before anybody pays a cent for it [$]: nobody is too fond of what is lost already.
_ALIVE = 0.005
#: How far makers can be off: the world states its thresholds only so far beyond the ladder's edges [°F].
_MOST_DEGREES = 1.0
_LEAST, _MOST = 0.01, 0.99


@dataclass(frozen=True, slots=True)
class WrongBracket:
    """The bracket at one place of every ladder is off.

    Attributes:
        place: 1 for the low tail … 6 for the high tail.
        cents: added to its price [cents].
    """

    place: int
    cents: float

    def __post_init__(self) -> None:
        if not 1 <= self.place <= _PLACES:
            raise ConfigError(f"place {self.place} of a biased bracket is not between 1 and {_PLACES}")

    @property
    def name(self) -> str:
        """What a finding should say."""
        return f"bracket {self.place} {self.cents:+g} ¢"


@dataclass(frozen=True, slots=True)
class Longshots:
    """Brackets that are still possible but cheap are too dear.

    Attributes:
        cents: added to their price [cents].
        under: which fair prices are cheap: those below it, down to half a cent [cents].
    """

    cents: float
    under: float = 10.0

    def __post_init__(self) -> None:
        if not 1.0 <= self.under <= 50.0:
            raise ConfigError(f"longshots under {self.under:g} ¢: give a price from 1 to 50 ¢")

    @property
    def name(self) -> str:
        """What a finding should say."""
        return f"longshots under {self.under:g} ¢ {self.cents:+g} ¢"


@dataclass(frozen=True, slots=True)
class SlowReaction:
    """Makers read every release late, and quote the old price until they have.

    Attributes:
        minutes: between a release and the quotes that show it [min].
    """

    minutes: int

    def __post_init__(self) -> None:
        if self.minutes <= 0:
            raise ConfigError(f"a slow reaction of {self.minutes} minutes; give 1 or more")

    @property
    def name(self) -> str:
        """What a finding should say."""
        return f"slow {self.minutes} min"


@dataclass(frozen=True, slots=True)
class WrongCity:
    """The makers of one city are wrong about it.

    Attributes:
        city: key of the city.
        degrees: how much warmer than right they think the official high [°F], −1 … 1.
        cents: added to the price of each of its brackets [cents].
    """

    city: str
    degrees: float = 0.0
    cents: float = 0.0

    def __post_init__(self) -> None:
        if not -_MOST_DEGREES <= self.degrees <= _MOST_DEGREES:
            raise ConfigError(f"makers of {self.city} off by {self.degrees:g} °F; give −1 … 1, or cents")

    @property
    def name(self) -> str:
        """What a finding should say."""
        parts = [f"{self.degrees:+g} °F"] * bool(self.degrees) + [f"{self.cents:+g} ¢"] * bool(self.cents)
        return " ".join([self.city, *parts])


Bias = WrongBracket | Longshots | SlowReaction | WrongCity


def late_seconds(biases: Iterable[Bias]) -> int:
    """Return how long after a release the makers read it [s]."""
    return 60 * sum(bias.minutes for bias in biases if isinstance(bias, SlowReaction))


def warmer(biases: Iterable[Bias], city: str) -> float:
    """Return how much warmer than right the makers of ``city`` think the official high [°F]."""
    return sum(bias.degrees for bias in biases if isinstance(bias, WrongCity) and bias.city == city)


def mispriced(fair: Floats, biases: Iterable[Bias], city: str) -> Floats:
    """Return the prices the makers of ``city`` take for fair.

    Args:
        fair: (n, 6) price of each bracket [$].
        biases: those that move prices are applied in order, each to what those before it left.
        city: key of the city.
    """
    prices = fair.copy()
    for bias in biases:
        match bias:
            case WrongBracket():
                moved = np.zeros(prices.shape, dtype=np.bool_)
                moved[:, bias.place - 1] = True
            case Longshots():
                moved = (prices >= _ALIVE) & (prices < bias.under / 100.0)
            case WrongCity():
                moved = np.full(prices.shape, bias.city == city)
            case SlowReaction():
                continue
        kept = np.clip(prices + bias.cents / 100.0, np.minimum(prices, _LEAST), np.maximum(prices, _MOST))
        prices = np.where(moved, kept, prices)
    return prices
