"""Files that are not what they should be: each is refused by name, and the rest is imported."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from drybulb.adapters.archive import FILES
from drybulb.adapters.lake import Lake
from drybulb.app.ingest import import_archive
from drybulb.errors import ImportFailed
from tests.unit.adapters.archives import (
    BOOKS,
    DAILY,
    GUIDANCE,
    INSTANT,
    MARKETS,
    OBSERVATIONS,
    OFFICIAL,
    POLLS,
    TRADES,
    config,
    imported,
    plus,
    read,
    refusals,
    small_archive,
    sound,
    spoiled,
    utc,
    write,
)

NAMES = [file.removesuffix(".parquet") for file in FILES]
ALL = {
    "books",
    "guidance",
    "ingest_ledger",
    "markets",
    "observations",
    "official",
    "prints",
    "quotes",
    "sessions",
    "settlements",
}


@pytest.mark.parametrize("names", [NAMES[::2], NAMES[1::2]])
def test_a_missing_column_refuses_its_file(names: list[str]) -> None:
    """A file without one of its columns is refused with the column's name and its rows; the others are read."""
    frames = small_archive()
    gone = {name: next(c for c, dtype in frames[name].schema.items() if dtype.is_temporal()) for name in names}
    _, findings = read(frames | {name: frames[name].drop(column) for name, column in gone.items()})
    missing = [r for r in findings.refusals if r.unit == "file"]
    assert {(r.file.removesuffix(".parquet"), r.reason, r.rows) for r in missing} == {
        (name, f"missing column {column}", frames[name].height) for name, column in gone.items()
    }


@pytest.mark.parametrize(
    ("kept", "names"), [(0, NAMES[::4]), (100, NAMES[1::4]), (0.5, NAMES[2::4]), (0.99, NAMES[3::4])]
)
def test_a_truncated_file_is_refused(tmp_path: Path, kept: float, names: list[str]) -> None:
    """A Parquet file cut off anywhere is refused as a whole; nothing of it is written, the others are imported."""
    write(tmp_path / "archive", small_archive())
    for name in names:
        file = tmp_path / "archive" / f"{name}.parquet"
        whole = file.read_bytes()
        file.write_bytes(whole[: int(kept if kept >= 1 else kept * len(whole))])
    lake = Lake(tmp_path / "lake")
    result = import_archive(tmp_path / "archive", lake, config())
    cut = {r.file.removesuffix(".parquet") for r in result.refusals if r.reason.startswith("cannot be read")}
    assert cut == set(names)
    alone = {TRADES: "prints", BOOKS: "books", OFFICIAL: "official", GUIDANCE: "guidance", OBSERVATIONS: "observations"}
    assert set(lake.tables()) == ALL - {alone[name] for name in names if name in alone}
    assert not list(lake.path.rglob("*.part"))


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    """A file that is not there is refused by name; a folder with none of the eight cannot be imported at all."""
    with imported({OFFICIAL: small_archive()[OFFICIAL]}) as (lake, result):
        assert refusals(result) == {(name, "all", "file not found", 1) for name in NAMES if name != OFFICIAL}
        assert lake.read("official").height == 3
    with pytest.raises(ImportFailed, match="holds none of"):
        import_archive(tmp_path, Lake(tmp_path / "lake"), config())
    assert not (tmp_path / "lake").exists()


def test_a_column_of_another_type_refuses_its_file() -> None:
    """A column that holds another type than it should, or times without a zone, refuses its file."""
    naive = pl.col("quoted_at").dt.replace_time_zone(None)
    frames = spoiled(TRADES, yes_price=pl.col("yes_price").cast(pl.String))
    frames[OFFICIAL] = frames[OFFICIAL].with_columns(pl.col("date").cast(pl.String))
    frames[BOOKS] = frames[BOOKS].with_columns(yes_bids=pl.lit("[]"))
    frames[MARKETS] = frames[MARKETS].with_columns(city=pl.lit(7))
    frames[POLLS] = frames[POLLS].with_columns(quoted_at=naive)
    found = {(file, reason) for file, _, reason, _ in refusals(read(frames)[1])}
    assert found == {
        (TRADES, "column yes_price holds String, not numbers"),
        (OFFICIAL, "column date holds String, not dates"),
        (BOOKS, "column yes_bids holds String, not lists of [price, size]"),
        (MARKETS, "column city holds Int32, not text"),
        (POLLS, "column quoted_at holds Datetime(time_unit='us', time_zone=None), not times with a zone"),
    }


def test_another_unit_is_not_taken_for_the_right_one() -> None:
    """Quotes and prints in dollars, and books in cents, refuse their files: 0.55 is no half cent."""
    dollars = [pl.col(side) / 100 for side in ("yes_bid", "yes_ask")]
    frames = spoiled(TRADES, yes_price=pl.col("yes_price") / 100)
    frames |= {name: frames[name].with_columns(dollars) for name in (DAILY, POLLS)}
    levels = pl.Series([[[2.0, 10.5]], [], []], dtype=pl.List(pl.List(pl.Float64)))
    frames[BOOKS] = frames[BOOKS].with_columns(yes_bids=levels)
    tables, findings = read(frames)
    assert refusals(findings) == {
        (TRADES, "all", "prices are dollars, not cents", 1),
        (DAILY, "all", "prices are dollars, not cents", 1),
        (POLLS, "all", "prices are dollars, not cents", 1),
        (BOOKS, "all", "prices are cents, not dollars", 1),
    }
    shown = {r.file.removesuffix(".parquet"): r.examples[0] for r in findings.refusals}
    assert shown == {
        TRADES: "row 0: 0.41",
        DAILY: "row 0: 0.02",
        POLLS: "row 0: 0.01",
        BOOKS: "row 0: 2.0",
    }
    assert "prints" not in tables
    assert tables["quotes"].is_empty()
    assert tables["books"].is_empty()


def test_a_quote_that_is_none_is_refused() -> None:
    """A quote that is crossed, out of range, finer than a price can be, or missing is refused with its row."""
    spoilt: list[tuple[float, float | None, str]] = [
        (58.0, 55.0, "bid at or above the ask"),
        (55.0, 55.0, "bid at or above the ask"),
        (-1.0, 55.0, "price is not 0 to 100 cents"),
        (55.0, 101.0, "price is not 0 to 100 cents"),
        (0.4, 55.0, "price is not 0 to 100 cents"),
        (12.3456, 55.0, "price is not 0 to 100 cents"),
        (0.0, 0.0, "bid at 100 or ask at 0"),
        (float("nan"), 55.0, "no yes_bid"),
        (12.0, None, "no yes_ask"),
    ]
    poll = small_archive()[POLLS].row(0, named=True)
    rows = [
        poll | {"quoted_at": utc(f"2026-04-07T18:0{n}"), "yes_bid": b, "yes_ask": a}
        for n, (b, a, _) in enumerate(spoilt)
    ]
    tables, findings = read(plus(POLLS, rows))
    assert {(r.reason, len(r.examples)) for r in findings.refusals} == {
        ("bid at or above the ask", 2),
        ("price is not 0 to 100 cents", 3),
        ("bid at 100 or ask at 0", 1),
        ("no yes_bid", 1),
        ("no yes_ask", 1),
    }
    assert sum(r.count for r in findings.refusals) == len(spoilt)
    assert tables["quotes"].filter(pl.col("source") == "poll").height == small_archive()[POLLS].height


def test_a_book_that_is_none_is_refused() -> None:
    """A book with a level that is none, or that is crossed, is refused with its row; the other captures stay."""
    broken: list[list[list[float]]] = [[[0.02]], [[0.02, 0.0]], [[0.02, 0.001]], [[0.02, 5.0], [float("nan"), 5.0]]]
    book = small_archive()[BOOKS].row(0, named=True)
    levels: list[Any] = [*broken, [[0.98, 5.0]], [[0.01, 5.0]]]
    rows = [book | {"captured_at": utc(f"2026-07-15T22:0{n}"), "yes_bids": bids} for n, bids in enumerate(levels)]
    tables, findings = read(plus(BOOKS, rows))
    assert refusals(findings) == {
        (BOOKS, "los_angeles", "a level is not [price, size] in 1/100 cents and 1/100 contracts", 4),
        (BOOKS, "los_angeles", "bid at or above the ask", 1),
    }
    assert tables["books"].height == 4


def test_a_duplicated_row_is_refused() -> None:
    """Files with every row twice give the same tables as the files themselves; each second row is refused."""
    frames = small_archive()
    tables, findings = read({name: pl.concat([frame, frame]) for name, frame in frames.items()})
    assert {(r.file.removesuffix(".parquet"), r.reason) for r in findings.refusals} == {
        (n, "duplicated key") for n in NAMES
    }
    assert sum(r.count for r in findings.refusals) == sum(frame.height for frame in frames.values())
    before = sound()[0]
    for table in ALL - {"ingest_ledger"}:
        assert tables[table].equals(before[table]), table


def test_a_bad_row_does_not_stand_in_for_its_good_twin() -> None:
    """Of two rows with one key the bad one is refused for what is wrong with it, and the good one stays."""
    bad = small_archive()[TRADES].row(0, named=True) | {"yes_price": -5}
    tables, findings = read(plus(TRADES, [bad]))
    assert refusals(findings) == {(TRADES, "chicago", "price is not 1 to 99 cents", 1)}
    assert tables["prints"].height == 5


def test_rows_out_of_order_are_sorted_and_noted() -> None:
    """A file whose rows go back in time loses nothing: they are sorted, and the disorder is noted with its rows."""
    frames = small_archive()
    frames |= {TRADES: frames[TRADES].reverse()}
    tables, findings = read(frames)
    assert refusals(findings) == set()
    assert tables["prints"].equals(sound()[0]["prints"])
    noted = [(n.file, n.count, n.examples) for n in findings.notes if "out of order" in n.what]
    assert noted == [(f"{TRADES}.parquet", 1, ("row 4",))]


def test_a_strange_file_is_not_read() -> None:
    """A Parquet file that is none of the archive's is noted and left alone."""
    frames = small_archive() | {"kalshi_margins": pl.DataFrame({"a": [1]})}
    noted = [n.file for n in read(frames)[1].notes if "not one of the archive's" in n.what]
    assert noted == ["kalshi_margins.parquet"]


def test_every_row_is_accounted_for() -> None:
    """Rows of a file and city are either answered or refused for one reason, and the ledger says how many of each."""
    frames = small_archive()
    frames[TRADES] = frames[TRADES].with_columns(
        taker_side=pl.Series(["yes", "buy", "no", "sell", "no"]), yes_price=pl.Series([41, 50, 0, 41, 41])
    )
    ledger = read(frames)[0]["ingest_ledger"].filter(pl.col("source").str.starts_with(TRADES))
    assert ledger.select("city", "reason", "asked", "answered", "refused", "complete", "empty").rows() == [
        ("chicago", "", 5, 2, 3, False, False),
        ("chicago", "price is not 1 to 99 cents", 5, 2, 1, False, False),
        ("chicago", "taker side is neither yes nor no", 5, 2, 2, False, False),
    ]
    assert ledger["span_start"].unique().to_list() == [date(2024, 1, 16)]
    assert ledger["span_end"].unique().to_list() == [date(2024, 11, 21)]


def test_a_file_of_nulls_is_refused_row_by_row() -> None:
    """A file whose every value is null is read, and each of its rows is refused."""
    empty = small_archive()[OBSERVATIONS].clear().cast({"valid_at": INSTANT})
    nulls = pl.DataFrame({name: [None, None] for name in empty.columns}, schema=empty.schema)
    _, findings = read(small_archive() | {OBSERVATIONS: nulls})
    assert refusals(findings) == {(OBSERVATIONS, "unknown", "no station", 2)}
