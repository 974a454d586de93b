"""How much of a correction is taken, by part of the day: chosen out of fold, that none outruns its proof.

A boosted hazard grown on a few hundred events learns some of them by heart. Its change of S's log odds is therefore
multiplied by a share between 0 and 1, chosen by the log score of days the hazard did not see. Between the middles of
two parts of the day the share is interpolated, so that no distribution jumps when one part ends.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import polars as pl

from drybulb.errors import ModelError
from drybulb.forecast.model import Booleans, Floats, column, station_rows

EDGES = (-24, -12, 0, 6, 10, 14, 18, 24)
"""Edges of the parts of an event's two days, local standard hours since its midnight [h]."""

GRADES = (0.0, 0.25, 0.5, 0.75, 1.0)
"""Shares there are to choose from."""

MIN_EVENTS = 100
"""A station with fewer events in a part of the day takes the share of all stations."""

ANY = "*"

_MIDDLES = np.array([(first + last) / 2.0 for first, last in pairwise(EDGES)])


@dataclass(frozen=True, slots=True)
class Shares:
    """Shares by station and part of the day.

    Attributes:
        values: one share a part of the day, in the order of :data:`EDGES`, by station; ``*`` for any other station.
    """

    values: Mapping[str, tuple[float, ...]]

    @classmethod
    def whole(cls) -> Shares:
        """Everything is taken everywhere."""
        return cls({ANY: (1.0,) * _MIDDLES.size})

    @classmethod
    def fit(cls, rows: pl.DataFrame, scores: Floats) -> Shares:
        """Choose the share of the best mean log score in each part of the day, each event counting once.

        Of shares that score the same the smaller is taken.

        Args:
            rows: snapshot rows.
            scores: log score of each row under each of :data:`GRADES`, shape (n, grades) [nats].
        """
        part = np.searchsorted(np.array(EDGES[1:-1]), column(rows, "hours"), side="right")
        every = np.ones(rows.height, dtype=np.bool_)
        pooled = _nearest([_best(rows, scores, every & (part == number), 1) for number in range(_MIDDLES.size)])
        found = {ANY: pooled}
        for station, where in station_rows(rows).items():
            mine = np.zeros(rows.height, dtype=np.bool_)
            mine[where] = True
            own = [_best(rows, scores, mine & (part == number), MIN_EVENTS) for number in range(_MIDDLES.size)]
            found[station] = tuple(p if o is None else o for o, p in zip(own, pooled, strict=True))
        return cls(found)

    def of(self, station: str) -> tuple[float, ...]:
        """Shares of a station, one a part of the day; those of any other where it has none of its own."""
        return self.values.get(station, self.values[ANY])

    def at(self, rows: pl.DataFrame) -> Floats:
        """Share of each row, shape (n,)."""
        hours, found = column(rows, "hours"), np.empty(rows.height)
        for station, where in station_rows(rows).items():
            found[where] = np.interp(hours[where], _MIDDLES, self.of(station))
        return found

    def to_json(self) -> dict[str, Any]:
        """Shares by station."""
        return {station: list(values) for station, values in self.values.items()}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Shares:
        """The inverse of :meth:`to_json`.

        Raises:
            ModelError: a share that is no number between 0 and 1.
        """
        found = {str(station): tuple(map(float, values)) for station, values in data.items()}
        for station, values in found.items():
            if len(values) != _MIDDLES.size or not all(0.0 <= share <= 1.0 for share in values):
                raise ModelError(f"shares of {station} are {values}, not {_MIDDLES.size} between 0 and 1; train again")
        return cls(found)


def _nearest(shares: Sequence[float | None]) -> tuple[float, ...]:
    """The shares, those of parts without a row being that of the nearest part with some; 0 where there is none."""
    known = [number for number, share in enumerate(shares) if share is not None]
    if not known:
        return (0.0,) * len(shares)
    nearest = [min(known, key=lambda other: (abs(other - number), other)) for number in range(len(shares))]
    return tuple(share for number in nearest if (share := shares[number]) is not None)


def _best(rows: pl.DataFrame, scores: Floats, where: Booleans, min_events: int) -> float | None:
    """Share of the best score over some rows; None where they are of too few events."""
    if not where.any():
        return None
    event = rows.filter(pl.Series(where)).select(pl.struct("station", "day").rank("dense")).to_series().to_numpy() - 1
    count = np.bincount(event)
    if count.size < min_events:
        return None
    means = [float((np.bincount(event, weights=grade) / count).mean()) for grade in scores[where].T]
    return GRADES[int(np.argmin(means))]
