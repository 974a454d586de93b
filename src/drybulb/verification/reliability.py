"""Reliability of yes-or-no forecasts: does what is given 30 % happen in 30 % of cases?

An event here is anything that happens or not, such as ``high ≥ k`` or one bracket winning.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from drybulb.errors import VerificationError
from drybulb.verification._inputs import Floats, Integers, checked_events, checked_whole


@dataclass(frozen=True, slots=True, eq=False)
class ReliabilityTable:
    """Forecasts in bins of equal width; one entry per bin that holds any, lowest first.

    Attributes:
        low: lower edge of the bin, inclusive [probability].
        high: upper edge, exclusive but for the last bin's 1 [probability].
        mean_forecast: mean forecast in the bin [probability].
        observed_frequency: fraction of its events that happened.
        count: number of its events.
    """

    low: Floats
    high: Floats
    mean_forecast: Floats
    observed_frequency: Floats
    count: Integers


@dataclass(frozen=True, slots=True)
class BrierDecomposition:
    """Mean Brier score of yes-or-no events and its parts: score = miscalibration - discrimination + uncertainty.

    Attributes:
        score: mean of (forecast - outcome)².
        miscalibration: what perfect recalibration would save; 0 is reliable.
        discrimination: what the recalibrated forecast saves over the constant base rate; more is better.
        uncertainty: score of that base rate r, r (1 - r); no merit of the forecast.
    """

    score: float
    miscalibration: float
    discrimination: float
    uncertainty: float


def reliability_table(forecast: ArrayLike, outcome: ArrayLike, *, bins: int = 10) -> ReliabilityTable:
    """Observed frequency against mean forecast in bins of equal width.

    Args:
        forecast: (n,) probabilities.
        outcome: (n,) 1 where the event happened, else 0.
        bins: number of bins over [0, 1].

    Raises:
        VerificationError: no event, a value that is no probability, an outcome not 0 or 1, or fewer than one bin.
    """
    if bins < 1:
        raise VerificationError(f"{bins} bins hold nothing; ask for 1 or more")
    probability, happened = checked_events(forecast, outcome)
    # Edges are quotients, not multiples of a step, so that a forecast of 0.3 meets an edge of exactly 0.3.
    edges = np.arange(bins + 1) / bins
    index = np.minimum(np.searchsorted(edges, probability, side="right") - 1, bins - 1)
    count = np.bincount(index, minlength=bins)
    held = np.flatnonzero(count)
    return ReliabilityTable(
        low=edges[held],
        high=edges[held + 1],
        mean_forecast=np.bincount(index, weights=probability, minlength=bins)[held] / count[held],
        observed_frequency=np.bincount(index, weights=happened, minlength=bins)[held] / count[held],
        count=count[held],
    )


def isotonic(forecast: ArrayLike, outcome: ArrayLike, *, weights: ArrayLike | None = None) -> Floats:
    """Recalibrated forecasts: the non-decreasing function of the forecast that fits the outcomes best (CORP).

    Pool adjacent violators: equal forecasts are pooled, then neighbours whose frequencies fall. Frequencies are
    compared as products of counts, so the fit is exact. It needs no bins, and minimises every proper score at once.

    Args:
        forecast: (n,) probabilities.
        outcome: (n,) 1 where the event happened, else 0.
        weights: (n,) how often each event counts, whole and 1 or more; once when None.

    Returns:
        (n,) recalibrated probabilities, in the order of ``forecast``.

    Raises:
        VerificationError: no event, a value that is no probability, an outcome not 0 or 1, or a weight not 1 or more.

    References:
        Dimitriadis, Gneiting and Jordan (2021), Stable reliability diagrams for probabilistic classifiers,
        https://doi.org/10.1073/pnas.2016191118.
    """
    probability, happened = checked_events(forecast, outcome)
    times = _times(weights, probability.size)
    _, level = np.unique(probability, return_inverse=True)
    counts = np.bincount(level, weights=times).astype(np.int64)
    happenings = np.bincount(level, weights=times * happened).astype(np.int64)
    blocks: list[tuple[int, int, int]] = []  # (happened, events, levels pooled)
    for block in zip(happenings.tolist(), counts.tolist(), [1] * counts.size, strict=True):
        hits, events, levels = block
        while blocks and blocks[-1][0] * events > hits * blocks[-1][1]:
            before = blocks.pop()
            hits, events, levels = hits + before[0], events + before[1], levels + before[2]
        blocks.append((hits, events, levels))
    pooled = np.array(blocks)
    fitted: Floats = np.repeat(pooled[:, 0] / pooled[:, 1], pooled[:, 2])[level]
    return fitted


def brier_decomposition(
    forecast: ArrayLike, outcome: ArrayLike, *, weights: ArrayLike | None = None
) -> BrierDecomposition:
    """Split the mean Brier score of yes-or-no events by recalibration (CORP).

    With S the mean of (p - outcome)², for the forecast, its :func:`isotonic` recalibration and the base rate::

        miscalibration = S(forecast) - S(isotonic)
        discrimination = S(base rate) - S(isotonic)
        uncertainty    = S(base rate)

    None is negative, and no choice of bins moves them.

    Args:
        forecast: (n,) probabilities.
        outcome: (n,) 1 where the event happened, else 0.
        weights: (n,) how often each event counts, whole and 1 or more; once when None.

    Raises:
        VerificationError: no event, a value that is no probability, an outcome not 0 or 1, or a weight not 1 or more.

    References:
        Dimitriadis, Gneiting and Jordan (2021), https://doi.org/10.1073/pnas.2016191118.
    """
    probability, happened = checked_events(forecast, outcome)
    times = _times(weights, probability.size)
    score, recalibrated, uncertainty = (
        float(np.average(np.square(given - happened), weights=times))
        for given in (
            probability,
            isotonic(probability, happened, weights=times),
            np.average(happened, weights=times),
        )
    )
    return BrierDecomposition(score, score - recalibrated, uncertainty - recalibrated, uncertainty)


def _times(weights: ArrayLike | None, events: int) -> Integers:
    """How often each event counts."""
    if weights is None:
        return np.ones(events, dtype=np.int64)
    times = checked_whole(weights, "weights", events)
    if (times < 1).any():
        raise VerificationError(f"weights hold {times.min()}; leave away an event that does not count")
    return times
