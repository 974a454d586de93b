"""What a station reports agrees with the weather it was drawn from."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl
import pytest

from drybulb.world import reports, weather
from drybulb.world.reports import observations
from drybulb.world.spec import WorldSpec
from drybulb.world.weather import CityWeather
from tests.unit.world.conftest import CITIES, Tables

CHICAGO = CITIES["chicago"]
YEAR = WorldSpec(date(2023, 1, 1), 365, 2, 7, {"metar": 600})


@pytest.fixture(scope="module")
def drawn() -> CityWeather:
    """A year of Chicago."""
    return weather.simulate(CHICAGO, YEAR, np.random.default_rng(7))


@pytest.fixture(scope="module")
def reported(drawn: CityWeather) -> pl.DataFrame:
    """What its station said."""
    return observations(drawn, YEAR)


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


def test_hourly_readings_miss_the_peak(drawn: CityWeather, reported: pl.DataFrame) -> None:
    """Hourly readings never exceed the official high, and on a fair share of days fall short of it."""
    readings = _by_day(reported, "temp").to_numpy()
    assert (readings <= drawn.official).all()
    assert 0.2 < (readings < drawn.official).mean() < 0.7


def test_readings_are_whole_degrees_in_tenths(world: Tables) -> None:
    """Each reading is a whole °F sent as tenths of °C, as a METAR's T group is."""
    for celsius in world["observations"]["temp"].unique():
        fahrenheit = round(celsius * 1.8 + 32)
        assert celsius == pytest.approx((fahrenheit - 32) / 1.8, abs=0.05 + 1e-9)
        assert celsius == round(celsius, 1)


def test_six_hour_groups_are_the_maxima_of_the_path(drawn: CityWeather, reported: pl.DataFrame) -> None:
    """A group of 05, 11, 17 or 23 UTC is the highest mean of the six hours to the reading; other hours have none."""
    path = drawn.path.reshape(-1)
    groups = reported["max_6h"].to_list()
    hours = reported["valid_at"].dt.hour().to_list()
    assert [n for n, group in enumerate(groups) if group is not None] == [
        n for n, hour in enumerate(hours) if hour % 6 == 5 and n >= 5
    ]
    for n in range(5, len(groups), 6):
        highest = int(np.floor(path[(n - 5) * 12 : n * 12 + 11].max() + 0.5))
        assert groups[n] == round((highest - 32) / 1.8, 1)


def test_reports_carry_the_sky(world: Tables) -> None:
    """Every report has dew point, wind, pressure and ceiling; a calm has no direction, and nobody sees how far."""
    rows = world["observations"]
    assert rows.select("dewpoint", "wind", "pressure", "ceiling").null_count().row(0) == (0, 0, 0, 0)
    assert rows["wind_dir"].is_null().equals(rows["wind"] == 0.0)
    assert rows["visibility"].null_count() == rows.height
    assert (rows["dewpoint"] <= rows["temp"]).all()
    assert rows["pressure"].is_between(980.0, 1_045.0).all()
    assert rows["ceiling"].is_between(30.0, 22_000.0).all()
    assert rows["wind_dir"].drop_nulls().is_in([10.0 * n for n in range(1, 37)]).all()


def test_dew_points_are_tenths_of_celsius(drawn: CityWeather, reported: pl.DataFrame) -> None:
    """A dew point is that of the air at seven minutes to the hour, in tenths of °C."""
    celsius = (drawn.air.dewpoint[10, 5 * 12 + 10] - 32.0) / 1.8
    assert reported["dewpoint"][10 * 24 + 5] == pytest.approx(celsius, abs=0.05 + 1e-9)


@pytest.mark.parametrize(
    ("east", "north", "direction"),
    [(0.0, -5.0, 360.0), (-5.0, 0.0, 90.0), (0.0, 5.0, 180.0), (5.0, -5.0, 320.0), (0.3, 0.3, None)],
)
def test_a_wind_is_named_by_where_it_comes_from(east: float, north: float, direction: float | None) -> None:
    """Air that moves to the south is a wind from 360 degrees, to the east one from 270; below 1 m/s it has none."""
    still = np.zeros((1, 288))
    air = weather.Air(still, still, still + east, still + north, still)
    found = reports._elements(air, np.array([10]))
    assert found["wind_dir"][0] == pytest.approx(np.nan if direction is None else direction, nan_ok=True)
    assert found["wind"][0] == pytest.approx(0.0 if direction is None else np.hypot(east, north), abs=0.05)
