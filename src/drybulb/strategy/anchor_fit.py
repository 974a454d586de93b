"""The belief's weight by log score on events that have settled, no higher than the data will bear.

The gain of a pool over the market on one event, whose leg y won, is::

    gain(w) = ln pooled_y - ln market_y = w · (ln belief_y - ln market_y) - ln Σ_i market_i^(1 - w) · belief_i^w

which is concave in w. If the market's probabilities are right, the same event gains on average::

    expected(w) = Σ_i market_i · (ln pooled_i - ln market_i) = -KL(market ‖ pooled)                       never above 0

The fitted weight has, on a fine grid, the highest sum over the n events that settled and ``prior_events`` more, k, like
them, of which it is taken that the market is right::

    Σ_events gain(w) + k/n · expected(w)

Refitting it on resamples gives an interval, whose *lower* end is used. A resample draws calendar days with replacement,
and k events besides, whose winners are drawn by the market's own probabilities.

Why those: a belief that says 0 of a leg the market has at 2 cents gains a little on every event in which that leg does
not win, and loses a hundred times as much when it does. Sixty events hold no such win three times in ten, and then no
resample of them alone would see one. The k events do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from drybulb.errors import DomainError
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
        prior_events: of which it is taken that the market is right, beside those that settled.
        coverage: of the interval whose lower end is used, in (0, 1).
        replicates: resamples of the calendar days.
        seed: of the resamples.
    """

    min_events: int
    city_events: int
    prior_events: int
    coverage: float
    replicates: int
    seed: int


@dataclass(frozen=True, slots=True)
class Fit:
    """What some events say of the weight.

    Attributes:
        weight: to be used: the lower end of the interval; 0 where there are too few events.
        fitted: with the highest sum; None where there are too few events.
        high: upper end of the interval; likewise.
        events: how many.
        gain: mean gain of ``weight`` on those that settled [nats].
    """

    weight: float
    fitted: float | None
    high: float | None
    events: int
    gain: float


@dataclass(frozen=True, slots=True)
class Evidence:
    """One event that settled.

    Attributes:
        day: calendar day, as an ordinal; events of one day are resampled together.
        market: probability of each leg, above 0.
        won: index of the leg that won.
        gains: (legs, grid) of :func:`gain_curves` [nats].
    """

    day: int
    market: Sequence[float]
    won: int
    gains: Floats


def gain_curves(belief: Sequence[float], market: Sequence[float]) -> Floats:
    """Return the gain of the pool over the market at each weight of :data:`GRID`, were each leg to win: (legs, grid).

    In [nats].

    Args:
        belief: probability of each leg; raised to the floor first.
        market: probability of each leg, above 0.

    Raises:
        DomainError: a leg to which the market gives nothing.
    """
    if min(market) <= 0.0:
        leg = int(np.argmin(market))
        raise DomainError(f"the market gives leg {leg} a probability of {market[leg]:g}; leave a leg of no price out")
    said, price = np.log(np.array(floored(belief))), np.log(np.array(market))
    mixed = price + GRID[:, None] * (said - price)
    highest = mixed.max(axis=1)
    total = highest + np.log(np.exp(mixed - highest[:, None]).sum(axis=1))
    # At weight 0 it is the market, and its gain nothing to the last bit.
    gains: Floats = np.where(GRID > 0.0, mixed.T - total - price[:, None], 0.0)
    return gains


def expected_curve(gains: Floats, market: Sequence[float]) -> Floats:
    """Return the mean of :func:`gain_curves` over the legs, each winning as often as the market has it [nats].

    Args:
        gains: (legs, grid).
        market: probability of each leg.
    """
    # einsum, not @: the last bit must not hang on which BLAS is installed.
    curve: Floats = np.einsum("lw,l->w", gains, np.array(market))
    return curve


def fit(events: Sequence[Evidence], rules: FitRules) -> Fit:
    """Fit a weight on events, in whatever order they come.

    Args:
        events: those that settled.
        rules: what it must stand on.
    """
    count = len(events)
    if count < rules.min_events:
        return Fit(0.0, None, None, count, 0.0)
    curves = np.array([event.gains[event.won] for event in events])
    means: Floats = curves.mean(axis=0)
    expected = np.array([expected_curve(event.gains, event.market) for event in events]).mean(axis=0)
    best = int((means + rules.prior_events / count * expected).argmax())
    days = [event.day for event in events]
    resampled = day_replicates(days, curves, rules.seed, replicates=rules.replicates) + _drawn(events, rules) / count
    places = resampled.argmax(axis=1)
    ends = [0.5 - rules.coverage / 2.0, 0.5 + rules.coverage / 2.0]
    # Values of the grid, not between them: the lower end rounded down, the upper up.
    low = int(np.quantile(places, ends[0], method="lower"))
    high = int(np.quantile(places, ends[1], method="higher"))
    used = min(low, best)
    # Rounded, so that the last bits of one machine's logarithm do not name the stored weights.
    return Fit(float(GRID[used]), float(GRID[best]), float(GRID[high]), count, round(float(means[used]), _PLACES))


def _drawn(events: Sequence[Evidence], rules: FitRules) -> Floats:
    """Sum of the gains of the prior events of each resample, (replicates, grid); the market draws their winners."""
    # In an order that does not hang on that of the rows, so that the draws fall on the same events.
    ordered = sorted(events, key=lambda event: (event.day, *event.market, *event.gains[:, -1]))
    sizes = np.array([len(event.market) for event in ordered])
    upper = np.concatenate([place + np.cumsum(event.market) for place, event in enumerate(ordered)])
    last = np.cumsum(sizes) - 1
    upper[last] = np.arange(len(ordered)) + 1.0
    rng = np.random.default_rng([rules.seed, 1])
    shape = (rules.replicates, rules.prior_events)
    asked = rng.integers(len(ordered), size=shape) + rng.random(shape)
    legs = np.concatenate([event.gains for event in ordered])[np.searchsorted(upper, asked, side="right")]
    total: Floats = legs.sum(axis=1)
    return total
