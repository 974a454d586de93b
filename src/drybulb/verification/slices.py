"""Means of one value over many overlapping slices of the same rows, and what is left of all when one is taken out.

A slice gives each row a direction: +1 or −1 where the row belongs to it, 0 where it does not. Its mean is that of the
value taken in that direction. Slices overlap: the rows of a bracket are also those of its city, so what is wrong in one
shows in the other. :func:`without_slice` takes a slice's mean off its rows and says what is left in the others.

Days are held as sums, because whole calendar days are what moves together (:mod:`~drybulb.verification.bootstrap`).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from drybulb.errors import VerificationError
from drybulb.verification._inputs import Floats, Integers, checked_numbers, checked_whole
from drybulb.verification.bootstrap import Interval, day_replicates


class SliceSums(NamedTuple):
    """Sums of a value over slices, by calendar day.

    Attributes:
        days: (D,) ordinals of the days, rising.
        total: (D, S) sum of the value in the slice's direction.
        rows: (D, S) number of rows of the slice.
        shared: (D, S, S) sum of the product of two slices' directions, over the rows they share.
    """

    days: Integers
    total: Floats
    rows: Floats
    shared: Floats

    @property
    def means(self) -> Floats:
        """(S,) mean of each slice over all its rows, 0 where it has none."""
        means: Floats = self.total.sum(axis=0) / np.maximum(self.rows.sum(axis=0), 1.0)
        return means


def slice_sums(days: ArrayLike, values: ArrayLike, directions: NDArray[np.int8]) -> SliceSums:
    """Sum ``values`` over slices, day by day.

    Args:
        days: (n,) calendar day of each row, as a whole ordinal [days].
        values: (n,) in any unit.
        directions: (n, S) −1, 0 or +1.

    Raises:
        VerificationError: no rows, shapes that do not fit, missing values, or another direction.
    """
    value = checked_numbers(values, "values")
    if value.ndim != 1 or value.size == 0 or directions.shape[:1] != value.shape or directions.ndim != 2:
        raise VerificationError(f"values {value.shape} and directions {directions.shape} must be (n,) and (n, S)")
    if directions.size and (directions.min() < -1 or directions.max() > 1):
        raise VerificationError("a direction is not -1, 0 or 1; a slice takes a row, its opposite, or leaves it")
    day = checked_whole(days, "days", len(value))
    order = np.argsort(day, kind="stable")
    found, starts = np.unique(day[order], return_index=True)
    total, rows, shared = [], [], []
    for part in np.split(order, starts[1:]):
        taken = directions[part].astype(np.float64)
        total.append(value[part] @ taken)
        rows.append(np.abs(taken).sum(axis=0))
        shared.append(taken.T @ taken)
    return SliceSums(found, np.array(total), np.array(rows), np.array(shared))


def slice_intervals(sums: SliceSums, seed: int, *, replicates: int = 2000, level: float = 0.90) -> Interval:
    """Mean of each slice and the percentile interval of its replicates by calendar day, all of shape (S,).

    Resamples without a row of a slice do not count for it; a slice without rows has an interval of NaN.

    Args:
        sums: of all slices.
        seed: seed of the draws, which all slices share.
        replicates: number of resamples.
        level: probability the interval should hold.

    Raises:
        VerificationError: as :func:`~drybulb.verification.bootstrap.day_replicates`.
    """
    width = sums.total.shape[1]
    drawn = day_replicates(sums.days, np.hstack([sums.total, sums.rows]), seed, replicates=replicates)
    total, rows = drawn[:, :width], drawn[:, width:]
    means = np.divide(total, rows, out=np.full_like(total, np.nan), where=rows > 0)
    low, high = np.full(width, np.nan), np.full(width, np.nan)
    has = sums.rows.any(axis=0)
    low[has], high[has] = np.nanquantile(means[:, has], [0.5 - level / 2.0, 0.5 + level / 2.0], axis=0)
    return Interval(sums.means, low, high)


def slice_errors(sums: SliceSums) -> Floats:
    """Standard error of each slice's mean, with days as clusters.

    Infinite for a slice of fewer than two days; of shape (S,)::

        error² = n / (n − 1) · Σ_days (total − mean · rows)² / (Σ_days rows)²        over the n days with rows

    References:
        Cameron and Miller (2015), A practitioner's guide to cluster-robust inference, Journal of Human Resources 50.
    """
    n_days = (sums.rows > 0).sum(axis=0)
    left = sums.total - sums.means * sums.rows
    scale = np.divide(n_days, n_days - 1.0, out=np.ones(n_days.shape), where=n_days > 1)
    spread = np.sqrt(scale * np.square(left).sum(axis=0)) / np.maximum(sums.rows.sum(axis=0), 1.0)
    return np.where(n_days > 1, spread, np.inf)


def without_slice(sums: SliceSums, index: int) -> SliceSums:
    """The sums after the mean of slice ``index`` was taken off its rows; its own mean is then 0."""
    return sums._replace(total=sums.total - sums.means[index] * sums.shared[:, :, index])


def price_variance(prices: ArrayLike, weights: ArrayLike) -> Floats:
    """Variance of a slice's sum of (payout − price) over one event, if its prices are the probabilities.

    One leg of the event pays, and its prices are martingales. With W_t the weights added up to t, and Σ_t the
    covariance of the payouts given the prices p_t of t (diag(p_t) − p_t p_tᵀ), errors of later prices are part of
    those of earlier ones, and the variance is::

        Σ_t (W_tᵀ Σ_t W_t − W_{t−1}ᵀ Σ_t W_{t−1})

    It does not need the slice to have met a payout: a long shot that never came in has no spread of its own.

    Args:
        prices: (T, L) of each leg at each instant, in order, as probabilities; a row may sum to more or less than 1.
        weights: (T, L, S) direction of each row in each slice, 0 where it is in none.

    Returns:
        (S,) variances, in the square of the prices' unit; never below 0.

    Raises:
        VerificationError: shapes that do not fit, or prices that are missing.
    """
    price = checked_numbers(prices, "prices")
    weight = checked_numbers(weights, "weights")
    if price.ndim != 2 or weight.shape[:2] != price.shape or weight.ndim != 3:
        raise VerificationError(f"prices {price.shape} and weights {weight.shape} must be (T, L) and (T, L, S)")
    after = np.cumsum(weight, axis=0)
    spread = _spread(price, after) - _spread(price, after - weight)
    variance: Floats = np.maximum(spread.sum(axis=0), 0.0)
    return variance


def _spread(price: Floats, weight: Floats) -> Floats:
    """wᵀ (diag(p) − p pᵀ) w of each instant and slice, (T, S)."""
    mean = np.einsum("tl,tls->ts", price, weight)
    spread: Floats = np.einsum("tl,tls->ts", price, np.square(weight)) - np.square(mean)
    return spread


def holm(p_values: ArrayLike) -> Floats:
    """p-values of a family of tests, adjusted so that the chance of any false finding is at most the level.

    The k-th smallest of m is multiplied by m − k + 1, and is never below the one before it.

    Raises:
        VerificationError: a p-value that is missing or outside [0, 1].

    References:
        Holm (1979), A simple sequentially rejective multiple test procedure, Scandinavian Journal of Statistics 6.
    """
    values = checked_numbers(p_values, "p_values")
    if values.ndim != 1 or ((values < 0.0) | (values > 1.0)).any():
        raise VerificationError("p_values must be (m,) numbers between 0 and 1")
    order = np.argsort(values, kind="stable")
    raised = np.maximum.accumulate(values[order] * np.arange(values.size, 0, -1))
    adjusted = np.empty_like(values)
    adjusted[order] = np.minimum(raised, 1.0)
    return adjusted
