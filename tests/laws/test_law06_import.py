"""Law 6, for imports: files in any order, twice, equal once."""

from __future__ import annotations

import tempfile
from pathlib import Path

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from drybulb.adapters.lake import Lake
from drybulb.app.ingest import ImportResult, import_archive
from tests.unit.adapters.archives import TRADES, Frames, config, small_archive, trade, write

#: One event of Chicago has two prints with one id and other values: which one stays must not depend on the file.
TWINS = [trade(3, "KXHIGHCHI-24NOV20-T40", f"2024-11-20T18:0{n}", price=n) for n in (5, 2, 9)]


def _frames() -> Frames:
    frames = small_archive()
    return frames | {TRADES: pl.concat([frames[TRADES], pl.DataFrame(TWINS, schema=frames[TRADES].schema)])}


def _of_days(frames: Frames, *, odd: bool) -> Frames:
    """The half of an archive that is about odd days of the month, or the other; both touch the same months."""
    halves = {}
    for name, frame in frames.items():
        days = [c for c in ("event_date", "date", "target_date") if c in frame.columns]
        day = pl.col(days[0]) if days else pl.coalesce("valid_at", "polled_at").dt.date()
        halves[name] = frame.filter((day.dt.day() % 2 == 1) == odd)
    return halves


def _import(archive: Path, lake: Path) -> ImportResult:
    return import_archive(archive, Lake(lake), config())


def _same(one: Path, other: Path) -> bool:
    """Whether two lakes hold the same rows; the ledger apart, which names the files by their content."""
    left, right = Lake(one), Lake(other)
    tables = [table for table in left.tables() if table != "ingest_ledger"]
    return tables == [t for t in right.tables() if t != "ingest_ledger"] and all(
        left.read(table).equals(right.read(table)) for table in tables
    )


def test_importing_twice_equals_once() -> None:
    """Importing an archive a second time adds nothing, changes no file, and gives the same account of every row."""
    with tempfile.TemporaryDirectory() as scratch:
        archive, lake = write(Path(scratch) / "archive", _frames()), Path(scratch) / "lake"
        first = _import(archive, lake)
        before = {file: file.read_bytes() for file in lake.rglob("*.parquet")}
        second = _import(archive, lake)
        assert {file: file.read_bytes() for file in lake.rglob("*.parquet")} == before
        assert all(merged.added == 0 and merged.unchanged == merged.read for merged in second.tables.values())
        assert (second.refusals, second.notes, second.usable) == (first.refusals, first.notes, first.usable)


@settings(max_examples=2)
@given(seed=st.integers(0, 2**16))
def test_the_order_of_rows_and_files_does_not_matter(seed: int) -> None:
    """An archive whose files are written in another order, with their rows shuffled, gives the same lake."""
    frames = _frames()
    with tempfile.TemporaryDirectory() as scratch:
        root = Path(scratch)
        _import(write(root / "plain", frames), root / "one")
        shuffled = {name: frames[name].sample(fraction=1, shuffle=True, seed=seed) for name in reversed(frames)}
        _import(write(root / "shuffled", shuffled), root / "two")
        assert _same(root / "one", root / "two")


def test_archives_in_any_order_give_one_lake() -> None:
    """Two archives of different days, imported in either order, each twice, give the lake of both at once."""
    frames = _frames()
    with tempfile.TemporaryDirectory() as scratch:
        root = Path(scratch)
        odd = write(root / "odd", _of_days(frames, odd=True))
        even = write(root / "even", _of_days(frames, odd=False))
        _import(write(root / "both", frames), root / "at_once")
        for order, lake in (((odd, even), root / "forwards"), ((even, odd, even, odd), root / "backwards")):
            for archive in order:
                _import(archive, lake)
            assert _same(root / "at_once", lake)
