"""The log pool of belief and market, by hand, and which ladders speak for the market."""

from __future__ import annotations

from dataclasses import replace

import pytest

from drybulb.domain.market import Quote
from drybulb.strategy.anchor import AnchorRules, floored, market_probabilities, pool
from drybulb.strategy.decision import Reason, Refusal
from tests.trading import listing, quote

EVENT = listing().event
TICKERS = [market.ticker for market in EVENT.markets]
RULES = AnchorRules(max_spread=1000, max_quote_age=5, max_span=2)
GOOD = (quote(40, 50), quote(20, 24), quote(28, 30))


def test_the_market_is_its_mids_normalised() -> None:
    """Mids of 45, 22 and 29 c sum to 96: the first leg has 45/96."""
    assert market_probabilities(EVENT, GOOD, RULES) == pytest.approx((45 / 96, 22 / 96, 29 / 96))


@pytest.mark.parametrize(
    ("worse", "reason", "seen", "bound"),
    [
        (quote(None, 50), Reason.ONE_SIDED, 1, 2),
        (quote(), Reason.ONE_SIDED, 0, 2),
        (quote(50, 50), Reason.CROSSED, None, None),
        (quote(39, 50), Reason.WIDE_SPREAD, 1100, 1000),
        (replace(quote(40, 50), ask_age=6), Reason.STALE_QUOTE, 6, 5),
        (replace(quote(40, 50), source="daily"), Reason.STALE_QUOTE, None, None),
        (quote(40, 50, age=3), Reason.ASYNCHRONOUS, 3, 2),
    ],
)
def test_one_bad_leg_silences_the_ladder(worse: Quote, reason: Reason, seen: float, bound: float) -> None:
    """A one-sided, crossed, wide, stale or asynchronous leg is named, with what was seen and what was allowed."""
    found = market_probabilities(EVENT, (GOOD[0], worse, GOOD[2]), RULES)
    assert found == Refusal(reason, TICKERS[1], seen, bound)


def test_bounds_themselves_are_allowed() -> None:
    """Ten cents wide, five minutes old and two minutes apart still speak."""
    aged = (quote(40, 50, age=5), quote(20, 24, age=3), quote(28, 30, age=4))
    assert not isinstance(market_probabilities(EVENT, aged, RULES), Refusal)


def test_the_pool_by_hand() -> None:
    """Belief 0.8 and 0.2 beside an even market, weighed by half: √0.4 to √0.1 is 2 to 1."""
    assert pool((0.8, 0.2), (0.5, 0.5), 0.5) == pytest.approx((2 / 3, 1 / 3))


def test_the_ends_of_the_pool() -> None:
    """With weight 0 the pool is the market to the last bit, with weight 1 the floored belief."""
    market, belief = (0.3, 0.6, 0.1), (0.5, 0.25, 0.25)
    assert pool(belief, market, 0.0) == market
    assert pool(belief, market, 1.0) == pytest.approx(belief)


def test_no_belief_rules_a_leg_out() -> None:
    """A belief of nothing counts as 0.001 before the sum is made 1 again: 1/1.001 and 0.001/1.001."""
    assert floored((1.0, 0.0)) == pytest.approx((1 / 1.001, 0.001 / 1.001))
    assert pool((1.0, 0.0), (0.5, 0.5), 1.0) == pytest.approx((1 / 1.001, 0.001 / 1.001))
