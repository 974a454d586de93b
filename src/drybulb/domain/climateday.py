"""The climate day: midnight to midnight in local *standard* time, all year.

In summer it runs from 01:00 to 01:00 by the clock on the wall. A market's close is
not this midnight in every era; trading hours are data, this is arithmetic.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from drybulb.errors import DomainError, OutsideEvent


def require_aware(instant: datetime, what: str = "instant") -> datetime:
    """Return ``instant`` in UTC.

    Raises:
        DomainError: ``instant`` has no time zone.
    """
    if instant.tzinfo is None:
        raise DomainError(f"{what} {instant.isoformat()} has no time zone; write 2024-11-20T15:00Z")
    return instant.astimezone(UTC)


@dataclass(frozen=True, slots=True, order=True)
class ClimateDay:
    """One climate day at a place whose standard time is UTC plus ``offset_hours`` [h]."""

    date: date
    offset_hours: int

    @classmethod
    def at(cls, instant: datetime, offset_hours: int) -> ClimateDay:
        """Return the climate day that contains ``instant`` [aware].

        Raises:
            DomainError: ``instant`` has no time zone.
        """
        local = require_aware(instant) + timedelta(hours=offset_hours)
        return cls(local.date(), offset_hours)

    @property
    def start(self) -> datetime:
        """First instant of the day [UTC]."""
        midnight = datetime(self.date.year, self.date.month, self.date.day, tzinfo=UTC)
        return midnight - timedelta(hours=self.offset_hours)

    @property
    def end(self) -> datetime:
        """First instant after the day [UTC]."""
        return self.start + timedelta(days=1)

    def contains(self, instant: datetime) -> bool:
        """Whether ``instant`` [aware] lies in ``[start, end)``."""
        return self.start <= require_aware(instant) < self.end

    def hours_at(self, instant: datetime) -> float:
        """Local standard hours since the day's midnight [h]; negative before it."""
        return (require_aware(instant) - self.start) / timedelta(hours=1)

    def lead_at(self, instant: datetime) -> int:
        """Lead of ``instant``: 0 on the day itself, 1 on the day before.

        Raises:
            OutsideEvent: any other instant; no belief is defined there.
        """
        days = (self.date - ClimateDay.at(instant, self.offset_hours).date).days
        if days not in (0, 1):
            raise OutsideEvent(
                f"{require_aware(instant).isoformat()} is {abs(days)} days {'before' if days > 0 else 'after'}"
                f" the climate day {self.date};"
                " an event can be asked about on its day (lead 0) and on the day before (lead 1) only"
            )
        return days

    def previous(self) -> ClimateDay:
        """The climate day before."""
        return ClimateDay(self.date - timedelta(days=1), self.offset_hours)

    def next(self) -> ClimateDay:
        """The climate day after."""
        return ClimateDay(self.date + timedelta(days=1), self.offset_hours)
