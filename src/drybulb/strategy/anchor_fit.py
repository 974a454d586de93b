"""The belief's weight by log score on events that have settled, no higher than the data will bear.

The gain of a pool over the market on one event, whose leg y won, is::

    gain(w) = ln pooled_y - ln market_y = w · (ln belief_y - ln market_y) - ln Σ_i market_i^(1 - w) · belief_i^w

which is concave in w. The fitted weight has the highest mean gain on a fine grid. Refitting it on resampled calendar
days gives its interval, and what is used is the *lower* end, which chance alone lifts above 0 about once in twenty.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from drybulb.strategy.anchor import floored
from drybulb.verification import day_replicates

#: Weights that are tried: hundredths.
GRID: NDArray[np.float64] = np.arange(101) / 100.0

Floats = NDArray[np.float64]

_PLACES = 9


@dataclass(frozen=True, slots=True)
class FitRules:
    """What a weight must stand on.

    Attributes:
        min_events: events below which the weight is 0.
        city_events: events of its own from which on a city has a weight of its own.
        coverage: of the interval whose lower end is used, in (0, 1).
        replicates: resamples of the calendar days.
        seed: of the resamples.
    """

    min_events: int
    city_events: int
    coverage: float
    replicates: int
    seed: int


@dataclass(frozen=True, slots=True)
class Fit:
    """What some events say of the weight.

    Attributes:
        weight: to be used: the lower end of the interval; 0 where there are too few events.
        fitted: with the highest mean gain; None where there are too few events.
        high: upper end of the interval; likewise.
        events: how many.
        gain: mean gain of ``weight`` on them [nats].
    """

    weight: float
    fitted: float | None
    high: float | None
    events: int
    gain: float


def gain_curve(belief: Sequence[float], market: Sequence[float], won: int) -> Floats:
    """Return the gain of the pool over the market on one event at each weight of :data:`GRID` [nats].

    Args:
        belief: probability of each leg; raised to the floor first.
        market: probability of each leg, above 0.
        won: index of the leg that won.
    """
    said, price = np.log(np.array(floored(belief))), np.log(np.array(market))
    mixed = price + GRID[:, None] * (said - price)
    highest = mixed.max(axis=1)
    total = highest + np.log(np.exp(mixed - highest[:, None]).sum(axis=1))
    # At weight 0 it is the market, and its gain nothing to the last bit.
    curve: Floats = np.where(GRID > 0.0, mixed[:, won] - total - price[won], 0.0)
    return curve


def fit(days: Sequence[int], curves: Floats, rules: FitRules) -> Fit:
    """Fit a weight on events.

    Args:
        days: calendar day of each event, as an ordinal; events of one day are resampled together.
        curves: (events, grid) of :func:`gain_curve`.
        rules: what it must stand on.
    """
    if len(days) < rules.min_events:
        return Fit(0.0, None, None, len(days), 0.0)
    means: Floats = curves.mean(axis=0)
    resampled = day_replicates(days, curves, rules.seed, replicates=rules.replicates).argmax(axis=1)
    ends = [0.5 - rules.coverage / 2.0, 0.5 + rules.coverage / 2.0]
    # Values of the grid, not between them: the lower end rounded down, the upper up.
    low = int(np.quantile(resampled, ends[0], method="lower"))
    high = int(np.quantile(resampled, ends[1], method="higher"))
    best = int(means.argmax())
    used = min(low, best)
    # Rounded, so that the last bits of one machine's logarithm do not name the stored weights.
    return Fit(float(GRID[used]), float(GRID[best]), float(GRID[high]), len(days), round(float(means[used]), _PLACES))
