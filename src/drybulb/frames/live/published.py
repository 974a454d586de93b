"""The official highs of one station as they become known: the counterpart of :mod:`drybulb.frames.published`."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable, Sequence
from typing import Any

import polars as pl

from drybulb.frames.live.instants import DAY, HOUR, on, when

#: What :meth:`Highs.learn` takes of each row.
COLUMNS: tuple[pl.Expr | str, ...] = (on("day"), when("known_at"), "version", "source", "high", "is_final")

#: One version of a day's high: when it counts from [µs], version, source, high [whole °F].
_Version = tuple[int, int, str, int]


class Highs:
    """Every version of every day's high, final and preliminary.

    Args:
        offset_hours: local standard time minus UTC [h].
    """

    def __init__(self, offset_hours: int) -> None:
        self._offset = offset_hours * HOUR
        self._days: list[int] = []
        self._finals: dict[int, list[_Version]] = {}
        self._drafts: dict[int, list[_Version]] = {}

    def learn(self, rows: Iterable[tuple[Any, ...]]) -> set[int]:
        """Take rows of ``COLUMNS``; return the days whose finals have changed."""
        changed = set()
        for day, known, version, source, high, is_final in rows:
            if day not in self._finals:
                insort(self._days, day)
                self._finals[day], self._drafts[day] = [], []
            # The high of a day is the high so far until the day is over.
            said = (max(known, self._end(day)), version, source, high)
            versions = (self._finals if is_final else self._drafts)[day]
            place = bisect_left(versions, said)
            if versions[place : place + 1] != [said]:
                versions.insert(place, said)
                if is_final:
                    changed.add(day)
        return changed

    def finals(self, day: int) -> list[tuple[int, int]]:
        """Return when each final of a day was known [µs] and its high [whole °F], in their order."""
        return [(known, high) for known, _, _, high in self._finals.get(day, ())]

    def newest(self, at: int) -> tuple[int, int] | None:
        """Return the newest day with a high known at an instant [µs], and that high [whole °F]."""
        today = (at + self._offset) // DAY
        for place in reversed(range(bisect_left(self._days, today))):
            day = self._days[place]
            # A final stands before any preliminary.
            high = _standing(self._finals[day], at)
            if high is None:
                high = _standing(self._drafts[day], at)
            if high is not None:
                return day, high
        return None

    def _end(self, day: int) -> int:
        return (day + 1) * DAY - self._offset


def _standing(versions: Sequence[_Version], at: int) -> int | None:
    last = bisect_left(versions, (at + 1,)) - 1
    return versions[last][3] if last >= 0 else None
