"""Cloud, marine layer and storms: what they take off the day, and what the reports show of them."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from drybulb.world import sky, weather
from drybulb.world.paths import STEPS, Floats, hours_of_day
from drybulb.world.spec import WorldSpec
from drybulb.world.weather import CityWeather
from tests.unit.world.conftest import CITIES

YEARS = WorldSpec(date(2023, 1, 1), 730, 2, 7, {})
HOURS = hours_of_day()
NOTHING = np.zeros((1, STEPS))


@pytest.fixture(scope="module")
def angeles() -> CityWeather:
    """Two years of Los Angeles."""
    return weather.simulate(CITIES["los_angeles"], YEARS, np.random.default_rng(3))


@pytest.fixture(scope="module")
def miami() -> CityWeather:
    """Two years of Miami."""
    return weather.simulate(CITIES["miami"], YEARS, np.random.default_rng(3))


def _hour(path: Floats, hour: float) -> Floats:
    return np.asarray(path[:, int(hour * 12)], dtype=np.float64)


def test_an_overcast_lowers_the_afternoon_and_not_the_morning() -> None:
    """A whole day's overcast takes nothing by 09:30, under half a degree by 10, and 4.5 to 5.5 °F by 15:00."""
    taken = sky.shade(NOTHING + 1.0, NOTHING)[0]
    assert (taken[HOURS < 9.5] == 0.0).all()
    assert taken[HOURS < 10.0].max() < 0.5
    assert 4.5 < taken[np.searchsorted(HOURS, 15.0)] < 5.5
    assert taken[-1] < 0.1
    assert (sky.shade(NOTHING, NOTHING) == 0.0).all()


def _cloud_until(end: float) -> Floats:
    taken: Floats = sky.shade(np.where(end > HOURS, 1.0, 0.0)[None, :], NOTHING)[0]
    return taken


def test_sun_that_breaks_through_at_noon_brings_the_degrees_back() -> None:
    """Cloud that goes at noon has less than a fifth of an overcast's degrees three hours later."""
    at = np.searchsorted(HOURS, 15.0)
    assert _cloud_until(12.0)[at] < _cloud_until(24.0)[at] / 5.0


def test_sun_that_breaks_through_late_brings_little_back() -> None:
    """Cloud that goes at 17 has more than half of an overcast's degrees two hours later: there is no second noon."""
    at = np.searchsorted(HOURS, 19.0)
    assert _cloud_until(17.0)[at] > _cloud_until(24.0)[at] / 2.0


def test_equal_mornings_end_lower_under_cloud(miami: CityWeather) -> None:
    """Under a low ceiling at 08 the day rises by some degrees less than under a clear sky; by 08 it has lost none."""
    low = _hour(miami.air.ceiling, 8.0) < 1_500.0
    clear = _hour(miami.air.ceiling, 8.0) == sky.UNLIMITED
    assert min(low.sum(), clear.sum()) > 100
    rise = miami.peak - _hour(miami.path, 8.0)
    assert 2.0 < rise[clear].mean() - rise[low].mean() < 6.0
    by_then = _hour(miami.path, 8.0) - _hour(miami.path, 4.0)
    assert abs(by_then[clear].mean() - by_then[low].mean()) < 0.7


def test_cloud_lasts(miami: CityWeather) -> None:
    """The evening tells the next morning's ceiling on four days of five; a morning the next one's on three or so."""
    evening, morning = (_hour(miami.air.ceiling, hour) < 2_000.0 for hour in (21.0, 6.0))
    from_evening = (evening[:-1] == morning[1:]).mean()
    from_morning = (morning[:-1] == morning[1:]).mean()
    assert from_evening > 0.8
    assert 0.55 < from_morning < from_evening - 0.05


def test_a_clear_sky_is_unlimited() -> None:
    """Without cloud, layer or storm the ceiling is 22,000 m nearly always; half of an overcast's are below 500 m."""
    rng = np.random.default_rng(1)
    days = np.zeros((200, STEPS))
    none = np.full(200, np.inf)
    clear = sky.ceiling(days, days, days + 300.0, none, rng)
    overcast = sky.ceiling(days + 1.0, days, days + 300.0, none, rng)
    assert (clear == 22_000.0).mean() > 0.8
    assert np.median(overcast) < 500.0
    assert overcast.max() < 3_000.0
    assert (overcast % 30.0 == 0.0).all()


def test_storms_come_with_humidity() -> None:
    """At the half dew point a storm comes on half of the greatest chance of days; at ten degrees less hardly ever."""
    rng = np.random.default_rng(2)
    often = [np.isfinite(sky.storms(np.full(4_000, dew), rng)).mean() for dew in (59.0, 69.0, 79.0)]
    assert often[0] < 0.03
    assert often[1] == pytest.approx(0.375, abs=0.03)
    assert often[2] == pytest.approx(0.75, abs=0.03)


def test_a_storm_stops_the_rise() -> None:
    """Nothing before the storm, most of its fall within the hour, some of it left at 18, and nothing at midnight."""
    cooling = sky.storm_cooling(np.array([13.0, np.inf]), np.random.default_rng(4))
    storm, calm = cooling
    assert (calm == 0.0).all()
    assert (storm[HOURS < 13.0] == 0.0).all()
    assert storm[np.searchsorted(HOURS, 14.0)] > 0.8 * storm.max() > 2.0
    assert 1.0 < storm[np.searchsorted(HOURS, 18.0)] < storm.max()
    assert storm[-1] < 0.1


def test_summer_afternoons_in_the_south_are_cut_short(miami: CityWeather) -> None:
    """In Miami's summer the day's peak comes before 13:30 more often than in its winter."""
    month = np.array([day.month for day in miami.days])
    early = miami.path.argmax(axis=1) / 12.0 < 13.5
    assert early[np.isin(month, (7, 8))].mean() > early[np.isin(month, (12, 1))].mean() + 0.1


def test_a_late_burn_off_costs_degrees() -> None:
    """A marine layer that burns off at 15 leaves less of the day's rise than one that does at 09."""
    early, late = (sky.shade(NOTHING, np.where(end > HOURS, 1.0, 0.0)[None, :])[0] for end in (9.0, 15.0))
    at = np.searchsorted(HOURS, 15.0)
    assert early[at] == 0.0
    assert 4.5 < late[at] < 6.0


def test_only_a_low_west_coast_has_a_marine_layer(angeles: CityWeather, miami: CityWeather) -> None:
    """In summer most mornings at Los Angeles are under 600 m, many afternoons not; Miami's mornings are not so."""
    summer = np.array([day.month in {6, 7, 8} for day in angeles.days])

    def low(city: CityWeather, hour: float) -> float:
        return float((_hour(city.air.ceiling, hour)[summer] < 600.0).mean())

    assert low(angeles, 6.0) > 0.7
    assert low(angeles, 6.0) - low(angeles, 16.0) > 0.3
    assert low(miami, 6.0) < 0.5


def test_a_thick_layer_lies_high_and_lasts() -> None:
    """The base of a marine layer at dawn rises by 45 m with each hour it will last."""
    layer, base = sky.marine_layer(np.full(400, 183.0), np.random.default_rng(5))
    there = layer[:, 6 * 12] == 1.0
    ends = np.array([HOURS[(day == 0.0).argmax()] for day in layer[there]])
    slope = np.polyfit(ends, base[there, 6 * 12], 1)[0]
    assert there.mean() == pytest.approx(0.8, abs=0.08)
    assert slope == pytest.approx(45.0, abs=1.0)
