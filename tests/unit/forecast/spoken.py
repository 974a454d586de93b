"""Speakers that always say the same, silent where they are told to be: for the rule that chooses between models."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import polars as pl

from drybulb.forecast.hybrid import Speaker
from drybulb.forecast.model import GRID, GRID_LOW, Floats, Prediction
from tests.unit.forecast.made import rows

#: When everything the speakers know was known; a day before the event of :func:`asked` begins.
KNOWN = datetime(2024, 7, 1, 5, tzinfo=UTC)

#: Local standard midnight of that event.
MIDNIGHT = KNOWN + timedelta(days=1)

#: What each is surest of [°F].
GLOBAL_SAYS, CITY_SAYS = 80, 90


@dataclass(frozen=True, slots=True)
class Steady:
    """Puts three quarters on one degree and the rest evenly on the grid, but for instants it says nothing about."""

    name: str
    degree: int
    silent_at: frozenset[datetime]

    def predict(self, given: pl.DataFrame) -> Prediction:
        """The same distribution for each row it speaks about, with a reason that names the instant."""
        found = Prediction.none(given.height, "cannot say")
        for row, at in enumerate(given["at"]):
            if at not in self.silent_at:
                found.put(np.array([row]), said(self.degree)[None, :], f"knows of {at:%d %H:%M}")
        return found

    def to_json(self) -> dict[str, Any]:
        """Nothing to store."""
        return {}


def said(degree: int) -> Floats:
    """What :class:`Steady` says."""
    pmf = np.full(GRID.size, 0.25 / GRID.size)
    pmf[degree - GRID_LOW] += 0.75
    return pmf


def speaker(
    name: str,
    silent_at: Collection[datetime] = (),
    stations: Collection[str] = ("KMIA",),
    known: datetime = KNOWN,
    yields: str = "",
) -> Speaker:
    """A global model, or a city's, of which the id is ``<name>-id``."""
    degree = GLOBAL_SAYS if name == "global" else CITY_SAYS
    return Speaker(f"{name}-id", Steady(name, degree, frozenset(silent_at)), frozenset(stations), known, yields)


def instant(hours: float) -> datetime:
    """So long after the midnight of the event [h]."""
    return MIDNIGHT + timedelta(hours=hours)


def asked(*hours: float, **given: Any) -> pl.DataFrame:
    """Snapshot rows of the event at some hours since its midnight, below 0 on the day before; one was just read."""
    usual = {"last_temp_age": 0.5, **given}
    return rows(*({"hours": at, "at": instant(at), "lead": int(at < 0), **usual} for at in hours))
