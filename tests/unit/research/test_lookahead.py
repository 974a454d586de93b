"""What is done to rows known later, how answers are compared, and which rows contradict their own known_at."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import polars as pl
import pytest

from drybulb.frames.schema import TABLES, empty
from drybulb.research.lookahead import Difference, Tampering, differences, later, suspicious, tampered

DAY = date(2024, 11, 20)
NOON = datetime(2024, 11, 20, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def official(*rows: tuple[int, datetime, bool]) -> pl.DataFrame:
    """Official highs of the day: high, when known, whether final; a version each."""
    made = [
        {
            "station": "KMDW",
            "day": DAY,
            "source": "cli",
            "version": number,
            "high": high,
            "is_final": is_final,
            "known_at": known_at,
            "known_from": "received",
        }
        for number, (high, known_at, is_final) in enumerate(rows, start=1)
    ]
    return pl.DataFrame(made, schema=empty("official").schema)


ROWS = official((40, NOON - HOUR, False), (41, NOON, False), (42, NOON + HOUR, False))


def test_rows_known_later_are_deleted() -> None:
    """What is known at the instant stays; a microsecond later it is gone."""
    assert tampered("official", ROWS, NOON, Tampering.DELETED)["high"].to_list() == [40, 41]
    assert tampered("official", ROWS, NOON - timedelta(microseconds=1), Tampering.DELETED)["high"].to_list() == [40]
    assert later(ROWS, NOON) == 1


def test_rows_known_later_are_changed() -> None:
    """Every value of a later row is another, key included; what it is about, and when it was known, stays."""
    made = tampered("official", ROWS, NOON, Tampering.CHANGED)
    assert made.filter(pl.col("known_at") <= NOON).equals(ROWS.head(2))
    assert made.filter(pl.col("known_at") > NOON).rows() == [
        (NOON + HOUR, "received", "KMDW", DAY, "cli", 12, 51, True)
    ]


def test_every_row_is_contradicted() -> None:
    """Every row comes again with the same key and other values, known a microsecond after the instant."""
    made = tampered("official", ROWS, NOON, Tampering.CONTRADICTED)
    again = made.filter(pl.col("known_at") == NOON + timedelta(microseconds=1)).sort("version")
    assert again.select("version", "high", "is_final").rows() == [(1, 49, True), (2, 50, True), (3, 51, True)]
    assert made.height == 6


@pytest.mark.parametrize("table", [name for name in TABLES if name not in ("ingest_ledger", "series")])
def test_every_table_can_be_tampered_with(table: str) -> None:
    """A row of any table is still of its table's types, with at least one value another."""
    row: dict[str, Any] = {name: _some(dtype) for name, dtype in empty(table).schema.items()}
    rows = pl.DataFrame([row | {"known_at": NOON + HOUR}], schema=empty(table).schema)
    made = tampered(table, rows, NOON, Tampering.CHANGED)
    assert made.schema == rows.schema
    assert not made.equals(rows)


def _some(dtype: pl.DataType) -> object:
    if dtype.is_temporal():
        return DAY if dtype == pl.Date else NOON
    if isinstance(dtype, pl.List):
        inner = dtype.inner
        return [{}] if isinstance(inner, pl.Struct) else [[1, 2]]
    return "open" if dtype == pl.String else dtype == pl.Boolean or 7


def test_what_differs_is_named_with_both_values() -> None:
    """A value that is another, is gone or is new is named; equal ones are not, and 0.0 is not -0.0."""
    honest = {"same": 1, "other": 2.0, "gone": "x", "zero": 0.0}
    assert differences("belief", honest, {"same": 1, "other": 2.5, "new": None, "zero": -0.0}) == [
        Difference("belief", "gone", "'x'", None),
        Difference("belief", "new", None, "None"),
        Difference("belief", "other", "2.0", "2.5"),
        Difference("belief", "zero", "0.0", "-0.0"),
    ]


def test_a_row_known_before_what_it_describes_is_suspicious() -> None:
    """A final high known before its day is over and a reading known before it was read are counted; others are not."""
    over = datetime(2024, 11, 21, tzinfo=UTC)
    early, late = official((40, over - HOUR, True)), official((40, over, True), (40, NOON, False))
    assert [(s.what, s.rows, s.first) for s in suspicious("official", early)] == [
        ("final before its day is over", 1, over - HOUR)
    ]
    assert suspicious("official", late) == []
    row = {"station": "KMDW", "kind": "metar", "source": "x", "known_from": "latency", "known_at": NOON, "temp": 1.0}
    read = [row | {"valid_at": NOON + timedelta(seconds=seconds)} for seconds in (0, 1, 2)]
    found = suspicious("observations", pl.DataFrame(read, schema=empty("observations").schema))
    assert [(s.what, s.rows) for s in found] == [("known before what it describes", 2)]


def test_a_row_that_does_not_say_how_it_was_known_is_suspicious() -> None:
    """`known_from` is `received` or `latency`, and `known_at` is there."""
    rows = ROWS.head(1).with_columns(known_from=pl.lit("guess"))
    rows = pl.concat([rows, ROWS.tail(1).with_columns(known_at=pl.lit(None, rows.schema["known_at"]))])
    assert [(s.what, s.rows) for s in suspicious("official", rows)] == [
        ("no known_at", 1),
        ("known_from is neither received nor latency", 1),
    ]
