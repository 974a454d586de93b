"""What an explanation shows in a few numbers: a distribution, the maximum so far, and the gap above it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import polars as pl

from drybulb.forecast.model import GRID, Floats
from drybulb.forecast.parts import POOLED, maxima
from drybulb.forecast.structural import Structural

LEVELS = (0.1, 0.5, 0.9)
"""Quantiles an outline has."""

_GAPS = {"≤-2": (-200, -2), "-1": (-1, -1), "0": (0, 0), "1": (1, 1), "2": (2, 2), "≥3": (3, 200)}
"""First and last gap of each cell that is shown [°F]."""

_ROUNDING = 1e-9
"""A cumulative probability this far below a level has reached it."""


@dataclass(frozen=True, slots=True)
class Outline:
    """A distribution in four numbers.

    Attributes:
        mean: expected high [°F].
        quantiles: at each of :data:`LEVELS` [whole °F].
    """

    mean: float
    quantiles: tuple[int, ...]

    @classmethod
    def of(cls, pmf: Floats) -> Outline:
        """Outline a distribution on the grid, shape (201,)."""
        reached = np.cumsum(pmf) / pmf.sum()
        return cls(float(GRID @ pmf), tuple(int(GRID[np.argmax(reached >= q - _ROUNDING)]) for q in LEVELS))


@dataclass(frozen=True, slots=True)
class Reached:
    """The maximum so far as an interval.

    Attributes:
        low: the least it can mean, a floor of what was [whole °F].
        high: the most it can mean, no ceiling [whole °F].
        since: when the reading that gave it was taken, the group reported or the report known [UTC].
        group_max: of the 6- and 24-hour groups [whole °F], None without one.
        reading_max: of the readings outside them [whole °F], None without one.
        report_max: official high so far [whole °F], None without one and at a neighbour.
    """

    low: int
    high: int
    since: datetime
    group_max: int | None
    reading_max: int | None
    report_max: int | None

    @classmethod
    def of(cls, row: Mapping[str, Any], prefix: str = "") -> Reached | None:
        """Read it from a snapshot row; None where nothing of the event's day was observed."""
        names = ("running_max", "running_max_upper", "running_max_at", "group_max", "reading_max")
        found = [row[f"{prefix}{name}"] for name in names]
        found.append(None if prefix else row["report_max"])
        return None if found[0] is None or row["lead"] != 0 else cls(*found)


@dataclass(frozen=True, slots=True)
class GapAbove:
    """How far the official high of such days, so far, lies above what was reached.

    Attributes:
        mean: expected gap [°F].
        chances: probability of each cell, by its name; they sum to 1.
    """

    mean: float
    chances: dict[str, float]

    @classmethod
    def of(cls, structural: Structural, row: pl.DataFrame) -> GapAbove | None:
        """What S takes the gap to be; None where nothing of the event's day was observed.

        Args:
            structural: S.
            row: one row of the snapshot frame.
        """
        said = maxima(row)
        highest = float(np.fmax.reduce([one[0] for one in said]))
        if np.isnan(highest):
            return None
        gaps = structural.gaps.get(row["station"][0], structural.gaps[POOLED])
        pmf = np.diff(gaps.cdf_of_max(GRID, *said), prepend=0.0)
        above = GRID - highest
        cells = {name: float(pmf[(above >= low) & (above <= high)].sum()) for name, (low, high) in _GAPS.items()}
        return cls(float(pmf @ above), cells)
