"""Folds: contiguous blocks of each station's days, and forecasters fitted without one of them.

Neighbouring days share weather, and rows of a day share its high, so a fold is a block of whole days, and the two days
on either side of it are left out of the fit as well, of climatology's too.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

import numpy as np
import polars as pl

from drybulb.forecast.model import Booleans, Model, Prediction, station_rows

FOLDS = 4
"""Blocks of days; each still holds a season at the shortest record we train on."""

GUARD_DAYS = 2
"""Days left out on either side of a block: neighbouring days share weather [d]."""

_BATCH = 2048

Models = Mapping[str, Model]
Fit = Callable[[pl.DataFrame, pl.DataFrame], Models]
Blocks = Mapping[str, tuple[date, date]]
"""First and last day of a block by station."""


@dataclass(frozen=True, slots=True)
class Fold:
    """A block of each station's days, and what was fitted without it.

    Attributes:
        blocks: first and last day held out, by station.
        models: forecasters fitted on the other days, by name.
    """

    blocks: Blocks
    models: Models

    def holds_out(self, rows: pl.DataFrame) -> Booleans:
        """Whether each row's day is held out, shape (n,)."""
        found: Booleans = rows.select(_inside(self.blocks, timedelta(0))).to_series().to_numpy()
        return found

    def may_fit(self, rows: pl.DataFrame) -> Booleans:
        """Whether each row's day is neither held out nor next to a day that is, shape (n,)."""
        found: Booleans = rows.select(~_inside(self.blocks, timedelta(days=GUARD_DAYS))).to_series().to_numpy()
        return found

    def held_out_of(self, rows: pl.DataFrame) -> pl.DataFrame:
        """The rows whose day is held out, in their order."""
        return rows.filter(pl.Series(self.holds_out(rows)))


def fit_folds(rows: pl.DataFrame, labels: pl.DataFrame, fit: Fit) -> tuple[Fold, ...]:
    """Fit forecasters without each block of days.

    Args:
        rows: snapshot rows with ``high`` [°F], sorted by station, day and instant.
        labels: ``station``, ``day``, ``high`` of all days that may train.
        fit: fits all forecasters on some of the rows and labels.
    """
    cuts = _cuts(rows)
    found = []
    for number in range(FOLDS):
        blocks = {station: mine[number] for station, mine in cuts.items() if number < len(mine)}
        if blocks:
            guard = _inside(blocks, timedelta(days=GUARD_DAYS))
            found.append(Fold(blocks, fit(rows.filter(~guard), labels.filter(~guard))))
    return tuple(found)


def out_of_fold(rows: pl.DataFrame, folds: Sequence[Fold], name: str) -> Prediction:
    """Distributions of one forecaster, each by the fit that did not see the row's day.

    Args:
        rows: rows of the snapshot frame.
        folds: what :func:`fit_folds` returned for their days.
        name: name of the forecaster.
    """
    found = Prediction.none(rows.height, "in no fold")
    for fold in folds:
        where = np.flatnonzero(fold.holds_out(rows))
        for start, batch in zip(range(0, where.size, _BATCH), rows[where].iter_slices(_BATCH), strict=True):
            at, said = where[start : start + _BATCH], fold.models[name].predict(batch)
            found.pmf[at], found.available[at] = said.pmf, said.available
            for row, reason in zip(at, said.reason, strict=True):
                found.reason[row] = reason
    return found


def _cuts(rows: pl.DataFrame) -> dict[str, list[tuple[date, date]]]:
    """First and last day of each block of each station's days."""
    found = {}
    for station, where in station_rows(rows).items():
        days = rows["day"][where].unique().sort().to_list()
        cuts = [i * len(days) // FOLDS for i in range(FOLDS + 1)]
        found[station] = [(days[a], days[b - 1]) for a, b in pairwise(cuts) if a < b]
    return found


def _inside(blocks: Blocks, guard: timedelta) -> pl.Expr:
    inside = pl.lit(value=False)
    for station, (first, last) in blocks.items():
        inside = inside | ((pl.col("station") == station) & pl.col("day").is_between(first - guard, last + guard))
    return inside
