"""How sure a mean score is: a bootstrap in which whole calendar days move together.

Weather is shared. The minutes of an event have one label, and one front crosses several cities, so rows are no
independent evidence; days nearly are. A day is drawn with all its rows, of every city and clock.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from drybulb.errors import VerificationError
from drybulb.verification._inputs import Floats, checked_numbers, checked_whole

#: Days drawn at a time, which bounds the memory [days].
_DRAWN_AT_ONCE = 1_000_000


class Interval(NamedTuple):
    """A mean and its bootstrap interval, in the unit of the values.

    Attributes:
        mean: mean over all rows; no dimension for values of shape (n,), (m,) for (n, m).
        low: lower end of the interval, of the same shape.
        high: upper end.
    """

    mean: Floats
    low: Floats
    high: Floats


def day_bootstrap(
    days: ArrayLike, values: ArrayLike, seed: int, *, replicates: int = 2000, level: float = 0.90, block: int = 1
) -> Interval:
    """Mean of ``values`` and the percentile interval of its :func:`day_replicates`.

    To compare two forecasts pass the differences of their scores, row by row: what the days share cancels. All rows
    on one day are one piece of evidence, which the bootstrap cannot vary: the interval then has no width.

    Args:
        days: (n,) calendar day of each row, as a whole ordinal [days].
        values: (n,) or (n, m) scores or differences of scores; columns share their draws.
        seed: seed of the draws; the same seed gives the same interval, in whatever order the rows come.
        replicates: number of resamples.
        level: probability the interval should hold, in (0, 1).
        block: length of the runs drawn [days].

    Raises:
        VerificationError: as :func:`day_replicates`, or a level outside (0, 1).

    References:
        Efron and Tibshirani (1993), An Introduction to the Bootstrap, chapter 13 (percentile intervals).
    """
    if not 0.0 < level < 1.0:
        raise VerificationError(f"level {level} of an interval is not in (0, 1); 0.90 is the usual one")
    totals = _day_totals(days, values)
    means = _resampled_means(totals, seed, replicates, block)
    everything = totals.sum(axis=1)
    low, high = np.quantile(means, [0.5 - level / 2.0, 0.5 + level / 2.0], axis=0)
    shape = np.shape(values)[1:]
    return Interval(*(column.reshape(shape) for column in (everything[:-1] / everything[-1], low, high)))


def day_replicates(days: ArrayLike, values: ArrayLike, seed: int, *, replicates: int = 2000, block: int = 1) -> Floats:
    """Mean of ``values`` in each of ``replicates`` resamples of the calendar days.

    A resample draws as many days as there are, with replacement, and takes the mean over all rows of the days drawn::

        mean = Σ_drawn days (sum of the day's values) / Σ_drawn days (number of the day's rows)

    With ``block`` > 1 it draws runs of that many days in a row, among the days that have rows, the first following
    the last so that each day is as likely (circular blocks); use it where scores of successive days correlate.
    A function of several means, such as a skill, has its interval from the same function of the columns returned.

    Args:
        days: (n,) calendar day of each row, as a whole ordinal [days].
        values: (n,) or (n, m).
        seed: seed of the draws.
        replicates: number of resamples.
        block: length of the runs drawn [days].

    Returns:
        (replicates,) or (replicates, m) means, in the unit of the values.

    Raises:
        VerificationError: no rows, shapes that do not fit, missing values, a seed below 0, no replicates, or a block
            not between 1 and the number of days.

    References:
        Politis and Romano (1992), A circular block-resampling procedure for stationary data, in: Exploring the
        Limits of Bootstrap, Wiley, 263-270.
    """
    means = _resampled_means(_day_totals(days, values), seed, replicates, block)
    return means.reshape(replicates, *np.shape(values)[1:])


def _resampled_means(totals: Floats, seed: int, replicates: int, block: int) -> Floats:
    """Mean of each column in each resample, (replicates, m), from the totals of each day."""
    n_days = totals.shape[1]
    if seed < 0 or replicates < 1:
        raise VerificationError(
            f"seed {seed}, {replicates} replicates: the first must be 0 or more, the second 1 or more"
        )
    if not 1 <= block <= n_days:
        raise VerificationError(f"a block of {block} days cannot be drawn from {n_days} days; give 1 to {n_days}")
    rng = np.random.default_rng(seed)
    drawn = np.empty((replicates, len(totals)))
    at_once = max(_DRAWN_AT_ONCE // n_days, 1)
    for part in np.split(drawn, range(at_once, replicates, at_once)):
        # einsum, not @: the last bit must not hang on which BLAS is installed, nor on how many columns go along.
        np.einsum("cd,rd->rc", totals, _times_drawn(rng, len(part), n_days, block), out=part)
    means: Floats = drawn[:, :-1] / drawn[:, -1:]
    return means


def _times_drawn(rng: np.random.Generator, resamples: int, n_days: int, block: int) -> Floats:
    """How often each of ``n_days`` days is in each resample of as many, (resamples, days).

    Runs past the last day go on at the first.
    """
    starts = rng.integers(n_days, size=(resamples, -(-n_days // block)))
    drawn = (starts[:, :, None] + np.arange(block)).reshape(resamples, -1)[:, :n_days] % n_days
    places = drawn + n_days * np.arange(resamples)[:, None]
    return np.bincount(places.ravel(), minlength=resamples * n_days).reshape(resamples, n_days).astype(np.float64)


def _day_totals(days: ArrayLike, values: ArrayLike) -> Floats:
    """Per day the sum of each column, and last the number of rows: (m + 1, days), days in order."""
    table = checked_numbers(values, "values")
    if table.ndim not in (1, 2) or table.size == 0:
        raise VerificationError(f"values have shape {table.shape}; (n,) or (n, m) with at least one row is needed")
    day = checked_whole(days, "days", len(table))
    _, counts = np.unique(day, return_counts=True)
    starts = np.cumsum(counts) - counts
    # Rows are summed in order of value, so that not even the last bit depends on the order in which they came.
    columns = (column[np.lexsort((column, day))] for column in table.reshape(len(table), -1).T)
    return np.vstack([*(np.add.reduceat(column, starts) for column in columns), counts.astype(np.float64)])
