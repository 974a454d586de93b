"""Requests: which instants of which events."""

from __future__ import annotations

from datetime import date

import pytest

from drybulb.errors import DomainError
from drybulb.frames.grid import clock_requests
from drybulb.frames.snapshot import snapshots
from tests.laws.records import CITIES, tables, utc

DAY = date(2024, 7, 15)


def test_clocks_are_all_inside_their_events() -> None:
    """Every request at a clock can be answered, through the change of the clocks."""
    days = [date(2024, 3, 9), date(2024, 3, 10), date(2024, 3, 11)]
    made = snapshots(clock_requests(CITIES, days, {1: [0, 23], 0: [0, 23]}), CITIES, tables())
    assert made.height == len(CITIES) * 3 * 4
    assert set(made["lead"]) == {0, 1}


def test_clocks_are_local_standard_hours() -> None:
    """Lead 1 at 22 and lead 0 at 6 are 04Z and 12Z of the day in Chicago, 03Z and 11Z in Miami, all year."""
    asked = clock_requests(CITIES, [DAY], {0: [6], 1: [22]})
    assert asked.rows() == [
        ("chicago", DAY, utc(DAY, 4)),
        ("chicago", DAY, utc(DAY, 12)),
        ("miami", DAY, utc(DAY, 3)),
        ("miami", DAY, utc(DAY, 11)),
    ]


def test_days_are_asked_once_and_in_order() -> None:
    """Days given twice or backwards are asked once, in order."""
    asked = clock_requests({"miami": CITIES["miami"]}, [date(2024, 7, 16), DAY, DAY], {0: [12]})
    assert asked["day"].to_list() == [DAY, date(2024, 7, 16)]


@pytest.mark.parametrize(
    ("lead_hours", "named"), [({2: [10]}, "lead 2"), ({0: [24]}, r"\[24\]"), ({1: [-1]}, r"\[-1\]")]
)
def test_impossible_clocks_are_refused(lead_hours: dict[int, list[int]], named: str) -> None:
    """A lead other than 0 and 1, or an hour outside the day, is refused by name."""
    with pytest.raises(DomainError, match=named):
        clock_requests(CITIES, [DAY], lead_hours)
