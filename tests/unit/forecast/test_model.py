"""The grid, the pmf and what a prediction is."""

from __future__ import annotations

import numpy as np
import pytest

from drybulb.errors import ModelError
from drybulb.forecast.model import GRID, GRID_LOW, Prediction, column, pmf_of, round_half_up, spread, station_rows
from tests.unit.forecast.made import rows


def test_the_grid_is_every_whole_degree_from_minus_60_to_140() -> None:
    """Every pmf has a probability for each whole degree from -60 to 140 °F."""
    assert GRID.tolist() == list(range(-60, 141))


def test_the_outermost_degrees_take_the_tails() -> None:
    """A pmf is the differences of its distribution function; what lies beyond the grid goes to its ends."""
    cdf = np.full((1, GRID.size), 0.5)
    cdf[0, :3] = [0.1, 0.1, 0.4]
    cdf[0, -1] = 0.9
    pmf = pmf_of(cdf)
    assert pmf[0, :4] == pytest.approx([0.1, 0.0, 0.3, 0.1])
    assert pmf[0, -1] == pytest.approx(0.5)
    assert pmf.sum() == pytest.approx(1.0)


def test_a_thousandth_is_spread_over_the_grid() -> None:
    """An empirical pmf gives 0.1 % of itself evenly to all 201 degrees, so that none is impossible."""
    counts = np.zeros((1, GRID.size))
    counts[0, 100] = 7.0
    pmf = spread(counts)
    assert pmf[0, 0] == pytest.approx(0.001 / 201)
    assert pmf[0, 100] == pytest.approx(0.999 + 0.001 / 201)
    assert pmf.sum() == pytest.approx(1.0)


def test_halves_round_upward() -> None:
    """Half a degree rounds up, above and below zero."""
    assert round_half_up(np.array([70.5, 71.5, -0.5, 70.49])).tolist() == [71.0, 72.0, 0.0, 70.0]


def test_a_null_is_not_a_number() -> None:
    """A null of a snapshot reads as NaN, a whole number as a float."""
    found = column(rows({"last_high": 88}, {}), "last_high")
    assert found[0] == 88.0
    assert np.isnan(found[1])


def test_a_missing_column_is_named() -> None:
    """Rows that lack a column a model needs are refused by its name."""
    with pytest.raises(ModelError, match="guidance_raw"):
        column(rows({}).drop("guidance_raw"), "guidance_raw")
    with pytest.raises(ModelError, match="station"):
        station_rows(rows({}).drop("station"))


def test_predictions_of_batches_join() -> None:
    """Predictions of consecutive batches join in their order; of no batch, there is an empty one."""
    first, second = Prediction.none(1, "a"), Prediction.none(2, "b")
    second.put(np.array([1]), np.eye(1, GRID.size, 70 - GRID_LOW), "c")
    joined = Prediction.concat([first, second])
    assert joined.reason == ["a", "b", "c"]
    assert joined.available.tolist() == [False, False, True]
    assert joined.pmf.sum() == 1.0
    assert Prediction.concat([]).pmf.shape == (0, 201)
