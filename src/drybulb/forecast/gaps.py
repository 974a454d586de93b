"""How far the official high stands above what was reported: the soft floor of a forecast.

Hourly readings miss the peak between them, and a reading may be wrong. The gap (official high minus reported maximum,
whole °F) is counted on days that are over, apart for 6- and 24-hour *groups*, which saw every minute, for single
*readings*, and for preliminary *reports* of the official high itself. A gap below zero is never ruled out: the floor is
soft.

Few lakes hold reports. Where no station has enough days with one, their gap is that of the groups: both saw every
minute, and both are read by the instrument that settles.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from drybulb.forecast.model import Booleans, Floats, column

GAP_LOW = -20
"""Reports have been wrong by more than ten degrees: what is far below one is unlikely, and not ruled out [°F]."""

GAP_HIGH = 8
_GAPS = np.arange(GAP_LOW, GAP_HIGH + 1)

_Days = NDArray[np.int64]
_NO_DAYS: _Days = np.zeros(_GAPS.size, dtype=np.int64)

PRIOR_DAYS = 0.5
"""Laplace smoothing: days counted in advance for each gap from -1 to +3, halved for each degree beyond."""

MIN_DAYS = 30
"""A station with fewer days uses the counts of all stations."""

_GROUP_HOUR = 20.0
"""The last 6-hour group that can hold the afternoon's peak is known by then in every city, and so is the report of the
afternoon [local standard h]."""

_READING_HOUR = 17.0
"""From then on the peak has usually been read; the last such row of a day is used [local standard h]."""

_NAMES = ("group", "reading", "report")

_MIN_READINGS = 8
_MAX_AGE_HOURS = 3.0


@dataclass(frozen=True, slots=True)
class Gap:
    """Distribution of one gap.

    Attributes:
        days: days counted for each gap from :data:`GAP_LOW` to :data:`GAP_HIGH`, without the prior.
    """

    days: tuple[int, ...]

    def pmf(self) -> Floats:
        """Probability of each gap, all positive."""
        beyond = np.maximum(-1 - _GAPS, 0) + np.maximum(_GAPS - 3, 0)
        counts = np.asarray(self.days) + PRIOR_DAYS * 0.5**beyond
        chances: Floats = counts / counts.sum()
        return chances

    def cdf(self, excess: Floats) -> Floats:
        """P(gap ≤ ``excess``) for whole degrees, any shape; 1 where ``excess`` is NaN, nothing being observed."""
        table = np.concatenate([[0.0], np.cumsum(self.pmf())])
        table[-1] = 1.0
        known = np.where(np.isnan(excess), GAP_HIGH, excess)
        cell = np.clip(known - (GAP_LOW - 1), 0, table.size - 1).astype(np.int64)
        found: Floats = table[cell]
        return found


@dataclass(frozen=True, slots=True)
class Gaps:
    """The gaps of one station: above its groups, above its readings and above its reports."""

    group: Gap
    reading: Gap
    report: Gap

    def cdf_of_max(self, degrees: Floats, group_max: Floats, reading_max: Floats, report_max: Floats) -> Floats:
        """P(M ≤ k): M is the official equivalent of the maximum so far.

        ::

            P(M ≤ k) = P(group_max + gap ≤ k) · P(reading_max + gap ≤ k) · P(report_max + gap ≤ k)

        Args:
            degrees: whole degrees ``k`` [°F], broadcast against the others.
            group_max: maximum of the groups known [°F], NaN where there is none.
            reading_max: maximum of the readings outside them [°F], NaN where there is none.
            report_max: official high so far [°F], NaN where there is none.
        """
        by_observations = self.group.cdf(degrees - group_max) * self.reading.cdf(degrees - reading_max)
        return by_observations * self.report.cdf(degrees - report_max)

    def to_json(self) -> dict[str, Any]:
        """Counted days."""
        return {name: list(gap.days) for name, gap in zip(_NAMES, (self.group, self.reading, self.report), strict=True)}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Gaps:
        """The inverse of :meth:`to_json`."""
        return cls(*(Gap(tuple(map(int, data[name]))) for name in _NAMES))


def fit_gaps(rows: pl.DataFrame) -> dict[str, Gaps]:
    """Count gaps on the last rows of days that are over, by station; ``*`` counts all stations together.

    A day counts for its groups if they hold its maximum at its last row after 20 h, for its readings if they hold it at
    its last row after 17 h: a group that comes in the evening and takes over does not undo what the readings said. A
    report undoes neither; it counts itself where it holds the maximum at the last row after 20 h.

    A station with fewer than :data:`MIN_DAYS` uses the days of all stations, and a report, where these are too few as
    well, the days of the groups.

    Args:
        rows: snapshot rows with ``high``, the official high [°F], sorted by station, day and instant.
    """
    high = column(rows, "high")
    hours = column(rows, "hours")
    group, reading, report = (column(rows, f"{name}_max") for name in _NAMES)
    fresh = (column(rows, "last_temp_age") <= _MAX_AGE_HOURS) & (column(rows, "n_readings") >= _MIN_READINGS)
    # What is not known is above nothing.
    held = {
        "group": (group, ~(reading > group) & (hours >= _GROUP_HOUR)),
        "reading": (reading, ~(group > reading) & (hours >= _READING_HOUR)),
        "report": (report, ~(group > report) & ~(reading > report) & (hours >= _GROUP_HOUR)),
    }
    stations = rows["station"].to_numpy()
    counted = {
        name: _count(rows, fresh & ~np.isnan(seen) & holds, high - seen, stations)
        for name, (seen, holds) in held.items()
    }
    pooled = {name: sum(found.values(), _NO_DAYS) for name, found in counted.items()}
    names = sorted(set().union(*counted.values()))
    fitted = {station: {name: found.get(station, _NO_DAYS) for name, found in counted.items()} for station in names}
    return {station: _gaps(days, pooled) for station, days in {**fitted, "*": pooled}.items()}


def _gaps(own: Mapping[str, _Days], pooled: Mapping[str, _Days]) -> Gaps:
    """Gaps of a station: by its own days where it has enough, else by those of all stations."""
    days = {name: own[name] if own[name].sum() >= MIN_DAYS else pooled[name] for name in _NAMES}
    if days["report"].sum() < MIN_DAYS:
        days["report"] = days["group"]
    return Gaps(*(Gap(tuple(map(int, days[name]))) for name in _NAMES))


def _count(rows: pl.DataFrame, wanted: Booleans, gap: Floats, stations: NDArray[np.object_]) -> dict[str, _Days]:
    picked = (
        rows.select("station", "day")
        .with_columns(pl.Series("gap", np.clip(np.where(wanted, gap, 0.0), GAP_LOW, GAP_HIGH)))
        .filter(pl.Series(wanted))
        .unique(["station", "day"], keep="last", maintain_order=True)
    )
    found = {}
    for name in sorted(set(stations)):
        gaps = picked.filter(pl.col("station") == name)["gap"].to_numpy().astype(np.int64)
        if gaps.size:
            found[str(name)] = np.bincount(gaps - GAP_LOW, minlength=_GAPS.size)
    return found
