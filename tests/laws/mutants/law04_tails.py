"""Defects of strikes: the low tail that includes its cap, and the ladder nobody checks."""

from __future__ import annotations

from drybulb.domain.bracket import Bracket, Ladder
from tests.laws import test_law04_ladder as law
from tests.laws.mutants import Mutant


def low_tail_includes_cap(strike_type: str, floor: float | None, cap: float | None) -> Bracket:
    """The original system's reading: 'less' pays at its cap too."""
    if strike_type == "less" and cap is not None:
        return Bracket(None, int(cap))
    if strike_type == "greater" and floor is not None:
        return Bracket(int(floor) + 1, None)
    return Bracket(int(floor or 0), int(cap or 0))


def unchecked(ladder: Ladder) -> None:
    """Accept any brackets as a ladder."""


MUTANTS = [
    Mutant(
        law=law.test_strikes_mean_what_the_exchange_says,
        target="drybulb.domain.bracket.Bracket.from_strikes",
        replacement=staticmethod(low_tail_includes_cap),
        defect="a low tail pays at its cap too",
    ),
    Mutant(
        law=law.test_a_ladder_short_of_a_leg_is_refused,
        target="drybulb.domain.bracket.Ladder.__post_init__",
        replacement=unchecked,
        defect="brackets are taken as a ladder without checking that they tile",
    ),
    Mutant(
        law=law.test_bracket_probabilities_sum_to_one,
        target="drybulb.domain.bracket.Ladder.probabilities",
        replacement=lambda ladder, d: tuple(d.probability(b.low, (b.high or 999) + 1) for b in ladder.brackets),
        defect="a bracket's upper end is counted one degree too far",
    ),
]
