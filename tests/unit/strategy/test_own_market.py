"""The market's own belief: within its quotes, so that a taker finds nothing, whatever the quotes."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drybulb.domain.ledger import Side
from drybulb.domain.market import Quote
from drybulb.strategy.decision import Reason, Refusal
from drybulb.strategy.execution import Execution
from drybulb.strategy.flat import Flat
from drybulb.strategy.making import Maker
from drybulb.strategy.own_market import OwnMarket, quoted_probabilities
from drybulb.strategy.policy import View
from drybulb.strategy.stake import EventBook
from drybulb.strategy.taking import BeliefPolicy
from tests.trading import CHARGES, DAY, at, listing, quote, rules, usd

LISTED = listing()
EVENT = LISTED.event


def view(*quotes: Quote) -> View:
    """A ladder at 16:00 about which nobody believes anything."""
    book = EventBook("chicago", DAY, [0, 0, 0])
    return View(EVENT, LISTED.series, at("16:00"), 0, 360.0, quotes, None, 0.0, book, usd(10_000), CHARGES)


def test_the_mids_where_they_sum_to_one() -> None:
    """48-50, 29-31 and 20-22 c have mids of 49, 30 and 21 c, which are the probabilities."""
    found = quoted_probabilities(EVENT, (quote(48, 50), quote(29, 31), quote(20, 22)))
    assert found == pytest.approx((0.49, 0.30, 0.21))


def test_the_same_part_of_the_way_elsewhere() -> None:
    """Bids of 98 c and asks of 108 are a fifth of the way up: 50.4, 29.4 and 20.2 c."""
    found = quoted_probabilities(EVENT, (quote(50, 52), quote(29, 31), quote(19, 25)))
    assert found == pytest.approx((0.504, 0.294, 0.202))


def test_an_empty_side_is_no_price() -> None:
    """No bid is one at 0 and no ask one at $1: 90 + t * 10, t * 6 and t * 4 c sum to 1 at t = 1/2."""
    found = quoted_probabilities(EVENT, (quote(90, None), quote(None, 6), quote(None, 4)))
    assert found == pytest.approx((0.95, 0.03, 0.02))


def test_what_says_nothing() -> None:
    """A crossed market, asks that sum to 99 c and bids that sum to 102, and a leg too few are refused by name."""
    fine = quote(29, 31)
    crossed = quoted_probabilities(EVENT, (fine, quote(31, 31), fine))
    assert crossed == Refusal(Reason.CROSSED, EVENT.markets[1].ticker)
    cheap = quoted_probabilities(EVENT, (quote(31, 33),) * 3)
    assert cheap == Refusal(Reason.RISKLESS, EVENT.ticker, 9900, 10_000)
    dear = quoted_probabilities(EVENT, (quote(34, 36),) * 3)
    assert dear == Refusal(Reason.RISKLESS, EVENT.ticker, 10_200, 10_000)
    assert quoted_probabilities(EVENT, (fine, fine)) == Refusal(Reason.MISSING_LEG, EVENT.ticker, 2, 3)


PRICES = st.one_of(st.none(), st.integers(1, 99))


@given(st.lists(st.tuples(PRICES, PRICES), min_size=3, max_size=3))
def test_a_taker_finds_nothing(prices: list[tuple[int | None, int | None]]) -> None:
    """Whatever is quoted, the probabilities lie within their quotes and sum to 1, and nothing is taken at no edge."""
    quotes = tuple(quote(bid, ask) for bid, ask in prices)
    found = quoted_probabilities(EVENT, quotes)
    if not isinstance(found, Refusal):
        assert math.isclose(sum(found), 1.0, abs_tol=1e-9)
        for probability, (bid, ask) in zip(found, prices, strict=True):
            assert (bid or 0) - 1e-9 <= 100 * probability <= (ask or 100) + 1e-9
    decision = OwnMarket(BeliefPolicy("market", rules(min_edge=0.0))).decide(view(*quotes))
    assert decision.proposals == ()


def test_a_maker_quotes_around_it() -> None:
    """Of 40-60, 20-30 and 10-40 c the first and the third are too wide; the second, at 25 c, is quoted at 21 and 29."""
    quotes = (quote(40, 60), quote(20, 30), quote(10, 40))
    decision = OwnMarket(Maker("market", rules())).decide(view(*quotes))
    found = {proposal.intent.side: proposal for proposal in decision.proposals}
    assert {proposal.leg for proposal in decision.proposals} == {1}
    probability = 0.20 + 0.10 * (1.0 - 0.70) / (1.30 - 0.70)
    assert (found[Side.BID].intent.price, found[Side.ASK].intent.price) == (2100, 2900)
    assert found[Side.BID].edge == pytest.approx(10_000 * probability - 2100)


def test_every_policy_that_takes_can_be_asked() -> None:
    """The flat policy takes, so on the quotes' own belief it finds nothing, and nothing where they say none."""
    policy = OwnMarket(Flat("flat", rules()))
    (found,) = policy.decide(view(quote(48, 50), quote(29, 31), quote(20, 22))).refusals
    assert (policy.execution, found.reason) == (Execution.TAKER, Reason.NO_EDGE)
    (crossed,) = policy.decide(view(quote(50, 48), quote(29, 31), quote(20, 22))).refusals
    assert crossed.reason is Reason.CROSSED
