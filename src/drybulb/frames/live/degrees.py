"""What temperatures as reported mean, each value worked out once: :mod:`drybulb.frames.degrees` has the rules."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import polars as pl

from drybulb.frames.degrees import ceil_fahrenheit, fahrenheit, floor_fahrenheit


class Degrees(NamedTuple):
    """What a value in °C can mean: the lowest and the highest whole degree, and the best single value [°F]."""

    low: int
    upper: int
    best: float


class Meanings:
    """The meanings of the values seen so far: a station reports the same few hundred year after year."""

    def __init__(self) -> None:
        self._degrees: dict[float, Degrees] = {}

    def learn(self, celsius: Iterable[float | None]) -> None:
        """Work out the values that have not been seen."""
        unseen = {value for value in celsius if value is not None and value not in self._degrees}
        if unseen:
            column = pl.col("celsius")
            rows = pl.DataFrame({"celsius": list(unseen)}, schema={"celsius": pl.Float64}).select(
                column, low=floor_fahrenheit(column), upper=ceil_fahrenheit(column), best=fahrenheit(column)
            )
            self._degrees |= {value: Degrees(*degrees) for value, *degrees in rows.iter_rows()}

    def of(self, celsius: float | None) -> Degrees | None:
        """Return what a learnt value means, None where there is none."""
        return None if celsius is None else self._degrees[celsius]
