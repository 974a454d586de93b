"""The clock of a day of the world: 288 five-minute means from local standard midnight."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

PER_HOUR = 12
"""Five-minute means in an hour."""

STEPS = 24 * PER_HOUR
"""Five-minute means in a day."""

MINUTE = 60_000_000
"""A minute [µs]."""

HOUR = 60 * MINUTE
"""An hour [µs]."""

DAY = 24 * HOUR
"""A day [µs]."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def hours_of_day() -> Floats:
    """Return the middle of each of a day's means [h from midnight]."""
    return (np.arange(STEPS) + 0.5) / PER_HOUR


def midnights(days: list[date], offset_hours: int) -> Ints:
    """Return local standard midnight at the start of each day [µs since 1970 UTC]."""
    ordinal = np.array([day.toordinal() for day in days], dtype=np.int64) - _EPOCH.toordinal()
    return (ordinal * 24 - offset_hours) * 60 * MINUTE


def days_of_year(days: list[date]) -> Floats:
    """Return the number of each day in its year, 1 … 366."""
    return np.array([day.timetuple().tm_yday for day in days], dtype=np.float64)


def days_from(first: date, count: int) -> list[date]:
    """Return ``count`` days from ``first`` on."""
    return [first + timedelta(days=n) for n in range(count)]


def whole(degrees: Floats) -> Ints:
    """Round half up to whole degrees [°F]."""
    return np.floor(degrees + 0.5).astype(np.int64)
