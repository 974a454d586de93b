"""Defects of days: civil midnight, and a day that is not 24 hours."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from drybulb.domain.climateday import ClimateDay
from tests.laws import test_law05_days as law
from tests.laws.mutants import Mutant

_ZONE = {-5: "America/New_York", -6: "America/Chicago", -7: "America/Denver", -8: "America/Los_Angeles"}


def _civil_start(day: ClimateDay) -> datetime:
    zone = ZoneInfo(_ZONE[day.offset_hours])
    return datetime(day.date.year, day.date.month, day.date.day, tzinfo=zone).astimezone(UTC)


MUTANTS = [
    Mutant(
        law=law.test_no_clock_change_moves_a_day,
        target="drybulb.domain.climateday.ClimateDay.start",
        replacement=property(_civil_start),
        defect="the day begins at civil midnight, an hour early in summer",
    ),
    Mutant(
        law=law.test_days_meet,
        target="drybulb.domain.climateday.ClimateDay.end",
        replacement=property(lambda day: _civil_start(day) + timedelta(days=1)),
        defect="the day ends at civil midnight",
    ),
]
