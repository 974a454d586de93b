"""The anchored policy: a belief is traded only as far as it has been worth something beside the market."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from drybulb.domain.market import Event, Quote
from drybulb.strategy.anchor import AnchorRules, market_probabilities, pool
from drybulb.strategy.anchor_weights import Phase, Weight, Weights, phase_at
from drybulb.strategy.decision import Decision, Reason, Refusal
from drybulb.strategy.execution import Execution, Trader, stand_down
from drybulb.strategy.policy import View


def pooled_or_why(
    event: Event, belief: Sequence[float], quotes: Sequence[Quote], weight: Weight | None, rules: AnchorRules
) -> tuple[float, ...] | Refusal:
    """Return the pool's probability of each leg of a ladder, or why there is no pool.

    Args:
        event: the ladder's markets.
        belief: probability of each leg.
        quotes: of each leg.
        weight: the belief's, None where none is in force.
        rules: when quotes speak for the market.
    """
    if weight is None or weight.weight <= 0.0:
        return Refusal(Reason.NO_WEIGHT, event.ticker, None if weight is None else weight.weight)
    market = market_probabilities(event, quotes, rules)
    return market if isinstance(market, Refusal) else pool(belief, market, weight.weight)


class Anchored:
    """Pool the belief with the market by the weight in force, and trade the pool as a belief is traded.

    Where no weight is in force, or it is 0, the pool is the market, in which there is no edge by definition: the whole
    ladder is refused, whatever the belief says.

    Args:
        policy: trades the pool.
        weights: by phase and city, dated.
        rules: when quotes speak for the market.
        offsets: hours of standard time from UTC, by city key [h].
    """

    def __init__(self, policy: Trader, weights: Weights, rules: AnchorRules, offsets: Mapping[str, int]) -> None:
        self.name = policy.name
        self.policy = policy
        self.weights = weights
        self.rules = rules
        self.offsets = offsets

    @property
    def execution(self) -> Execution:
        """How the pool is traded."""
        return self.policy.execution

    def decide(self, view: View) -> Decision:
        """Return what the policy decides on the pool, or why there is none."""
        found = self.pooled(view)
        if isinstance(found, Refusal):
            return stand_down(view, found, self.execution)
        return self.policy.decide(replace(view, probabilities=found))

    def pooled(self, view: View) -> tuple[float, ...] | Refusal:
        """Return the pool's probability of each leg, or why there is none."""
        if view.probabilities is None:
            return Refusal(Reason.NO_BELIEF, view.event.ticker)
        weight = self.weights.in_force(self._phase(view), view.event.city, view.now)
        return pooled_or_why(view.event, view.probabilities, view.quotes, weight, self.rules)

    def _phase(self, view: View) -> Phase:
        local = view.now + timedelta(hours=self.offsets[view.event.city])
        return phase_at(view.lead, local.hour)
