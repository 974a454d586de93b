"""The time axis of an example day, and the shapes that stand on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from math import nan

from drybulb.app.reporting.day_document import DayDocument

Bar = tuple[float, float, float, float]
"""From one hour to another, from one value to another."""


@dataclass(frozen=True, slots=True)
class Hours:
    """Instants as hours since the event day began in local standard time.

    Attributes:
        zero: when the event day began.
        first: when the market opened [h].
        last: when it closed [h].
        pixel: how long a pixel is [h].
    """

    zero: datetime
    first: float
    last: float
    pixel: float

    @classmethod
    def of(cls, day: DayDocument, width: int) -> Hours:
        """Lay the hours of a day on an axis of a width [px]."""
        zero = datetime.combine(day.day, time(), UTC) - timedelta(hours=day.standard_offset_hours)
        first, last = ((at - zero).total_seconds() / 3600.0 for at in (day.open_at, day.close_at))
        return cls(zero, first, last, (last - first) / width)

    def at(self, instant: datetime) -> float:
        """Hours since the day began [h]."""
        return (instant - self.zero).total_seconds() / 3600.0

    def steps(self, instants: Sequence[datetime]) -> list[float]:
        """Hours of values that each hold until the next, the last until the close [h]."""
        found = [self.at(instant) for instant in instants]
        return [*found, max(self.last, found[-1])] if found else []


def stepped(at: Sequence[float], rows: Sequence[Sequence[float | None]]) -> tuple[list[float], list[list[float]]]:
    """Return hours and columns of values that hold until the next, without those that repeat what held already.

    Args:
        at: hour of every row, and the end of the last [h].
        rows: values at those hours; None, where there is none, leaves a gap.
    """
    kept = [number for number, row in enumerate(rows) if number == 0 or row != rows[number - 1]]
    columns = zip(*(rows[number] for number in [*kept, -1]), strict=True) if rows else ()
    values = [[nan if value is None else value for value in column] for column in columns]
    return [*(at[number] for number in kept), *at[-1:]], values


def gapped(bars: Sequence[Bar]) -> tuple[list[float], list[float]]:
    """Return bars as one line with gaps: one path is far smaller than a thousand."""
    across = [value for bar in bars for value in (bar[0], bar[1], nan)]
    upward = [value for bar in bars for value in (bar[2], bar[3], nan)]
    return across, upward
