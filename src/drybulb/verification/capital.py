"""What a dollar at stake brings a day: gains over capital-days, with an interval that resamples the days.

A policy that ties a hundred dollars up for two days to gain one earns half a cent a dollar and day; gains alone do not
tell it from one that needs a dollar for an hour.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from drybulb.errors import VerificationError
from drybulb.verification._inputs import checked_numbers
from drybulb.verification.bootstrap import Interval, day_replicates


def return_on_capital(
    days: ArrayLike,
    gains: ArrayLike,
    capital: ArrayLike,
    seed: int,
    *,
    replicates: int = 2000,
    level: float = 0.90,
    block: int = 1,
) -> Interval | None:
    """Gain of a capital-day, and its percentile interval: a ratio estimator, both sums drawn together by day.

    ::

        Σ gains / Σ capital

    A resample in which nothing was at stake has no ratio, and is left out.

    Args:
        days: (n,) calendar day of each row, as a whole ordinal.
        gains: (n,) [dollars].
        capital: (n,) amount at stake times how long [dollar days], 0 or more.
        seed: of the draws.
        replicates: number of resamples.
        level: probability the interval should hold, in (0, 1).
        block: length of the runs of days drawn [days].

    Returns:
        Ratios [1/day]; None where nothing was ever at stake.

    Raises:
        VerificationError: negative capital, a level outside (0, 1), or as
            :func:`~drybulb.verification.bootstrap.day_replicates`.

    References:
        Cochran (1977), Sampling Techniques, chapter 6 (ratio estimators).
    """
    gained, staked = checked_numbers(gains, "gains"), checked_numbers(capital, "capital")
    if gained.ndim != 1 or gained.shape != staked.shape:
        raise VerificationError(f"gains have shape {gained.shape}, capital {staked.shape}; give both of each row")
    if (staked < 0.0).any():
        raise VerificationError(f"capital at {int(np.argmin(staked))} is {staked.min()}; it cannot be below 0")
    if not 0.0 < level < 1.0:
        raise VerificationError(f"level {level} of an interval is not in (0, 1); 0.90 is the usual one")
    if not staked.any():
        return None
    means = day_replicates(days, np.column_stack([gained, staked]), seed, replicates=replicates, block=block)
    drawn = means[means[:, 1] > 0.0]
    low, high = np.quantile(drawn[:, 0] / drawn[:, 1], [0.5 - level / 2.0, 0.5 + level / 2.0])
    return Interval(np.asarray(gained.sum() / staked.sum()), low, high)
