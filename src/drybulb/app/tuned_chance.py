"""What the best of many configurations gains by luck alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from drybulb.forecast.model import Floats
from drybulb.verification import day_replicates

LEVEL = 0.90
_SPAN = 9.0
"""Standard deviations to either side beyond which a normal number is not found among millions."""


@dataclass(frozen=True, slots=True)
class Gain:
    """How much better one configuration is than another, paired by day.

    Attributes:
        mean: of the differences in log score of the events; above 0, it is better [nats].
        low: lower end of the 90 % interval by calendar day.
        high: upper end.
        sd: standard deviation of the mean over resampled days [nats].
    """

    mean: float
    low: float
    high: float
    sd: float

    @classmethod
    def of(cls, days: list[int], differences: Floats, seed: int) -> Gain:
        """Measure it.

        Args:
            days: ordinal of each event's day [d].
            differences: log score of the one less that of the other, by event [nats].
            seed: of the bootstrap.
        """
        means = day_replicates(days, differences, seed)
        low, high = np.quantile(means, [0.5 - LEVEL / 2.0, 0.5 + LEVEL / 2.0])
        return cls(float(np.mean(differences)), float(low), float(high), float(np.std(means, ddof=1)))


def expected_best(count: int, sd: float) -> float:
    """Mean of the greatest of ``count`` independent normal numbers of mean 0: what luck alone would find.

    ::

        E[max] = ∫ x · n · φ(x) · Φ(x)ⁿ⁻¹ dx

    Configurations are scored on the same days and so are not independent: the mean of their greatest is less than this.

    Args:
        count: how many there are; 0 for none.
        sd: standard deviation of each.
    """
    if count < 1:
        return 0.0
    x = np.linspace(-_SPAN, _SPAN, 3_601)
    density = count * np.exp(-0.5 * x**2) / np.sqrt(2.0 * np.pi) * ndtr(x) ** (count - 1)
    return sd * float(np.trapezoid(x * density, x))
