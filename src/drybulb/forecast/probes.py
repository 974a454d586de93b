"""Does a model answer to what it is told? Three made-up snapshots that every model worth serving tells apart.

The rows are fixed, made from the model's own usual highs: noon of the day before, ten in the morning and eight in the
evening of the day. They are asked when a model is trained and again each time it is loaded, so that a file that turned
into something else, or a fit that says the same whatever it hears, is found before it is believed.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import numpy as np
import polars as pl

from drybulb.forecast.corrected import Corrected
from drybulb.forecast.model import GRID, Floats
from drybulb.forecast.model_card import GLOBAL
from drybulb.frames.snapshot import SNAPSHOT_SCHEMA

WARMER = 3.0
"""By how much everything a probe tells is raised [°F]."""

MIN_RISE = 0.5
"""Least rise of the mean that counts as an answer [°F]."""

LEAST = 0.01
MIN_DEGREES = 3
"""A forecast made a day ahead gives at least this many degrees at least :data:`LEAST` of the probability."""

_DAY = date(2001, 6, 20)
_HOURS = {"noon of the day before": -12.0, "ten in the morning": 10.0, "eight in the evening": 20.0}
#: What the thermometer shows below the day's usual high, and the most it has shown, at each probe [°F].
_BELOW = {-12.0: (8, 8), 10.0: (9, 9), 20.0: (12, 1)}


def faults(model: Corrected) -> tuple[str, ...]:
    """Why a model's answers to the probes are no forecasts, one sentence each; empty for a sound model.

    Args:
        model: a global or city model.
    """
    known = [name for name, parts in model.structural.parts.items() if parts and name in model.structural.normals]
    if not known:
        return ("it has a fit for no station, so there is nothing to ask it",)
    return tuple(fault for station in known for fault in _of_station(model, station))


def _of_station(model: Corrected, station: str) -> list[str]:
    usual = float(np.round(model.structural.normals.at(station, np.array([171.0]))[0]))
    hours = [h for h in _HOURS.values() if model.name == GLOBAL or h >= 0.0]
    told = _rows(station, usual, hours)
    said, warmer = model.predict(told), model.predict(_rows(station, usual + WARMER, hours))
    if not (said.available.all() and warmer.available.all()):
        silent = int(np.flatnonzero(~(said.available & warmer.available))[0])
        return [f"{station}: silent at a probe it was trained for ({said.reason[silent]})"]
    found = []
    degrees = (said.pmf[0] > LEAST).sum()
    if degrees < MIN_DEGREES:
        found.append(f"{station}: at {_clock(hours[0])} it thinks only {degrees} degrees possible")
    rise = _mean(warmer.pmf) - _mean(said.pmf)
    for at, by in zip(hours, rise, strict=True):
        if by < MIN_RISE:
            found.append(f"{station}: at {_clock(at)}, told of {WARMER:.0f} °F more, its mean moves by {by:+.2f} °F")
    width = _deviation(said.pmf)
    listens = "observations" in said.reason[-1] or "neighbour" in said.reason[-1]
    if listens and width[-1] >= width[-2]:
        found.append(
            f"{station}: no surer at eight in the evening (standard deviation {width[-1]:.2f} °F)"
            f" than at ten in the morning ({width[-2]:.2f} °F)"
        )
    return found


def _clock(hours: float) -> str:
    return next(name for name, at in _HOURS.items() if at == hours)


def _mean(pmf: Floats) -> Floats:
    found: Floats = pmf @ GRID
    return found


def _deviation(pmf: Floats) -> Floats:
    found: Floats = np.sqrt(np.maximum(pmf @ GRID**2 - _mean(pmf) ** 2, 0.0))
    return found


def _rows(station: str, usual: float, hours: list[float]) -> pl.DataFrame:
    """Snapshot rows of an ordinary day whose guidance says ``usual`` [°F]."""
    rows = [_row(station, usual, at) for at in hours]
    return pl.DataFrame(rows, schema=SNAPSHOT_SCHEMA, orient="row")


def _row(station: str, usual: float, hours: float) -> dict[str, object]:
    midnight = datetime.combine(_DAY, datetime.min.time(), UTC) + timedelta(hours=6)
    at = midnight + timedelta(hours=hours)
    last, highest = (usual - below for below in _BELOW[hours])
    today = hours >= 0.0
    shown = {
        "reading_max": int(highest) if today else None,
        "running_max": int(highest) if today else None,
        "running_max_upper": int(highest) if today else None,
        "running_max_at": at - timedelta(hours=0.2 if hours < 12.0 else 5.0) if today else None,
        "last_temp": last,
        "last_temp_age": 0.2,
        "temp_trend": -1.0 if hours > 12.0 else 2.0,
        "n_readings": int(hours) if today else 0,
        **({"n_at_max": 1, "max_span": 0.0, "rise_to_max": 2.0} if today else {}),
        "previous_max": int(usual) - (8 if not today else 0),
        "temp_day_before": last,
    }
    return {
        "city": "probe",
        "station": station,
        "day": _DAY,
        "at": at,
        "lead": 0 if today else 1,
        "hours": hours,
        "day_of_year": 171,
        **shown,
        **{f"neighbour_{name}": value for name, value in shown.items()},
        "guidance": usual,
        "guidance_raw": usual,
        "guidance_n": 2,
        "guidance_spread": 1.0,
        "guidance_age": 12.0,
        "guidance_by": [],
        "guidance_day_before": None if today else usual,
        "last_high": int(usual),
        "last_high_lag": 1 if today else 2,
        "since_open": hours + 14.0,
        "to_close": 24.0 - hours,
        "latitude": 40.0,
        "elevation": 200.0,
    }
