"""A distribution as the yes-or-no forecasts it makes."""

from __future__ import annotations

import numpy as np
import pytest

from drybulb.verification import exceedance_sums, exceedances, reliability_table

PMF = [0.2, 0.5, 0.3]  # of 70, 71 and 72 °F


def test_exceedances_by_hand() -> None:
    """Every degree in doubt is one forecast: 0.8 that the high reaches 71, 0.3 that it reaches 72."""
    found = exceedances([PMF, PMF, [0.0, 1.0, 0.0]], 70, [70, 72, 71])
    assert found.row.tolist() == [0, 0, 1, 1]
    assert found.degree.tolist() == [71, 72, 71, 72]
    assert found.probability == pytest.approx([0.8, 0.3, 0.8, 0.3])
    assert found.happened.tolist() == [0, 0, 1, 1]


@pytest.mark.parametrize(("observed", "expected"), [(40, [0, 0]), (69, [0, 0]), (73, [1, 1]), (99, [1, 1])])
def test_a_high_beyond_the_grid_reaches_all_or_nothing(observed: int, expected: list[int]) -> None:
    """A high the forecast thought impossible reaches every degree below it and none above."""
    assert exceedances([PMF], 70, [observed]).happened.tolist() == expected


def test_doubt_leaves_out_its_own_ends() -> None:
    """A probability on the edge of doubt is not in doubt."""
    found = exceedances([[0.25, 0.5, 0.25]], 70, [70], doubt=(0.25, 0.75))
    assert found.probability.tolist() == []
    assert exceedances([[0.25, 0.5, 0.25]], 70, [70], doubt=(0.2, 0.8)).probability.tolist() == [0.75, 0.25]


def test_sums_by_hand() -> None:
    """Each row's bins hold the number of degrees, the sum of forecasts and how many happened."""
    sums = exceedance_sums(exceedances([PMF, [0.25, 0.25, 0.5]], 70, [71, 70]), 2, bins=2)
    assert sums[0] == pytest.approx(np.array([[1, 1], [0.3, 0.8], [0, 1]]))
    assert sums[1] == pytest.approx(np.array([[0, 2], [0, 1.25], [0, 0]]))


def test_sums_make_the_table_of_reliability() -> None:
    """Summed over rows and divided they are the reliability of the same forecasts."""
    rng = np.random.default_rng(20260105)
    found = exceedances(rng.dirichlet(np.ones(12), size=50), 0, rng.integers(0, 12, size=50))
    number, forecast, happened = exceedance_sums(found, 50).sum(axis=0)
    table = reliability_table(found.probability, found.happened)
    assert number.tolist() == table.count.tolist()
    assert forecast / number == pytest.approx(table.mean_forecast)
    assert happened / number == pytest.approx(table.observed_frequency)
