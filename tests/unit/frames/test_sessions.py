"""Spans of trading: hours that meet, pauses within them, eras that end."""

from __future__ import annotations

import polars as pl

from drybulb.frames.sessions import spans
from tests import tape

START, END = tape.instant("00:00"), tape.instant("23:00")


def _clocks(hours: pl.DataFrame) -> list[tuple[str, str, bool]]:
    made = spans(hours, START, END)
    return [(f"{a:%H:%M}", f"{b:%H:%M}", trading) for a, b, trading in made.select("from", "to", "is_trading").rows()]


def test_hours_that_meet_are_one() -> None:
    """Open hours that meet, as over midnight, are one span; a gap between them parts them."""
    hours = tape.sessions(("13:00", "15:00", "open"), ("15:00", "16:00", "open"), ("17:00", "18:00", "open"))
    assert _clocks(hours) == [("13:00", "16:00", True), ("17:00", "18:00", True)]


def test_a_pause_interrupts() -> None:
    """A pause within open hours is a span of its own without trading, and trading goes on after it."""
    hours = tape.sessions(("13:00", "18:00", "open"), ("15:00", "15:30", "pause"))
    assert _clocks(hours) == [("13:00", "15:00", True), ("15:00", "15:30", False), ("15:30", "18:00", True)]


def test_a_later_row_ends_the_one_before() -> None:
    """Of the rows that cover an instant the one that began last holds, so an open end gives way to a closing."""
    hours = tape.sessions(("13:00", None, "open"), ("20:00", None, "closed"), ("22:00", None, "open"))
    assert _clocks(hours) == [("13:00", "20:00", True), ("22:00", "23:00", True)]


def test_what_no_row_covers_is_closed() -> None:
    """Without rows, or outside them, the exchange is closed."""
    assert _clocks(tape.sessions().clear()) == []
    assert _clocks(tape.sessions(("13:00", "14:00", "closed"))) == []


def test_a_part_of_a_minute_is_not_open() -> None:
    """Hours from 13:00:30 to 14:59:30 are open from 13:01 to 14:59; a pause takes the minutes it touches."""
    hours = tape.sessions(("13:00:30", "14:59:30", "open"), ("14:00:30", "14:01:30", "pause"))
    assert _clocks(hours) == [("13:01", "14:00", True), ("14:00", "14:02", False), ("14:02", "14:59", True)]


def test_a_row_says_nothing_before_it_is_known() -> None:
    """A pause from 15:00 that became known at 15:10 begins at 15:10."""
    pause = tape.sessions(("15:00", "15:30", "pause")).with_columns(pl.lit(tape.instant("15:10")).alias("known_at"))
    made = _clocks(pl.concat([tape.sessions(("13:00", "18:00", "open")), pause]))
    assert made == [("13:00", "15:10", True), ("15:10", "15:30", False), ("15:30", "18:00", True)]
