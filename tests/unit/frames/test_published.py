"""The newest official high known, by hand: Miami, whose climate day ends at 05Z."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import polars as pl

from drybulb.frames import published
from tests.laws.records import tables, utc

DAY = date(2024, 7, 15)
PLACES = pl.DataFrame({"city": ["miami"], "station": ["KMIA"], "offset": [-5]}, schema_overrides={"offset": pl.Int32})


def _high(
    high: int, back: int, hours: float = 37.0, *, version: int = 1, is_final: bool = True, source: str = "cli"
) -> tuple[Any, ...]:
    day = DAY - timedelta(days=back)
    return ("KMIA", day, source, version, high, is_final, utc(day, hours))


def _see(highs: list[tuple[Any, ...]], *at: datetime) -> list[tuple[Any, ...]]:
    asked = pl.DataFrame(
        {"city": ["miami"] * len(at), "day": [DAY] * len(at), "at": list(at)},
        schema_overrides={"at": pl.Datetime("us", "UTC")},
    )
    return published.attach(asked, published.standing_highs(tables(official=highs).official, PLACES)).rows()


def test_a_high_counts_from_its_final_report() -> None:
    """The final of D-1 comes at 13Z on D; before it the newest known high is that of D-2."""
    assert _see([_high(91, 2), _high(88, 1)], utc(DAY, 12.9), utc(DAY, 13)) == [(91, 2), (88, 1)]


def test_nothing_published_is_nothing() -> None:
    """Before the first report there is no high and no lag."""
    assert _see([_high(91, 2)], utc(DAY, -24)) == [(None, None)]


def test_a_preliminary_waits_for_its_day_to_end() -> None:
    """The high so far of D-1, known at 21Z, is nobody's high before 05Z, when the day is over."""
    prelim = _high(89, 1, 21, is_final=False)
    assert _see([_high(91, 2), prelim], utc(DAY, 4.9), utc(DAY, 5)) == [(91, 2), (89, 1)]


def test_a_final_high_is_not_undone_by_a_preliminary() -> None:
    """Once a final high is known a later preliminary one of the same day changes nothing; a later final one does."""
    highs = [_high(91, 2), _high(85, 2, 38, is_final=False, source="late"), _high(92, 2, 40, version=2)]
    assert _see(highs, utc(DAY, -9.5), utc(DAY, -8)) == [(91, 2), (92, 2)]


def test_a_late_high_of_an_older_day_is_not_the_newest() -> None:
    """A report of D-3 that comes after that of D-2 does not take its place."""
    assert _see([_high(91, 2), _high(70, 3, 24 * 3 + 1)], utc(DAY, 2)) == [(91, 2)]
