"""Brackets come from the strike type; a ladder is a checked partition."""

from __future__ import annotations

import pytest

from drybulb.domain.bracket import Bracket, Ladder
from drybulb.domain.distribution import TemperatureDistribution
from drybulb.errors import LadderError

LADDER = [
    ("less", None, 36.0),
    ("between", 36.0, 37.0),
    ("between", 38.0, 39.0),
    ("between", 40.0, 41.0),
    ("between", 42.0, 43.0),
    ("greater", 43.0, None),
]


def test_low_tail_is_strictly_below_its_cap() -> None:
    """'less' with cap 36 wins up to 35: the original system paid 36 twice."""
    bracket = Bracket.from_strikes("less", None, 36.0)
    assert (bracket.low, bracket.high) == (None, 35)


def test_high_tail_is_strictly_above_its_floor() -> None:
    """'greater' with floor 43 wins from 44 on."""
    assert Bracket.from_strikes("greater", 43.0, None) == Bracket(44, None)


def test_between_holds_both_ends() -> None:
    """'between' 38 and 39 holds exactly those two degrees."""
    bracket = Bracket.from_strikes("between", 38.0, 39.0)
    assert [bracket.contains(d) for d in (37, 38, 39, 40)] == [False, True, True, False]


def test_listed_ladder_tiles_and_has_one_winner() -> None:
    """The six brackets of the exchange's example tile the whole degrees."""
    ladder = Ladder.of(Bracket.from_strikes(*leg) for leg in reversed(LADDER))
    assert [ladder.winner(h) for h in (-20, 35, 36, 39, 43, 44, 120)] == [0, 0, 1, 2, 4, 5, 5]


@pytest.mark.parametrize(
    ("drop", "words"),
    [(0, "low tail is missing"), (2, "leave a gap"), (5, "high tail is missing")],
)
def test_missing_leg_is_named(drop: int, words: str) -> None:
    """A ladder without one of its legs says which part is missing."""
    with pytest.raises(LadderError, match=words):
        Ladder.of(Bracket.from_strikes(*leg) for i, leg in enumerate(LADDER) if i != drop)


def test_overlap_is_named() -> None:
    """Two brackets that share a degree do not tile."""
    with pytest.raises(LadderError, match="overlap"):
        Ladder.of([Bracket(None, 35), Bracket(35, 37), Bracket(38, None)])


@pytest.mark.parametrize(
    ("strike_type", "floor", "cap"),
    [("less", 36.0, None), ("between", None, 39.0), ("greater", None, 43.0), ("between", 38.5, 39.5), ("T", 1.0, 2.0)],
)
def test_strikes_that_say_too_little_are_refused(strike_type: str, floor: float | None, cap: float | None) -> None:
    """A null strike on one leg, a half degree or an unknown type is refused, never guessed."""
    with pytest.raises(LadderError):
        Bracket.from_strikes(strike_type, floor, cap)


def test_bracket_probabilities_sum_to_one_exactly() -> None:
    """Probabilities over a ladder add up in millionths."""
    ladder = Ladder.of(Bracket.from_strikes(*leg) for leg in LADDER)
    distribution = TemperatureDistribution.from_pmf(34, [0.1, 0.2, 0.3, 0.15, 0.1, 0.05, 0.04, 0.03, 0.02, 0.01])
    assert ladder.probabilities(distribution) == (0.3, 0.45, 0.15, 0.07, 0.03, 0.0)
