"""Strikes from titles, in every wording the exchange has used."""

from __future__ import annotations

import pytest

from drybulb.adapters.archive.titles import strikes_of
from drybulb.domain.bracket import Bracket

QUESTION = "Will the high temp in {} be {} on {}?"


@pytest.mark.parametrize(
    ("said", "low", "high"),
    [
        ("73-74°", 73, 74),
        ("<73°", None, 72),
        (">80°", 81, None),
        ("-4--3°", -4, -3),
        ("-1-0°", -1, 0),
        ("<-4°", None, -5),
        (">-3°", -2, None),
        ("99-100°", 99, 100),
    ],
)
@pytest.mark.parametrize(
    ("city", "day"), [("Austin", "Apr 7, 2026"), ("LA", "May 1, 2026"), ("New York", "Dec 31, 2026")]
)
def test_the_question_names_the_strike(said: str, low: int | None, high: int | None, city: str, day: str) -> None:
    """In a question a tail's number is its strike, which the tail does not contain, negative degrees included."""
    strikes = strikes_of(QUESTION.format(city, said, day))
    assert strikes is not None
    assert Bracket.from_strikes(*strikes) == Bracket(low, high)


@pytest.mark.parametrize(
    ("said", "low", "high"),
    [
        ("73° to 74°", 73, 74),
        ("-4° to -3°", -4, -3),
        ("72° or below", None, 72),
        ("81° or above", 81, None),
        ("-5° or below", None, -5),
        ("-2° or above", -2, None),
    ],
)
def test_the_short_title_names_the_first_degree_inside(said: str, low: int | None, high: int | None) -> None:
    """In the short wording a tail's number is its first degree, so the strike lies one further out."""
    strikes = strikes_of(said)
    assert strikes is not None
    assert Bracket.from_strikes(*strikes) == Bracket(low, high)


@pytest.mark.parametrize("title", ["", "73", "about 73°", "73° to", "Will it rain in Austin on Apr 7, 2026?", "≥ 73°"])
def test_another_wording_is_not_guessed(title: str) -> None:
    """A title of no known wording has no strikes."""
    assert strikes_of(title) is None
