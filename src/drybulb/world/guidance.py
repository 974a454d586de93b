"""What the world's two sources of guidance say of each day's high.

Each is biased, its bias drifts, and it sees only part of what cloud, marine layer and fronts take off the high, as
coarse models do. The later one is far better. Both err more widely on a day on which much is taken.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import polars as pl

from drybulb.domain.climateday import ClimateDay
from drybulb.world.paths import Floats
from drybulb.world.spec import WorldSpec
from drybulb.world.weather import CityWeather, known


@dataclass(frozen=True, slots=True)
class Source:
    """How one source errs.

    Attributes:
        hour: hour of issue on the day before the event [UTC].
        bias: mean error on a clear day [°F].
        deviation: standard deviation of the error on a clear day [°F].
        misses: share of what the sky takes that it does not see.
    """

    hour: int
    bias: float
    deviation: float
    misses: float


SOURCES = {
    "world:early": Source(hour=12, bias=-2.0, deviation=2.4, misses=0.65),
    "world:late": Source(hour=18, bias=-0.3, deviation=1.5, misses=0.5),
}
_DRIFT = 0.8  # amplitude of the slow drift of a source's bias [°F]
_DRIFT_DAYS = 120.0  # its period [d]
_HARDER = 0.06  # by how much a source's deviation grows with each °F the sky takes
_HARDEST = 10.0  # no day is harder than one that takes as much [°F]


@dataclass(frozen=True, slots=True)
class Forecasts:
    """One source's forecasts of every day's high.

    Attributes:
        source: name of the source.
        issued: instant of issue of each day's forecast [UTC].
        high: (days,) what the source says [whole °F].
        fair: (days,) the same less what the makers know: bias, drift and what it misses of the sky [°F].
        deviation: (days,) standard deviation of ``fair`` about the peak, rounding included [°F].
    """

    source: str
    issued: list[datetime]
    high: Floats
    fair: Floats
    deviation: Floats


def forecasts(weather: CityWeather, rng: np.random.Generator) -> list[Forecasts]:
    """Draw what each source says of every day."""
    drawn = []
    days = len(weather.days)
    harder = 1.0 + _HARDER * np.minimum(weather.taken, _HARDEST)
    for name, source in SOURCES.items():
        drift = _DRIFT * np.sin(2.0 * np.pi * (np.arange(days) / _DRIFT_DAYS + rng.random()))
        known_error = source.bias + drift + source.misses * weather.taken
        spread = source.deviation * harder
        high = np.round(weather.peak + known_error + spread * rng.normal(size=days))
        issued = [ClimateDay(day, 0).start - timedelta(hours=24 - source.hour) for day in weather.days]
        # A value rounded to whole degrees is off by a uniform half degree more: variance 1/12.
        drawn.append(Forecasts(name, issued, high, high - known_error, np.sqrt(spread**2 + 1.0 / 12.0)))
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
