"""The weather of a city: the shape of its days and what is drawn of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from drybulb.world import weather
from drybulb.world.spec import WorldSpec
from drybulb.world.weather import CityWeather
from tests.unit.world.conftest import CITIES, CONFIG

TWO_YEARS = WorldSpec(date(2023, 1, 1), 730, 2, 7, CONFIG.latency.model_dump())


@pytest.mark.parametrize("key", ["chicago", "miami", "los_angeles"])
def test_the_official_high_is_as_far_above_hourly_readings_as_measured(key: str) -> None:
    """Above the highest hourly reading by 0 on 30-47 % of days, 1 on 43-54 %, 2 on 6-13 %, five points either way."""
    drawn = weather.simulate(CITIES[key], TWO_YEARS)
    gap = drawn.official - drawn.means[:, 10::12].max(axis=1)
    shares = [(gap == number).mean() for number in (0, 1, 2)]
    for share, (low, high) in zip(shares, ((0.30, 0.47), (0.43, 0.54), (0.06, 0.13)), strict=True):
        assert low - 0.05 < share < high + 0.05
    assert (gap > 2).mean() < 0.03
    assert (gap < 0).mean() < 0.01


def test_a_degree_is_rarely_taken_off(chicago: CityWeather) -> None:
    """The official high is the highest five-minute mean, rounded, or once in a while one less."""
    taken = chicago.means.max(axis=1) - chicago.official
    assert set(taken.tolist()) <= {0, 1}
    long = weather.simulate(CITIES["los_angeles"], replace(TWO_YEARS, weather_days=2000))
    assert 2 <= (long.means.max(axis=1) - long.official).sum() <= 25


def test_the_consensus_is_where_highs_are(chicago: CityWeather) -> None:
    """It is a whole degree above the level, and highs are within a degree of it on average."""
    np.testing.assert_array_equal(chicago.consensus, np.floor(chicago.level + 1.5))
    assert abs((chicago.official - chicago.consensus).mean()) < 1.0


def test_a_path_is_its_base_and_a_departure_on_the_lattice(chicago: CityWeather) -> None:
    """Departures are lattice points, and move by at most one in five minutes, over midnight too."""
    places = (chicago.path - chicago.base - chicago.chain.lattice[0]) / 0.5
    np.testing.assert_allclose(places, np.round(places), atol=1e-6)
    assert np.abs(np.diff(np.round(places).reshape(-1))).max() == 1


def test_a_longer_world_begins_as_a_shorter_one(chicago: CityWeather) -> None:
    """365 days of Chicago are the first of 400 with the same seed, in all that is drawn."""
    longer = weather.simulate(CITIES["chicago"], replace(TWO_YEARS, weather_days=400))
    for name in ("level", "path", "regime", "early", "late", "late_offset", "official"):
        np.testing.assert_array_equal(getattr(chicago, name), getattr(longer, name)[:365], err_msg=name)
    for name in ("dewpoint", "pressure", "wind", "wind_from", "ceiling", "height"):
        np.testing.assert_array_equal(getattr(chicago.air, name), getattr(longer.air, name)[: 365 * 24], err_msg=name)


def test_weather_is_hard_where_the_sky_says_so(chicago: CityWeather) -> None:
    """On days cloudy at noon Chicago's high falls short of its consensus by 2 °F or more beyond what clear days do."""
    names = np.array([regime.name for regime in chicago.regimes])
    noon = names[chicago.regime[:, 144]]
    short = chicago.consensus - chicago.official
    assert short[noon == "cloud"].mean() > short[np.isin(noon, ["dry", "humid"])].mean() + 2.0
