"""What the world publishes of its weather, as the tables of the lake.

The station keeps whole °F. Each hour it sends them as tenths of °C, as a METAR's T group does, with the maximum of
six hours in four of them; every five minutes it sends whole °C, which mean one or two whole °F. A preliminary report
of the high comes in the afternoon, the final one the next morning.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import polars as pl
from numpy.lib.stride_tricks import sliding_window_view

from drybulb.world import guidance
from drybulb.world.air import NO_DIRECTION
from drybulb.world.clock import DAY, HOUR, MINUTE, PER_HOUR, STEPS, Floats, Ints, midnights
from drybulb.world.schedule import PRELIMINARY_STEP, Schedule
from drybulb.world.weather import READING_STEP, CityWeather, hourly

GROUP_STEPS = 5 * PER_HOUR + READING_STEP + 1
"""Five-minute means that a maximum of six hours saw: from a full hour to the reading."""

_INSTANT = pl.Datetime("us", "UTC")
_SECOND = 1_000_000  # µs


def celsius(fahrenheit: Ints) -> Ints:
    """Return the whole °C that are published for whole °F: two whole °F may look alike."""
    # No whole °F lies in the middle of two whole °C, so nothing hangs on how a half is rounded.
    return np.floor((fahrenheit - 32) / 1.8 + 0.5).astype(np.int64)


def groups(weather: CityWeather, schedule: Schedule) -> tuple[Ints, Ints]:
    """Return at which five-minute mean, end to end, each maximum of six hours ends, and the maxima [whole °F]."""
    means = weather.means.ravel()
    of_day = np.array([step for step in range(READING_STEP, STEPS, PER_HOUR) if schedule.is_group(step)])
    ends = (np.arange(len(weather.days))[:, None] * STEPS + of_day).ravel()
    ends = ends[ends >= GROUP_STEPS - 1]
    highest = sliding_window_view(means, GROUP_STEPS)[ends - GROUP_STEPS + 1].max(axis=1)
    return ends, highest


def preliminary(weather: CityWeather) -> Ints:
    """Return what the preliminary report of each day says: the maximum so far [whole °F]."""
    so_far: Ints = weather.means[:, : PRELIMINARY_STEP + 1].max(axis=1)
    return so_far


def _tenths(fahrenheit: Ints) -> Floats:
    """Whole °F as tenths of °C."""
    return np.round((fahrenheit - 32) / 1.8, 1)


def observations(weather: CityWeather, schedule: Schedule, latency: Mapping[str, int]) -> pl.DataFrame:
    """Return METARs and five-minute values as rows of ``observations``.

    A five-minute value repeats what the newest METAR known by then said of everything but the temperature: it tells
    nothing new of the sky. It bears the time at which its five minutes begin.

    Args:
        weather: of the city.
        schedule: which readings carry a maximum of six hours.
        latency: of ``[latency]`` [s].
    """
    starts = midnights(weather.days, weather.city.standard_offset_hours)[:, None]
    metars = pl.DataFrame(
        {
            "valid_at": (starts + np.arange(24) * HOUR + 53 * MINUTE).ravel(),
            "temp": _tenths(hourly(weather.means)),
            "max_6h": _at_readings(weather, schedule),
            **_elements(weather),
        }
    )
    # The value of minute 55 is the first to be known after the METAR of minute 53.
    newest = (np.arange(weather.means.size) - READING_STEP - 1) // PER_HOUR
    repeated = metars.select("dewpoint", "wind", "wind_dir", "pressure", "ceiling")[np.maximum(newest, 0)]
    silent = pl.Series(newest < 0)
    values = pl.DataFrame(
        {
            "valid_at": (starts + np.arange(STEPS) * 5 * MINUTE).ravel(),
            "temp": celsius(weather.means).ravel().astype(np.float64),
        }
    ).hstack(repeated.with_columns(pl.when(~silent).then(pl.all())))
    kinds = {"metar": metars, "five_minute": values}
    rows = pl.concat(
        [rows.with_columns(kind=pl.lit(kind), late=latency[kind] * _SECOND) for kind, rows in kinds.items()],
        how="diagonal",
    )
    return rows.select(
        pl.lit(weather.city.station).alias("station"),
        pl.col("valid_at").cast(_INSTANT),
        "kind",
        "temp",
        "dewpoint",
        pl.col("wind_dir").fill_nan(None),
        "wind",
        "pressure",
        "ceiling",
        pl.lit(None, dtype=pl.Float64).alias("cover"),
        pl.lit(None, dtype=pl.Float64).alias("visibility"),
        pl.col("max_6h").fill_nan(None),
        pl.lit(None, dtype=pl.Float64).alias("max_24h"),
        pl.lit(None, dtype=pl.String).alias("raw"),
        pl.lit("world").alias("source"),
        (pl.col("valid_at") + pl.col("late")).cast(_INSTANT).alias("known_at"),
        pl.lit("latency").alias("known_from"),
    )


def _at_readings(weather: CityWeather, schedule: Schedule) -> Floats:
    found = np.full(weather.means.size, np.nan)
    ends, highest = groups(weather, schedule)
    found[ends] = _tenths(highest)
    readings: Floats = found.reshape(weather.means.shape)[:, READING_STEP::PER_HOUR].ravel()
    return readings


def _elements(weather: CityWeather) -> dict[str, Floats]:
    """Dew point [°C], wind [m/s] and where it comes from [degrees], pressure [hPa] and ceiling [m]."""
    air = weather.air
    return {
        "dewpoint": _tenths(air.dewpoint),
        "wind": air.wind / 10.0,
        "wind_dir": np.where(air.wind_from == NO_DIRECTION, np.nan, air.wind_from * 10.0),
        "pressure": air.pressure / 10.0,
        "ceiling": air.height,
    }


def official(weather: CityWeather, schedule: Schedule, latency: int) -> pl.DataFrame:
    """Return preliminary reports (version 1) and final official highs (version 2) as rows of ``official``.

    Args:
        weather: of the city.
        schedule: when the preliminary report is known.
        latency: between the end of a climate day and its final report [s].
    """
    starts = midnights(weather.days, weather.city.standard_offset_hours)
    highs = np.column_stack([preliminary(weather), weather.official]).ravel()
    known = np.column_stack([starts + schedule.preliminary, starts + DAY + latency * _SECOND]).ravel()
    count = len(weather.days)
    return pl.DataFrame(
        {
            "station": weather.city.station,
            "day": pl.Series([day for day in weather.days for _ in range(2)], dtype=pl.Date),
            "source": "world",
            "version": pl.Series([1, 2] * count, dtype=pl.Int32),
            "high": pl.Series(highs, dtype=pl.Int32),
            "is_final": [False, True] * count,
            "known_at": pl.Series(known).cast(_INSTANT),
            "known_from": "latency",
        }
    )


def guided(weather: CityWeather, latency: int) -> pl.DataFrame:
    """Return what guidance says as rows of ``guidance``, known ``latency`` [s] after its issue."""
    shape = weather.base[:, ::PER_HOUR] - weather.level[:, None]
    rows = guidance.table(weather.city, midnights(weather.days, 0), weather.early, weather.late, shape)
    known = pl.col("issued_at") + pl.duration(seconds=latency)
    return rows.with_columns(known.alias("known_at"), pl.lit("latency").alias("known_from"))
