"""Synthetic weather of one city: a temperature every five minutes, and the day's official high.

The path is season + slowly changing anomaly + diurnal wave + fast noise, less what cloud, marine layer, storms and
fronts take off it [°F]: see :mod:`drybulb.world.sky` and :mod:`drybulb.world.fronts`. So its peak is neither normal nor
linear in what was measured in the morning, and the sky, the dew point, the pressure and the wind say what the
temperature does not. The official high is the day's highest five-minute mean, rounded half up.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.signal import lfilter

from drybulb.domain.city import City
from drybulb.domain.climateday import ClimateDay
from drybulb.world import fronts, sky
from drybulb.world.paths import PER_HOUR, STEPS, Floats, wander
from drybulb.world.spec import WorldSpec

_PEAK_HOUR = 15.0
_COAST_LONGITUDE = -117.0  # a city west of this [degrees] …
_COAST_HEIGHT = 100.0  # … and below this [m] has a marine layer
_DEWPOINT_BELOW = 21.0  # mean distance of the dew point below the season's high [°F]
_DEWPOINT_LAPSE = 0.0075  # how much lower the dew point is by height [°F/m]
_DEWPOINT_NOISE = ((5.0, 72.0), (1.0, 3.0))  # standard deviations [°F] and memories [h] of the dew point
_DEWPOINT_FRONT = 0.9  # fall of the dew point for each °F a front brings
_SATURATED = 0.5  # the temperature is never nearer to the dew point than this [°F]


@dataclass(frozen=True, slots=True)
class Air:
    """What a station measures beside the temperature; each (days, 288).

    Attributes:
        dewpoint: dew point [°F].
        pressure: pressure at sea level [hPa].
        east: component of the wind towards the east [m/s].
        north: component of the wind towards the north [m/s].
        ceiling: height of the lowest broken cloud, 22,000 where there is none [m].
    """

    dewpoint: Floats
    pressure: Floats
    east: Floats
    north: Floats
    ceiling: Floats


@dataclass(frozen=True, slots=True)
class CityWeather:
    """The weather of one city.

    Attributes:
        city: the city.
        days: the climate days, in order.
        path: (days, 288) five-minute mean temperature [°F], from local standard midnight.
        peak: (days,) highest five-minute mean [°F], not rounded.
        air: everything else that is measured.
        taken: (days,) what cloud, marine layer and the day's own front took off the peak [°F].
        expected: (days,) what the seasons, the day before's peak and ``taken`` say of the peak [°F].
        surprise: standard deviation of ``peak - expected`` [°F].
    """

    city: City
    days: list[date]
    path: Floats
    peak: Floats
    air: Air
    taken: Floats
    expected: Floats
    surprise: float

    @property
    def official(self) -> NDArray[np.int64]:
        """(days,) official daily high [whole °F]."""
        return whole(self.peak)


def whole(degrees: Floats) -> NDArray[np.int64]:
    """Round half up to whole degrees [°F]."""
    return np.floor(degrees + 0.5).astype(np.int64)


def _season(city: City, day_of_year: Floats) -> Floats:
    """Mean daily high under a clear sky by latitude [°F]: warmer and steadier in the south."""
    mean = 88.0 - 1.25 * (abs(city.latitude) - 25.0)
    swing = 6.0 + 0.9 * (abs(city.latitude) - 25.0)
    wave: Floats = mean - swing * np.cos(2.0 * np.pi * (day_of_year - 20.0) / 365.25)
    return wave


def _undisturbed(city: City, first: int, days: int, rng: np.random.Generator) -> Floats:
    """Draw the temperature under a clear sky without fronts: (days, 288) [°F]."""
    spread = 3.0 + 0.25 * max(abs(city.latitude) - 25.0, 0.0)
    shocks = rng.normal(0.0, spread * np.sqrt(1.0 - 0.6**2), days + 2)
    anomaly = np.asarray(lfilter([1.0], [1.0, -0.6], shocks), dtype=np.float64)
    hours = (np.arange(days * STEPS) + 0.5) / PER_HOUR
    centres = np.arange(-1, days + 1) * 24.0 + _PEAK_HOUR
    slow = np.interp(hours, centres, anomaly)
    daily_range = rng.normal(16.0, 3.0, days).clip(6.0, 28.0)
    wave = np.cos(2.0 * np.pi * (hours % 24.0 - _PEAK_HOUR) / 24.0) - 1.0
    ranges = np.interp(hours, centres[1:-1], daily_range) / 2.0
    noise = np.asarray(lfilter([1.0], [1.0, -0.96], rng.normal(0.0, 0.2, hours.size)), dtype=np.float64)
    drawn: Floats = _season(city, first + hours / 24.0) + slow + ranges * wave + noise
    return drawn.reshape(days, STEPS)


def _dewpoint(city: City, first: int, fall: Floats, rng: np.random.Generator) -> Floats:
    """Draw the dew point of the air, which may still be above the temperature [°F]."""
    hours = (np.arange(fall.size) + 0.5) / PER_HOUR
    mean = _season(city, first + hours / 24.0) - _DEWPOINT_BELOW - _DEWPOINT_LAPSE * city.elevation_m
    noise = sum(wander(rng, fall.size, deviation, memory) for deviation, memory in _DEWPOINT_NOISE)
    drawn: Floats = (mean + noise).reshape(fall.shape) - _DEWPOINT_FRONT * fall
    return drawn


def _has_marine_layer(city: City) -> bool:
    return city.longitude < _COAST_LONGITUDE and city.elevation_m < _COAST_HEIGHT


def simulate(city: City, spec: WorldSpec, rng: np.random.Generator) -> CityWeather:
    """Draw the weather of ``city`` for the days of ``spec``."""
    days = [spec.first_day + timedelta(days=n) for n in range(spec.weather_days)]
    day_of_year = np.array([day.timetuple().tm_yday for day in days], dtype=np.float64)
    first = int(day_of_year[0])
    clear = _undisturbed(city, first, len(days), rng)
    state = sky.cloudiness(len(days), rng)
    passing = fronts.draw(city.latitude, day_of_year, state, rng)
    dewpoint = _dewpoint(city, first, passing.fall, rng)
    cover = sky.cloud(state, rng)
    layer, base = sky.marine_layer(day_of_year, rng)
    # Thinner air needs less water for a storm: what counts is the dew point the same air would have at sea level.
    storm = sky.storms(dewpoint[:, STEPS // 2] + _DEWPOINT_LAPSE * city.elevation_m, rng)
    if _has_marine_layer(city):
        storm = np.full_like(storm, np.inf)  # The inversion above the layer keeps them down.
    else:
        layer = np.zeros_like(layer)
    shade = sky.shade(cover, layer)
    path = clear - passing.fall - shade - sky.storm_cooling(storm, rng)
    peak = path.max(axis=1)
    taken = (path + shade + passing.own).max(axis=1) - peak
    height = sky.ceiling(cover, layer, base, storm, rng)
    air = Air(np.minimum(dewpoint, path - _SATURATED), passing.pressure, passing.east, passing.north, height)
    expected = _expected(peak, _season(city, day_of_year), taken)
    return CityWeather(city, days, path, peak, air, taken, expected, float(np.std(peak - expected)))


def _expected(peak: Floats, normal: Floats, taken: Floats) -> Floats:
    """Peaks by least squares on the season, the day before's departure from it, and what the sky takes [°F]."""
    departure = peak - normal
    before = np.concatenate([[departure.mean()], departure[:-1]])
    known_before = np.stack([np.ones_like(before), before, taken], axis=1)
    weights = np.linalg.lstsq(known_before, departure, rcond=None)[0]
    expected: Floats = normal + known_before @ weights
    return expected


def known(frame: pl.DataFrame, column: str, seconds: int) -> pl.DataFrame:
    """Add ``known_at``, a latency [s] after the instant in ``column``, and ``known_from``."""
    return frame.with_columns(
        (pl.col(column) + pl.duration(seconds=seconds)).alias("known_at"), pl.lit("latency").alias("known_from")
    )


def official(weather: CityWeather, spec: WorldSpec) -> pl.DataFrame:
    """Return the official highs as rows of ``official``."""
    offset = weather.city.standard_offset_hours
    frame = pl.DataFrame(
        {
            "station": weather.city.station,
            "day": pl.Series(weather.days, dtype=pl.Date),
            "source": "world",
            "version": pl.Series([1] * len(weather.days), dtype=pl.Int32),
            "high": pl.Series(weather.official, dtype=pl.Int32),
            "is_final": True,
            "ended": pl.Series([ClimateDay(d, offset).end for d in weather.days], dtype=pl.Datetime("us", "UTC")),
        }
    )
    return known(frame, "ended", spec.latency["official_final"]).drop("ended")
