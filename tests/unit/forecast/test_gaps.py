"""How far the official high stands above what was reported."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import pytest

from drybulb.forecast.gaps import GAP_HIGH, GAP_LOW, Gap, Gaps, fit_gaps
from tests.unit.forecast.made import labelled

SIZE = GAP_HIGH - GAP_LOW + 1


def _gap(**days: int) -> Gap:
    """Counted days; ``p1=70`` is 70 days of a gap of +1, ``m1`` of -1."""
    counts = [0] * SIZE
    for name, number in days.items():
        counts[int(name[1:]) * (1 if name[0] == "p" else -1) - GAP_LOW] = number
    return Gap(tuple(counts))


def _end_of_day(day: int, **given: Any) -> dict[str, Any]:
    date_of = date(2024, 3, 1) + timedelta(days=day)
    hours = given.get("hours", 23.0)
    at = datetime(date_of.year, date_of.month, date_of.day, 5, tzinfo=UTC) + timedelta(hours=hours)
    return {"day": date_of, "at": at, "hours": hours, "n_readings": 24, "last_temp_age": 0.5, **given}


def test_every_gap_is_counted_half_a_day_in_advance() -> None:
    """Half a day is added from -1 to +3 and halved for each degree beyond, so no gap has probability zero."""
    prior = 0.5 * ((1.0 - 0.5**19) + 5 + (0.5 + 0.25 + 0.125 + 0.0625 + 0.03125))
    pmf = _gap(p0=60, p1=40).pmf()
    assert pmf.sum() == pytest.approx(1.0)
    assert pmf[0 - GAP_LOW] == pytest.approx(60.5 / (100 + prior))
    assert pmf[-1 - GAP_LOW] == pytest.approx(0.5 / (100 + prior))
    assert pmf[-2 - GAP_LOW] == pytest.approx(0.25 / (100 + prior))
    assert pmf.min() > 0.0


def test_the_distribution_function_adds_up_the_gaps() -> None:
    """P(gap ≤ 0) is all up to 0; below the least gap it is 0, above the greatest 1, and 1 where nothing is known."""
    gap = _gap(p0=60, p1=40)
    found = gap.cdf(np.array([0.0, GAP_LOW - 1.0, -40.0, 8.0, 99.0, np.nan]))
    assert found[0] == pytest.approx(gap.pmf()[: 1 - GAP_LOW].sum())
    assert found[1:].tolist() == [0.0, 0.0, 1.0, 1.0, 1.0]


def test_the_maximum_so_far_is_below_k_if_all_witnesses_are() -> None:
    """P(M ≤ k) is the product over groups, readings and reports: here P(gap ≤ 0 above 80) times P(gap ≤ 2 above 78)
    times P(gap ≤ 1 above 79).
    """
    gaps = Gaps(_gap(p0=90, p1=10), _gap(p0=30, p1=50, p2=20), _gap(p0=80, p1=15, p2=5))
    group, reading, report = (
        gap.cdf(np.array([excess]))[0] for gap, excess in ((gaps.group, 0.0), (gaps.reading, 2.0), (gaps.report, 1.0))
    )
    found = gaps.cdf_of_max(*(np.array([degree]) for degree in (80.0, 80.0, 78.0, 79.0)))
    assert found[0] == pytest.approx(group * reading * report)
    alone = gaps.cdf_of_max(*(np.array([degree]) for degree in (80.0, np.nan, 78.0, np.nan)))
    assert alone[0] == pytest.approx(reading)


def test_a_day_counts_for_the_witness_that_holds_its_maximum() -> None:
    """A gap is counted above the groups or above the readings, whichever hold the maximum at the day's last row."""
    days = [_end_of_day(n, group_max=80, reading_max=75, high=80) for n in range(40)]
    days += [_end_of_day(40 + n, group_max=70, reading_max=78, high=79) for n in range(35)]
    found = fit_gaps(labelled(*days))["KMIA"]
    assert found.group.days[0 - GAP_LOW] == 40
    assert sum(found.group.days) == 40
    assert found.reading.days[1 - GAP_LOW] == 35
    assert sum(found.reading.days) == 35


def test_a_group_that_takes_over_in_the_evening_does_not_undo_the_readings() -> None:
    """A day whose readings held the maximum at 18 h counts for them, and for the group that came at 19 h as well."""
    days = []
    for n in range(40):
        days += [
            _end_of_day(n, hours=18.5, group_max=70, reading_max=78, high=79),
            _end_of_day(n, group_max=79, reading_max=60, high=79),
        ]
    found = fit_gaps(labelled(*days))["KMIA"]
    assert found.reading.days[1 - GAP_LOW] == 40
    assert found.group.days[0 - GAP_LOW] == 40


def test_a_station_that_fell_silent_says_nothing_of_gaps() -> None:
    """A day without fresh readings, or with few of them, is not over as far as anybody saw, and is not counted."""
    days = [_end_of_day(n, reading_max=70, high=90, last_temp_age=9.0) for n in range(40)]
    days += [_end_of_day(50 + n, reading_max=70, high=90, n_readings=4) for n in range(40)]
    assert set(fit_gaps(labelled(*days))) == {"*"}


def test_a_short_record_borrows_from_all_stations() -> None:
    """A station with fewer than 30 days uses the days of all stations, which are also kept under a star."""
    days = [_end_of_day(n, reading_max=70, high=71) for n in range(50)]
    days += [_end_of_day(n, station="KPHL", city="philadelphia", reading_max=70, high=72) for n in range(10)]
    found = fit_gaps(labelled(*days))
    assert sum(found["KMIA"].reading.days) == 50
    assert found["KPHL"].reading == found["*"].reading
    assert sum(found["*"].reading.days) == 60


def test_a_report_is_counted_where_nothing_stands_above_it() -> None:
    """Of 40 days whose report holds the maximum at 23 h each counts for it, of 40 whose group rose above it none; the
    group and the readings are counted as if there were no report.
    """
    days = [_end_of_day(n, group_max=79, reading_max=75, report_max=80, high=80) for n in range(40)]
    days += [_end_of_day(40 + n, group_max=82, reading_max=75, report_max=80, high=82) for n in range(40)]
    found = fit_gaps(labelled(*days))["KMIA"]
    assert (found.report.days[0 - GAP_LOW], sum(found.report.days)) == (40, 40)
    assert (found.group.days[1 - GAP_LOW], found.group.days[0 - GAP_LOW]) == (40, 40)


def test_reports_too_few_to_count_borrow_the_days_of_the_groups() -> None:
    """With 20 days of reports at each of two stations all stations have enough, with 10 at each the gap of a report is
    the station's own gap of groups.
    """
    for each, borrowed in ((20, False), (10, True)):
        days = [
            _end_of_day(n, station=station, group_max=80, report_max=80 if n < each else None, high=high)
            for station, high in (("KMIA", 80), ("KPHL", 81))
            for n in range(40)
        ]
        found = fit_gaps(labelled(*days))
        assert (found["KPHL"].report == found["KPHL"].group) is borrowed
        assert sum(found["KMIA"].report.days) == 40
        assert (found["*"].report == found["*"].group) is borrowed


def test_gaps_survive_being_written() -> None:
    """Counted days come back from JSON."""
    gaps = Gaps(_gap(p0=3), _gap(m1=1, p2=4), _gap(p0=7, p1=1))
    assert Gaps.from_json(gaps.to_json()) == gaps
