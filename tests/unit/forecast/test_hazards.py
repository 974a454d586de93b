"""Hazards: another way to write a distribution, which no correction can turn into anything else."""

from __future__ import annotations

import numpy as np
import pytest

from drybulb.forecast.hazards import THIN, expit, hazards_of, logit, near, pmf_of_hazards
from drybulb.forecast.model import GRID, GRID_HIGH, GRID_LOW, Floats

RANDOM = np.random.default_rng(20240702)


def _at(**chances: float) -> Floats:
    """One distribution; ``d60=0.1`` gives 60 °F a chance of 0.1; shape (1, 201)."""
    pmf = np.zeros((1, GRID.size))
    for name, chance in chances.items():
        pmf[0, int(name[1:]) - GRID_LOW] = chance
    return pmf


def _bells(rows: int) -> Floats:
    """Distributions of many places and widths, none of them zero anywhere near."""
    centre, width = RANDOM.uniform(0.0, 100.0, (rows, 1)), RANDOM.uniform(0.5, 12.0, (rows, 1))
    pmf = 1.0 / np.cosh((GRID - centre) / (2.0 * width)) ** 2
    bells: Floats = pmf / pmf.sum(axis=1, keepdims=True)
    return bells


def test_a_hazard_is_the_chance_to_go_on() -> None:
    """Of 0.1, 0.4 and 0.5 at 60, 61 and 62 °F, 0.9 go on from 60, 5 of 9 of those from 61, and none from 62."""
    found = hazards_of(_at(d60=0.1, d61=0.4, d62=0.5))[0]
    assert found[: 60 - GRID_LOW] == pytest.approx(1.0)
    assert found[60 - GRID_LOW : 63 - GRID_LOW] == pytest.approx([0.9, 5 / 9, 0.0])
    assert (found[63 - GRID_LOW :] == 0.0).all()


def test_a_chance_is_to_get_there_and_stop() -> None:
    """Hazards of 0.9 at 60 and of 5/9 at 61 give 0.1, 0.4 and 0.5; certainty below and nothing above give nothing."""
    hazards = np.where(GRID < 60, 1.0, 0.0)[None, :]
    hazards[0, 60 - GRID_LOW], hazards[0, 61 - GRID_LOW] = 0.9, 5 / 9
    assert pmf_of_hazards(hazards) == pytest.approx(_at(d60=0.1, d61=0.4, d62=0.5))


def test_each_undoes_the_other() -> None:
    """Through hazards and back a distribution is itself, and through a distribution and back hazards are."""
    pmf = _bells(1500)
    assert pmf_of_hazards(hazards_of(pmf)) == pytest.approx(pmf, abs=1e-12)
    hazards = RANDOM.uniform(0.8, 0.99, (200, GRID.size))
    hazards[:, -1] = 0.0
    assert hazards_of(pmf_of_hazards(hazards)) == pytest.approx(hazards, abs=1e-9)


def test_whatever_the_hazards_a_distribution_comes_out() -> None:
    """Hazards drawn at random, 0 and 1 among them, give chances that are not negative and sum to 1."""
    hazards = RANDOM.choice([0.0, 0.3, 0.97, 1.0], (300, GRID.size), p=[0.01, 0.01, 0.9, 0.08])
    pmf = pmf_of_hazards(hazards)
    assert (pmf >= 0.0).all()
    assert pmf.sum(axis=1) == pytest.approx(1.0, abs=1e-12)
    survival = np.cumsum(pmf[:, ::-1], axis=1)[:, ::-1]
    assert (np.diff(survival, axis=1) <= 0.0).all()


def test_what_is_certain_to_go_on_stays_on_the_last_degree() -> None:
    """Hazards of 1 everywhere put all on the last degree of the grid, hazards of 0 on the first."""
    assert pmf_of_hazards(np.ones((1, GRID.size))).tolist() == _at(**{f"d{GRID_HIGH}": 1.0}).tolist()
    assert pmf_of_hazards(np.zeros((1, GRID.size)))[0, 0] == 1.0


def test_beyond_the_last_chance_worth_the_name_nobody_goes_on() -> None:
    """Where less than 1e-12 is left the hazard is 0, not the quotient of two rounding errors; so it is of no pmf."""
    found = hazards_of(_at(d60=1.0 - 3e-13, d61=2e-13, d62=1e-13))[0]
    assert found[60 - GRID_LOW] == pytest.approx(3e-13, rel=1e-3)
    assert (found[61 - GRID_LOW :] == 0.0).all()
    assert (hazards_of(np.zeros((2, GRID.size))) == 0.0).all()


def test_log_odds_are_finite_everywhere() -> None:
    """Odds of 1:1 are 0, of 3:1 ln 3; at 0 and 1 they are those of one in a thousand million; expit undoes them."""
    found = logit(np.array([0.5, 0.75, 0.0, 1.0]))
    assert found == pytest.approx([0.0, 1.0986123, -20.7232658, 20.7232658])
    hazards = np.linspace(0.001, 0.999, 999)
    assert expit(logit(hazards)) == pytest.approx(hazards, abs=1e-14)


def test_without_a_maximum_what_is_thin_is_left_alone() -> None:
    """Counting from nothing, hazards within 0.003 of 0 or 1 are not corrected, those just inside are."""
    hazards = np.zeros((1, GRID.size))
    hazards[0, :6] = [THIN, THIN + 1e-6, 0.5, 1.0 - THIN - 1e-6, 1.0 - THIN, 1.0]
    assert near(hazards, None, (-2, 14))[0, :7].tolist() == [False, True, True, True, False, False, False]


def test_from_a_maximum_a_span_of_degrees_is_corrected() -> None:
    """From two below the maximum of 84 to three above, thin or not, but nothing certain; from no maximum nothing."""
    hazards = np.full((2, GRID.size), 0.001)
    hazards[:, 83 - GRID_LOW], hazards[:, 86 - GRID_LOW] = 1.0, 0.0
    found = near(hazards, np.array([84.0, np.nan]), (-2, 3))
    assert GRID[found[0]].tolist() == [82.0, 84.0, 85.0, 87.0]
    assert not found[1].any()
