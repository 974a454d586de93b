"""The base curve is a matter of the calendar and of two levels, and has no jumps."""

from __future__ import annotations

import numpy as np
import pytest

from drybulb.world import climate
from tests.unit.world.conftest import CITIES

JULY = np.full(4, 200.0)


def test_the_curve_peaks_at_its_level_and_is_lowest_before_dawn() -> None:
    """With the same level every day Denver's curve reaches it at 15 and is lowest at 5:30, its July range below."""
    curve = climate.base(CITIES["denver"], np.full(4, 90.0), JULY)[2]
    assert curve.argmax() in (179, 180)
    assert curve.max() == pytest.approx(90.0, abs=0.01)
    assert curve.argmin() in (65, 66)
    # 14 °F at sea level, 6 for each of 1.6502 km but at most 9, and 1.5 more on 18 July, the 200th day.
    assert curve.max() - curve.min() == pytest.approx(14.0 + 9.0 + 1.5, abs=0.05)


def test_a_coast_has_the_smaller_range() -> None:
    """Los Angeles, 29.6 m high, has 70 % of the range of a place as low that is no coast."""
    curve = climate.base(CITIES["los_angeles"], np.full(4, 75.0), JULY)[2]
    assert curve.max() - curve.min() == pytest.approx(0.7 * (14.0 + 6.0 * 0.0296 + 1.5), abs=0.05)
    assert [key for key, city in CITIES.items() if climate.is_coast(city)] == ["los_angeles"]


def test_a_change_of_level_is_no_jump_at_midnight() -> None:
    """Between days 20 °F apart the curve moves by less than half a degree in any five minutes."""
    curve = climate.base(CITIES["chicago"], np.array([40.0, 60.0, 40.0, 60.0]), JULY).reshape(-1)
    assert np.abs(np.diff(curve)).max() < 0.5


def test_a_curve_knows_two_levels() -> None:
    """Another level of a day changes its own curve and the first eight hours of the next day's, and nothing else."""
    levels = np.array([70.0, 70.0, 70.0, 70.0])
    plain = climate.base(CITIES["chicago"], levels, JULY)
    other = climate.base(CITIES["chicago"], levels + np.array([0.0, 5.0, 0.0, 0.0]), JULY)
    changed = np.abs(other - plain) > 1e-9
    assert not changed[0].any()
    # The first value of the day is still nearly the evening's before; from 8 hours on the whole 5 °F are there.
    np.testing.assert_allclose((other - plain)[1, 96:], 5.0)
    assert changed[2, :95].all()
    assert not changed[2, 96:].any()
    assert not changed[3].any()


def test_levels_spread_more_in_the_north_and_remember() -> None:
    """Chicago's anomalies spread by 3 + 0.25 x 16.78 °F and Miami's by 3.2; from day to day they correlate by 0.6."""
    for key, spread in (("chicago", 7.2), ("miami", 3.2)):
        drawn = climate.anomalies(CITIES[key], 20_000, np.random.default_rng(3))
        assert np.std(drawn) == pytest.approx(spread, rel=0.05)
        assert np.corrcoef(drawn[1:], drawn[:-1])[0, 1] == pytest.approx(0.6, abs=0.03)
