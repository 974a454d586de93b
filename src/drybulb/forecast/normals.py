"""The usual high of each day of the year at a station: two harmonics fitted to all official highs known."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from drybulb.errors import ModelError
from drybulb.forecast.logistic import least_squares
from drybulb.forecast.model import Floats

YEAR_DAYS = 366
MIN_DAYS = 180
"""Fewer labelled days than half a year cannot carry an annual cycle."""


def season(day_of_year: Floats) -> tuple[Floats, Floats]:
    """Sine and cosine of the annual cycle; day 1 is the first of January."""
    angle = day_of_year * (2.0 * np.pi / 365.25)
    return np.sin(angle), np.cos(angle)


def _basis(day_of_year: Floats) -> Floats:
    sine, cosine = season(day_of_year)
    # The second harmonic by the double-angle formulas.
    return np.column_stack([np.ones_like(sine), sine, cosine, 2.0 * sine * cosine, 2.0 * cosine**2 - 1.0])


class Normals:
    """Usual highs by station and day of the year [°F].

    Args:
        coefficients: five numbers a station: constant, annual sine and cosine, half-yearly sine and cosine [°F].
    """

    def __init__(self, coefficients: Mapping[str, tuple[float, ...]]) -> None:
        self.coefficients = dict(sorted(coefficients.items()))
        days = _basis(np.arange(1.0, YEAR_DAYS + 1.0))
        self._tables = {name: (days * np.asarray(c)).sum(axis=1) for name, c in self.coefficients.items()}

    @classmethod
    def fit(cls, highs: Mapping[str, tuple[Floats, Floats]]) -> Normals:
        """Fit each station that has at least :data:`MIN_DAYS` labels.

        Args:
            highs: day of the year and official high [°F] of every label, by station.
        """
        found: dict[str, tuple[float, ...]] = {}
        for station, (days, values) in highs.items():
            if values.size >= MIN_DAYS:
                found[station] = tuple(float(c) for c in least_squares(_basis(days), values))
        return cls(found)

    def __contains__(self, station: str) -> bool:
        return station in self._tables

    def at(self, station: str, day_of_year: Floats) -> Floats:
        """Usual high of each row [°F].

        Raises:
            ModelError: the station has none.
        """
        if station not in self._tables:
            raise ModelError(f"no normals for {station}; train on at least {MIN_DAYS} labelled days")
        found: Floats = self._tables[station][day_of_year.astype(np.int64) - 1]
        return found

    def to_json(self) -> dict[str, Any]:
        """Coefficients by station."""
        return {name: list(values) for name, values in self.coefficients.items()}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Normals:
        """The inverse of :meth:`to_json`."""
        return cls({name: tuple(map(float, values)) for name, values in data.items()})
