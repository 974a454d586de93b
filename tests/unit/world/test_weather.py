"""A city's weather: its official highs, and what the sky does to them."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl
import pytest

from drybulb.domain.climateday import ClimateDay
from drybulb.world import weather
from drybulb.world.spec import WorldSpec
from drybulb.world.weather import CityWeather
from tests.unit.world.conftest import CITIES

CHICAGO = CITIES["chicago"]
LONG = WorldSpec(date(2023, 1, 1), 480, 2, 7, {"official_final": 28_800})


@pytest.fixture(scope="module")
def drawn() -> CityWeather:
    """Sixteen months of Chicago."""
    return weather.simulate(CHICAGO, LONG, np.random.default_rng(7))


def test_a_half_rounds_up() -> None:
    """The official high rounds half up, below zero too."""
    assert weather.whole(np.array([70.5, 70.49, -0.5, -1.5, -1.51])).tolist() == [71, 70, 0, -1, -2]


def test_the_official_high_is_of_the_climate_day(drawn: CityWeather) -> None:
    """The official high of a day is known after the day's end in local standard time, and is its highest mean."""
    rows = weather.official(drawn, LONG)
    ends = [ClimateDay(day, CHICAGO.standard_offset_hours).end for day in drawn.days]
    assert ((rows["known_at"] - pl.Series(ends)).dt.total_seconds() == 28_800).all()
    assert rows["high"].to_list() == [int(np.floor(day.max() + 0.5)) for day in drawn.path]


def test_what_the_sky_took_is_missing_from_the_peak(drawn: CityWeather) -> None:
    """Nothing is given back: ``taken`` is never negative, degrees on most days, and none on the clearest."""
    assert drawn.taken.min() >= 0.0
    assert 1.5 < np.median(drawn.taken) < 4.0
    assert np.quantile(drawn.taken, 0.02) < 0.3
    assert np.quantile(drawn.taken, 0.98) < 15.0


def test_a_peak_may_come_at_night(drawn: CityWeather) -> None:
    """On a few days a year a front makes midnight or the early morning the warmest; on most it is the afternoon."""
    hour = drawn.path.argmax(axis=1) / 12.0
    assert 0.002 < (hour < 9.0).mean() < 0.06
    assert ((hour > 12.0) & (hour < 18.0)).mean() > 0.75


def test_what_is_expected_is_right_on_average(drawn: CityWeather) -> None:
    """The makers' prior is off by nothing on the mean, by its surprise in spread, and not by how much the sky took."""
    error = drawn.peak - drawn.expected
    assert error.mean() == pytest.approx(0.0, abs=1e-6)
    assert error.std() == pytest.approx(drawn.surprise)
    assert np.corrcoef(error, drawn.taken)[0, 1] == pytest.approx(0.0, abs=1e-6)
