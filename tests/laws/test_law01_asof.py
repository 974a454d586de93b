"""Law 1: nothing known after an instant changes what a snapshot says at that instant."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import date, datetime

from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from drybulb.frames import snapshot
from drybulb.frames.snapshot import SnapshotTables
from drybulb.research.lookahead import Tampering, tampered
from tests.laws.records import CITIES, DAYS, WEEK, asked_at, drawn_tables, utc, week


def _check(tables: SnapshotTables, at: datetime) -> None:
    """Compare the snapshots at `at` with those after each tampering with what is known later."""
    asked = asked_at(at)
    honest = snapshot.snapshots(asked, CITIES, tables)
    for how in Tampering:
        other = {field.name: tampered(field.name, getattr(tables, field.name), at, how) for field in fields(tables)}
        assert_frame_equal(snapshot.snapshots(asked, CITIES, replace(tables, **other)), honest, check_exact=True)


@settings(max_examples=12)
@given(drawn_tables(), st.sampled_from(DAYS), st.integers(0, 24 * 60 - 1))
def test_no_row_from_the_future(tables: SnapshotTables, day: date, minute: int) -> None:
    """Deleting, changing or contradicting every row known after an instant changes no snapshot at it, bit for bit."""
    _check(tables, utc(day, minute / 60))


def test_a_week_has_no_future() -> None:
    """The same holds through a week of METARs, MOS runs, final reports and corrections, whenever one looks."""
    tables = week()
    for hours in (47.0, 60.9, 76.05, 90.5, 112.2):
        _check(tables, utc(WEEK, hours))
