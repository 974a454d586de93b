"""The last reading and what its report measured, by hand: Miami on 15 July, from 05Z to 05Z."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest

from drybulb.frames import observed, reported
from drybulb.frames.asof import INSTANT
from drybulb.frames.reports import ReadingRules
from tests.laws.records import tables, utc

DAY = date(2024, 7, 15)
RULES = ReadingRules(poll_lag_hours=1.5, max_age_hours=6.0)

#: Dew point, wind, its direction, ceiling, cover and pressure of a report.
SEA_BREEZE = (23.9, 5.1, 110.0, 900.0, 0.75, 1016.4)
CALM = (22.2, 0.0, None, None, 0.0, 1017.9)
LAST = ("last_dewpoint", "last_wind", "last_wind_dir", "last_ceiling", "last_cover", "last_pressure")


def _report(hour: float, temp: float | None, elements: tuple[Any, ...], delay: float = 0.25) -> tuple[Any, ...]:
    valid_at = utc(DAY, hour)
    return ("KMIA", valid_at, "metar", temp, None, None, valid_at + timedelta(hours=delay), *elements)


def _see(reports: list[tuple[Any, ...]], *hours: float) -> dict[str, list[Any]]:
    asked = pl.DataFrame(
        [("KMIA", -5, DAY, utc(DAY, hour)) for hour in hours],
        schema={"station": pl.String(), "offset": pl.Int32(), "day": pl.Date(), "at": INSTANT},
        orient="row",
    )
    said = reported.attach(asked, tables().official)
    return observed.attach(asked.hstack(said), tables(reports).observations, RULES).to_dict(as_series=False)


def test_the_weather_is_that_of_the_last_reading() -> None:
    """At 15:20Z the report of 15:00Z speaks with all it measured and all it lacks; before, that of 12:00Z."""
    seen = _see([_report(12, 28.9, SEA_BREEZE), _report(15, 30.0, CALM)], 15.2, 15.3)
    assert list(zip(*(seen[name] for name in LAST), strict=True)) == [
        (75.0, 5.1, 110.0, 900.0, 0.75, 1016.4),
        (72.0, 0.0, None, None, 0.0, 1017.9),
    ]


def test_a_report_without_a_temperature_is_no_last_reading() -> None:
    """The wind of a report that lacks the temperature is not joined to the temperature of another."""
    seen = _see([_report(12, 28.9, CALM), _report(13, None, SEA_BREEZE)], 14.0)
    assert (seen["last_temp"], seen["last_wind"], seen["last_pressure"]) == ([84.0], [0.0], [1017.9])


def test_an_old_report_measures_nothing() -> None:
    """Six hours after the reading nothing of its report is left."""
    seen = _see([_report(12, 28.9, SEA_BREEZE)], 18.0, 18.01)
    assert seen["last_pressure"] == [1016.4, None]
    assert seen["last_temp"] == [84.0, None]


def test_the_pressure_trend_is_of_the_reports_of_the_temperature_trend() -> None:
    """From 1017.9 hPa at 12:00Z to 1016.4 hPa at 14:00Z it falls 0.75 hPa an hour; where one lacks it there is none."""
    first, last = _report(12, 28.9, CALM), _report(14, 30.0, SEA_BREEZE)
    seen = _see([first, last], 16.0)
    assert seen["pressure_trend"] == pytest.approx([-0.75])
    assert seen["temp_trend"] == [1.0]
    unweighed = (*last[:-1], None)
    seen = _see([first, unweighed], 16.0)
    assert (seen["pressure_trend"], seen["temp_trend"]) == ([None], [1.0])


def test_the_day_before_is_what_was_the_last_reading_then() -> None:
    """At 15:18Z the reading of 15:00Z a day before counts as it was first reported, an hour later as corrected by then;
    at 23:30Z on D-1 that of 23:00Z on D-2 counts.
    """
    reports = [
        _report(-25, 26.1, CALM),
        _report(-20, 27.2, CALM),
        _report(-9, 28.9, CALM),
        _report(-9, 33.9, CALM, delay=1.25),
    ]
    seen = _see(reports, -0.5, 15.3, 16.3)
    assert seen["temp_day_before"] == [79.0, 84.0, 93.0]
    assert seen["last_temp"] == [None, None, None]
