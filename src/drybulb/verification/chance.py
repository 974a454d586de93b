"""What chance alone makes of a mean: worlds in which every outcome is drawn from its own forecast.

Intervals say how far a mean may be off; this says how far it would be off were the forecasts right. No approximation is
needed: a forecast says itself how its outcome is distributed.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from drybulb.errors import VerificationError
from drybulb.verification._inputs import Floats, checked_numbers, checked_rows


def chance_means(pmf: ArrayLike, values: ArrayLike, seed: int, *, draws: int = 999) -> Floats:
    """Mean of each statistic in each of ``draws`` worlds whose outcomes are drawn from the forecasts.

    Outcomes are drawn independently of each other: give forecasts of different events.

    Args:
        pmf: (n, K) probabilities of successive degrees, n ≥ 1.
        values: (n, K, m) m statistics of each forecast, were each degree the outcome.
        seed: seed of the draws.
        draws: number of worlds.

    Returns:
        (draws, m) means over the forecasts.

    Raises:
        VerificationError: no forecast, a row that is no distribution, shapes that do not fit, or no draws.
    """
    rows, table = checked_rows(pmf, "pmf"), checked_numbers(values, "values")
    if len(rows) == 0 or draws < 1:
        raise VerificationError(f"{len(rows)} forecasts, {draws} draws: chance needs one of each at least")
    if table.ndim != 3 or table.shape[:2] != rows.shape:
        raise VerificationError(f"values have shape {table.shape}; {(*rows.shape, 'm')} is needed")
    rng = np.random.default_rng(seed)
    sums = np.zeros((draws, table.shape[2]))
    for row, of_outcome in zip(rows, table, strict=True):
        upper = np.cumsum(row)
        # Never beyond the last degree that has any probability, however the sum rounds.
        last = int(np.flatnonzero(row)[-1])
        outcome = np.minimum(np.searchsorted(upper, rng.random(draws), side="right"), last)
        sums += of_outcome[outcome]
    return sums / len(rows)


def chance_p(found: ArrayLike, drawn: ArrayLike) -> Floats:
    """Part of the worlds of chance, the real one among them, that are as far off as what was found.

    ::

        p = (1 + #{draws with value ≥ found}) / (1 + draws)

    Args:
        found: (m,) how far off each statistic is.
        drawn: (draws, m) how far off it is in each world of :func:`chance_means`.

    Returns:
        (m,) values in (0, 1].

    Raises:
        VerificationError: shapes that do not fit, or values that are no numbers.
    """
    real, worlds = checked_numbers(found, "found"), checked_numbers(drawn, "drawn")
    if real.ndim != 1 or worlds.shape[1:] != real.shape:
        raise VerificationError(f"found has shape {real.shape}, drawn {worlds.shape}; (m,) and (draws, m) are needed")
    # What is as far off by all digits that matter is as far off.
    as_far: Floats = (worlds >= real - 1e-12).sum(axis=0)
    return (1.0 + as_far) / (1.0 + len(worlds))
