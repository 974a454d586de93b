"""Instants as whole microseconds since 1970 UTC and climate days as days since 1970: what the indexes count in."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import polars as pl

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_DAY = _EPOCH.date().toordinal()
_MICROSECOND = timedelta(microseconds=1)

#: An hour and a day [µs].
HOUR = 3_600_000_000
DAY = 24 * HOUR


def micros(instant: datetime) -> int:
    """Return an aware instant in whole microseconds since 1970 UTC."""
    return (instant - _EPOCH) // _MICROSECOND


def instant_of(since: int) -> datetime:
    """Return the instant that :func:`micros` counts [UTC]."""
    return _EPOCH + timedelta(microseconds=since)


def number_of(day: date) -> int:
    """Return a calendar day in days since 1970."""
    return day.toordinal() - _EPOCH_DAY


def in_hours(duration: int) -> float:
    """Return a duration [µs] in hours [h], correctly rounded as :func:`drybulb.frames.exact.hours` rounds."""
    return duration / HOUR


def span(hours: float) -> int:
    """Return a rule's hours [h] as the whole microseconds that polars makes of them."""
    duration = pl.select(hours * pl.duration(hours=1)).item()
    return int(duration / _MICROSECOND)


def when(column: str) -> pl.Expr:
    """Return a column of instants as whole microseconds since 1970 UTC."""
    return pl.col(column).dt.epoch("us")


def on(column: str) -> pl.Expr:
    """Return a column of days as days since 1970."""
    return pl.col(column).cast(pl.Int32)
