"""A tape on which the belief is pooled with the market at a weight, ladder by ladder, as a policy of that weight does.

A pool changes with every quote, so each ladder has a belief of its own, as old as the one it is made of. Where the
ladder does not speak for the market there is no belief, and nothing is touched.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from drybulb.errors import DomainError
from drybulb.research.tape import UNKNOWN, Flags, Floats, Tape
from drybulb.strategy.anchor import AnchorRules, pool


def pooled(tape: Tape, rules: AnchorRules, weight: float | Floats) -> Tape:
    """Return the tape with the log pool of belief and market in the place of the belief; at weight 1 the tape itself.

    Args:
        tape: what was recorded, with the beliefs.
        rules: when a ladder speaks for the market.
        weight: of the belief, in (0, 1]; or one a ladder, 0 where there is to be no belief.

    Raises:
        DomainError: another weight.

    Source: :func:`drybulb.strategy.anchor.pool`, on the same ladders as
    :func:`drybulb.strategy.anchor.market_probabilities` lets speak.
    """
    size = len(tape.belief)
    if isinstance(weight, float):
        if not 0.0 < weight <= 1.0:
            raise DomainError(f"weight {weight} of a belief is not in (0, 1]; at 0 the market is all, and has no edge")
        if weight == 1.0:
            return tape
        weight = np.full(size, weight)
    if len(weight) != size or not ((weight >= 0.0) & (weight <= 1.0)).all():
        raise DomainError(f"{len(weight)} weights of {size} ladders; give one of each, in [0, 1]")
    belief = np.full(size, UNKNOWN, tape.belief.dtype)
    believed_at = np.zeros(size, tape.believed_at.dtype)
    probabilities = np.full((size, tape.probabilities.shape[1]), np.nan)
    for event in range(len(tape.events)):
        first, end = int(tape.ladders[event]), int(tape.ladders[event + 1])
        legs = int(tape.markets[event + 1] - tape.markets[event])
        rows = slice(int(tape.rows[event]), int(tape.rows[event + 1]))
        bid, ask = (side[rows].reshape(legs, end - first).astype(np.int64) for side in (tape.bid, tape.ask))
        asked = (tape.belief[first:end] >= 0) & tape.is_open[first:end] & (tape.lead[first:end] >= 0)
        asked &= weight[first:end] > 0.0
        spoken = np.flatnonzero(asked & ~tape.is_daily[first:end] & _speaks(tape, rows, bid, ask, rules))
        doubled = (bid + ask)[:, spoken]
        market = (doubled / doubled.sum(axis=0)).T.tolist()
        own = tape.probabilities[tape.belief[first + spoken], :legs].tolist()
        ladders = first + spoken
        belief[ladders] = ladders
        believed_at[ladders] = tape.believed_at[tape.belief[ladders]]
        for ladder, believed, priced in zip(ladders.tolist(), own, market, strict=True):
            probabilities[ladder, :legs] = pool(believed, priced, float(weight[ladder]))
    return replace(tape, belief=belief, believed_at=believed_at, probabilities=probabilities)


def _speaks(
    tape: Tape,
    rows: slice,
    bid: np.ndarray[tuple[int, ...], np.dtype[np.int64]],
    ask: np.ndarray[tuple[int, ...], np.dtype[np.int64]],
    rules: AnchorRules,
) -> Flags:
    """Whether each ladder of an event has every leg quoted on both sides, near enough, fresh, and at one time."""
    older = np.maximum(tape.bid_age[rows], tape.ask_age[rows]).reshape(bid.shape).astype(np.int64)
    newer = np.minimum(tape.bid_age[rows], tape.ask_age[rows]).reshape(bid.shape).astype(np.int64)
    stands = (bid > 0) & (ask > 0) & (bid < ask) & (ask - bid <= rules.max_spread) & (older <= rules.max_quote_age)
    spoken: Flags = stands.all(axis=0) & (older.max(axis=0) - newer.min(axis=0) <= rules.max_span)
    return spoken
