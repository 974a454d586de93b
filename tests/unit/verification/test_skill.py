"""Skill: one minus a ratio of means."""

from __future__ import annotations

import pytest

from drybulb.verification import skill_score


@pytest.mark.parametrize(
    ("score", "reference", "expected"),
    [(0.0, 2.0, 1.0), (2.0, 2.0, 0.0), (3.0, 2.0, -0.5), (0.429, 0.507, 0.078 / 0.507)],
)
def test_skill_by_hand(score: float, reference: float, expected: float) -> None:
    """Skill is 1 where nothing is left to save, 0 at the reference, and negative beyond it."""
    assert skill_score(score, reference) == pytest.approx(expected)


def test_skill_is_a_ratio_of_means() -> None:
    """Scores of single rows are averaged before they are divided."""
    assert skill_score([1.0, 1.0], [1.0, 3.0]) == 0.5


def test_skill_over_a_reference_that_is_once_right() -> None:
    """A reference may be perfect on some rows, if not on all."""
    assert skill_score([1.0, 0.0], [0.0, 2.0]) == 0.5
