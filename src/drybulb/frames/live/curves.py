"""The hourly curve of one issue of guidance: the counterpart of :mod:`drybulb.frames.curves`."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from drybulb.frames.curves import LAST_HOURS
from drybulb.frames.live.instants import HOUR

#: Points of a curve by time: when [µs], temperature [°F].
Curve = Sequence[tuple[int, float]]


def value(curve: Curve, at: int) -> float | None:
    """Return the curve at an instant [µs], None before its first point and after its last [°F]."""
    last = bisect_right(curve, at, key=_time) - 1
    if last < 0:
        return None
    time, temp = curve[last]
    if time == at:
        return temp
    if last + 1 == len(curve):
        return None
    next_time, next_temp = curve[last + 1]
    return temp + (next_temp - temp) * ((at - time) / (next_time - time))


def highest(curve: Curve, start: int, end: int) -> float | None:
    """Return the highest of a curve from an instant to before the end of the day [µs] [°F].

    None where it says nothing then, or ends before the last hours of the day.
    """
    if not curve or curve[-1][0] < end - LAST_HOURS * HOUR:
        return None
    to_come = [temp for time, temp in curve[bisect_right(curve, start, key=_time) : bisect_left(curve, end, key=_time)]]
    now = value(curve, start)
    return max(to_come if now is None else [now, *to_come], default=None)


def _time(point: tuple[int, float]) -> int:
    return point[0]
