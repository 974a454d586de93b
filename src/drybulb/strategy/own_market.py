"""The market's own belief: what a ladder's quotes say by themselves, which nobody can trade against at a gain.

Every leg is put at the same part of the way from its bid to its ask, at that part at which all of them sum to 1; an
empty side is no bid at 0 and no ask at $1::

    p_i = bid_i + t * (ask_i - bid_i)        t = ($1 - sum of bids) / (sum of asks - sum of bids)

Where the mids sum to 1 this is the mids. Mids that are normalised instead can come to lie outside their own quotes, and
somebody who believed them would trade. Where t is not in [0, 1] the quotes promise a riskless set, and say nothing.

It is the control of every other policy: as a taker it trades nothing, and what it earns as a maker it earns by waiting
alone. So it speaks wherever it can, however old a quote is; whether one is good enough to trade on is asked leg by leg.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from drybulb.domain.market import Event, Quote
from drybulb.domain.money import CENTICENTS_PER_DOLLAR
from drybulb.strategy.decision import Decision, Reason, Refusal
from drybulb.strategy.execution import Execution, Trader, stand_down
from drybulb.strategy.policy import View


def quoted_probabilities(event: Event, quotes: Sequence[Quote]) -> tuple[float, ...] | Refusal:
    """Return a probability within the quotes of each leg, all of which sum to 1, or why the ladder says none.

    A refusal says how many quotes there are, which market is crossed, or what bids or asks sum to [centicents].

    Args:
        event: the ladder's markets.
        quotes: one a market, in the ladder's order.
    """
    if len(quotes) != len(event.markets):
        return Refusal(Reason.MISSING_LEG, event.ticker, len(quotes), len(event.markets))
    for market, quote in zip(event.markets, quotes, strict=True):
        if quote.is_crossed:
            return Refusal(Reason.CROSSED, market.ticker)
    bids = [quote.yes_bid or 0 for quote in quotes]
    asks = [quote.yes_ask or CENTICENTS_PER_DOLLAR for quote in quotes]
    low, high = sum(bids), sum(asks)
    if not low <= CENTICENTS_PER_DOLLAR <= high:
        seen = low if low > CENTICENTS_PER_DOLLAR else high
        return Refusal(Reason.RISKLESS, event.ticker, seen, CENTICENTS_PER_DOLLAR)
    part = (CENTICENTS_PER_DOLLAR - low) / (high - low)
    return tuple((bid + part * (ask - bid)) / CENTICENTS_PER_DOLLAR for bid, ask in zip(bids, asks, strict=True))


class OwnMarket:
    """Believe the quotes: a taker finds nothing to take, a maker quotes around them.

    Args:
        policy: trades what is believed.
    """

    def __init__(self, policy: Trader) -> None:
        self.name = policy.name
        self.policy = policy

    @property
    def execution(self) -> Execution:
        """How it trades."""
        return self.policy.execution

    def decide(self, view: View) -> Decision:
        """Return what the policy decides on the quotes' own probabilities, made this instant, or why there are none."""
        found = quoted_probabilities(view.event, view.quotes)
        if isinstance(found, Refusal):
            return stand_down(view, found, self.execution)
        return self.policy.decide(replace(view, probabilities=found, belief_age=0.0))
