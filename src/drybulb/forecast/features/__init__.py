"""What a hazard model looks at: groups of features, each a named function of snapshot rows.

A feature is NaN where what it needs was not known; a boosted tree sends such rows its own way. All temperatures are in
°F, differences in °F, times in hours. *References* are temperatures the threshold is measured from: the feature of a
row and a degree ``k`` is ``k - reference``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from drybulb.forecast.features.clock import market_clock, season
from drybulb.forecast.features.guidance import by_source, forecast_minus_observed, guidance
from drybulb.forecast.features.observed import neighbour, path, reached, sky, yesterday
from drybulb.forecast.features.station import lags, station
from drybulb.forecast.features.table import Table
from drybulb.forecast.model import GRID, Floats
from drybulb.forecast.normals import Normals

Group = Callable[[Table], dict[str, Floats]]

GROUPS: Final[Mapping[str, Group]] = {
    function.__name__: function
    for function in (
        market_clock,
        season,
        reached,
        path,
        yesterday,
        sky,
        guidance,
        forecast_minus_observed,
        by_source,
        lags,
        neighbour,
        station,
    )
}
"""Every group by its name, in the order of the matrix."""

REFERENCES = (
    "guidance",
    "guidance_raw",
    "running_max",
    "last_temp",
    "previous_max",
    "last_high",
    "neighbour_running_max",
    "neighbour_last_temp",
    "usual",
)
"""Temperatures a threshold is measured from."""

_OF_ANCHOR = ("anchor_log_odds", "degree_minus_anchor", "anchor_deviation")

Matrix = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Features:
    """Features of a batch of rows, before thresholds come in.

    Attributes:
        names: of the columns of ``values``.
        values: shape (n, features).
        references: shape (n, references) [°F], columns as :data:`REFERENCES`.
        anchor: mean and standard deviation of S's distribution, shape (n, 2) [°F].
    """

    names: tuple[str, ...]
    values: Matrix
    references: Matrix
    anchor: Matrix

    @classmethod
    def of(cls, rows: pl.DataFrame, pmf: Floats, normals: Normals, sources: tuple[str, ...]) -> Features:
        """Compute every group.

        Args:
            rows: rows of the snapshot frame.
            pmf: S's distribution of each, shape (n, 201).
            normals: usual highs by station; a station without one is taken to be as usual as its guidance says.
            sources: guidance sources that have features of their own.

        Raises:
            ModelError: a column is missing.
        """
        table = Table.of(rows, normals, sources)
        found: dict[str, Floats] = {}
        for group in GROUPS.values():
            found |= group(table)
        values = np.column_stack(list(found.values())) if rows.height else np.empty((0, len(found)))
        references = np.column_stack([table[name] for name in REFERENCES])
        # Summed row by row: a product of matrices adds in another order for one row than for many.
        mean = (pmf * GRID).sum(axis=1)
        deviation = np.sqrt(np.maximum((pmf * GRID**2).sum(axis=1) - mean**2, 0.0))
        anchor = np.column_stack([mean, deviation])
        return cls(tuple(found), *(part.astype(np.float32) for part in (values, references, anchor)))

    def at_degrees(self, rows: NDArray[np.intp], degrees: Floats, offset: Floats | None) -> Matrix:
        """Features of pairs of a row and a degree.

        Args:
            rows: row of each pair, shape (m,).
            degrees: degree of each pair [°F], shape (m,).
            offset: log odds of S's hazard at each pair, a feature of its own, as are the mean and the width of S;
                None leaves all three out.
        """
        at = degrees.astype(np.float32)[:, None]
        parts = [self.values[rows], at - self.references[rows]]
        if offset is not None:
            parts += [offset.astype(np.float32)[:, None], at - self.anchor[rows, :1], self.anchor[rows, 1:]]
        return np.concatenate(parts, axis=1)

    def columns(self, *, with_offset: bool) -> tuple[str, ...]:
        """Names of the columns of :meth:`at_degrees`."""
        thresholds = tuple(f"degree_minus_{name}" for name in REFERENCES)
        return (*self.names, *thresholds, *(_OF_ANCHOR if with_offset else ()))
