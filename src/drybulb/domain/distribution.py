"""A probability for every whole degree, and who says so.

Probabilities are held as whole millionths that sum to exactly one million, so a
belief is the same on every machine and its sums are exact.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import accumulate

from drybulb.domain.notebook import bars, panel
from drybulb.errors import DomainError

MILLION = 1_000_000

_EDGE = MILLION // 200
"""Outer degrees that hold less than this together are shown as one tail [millionths]."""


@dataclass(frozen=True, slots=True)
class TemperatureDistribution:
    """Distribution of the official high over whole degrees.

    Attributes:
        low: the first degree [°F].
        millionths: probability of ``low``, ``low + 1``, … in millionths; sums to 1,000,000.
    """

    low: int
    millionths: tuple[int, ...]

    def __post_init__(self) -> None:
        if not self.millionths or min(self.millionths) < 0:
            raise DomainError(f"a distribution needs non-negative millionths, got {self.millionths!r}")
        if sum(self.millionths) != MILLION:
            raise DomainError(f"millionths sum to {sum(self.millionths)}, not {MILLION}; use from_pmf")

    @classmethod
    def from_pmf(cls, low: int, probabilities: Sequence[float]) -> TemperatureDistribution:
        """Round a pmf to millionths, largest remainder first, so that the sum is exact.

        Degrees at both ends that round to nothing are dropped.

        Args:
            low: degree of the first probability [°F].
            probabilities: finite, non-negative, summing to 1 within 1e-6.

        Raises:
            DomainError: a probability that is not finite or negative, or a wrong sum.
        """
        values = [float(p) for p in probabilities]
        if not values or not all(math.isfinite(p) and p >= 0.0 for p in values):
            raise DomainError("probabilities must be finite and not negative; find the forecast that made them")
        total = math.fsum(values)
        if abs(total - 1.0) > 1e-6:
            raise DomainError(f"probabilities sum to {total!r}, not 1; normalise them first")
        scaled = [p / total * MILLION for p in values]
        floors = [int(s) for s in scaled]
        short = MILLION - sum(floors)
        order = sorted(range(len(values)), key=lambda i: (floors[i] - scaled[i], i))
        for i in order[:short]:
            floors[i] += 1
        first = next(i for i, m in enumerate(floors) if m)
        last = max(i for i, m in enumerate(floors) if m)
        return cls(low + first, tuple(floors[first : last + 1]))

    @property
    def high(self) -> int:
        """The last degree with any probability [°F]."""
        return self.low + len(self.millionths) - 1

    def mass(self, low: int | None, high: int | None) -> int:
        """Millionths between ``low`` and ``high`` inclusive [°F]; None means open."""
        first = 0 if low is None else max(0, low - self.low)
        last = len(self.millionths) if high is None else max(0, high - self.low + 1)
        return sum(self.millionths[first:last])

    def probability(self, low: int | None, high: int | None) -> float:
        """Probability of a high between ``low`` and ``high`` inclusive [°F]; None means open."""
        return self.mass(low, high) / MILLION

    def survival(self, degree: int) -> float:
        """P(high ≥ ``degree`` [°F])."""
        return self.probability(degree, None)

    def mean(self) -> float:
        """Expected high [°F]."""
        return self.low + sum(i * m for i, m in enumerate(self.millionths)) / MILLION

    def quantile(self, level: float) -> int:
        """Smallest degree whose cumulative probability reaches ``level`` [°F].

        Raises:
            DomainError: ``level`` is not in (0, 1].
        """
        if not 0.0 < level <= 1.0:
            raise DomainError(f"quantile level {level} is not in (0, 1]")
        need = math.ceil(level * MILLION)
        return self.low + next(i for i, total in enumerate(accumulate(self.millionths)) if total >= need)


@dataclass(frozen=True, slots=True)
class Belief:
    """What drybulb holds about one event at one instant, and who says so.

    Attributes:
        city: city key.
        day: date of the climate day.
        at: instant the belief is about [UTC]; it uses nothing known later.
        distribution: None where nobody could speak.
        source: the model that spoke (such as ``S``), or ``none``.
        reason: what it stood on, or why nobody spoke.
        model: identity of the stored model, empty where none was used.
    """

    city: str
    day: date
    at: datetime
    distribution: TemperatureDistribution | None
    source: str
    reason: str
    model: str = ""

    def __post_init__(self) -> None:
        if self.at.tzinfo is None:
            raise DomainError(f"belief at {self.at.isoformat()} has no time zone")
        if (self.distribution is None) != (self.source == "none"):
            raise DomainError(f"belief of {self.city} {self.day}: source {self.source!r} does not fit its distribution")
        if self.distribution is None and not self.reason:
            raise DomainError(f"belief of {self.city} {self.day}: a belief of none must say why")

    def _repr_html_(self) -> str:
        """What a notebook shows: who says what about which event, and a bar for every degree."""
        title = f"Belief: {self.city}, {self.day.isoformat()}, as of {self.at:%Y-%m-%d %H:%M} UTC"
        spread = self.distribution
        if spread is None:
            return panel(title, [f"Nobody speaks: {self.reason}"])
        middle = f"mean {spread.mean():.1f} °F, median {spread.quantile(0.5)} °F"
        inner = f"80 % within {spread.quantile(0.1)} … {spread.quantile(0.9)} °F"
        said = [f"{middle}, {inner}", f"source: {self.source}", f"reason: {self.reason}"]
        model = [f"model: {self.model}"] if self.model else []
        drawn = bars("Probability of the official high", ("°F", "probability"), _by_degree(spread))
        return panel(title, [*said, *model], drawn)


def _by_degree(spread: TemperatureDistribution) -> list[tuple[str, float]]:
    """Every degree and its probability, the outermost gathered in a tail a side."""
    first, last = spread.low, spread.high
    while spread.mass(None, first) < _EDGE:
        first += 1
    while spread.mass(last, None) < _EDGE:
        last -= 1
    below, above = spread.probability(None, first - 1), spread.probability(last + 1, None)
    return [
        *([(f"≤{first - 1}°", below)] if below else []),
        *((f"{degree}°", spread.probability(degree, degree)) for degree in range(first, last + 1)),
        *([(f"≥{last + 1}°", above)] if above else []),
    ]
