"""Where the exchange put the ladder, from when it was listed."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import polars as pl

from drybulb.frames import listed
from tests.laws.records import tables, utc

DAY = date(2024, 7, 15)
LEGS: list[tuple[Any, ...]] = [
    ("A-T88", "miami", DAY, None, 87, utc(DAY, -9)),
    ("A-B88", "miami", DAY, 88, 89, utc(DAY, -9)),
    ("A-B90", "miami", DAY, 90, 91, utc(DAY, -9)),
    ("A-T91", "miami", DAY, 92, None, utc(DAY, -9)),
]


def _see(legs: list[tuple[Any, ...]], *at: datetime) -> list[tuple[Any, ...]]:
    asked = pl.DataFrame(
        {"city": ["miami"] * len(at), "day": [DAY] * len(at), "at": list(at)},
        schema_overrides={"at": pl.Datetime("us", "UTC")},
    )
    return listed.attach(asked, tables(markets=legs).markets).rows()


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
