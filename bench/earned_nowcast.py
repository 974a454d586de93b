"""References of the event day refitted on the same rows: a linear nowcast of three variables, and a crude kernel."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import ndtr

from drybulb.forecast.model import GRID, GRID_LOW, Prediction

Floats = NDArray[np.float64]

KERNEL_WIDTH = 1.0
"""Standard deviation of the kernel in guidance less running max [°F]: chosen once and not tuned."""

KERNEL_DAYS = 30.0
"""Standard deviation of the kernel in the day of the year [d]: likewise."""

_FLOOR = 1e-3
_YEAR = 365.25


def linear_nowcast(past: pl.DataFrame, rows: pl.DataFrame, columns: Sequence[str]) -> Prediction:
    """Least squares of the high on some columns and a constant, with a normal error.

    Args:
        past: snapshot rows of one clock with ``label`` [°F].
        rows: snapshot rows asked about.
        columns: the variables [°F].
    """
    known = past.drop_nulls(list(columns))
    design, high = _design(known, columns), known["label"].to_numpy().astype(np.float64)
    weights = np.linalg.lstsq(design, high, rcond=None)[0]
    freedom = len(high) - design.shape[1]
    sd = float(np.sqrt(np.square(high - design @ weights).sum() / freedom))
    centre = _design(rows.with_columns(pl.col(columns).cast(pl.Float64)), columns) @ weights
    speaks = np.isfinite(centre)
    return _prediction(_normal(np.where(speaks, centre, 60.0), sd), speaks)


def kernel(past: pl.DataFrame, rows: pl.DataFrame) -> Prediction:
    """How far the high ended above the running max on past days on which guidance was as far above it at that clock.

    Args:
        past: snapshot rows of one clock with ``label`` [°F].
        rows: snapshot rows asked about.
    """
    needed = ["running_max", "guidance_raw"]
    known = past.drop_nulls(needed)
    rise = (known["label"] - known["running_max"]).to_numpy().astype(np.int64)
    there, here = _features(known), _features(rows)
    speaks = rows.select(pl.all_horizontal(pl.col(needed).is_not_null())).to_series().to_numpy()
    pmf = np.zeros((rows.height, GRID.size))
    base = rows["running_max"].fill_null(60).to_numpy().astype(np.int64)
    for row in range(rows.height):
        if speaks[row]:
            across = np.mod(here[row, 1] - there[:, 1] + _YEAR / 2, _YEAR) - _YEAR / 2
            distance = np.square((here[row, 0] - there[:, 0]) / KERNEL_WIDTH) + np.square(across / KERNEL_DAYS)
            # Shifted by the nearest day: where no day is near at all, the nearest still is one.
            weight = np.exp(-0.5 * (distance - distance.min()))
            np.add.at(pmf[row], np.clip(base[row] + rise - GRID_LOW, 0, GRID.size - 1), weight)
    total = pmf.sum(axis=1, keepdims=True)
    spread = np.where(total > 0.0, pmf / np.where(total > 0.0, total, 1.0), 1.0 / GRID.size)
    return _prediction((1.0 - _FLOOR) * spread + _FLOOR / GRID.size, speaks)


def _features(rows: pl.DataFrame) -> Floats:
    ahead = rows["guidance_raw"].cast(pl.Float64) - rows["running_max"].cast(pl.Float64)
    return np.column_stack([ahead.to_numpy(), rows["day_of_year"].cast(pl.Float64).to_numpy()])


def _design(rows: pl.DataFrame, columns: Sequence[str]) -> Floats:
    values = rows.select(pl.col(columns).cast(pl.Float64)).to_numpy()
    return np.column_stack([values, np.ones(len(values))])


def _normal(centre: Floats, sd: float) -> Floats:
    """Probability of each degree of the grid, rounded as a high is."""
    upper = ndtr((GRID[None, :] + 0.5 - centre[:, None]) / sd)
    pmf: Floats = np.diff(upper, axis=1, prepend=0.0)
    pmf[:, -1] += 1.0 - upper[:, -1]
    return pmf


def _prediction(pmf: Floats, speaks: NDArray[np.bool_]) -> Prediction:
    return Prediction(
        np.where(speaks[:, None], pmf, 0.0), speaks, ["" if one else "an input is missing" for one in speaks]
    )
