"""Fits of R, the maximum of the rest of the day: one a basis and part of the day, of one station or of all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from drybulb.forecast.forms import BASES, POOLED_BASES, Basis, Inputs
from drybulb.forecast.gaps import Gaps
from drybulb.forecast.logistic import FitData, LogisticFit, fit_logistic, log_likelihood
from drybulb.forecast.model import Booleans, Floats, column, station_rows
from drybulb.forecast.normals import Normals

MIN_DAYS = 90
"""Fewer labelled days cannot carry a fit."""

POOLED = "*"
"""Stands for every station that has no fit of its own."""

_THIN = 5
"""Every so many rows one is used for the fits of all stations: they are coarse, and there are many rows."""

_STATION_DAYS = 1_000_000
"""More than any number of days: keeps the days of one station apart from those of the next."""


@dataclass(frozen=True, slots=True)
class Part:
    """The fit of R for one basis and part of the day.

    Attributes:
        basis: name of the basis.
        start: first local standard hour since the event's midnight [h].
        end: first hour after it [h].
        centre: mean of the basis' clock over the rows it was fitted on [h].
        days: labelled days it was fitted on.
        score: mean log score of those rows under the fit [nats].
        fit: coefficients of the basis' form for that lead.
    """

    basis: str
    start: float
    end: float
    centre: float
    days: int
    score: float
    fit: LogisticFit

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        return {
            "basis": self.basis,
            "start": self.start,
            "end": self.end,
            "centre": self.centre,
            "days": self.days,
            "score": self.score,
            "fit": self.fit.to_json(),
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Part:
        """The inverse of :meth:`to_json`."""
        values = {name: float(data[name]) for name in ("start", "end", "centre", "score")}
        return cls(basis=str(data["basis"]), days=int(data["days"]), fit=LogisticFit.from_json(data["fit"]), **values)


@dataclass(frozen=True, slots=True)
class _Material:
    """Rows to fit on, with what each fit needs of them.

    Attributes:
        rows: snapshot rows with ``high``.
        inputs: of the rows.
        gaps: chance that the maximum so far stands at most at the high, and one degree below it, shape (2, n).
        days: number of each row's day at its station.
    """

    rows: pl.DataFrame
    inputs: Inputs
    gaps: Floats
    days: NDArray[np.int64]

    @classmethod
    def of(cls, rows: pl.DataFrame, normal: Floats, gaps: Mapping[str, Gaps]) -> _Material:
        high = column(rows, "high")
        said = maxima(rows)
        so_far = np.empty((2, rows.height))
        days = rows["day"].to_numpy().astype("datetime64[D]").astype(np.int64)
        for number, (station, where) in enumerate(station_rows(rows).items()):
            mine = gaps.get(station, gaps[POOLED])
            for which, degree in enumerate((high, high - 1.0)):
                so_far[which, where] = mine.cdf_of_max(degree[where], *(one[where] for one in said))
            days[where] += number * _STATION_DAYS
        return cls(rows, Inputs(rows, normal), so_far, days)


def fit_parts(
    normals: Normals, gaps: Mapping[str, Gaps], rows: pl.DataFrame, window_days: int
) -> dict[str, list[Part]]:
    """Fit every basis and part of the day that has enough labelled days, by station and for all together if several.

    Args:
        normals: usual highs by station.
        gaps: what :func:`~drybulb.forecast.gaps.fit_gaps` counted.
        rows: snapshot rows with ``high`` [°F], sorted by station, day and instant.
        window_days: newest labelled days used, counted for each basis by itself.
    """
    parts: dict[str, list[Part]] = {}
    for station, where in station_rows(rows).items():
        if station in normals:
            mine = rows[where]
            normal = normals.at(station, column(mine, "day_of_year"))
            parts[station] = _fit(_Material.of(mine, normal, gaps), BASES, window_days)
    if len(station_rows(rows)) > 1:
        some = rows.gather_every(_THIN)
        unknown = np.full(some.height, np.nan)
        parts[POOLED] = _fit(_Material.of(some, unknown, gaps), POOLED_BASES, _STATION_DAYS)
    return parts


def maxima(rows: pl.DataFrame) -> tuple[Floats, Floats, Floats]:
    """Group, reading and report maximum of each row [°F], NaN where nothing of the event's day is known.

    A report is the official high so far: a group that stands no higher adds nothing to it, and of readings that stand
    no higher those alone speak that were taken since it was closed.
    """
    on_the_day = column(rows, "lead") == 0
    group, reading, report = (column(rows, f"{name}_max") for name in ("group", "reading", "report"))
    group = np.where(group <= report, np.nan, group)
    reading = np.where(reading <= report, column(rows, "reading_since_report"), reading)
    today = np.where(on_the_day, (group, reading, report), np.nan)
    return today[0], today[1], today[2]


def within(inputs: Inputs, basis: Basis, start: float, end: float) -> Booleans:
    """Rows whose clock of a basis lies in ``start`` … before ``end`` [h]."""
    hours = inputs.values[basis.clock]
    return (hours >= start) & (hours < end)


def _fit(material: _Material, bases: Sequence[Basis], window_days: int) -> list[Part]:
    inputs, high = material.inputs, column(material.rows, "high")
    found = []
    for basis in bases:
        usable = _newest(inputs.stands(basis), material.days, window_days)
        upto, below = material.gaps
        if basis.needs == ("guidance",):
            # The same number at every hour of a day is one piece of evidence; and the form knows no observations.
            usable &= _first_of(material.rows)
            upto = below = np.ones_like(high)
        for start, end in zip(basis.cuts[:-1], basis.cuts[1:], strict=True):
            where = usable & within(inputs, basis, start, end)
            number = np.unique(material.days[where]).size
            if number < MIN_DAYS:
                continue
            form = basis.form_at(start)
            anchor, location, scale = inputs.features(form, where)
            data = FitData(location, scale, high[where] - anchor, upto[where], below[where], len(form.given))
            fit = fit_logistic(data)
            score = -float(np.mean(log_likelihood(fit, data)))
            centre = float(np.mean(inputs.values[basis.clock][where]))
            found.append(Part(basis.name, start, end, centre, number, score, fit))
    return found


def _newest(usable: Booleans, days: NDArray[np.int64], window_days: int) -> Booleans:
    """Keep the newest days that have a usable row."""
    present = np.unique(days[usable])
    if present.size <= window_days:
        return usable
    kept: Booleans = usable & (days >= present[-window_days])
    return kept


def _first_of(rows: pl.DataFrame) -> Booleans:
    """The first row of each day, lead and value of the guidance."""
    first: Booleans = (
        rows.select(pl.struct("station", "day", "lead", "guidance").is_first_distinct()).to_series().to_numpy()
    )
    return first
