"""Cold fronts: the temperature falls, pressure dips and rises, the wind turns."""

from __future__ import annotations

import numpy as np
import pytest

from drybulb.world import fronts
from drybulb.world.fronts import Fronts
from drybulb.world.paths import PER_HOUR, Floats

DAYS = 1_460
DAY_OF_YEAR = np.arange(DAYS, dtype=np.float64) % 365 + 1.0


@pytest.fixture(scope="module")
def north() -> Fronts:
    """Four years of fronts at 40 degrees north, under an even sky."""
    return fronts.draw(40.0, DAY_OF_YEAR, np.zeros(DAYS), np.random.default_rng(6))


def _around(drawn: Fronts, path: Floats, hours: int) -> Floats:
    """The path that many hours after each front (before, if negative), of fronts with a week to each side."""
    days = np.flatnonzero(np.isfinite(drawn.hour[7:-7])) + 7
    at = days * 288 + (drawn.hour[days] * PER_HOUR).astype(np.int64)
    return np.asarray(path.reshape(-1)[at + hours * PER_HOUR], dtype=np.float64)


def test_fronts_are_of_the_northern_winter(north: Fronts) -> None:
    """In the north a front comes on 27 % of January days and 7 % of July days; in the far south never."""
    there = np.isfinite(north.hour)
    month = (DAY_OF_YEAR / 30.5).astype(int)
    assert there[month == 0].mean() == pytest.approx(0.27, abs=0.12)
    assert there[month == 6].mean() == pytest.approx(0.07, abs=0.06)
    assert not np.isfinite(fronts.draw(21.0, DAY_OF_YEAR, np.zeros(DAYS), np.random.default_rng(6)).hour).any()


def test_the_temperature_falls_at_passage_and_warms_after_days(north: Fronts) -> None:
    """In six hours a mean front takes 6 to 11 °F; four days later three quarters of it are forgotten."""
    fallen = (_around(north, north.fall, 6) - _around(north, north.fall, 0)).mean()
    assert 6.0 < fallen < 11.0
    days = np.flatnonzero(np.isfinite(north.hour[:-5]))
    alone = days[[not np.isfinite(north.hour[day + 1 : day + 5]).any() for day in days]]
    assert north.fall[alone + 4, 143].mean() < 0.25 * north.fall[alone, 287].mean()


def test_a_days_own_front_is_all_of_the_first_days_fall() -> None:
    """Where no front came before, what all fronts take is what the day's own takes; on a day without, nothing."""
    drawn = fronts.draw(40.0, np.full(40, 15.0), np.zeros(40), np.random.default_rng(0))
    there = np.isfinite(drawn.hour)
    first = int(there.argmax())
    assert drawn.own[first].max() > 1.0
    assert drawn.fall[first] == pytest.approx(drawn.own[first], abs=0.5)
    assert drawn.fall[:first].max(initial=0.0) == 0.0


def test_the_pressure_dips_before_and_rises_after(north: Fronts) -> None:
    """Pressure falls by 3 hPa and more in the twelve hours to a front, and is higher half a day after it than then."""
    before, at, after = (_around(north, north.pressure, hours).mean() for hours in (-12, 0, 12))
    assert before - at > 3.0
    assert after - at > 6.0


def test_the_wind_turns_from_south_west_to_north_west(north: Fronts) -> None:
    """Two hours before a front the air moves to the north, three hours after it to the south-east, and faster."""
    assert _around(north, north.north, -2).mean() > 1.5
    assert _around(north, north.north, 3).mean() < -2.0
    assert _around(north, north.east, 3).mean() > 2.0


def test_low_pressure_goes_before_cloud() -> None:
    """At 18 the pressure is lower by 4 hPa for each unit of the next day's cloudiness, and not by the past's."""
    state = np.random.default_rng(8).normal(size=DAYS)
    drawn = fronts.draw(21.0, DAY_OF_YEAR, state, np.random.default_rng(9))
    evening = drawn.pressure[:-1, 18 * PER_HOUR]
    assert np.polyfit(state[1:], evening, 1)[0] == pytest.approx(-4.0, abs=0.3)
    assert abs(np.corrcoef(state[:-1], evening)[0, 1]) < 0.1
