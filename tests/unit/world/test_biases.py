"""Planted biases: each moves the prices it names, by what it says, and no others."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from drybulb.errors import ConfigError
from drybulb.world.biases import Longshots, SlowReaction, WrongBracket, WrongCity, late_seconds, mispriced, warmer

FAIR = np.array([[0.02, 0.10, 0.30, 0.40, 0.16, 0.02], [0.0, 0.004, 0.005, 0.099, 0.892, 0.0]])


def test_a_wrong_bracket_is_off_and_the_others_are_not() -> None:
    """The bracket at the place is dearer by the cents, in every row and city; the other five are untouched."""
    moved = mispriced(FAIR, (WrongBracket(3, 5.0),), "miami")
    assert moved - FAIR == pytest.approx(np.array([[0, 0, 0.05, 0, 0, 0]] * 2))


def test_a_price_stays_between_1_and_99_cents() -> None:
    """A bias takes a price to 1 or 99 cents at most, and one that lay beyond is not moved further."""
    fair = np.array([[0.03, 0.004, 0.97, 0.996, 0.5, 0.5]])
    down = mispriced(fair, (WrongCity("miami", cents=-5.0),), "miami")
    assert down == pytest.approx(np.array([[0.01, 0.004, 0.92, 0.946, 0.45, 0.45]]))
    up = mispriced(fair, (WrongCity("miami", cents=5.0),), "miami")
    assert up == pytest.approx(np.array([[0.08, 0.054, 0.99, 0.996, 0.55, 0.55]]))


def test_longshots_are_the_cheap_that_can_still_win() -> None:
    """Prices from half a cent to below the limit are dearer; lost brackets and dear ones are not."""
    moved = mispriced(FAIR, (Longshots(2.0, under=10.0),), "miami")
    assert moved - FAIR == pytest.approx(np.array([[0.02, 0, 0, 0, 0, 0.02], [0, 0, 0.02, 0.02, 0, 0]]))


def test_a_wrong_city_is_off_alone() -> None:
    """Cents move every bracket of the city named and none of another; degrees are told of that city alone."""
    bias = WrongCity("denver", degrees=0.5, cents=3.0)
    assert mispriced(FAIR, (bias,), "denver")[0] - FAIR[0] == pytest.approx(np.full(6, 0.03))
    assert (mispriced(FAIR, (bias,), "miami") == FAIR).all()
    assert (warmer((bias,), "denver"), warmer((bias,), "miami")) == (0.5, 0.0)


def test_a_slow_reaction_is_late_and_moves_no_price() -> None:
    """Minutes of slow reactions add up, other biases are not late, and a late price is the fair one of its time."""
    biases = (SlowReaction(3), WrongBracket(1, 2.0), SlowReaction(4))
    assert late_seconds(biases) == 7 * 60
    assert (mispriced(FAIR, (SlowReaction(3),), "miami") == FAIR).all()


def test_biases_are_applied_in_order() -> None:
    """A bias meets the prices that those before it left: a bracket made dear is no longshot any more."""
    dear_first = mispriced(FAIR, (WrongBracket(1, 9.0), Longshots(2.0)), "miami")
    cheap_first = mispriced(FAIR, (Longshots(2.0), WrongBracket(1, 9.0)), "miami")
    assert (dear_first[0, 0], cheap_first[0, 0]) == pytest.approx((0.11, 0.13))


@pytest.mark.parametrize(
    ("bias", "name"),
    [
        (WrongBracket(3, 5.0), "bracket 3 +5 ¢"),
        (Longshots(2.5), "longshots under 10 ¢ +2.5 ¢"),
        (SlowReaction(10), "slow 10 min"),
        (WrongCity("miami", cents=-4.0), "miami -4 ¢"),
        (WrongCity("miami", degrees=0.5), "miami +0.5 °F"),
    ],
)
def test_a_bias_has_a_name(bias: Any, name: str) -> None:
    """The name says what is wrong, and by how much."""
    assert bias.name == name


@pytest.mark.parametrize(
    ("kind", "values", "said"),
    [
        (WrongBracket, (0, 5.0), "place 0"),
        (WrongBracket, (7, 5.0), "place 7"),
        (Longshots, (2.0, 60.0), "under 60"),
        (SlowReaction, (0,), "0 minutes"),
        (WrongCity, ("miami", 1.5), "1.5 °F"),
    ],
)
def test_an_impossible_bias_is_refused(kind: Any, values: tuple[Any, ...], said: str) -> None:
    """A place no ladder has, a limit that is no longshot's, no delay, more than a degree: refused, with the value."""
    with pytest.raises(ConfigError, match=said):
        kind(*values)
