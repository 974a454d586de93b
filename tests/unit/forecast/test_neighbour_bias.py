"""What a neighbour reads is used less its bias: by S, by the features of a hazard, and to count degrees from."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from drybulb.forecast import corrected
from drybulb.forecast.features.observed import neighbour
from drybulb.forecast.features.table import Table
from drybulb.forecast.forms import Inputs
from drybulb.forecast.normals import Normals
from tests.unit.forecast.made import rows

#: O'Hare reads 79 and has reached 81, 2 °F below what Midway's highs have been.
READ: dict[str, Any] = {
    "guidance": 85.0,
    "neighbour_last_temp": 79.0,
    "neighbour_last_temp_age": 0.5,
    "neighbour_running_max": 81,
    "neighbour_previous_max": 84,
    "neighbour_temp_day_before": 76.0,
    "neighbour_last_dewpoint": 60.0,
    "neighbour_bias": -2.0,
}


def test_s_looks_at_the_neighbour_less_its_bias() -> None:
    """79 and 81 with a bias of -2 are 81 and 83, and 2 short of a guidance of 85; with no bias known they stay."""
    inputs = Inputs(rows(READ, READ | {"neighbour_bias": None}), np.full(2, 80.0)).values
    assert inputs["neighbour_last_temp"].tolist() == [81.0, 79.0]
    assert inputs["neighbour_running_max"].tolist() == [83.0, 81.0]
    assert inputs["neighbour_shortfall"].tolist() == [2.0, 4.0]


def test_the_stations_own_readings_stay() -> None:
    """The neighbour's bias says nothing of what the station itself reads."""
    inputs = Inputs(rows(READ | {"last_temp": 79.0, "last_temp_age": 0.5, "running_max": 81}), np.full(1, 80.0)).values
    assert (inputs["last_temp"].item(), inputs["running_max"].item()) == (79.0, 81.0)


def test_features_look_at_the_neighbour_less_its_bias() -> None:
    """Every temperature of the neighbour that a threshold or a feature is measured from has its bias taken."""
    table = Table.of(rows(READ, READ | {"neighbour_bias": None}), Normals({}), ())
    shifted = {name: table[f"neighbour_{name}"].tolist() for name in ("last_temp", "running_max", "previous_max")}
    assert shifted == {"last_temp": [81.0, 79.0], "running_max": [83.0, 81.0], "previous_max": [86.0, 84.0]}
    assert table["neighbour_temp_day_before"].tolist() == [78.0, 76.0]


def test_differences_within_the_neighbour_are_as_measured() -> None:
    """Its fall, its change since the day before and its dew point depression know of no bias; a feature does."""
    found = neighbour(Table.of(rows(READ, READ | {"neighbour_bias": None}), Normals({}), ()))
    assert found["neighbour_fall"].tolist() == [2.0, 2.0]
    assert found["neighbour_warmer_than_day_before"].tolist() == [3.0, 3.0]
    assert found["neighbour_depression"].tolist() == [19.0, 19.0]
    assert found["neighbour_bias"].tolist() == pytest.approx([-2.0, np.nan], nan_ok=True)


def test_degrees_are_counted_from_the_neighbour_less_its_bias() -> None:
    """Without an own maximum degrees count from 83, not 81, and nothing is a floor; with one, from that."""
    highest, floor = corrected._maxima(rows(READ, READ | {"running_max": 80}))
    assert highest.tolist() == [83.0, 80.0]
    assert floor.tolist() == pytest.approx([np.nan, 80.0], nan_ok=True)
