"""Evidence that may be looked at every day: factors by hand, and where it reaches its level."""

from __future__ import annotations

import numpy as np
import pytest

from drybulb import verification as v
from drybulb.errors import VerificationError
from drybulb.verification.evalue import FLOOR


def test_a_factor_keeps_what_was_not_bet() -> None:
    """Half bet at 0.5 against 0.6 leaves 0.5 + 0.5 · 0.5 / 0.6, and at 0.2 against 0.1 it makes 1.5."""
    found = np.exp(v.log_factors([0.6, 0.1], [0.5, 0.2]))
    assert found == pytest.approx([0.5 + 0.25 / 0.6, 1.5])
    assert np.exp(v.log_factors([0.1], [0.2], share=0.1)) == pytest.approx([1.1])


def test_a_factor_of_a_right_belief_is_one_on_average() -> None:
    """Over outcomes that come as believed the mean factor is 1, whatever the rival says."""
    believed, rival = np.array([0.5, 0.3, 0.2]), np.array([0.1, 0.1, 0.8])
    assert (believed * np.exp(v.log_factors(believed, rival))).sum() == pytest.approx(1.0)


def test_what_was_thought_impossible_costs_much_and_not_everything() -> None:
    """A belief of 0 is taken for the floor: the market's 0.3 makes half of 0.3 / 0.001 of it, beside the half kept."""
    assert np.exp(v.log_factors([0.0], [0.3])) == pytest.approx([0.5 + 0.15 / FLOOR])
    believed, rival = np.array([1.0 - 1e-4, 1e-4]), np.array([0.5, 0.5])
    assert (believed * np.exp(v.log_factors(believed, rival))).sum() < 1.0


def test_evidence_multiplies_up() -> None:
    """Factors of 2, 3 and 4 come to 2, 6 and 24; the level of 20 is reached with the third, that of 6 on the dot."""
    values = v.log_e_values(np.log([2.0, 3.0, 4.0]))
    assert np.exp(values) == pytest.approx([2.0, 6.0, 24.0])
    assert [int(v.crossings(values, level)) for level in (1.5, 6.0, 20.0, 25.0)] == [0, 1, 2, -1]
    assert v.crossings(np.log([[1.0, 2.0], [30.0, 1.0]]), 20.0).tolist() == [-1, 0]
    assert v.crossings(np.empty((2, 0)), 20.0).tolist() == [-1, -1]


@pytest.mark.parametrize(
    ("believed", "rival", "share", "message"),
    [
        ([0.5], [0.5], 1.0, r"share of 1.0 is not in \(0, 1\)"),
        ([0.5], [0.5], 0.0, r"share of 0.0 is not in \(0, 1\)"),
        ([0.5, 0.5], [0.5], 0.5, "2 believed and 1 rival"),
        ([1.5], [0.5], 0.5, "believed at 0 is 1.5"),
        ([0.5], [-0.5], 0.5, "rival at 0 is -0.5"),
    ],
)
def test_what_cannot_be_bet_is_refused(believed: list[float], rival: list[float], share: float, message: str) -> None:
    """A share of all or nothing, shapes that do not fit, and what is no probability."""
    with pytest.raises(VerificationError, match=message):
        v.log_factors(believed, rival, share=share)


def test_a_level_reached_before_anything_happened_is_refused() -> None:
    """Evidence begins at 1."""
    with pytest.raises(VerificationError, match=r"level of 1\.0 is reached"):
        v.crossings([0.0], 1.0)
