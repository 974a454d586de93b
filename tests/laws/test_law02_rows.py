"""Law 2: a row says the same alone as in a batch."""

from __future__ import annotations

import polars as pl
from hypothesis import given, settings
from polars.testing import assert_frame_equal

from drybulb.frames import snapshot
from drybulb.frames.snapshot import SnapshotTables
from tests.laws.records import CITIES, WEEK, asked_at, drawn_requests, drawn_tables, utc, week


def _check(asked: pl.DataFrame, tables: SnapshotTables) -> None:
    """Compare the snapshots of all requests with those of one request after another."""
    batch = snapshot.snapshots(asked, CITIES, tables)
    alone = [snapshot.snapshots(asked.slice(n, 1), CITIES, tables) for n in range(asked.height)]
    assert_frame_equal(batch, pl.concat(alone), check_exact=True)


@settings(max_examples=12)
@given(drawn_requests(), drawn_tables())
def test_a_snapshot_stands_alone(asked: pl.DataFrame, tables: SnapshotTables) -> None:
    """The snapshots of a batch, in any order, equal bit for bit those of its requests made one by one."""
    _check(asked, tables)


def test_a_week_of_snapshots_stands_alone() -> None:
    """The same holds for the cities and leads of a week, asked in reverse order."""
    asked = pl.concat([asked_at(utc(WEEK, hours)) for hours in (130.0, 110.5, 61.0)])
    _check(asked, week())
