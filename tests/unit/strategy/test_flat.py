"""The flat policy: the same stake, once, at the first price that promises enough."""

from __future__ import annotations

from dataclasses import replace

from drybulb.domain.ledger import Side
from drybulb.domain.market import Quote
from drybulb.strategy.anchor import AnchorRules
from drybulb.strategy.decision import Reason
from drybulb.strategy.flat import Flat
from drybulb.strategy.policy import Threshold, View
from drybulb.strategy.releases import Release, Releases
from drybulb.strategy.rules import CityRules, Rules
from drybulb.strategy.stake import EventBook
from tests.trading import CHARGES, DAY, GATES, at, listing, quote, usd

LISTED = listing()
EVENT = LISTED.event


def flat(lead_0: float = 300.0, lead_1: float = 300.0) -> Flat:
    """The policy with these thresholds [centicents per contract]."""
    pair = Threshold(lead_0, 0.25), Threshold(lead_1, 0.25)
    return Flat("flat", Rules({"chicago": CityRules(pair, pair)}, GATES, AnchorRules(1000, 5, 2)))


def view(*quotes: Quote, lead: int = 0) -> View:
    """A view of the afternoon, believed at 60, 30 and 10 %."""
    rest = [quote()] * (3 - len(quotes))
    book = EventBook("chicago", DAY, [0, 0, 0])
    chances = (0.6, 0.3, 0.1)
    return View(
        EVENT, LISTED.series, at("16:00"), lead, 360.0, (*quotes, *rest), chances, 1.0, book, usd(10_000), CHARGES
    )


def test_the_stake_is_always_the_same() -> None:
    """Ten contracts are bought at an ask of 50, sold at a bid of 20, whatever they promise."""
    made = flat().decide(view(quote(48, 50), quote(), quote(20, 24))).proposals
    assert [(one.leg, one.intent.side, one.intent.price, one.intent.count) for one in made] == [
        (0, Side.BID, 5000, 1000),
        (2, Side.ASK, 2000, 1000),
    ]
    # Believed at 60 %, bought at 50 for 18 c of fee on ten: 10 - 1.8 = 8.2 c a contract.
    assert made[0].edge == 820.0


def test_an_order_ends_before_the_next_release() -> None:
    """Whatever showed its price: decided at 16:00 beside a window from 16:50, it ends a second before that."""
    hourly = Releases([Release("metar", is_standard=False, hours=(), minute=53, before=3, after=11)])
    policy = Flat("flat", replace(flat().rules, releases=hourly))
    seen = replace(view(*(quote(48, 50, source=source) for source in ("prints", "poll"))), now=at("16:10"))
    assert [one.until for one in policy.decide(seen).proposals] == [at("16:49:59")] * 2


def test_a_market_touched_before_is_left_alone() -> None:
    """A market ordered once is refused from then on; the others are not."""
    seen = view(quote(48, 50), quote(10, 12))
    seen.book.ordered_at[0] = at("15:00")
    made = flat().decide(seen)
    assert [one.leg for one in made.proposals] == [1]
    assert [refusal.reason for refusal in made.refusals] == [Reason.TOUCHED]


def test_thresholds_go_by_lead() -> None:
    """A price that promises 8.2 c is taken at the lead that asks for 3, and not at the one that asks for 9."""
    policy = flat(lead_0=300.0, lead_1=900.0)
    assert len(policy.decide(view(quote(48, 50))).proposals) == 1
    assert policy.decide(view(quote(48, 50), lead=1)).refusals[0].reason is Reason.NO_EDGE


def test_a_quote_that_is_not_to_be_trusted_is_refused() -> None:
    """A stale ask is refused with its age, and touches nothing; a stale belief refuses the ladder."""
    stale = flat().decide(view(quote(48, 50, age=6)))
    assert [(one.reason, one.seen) for one in stale.refusals] == [(Reason.STALE_QUOTE, 6)]
    old = flat().decide(replace(view(quote(48, 50)), belief_age=61.0))
    assert [one.reason for one in old.refusals] == [Reason.STALE_BELIEF]


def test_yes_is_bought_where_both_sides_promise_enough() -> None:
    """With a negative threshold both sides may; YES is bought, once."""
    made = flat(lead_0=-2000.0).decide(view(quote(58, 60)))
    assert [one.intent.side for one in made.proposals] == [Side.BID]
