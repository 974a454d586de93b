"""Law 1: nothing known after an instant changes what a snapshot says at that instant."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import date, datetime, timedelta

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from drybulb.frames import snapshot
from drybulb.frames.asof import INSTANT
from drybulb.frames.snapshot import SnapshotTables
from tests.laws.records import CITIES, DAYS, WEEK, asked_at, drawn_tables, utc, week

#: What a corruption does to a column, where it is there.
_CHANGED = {
    "valid_at": pl.col("valid_at") - pl.duration(hours=1),
    "temp": pl.col("temp").fill_null(0.0) + 25.0,
    "max_6h": pl.lit(45.0),
    "max_24h": pl.lit(44.0),
    "dewpoint": pl.col("dewpoint").fill_null(0.0) + 7.0,
    "wind": pl.lit(31.0),
    "wind_dir": pl.lit(355.0),
    "ceiling": pl.lit(60.0),
    "cover": pl.lit(0.3),
    "pressure": pl.lit(955.5),
    "issued_at": pl.col("issued_at") + pl.duration(hours=1),
    "version": pl.col("version") + 1,
    "is_final": ~pl.col("is_final"),
    "high": pl.col("high") - 30,
    "open_at": pl.coalesce("open_at", "known_at") - pl.duration(hours=5),
    "close_at": pl.coalesce("close_at", "known_at") + pl.duration(hours=50),
}


def _changed(rows: pl.DataFrame) -> pl.DataFrame:
    """Change every value of the rows, and leave when they were known."""
    return rows.with_columns(**{name: value for name, value in _CHANGED.items() if name in rows.columns})


def _without(rows: pl.DataFrame, at: datetime) -> pl.DataFrame:
    """Delete what is known after `at`."""
    return rows.filter(pl.col("known_at") <= at)


def _rewritten(rows: pl.DataFrame, at: datetime) -> pl.DataFrame:
    """Change what is known after `at`."""
    return pl.concat([_without(rows, at), _changed(rows.filter(pl.col("known_at") > at))])


def _contradicted(rows: pl.DataFrame, at: datetime) -> pl.DataFrame:
    """Correct every row, known a microsecond after `at`, with the right key and with a wrong one."""
    late = rows.with_columns(known_at=pl.lit(at + timedelta(microseconds=1), INSTANT))
    values = [name for name in ("temp", "max_6h", "high") if name in rows.columns]
    return pl.concat([rows, _changed(late), late.with_columns(pl.col(*values) + 20)])


def _check(tables: SnapshotTables, at: datetime) -> None:
    """Compare the snapshots at `at` with those after each corruption of what is known later."""
    asked = asked_at(at)
    honest = snapshot.snapshots(asked, CITIES, tables)
    for corrupt in (_without, _rewritten, _contradicted):
        other = {field.name: corrupt(getattr(tables, field.name), at) for field in fields(tables)}
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
