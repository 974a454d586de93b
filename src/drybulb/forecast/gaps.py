"""How far the official high stands above what was reported: the soft floor of a forecast.

Hourly readings miss the peak between them, and a reading may be wrong. The gap (official high minus reported maximum,
whole °F) is counted on days that are over, apart for 6- and 24-hour *groups*, which saw every minute, and for single
*readings*. A gap below zero is never ruled out: the floor is soft.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from drybulb.forecast.model import Booleans, Floats, column

GAP_LOW = -5
GAP_HIGH = 8
_GAPS = np.arange(GAP_LOW, GAP_HIGH + 1)

PRIOR_DAYS = 0.5
"""Laplace smoothing: days counted in advance for each gap from -1 to +3, halved for each degree beyond."""

MIN_DAYS = 30
"""A station with fewer days uses the counts of all stations."""

_GROUP_HOUR = 20.0
"""The last 6-hour group that can hold the afternoon's peak is known by then in every city [local standard h]."""

_READING_HOUR = 17.0
"""From then on the peak has usually been read; the last such row of a day is used [local standard h]."""

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
    """The gaps of one station: above its groups and above its readings."""

    group: Gap
    reading: Gap

    def cdf_of_max(self, degrees: Floats, group_max: Floats, reading_max: Floats) -> Floats:
        """P(M ≤ k): M is the official equivalent of the maximum so far.

        ::

            P(M ≤ k) = P(group_max + gap ≤ k) · P(reading_max + gap ≤ k)

        Args:
            degrees: whole degrees ``k`` [°F], broadcast against the others.
            group_max: maximum of the groups known [°F], NaN where there is none.
            reading_max: maximum of the readings outside them [°F], NaN where there is none.
        """
        return self.group.cdf(degrees - group_max) * self.reading.cdf(degrees - reading_max)

    def to_json(self) -> dict[str, Any]:
        """Counted days."""
        return {"group": list(self.group.days), "reading": list(self.reading.days)}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Gaps:
        """The inverse of :meth:`to_json`."""
        return cls(Gap(tuple(map(int, data["group"]))), Gap(tuple(map(int, data["reading"]))))


def fit_gaps(rows: pl.DataFrame) -> dict[str, Gaps]:
    """Count gaps on the last rows of days that are over, by station; ``*`` counts all stations together.

    A day counts for its groups if they hold its maximum at its last row after 20 h, for its readings if they hold it at
    its last row after 17 h: a group that comes in the evening and takes over does not undo what the readings said.

    Args:
        rows: snapshot rows with ``high``, the official high [°F], sorted by station, day and instant.
    """
    high = column(rows, "high")
    hours = column(rows, "hours")
    group, reading = column(rows, "group_max"), column(rows, "reading_max")
    fresh = (column(rows, "last_temp_age") <= _MAX_AGE_HOURS) & (column(rows, "n_readings") >= _MIN_READINGS)
    with_group, with_reading = ~np.isnan(group), ~np.isnan(reading)
    held_by_group = with_group & ~(with_reading & (reading > group)) & (hours >= _GROUP_HOUR)
    held_by_reading = with_reading & ~(with_group & (group > reading)) & (hours >= _READING_HOUR)
    stations = rows["station"].to_numpy()
    of_group = _count(rows, fresh & held_by_group, high - group, stations)
    of_reading = _count(rows, fresh & held_by_reading, high - reading, stations)
    names = sorted(set(of_group) | set(of_reading))
    nothing = np.zeros(_GAPS.size, dtype=np.int64)
    pooled = [sum(found.values(), nothing) for found in (of_group, of_reading)]

    def enough(found: dict[str, NDArray[np.int64]], name: str, pool: NDArray[np.int64]) -> Gap:
        own = found.get(name, nothing)
        return Gap(tuple(int(n) for n in (own if own.sum() >= MIN_DAYS else pool)))

    fitted = {name: Gaps(enough(of_group, name, pooled[0]), enough(of_reading, name, pooled[1])) for name in names}
    return {**fitted, "*": Gaps(*(Gap(tuple(int(n) for n in pool)) for pool in pooled))}


def _count(
    rows: pl.DataFrame, wanted: Booleans, gap: Floats, stations: NDArray[np.object_]
) -> dict[str, NDArray[np.int64]]:
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
