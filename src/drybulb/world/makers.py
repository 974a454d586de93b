"""The makers of a synthetic market: what they take for fair, and what they quote.

Without biases the fair price of a bracket is the world's own P(bracket | all published so far), so whoever decides on
what was published and trades at a later quote has an expected gain of at most 0 before fees: the price is right, the
bid at most it and the ask at least it. That needs makers who read at once (``reaction_seconds`` 0).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from drybulb.errors import DomainError
from drybulb.world.biases import mispriced, warmer
from drybulb.world.filtered import Filtered
from drybulb.world.ladders import Listed
from drybulb.world.spec import MakerSpec

Floats = NDArray[np.float64]
Cents = NDArray[np.int16]
Bools = NDArray[np.bool_]

#: Bid and ask that stand for an empty side [cents].
NO_BID, NO_ASK = 0, 100
_SECOND = 1_000_000  # µs
_RECENT = 5  # minutes over which makers see how fast the price moves


def _brackets(filtered: Filtered, event: Listed, too_warm: float) -> Floats:
    """Return P(bracket) from each publication on, the high thought ``too_warm`` °F higher: (publications, 6)."""
    # Thinking every high x warmer is to hold P(high < k) to be what P(high < k - x) is.
    wanted = event.edges - too_warm
    first, last = filtered.degrees[0], filtered.degrees[-1]
    if wanted[0] < first or wanted[-1] > last:
        raise DomainError(
            f"{event.ticker}: edges {wanted[0]:g} … {wanted[-1]:g} °F are beyond the stated thresholds"
            f" {first} … {last} °F; state more of them, or plant a smaller bias"
        )
    whole = np.floor(wanted).astype(np.int64)
    part = wanted - whole
    left = whole - first
    right = np.minimum(left + 1, filtered.degrees.size - 1)
    below = (1.0 - part) * filtered.below[:, left] + part * filtered.below[:, right]
    ends = np.zeros((below.shape[0], 1)), np.ones((below.shape[0], 1))
    shares: Floats = np.diff(np.hstack([ends[0], below, ends[1]]), axis=1)
    return shares.clip(0.0, 1.0)


def newest_read(filtered: Filtered, event: Listed, at: NDArray[np.int64], seconds: int) -> NDArray[np.int64]:
    """Return the number of the newest publication that makers who need ``seconds`` have read.

    Args:
        filtered: what is stated of the event.
        event: the event.
        at: instants [µs since 1970 UTC], none before the open.
        seconds: between a publication and its reading [s].

    Raises:
        DomainError: nothing is stated at the open.
    """
    if filtered.known_at[0] > event.open_at:
        raise DomainError(f"{event.ticker}: nothing is stated at its open; let the first publication be before it")
    newest = np.searchsorted(filtered.known_at, at - seconds * _SECOND, side="right") - 1
    # What was known when the market opened was read in time, be the makers ever so slow.
    at_open = np.searchsorted(filtered.known_at, event.open_at, side="right") - 1
    return np.maximum(newest, at_open)


def fair(filtered: Filtered, event: Listed) -> Floats:
    """Return P(bracket | all published by the end of each minute): (minutes, 6).

    A trader who pays it, without spread and fee, gains and loses nothing on average, whatever he decides on.

    Raises:
        DomainError: nothing is stated at the open, or the ladder's edges are not among the thresholds.
    """
    return _brackets(filtered, event, 0.0)[newest_read(filtered, event, event.ends, 0)]


def thought(filtered: Filtered, event: Listed, spec: MakerSpec) -> Floats:
    """Return what the makers take for fair at the end of each minute: (minutes, 6) [$].

    Raises:
        DomainError: as :func:`fair`.
    """
    stated = _brackets(filtered, event, warmer(spec.biases, event.city))
    read = newest_read(filtered, event, event.ends, spec.delay_seconds)
    return mispriced(stated, spec.biases, event.city)[read]


def quotes(prices: Floats, spec: MakerSpec) -> tuple[Cents, Cents]:
    """Return bid and ask of YES around ``prices``, rounded away from them to whole cents: two (minutes, 6) [cents].

    A bid of 0 and an ask of 100 are empty sides.
    """
    before = np.vstack([np.repeat(prices[:1], _RECENT, axis=0), prices])[: len(prices)]
    half = spec.half_spread + spec.caution * 100.0 * np.abs(prices - before)
    bid = np.floor(prices * 100.0 - half).clip(NO_BID, NO_ASK - 1)
    ask = np.ceil(prices * 100.0 + half).clip(bid + 1, NO_ASK)
    return bid.astype(np.int16), ask.astype(np.int16)


def pauses(minutes: int, brackets: int, spec: MakerSpec, rng: np.random.Generator) -> tuple[Bools, Bools]:
    """Draw when nobody quotes a bid, and when nobody quotes an ask: two (minutes, brackets).

    They say nothing of the weather, so to know of one is worth nothing.
    """
    number = rng.poisson(spec.pauses_per_hour * minutes / 60.0, brackets)
    leg = np.repeat(np.arange(brackets), number)
    start = rng.integers(0, minutes, leg.size)
    end = np.minimum(start + rng.geometric(1.0 / spec.pause_minutes, leg.size), minutes)
    side = rng.integers(0, 3, leg.size)  # the bid, the ask, or both
    gone = []
    for kept in (1, 0):
        steps = np.zeros((minutes + 1, brackets), dtype=np.int64)
        of_this = side != kept
        np.add.at(steps, (start[of_this], leg[of_this]), 1)
        np.add.at(steps, (end[of_this], leg[of_this]), -1)
        gone.append(np.cumsum(steps, axis=0)[:-1] > 0)
    return gone[0], gone[1]
