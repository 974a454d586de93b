"""Empirical errors on whole degrees: what a point forecast is turned into a distribution with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import polars as pl

from drybulb.forecast.model import GRID, Floats, spread

ERROR_LIMIT = 60
"""Larger errors are counted at this one [°F]."""

POOLED = "*"
"""Key of the errors of all stations together."""

MIN_DAYS = 60
"""A station with fewer days of errors uses those of all stations."""

Keyed = dict[str, "Errors"]


@dataclass(frozen=True, slots=True)
class Errors:
    """How often the official high missed a point forecast, and by how much.

    Attributes:
        counts: days by error, high minus forecast, from ``-ERROR_LIMIT`` to ``ERROR_LIMIT`` [°F].
    """

    counts: tuple[int, ...]

    @classmethod
    def of(cls, errors: Floats) -> Errors:
        """Count whole-degree errors [°F]."""
        clipped = np.clip(errors, -ERROR_LIMIT, ERROR_LIMIT).astype(np.int64) + ERROR_LIMIT
        return cls(tuple(int(n) for n in np.bincount(clipped, minlength=2 * ERROR_LIMIT + 1)))

    @property
    def days(self) -> int:
        """Days counted."""
        return sum(self.counts)

    def pmf(self, centre: Floats) -> Floats:
        """Distribution of the high around each whole-degree point forecast [°F], shape (n, 201)."""
        counts = np.asarray(self.counts, dtype=np.float64)
        edged = np.concatenate([[0.0, 0.0], counts, [0.0, 0.0]])
        # A quarter of each count goes to either neighbour: a sample this size has holes by chance alone.
        smooth = np.concatenate([[0.0], 0.25 * edged[:-2] + 0.5 * edged[1:-1] + 0.25 * edged[2:], [0.0]])
        cell = np.clip(GRID[None, :] - centre[:, None] + ERROR_LIMIT + 2, 0, smooth.size - 1).astype(np.int64)
        return spread(smooth[cell])

    def to_json(self) -> dict[str, int]:
        """Counts that are not zero, by error."""
        return {str(i - ERROR_LIMIT): n for i, n in enumerate(self.counts) if n}

    @classmethod
    def from_json(cls, data: dict[str, int]) -> Errors:
        """The inverse of :meth:`to_json`."""
        return cls(tuple(int(data.get(str(i), 0)) for i in range(-ERROR_LIMIT, ERROR_LIMIT + 1)))


def count_errors(samples: pl.DataFrame, key: Callable[[str, int], str], *, pooled: bool = False) -> Keyed:
    """Count errors by station and group.

    Args:
        samples: columns ``station``, ``group`` (whole number) and ``error`` [whole °F], one row a day.
        key: name of a station's group.
        pooled: count all stations together too, under ``*``; a station with fewer than
            :data:`MIN_DAYS` days then has no errors of its own.
    """
    found: Keyed = {}
    for (station, group), part in samples.group_by("station", "group", maintain_order=True):
        errors = Errors.of(part["error"].to_numpy())
        if errors.days >= (MIN_DAYS if pooled else 1):
            found[key(str(station), int(str(group)))] = errors
    if pooled:
        for (group,), part in samples.group_by("group", maintain_order=True):
            found[key(POOLED, int(str(group)))] = Errors.of(part["error"].to_numpy())
    return dict(sorted(found.items()))
