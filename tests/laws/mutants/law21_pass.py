"""A defect of the anchor: where there is no weight, the belief is traded as it is."""

from __future__ import annotations

from drybulb.strategy.anchored import Anchored
from drybulb.strategy.decision import Refusal
from drybulb.strategy.policy import View
from tests.laws import test_law21_pass as law
from tests.laws.mutants import Mutant


def _the_belief_alone(_self: Anchored, view: View) -> tuple[float, ...] | Refusal:
    return view.probabilities or ()


MUTANTS = [
    Mutant(
        law=law.test_weight_0_is_a_pass,
        target="drybulb.strategy.anchored.Anchored.pooled",
        replacement=_the_belief_alone,
        defect="without a weight the belief is traded as if it had all of it",
    ),
]
