"""Persistence: the newest official high known, with how far highs move in so many days."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl

from drybulb.forecast.baselines.errors import Errors, Keyed, count_errors
from drybulb.forecast.model import Floats, Prediction, column, station_rows

LAGS = (1, 2, 3)
"""Days between the two highs; from three to :data:`MAX_LAG` they share the errors of three."""

MAX_LAG = 7
"""An older high says no more than the calendar does [d]."""

_REASON = "newest official high"


def _key(station: str, group: int) -> str:
    half = "warm" if group >= len(LAGS) else "cold"
    return f"{station}/{half}/{LAGS[group % len(LAGS)]}"


def _group(day_of_year: Floats, lag: Floats) -> Floats:
    """Errors are counted by half of the year (April to September is the warm one) and lag."""
    warm = (day_of_year > 91) & (day_of_year <= 274)
    return np.clip(lag, 1, LAGS[-1]) - 1 + len(LAGS) * warm


class Persistence:
    """Newest official high plus the changes seen over as many days in the same half of the year.

    Args:
        errors: changes by ``station/half/lag``.
    """

    name = "persistence"

    def __init__(self, errors: Keyed) -> None:
        self.errors = errors

    @classmethod
    def fit(cls, labels: pl.DataFrame) -> Persistence:
        """Count the changes between highs one, two and three days apart.

        Args:
            labels: ``station``, ``day``, ``high`` [°F].
        """
        days = labels.select("station", "day", "high")
        samples = []
        for lag in LAGS:
            earlier = days.select("station", (pl.col("day") + pl.duration(days=lag)).alias("day"), before="high")
            pairs = days.join(earlier, on=["station", "day"]).sort("station", "day")
            group = _group(
                column(pairs.with_columns(n=pl.col("day").dt.ordinal_day()), "n"), np.full(pairs.height, lag)
            )
            change = pairs.select("station", error=(pl.col("high") - pl.col("before")).cast(pl.Float64))
            samples.append(change.with_columns(pl.Series("group", group.astype(np.int64))))
        return cls(count_errors(pl.concat(samples), _key))

    def predict(self, rows: pl.DataFrame) -> Prediction:
        """Distributions around the newest high; see :class:`~drybulb.forecast.model.Model`."""
        last, lag = column(rows, "last_high"), column(rows, "last_high_lag")
        group = _group(column(rows, "day_of_year"), np.nan_to_num(lag, nan=1.0))
        found = Prediction.none(rows.height, "no official high known")
        for station, where in station_rows(rows).items():
            known = where[~np.isnan(last[where])]
            found.refuse(known[lag[known] > MAX_LAG], f"the newest official high known is more than {MAX_LAG} days old")
            usable = known[lag[known] <= MAX_LAG]
            for number in sorted({int(g) for g in group[usable]}):
                at = usable[group[usable] == number]
                errors = self.errors.get(_key(station, number))
                if errors is None:
                    found.refuse(at, f"no two official highs of {station} that far apart known")
                    continue
                found.put(at, errors.pmf(last[at]), _REASON)
        return found

    def to_json(self) -> dict[str, Any]:
        """Changes by ``station/half/lag``."""
        return {key: errors.to_json() for key, errors in self.errors.items()}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Persistence:
        """The inverse of :meth:`to_json`."""
        return cls({key: Errors.from_json(errors) for key, errors in data.items()})
