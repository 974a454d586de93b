"""The edge: what a contract is expected to be worth, less what it costs and what it is charged.

With P(YES) = p, a price of YES and a fee for ``count`` contracts::

    buying YES at the ask           value = (p * $1 - ask) * count - fee
    buying NO at 1 - bid            value = ((1 - p) * $1 - ($1 - bid)) * count - fee = (bid - p * $1) * count - fee
    edge [centicents per contract]        = value [microdollars] / count [1/100 contract]

The units divide out because a price times a count *is* microdollars (``domain.money``).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from drybulb.domain.fees import FeeRule
from drybulb.domain.ledger import Side
from drybulb.domain.money import CENTICENTS_PER_DOLLAR


def expected_value(probability: float, side: Side, price: int, count: int, fee: int) -> float:
    """Return what an order is expected to gain if it fills [microdollars].

    Args:
        probability: of YES.
        side: bid buys YES, ask buys NO.
        price: of YES [centicents].
        count: how many [1/100 contract].
        fee: for the whole count [microdollars].
    """
    return (probability * CENTICENTS_PER_DOLLAR - price) * side.sign * count - fee


def edge(probability: float, side: Side, price: int, count: int, fee: int) -> float:
    """Return the expected gain per contract after fees [centicents]; arguments as :func:`expected_value`."""
    return expected_value(probability, side, price, count, fee) / count


@dataclass(frozen=True, slots=True)
class Bounds:
    """Prices of YES beyond which a market has no edge, whatever the rounding of its fee [centicents].

    Attributes:
        max_ask: the dearest ask worth buying at; 0 where none is.
        min_bid: the lowest bid worth selling at; $1 where none is.
    """

    max_ask: int
    min_bid: int


def bounds(probability: float, min_edge: float, rule: FeeRule, *, is_taker: bool = True) -> Bounds:
    """Return the prices between which a belief sees no edge.

    They use the fee model before rounding, which no order undercuts, so they never hide
    an edge; an order's own fee is checked when its count is known.

    Args:
        probability: of YES.
        min_edge: what the edge must reach [centicents per contract].
        rule: the fee rule of the series.
        is_taker: whether the order would take a resting one.
    """
    return _bounds(_costs(rule, is_taker=is_taker), probability, min_edge)


def ladder_bounds(
    probabilities: Sequence[float], min_edge: float, rule: FeeRule, *, is_taker: bool = True
) -> tuple[Bounds, ...]:
    """Return :func:`bounds` of each leg; the fee rule is looked up once for all."""
    costs = _costs(rule, is_taker=is_taker)
    return tuple(_bounds(costs, probability, min_edge) for probability in probabilities)


def _bounds(costs: list[float], probability: float, min_edge: float) -> Bounds:
    value = probability * CENTICENTS_PER_DOLLAR
    yes = bisect_right(costs, value - min_edge) - 1
    no = bisect_right(costs, CENTICENTS_PER_DOLLAR - value - min_edge) - 1
    return Bounds(max(yes, 0), CENTICENTS_PER_DOLLAR - max(no, 0))


def unrounded_cost(rule: FeeRule, price: int, *, is_taker: bool = True) -> float:
    """Return what a contract of a leg at ``price`` costs with the fee model unrounded [centicents]."""
    return _costs(rule, is_taker=is_taker)[price]


@cache
def unrounded_fees(rule: FeeRule, *, is_taker: bool = True) -> tuple[float, ...]:
    """Return the fee model of a contract at every price from 0 to $1, unrounded [centicents]."""
    rate = float(rule.taker_rate if is_taker else rule.maker_rate) / CENTICENTS_PER_DOLLAR
    return tuple(rate * price * (CENTICENTS_PER_DOLLAR - price) for price in range(CENTICENTS_PER_DOLLAR + 1))


@cache
def _costs(rule: FeeRule, *, is_taker: bool) -> list[float]:
    """Price plus fee model at every price of a leg from 0 to $1, rising [centicents]."""
    return [price + fee for price, fee in enumerate(unrounded_fees(rule, is_taker=is_taker))]
