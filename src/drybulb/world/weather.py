"""Synthetic weather of one city: a temperature every five minutes, and what is published of it.

The path is season + slowly changing anomaly + diurnal wave + fast noise [°F]. The
official high is the day's highest five-minute mean, rounded half up; readings are whole
°F sent as tenths of °C, as a METAR's T group is, so hourly readings miss the peak and the
six-hour groups do not.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.signal import lfilter

from drybulb.domain.city import City
from drybulb.domain.climateday import ClimateDay
from drybulb.world.spec import WorldSpec

Floats = NDArray[np.float64]

STEPS = 288  # five-minute means in a day
_PEAK_HOUR = 15.0
_READING_MINUTE = 53
#: Errors of the two guidance sources [°F]: hour of issue on D-1 [UTC], bias, standard deviation.
_GUIDANCE = {"world:early": (12, -1.0, 2.6), "world:late": (18, 0.6, 2.1)}
_DRIFT = 0.8  # amplitude of the slow drift of a source's bias [°F]


@dataclass(frozen=True, slots=True)
class CityWeather:
    """The weather of one city.

    Attributes:
        city: the city.
        days: the climate days, in order.
        path: (days, 288) five-minute mean temperature [°F], from local standard midnight.
        peak: (days,) highest five-minute mean [°F], not rounded.
        expected: (days,) what the seasons and the day before's peak say of it [°F].
        surprise: standard deviation of ``peak - expected`` [°F].
    """

    city: City
    days: list[date]
    path: Floats
    peak: Floats
    expected: Floats
    surprise: float

    @property
    def official(self) -> NDArray[np.int64]:
        """(days,) official daily high [whole °F]."""
        return whole(self.peak)


def whole(degrees: Floats) -> NDArray[np.int64]:
    """Round half up to whole degrees [°F]."""
    return np.floor(degrees + 0.5).astype(np.int64)


def _tenths_celsius(fahrenheit: NDArray[np.int64]) -> Floats:
    return np.round((fahrenheit - 32) / 1.8, 1)


def _season(city: City, day_of_year: Floats) -> Floats:
    """Mean daily high by latitude [°F]: warmer and steadier in the south."""
    mean = 88.0 - 1.25 * (abs(city.latitude) - 25.0)
    swing = 6.0 + 0.9 * (abs(city.latitude) - 25.0)
    wave: Floats = mean - swing * np.cos(2.0 * np.pi * (day_of_year - 20.0) / 365.25)
    return wave


def simulate(city: City, spec: WorldSpec, rng: np.random.Generator) -> CityWeather:
    """Draw the weather of ``city`` for the days of ``spec``."""
    days = [spec.first_day + timedelta(days=n) for n in range(spec.weather_days)]
    spread = 3.0 + 0.25 * max(abs(city.latitude) - 25.0, 0.0)
    shocks = rng.normal(0.0, spread * np.sqrt(1.0 - 0.6**2), len(days) + 2)
    anomaly = np.asarray(lfilter([1.0], [1.0, -0.6], shocks), dtype=np.float64)
    hours = np.arange(len(days) * STEPS) / 12.0 + 1.0 / 24.0
    centres = np.arange(-1, len(days) + 1) * 24.0 + _PEAK_HOUR
    slow = np.interp(hours, centres, anomaly)
    ordinal = days[0].timetuple().tm_yday + hours / 24.0
    daily_range = rng.normal(16.0, 3.0, len(days)).clip(6.0, 28.0)
    wave = np.cos(2.0 * np.pi * (hours % 24.0 - _PEAK_HOUR) / 24.0) - 1.0
    ranges = np.interp(hours, centres[1:-1], daily_range) / 2.0
    noise = np.asarray(lfilter([1.0], [1.0, -0.96], rng.normal(0.0, 0.2, hours.size)), dtype=np.float64)
    path = (_season(city, ordinal) + slow + ranges * wave + noise).reshape(len(days), STEPS)
    peak = path.max(axis=1)
    normal = _season(city, np.array([d.timetuple().tm_yday for d in days], dtype=np.float64))
    departure = peak - normal
    before = np.concatenate([[departure.mean()], departure[:-1]])
    slope, level = np.polyfit(before, departure, 1)
    expected = normal + level + slope * before
    return CityWeather(city, days, path, peak, expected, float(np.std(peak - expected)))


def known(frame: pl.DataFrame, column: str, seconds: int) -> pl.DataFrame:
    """Add ``known_at``, a latency [s] after the instant in ``column``, and ``known_from``."""
    return frame.with_columns(
        (pl.col(column) + pl.duration(seconds=seconds)).alias("known_at"), pl.lit("latency").alias("known_from")
    )


def observations(weather: CityWeather, spec: WorldSpec) -> pl.DataFrame:
    """Return the hourly METARs of the station, with six-hour maximum groups, as rows of ``observations``."""
    flat = weather.path.reshape(-1)
    start = ClimateDay(weather.days[0], weather.city.standard_offset_hours).start
    count = len(weather.days) * 24
    at_step = np.arange(count) * 12 + _READING_MINUTE // 5
    instants = [start + timedelta(hours=n, minutes=_READING_MINUTE) for n in range(count)]
    grouped: list[float | None] = []
    for n, instant in enumerate(instants):
        if instant.hour % 6 != 5 or n < 5:
            grouped.append(None)
            continue
        highest = whole(flat[(n - 5) * 12 : n * 12 + 11].max(keepdims=True))
        grouped.append(float(_tenths_celsius(highest)[0]))
    frame = pl.DataFrame(
        {
            "station": weather.city.station,
            "valid_at": pl.Series(instants, dtype=pl.Datetime("us", "UTC")),
            "kind": "metar",
            "temp": _tenths_celsius(whole(flat[at_step])),
            "max_6h": pl.Series(grouped, dtype=pl.Float64),
            "source": "world",
        }
    )
    blank = [
        pl.lit(None, dtype=pl.Float64).alias(name)
        for name in ("dewpoint", "wind_dir", "wind", "pressure", "ceiling", "visibility", "max_24h")
    ]
    frame = frame.with_columns(*blank, pl.lit(None, dtype=pl.String).alias("raw"))
    return known(frame, "valid_at", spec.latency["metar"])


@dataclass(frozen=True, slots=True)
class Forecasts:
    """One source's forecasts of every day's high.

    Attributes:
        source: name of the source.
        issued: instant of issue of each day's forecast [UTC].
        high: (days,) what the source says [whole °F].
        fair: (days,) the same less the source's bias and drift, which the makers know [°F].
        deviation: standard deviation of ``fair`` about the peak, rounding included [°F].
    """

    source: str
    issued: list[datetime]
    high: Floats
    fair: Floats
    deviation: float


def forecasts(weather: CityWeather, rng: np.random.Generator) -> list[Forecasts]:
    """Draw two sources' forecasts: biased, drifting, and wrong by a normal error."""
    drawn = []
    for source, (hour, bias, deviation) in _GUIDANCE.items():
        drift = _DRIFT * np.sin(2.0 * np.pi * (np.arange(len(weather.days)) / 120.0 + rng.random()))
        high = np.round(weather.peak + bias + drift + rng.normal(0.0, deviation, len(weather.days)))
        issued = [_midnight(day) - timedelta(hours=24 - hour) for day in weather.days]
        # A value rounded to whole degrees is off by a uniform half degree more: variance 1/12.
        drawn.append(Forecasts(source, issued, high, high - bias - drift, float(np.sqrt(deviation**2 + 1.0 / 12.0))))
    return drawn


def guidance(weather: CityWeather, drawn: list[Forecasts], spec: WorldSpec) -> pl.DataFrame:
    """Return what the sources said as rows of ``guidance``."""
    frames = [
        pl.DataFrame(
            {
                "station": weather.city.station,
                "day": pl.Series(weather.days, dtype=pl.Date),
                "source": said.source,
                "issued_at": pl.Series(said.issued, dtype=pl.Datetime("us", "UTC")),
                "high": said.high,
            }
        )
        for said in drawn
    ]
    return known(pl.concat(frames), "issued_at", spec.latency["guidance_model_run_time"])


def _midnight(day: date) -> datetime:
    return ClimateDay(day, 0).start


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
