"""What is published of a world's weather agrees with the path it was drawn from."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl
import pytest

from drybulb.domain.climateday import ClimateDay
from drybulb.world import weather
from drybulb.world.spec import WorldSpec
from drybulb.world.weather import CityWeather
from tests.unit.world.conftest import CITIES, Tables

CHICAGO = CITIES["chicago"]
# Four periods of the guidance's slow drift, over which it cancels.
LONG = WorldSpec(
    date(2023, 1, 1), 480, 2, 7, {"metar": 600, "guidance_model_run_time": 18_000, "official_final": 28_800}
)


@pytest.fixture(scope="module")
def drawn() -> CityWeather:
    """Sixteen months of Chicago."""
    return weather.simulate(CHICAGO, LONG, np.random.default_rng(7))


def _by_day(observations: pl.DataFrame, column: str) -> pl.Series:
    """Highest of ``column`` in each climate day, back in whole °F, in order of days."""
    local = pl.col("valid_at") + pl.duration(hours=CHICAGO.standard_offset_hours)
    fahrenheit = (pl.col(column) * 1.8 + 32).round().cast(pl.Int32)
    return observations.group_by(local.dt.date().alias("day")).agg(fahrenheit.max()).sort("day")[column]


def test_the_official_high_is_the_highest_group(world: Tables) -> None:
    """Where groups and climate days end together, as in Chicago, the highest group of a day is the official high."""
    station = pl.col("station") == CHICAGO.station
    groups = _by_day(world["observations"].filter(station), "max_6h")
    assert groups.to_list() == world["official"].filter(station).sort("day")["high"].to_list()


def test_hourly_readings_miss_the_peak(drawn: CityWeather) -> None:
    """Hourly readings never exceed the official high, and on a fair share of days fall short of it."""
    readings = _by_day(weather.observations(drawn, LONG), "temp").to_numpy()
    assert (readings <= drawn.official).all()
    assert 0.2 < (readings < drawn.official).mean() < 0.7


def test_readings_are_whole_degrees_in_tenths(world: Tables) -> None:
    """Each reading is a whole °F sent as tenths of °C, as a METAR's T group is."""
    for celsius in world["observations"]["temp"].unique():
        fahrenheit = round(celsius * 1.8 + 32)
        assert celsius == pytest.approx((fahrenheit - 32) / 1.8, abs=0.05 + 1e-9)
        assert celsius == round(celsius, 1)


def test_a_half_rounds_up() -> None:
    """The official high rounds half up, below zero too."""
    assert weather.whole(np.array([70.5, 70.49, -0.5, -1.5, -1.51])).tolist() == [71, 70, 0, -1, -2]


def test_the_official_high_is_of_the_climate_day(drawn: CityWeather) -> None:
    """The official high of a day is known after the day's end in local standard time, and is its highest mean."""
    rows = weather.official(drawn, LONG)
    ends = [ClimateDay(day, CHICAGO.standard_offset_hours).end for day in drawn.days]
    assert ((rows["known_at"] - pl.Series(ends)).dt.total_seconds() == 28_800).all()
    assert rows["high"].to_list() == [int(np.floor(day.max() + 0.5)) for day in drawn.path]


@pytest.mark.parametrize(("source", "bias", "deviation"), [("world:early", -1.0, 2.6), ("world:late", 0.6, 2.1)])
def test_guidance_errs_as_stated(drawn: CityWeather, source: str, bias: float, deviation: float) -> None:
    """Over whole periods of its drift a source's mean error is its bias, and its spread the stated one with drift."""
    said = weather.forecasts(drawn, np.random.default_rng(11))
    rows = weather.guidance(drawn, said, LONG).filter(pl.col("source") == source)
    error = rows["high"].to_numpy() - drawn.peak
    spread = np.sqrt(deviation**2 + 0.8**2 / 2 + 1 / 12)  # noise, a sine's variance, rounding to whole degrees
    assert abs(error.mean() - bias) < 4 * spread / np.sqrt(error.size)
    assert error.std() == pytest.approx(spread, rel=0.15)


def test_guidance_comes_the_day_before(drawn: CityWeather) -> None:
    """The early source speaks at 12 UTC and the late one at 18 UTC of the day before the event."""
    rows = weather.guidance(drawn, weather.forecasts(drawn, np.random.default_rng(11)), LONG)
    ahead = (rows["day"].cast(pl.Datetime("us", "UTC")) - rows["issued_at"]).dt.total_hours()
    assert rows.select("source", ahead).unique().sort("source").rows() == [("world:early", 12), ("world:late", 6)]


def test_the_makers_hear_guidance_without_its_bias(drawn: CityWeather) -> None:
    """Less its bias and drift, a source's error has mean 0 and the stated deviation."""
    for said in weather.forecasts(drawn, np.random.default_rng(11)):
        error = said.fair - drawn.peak
        assert abs(error.mean()) < 4 * said.deviation / np.sqrt(error.size)
        assert error.std() == pytest.approx(said.deviation, rel=0.1)
