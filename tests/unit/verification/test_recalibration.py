"""The exponent that would mend forecasts that are too sure, or not sure enough."""

from __future__ import annotations

import math

import numpy as np
import pytest

from drybulb.verification import exponent_replicates, log_score, power_gradient, recalibration_exponent
from drybulb.verification.recalibration import EXPONENTS

FAVOURITE = [0.2, 0.8]  # of 70 and 71 °F


@pytest.mark.parametrize("won", [2, 3, 5, 7])
def test_the_exponent_of_two_degrees_by_hand(won: int) -> None:
    """Of a favourite of 4 to 1 that wins ``won`` times to 1, the exponent is ln won / ln 4."""
    observed = [71] * won + [70]
    assert recalibration_exponent([FAVOURITE] * len(observed), 70, observed) == pytest.approx(
        math.log(won) / math.log(4), rel=1e-8
    )


def test_weights_count_as_often() -> None:
    """A forecast of weight three counts as three."""
    weighted = recalibration_exponent([FAVOURITE] * 2, 70, [71, 70], weights=[3.0, 1.0])
    assert weighted == pytest.approx(math.log(3) / math.log(4), rel=1e-8)


@pytest.mark.parametrize(("observed", "end"), [([71, 71], 1), ([70, 71, 70], 0)])
def test_the_search_ends_where_it_was_told_to(observed: list[int], end: int) -> None:
    """Where only winners were favourites, or winners were outsiders, the answer is an end of what is searched."""
    assert recalibration_exponent([FAVOURITE] * len(observed), 70, observed) == pytest.approx(EXPONENTS[end], rel=1e-6)


def test_no_other_exponent_scores_better() -> None:
    """On forecasts made twice too sure the exponent found is near a half, and its neighbours score worse."""
    rng = np.random.default_rng(20260106)
    true = rng.dirichlet(np.full(9, 2.0), size=1500)
    observed = (rng.random((1500, 1)) > np.cumsum(true, axis=1)[:, :-1]).sum(axis=1)
    sure = true**2 / (true**2).sum(axis=1, keepdims=True)

    def score(exponent: float) -> float:
        powers = sure**exponent / (sure**exponent).sum(axis=1, keepdims=True)
        return float(log_score(powers[np.arange(1500), observed], floor=1e-300).mean())

    found = recalibration_exponent(sure, 0, observed)
    assert found == pytest.approx(0.5, abs=0.05)
    assert score(found) < min(score(found * 1.01), score(found / 1.01))


def test_gradient_by_hand() -> None:
    """At exponent 1 the slope is the mean logarithm less the winner's, and the curve its variance."""
    first, second = power_gradient([FAVOURITE] * 2, 70, [71, 70], 1.0)
    assert first == pytest.approx([-0.2 * math.log(4), 0.8 * math.log(4)])
    assert second == pytest.approx([0.2 * 0.8 * math.log(4) ** 2] * 2)


def test_a_degree_without_probability_takes_no_part() -> None:
    """A degree of probability 0 has none at any exponent, and changes nothing."""
    with_gap = power_gradient([[0.2, 0.0, 0.8]], 70, [72], 2.0)
    assert with_gap[0].tolist() == power_gradient([FAVOURITE], 70, [71], 2.0)[0].tolist()
    assert np.isfinite(with_gap[1]).all()


def test_one_step_by_hand() -> None:
    """A resample without slope keeps the exponent; another moves its logarithm by slope over exponent times curve."""
    moved = exponent_replicates(2.0, [0.0, 0.4, -0.4], [1.0, 1.0, 2.0])
    assert moved == pytest.approx([2.0, 2.0 * math.exp(-0.2), 2.0 * math.exp(0.1)])
