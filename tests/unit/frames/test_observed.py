"""Maximum so far, last reading and trend, by hand."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import polars as pl
import pytest

from drybulb.frames import observed, reported
from drybulb.frames.reports import ReadingRules
from tests.laws.records import tables, utc

#: Miami: the climate day of 15 July runs from 05Z to 05Z, and from 1 to 1 o'clock on the wall.
DAY = date(2024, 7, 15)
RULES = ReadingRules(poll_lag_hours=1.5, max_age_hours=6.0)
TEN_MINUTES = timedelta(minutes=10)


def _utc(hour: float) -> datetime:
    return utc(DAY, hour)


def _report(
    hour: int,
    temp: float | None,
    max_6h: float | None = None,
    max_24h: float | None = None,
    *,
    minute: int = 53,
    kind: str = "metar",
    delay: timedelta = TEN_MINUTES,
) -> tuple[Any, ...]:
    valid_at = _utc(hour) + timedelta(minutes=minute)
    return ("KMIA", valid_at, kind, temp, max_6h, max_24h, valid_at + delay)


def _see(reports: list[tuple[Any, ...]], *hours: float, offset: int = -5) -> dict[str, list[Any]]:
    asked = pl.DataFrame(
        {"station": ["KMIA"] * len(hours), "offset": [offset] * len(hours), "day": [DAY] * len(hours)},
        schema_overrides={"offset": pl.Int32},
    ).with_columns(at=pl.Series([_utc(hour) for hour in hours], dtype=pl.Datetime("us", "UTC")))
    said = reported.attach(asked, tables().official)
    return observed.attach(asked.hstack(said), tables(reports).observations, RULES).to_dict(as_series=False)


def test_a_reading_counts_from_when_it_is_known() -> None:
    """A METAR of 13:53Z is not seen at 14:00Z and is from 14:03Z on, as the whole °F it was made from."""
    seen = _see([_report(13, 30.6)], 14.0, 14.05)
    assert seen["running_max"] == [None, 87]
    assert seen["n_readings"] == [0, 1]
    assert seen["running_max_at"] == [None, _utc(13 + 53 / 60)]


def test_the_day_begins_at_standard_midnight() -> None:
    """In July the reading of 04:53Z belongs to the day before, that of 05:53Z to the day, at 01:53 on the wall."""
    seen = _see([_report(4, 33.3), _report(5, 28.3)], 12.0)
    assert seen["running_max"] == [83]
    assert seen["n_readings"] == [1]


def test_a_group_speaks_for_its_window() -> None:
    """The group of 17:53Z replaces the readings of its six hours and leaves those outside to speak for themselves."""
    reports = [_report(5, 28.9), _report(13, 30.6), _report(17, 30.0, 31.7), _report(18, 31.1)]
    before, after, later = (_see(reports, hour) for hour in (17.9, 18.1, 19.1))
    assert (before["group_max"], before["reading_max"]) == ([None], [87])
    assert (after["group_max"], after["reading_max"], after["running_max"]) == ([89], [84], [89])
    assert after["running_max_at"] == [_utc(17 + 53 / 60)]
    assert (later["group_max"], later["reading_max"], later["running_max"]) == ([89], [88], [89])


def test_a_group_across_midnight_is_not_the_days() -> None:
    """The group of 05:53Z began at 00Z, on Miami's day before: it is not used, and hides no reading."""
    seen = _see([_report(5, 28.3, 33.9)], 7.0)
    assert (seen["group_max"], seen["reading_max"]) == ([None], [83])


def test_the_same_group_ends_a_day_further_west() -> None:
    """At offset -6 the group of 05:53Z covers the last six hours of the day before, and is none of this day's."""
    seen = _see([_report(29, 28.3, 33.9)], 30.1, offset=-6)
    assert seen["group_max"] == [93]
    assert _see([_report(5, 28.3, 33.9)], 7.0, offset=-6)["group_max"] == [None]


def test_the_midnight_group_covers_the_day() -> None:
    """The 24-hour maximum reported at 04:53Z is Miami's whole climate day, and no other station's midnight."""
    reports = [_report(5, 28.9), _report(17, 30.0), _report(28, 28.9, None, 33.3)]
    assert _see(reports, 29.1)["group_max"] == [92]
    assert _see(reports, 29.1)["reading_max"] == [None]
    assert _see(reports, 29.1, offset=-6)["group_max"] == [None]


def test_a_group_at_no_synoptic_hour_is_a_misread_remark() -> None:
    """A 6-hour maximum in a special report of 08:55Z is not used."""
    assert _see([_report(8, 23.0, 27.2, minute=55, kind="speci")], 12.0)["group_max"] == [None]


def test_a_special_report_after_the_group_speaks_for_itself() -> None:
    """A special report of 17:57Z, after the group of 17:53Z, is not covered by it."""
    reports = [_report(17, 30.0, 31.7), _report(17, 32.8, minute=57, kind="speci")]
    seen = _see(reports, 19.0)
    assert (seen["group_max"], seen["reading_max"], seen["running_max"]) == ([89], [91], [91])


def test_a_correction_counts_from_its_own_known_at() -> None:
    """A corrected reading replaces the first from when the correction is known, and is one reading still."""
    reports = [_report(13, 38.9), _report(13, 28.9, delay=timedelta(hours=2)), _report(14, 29.4)]
    seen = _see(reports, 15.5, 16.0)
    assert seen["running_max"] == [102, 85]
    assert seen["n_readings"] == [2, 2]


def test_a_withdrawn_reading_is_gone() -> None:
    """A correction without a temperature withdraws the reading: it is no maximum, no last reading, and not counted."""
    seen = _see([_report(13, 38.9), _report(13, None, delay=timedelta(hours=2))], 15.0, 16.0)
    assert seen["running_max"] == [102, None]
    assert seen["last_temp"] == [102.0, None]
    assert seen["n_readings"] == [1, 0]


def test_a_late_reading_inside_a_spoken_window_adds_nothing() -> None:
    """A reading of the group's window that arrives after the group does not speak beside it."""
    late = _report(14, 33.3, delay=timedelta(hours=6))
    seen = _see([_report(17, 30.0, 31.7), late], 22.0)
    assert (seen["reading_max"], seen["running_max"], seen["n_readings"]) == ([None], [89], [2])


def test_a_poll_just_after_midnight_is_no_witness() -> None:
    """A poll within 1.5 hours of midnight may show yesterday's reading: last reading yes, maximum of the day no."""
    polls = [_report(6, 31.0, minute=0, kind="poll"), _report(6, 30.0, minute=31, kind="poll")]
    seen = _see(polls, 6.4, 7.0)
    assert seen["running_max"] == [None, 86]
    assert seen["last_temp"] == [87.8, 86.0]
    assert seen["n_readings"] == [0, 1]


def test_a_whole_celsius_counts_as_its_lower_end() -> None:
    """A five-minute 22 °C is 71 °F or 72: the maximum so far is 71, the last reading 71.6."""
    seen = _see([_report(13, 22.0, minute=0, kind="five_minute")], 14.0)
    assert (seen["running_max"], seen["last_temp"]) == ([71], [71.6])


def test_the_most_a_maximum_can_mean() -> None:
    """A five-minute 22 °C may be 72 °F; beside a METAR of 71 °F it still may; under a group of 71 °F it speaks no more;
    a METAR of 73 °F is above it.
    """
    feed = _report(13, 22.0, minute=0, kind="five_minute")
    seen = _see([feed, _report(14, 21.7), _report(17, 20.0, 21.7), _report(18, 22.8)], 14.0, 15.1, 18.1, 19.1)
    assert seen["running_max"] == [71, 71, 71, 73]
    assert seen["running_max_upper"] == [72, 72, 71, 73]


def test_a_sharp_peak_is_told_from_a_flat_one() -> None:
    """86 °F read at 12:53Z, 14:53Z and 15:53Z stands three times over three hours, 3 °F above the 83 °F of 10:53Z, the
    last known an hour before; a higher reading begins anew, and a group takes the readings it covers away.
    """
    reports = [_report(10, 28.3), _report(11, 29.4), *(_report(hour, 30.0) for hour in (12, 14, 15)), _report(16, 30.6)]
    seen = _see([*reports, _report(17, 28.9, 30.6)], 13.1, 16.1, 17.1, 18.1)
    assert seen["n_at_max"] == [1, 3, 1, 1]
    assert seen["max_span"] == [0.0, 3.0, 0.0, 0.0]
    assert seen["rise_to_max"] == [3.0, 3.0, 1.0, None]


def test_the_maximum_of_the_day_before_is_what_is_known_of_it() -> None:
    """At 04:30Z, on the day before, its maximum so far is 90 °F; the reading of 04:53Z and the group of the whole day
    raise it when they are known, and nothing of the day itself does.
    """
    reports = [_report(-4, 32.2), _report(4, 32.8), _report(5, 33.9), _report(4, 31.0, None, 33.3, kind="speci")]
    seen = _see([*reports[:3], (*reports[3][:6], _utc(7))], 4.5, 5.1, 6.9, 7.0)
    assert seen["previous_max"] == [90, 91, 91, 92]
    assert seen["running_max"] == [None, None, 93, 93]


def test_the_last_reading_reaches_over_midnight() -> None:
    """At 05:30Z the last reading is that of 04:53Z, on the day before; six hours on it is nobody's last reading."""
    seen = _see([_report(4, 28.9)], 5.5, 10.8, 11.0)
    assert seen["last_temp"] == [84.0, 84.0, None]
    assert seen["last_temp_age"] == pytest.approx([37 / 60, 10.8 - 4 - 53 / 60, None])
    assert seen["n_readings"] == [0, 0, 0]


def test_the_trend_is_the_rise_since_three_hours_ago() -> None:
    """From 83 °F at 10:53Z to 86 °F at 12:53Z it rises 1.5 °F an hour; against itself or nothing there is no trend."""
    reports = [_report(10, 28.3), _report(12, 30.0)]
    assert _see(reports, 14.1, 11.1, 17.0)["temp_trend"] == [1.5, None, None]


def test_nobodys_readings_are_nulls() -> None:
    """Where no station is named every feature is null and the count is 0."""
    asked = pl.DataFrame(
        {"station": [None], "offset": [-5], "day": [DAY], "at": [_utc(12)]},
        schema={"station": pl.String, "offset": pl.Int32, "day": pl.Date, "at": pl.Datetime("us", "UTC")},
    )
    said = reported.attach(asked, tables().official)
    row = observed.attach(asked.hstack(said), tables([_report(9, 28.9)]).observations, RULES).row(0, named=True)
    assert row.pop("n_readings") == 0
    assert set(row.values()) == {None}
