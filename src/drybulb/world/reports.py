"""What a station of the world reports: hourly METARs, with six-hour maximum groups.

Temperatures are whole °F sent as tenths of °C, as a METAR's T group is, so hourly readings miss the peak and the
six-hour groups do not.
"""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import polars as pl
from numpy.typing import NDArray

from drybulb.domain.climateday import ClimateDay
from drybulb.world.paths import PER_HOUR, Floats
from drybulb.world.spec import WorldSpec
from drybulb.world.weather import Air, CityWeather, known, whole

_READING_MINUTE = 53
_READING_STEP = _READING_MINUTE * PER_HOUR // 60
_CALM = 1.0  # a slower wind has no direction [m/s]


def _tenths_celsius(fahrenheit: Floats | NDArray[np.int64]) -> Floats:
    return np.round((fahrenheit - 32) / 1.8, 1)


def _groups(path: Floats, first_hour: int) -> list[float | None]:
    """The highest mean of the six hours to each reading at 05, 11, 17 and 23 UTC [°C]; None at other hours."""
    groups: list[float | None] = [None] * (path.size // PER_HOUR)
    at = np.arange((5 - first_hour) % 6, len(groups), 6)
    at = at[at >= 5]
    highest = np.array(
        [path[(n - 5) * PER_HOUR : n * PER_HOUR + _READING_STEP + 1].max() for n in at], dtype=np.float64
    )
    for n, celsius in zip(at, _tenths_celsius(whole(highest)), strict=True):
        groups[n] = float(celsius)
    return groups


def _elements(air: Air, at_step: NDArray[np.int64]) -> dict[str, Floats]:
    """Dew point [°C], wind [m/s] and where it comes from [degrees], pressure [hPa] and ceiling [m] at the readings."""
    east, north = air.east.reshape(-1)[at_step], air.north.reshape(-1)[at_step]
    speed = np.hypot(east, north)
    towards = np.degrees(np.arctan2(east, north))
    comes_from = np.round((towards + 180.0) / 10.0) * 10.0 % 360.0
    north_is_360 = np.where(comes_from == 0.0, 360.0, comes_from)
    return {
        "dewpoint": _tenths_celsius(air.dewpoint.reshape(-1)[at_step]),
        "wind": np.where(speed < _CALM, 0.0, np.round(speed, 1)),
        "wind_dir": np.where(speed < _CALM, np.nan, north_is_360),
        "pressure": np.round(air.pressure.reshape(-1)[at_step], 1),
        "ceiling": air.ceiling.reshape(-1)[at_step],
    }


def observations(weather: CityWeather, spec: WorldSpec) -> pl.DataFrame:
    """Return the hourly METARs of the station as rows of ``observations``; visibility is not observed."""
    flat = weather.path.reshape(-1)
    start = ClimateDay(weather.days[0], weather.city.standard_offset_hours).start
    count = len(weather.days) * 24
    at_step = np.arange(count) * PER_HOUR + _READING_STEP
    instants = [start + timedelta(hours=n, minutes=_READING_MINUTE) for n in range(count)]
    frame = pl.DataFrame(
        {
            "station": weather.city.station,
            "valid_at": pl.Series(instants, dtype=pl.Datetime("us", "UTC")),
            "kind": "metar",
            "temp": _tenths_celsius(whole(flat[at_step])),
            **_elements(weather.air, at_step),
            "max_6h": pl.Series(_groups(flat, start.hour), dtype=pl.Float64),
            "source": "world",
        }
    ).with_columns(
        pl.col("wind_dir").fill_nan(None),
        pl.lit(None, dtype=pl.Float64).alias("visibility"),
        pl.lit(None, dtype=pl.Float64).alias("max_24h"),
        pl.lit(None, dtype=pl.String).alias("raw"),
    )
    return known(frame, "valid_at", spec.latency["metar"])
