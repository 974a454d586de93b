"""What a world publishes agrees with the weather it was drawn from."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from drybulb.frames.degrees import ceil_fahrenheit, floor_fahrenheit
from drybulb.world import evidence, reports
from drybulb.world.clock import Ints
from drybulb.world.schedule import schedule
from drybulb.world.weather import CityWeather
from tests.unit.world.conftest import CITIES, CONFIG

LATENCY = CONFIG.latency.model_dump()
WHEN = schedule(CITIES["chicago"].standard_offset_hours, LATENCY)


@pytest.fixture(scope="module")
def observed(chicago: CityWeather) -> pl.DataFrame:
    """What Chicago's station said."""
    return reports.observations(chicago, WHEN, LATENCY)


def _fahrenheit(observed: pl.DataFrame, column: str) -> Ints:
    """A column of the METARs, back in whole °F."""
    found = observed.filter(pl.col("kind") == "metar", pl.col(column).is_not_null())
    return found.select((pl.col(column) * 1.8 + 32).round().cast(pl.Int64)).to_series().to_numpy()


def test_whole_celsius_mean_what_the_tables_say() -> None:
    """Every whole °F from -40 to 120 lies within the lowest and highest that its whole °C can mean, by both tables."""
    degrees = np.arange(-40, 121)
    published = reports.celsius(degrees)
    frame = pl.DataFrame({"c": published.astype(np.float64)})
    least, most = evidence.meanings(published)
    assert frame.select(floor_fahrenheit(pl.col("c"))).to_series().to_list() == least.tolist()
    assert frame.select(ceil_fahrenheit(pl.col("c"))).to_series().to_list() == most.tolist()
    assert ((least <= degrees) & (degrees <= most) & (most - least <= 1)).all()
    # 87 and 88 °F are 30.6 and 31.1 °C, both 31; 86 °F is 30 °C alone.
    assert reports.celsius(np.array([86, 87, 88])).tolist() == [30, 31, 31]


def test_readings_are_of_the_mean_they_name(chicago: CityWeather, observed: pl.DataFrame) -> None:
    """A METAR at minute 53 says the mean from minute 50 on in whole °F, a value in whole °C at the time it begins."""
    np.testing.assert_array_equal(_fahrenheit(observed, "temp"), chicago.means[:, 10::12].ravel())
    values = observed.filter(pl.col("kind") == "five_minute").sort("valid_at")
    np.testing.assert_array_equal(values["temp"].to_numpy(), reports.celsius(chicago.means).ravel())
    assert values["valid_at"].dt.strftime("%F %T").head(2).to_list() == ["2023-01-01 06:00:00", "2023-01-01 06:05:00"]
    assert ((observed["known_at"] - observed["valid_at"]).dt.total_seconds() == 600).all()


def test_groups_are_maxima_of_six_hours(chicago: CityWeather, observed: pl.DataFrame) -> None:
    """The group at 17:53 local is the highest whole °F from 12:00 on, and there are four a day."""
    groups = _fahrenheit(observed, "max_6h").reshape(len(chicago.days), 4)
    np.testing.assert_array_equal(groups[:, 2], chicago.means[:, 144:215].max(axis=1))
    rows = observed.filter(pl.col("max_6h").is_not_null())
    assert rows["valid_at"].dt.hour().unique().sort().to_list() == [5, 11, 17, 23]


def test_values_repeat_what_the_newest_metar_known_said(observed: pl.DataFrame) -> None:
    """The value of minute 55 is the first to repeat the METAR of minute 53; before the first METAR there is nothing."""
    elements = ["dewpoint", "wind", "wind_dir", "pressure", "ceiling"]
    rows = observed.sort("known_at", "kind", descending=[False, True])
    metar = rows.select(pl.when(pl.col("kind") == "metar").then(pl.struct(elements)).forward_fill().alias("newest"))
    both = rows.with_columns(metar.to_series()).filter(pl.col("kind") == "five_minute")
    assert both.filter(pl.col("newest").is_null()).select(elements).null_count().row(0) == (11,) * 5
    heard = both.filter(pl.col("newest").is_not_null())
    assert heard.filter(pl.struct(elements).ne_missing(pl.col("newest"))).height == 0


def test_reports_of_the_high(chicago: CityWeather) -> None:
    """The preliminary report, known at 16:28, has the maximum up to 16:20; the final one, at 8 next day, the high."""
    rows = reports.official(chicago, WHEN, LATENCY["official_final"])
    first, final = (rows.filter(pl.col("version") == version) for version in (1, 2))
    np.testing.assert_array_equal(first["high"].to_numpy(), chicago.means[:, :196].max(axis=1))
    np.testing.assert_array_equal(final["high"].to_numpy(), chicago.official)
    assert first["known_at"].dt.strftime("%F %T")[0] == "2023-01-01 22:28:00"
    assert final["known_at"].dt.strftime("%F %T")[0] == "2023-01-02 14:00:00"
    assert not first["is_final"].any()
    assert final["is_final"].all()
