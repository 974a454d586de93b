"""The windows of a walk: event days in a row, each window with the instant from which on it may be traded."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Self

from drybulb.domain.city import City
from drybulb.domain.climateday import ClimateDay
from drybulb.errors import ConfigError

_STEP = re.compile(r"([1-9][0-9]{0,2})(mo|w|d)")
_DAY = timedelta(days=1)
_MONTHS_A_YEAR, _DAYS_A_WEEK = 12, 7


@dataclass(frozen=True, slots=True)
class Step:
    """How long a window is: calendar months, or days.

    Attributes:
        text: as it was asked for, such as ``1mo``, ``2w`` or ``14d``.
        months: how many; 0 where days count.
        days: how many; 0 where months do.
    """

    text: str
    months: int
    days: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read it.

        Raises:
            ConfigError: anything else than a whole number of ``mo``, ``w`` or ``d``.
        """
        found = _STEP.fullmatch(text)
        if found is None:
            raise ConfigError(f"window {text!r} is no length; write months, weeks or days such as 1mo, 2w or 14d")
        number, unit = int(found[1]), found[2]
        months = number if unit == "mo" else 0
        return cls(text, months, 0 if months else number * (_DAYS_A_WEEK if unit == "w" else 1))

    def begin(self, first: date, number: int) -> date:
        """Return the first day of a window, counted from 0; in a month too short for it, the month's last.

        Args:
            first: of the first window.
            number: which window.
        """
        if not self.months:
            return first + number * self.days * _DAY
        year, month = divmod(first.month - 1 + number * self.months, _MONTHS_A_YEAR)
        year, month = first.year + year, month + 1
        return date(year, month, min(first.day, monthrange(year, month)[1]))


@dataclass(frozen=True, slots=True)
class Window:
    """Event days that are traded by what was chosen before them.

    Attributes:
        number: from 1.
        start: first event day.
        end: last event day, inclusive.
        opens_at: start of the day before the first, in the earliest city: nothing of it can be traded before [UTC].
        is_last: whether none comes after it; then it has what is left of the days too.
    """

    number: int
    start: date
    end: date
    opens_at: datetime
    is_last: bool

    @property
    def span(self) -> list[str]:
        """First and last event day, as text."""
        return [self.start.isoformat(), self.end.isoformat()]

    def selection(self, days: int) -> tuple[date, date]:
        """Return the first and last of so many event days before it; what they paid may not all be known yet."""
        return self.start - days * _DAY, self.start - _DAY

    def until(self, embargo_days: int) -> datetime:
        """Return until when its models learn [UTC]."""
        return self.opens_at - embargo_days * _DAY


def windows(start: date, end: date, step: Step, cities: Iterable[City]) -> list[Window]:
    """Return the windows from ``start`` to ``end`` inclusive; days that make no whole window are of the one before.

    So the last is never shorter than the others: a day more at the end would else set the rest of it free.

    Args:
        start: first event day.
        end: last event day.
        step: length of a window.
        cities: whose days; a forecaster of all of them is asked from the earliest on.

    Raises:
        ConfigError: the last day before the first.
    """
    if end < start:
        raise ConfigError(f"the walk ends on {end}, before it starts on {start}; swap them")
    offsets = [city.standard_offset_hours for city in cities]
    found: list[Window] = []
    begin = start
    while begin <= end:
        after = step.begin(start, len(found) + 1)
        is_last = step.begin(start, len(found) + 2) - _DAY > end
        opens_at = min(ClimateDay(begin, offset).previous().start for offset in offsets)
        found.append(Window(len(found) + 1, begin, end if is_last else after - _DAY, opens_at, is_last))
        if is_last:
            break
        begin = after
    return found
