"""What a model is: fitted parameters and a pure function from snapshot rows to distributions on one grid."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import polars as pl
from numpy.typing import NDArray

from drybulb.errors import ModelError

Floats = NDArray[np.float64]
Booleans = NDArray[np.bool_]

GRID_LOW = -60
"""First degree every forecaster gives a probability to [°F]."""

GRID_HIGH = 140
"""Last degree [°F]; both lie well beyond the records of the United States' cities."""

GRID: Floats = np.arange(GRID_LOW, GRID_HIGH + 1, dtype=np.float64)
"""The whole degrees of every pmf, shape (201,) [°F]."""

SPREAD = 0.001
"""Share of an empirical pmf that is spread evenly over the grid, so that no degree is impossible."""


@dataclass(frozen=True, slots=True, eq=False)
class Prediction:
    """Distributions for a batch of snapshot rows.

    Attributes:
        pmf: probabilities on :data:`GRID`, shape (n, 201); a row that is not available is all zero.
        available: whether the model could speak, shape (n,).
        reason: what it stood on, or why it could not speak; one a row.
        source: who spoke, one a row, where that is not the forecaster that was asked; None otherwise.
        model: which stored models spoke, likewise.
    """

    pmf: Floats
    available: Booleans
    reason: list[str]
    source: list[str] | None = None
    model: list[str] | None = None

    @classmethod
    def none(cls, rows: int, reason: str) -> Prediction:
        """A prediction that is not available for any of ``rows`` rows, for one reason."""
        return cls(np.zeros((rows, GRID.size)), np.zeros(rows, dtype=np.bool_), [reason] * rows)

    @classmethod
    def concat(cls, parts: Sequence[Prediction]) -> Prediction:
        """Predictions of consecutive batches as one."""
        if not parts:
            return cls.none(0, "")
        return cls(
            np.concatenate([part.pmf for part in parts]),
            np.concatenate([part.available for part in parts]),
            [reason for part in parts for reason in part.reason],
            _joined([part.source for part in parts]),
            _joined([part.model for part in parts]),
        )

    def put(self, rows: NDArray[np.intp], pmf: Floats, reason: str) -> None:
        """Fill in the distributions of some rows."""
        self.pmf[rows] = pmf
        self.available[rows] = True
        for row in rows:
            self.reason[row] = reason

    def refuse(self, rows: NDArray[np.intp], reason: str) -> None:
        """Say why some rows cannot be spoken about."""
        for row in rows:
            self.reason[row] = reason


def _joined(parts: Sequence[list[str] | None]) -> list[str] | None:
    """Lists of consecutive batches as one; None where none of them has one."""
    known = [part for part in parts if part is not None]
    return [word for part in known for word in part] if known else None


class Model(Protocol):
    """A fitted forecaster.

    ``predict`` is pure and treats each row by itself: a batch gives what its rows give one by one.
    """

    @property
    def name(self) -> str:
        """Name of the forecaster, such as ``S`` or ``climatology``."""

    def predict(self, rows: pl.DataFrame) -> Prediction:
        """Distributions for rows of the snapshot frame.

        Raises:
            ModelError: a column the model needs is missing.
        """

    def to_json(self) -> dict[str, Any]:
        """Parameters as plain values; floats survive exactly."""


def column(rows: pl.DataFrame, name: str) -> Floats:
    """One numeric column as float64, null as NaN, shape (n,).

    Raises:
        ModelError: the frame has no such column.
    """
    # Asked for some hundred times a belief: no expression is built, and numpy has no null but NaN.
    return series(rows, name).cast(pl.Float64).to_numpy()


def series(rows: pl.DataFrame, name: str) -> pl.Series:
    """One column as it is.

    Raises:
        ModelError: the frame has no such column.
    """
    try:
        return rows.get_column(name)
    except pl.exceptions.ColumnNotFoundError as error:
        raise ModelError(f"snapshot rows lack the column {name!r}; make them with frames.snapshot.snapshots") from error


def station_rows(rows: pl.DataFrame) -> dict[str, NDArray[np.intp]]:
    """Positions of each station's rows, stations in sorted order.

    Raises:
        ModelError: the frame has no station column.
    """
    stations = series(rows, "station").to_numpy()
    return {str(name): np.flatnonzero(stations == name) for name in sorted(set(stations))}


def at_positions(rows: pl.DataFrame, where: NDArray[np.intp]) -> pl.DataFrame:
    """Rows at some positions, each at most once and in rising order."""
    if where.size and where[-1] - where[0] + 1 == where.size:
        return rows.slice(int(where[0]), where.size)  # one run: nothing is copied
    return rows[where]


def pmf_of(cdf: Floats) -> Floats:
    """Differences of distribution functions on :data:`GRID`, shape (n, 201); the tails go to the outermost degrees."""
    pmf = np.empty_like(cdf)
    pmf[:, 0] = cdf[:, 0]
    np.subtract(cdf[:, 1:-1], cdf[:, :-2], out=pmf[:, 1:-1])
    pmf[:, -1] = 1.0 - cdf[:, -2]
    return np.maximum(pmf, 0.0, out=pmf)


def spread(pmf: Floats) -> Floats:
    """Normalise each row and give :data:`SPREAD` of it evenly to the whole grid."""
    even = SPREAD / GRID.size
    spread_out: Floats = pmf * ((1.0 - SPREAD) / pmf.sum(axis=1, keepdims=True)) + even
    return spread_out


def round_half_up(values: Floats) -> Floats:
    """Nearest whole degree, halves upward, as official temperatures are rounded [°F]."""
    return np.floor(values + 0.5)
