"""What the world's guidance says of each day's high, and how likely a departure and a regime make it.

*Early* guidance comes once, before the market opens: the day's level, rounded, and its bias. It says all that anybody
can know of the level, and nothing of the sky. *Late* guidance comes three times more. Each run has an outlook on the
hidden state at three in the afternoon: it sees a share of the departure from the base curve, and errs the more widely
the earlier it is and the worse the weather. Both are biased, and the biases drift.

Late guidance says two things more: percentiles as wide as its runs err on a dry day, and a curve of the day, which is
the base curve moved to what the run says. Both follow from the run, its hour and what is no secret, so they tell nobody
anything of the sky that the run does not.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from scipy.special import ndtr, ndtri

from drybulb.domain.city import City
from drybulb.world.chain import Chain
from drybulb.world.climate import PEAK_HOUR
from drybulb.world.clock import HOUR, MINUTE, PER_HOUR, Floats, Ints, whole
from drybulb.world.regimes import Regime

EARLY = "world:early"
LATE = "world:late"

EARLY_ISSUE = -18
"""Hour of issue of early guidance, from midnight UTC of the event's day [h]."""

LATE_ISSUES = (-6, 0, 6)
"""Hours of issue of the runs of late guidance [h]."""

OUTLOOK_STEP = int(PEAK_HOUR) * PER_HOUR
"""Five-minute mean of the event's day that late guidance is about."""

_DEVIATIONS = (2.4, 1.8, 1.3)  # of each run on a dry day [°F]
_LEVELS = (10.0, 25.0, 50.0, 75.0, 90.0)  # of the percentiles of late guidance [%]
_BIAS = {EARLY: -2.0, LATE: -0.3}  # mean bias [°F]
_DRIFT = 0.8  # amplitude of the slow drift of a bias [°F]
_DRIFT_DAYS = 120.0  # its period [d]


@dataclass(frozen=True, slots=True)
class Biases:
    """What each source says too much: (days,) [°F]. The world states it to itself; forecasters must learn it."""

    early: Floats
    late: Floats


def biases(ordinals: Ints, rng: np.random.Generator) -> Biases:
    """Draw when the biases drift; how is settled.

    Args:
        ordinals: (days,) number of each day in the calendar.
        rng: draws one phase a source.
    """
    phases = dict(zip(_BIAS, rng.random(len(_BIAS)), strict=True))
    early, late = (
        _BIAS[name] + _DRIFT * np.sin(2.0 * np.pi * (ordinals / _DRIFT_DAYS + phases[name])) for name in _BIAS
    )
    return Biases(early, late)


def draw_late(
    regimes: tuple[Regime, ...], regime: Ints, departure: Floats, offset: Floats, rng: np.random.Generator
) -> Ints:
    """Draw what each run says: (days, 3) [whole °F].

    Args:
        regimes: of the city.
        regime: (days,) number of the regime at the outlook's five-minute mean.
        departure: (days,) departure from the base curve then [°F].
        offset: (days,) level plus bias [°F].
        rng: three draws a day.
    """
    seen, harder = _of(regimes, "seen")[regime], _of(regimes, "harder")[regime]
    noise = rng.normal(size=(regime.size, len(_DEVIATIONS))) * np.array(_DEVIATIONS) * harder[:, None]
    return whole((offset + seen * departure)[:, None] + noise)


def likelihood(regimes: tuple[Regime, ...], chain: Chain, said: Ints, offset: Floats) -> Floats:
    """Return the chance of what each run said, by regime and departure: (days, 3, r, y).

    Args:
        regimes: of the city.
        chain: of the city.
        said: (days, 3) [whole °F].
        offset: (days,) level plus bias [°F].
    """
    outlook = _of(regimes, "seen")[:, None] * chain.lattice
    deviation = np.array(_DEVIATIONS)[:, None, None] * _of(regimes, "harder")[:, None]
    error = (said - offset[:, None])[:, :, None, None] - outlook
    chance: Floats = ndtr((error + 0.5) / deviation) - ndtr((error - 0.5) / deviation)
    return chance


def _of(regimes: tuple[Regime, ...], name: str) -> Floats:
    return np.array([getattr(regime, name) for regime in regimes])


def table(city: City, utc_midnights: Ints, early: Ints, late: Ints, shape: Floats) -> pl.DataFrame:
    """Return what the sources said as rows of ``guidance``, without ``known_at``.

    Args:
        city: whose station.
        utc_midnights: (days,) midnight UTC of each day [µs since 1970 UTC].
        early: (days,) [whole °F].
        late: (days, 3) [whole °F].
        shape: (days, 24) base curve at each full hour of local standard time, less the level [°F].
    """
    days = utc_midnights.size
    runs = np.column_stack([early, late])
    issues = np.array([EARLY_ISSUE, *LATE_ISSUES]) * 60 * MINUTE
    return pl.DataFrame(
        {
            "station": city.station,
            "day": pl.Series(np.repeat(utc_midnights, runs.shape[1])).cast(pl.Datetime("us")).dt.date(),
            "source": [EARLY, *[LATE] * len(LATE_ISSUES)] * days,
            "issued_at": pl.Series((utc_midnights[:, None] + issues).ravel()).cast(pl.Datetime("us", "UTC")),
            "high": runs.ravel().astype(np.float64),
            "percentiles": _percentiles(late),
            "curve": _curves(utc_midnights - city.standard_offset_hours * HOUR, late, shape),
        }
    )


def _percentiles(late: Ints) -> pl.Series:
    """What each run says of its own error, the early one nothing: ``level`` [%], ``high`` [°F]."""
    highs = late[:, :, None] + np.array(_DEVIATIONS)[:, None] * ndtri(np.array(_LEVELS) / 100.0)
    levels = np.broadcast_to(_LEVELS, highs.shape)
    return _lists(pl.DataFrame({"level": levels.ravel(), "high": np.round(highs, 1).ravel()}), late, len(_LEVELS))


def _curves(local_midnights: Ints, late: Ints, shape: Floats) -> pl.Series:
    """The day as each run sees it, the early one not at all: ``at`` [UTC], ``temp`` [°F], hourly."""
    temps = np.round(late[:, :, None] + shape[:, None, :], 1)
    hours = np.arange(shape.shape[1]) * HOUR
    at = np.broadcast_to((local_midnights[:, None] + hours)[:, None, :], temps.shape)
    points = pl.DataFrame({"at": pl.Series(at.ravel()).cast(pl.Datetime("us", "UTC")), "temp": temps.ravel()})
    return _lists(points, late, shape.shape[1])


def _lists(points: pl.DataFrame, late: Ints, length: int) -> pl.Series:
    """Points of the late runs as lists, one a run in the order of the table's rows; null for the early ones."""
    days, runs = late.shape
    rows = np.arange(days)[:, None] * (runs + 1) + np.arange(1, runs + 1)
    said = pl.DataFrame({"row": np.repeat(rows.ravel(), length), "point": points.to_struct()})
    lists = said.group_by("row", maintain_order=True).agg("point")
    every = pl.DataFrame({"row": np.arange(days * (runs + 1))})
    return every.join(lists, on="row", how="left", maintain_order="left")["point"]
