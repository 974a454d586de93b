"""Climatology: what the official high was around this day of the year, in all years known."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl

from drybulb.forecast.model import GRID, GRID_HIGH, GRID_LOW, Floats, Prediction, column, spread, station_rows
from drybulb.forecast.normals import YEAR_DAYS

MIN_DAYS = 30
"""Fewer highs around a day of the year make no distribution."""

_KERNEL = (1.0, 2.0, 3.0, 2.0, 1.0)


class Climatology:
    """Empirical distribution of the highs within some days of the day of the year, smoothed.

    Args:
        half_window: days to either side of the day of the year [d].
        counts: highs by station, each an array of shape (366, 201) of whole counts.
    """

    name = "climatology"

    def __init__(self, half_window: int, counts: Mapping[str, Floats]) -> None:
        self.half_window = half_window
        self.counts = dict(sorted(counts.items()))
        self._windows = {station: _windowed(table, half_window) for station, table in self.counts.items()}

    @classmethod
    def fit(cls, highs: Mapping[str, tuple[Floats, Floats]], half_window: int) -> Climatology:
        """Count every label.

        Args:
            highs: day of the year and official high [°F] of every label, by station.
            half_window: days to either side [d].
        """
        counts = {}
        for station, (days, values) in highs.items():
            table = np.zeros((YEAR_DAYS, GRID.size))
            cells = np.clip(values, GRID_LOW, GRID_HIGH).astype(np.int64) - GRID_LOW
            np.add.at(table, (days.astype(np.int64) - 1, cells), 1.0)
            counts[station] = table
        return cls(half_window, counts)

    def predict(self, rows: pl.DataFrame) -> Prediction:
        """Distributions by station and day of the year; see :class:`~drybulb.forecast.model.Model`."""
        days = column(rows, "day_of_year")
        found = Prediction.none(rows.height, "")
        for station, where in station_rows(rows).items():
            window = self._windows.get(station)
            if window is None:
                found.refuse(where, f"no official highs of {station} known")
                continue
            table, totals = window
            day = days[where].astype(np.int64) - 1
            enough = totals[day] >= MIN_DAYS
            found.put(where[enough], table[day[enough]], "official highs of this time of year")
            found.refuse(
                where[~enough], f"fewer than {MIN_DAYS} official highs of {station} around this day of the year"
            )
        return found

    def to_json(self) -> dict[str, Any]:
        """Counts by station and day of the year: the first degree with any, then one count a degree."""
        return {
            "half_window": self.half_window,
            "stations": {station: [_trimmed(day) for day in table] for station, table in self.counts.items()},
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Climatology:
        """The inverse of :meth:`to_json`."""
        counts = {}
        for station, days in data["stations"].items():
            table = np.zeros((YEAR_DAYS, GRID.size))
            for day, (low, *values) in enumerate(days):
                table[day, low - GRID_LOW : low - GRID_LOW + len(values)] = values
            counts[station] = table
        return cls(int(data["half_window"]), counts)


def _trimmed(day: Floats) -> list[int]:
    used = np.flatnonzero(day)
    if used.size == 0:
        return [GRID_LOW]
    return [int(used[0]) + GRID_LOW, *(int(n) for n in day[used[0] : used[-1] + 1])]


def _windowed(table: Floats, half_window: int) -> tuple[Floats, Floats]:
    """Distributions (366, 201) and the highs each was made of (366,); days without any stay zero."""
    around = sum(
        (np.roll(table, shift, axis=0) for shift in range(-half_window, half_window + 1)), np.zeros_like(table)
    )
    totals: Floats = around.sum(axis=1)
    edged = np.pad(around, ((0, 0), (2, 2)))
    smooth = sum((weight * edged[:, i : i + GRID.size] for i, weight in enumerate(_KERNEL)), np.zeros_like(table))
    return np.where(totals[:, None] > 0, spread(smooth + (totals == 0)[:, None]), 0.0), totals
