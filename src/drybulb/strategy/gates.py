"""Whether a ladder may be traded at all now: what bars all of it, what was seen and what it had to keep to."""

from __future__ import annotations

import math
from collections.abc import Sequence

from drybulb.domain.market import Quote
from drybulb.strategy.decision import Reason, Refusal
from drybulb.strategy.policy import Gates, View
from drybulb.strategy.rules import Rules

#: Probabilities may miss a sum of 1 by so much, from rounding.
_ROUNDING = 1e-6


def ladder_refusal(view: View, rules: Rules) -> Refusal | None:
    """Return why nothing in this ladder may be traded now, if so.

    Near a release the refusal says for how long its window has been open and how long it is; after one, how old the
    belief is and how long ago the window ended [min].

    Args:
        view: the ladder.
        rules: what it is traded by.
    """
    gates, event = rules.gates, view.event
    if view.minutes_to_close < gates.min_minutes_to_close:
        return Refusal(Reason.NEAR_CLOSE, event.ticker, view.minutes_to_close, gates.min_minutes_to_close)
    window = rules.releases.window(event.city, view.now)
    if window is not None:
        length = (window.ends - window.starts).total_seconds() / 60.0
        return Refusal(Reason.RELEASE, event.ticker, (view.now - window.starts).total_seconds() / 60.0, length)
    if view.bankroll < 0:
        return Refusal(Reason.CASH, event.ticker, view.bankroll, 0)
    if len(view.quotes) != len(event.markets):
        return Refusal(Reason.MISSING_LEG, event.ticker, len(view.quotes), len(event.markets))
    return _belief_refusal(view, rules)


def _belief_refusal(view: View, rules: Rules) -> Refusal | None:
    """Why what is believed now is not to be traded on, if so."""
    ticker, age, oldest = view.event.ticker, view.belief_age, rules.gates.max_belief_age
    if view.probabilities is None:
        return Refusal(Reason.NO_BELIEF, ticker)
    if age > oldest:
        return Refusal(Reason.STALE_BELIEF, ticker, age, oldest)
    since = rules.releases.since_end(view.event.city, view.now)
    if since is not None and age > since:
        return Refusal(Reason.BEFORE_RELEASE, ticker, age, since)
    return None


def bad_probabilities(ticker: str, probabilities: Sequence[float], legs: int) -> Refusal | None:
    """Return why these are not the probabilities of a ladder's legs, if so: how many there are, one of them, their sum.

    Args:
        ticker: of the event.
        probabilities: of YES.
        legs: how many there must be.
    """
    if len(probabilities) != legs:
        return Refusal(Reason.MISSING_LEG, ticker, len(probabilities), legs)
    for probability in probabilities:
        if not 0.0 <= probability <= 1.0:  # nor is a NaN
            return Refusal(Reason.BAD_PROBABILITIES, ticker, probability if math.isfinite(probability) else None, 1.0)
    total = math.fsum(probabilities)
    return Refusal(Reason.BAD_PROBABILITIES, ticker, total, 1.0) if abs(total - 1.0) > _ROUNDING else None


def resting_refusal(ticker: str, quote: Quote, gates: Gates) -> Refusal | None:
    """Return why no order of ours may rest in a market so quoted, if so.

    A quote between bid and ask needs both, as fresh and as near to each other as one that is hit.

    Args:
        ticker: the market.
        quote: its quote.
        gates: the bounds.
    """
    if quote.yes_bid is None or quote.yes_ask is None:
        return Refusal(Reason.ONE_SIDED, ticker, (quote.yes_bid is not None) + (quote.yes_ask is not None), 2)
    if quote.is_crossed:
        return Refusal(Reason.CROSSED, ticker)
    age = max(quote.bid_age, quote.ask_age)
    if age > gates.max_quote_age:
        return Refusal(Reason.STALE_QUOTE, ticker, age, gates.max_quote_age)
    spread = quote.yes_ask - quote.yes_bid
    return Refusal(Reason.WIDE_SPREAD, ticker, spread, gates.max_spread) if spread > gates.max_spread else None
