"""The anchored policy: it passes where the belief has no weight, and trades the pool where it has."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from drybulb.strategy.anchor import AnchorRules, market_probabilities, pool
from drybulb.strategy.anchor_weights import PHASES, POOLED, Weight, Weights
from drybulb.strategy.anchored import Anchored
from drybulb.strategy.decision import Decision, Reason, Refusal
from drybulb.strategy.policy import View
from drybulb.strategy.stake import EventBook
from tests.trading import CHARGES, DAY, at, belief_policy, listing, quote, usd

LISTED = listing()
EVENT = LISTED.event
RULES = AnchorRules(max_spread=1000, max_quote_age=5, max_span=2)
QUOTES = (quote(28, 30), quote(38, 40), quote(30, 32))
#: 16:00Z is 10:00 in Chicago: the fourth phase begins.
VIEW = View(
    event=EVENT,
    series=LISTED.series,
    now=at("16:00"),
    lead=0,
    minutes_to_close=360.0,
    quotes=QUOTES,
    probabilities=(0.6, 0.3, 0.1),
    belief_age=10.0,
    book=EventBook("chicago", DAY, [0, 0, 0]),
    bankroll=usd(10_000),
    charges=CHARGES,
)


def anchored(weight: float) -> Anchored:
    """A policy whose weight from ten in the morning on has been known for a day."""
    row = Weight(at("16:00") - timedelta(days=1), PHASES[3], POOLED, weight, weight, weight, 100, 0.0)
    return Anchored(belief_policy(), Weights((row,)), RULES, {"chicago": -6})


def test_the_pool_is_traded() -> None:
    """What is proposed rests on the pool's probability of the leg, not on the belief's."""
    market = market_probabilities(EVENT, QUOTES, RULES)
    assert not isinstance(market, Refusal)
    proposals = anchored(0.5).decide(VIEW).proposals
    assert proposals[0].leg == 0
    assert proposals[0].probability == pytest.approx(pool((0.6, 0.3, 0.1), market, 0.5)[0])
    assert [p.leg for p in belief_policy().decide(replace(VIEW, probabilities=market)).proposals] == []


@pytest.mark.parametrize(
    ("policy", "view", "refusal"),
    [
        (anchored(0.0), VIEW, Refusal(Reason.NO_WEIGHT, EVENT.ticker, 0.0)),
        (anchored(0.5), replace(VIEW, now=at("15:59")), Refusal(Reason.NO_WEIGHT, EVENT.ticker)),
        (anchored(0.5), replace(VIEW, probabilities=None), Refusal(Reason.NO_BELIEF, EVENT.ticker)),
        (
            anchored(0.5),
            replace(VIEW, quotes=(*QUOTES[:2], quote(None, 32))),
            Refusal(Reason.ONE_SIDED, EVENT.markets[2].ticker, 1, 2),
        ),
    ],
    ids=["weight 0", "another phase", "no belief", "one-sided"],
)
def test_it_passes(policy: Anchored, view: View, refusal: Refusal) -> None:
    """With weight 0, in a phase without a weight, without a belief or a market that speaks, the ladder is refused."""
    assert policy.decide(view) == Decision(refusals=(refusal,))
