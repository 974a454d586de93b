"""Law 21: a belief without weight beside the market is not traded, whatever it says."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from drybulb.strategy.anchor_weights import PHASES, POOLED, Weight, Weights
from drybulb.strategy.decision import Reason
from tests.trading import at, quote
from tests.unit.strategy.test_anchored import VIEW, anchored

shares = st.lists(st.integers(1, 1000), min_size=3, max_size=3).map(lambda parts: tuple(p / sum(parts) for p in parts))
prices = st.lists(st.integers(1, 94), min_size=3, max_size=3)


@given(shares, prices, st.integers(0, 23), st.sampled_from(["zero", "later", "none"]))
def test_weight_0_is_a_pass(belief: tuple[float, ...], bids: list[int], hour: int, kind: str) -> None:
    """With a weight of 0, one known later or none at all, no belief and no quotes lead to a proposal."""
    policy = anchored(0.0)
    known = at("00:00") + timedelta(days=-1 if kind == "zero" else 3)
    rows = [Weight(known, phase, POOLED, 0.0 if kind == "zero" else 1.0, None, None, 0, 0.0) for phase in PHASES]
    policy.weights = Weights(() if kind == "none" else tuple(rows))
    quotes = tuple(quote(bid, bid + 5) for bid in bids)
    # A midnight UTC is still the evening before in Chicago: both days are asked about.
    now = at("00:00") + timedelta(hours=hour)
    decision = policy.decide(replace(VIEW, probabilities=belief, quotes=quotes, now=now, lead=int(hour < 6)))
    assert decision.proposals == ()
    assert [refusal.reason for refusal in decision.refusals] == [Reason.NO_WEIGHT]
