"""The preliminary reports of one station as they become known: the counterpart of :mod:`drybulb.frames.reported`."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable
from typing import Any, NamedTuple

from drybulb.frames.live.instants import DAY, HOUR, span
from drybulb.frames.reported import REPORT_LAG_HOURS

_LAG = span(REPORT_LAG_HOURS)


class Reported(NamedTuple):
    """A high so far [whole °F] and when it was known [µs]."""

    high: int
    at: int

    @property
    def closed(self) -> int:
        """The readings taken up to then are those it speaks for [µs]."""
        return self.at - _LAG


class Reports:
    """Every version of every day's high so far.

    Args:
        offset_hours: local standard time minus UTC [h].
    """

    def __init__(self, offset_hours: int) -> None:
        self._offset = offset_hours * HOUR
        self._days: dict[int, list[tuple[int, int, str, int]]] = {}

    def learn(self, rows: Iterable[tuple[Any, ...]]) -> None:
        """Take rows of ``COLUMNS`` of :mod:`drybulb.frames.live.published`; finals are left out."""
        for day, known, version, source, high, is_final in rows:
            if not is_final:
                insort(self._days.setdefault(day, []), (known, version, source, high))

    def newest(self, day: int, at: int) -> Reported | None:
        """Return the report of a day that stands at an instant [µs]: of each source the newest, of them the highest."""
        versions = self._days.get(day, ())
        newest = {
            source: Reported(high, known)
            for known, _, source, high in versions[: bisect_left(versions, (at + 1,))]
            if known >= day * DAY - self._offset
        }
        return max(newest.values(), default=None)
