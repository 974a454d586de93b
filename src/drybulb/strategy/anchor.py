"""The market anchor: what a ladder's quotes say, if they may be asked, and a belief pulled towards it.

A belief and a market are pooled by their logarithms, leg by leg::

    pooled_i  ∝  market_i^(1 - w) · belief_i^w                w in [0, 1]: the belief's weight

With w = 0 the pool is the market itself, whose own probabilities hold no edge: that is a pass, see
:class:`~drybulb.strategy.anchored.Anchored`. The market's probability of a leg is its mid over the sum of all mids.
A ladder speaks for the market only if every leg is quoted on both sides, near enough, fresh, and at one time. Of a
quote that is kept once a day nobody knows how long it had stood: it is never fresh.

Source: Genest and Zidek (1986), Combining probability distributions: a critique and an annotated bibliography,
Statistical Science 1, section 3 (logarithmic opinion pools).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from drybulb.domain.market import Event, Quote
from drybulb.strategy.decision import Reason, Refusal

#: Least probability a belief may give to a leg before it is pooled: no belief rules a leg out for the pool.
BELIEF_FLOOR = 0.001

#: Source of quotes kept once a day: their age is counted from when they were kept, not from when they were made.
DAILY = "daily"


@dataclass(frozen=True, slots=True)
class AnchorRules:
    """When the quotes of a ladder speak for the market.

    Attributes:
        max_spread: ask less bid of every leg [centicents].
        max_quote_age: of every side [min].
        max_span: between the oldest and the newest side of the ladder [min].
    """

    max_spread: int
    max_quote_age: int
    max_span: int


def market_probabilities(event: Event, quotes: Sequence[Quote], rules: AnchorRules) -> tuple[float, ...] | Refusal:
    """Return the normalised mids of a ladder, or why its quotes do not speak for the market.

    A refusal names the first leg that fails, what was seen and what was allowed: spreads in [centicents], ages and
    spans in [min]; for a side nobody quotes, how many sides are quoted, of two.

    Args:
        event: the ladder's markets.
        quotes: one a market, in the ladder's order.
        rules: the bounds.
    """
    for market, quote in zip(event.markets, quotes, strict=True):
        refused = _unfit(market.ticker, quote, rules)
        if refused is not None:
            return refused
    oldest = [max(quote.bid_age, quote.ask_age) for quote in quotes]
    span = max(oldest) - min(min(quote.bid_age, quote.ask_age) for quote in quotes)
    if span > rules.max_span:
        leg = oldest.index(max(oldest))
        return Refusal(Reason.ASYNCHRONOUS, event.markets[leg].ticker, span, rules.max_span)
    doubled = [(quote.yes_bid or 0) + (quote.yes_ask or 0) for quote in quotes]
    total = sum(doubled)
    return tuple(value / total for value in doubled)


def _unfit(ticker: str, quote: Quote, rules: AnchorRules) -> Refusal | None:
    """Why one leg keeps its ladder from speaking for the market, if it does."""
    if quote.yes_bid is None or quote.yes_ask is None:
        sides = (quote.yes_bid is not None) + (quote.yes_ask is not None)
        return Refusal(Reason.ONE_SIDED, ticker, sides, 2)
    if quote.is_crossed:
        return Refusal(Reason.CROSSED, ticker)
    spread = quote.yes_ask - quote.yes_bid
    if spread > rules.max_spread:
        return Refusal(Reason.WIDE_SPREAD, ticker, spread, rules.max_spread)
    if quote.source == DAILY:
        return Refusal(Reason.STALE_QUOTE, ticker)
    age = max(quote.bid_age, quote.ask_age)
    if age > rules.max_quote_age:
        return Refusal(Reason.STALE_QUOTE, ticker, age, rules.max_quote_age)
    return None


def floored(belief: Sequence[float]) -> tuple[float, ...]:
    """Return a belief over a ladder with no leg below :data:`BELIEF_FLOOR`, normalised again."""
    raised = [max(probability, BELIEF_FLOOR) for probability in belief]
    total = math.fsum(raised)
    return tuple(value / total for value in raised)


def pool(belief: Sequence[float], market: Sequence[float], weight: float) -> tuple[float, ...]:
    """Return the log pool of a belief and a market over one ladder; at weight 0 the market, as it is.

    Args:
        belief: probability of each leg; raised to the floor first.
        market: probability of each leg, above 0, from :func:`market_probabilities`.
        weight: the belief's, in [0, 1].
    """
    if weight == 0.0:
        return tuple(market)
    logs = [
        (1.0 - weight) * math.log(price) + weight * math.log(probability)
        for price, probability in zip(market, floored(belief), strict=True)
    ]
    highest = max(logs)
    parts = [math.exp(value - highest) for value in logs]
    total = math.fsum(parts)
    return tuple(part / total for part in parts)
