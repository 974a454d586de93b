"""Where the exchange put the ladder and when the event trades, from when it was listed."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

import polars as pl
import pytest

from drybulb.errors import DomainError
from drybulb.frames import listed
from drybulb.frames.listed import MarketHours
from tests.laws.records import tables, utc

DAY = date(2024, 7, 15)
LEGS: list[tuple[Any, ...]] = [
    ("A-T88", "miami", DAY, None, 87, utc(DAY, -9)),
    ("A-B88", "miami", DAY, 88, 89, utc(DAY, -9)),
    ("A-B90", "miami", DAY, 90, 91, utc(DAY, -9)),
    ("A-T91", "miami", DAY, 92, None, utc(DAY, -9)),
]
LADDER = ("ladder_low", "ladder_high", "ladder_centre")
HOURS = ("since_open", "to_close")
NEW_YORK = "America/New_York"
NEVER = date(9999, 1, 1)


def _attach(legs: list[tuple[Any, ...]], *at: datetime, day: date = DAY) -> pl.DataFrame:
    asked = pl.DataFrame(
        {"city": ["miami"] * len(at), "offset": [-5] * len(at), "day": [day] * len(at), "at": list(at)},
        schema_overrides={"at": pl.Datetime("us", "UTC"), "offset": pl.Int32},
    )
    return listed.attach(asked, tables(markets=legs).markets, MarketHours())


def _see(legs: list[tuple[Any, ...]], *at: datetime) -> list[tuple[Any, ...]]:
    return _attach(legs, *at).select(LADDER).rows()


def _hours(legs: list[tuple[Any, ...]], *at: datetime, day: date = DAY) -> list[tuple[Any, ...]]:
    return _attach(legs, *at, day=day).select(HOURS).rows()


def test_the_ladder_is_seen_from_its_listing() -> None:
    """Tails of ≤87 and ≥92 leave 88 to 91 between them, centred on 89.5; before the listing there is nothing."""
    assert _see(LEGS, utc(DAY, -9.01), utc(DAY, -9)) == [(None, None, None), (88, 91, 89.5)]


def test_a_missing_tail_leaves_its_side_open() -> None:
    """Without the low tail there is neither a first degree nor a centre."""
    assert _see(LEGS[1:], utc(DAY)) == [(None, 91, None)]


def test_another_event_is_not_this_one() -> None:
    """A ladder of another day or city is not seen."""
    others = [("B", "miami", date(2024, 7, 16), None, 80, utc(DAY, -20)), ("C", "austin", DAY, None, 99, utc(DAY, -20))]
    assert _see(others, utc(DAY)) == [(None, None, None)]


def test_the_hours_are_those_of_the_listing_from_when_it_is_known() -> None:
    """Until the first leg is listed the event opens at 14Z on D-1 and closes at 03:59Z after D, as such events do; then
    the first open and the last close known are counted.
    """
    first = (*LEGS[0][:5], utc(DAY, -8), utc(DAY, -11), utc(DAY, 28))
    second = (*LEGS[1][:5], utc(DAY, -6), utc(DAY, -12), utc(DAY, 29))
    seen = _hours([second, first], utc(DAY, -9), utc(DAY, -8), utc(DAY, -6))
    assert seen == [(1.0, pytest.approx(37 - 1 / 60)), (3.0, 36.0), (6.0, 35.0)]


def test_a_listing_without_hours_says_nothing_of_them() -> None:
    """Where a leg lists an open and no close, the close is the usual one; nulls listed later take nothing back."""
    legs = [(*LEGS[0][:6], utc(DAY, -11), None), (*LEGS[1][:5], utc(DAY, -8), None, None)]
    assert _hours(legs, utc(DAY, -7)) == [(4.0, pytest.approx(35 - 1 / 60))]


def test_before_the_open_and_after_the_close_hours_are_negative() -> None:
    """At 13Z on D-1 the open is an hour ahead, at 04:59Z after D the close an hour ago."""
    assert [round(since) for since, _ in _hours([], utc(DAY, -11))] == [-1]
    assert [round(to, 9) for _, to in _hours([], utc(DAY, 29 - 1 / 60))] == [-1.0]


def test_the_usual_hours_are_the_clocks_of_the_exchange() -> None:
    """In winter 10:00 in New York is 15Z; from July 2026 on an event closes at its city's standard midnight."""
    winter, later = date(2024, 1, 15), date(2026, 7, 1)
    assert _hours([], utc(winter), day=winter) == [(9.0, pytest.approx(29 - 1 / 60))]
    assert _hours([], utc(later), day=later) == [(10.0, 29.0)]
    assert MarketHours().closes(later, -8) == utc(later, 32)


def test_a_close_at_24_ends_the_day() -> None:
    """`24:00` and 00:00 are the midnight after the event's day, on the exchange's clock."""
    assert MarketHours.of("10:00", "24:00", NEW_YORK, NEVER) == MarketHours(time(10), time(0), NEW_YORK, NEVER)
    assert MarketHours.of("10:00", "24:00", NEW_YORK, NEVER).closes(DAY, -5) == utc(DAY, 28)


@pytest.mark.parametrize(
    ("opens", "closes", "zone", "named"),
    [
        ("ten", "23:59", NEW_YORK, "'ten'"),
        ("10:00", "25:00", NEW_YORK, "'25:00'"),
        ("10:00+01:00", "23:59", NEW_YORK, "name a zone"),
        ("10:00", "23:59", "Mars", "'Mars'"),
        ("10:00", "23:59", "America", "'America'"),
    ],
)
def test_hours_that_are_no_times_are_refused(opens: str, closes: str, zone: str, named: str) -> None:
    """A clock that shows no such time or a zone of its own, or a zone nobody knows, is refused by name."""
    with pytest.raises(DomainError, match=named):
        MarketHours.of(opens, closes, zone, NEVER)
