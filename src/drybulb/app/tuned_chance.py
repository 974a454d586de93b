"""What the best of many configurations gains by luck alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from scipy.special import ndtr, ndtri

from drybulb.forecast.model import Floats
from drybulb.verification import day_replicates

LEVEL = 0.90
"""Of the interval of one gain."""

SURE = 0.95
"""A best configuration is clear above this quantile of what luck gives the best."""

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


@dataclass(frozen=True, slots=True)
class Luck:
    """What the best of some configurations gains where none of them is better than the defaults.

    Attributes:
        mean: on average [nats].
        bar: exceeded by one such best in twenty [nats].
    """

    mean: float
    bar: float

    @classmethod
    def joint(cls, gains: Floats, events: Floats, seed: int) -> Self:
        """Of configurations scored on the same days: a bootstrap that resamples the days of all of them together.

        Each resample draws whole days; each configuration's mean gain in it, less its mean gain on all days, is what it
        gains there by chance, and the greatest of these is what the best gains. Configurations that are near copies,
        or of which some vary more than others, are so taken as they are.

        Args:
            gains: sum of each configuration's gains by day, shape (configurations, days) [nats].
            events: number of events of each day, shape (days,).
            seed: of the bootstrap.

        References:
            White (2000), A reality check for data snooping, Econometrica 68, 1097-1126.
        """
        if not len(gains):
            return cls(0.0, 0.0)
        drawn = day_replicates(np.arange(events.size), np.vstack([gains, events]).T, seed)
        chance = drawn[:, :-1] / drawn[:, -1:] - gains.sum(axis=1) / events.sum()
        best = chance.max(axis=1)
        return cls(float(np.mean(best)), float(np.quantile(best, SURE)))

    @classmethod
    def independent(cls, count: int, sd: float) -> Self:
        """Of so many independent normal gains of mean 0, which is the most that as many of this ``sd`` could find.

        Args:
            count: how many there are; 0 for none.
            sd: standard deviation of each [nats].

        References:
            Slepian (1962), The one-sided barrier problem for Gaussian noise, Bell System Technical Journal 41, 463-501.
        """
        if count < 1:
            return cls(0.0, 0.0)
        return cls(expected_best(count, sd), sd * float(ndtri(SURE ** (1.0 / count))))

    def or_more(self, other: Luck) -> Luck:
        """The larger of the two, number by number."""
        return Luck(max(self.mean, other.mean), max(self.bar, other.bar))


def expected_best(count: int, sd: float) -> float:
    """Mean of the greatest of ``count`` independent normal numbers of mean 0.

    ::

        E[max] = ∫ x · n · φ(x) · Φ(x)ⁿ⁻¹ dx

    Args:
        count: how many there are; 0 for none.
        sd: standard deviation of each.
    """
    if count < 1:
        return 0.0
    x = np.linspace(-_SPAN, _SPAN, 3_601)
    density = count * np.exp(-0.5 * x**2) / np.sqrt(2.0 * np.pi) * ndtr(x) ** (count - 1)
    return sd * float(np.trapezoid(x * density, x))
