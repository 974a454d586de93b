"""The versions of one report: the counterpart of :mod:`drybulb.frames.reports`."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

import polars as pl

from drybulb.frames.live.degrees import Degrees, Meanings
from drybulb.frames.live.instants import when
from drybulb.frames.reports import ELEMENTS

#: What :meth:`drybulb.frames.live.observed.Station.learn` takes of each row: ``Told``.
COLUMNS: tuple[pl.Expr | str, ...] = (
    "kind",
    when("valid_at"),
    when("known_at"),
    "temp",
    "max_6h",
    "max_24h",
    *ELEMENTS,
)


class Told(NamedTuple):
    """A row: instants in microseconds, temperatures [°C], the rest in the units of the table."""

    kind: str
    valid: int
    known: int
    temp: float | None
    max_6h: float | None
    max_24h: float | None
    dewpoint: float | None
    wind: float | None
    wind_dir: float | None
    ceiling: float | None
    cover: float | None
    pressure: float | None

    @property
    def temperatures(self) -> tuple[float | None, ...]:
        """What is given in degrees Celsius."""
        return self.temp, self.max_6h, self.max_24h, self.dewpoint


class Said(NamedTuple):
    """What one version of a report says, with its groups' maxima [whole °F] and its dew point [°F]."""

    temp: Degrees | None
    max_6h: int | None
    max_24h: int | None
    dewpoint: float | None
    wind: float | None
    wind_dir: float | None
    ceiling: float | None
    cover: float | None
    pressure: float | None


def said_by(told: Told, meanings: Meanings) -> Said:
    """Return what a row says in degrees Fahrenheit; its temperatures have been learnt."""
    temp, max_6h, max_24h, dewpoint = (meanings.of(celsius) for celsius in told.temperatures)
    return Said(
        temp,
        None if max_6h is None else max_6h.low,
        None if max_24h is None else max_24h.low,
        None if dewpoint is None else dewpoint.best,
        told.wind,
        told.wind_dir,
        told.ceiling,
        told.cover,
        told.pressure,
    )


@dataclass(slots=True)
class Report:
    """The versions of one report, and what it can be a witness of.

    Attributes:
        valid: when it was taken [µs].
        kind: the kind of report.
        is_of_its_day: whether its reading was surely taken on its climate day.
        start_6h: where the window of its 6-hour group begins [µs], None where that is not usable.
        start_24h: the same of its 24-hour group.
        known: when each version was known [µs], rising.
        said: what each version says.
    """

    valid: int
    kind: str
    is_of_its_day: bool
    start_6h: int | None
    start_24h: int | None
    known: list[int] = field(default_factory=list)
    said: list[Said] = field(default_factory=list)

    def correct(self, known: int, said: Said) -> None:
        """Add a version; of two known at the same instant the one learnt last stands."""
        place = bisect_left(self.known, known)
        if self.known[place : place + 1] == [known]:
            self.said[place] = said
        else:
            self.known.insert(place, known)
            self.said.insert(place, said)

    def versions(self, at: int) -> int:
        """Return how many versions were known at an instant [µs]; the last of them stands."""
        return len(self.known) if self.known[-1] <= at else bisect_right(self.known, at)

    def standing(self, at: int) -> Said | None:
        """Return what the newest version known at an instant [µs] says, None where there was none."""
        versions = self.versions(at)
        return self.said[versions - 1] if versions else None

    def groups(self, said: Said) -> Iterator[tuple[int, int]]:
        """Yield where the window of each usable group of a version begins [µs], and its maximum [whole °F]."""
        if self.start_6h is not None and said.max_6h is not None:
            yield self.start_6h, said.max_6h
        if self.start_24h is not None and said.max_24h is not None:
            yield self.start_24h, said.max_24h
