"""How much a forecast dares to say: the spread of whole distributions, and their central intervals.

Sharpness is a virtue only of calibrated forecasts, so it stands beside coverage and never alone.

References:
    Gneiting, Balabdaoui and Raftery (2007), Probabilistic forecasts, calibration and sharpness,
    https://doi.org/10.1111/j.1467-9868.2007.00587.x.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from drybulb.errors import VerificationError
from drybulb.verification._inputs import Floats, Integers, checked_rows

_SLACK = 1e-9
"""A cumulative sum of floats may stop a rounding error short of what it has in exact arithmetic."""


@dataclass(frozen=True, slots=True, eq=False)
class CentralDegrees:
    """Central intervals that end on whole degrees, of n forecasts at m levels.

    Attributes:
        first: lowest degree of each interval, inclusive, shape (n, m) [°F].
        last: highest degree, inclusive [°F].
        mass: probability each forecast gives to its interval, more than the level.
    """

    first: Integers
    last: Integers
    mass: Floats


def standard_deviation(pmf: ArrayLike) -> Floats:
    """Standard deviation of each distribution over whole degrees [°F].

    Args:
        pmf: (n, K) probabilities of successive degrees.

    Returns:
        (n,) values [°F].

    Raises:
        VerificationError: a row that is no distribution.
    """
    rows = checked_rows(pmf, "pmf")
    degrees = np.arange(rows.shape[1], dtype=np.float64)
    mean = (rows * degrees).sum(axis=1)
    variance: Floats = (rows * np.square(degrees - mean[:, None])).sum(axis=1)
    return np.sqrt(variance)


def central_degrees(pmf: ArrayLike, low: int, levels: Sequence[float] = (0.5, 0.8, 0.9)) -> CentralDegrees:
    """Smallest interval of whole degrees that holds the central part of each distribution.

    ::

        first = the lowest k with F(k) ≥ (1 - level) / 2
        last  = the lowest k with F(k) ≥ (1 + level) / 2

    Whole degrees cannot hold exactly the level: what a calibrated forecast covers is ``mass``, not the level.

    Args:
        pmf: (n, K) probabilities of ``low``, ``low + 1``, ….
        low: first degree of the grid [°F].
        levels: m levels, each in (0, 1).

    Raises:
        VerificationError: a row that is no distribution, or a level outside (0, 1).
    """
    rows = checked_rows(pmf, "pmf")
    tails = _tails(levels)
    cdf = np.cumsum(rows, axis=1)
    first, last = (_reached(cdf, tail) for tail in (tails, 1.0 - tails))
    padded = np.concatenate([np.zeros((len(rows), 1)), cdf], axis=1)
    mass = np.take_along_axis(padded, last + 1, axis=1) - np.take_along_axis(padded, first, axis=1)
    return CentralDegrees(first + low, last + low, np.minimum(mass, 1.0))


def central_width(pmf: ArrayLike, levels: Sequence[float] = (0.5, 0.8, 0.9)) -> Floats:
    """Width of the central interval of each level, each degree's probability spread evenly over the degree [°F].

    It is the interval whose coverage :func:`~drybulb.verification.coverage` measures: it holds exactly the level, and
    ends between whole degrees::

        width = Q((1 + level) / 2) - Q((1 - level) / 2),    Q(u) = k - 1/2 + (u - F(k - 1)) / p_k at F(k - 1) < u ≤ F(k)

    Args:
        pmf: (n, K) probabilities of successive degrees.
        levels: m levels, each in (0, 1).

    Returns:
        (n, m) widths [°F].

    Raises:
        VerificationError: a row that is no distribution, or a level outside (0, 1).
    """
    rows = checked_rows(pmf, "pmf")
    tails = _tails(levels)
    cdf = np.cumsum(rows, axis=1)
    low, high = (_spread_quantile(rows, cdf, tail) for tail in (tails, 1.0 - tails))
    return high - low


def _tails(levels: Sequence[float]) -> Floats:
    """Probability below the central interval of each level."""
    wrong = [level for level in levels if not 0.0 < level < 1.0]
    if wrong:
        raise VerificationError(f"level {wrong[0]} of a central interval is not in (0, 1)")
    return (1.0 - np.asarray(levels, dtype=np.float64)) / 2.0


def _reached(cdf: Floats, at: Floats) -> Integers:
    """First column whose cumulative probability is at least each of ``at``, shape (n, m)."""
    columns = np.stack([(cdf < u - _SLACK).sum(axis=1) for u in at], axis=1)
    found: Integers = np.minimum(columns, cdf.shape[1] - 1).astype(np.int64)
    return found


def _spread_quantile(rows: Floats, cdf: Floats, at: Floats) -> Floats:
    """Quantiles of the distributions spread evenly over their degrees, from the edge below the first, (n, m)."""
    column = _reached(cdf, at)
    mass = np.take_along_axis(rows, column, axis=1)
    below = np.take_along_axis(cdf, column, axis=1) - mass
    part = np.clip((at - below) / np.where(mass > 0.0, mass, 1.0), 0.0, 1.0)
    return column + part
