"""The official high so far as a witness, by hand: Miami, whose climate day begins and ends at 05Z."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import polars as pl

from drybulb.frames.snapshot import snapshots
from tests.laws.records import CITIES, requests, tables, utc

DAY = date(2024, 7, 15)
COLUMNS = ("report_max", "reading_max", "reading_since_report", "running_max", "running_max_upper")


def _metar(hour: float, temp: float, group: float | None = None, kind: str = "metar") -> tuple[Any, ...]:
    return ("KMIA", utc(DAY, hour), kind, temp, group, None, utc(DAY, hour + 0.1))


def _high(
    hour: float, high: int, *, version: int = 1, is_final: bool = False, source: str = "cli", back: int = 0
) -> tuple[Any, ...]:
    return ("KMIA", DAY - timedelta(days=back), source, version, high, is_final, utc(DAY, hour))


def _see(reports: list[tuple[Any, ...]], highs: list[tuple[Any, ...]], *hours: float) -> pl.DataFrame:
    asked = requests([("miami", DAY, utc(DAY, hour)) for hour in hours])
    return snapshots(asked, CITIES, tables(reports, official=highs))


#: Readings of 87 °F at 16Z and 86 °F at 20.5Z, and a report of 88 °F known at 21Z.
READ = [_metar(16, 30.6), _metar(20.5, 30.0)]


def test_a_report_counts_from_when_it_is_known() -> None:
    """88 °F known at 21Z is the maximum so far from then on, since then; the reading of half an hour before, taken
    after it may have been closed, speaks for itself.
    """
    seen = _see(READ, [_high(21, 88)], 20.9, 21.0)
    assert seen.select(COLUMNS).rows() == [(None, 87, None, 87, 87), (88, 87, 86, 88, 88)]
    assert seen["running_max_at"].to_list() == [utc(DAY, 16), utc(DAY, 21)]
    assert seen["report_max_at"].to_list() == [None, utc(DAY, 21)]


def test_the_newest_of_each_source_stands_and_the_highest_of_them() -> None:
    """A DSM of 22Z does not take the climate report of 21Z back, a climate report of 23Z does; of two versions known
    at once the later version stands.
    """
    highs = [_high(21, 95), _high(22, 88, source="DSM"), _high(23, 89, version=2), _high(23, 80)]
    assert _see(READ, highs, 21, 22, 23)["running_max"].to_list() == [95, 95, 89]


def test_a_report_below_a_reading_silences_nothing() -> None:
    """Under a report of 86 °F the reading of 87 °F still stands, since it was taken."""
    seen = _see(READ, [_high(21, 86)], 21)
    assert seen.select(COLUMNS).rows() == [(86, 87, 86, 87, 87)]
    assert seen["running_max_at"].to_list() == [utc(DAY, 16)]


def test_a_report_says_which_degree_a_whole_celsius_was() -> None:
    """A five-minute 31 °C at 16Z is 87 °F or 88; a report of 87 °F says it was 87; one of 22Z may be 88 again."""
    reports = [_metar(16, 31.0, kind="five_minute"), _metar(22, 31.0, kind="five_minute")]
    seen = _see(reports, [_high(21, 87)], 20, 21, 22.2)
    assert seen.select("running_max", "running_max_upper").rows() == [(87, 88), (87, 87), (87, 88)]


def test_a_reading_that_a_group_covers_is_none_since_the_report() -> None:
    """The group of 23:53Z covers the reading of 20:30Z, which spoke for itself before."""
    seen = _see([*READ, _metar(23 + 53 / 60, 27.8, 31.1)], [_high(21, 88)], 21, 24.1)
    assert seen["reading_since_report"].to_list() == [86, None]
    assert seen["group_max"].to_list() == [None, 88]


def test_only_preliminary_reports_of_the_day_itself_are_witnesses() -> None:
    """A final high, the report of the day before and one known before the day began say nothing of its maximum."""
    highs = [_high(21, 99, is_final=True), _high(6, 98, back=1), _high(4.9, 97, version=2)]
    seen = _see([], highs, 4.95, 22)
    assert seen["running_max"].to_list() == [None, None]
    assert seen["report_max"].to_list() == [None, None]


def test_a_report_needs_no_reading_beside_it() -> None:
    """Where the station sent nothing the report alone is the maximum so far."""
    seen = _see([], [_high(21, 88)], 22)
    assert seen.select(COLUMNS).rows() == [(88, None, None, 88, 88)]


def test_a_neighbours_report_is_not_heard() -> None:
    """A preliminary high of O'Hare is none of Midway's, and no part of what the neighbour read."""
    highs = [("KORD", DAY, "cli", 1, 90, False, utc(DAY, 21))]
    row = snapshots(requests([("chicago", DAY, utc(DAY, 22))]), CITIES, tables(official=highs)).row(0, named=True)
    assert (row["running_max"], row["neighbour_running_max"], row["report_max"]) == (None, None, None)
    assert "neighbour_report_max" not in row
