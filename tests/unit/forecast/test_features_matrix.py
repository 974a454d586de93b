"""The matrix a hazard is grown on: every group once, thresholds as differences, S only where it is the start."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from drybulb.forecast.features import GROUPS, REFERENCES, Features
from drybulb.forecast.features.table import Table
from drybulb.forecast.model import GRID, GRID_LOW, Floats
from drybulb.forecast.normals import Normals
from tests.unit.forecast.made import rows

NORMALS = Normals({"KMIA": (80.0, 0.0, 0.0, 0.0, 0.0)})

KNOWN: dict[str, Any] = {
    "guidance": 87.5,
    "guidance_raw": 88.5,
    "running_max": 84,
    "last_temp": 82.0,
    "last_temp_age": 0.5,
    "previous_max": 88,
    "last_high": 90,
    "neighbour_bias": 2.0,
    "neighbour_running_max": 86,
    "neighbour_last_temp": 85.0,
    "neighbour_last_temp_age": 0.5,
}


def _two_degrees(low: int, chance: float) -> Floats:
    """All at two neighbouring degrees, ``chance`` of it at the upper one; shape (201,)."""
    pmf = np.zeros(GRID.size)
    pmf[low - GRID_LOW], pmf[low + 1 - GRID_LOW] = 1.0 - chance, chance
    return pmf


def _features(*given: dict[str, Any], sources: tuple[str, ...] = ()) -> Features:
    pmf = np.stack([_two_degrees(85, 0.5), _two_degrees(60, 0.2)][: len(given)]) if given else np.empty((0, 201))
    return Features.of(rows(*given), pmf, NORMALS, sources)


def test_every_group_is_in_the_matrix_under_names_of_its_own() -> None:
    """The columns are those of the groups in their order, and no two groups share a name."""
    table = Table.of(rows(KNOWN), NORMALS, ("mos:gfs",))
    names = [name for group in GROUPS.values() for name in group(table)]
    found = _features(KNOWN, sources=("mos:gfs",))
    assert list(found.names) == names
    assert len(set(names)) == len(names)
    assert list(GROUPS) == [group.__name__ for group in GROUPS.values()]


def test_a_threshold_is_a_difference_from_every_reference() -> None:
    """90 °F is 2.5 above guidance, 6 above the maximum and the neighbour's less its bias, 10 above usual; 85 less."""
    found = _features(KNOWN, {})
    names = found.columns(with_offset=False)
    table = found.at_degrees(np.array([0, 0, 1]), np.array([90.0, 85.0, 90.0]), None)
    assert table.shape == (3, len(names))
    above = {name.removeprefix("degree_minus_"): n for n, name in enumerate(names) if name.startswith("degree_minus_")}
    assert tuple(above) == REFERENCES
    expected = dict(zip(REFERENCES, (2.5, 1.5, 6.0, 8.0, 2.0, 0.0, 6.0, 7.0, 10.0), strict=True))
    for name, by in expected.items():
        assert table[:2, above[name]].tolist() == [by, by - 5.0], name
    # Of the second row nothing is known but what is usual at its station.
    assert [name for name in REFERENCES if not np.isnan(table[2, above[name]])] == ["usual"]
    assert np.array_equal(table[:2, : len(found.names)], np.stack([found.values[0]] * 2), equal_nan=True)


def test_s_is_a_feature_only_where_it_is_the_start() -> None:
    """With S's log odds come the threshold less S's mean and S's width: 85.5 ± 0.5 °F, and 60.2 ± 0.4 °F."""
    found = _features(KNOWN, {})
    with_s, without = found.columns(with_offset=True), found.columns(with_offset=False)
    assert with_s == (*without, "anchor_log_odds", "degree_minus_anchor", "anchor_deviation")
    rows_of, degrees = np.array([1, 0]), np.array([61.0, 84.0])
    table = found.at_degrees(rows_of, degrees, np.array([-1.25, 3.0]))
    assert table[:, -3:].tolist() == [pytest.approx([-1.25, 0.8, 0.4], abs=1e-4), pytest.approx([3.0, -1.5, 0.5])]
    assert np.array_equal(table[:, :-3], found.at_degrees(rows_of, degrees, None), equal_nan=True)


def test_no_rows_have_all_columns() -> None:
    """The columns do not depend on there being a row, so that a stored model can be held against them."""
    none, one = _features(sources=("mos:gfs",)), _features(KNOWN, sources=("mos:gfs",))
    assert none.columns(with_offset=True) == one.columns(with_offset=True)
    assert none.values.shape == (0, len(none.names))
    assert none.at_degrees(np.empty(0, dtype=np.intp), np.empty(0), None).shape == (
        0,
        len(none.columns(with_offset=False)),
    )
