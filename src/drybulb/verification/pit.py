"""Calibration of whole distributions: the probability integral transform, without randomisation.

Of a distribution over whole degrees the transform of an outcome is not a number but an interval, from F(y - 1) to
F(y). Spreading each outcome evenly over its interval, instead of drawing from it, makes the histogram and the
coverage of a calibrated forecast flat in expectation whatever the grid, and the same at every run.

References:
    Czado, Gneiting and Held (2009), Predictive model assessment for count data,
    https://doi.org/10.1111/j.1541-0420.2009.01191.x.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from drybulb.errors import VerificationError
from drybulb.verification._inputs import Floats, checked_numbers, checked_rows, checked_unit, checked_whole


def pit_cdf(pmf: ArrayLike, low: int, observed: ArrayLike, at: ArrayLike) -> Floats:
    """Distribution function of each outcome's transform, evaluated at ``at``.

    ::

        F(u | y) = 0                                    u ≤ F(y - 1)
                   (u - F(y - 1)) / (F(y) - F(y - 1))   between
                   1                                    u ≥ F(y)

    An outcome given no probability has an interval of no width; all its mass is at F(y).

    Args:
        pmf: (n, K) probabilities of ``low``, ``low + 1``, …; zero outside.
        low: first degree of the grid [°F].
        observed: (n,) whole degrees [°F].
        at: (m,) arguments u [probability].

    Returns:
        (n, m) values; each row rises with u, and reaches 1 at u = 1.

    Raises:
        VerificationError: a row that is no distribution, a high that is missing or not whole, or u outside [0, 1].
    """
    rows = checked_rows(pmf, "pmf")
    size = rows.shape[1]
    position = checked_whole(observed, "observed", len(rows)) - low
    points = checked_unit(at, "at")
    cdf = np.zeros((len(rows), size + 1))
    np.minimum(np.cumsum(rows, axis=1), 1.0, out=cdf[:, 1:])
    lower = np.take_along_axis(cdf, np.clip(position, 0, size)[:, None], axis=1)
    upper = np.take_along_axis(cdf, np.clip(position + 1, 0, size)[:, None], axis=1)
    width = upper - lower
    # Clipping before dividing keeps a width near the smallest float from overflowing.
    spread = (np.clip(points, lower, upper) - lower) / np.where(width > 0.0, width, 1.0)
    return np.where(width > 0.0, spread, points >= upper)


def pit_parts(pmf: ArrayLike, low: int, observed: ArrayLike, *, bins: int = 10) -> Floats:
    """Part of each outcome's transform that falls in each of ``bins`` equal parts of [0, 1].

    Their mean is the :func:`pit_histogram`; one row a forecast, they can first be averaged over what belongs together.

    Args:
        pmf: (n, K) probabilities of ``low``, ``low + 1``, ….
        low: first degree of the grid [°F].
        observed: (n,) whole degrees [°F].
        bins: number of parts.

    Returns:
        (n, bins) fractions; each row sums to 1.

    Raises:
        VerificationError: as :func:`pit_cdf`, or fewer than one bin.
    """
    if bins < 1:
        raise VerificationError(f"{bins} bins hold nothing; ask for 1 or more")
    return np.diff(pit_cdf(pmf, low, observed, np.arange(1, bins) / bins), axis=1, prepend=0.0, append=1.0)


def pit_histogram(pmf: ArrayLike, low: int, observed: ArrayLike, *, bins: int = 10) -> Floats:
    """Fraction of outcomes whose transform falls in each of ``bins`` equal parts of [0, 1].

    ::

        h_j = mean over i of F(j / J | y_i) - F((j - 1) / J | y_i)

    Flat is calibrated, a U too narrow, a dome too wide, a slope biased (high on the right: forecasts too cold).

    Args:
        pmf: (n, K) probabilities of ``low``, ``low + 1``, …, n ≥ 1.
        low: first degree of the grid [°F].
        observed: (n,) whole degrees [°F].
        bins: number of parts J.

    Returns:
        (bins,) fractions that sum to 1.

    Raises:
        VerificationError: as :func:`pit_cdf`; no forecast; fewer than one bin.
    """
    parts = pit_parts(pmf, low, observed, bins=bins)
    if len(parts) == 0:
        raise VerificationError("pmf has no rows; a histogram needs at least one forecast")
    histogram: Floats = parts.mean(axis=0)
    return histogram


def pit_deviation(histogram: ArrayLike) -> float:
    """Distance of a :func:`pit_histogram` from flat, ½ Σ_j |h_j - 1/J|: 0 is flat, 1 - 1/J all in one bin.

    It is the fraction of outcomes that would have to change bins.

    Args:
        histogram: (J,) fractions that sum to 1.

    Raises:
        VerificationError: not one row of fractions that sum to 1.
    """
    fractions = checked_rows(np.asarray(histogram)[None], "histogram")[0]
    return 0.5 * float(np.abs(fractions - 1.0 / fractions.size).sum())


def pit_spread(pmf: ArrayLike, *, bins: int = 10) -> Floats:
    """Standard deviation of each of the :func:`pit_parts`, were the outcome drawn from the forecast itself.

    ::

        s_j² = Σ_y p_y part_j(y)² - 1/J²

    Args:
        pmf: (n, K) probabilities of successive degrees.
        bins: number of parts J.

    Returns:
        (n, bins) values.

    Raises:
        VerificationError: a row that is no distribution, or fewer than one bin.
    """
    if bins < 1:
        raise VerificationError(f"{bins} bins hold nothing; ask for 1 or more")
    rows = checked_rows(pmf, "pmf")
    upper = np.minimum(np.cumsum(rows, axis=1), 1.0)
    lower = np.concatenate([np.zeros((len(rows), 1)), upper[:, :-1]], axis=1)
    width = np.where(upper > lower, upper - lower, 1.0)
    found = np.empty((len(rows), bins))
    for j in range(bins):
        part = (np.clip((j + 1) / bins, lower, upper) - np.clip(j / bins, lower, upper)) / width
        found[:, j] = (rows * np.square(part)).sum(axis=1) - 1.0 / bins**2
    return np.sqrt(np.maximum(found, 0.0))


def pit_chance(spread: ArrayLike) -> float:
    """What :func:`pit_deviation` would be by chance, on average, of as many calibrated forecasts.

    By the normal approximation, of forecasts independent of each other::

        chance = ½ Σ_j √(2 / π) √(Σ_i s_ij²) / n

    Args:
        spread: (n, J) as :func:`pit_spread` gives it, n ≥ 1.

    Raises:
        VerificationError: no forecast, or values that are no numbers.
    """
    values = checked_numbers(spread, "spread")
    if values.ndim != 2 or values.size == 0:
        raise VerificationError(f"spread has shape {values.shape}; one row a forecast is needed, (n, J)")
    return float(0.5 * np.sqrt(2.0 / np.pi * np.square(values).sum(axis=0)).sum()) / len(values)


def coverage(pmf: ArrayLike, low: int, observed: ArrayLike, *, levels: Sequence[float] = (0.5, 0.8, 0.9)) -> Floats:
    """How much of each outcome's transform lies in the central interval of each level.

    ::

        coverage = F((1 + level) / 2 | y) - F((1 - level) / 2 | y)

    An interval of whole degrees holds more than its level by an amount that depends on the grid. This is instead the
    chance, were the transform drawn at random, that it falls in the central part: a calibrated forecast has a mean of
    exactly the level.

    Args:
        pmf: (n, K) probabilities of ``low``, ``low + 1``, ….
        low: first degree of the grid [°F].
        observed: (n,) whole degrees [°F].
        levels: m levels, each in (0, 1).

    Returns:
        (n, m) values in 0 … 1; the mean over rows compares with ``levels``.

    Raises:
        VerificationError: as :func:`pit_cdf`, or a level outside (0, 1).
    """
    wrong = [level for level in levels if not 0.0 < level < 1.0]
    if wrong:
        raise VerificationError(f"coverage level {wrong[0]} is not in (0, 1)")
    half = np.asarray(levels, dtype=np.float64) / 2.0
    return pit_cdf(pmf, low, observed, 0.5 + half) - pit_cdf(pmf, low, observed, 0.5 - half)
