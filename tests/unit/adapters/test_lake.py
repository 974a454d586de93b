"""The lake: whole files or none, rows that are never overwritten, errors that name the file."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from drybulb.adapters.lake import Lake, MergeReport
from drybulb.errors import LakeError
from drybulb.frames.schema import Books, Guidance, IngestLedger, Official, Sessions

NOW = datetime(2024, 6, 1, 12, tzinfo=UTC)


def highs(*rows: tuple[str, date, int]) -> pl.DataFrame:
    """Rows of ``official``: station, day, high."""
    frame = pl.DataFrame(
        [(s, d, "ghcn", 1, high, True, datetime(d.year, d.month, d.day, tzinfo=UTC), "latency") for s, d, high in rows],
        schema=["station", "day", "source", "version", "high", "is_final", "known_at", "known_from"],
        orient="row",
    )
    return Official.cast(frame)


MAY = date(2024, 5, 31)
JUNE = date(2024, 6, 1)


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    """An empty lake."""
    return Lake(tmp_path / "lake")


def test_a_row_lies_where_its_key_and_month_say(lake: Lake) -> None:
    """A table is one folder a station (or city), one file a month."""
    lake.merge("official", highs(("KMDW", MAY, 71), ("KMDW", JUNE, 72), ("KDEN", JUNE, 80)))
    files = sorted(file.relative_to(lake.path).as_posix() for file in lake.path.rglob("*.parquet"))
    assert files == ["official/KDEN/2024-06.parquet", "official/KMDW/2024-05.parquet", "official/KMDW/2024-06.parquet"]
    assert (lake.tables(), lake.keys("official"), lake.months("official", "KMDW")) == (
        ["official"],
        ["KDEN", "KMDW"],
        ["2024-05", "2024-06"],
    )


def test_merging_twice_adds_once(lake: Lake) -> None:
    """Rows that are there already are left as they are, and counted."""
    rows = highs(("KMDW", MAY, 71), ("KMDW", JUNE, 72))
    assert lake.merge("official", rows) == MergeReport(2, 0, 0)
    assert lake.merge("official", pl.concat([rows, rows])) == MergeReport(0, 2, 0)
    assert lake.merge("official", highs(("KMDW", JUNE, 72), ("KMDW", JUNE + timedelta(1), 75))) == MergeReport(1, 1, 0)
    assert lake.read("official")["high"].to_list() == [71, 72, 75]


def test_a_stored_row_is_never_overwritten(lake: Lake) -> None:
    """A row whose key is stored with other values is counted as contradicting; corrections are new versions."""
    lake.merge("official", highs(("KMDW", JUNE, 72)))
    assert lake.merge("official", highs(("KMDW", JUNE, 99))) == MergeReport(0, 0, 1)
    assert lake.read("official")["high"].to_list() == [72]


def test_the_order_of_merging_does_not_matter(tmp_path: Path) -> None:
    """The same rows give the same lake in whatever order and pieces they come."""
    rows = [("KMDW", MAY + timedelta(days=n), 60 + n) for n in range(40)]
    one, two = Lake(tmp_path / "one"), Lake(tmp_path / "two")
    one.merge("official", highs(*rows))
    for row in reversed(rows):
        two.merge("official", highs(row))
    assert one.tables() == two.tables() == ["official"]
    assert one.read("official").equals(two.read("official"))
    two.merge("official", highs(("KDEN", JUNE, 1)))
    assert not one.read("official").equals(two.read("official"))


def test_nested_levels_merge_too(lake: Lake) -> None:
    """Levels of a book are compared whole: the same book is unchanged, another is a contradiction."""
    columns = {"known_at": [NOW], "known_from": ["received"], "ticker": ["T"], "at": [NOW], "city": ["denver"]}
    book = {**columns, "day": [JUNE], "yes_bids": [[[100, 5]]], "yes_asks": [[]]}
    schema = Books.create_empty().schema
    assert lake.merge("books", pl.DataFrame(book, schema=schema)) == MergeReport(1, 0, 0)
    assert lake.merge("books", pl.DataFrame(book, schema=schema)) == MergeReport(0, 1, 0)
    other = {**book, "yes_bids": [[[200, 5]]]}
    assert lake.merge("books", pl.DataFrame(other, schema=schema)) == MergeReport(0, 0, 1)


def test_rows_that_break_a_rule_are_not_written(lake: Lake) -> None:
    """Neither a merge nor a rewritten month takes a row that breaks the table's rules; nothing is written."""
    bad = highs(("KMDW", JUNE, 72), ("KMDW", MAY, 999))
    with pytest.raises(LakeError, match="1 rows break its rules"):
        lake.merge("official", bad)
    with pytest.raises(LakeError, match="official/KMDW/2024-06: 1 rows break its rules"):
        lake.write_month("official", "KMDW", "2024-06", bad)
    with pytest.raises(LakeError, match="break its rules"):
        lake.merge("official", highs(("KMDW", JUNE, 72), ("KMDW", JUNE, 73)))
    with pytest.raises(LakeError, match="not YYYY-MM"):
        lake.write_month("official", "KMDW", "June", highs(("KMDW", JUNE, 72)))
    assert not lake.path.exists()


def test_a_killed_writer_leaves_the_old_file(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    """A writer that dies before its file is whole leaves the old one, and nothing half-written is ever read."""
    lake.merge("official", highs(("KMDW", JUNE, 72)))

    def killed(self: Path, target: Path) -> Path:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", killed)
        with pytest.raises(KeyboardInterrupt):
            lake.merge("official", highs(("KMDW", JUNE + timedelta(1), 75)))
    assert lake.read("official")["high"].to_list() == [72]
    assert lake.merge("official", highs(("KMDW", JUNE + timedelta(1), 75))) == MergeReport(1, 0, 0)
    assert lake.read("official")["high"].to_list() == [72, 75]


def test_a_full_disk_is_an_error_and_leaves_the_old_file(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that cannot be written raises with its name, and neither harms the old one nor leaves a piece behind."""
    lake.merge("official", highs(("KMDW", JUNE, 72)))

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("drybulb.adapters.lake.os.fsync", full)
        with pytest.raises(LakeError, match=r"2024-06\.parquet: cannot be written .*No space"):
            lake.merge("official", highs(("KMDW", JUNE + timedelta(1), 75)))
    assert lake.read("official")["high"].to_list() == [72]
    assert [file.name for file in lake.path.rglob("*") if file.is_file()] == ["2024-06.parquet"]


@pytest.mark.parametrize("spoil", [lambda whole: whole[:-9], lambda _: b"", lambda _: b"not Parquet at all"])
def test_a_broken_file_is_named(lake: Lake, spoil: object) -> None:
    """Reading or merging over a broken file raises with its path and what to do."""
    assert callable(spoil)
    lake.merge("official", highs(("KMDW", MAY, 71), ("KMDW", JUNE, 72)))
    file = lake.file("official", "KMDW", "2024-06")
    file.write_bytes(spoil(file.read_bytes()))
    for act in (lambda: lake.read("official"), lambda: lake.merge("official", highs(("KMDW", JUNE, 72)))):
        with pytest.raises(LakeError, match=r"KMDW/2024-06\.parquet: cannot be read .* delete it"):
            act()
    assert lake.read("official", end=MAY)["high"].to_list() == [71]


def _without(lake: Lake, *columns: str) -> pl.DataFrame:
    """Store guidance as somebody did who did not know some of its columns; return it whole."""
    said = {"station": "KMDW", "source": "mos:gfs", "issued_at": NOW, "high": 71.0, "percentiles": None, "curve": None}
    known = {"known_at": NOW, "known_from": "received"}
    rows = Guidance.cast(pl.DataFrame([{**said, **known, "day": day} for day in (MAY, JUNE)]))
    lake.merge("guidance", rows)
    lake._replace(lake.file("guidance", "KMDW", "2024-05"), rows.filter(day=MAY).drop(columns))
    return rows


def test_a_file_older_than_a_column_is_read_with_nulls(lake: Lake) -> None:
    """Curves were not asked for when May was written: nobody said any. A merge writes the column."""
    rows = _without(lake, "percentiles", "curve")
    assert lake.read("guidance").equals(rows, null_equal=True)
    assert lake.read("guidance", columns=["day", "curve"])["curve"].to_list() == [None, None]
    assert lake.merge("guidance", rows.with_columns(source=pl.lit("mos:nam"))) == MergeReport(2, 0, 0)
    assert "curve" in pl.read_parquet_schema(lake.file("guidance", "KMDW", "2024-05"))


def test_a_file_without_a_column_that_is_never_null_is_refused(lake: Lake) -> None:
    """It is named with the column, and what to do."""
    _without(lake, "high")
    with pytest.raises(LakeError, match=r"KMDW/2024-05.parquet: has no column high; delete it"):
        lake.read("guidance")


def test_reading_a_window(lake: Lake) -> None:
    """Days are inclusive at both ends, keys and columns as asked, rows in the order of the key."""
    lake.merge("official", highs(*[(s, MAY + timedelta(days=n), 70 + n) for s in ("KMDW", "KDEN") for n in range(4)]))
    window = lake.read("official", ["KMDW"], start=JUNE, end=JUNE + timedelta(1))
    assert window.select("station", "day", "high").rows() == [("KMDW", JUNE, 71), ("KMDW", JUNE + timedelta(1), 72)]
    assert lake.read("official", end=MAY, columns=["high"])["high"].to_list() == [70, 70]
    assert lake.read("official")["station"].to_list() == ["KDEN"] * 4 + ["KMDW"] * 4
    assert lake.read("official", ["KLAX"]).is_empty()
    assert lake.read("guidance", columns=["high"]).schema == {"high": pl.Float64}


def test_other_folders_and_months(lake: Lake) -> None:
    """Sessions lie by exchange and by the month they begin in, the ledger by city and by the start of its span."""
    session = {"exchange": ["kalshi"], "from": [NOW], "to": [None], "kind": ["open"], "known_at": [NOW]}
    lake.merge("sessions", Sessions.cast(pl.DataFrame(session | {"known_from": ["latency"]})))
    assert lake.file("sessions", "kalshi", "2024-06").is_file()
    assert lake.read("sessions", start=JUNE, columns=["kind"])["kind"].to_list() == ["open"]
    counts: dict[str, Any] = dict.fromkeys(("asked", "answered", "refused"), 0) | {"complete": True, "empty": True}
    entry = counts | {"source": "x", "city": "denver", "span_start": MAY, "span_end": JUNE, "reason": ""}
    lake.merge("ingest_ledger", IngestLedger.cast(pl.DataFrame([entry | {"known_at": NOW, "known_from": "latency"}])))
    assert lake.file("ingest_ledger", "denver", "2024-05").is_file()


def test_a_write_that_is_stopped_leaves_nothing_behind(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    """A person who stops a write finds neither half a file nor a file put aside."""

    def stopped(_self: pl.DataFrame, file: Path, **_: Any) -> None:
        file.write_bytes(b"PAR1")
        raise KeyboardInterrupt

    monkeypatch.setattr(pl.DataFrame, "write_parquet", stopped)
    with pytest.raises(KeyboardInterrupt):
        lake.write_month("official", "KDEN", "2024-06", highs(("KDEN", JUNE, 80)))
    assert [file for file in lake.path.rglob("*") if file.is_file()] == []


def test_a_lake_that_is_a_file_is_an_error_that_says_so(tmp_path: Path) -> None:
    """A lake given as a file, not a folder, is an error of the lake."""
    (tmp_path / "lake").write_text("no folder")
    with pytest.raises(LakeError, match="cannot be written"):
        Lake(tmp_path / "lake").write_month("official", "KDEN", "2024-06", highs(("KDEN", JUNE, 80)))
