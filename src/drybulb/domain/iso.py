"""Days and instants as people write them: ISO 8601 text, read where it can mean one thing only."""

from __future__ import annotations

from datetime import UTC, date, datetime

from drybulb.domain.climateday import require_aware
from drybulb.errors import DomainError


def as_day(day: date | str) -> date:
    """Return a day given as a date or as text such as ``2024-11-20``.

    Raises:
        DomainError: text that is no date, or an instant, which is on different days in different places.
    """
    if isinstance(day, datetime):
        raise DomainError(f"{day.isoformat()} is an instant, not a day; give a date such as 2024-11-20")
    if isinstance(day, date):
        return day
    try:
        return date.fromisoformat(day)
    except (TypeError, ValueError) as error:
        raise DomainError(f"{day!r} is not a date such as 2024-11-20") from error


def as_instant(instant: datetime | str) -> datetime:
    """Return an instant given with its time zone, as a datetime or as text such as ``2024-11-17T12:00Z``, in UTC.

    Raises:
        DomainError: text that is no instant, or no time zone: a time without one is not an instant.
    """
    if isinstance(instant, datetime):
        return require_aware(instant)
    try:
        read = datetime.fromisoformat(instant)
    except (TypeError, ValueError) as error:
        raise DomainError(f"{instant!r} is not an instant such as 2024-11-17T12:00Z") from error
    if read.tzinfo is None:
        raise DomainError(f"{instant!r} has no time zone; write 2024-11-17T12:00Z")
    return read.astimezone(UTC)


def as_first(first: date | datetime | str) -> date | datetime:
    """Return the first thing asked about: an event day as :func:`as_day` reads it, or else an instant.

    Raises:
        DomainError: text that is neither, or an instant without its time zone.
    """
    if isinstance(first, datetime):
        return require_aware(first)
    if isinstance(first, date):
        return first
    try:
        return date.fromisoformat(first)
    except (TypeError, ValueError):
        return as_instant(first)
