"""The reports of one station as they become known.

The counterpart of :mod:`drybulb.frames.observed` and :mod:`drybulb.frames.latest`: a question
walks through the reports of the two or three climate days it touches, and looks at the version
of each that was the newest known.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterable
from typing import Any, NamedTuple

from drybulb.frames.latest import DAY_HOURS, MIN_TREND_HOURS, RISE_HOURS, TREND_HOURS
from drybulb.frames.live.degrees import Degrees, Meanings
from drybulb.frames.live.instants import DAY, HOUR, in_hours, instant_of, span
from drybulb.frames.live.reported import Reported
from drybulb.frames.live.reports import Report, Said, Told, said_by
from drybulb.frames.reports import ReadingRules


class SoFar(NamedTuple):
    """The maximum so far of a climate day [whole °F], of groups, of readings outside them, and of all with the report.

    ``at`` is when it was seen [µs], ``upper`` the most it can mean, ``readings`` how many there are; ``since`` the
    highest reading since the report was closed, ``at_max`` when the readings that stand at the highest were taken [µs].
    """

    group: int | None
    reading: int | None
    running: int | None
    at: int | None
    upper: int | None
    readings: int
    since: int | None
    at_max: tuple[int, ...]


class Station:
    """Every version of every report of a station, by the city's climate days.

    Args:
        offset_hours: local standard time of the city minus UTC [h].
        rules: how far back a reading reaches.
    """

    def __init__(self, offset_hours: int, rules: ReadingRules) -> None:
        self._offset = offset_hours * HOUR
        self._poll_lag = span(rules.poll_lag_hours)
        self._max_age = span(rules.max_age_hours)
        self._meanings = Meanings()
        self._reports: dict[tuple[int, str], Report] = {}
        self._by_day: dict[int, list[Report]] = {}
        self._with_groups: dict[int, list[Report]] = {}

    def learn(self, rows: Iterable[tuple[Any, ...]]) -> set[int]:
        """Take rows of the ``COLUMNS`` of a report; return the climate days they may be witnesses of."""
        told = [Told(*row) for row in rows]
        self._meanings.learn(celsius for row in told for celsius in row.temperatures)
        days = set()
        for row in told:
            report = self._reports.get((row.valid, row.kind)) or self._new(row.valid, row.kind)
            report.correct(row.known, said_by(row, self._meanings))
            days |= {self._day(row.valid), self._day(_end_of_groups(row.valid) - 1)}
        return days

    def so_far(self, day: int, at: int, report: Reported | None = None) -> SoFar:
        """Return the maximum so far of a climate day, as known at an instant [µs], with the report known by then."""
        spoken_for, groups = self._groups(day, at)
        group, group_at = max(groups, key=_earliest_of_the_highest, default=(None, None))
        read = self._read(day, at)
        alone = [(seen, temp) for seen, temp in read if not any(start <= seen <= end for start, end in spoken_for)]
        lows = ((temp.low, seen) for seen, temp in alone)
        reading, reading_at = max(lows, key=_earliest_of_the_highest, default=(None, None))
        since = [] if report is None else [(seen, temp) for seen, temp in alone if seen > report.closed]
        running = _most(_most(group, reading), report and report.high)
        witnesses = ((group, group_at), (reading, reading_at), *([] if report is None else [report]))
        is_spoken_for = report is not None and reading is not None and reading <= report.high
        upper = max((temp.upper for _, temp in (since if is_spoken_for else alone)), default=None)
        return SoFar(
            group=group,
            reading=reading,
            running=running,
            at=min((seen for high, seen in witnesses if high == running and seen is not None), default=None),
            upper=_most(running, upper),
            readings=len(read),
            since=max((temp.low for _, temp in since), default=None),
            at_max=tuple(seen for seen, temp in alone if temp.low == reading),
        )

    def features(self, day: int, at: int, report: Reported | None = None) -> dict[str, Any]:
        """Return the columns of :mod:`drybulb.frames.observed` for an event at an instant [µs].

        Args:
            day: of the event.
            at: the instant [µs].
            report: the newest preliminary report of the day known by then.
        """
        so_far = self.so_far(day, at, report)
        return {
            "group_max": so_far.group,
            "reading_max": so_far.reading,
            "running_max": so_far.running,
            "running_max_at": None if so_far.at is None else instant_of(so_far.at),
            "n_readings": so_far.readings,
            **self._at_max(so_far),
            "running_max_upper": so_far.upper,
            "report_max": None if report is None else report.high,
            "report_max_at": None if report is None else instant_of(report.at),
            "reading_since_report": so_far.since,
            "previous_max": self.so_far(day - 1, at).running,
            **self._last_readings(at),
        }

    def _new(self, valid: int, kind: str) -> Report:
        end = _end_of_groups(valid)
        day, of_groups = self._day(valid), self._day(end - 1)
        starts = {6: end - 6 * HOUR, 24: end - 24 * HOUR}
        on_time = {6: end % (6 * HOUR) == 0, 24: (end + self._offset) % DAY == 0}
        usable = {hours: on_time[hours] and self._day(starts[hours]) == of_groups for hours in starts}
        report = Report(
            valid,
            kind,
            kind != "poll" or self._day(valid - self._poll_lag) == day,
            starts[6] if usable[6] else None,
            starts[24] if usable[24] else None,
        )
        self._reports[valid, kind] = report
        insort(self._by_day.setdefault(day, []), report, key=_order)
        if any(usable.values()):
            insort(self._with_groups.setdefault(of_groups, []), report, key=_order)
        return report

    def _groups(self, day: int, at: int) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
        """Return the spans of the day that groups speak for [µs], and the groups that stand with their reports' times.

        A window once spoken for stays so, even if the group is corrected later.
        """
        spoken_for, standing = [], []
        for report in self._with_groups.get(day, ()):
            versions = report.versions(at)
            for said in report.said[:versions]:
                spoken_for += [(start, report.valid) for start, _ in report.groups(said)]
            if versions:
                standing += [(high, report.valid) for _, high in report.groups(report.said[versions - 1])]
        return spoken_for, standing

    def _read(self, day: int, at: int) -> list[tuple[int, Degrees]]:
        """Return the readings of the day that stand at an instant [µs], with when they were taken [µs]."""
        standing = ((report, report.standing(at)) for report in self._by_day.get(day, ()))
        return [
            (report.valid, said.temp)
            for report, said in standing
            if said is not None and said.temp is not None and report.is_of_its_day
        ]

    def _at_max(self, so_far: SoFar) -> dict[str, Any]:
        """How many readings stand at the highest, hours from the first to the last, and the rise to it."""
        if so_far.reading is None:
            return {"n_at_max": None, "max_span": None, "rise_to_max": None}
        first, last = min(so_far.at_max), max(so_far.at_max)
        before = self._last(first - RISE_HOURS * HOUR)
        below = None if before is None else _best(before[1])
        return {
            "n_at_max": len(so_far.at_max),
            "max_span": in_hours(last - first),
            "rise_to_max": None if below is None else so_far.reading - below,
        }

    def _last_readings(self, at: int) -> dict[str, Any]:
        last, before, day_before = (self._last(at - hours * HOUR) for hours in (0, TREND_HOURS, DAY_HOURS))
        now = last[1] if last else _NOTHING
        apart = in_hours(last[0] - before[0]) if last and before else 0.0
        then = before[1] if before and apart >= MIN_TREND_HOURS else _NOTHING
        return {
            "last_temp": _best(now),
            "last_temp_age": in_hours(at - last[0]) if last else None,
            "temp_trend": _slope(_best(now), _best(then), apart),
            "temp_day_before": _best(day_before[1]) if day_before else None,
            "last_dewpoint": now.dewpoint,
            "last_wind": now.wind,
            "last_wind_dir": now.wind_dir,
            "last_ceiling": now.ceiling,
            "last_cover": now.cover,
            "last_pressure": now.pressure,
            "pressure_trend": _slope(now.pressure, then.pressure, apart),
        }

    def _last(self, at: int) -> tuple[int, Said] | None:
        """Return when the last reading at an instant [µs] was taken and what it says; None where it is too old."""
        today = self._day(at)
        for day in (today, today - 1):
            for report in reversed(self._by_day.get(day, ())):
                said = report.standing(at)
                if said is not None and said.temp is not None:
                    return (report.valid, said) if at - report.valid <= self._max_age else None
        return None

    def _day(self, instant: int) -> int:
        return (instant + self._offset) // DAY


_NOTHING = Said(*[None] * len(Said._fields))


def _order(report: Report) -> tuple[int, str]:
    return report.valid, report.kind


def _earliest_of_the_highest(seen: tuple[int, int]) -> tuple[int, int]:
    high, at = seen
    return high, -at


def _end_of_groups(valid: int) -> int:
    """The full hour up to which the groups of a report speak."""
    return (valid + HOUR // 2) // HOUR * HOUR


def _most(one: int | None, other: int | None) -> int | None:
    if one is None or other is None:
        return other if one is None else one
    return max(one, other)


def _best(said: Said) -> float | None:
    return None if said.temp is None else said.temp.best


def _slope(now: float | None, then: float | None, apart: float) -> float | None:
    return None if now is None or then is None else (now - then) / apart
