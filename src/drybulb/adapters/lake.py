"""The lake: the tables as Parquet files, one folder a city (or station), one file a month.

Files are replaced whole and atomically (written beside, flushed to disk, renamed), so a
reader never sees half a file and a killed writer leaves the old one. Rows are merged by
primary key; an incoming row whose key exists with other values is refused, because
corrections carry a new version or a later ``known_at``.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from drybulb.errors import LakeError
from drybulb.frames.schema import PARTITION_KEY, PARTITION_TIME, TABLES, empty

WRITERS = 8
"""Files written at once: a month is small, and each waits for the disk."""

_MONTH = re.compile(r"\d{4}-\d{2}")


@dataclass(frozen=True, slots=True)
class MergeReport:
    """Rows a merge added, found already there, and refused because they contradict a stored row."""

    added: int
    unchanged: int
    conflicting: int


def _month_of(table: str) -> pl.Expr:
    return pl.col(PARTITION_TIME.get(table, "day")).dt.strftime("%Y-%m")


def _checked(table: str, frame: pl.DataFrame, what: str) -> pl.DataFrame:
    schema = TABLES[table]
    good, refused = schema.filter(frame.select(schema.column_names()), cast=True)
    if len(refused):
        raise LakeError(f"{what}: {len(refused)} rows break its rules: {refused.counts()}")
    return good


class Lake:
    """Tables under one folder.

    Args:
        path: the folder; it is made by the first write.
    """

    def __init__(self, path: Path | str) -> None:
        self.path = Path(path)

    @classmethod
    def existing(cls, path: Path | str) -> Lake:
        """Return the lake at ``path``, to be read.

        Raises:
            LakeError: there is none, so that a mistyped folder is not taken for an empty lake.
        """
        lake = cls(path)
        if not lake.tables():
            raise LakeError(f"no lake at {lake.path}; fill one with `drybulb import ARCHIVE --lake {lake.path}`")
        return lake

    def file(self, table: str, key: str, month: str) -> Path:
        """Path of one file of the lake."""
        return self.path / table / key / f"{month}.parquet"

    def tables(self) -> list[str]:
        """Names of the tables that have files, sorted."""
        return sorted(name for name in TABLES if any(self.path.glob(f"{name}/*/*.parquet")))

    def keys(self, table: str) -> list[str]:
        """City keys (or stations, series, exchanges) that ``table`` has files for, sorted."""
        return sorted({file.parent.name for file in self.path.glob(f"{table}/*/*.parquet")})

    def months(self, table: str, key: str) -> list[str]:
        """Months (``YYYY-MM``) that ``table`` has for ``key``, sorted."""
        return sorted(file.stem for file in self.path.glob(f"{table}/{key}/*.parquet"))

    def read(
        self,
        table: str,
        keys: Iterable[str] | None = None,
        start: date | None = None,
        end: date | None = None,
        columns: list[str] | None = None,
    ) -> pl.DataFrame:
        """Read rows of a table, sorted by primary key.

        Args:
            table: name of the table.
            keys: city keys (or stations …); all when None.
            start: first date of the partition column (``day``, or the UTC date of an instant).
            end: last date, inclusive.
            columns: columns to read; all when None. Sorting needs the primary key.

        Raises:
            LakeError: a file cannot be read, or was written before the table had a column that is never null; named.
        """
        files = list(self._files(table, keys, start, end))
        time = PARTITION_TIME.get(table, "day")
        read = TABLES[table].column_names() if columns is None else list(dict.fromkeys([*columns, time]))
        frame = self._read_files(table, files, read) if files else empty(table)
        on = pl.col(time) if frame.schema[time] == pl.Date else pl.col(time).dt.date()
        if start is not None:
            frame = frame.filter(on >= start)
        if end is not None:
            frame = frame.filter(on <= end)
        frame = frame.select(columns) if columns else frame
        order = [c for c in TABLES[table].primary_key() if c in frame.columns]
        return frame.sort(order) if order else frame

    def _files(self, table: str, keys: Iterable[str] | None, start: date | None, end: date | None) -> Iterator[Path]:
        first = start.strftime("%Y-%m") if start else ""
        last = end.strftime("%Y-%m") if end else "9999-12"
        for key in sorted(self.keys(table) if keys is None else set(keys)):
            for month in self.months(table, key):
                if first <= month <= last:
                    yield self.file(table, key, month)

    def _read_files(self, table: str, files: list[Path], columns: list[str]) -> pl.DataFrame:
        try:
            return pl.read_parquet(files, columns=columns, use_statistics=False)
        except (OSError, pl.exceptions.PolarsError):
            # Read together they are many times faster; one by one they name the file that is broken, or older than a
            # column of its table.
            return pl.concat(self._read_file(table, file, columns) for file in files)

    def _read_file(self, table: str, file: Path, columns: list[str]) -> pl.DataFrame:
        try:
            there = set(pl.read_parquet_schema(file))
            found = pl.read_parquet(file, columns=[name for name in columns if name in there], use_statistics=False)
        except (OSError, pl.exceptions.PolarsError) as error:
            raise LakeError(f"{file}: cannot be read ({error}); delete it and make that month again") from error
        lacking = {name: TABLES[table].columns()[name] for name in columns if name not in there}
        if needed := [name for name, column in lacking.items() if not column.nullable]:
            raise LakeError(f"{file}: has no column {', '.join(needed)}; delete it and make that month again")
        # Nobody had said what the column asks when the file was written.
        nulls = {name: pl.lit(None, column.dtype) for name, column in lacking.items()}
        return found.with_columns(**nulls).select(columns)

    def write_month(self, table: str, key: str, month: str, frame: pl.DataFrame) -> None:
        """Replace one file of the lake atomically by ``frame``, checked and sorted by key.

        Raises:
            LakeError: rows that break the table's rules, or a file that cannot be written.
        """
        if not _MONTH.fullmatch(month):
            raise LakeError(f"month {month!r} of {table}/{key} is not YYYY-MM")
        good = _checked(table, frame, f"{table}/{key}/{month}")
        self._replace(self.file(table, key, month), good.sort(TABLES[table].primary_key()))

    def _replace(self, file: Path, frame: pl.DataFrame) -> None:
        aside = file.with_suffix(f".{os.getpid()}.part")
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            frame.write_parquet(aside, compression="zstd", compression_level=1)
            with aside.open("rb+") as written:
                os.fsync(written.fileno())
            aside.replace(file)
        except (OSError, pl.exceptions.PolarsError) as error:
            raise LakeError(f"{file}: cannot be written ({error}); check space and permissions") from error
        finally:
            # Also when a person stops it midway; once it has replaced the file there is nothing to remove.
            with suppress(OSError):
                aside.unlink(missing_ok=True)

    def merge(self, table: str, frame: pl.DataFrame) -> MergeReport:
        """Add rows to a table; rows already there stay as they are.

        Importing the same rows twice, or the same files in any order, gives the same lake.

        Args:
            table: name of the table.
            frame: rows that satisfy the table's class (use ``filter`` first).

        Raises:
            LakeError: rows that break the table's rules, or a file that cannot be written.
        """
        # All rows are checked at once: thousands of small months would each pay for the check.
        once = frame.select(TABLES[table].column_names()).unique(maintain_order=True)
        good = _checked(table, once, table).with_columns(_month_of(table).alias("_month"))
        added = unchanged = conflicting = 0
        for (name,), part in good.partition_by(PARTITION_KEY.get(table, "city"), as_dict=True).items():
            report = self._merge_key(table, str(name), part)
            added += report.added
            unchanged += report.unchanged
            conflicting += report.conflicting
        return MergeReport(added, unchanged, conflicting)

    def _merge_key(self, table: str, key: str, incoming: pl.DataFrame) -> MergeReport:
        primary = TABLES[table].primary_key()
        columns = TABLES[table].column_names()
        files = {month: self.file(table, key, month) for month in incoming["_month"].unique().sort()}
        months = {month: self._read_file(table, file, columns) for month, file in files.items() if file.exists()}
        stored = pl.concat(months.values()) if months else incoming.select(columns).clear()
        fresh = incoming.join(stored, on=primary, how="anti")
        same = incoming.join(stored, on=columns, how="semi", nulls_equal=True).height
        written = {
            files[str(month)]: pl.concat([*([months[str(month)]] if month in months else []), rows]).sort(primary)
            for (month,), rows in fresh.partition_by("_month", as_dict=True, include_key=False).items()
        }
        with ThreadPoolExecutor(WRITERS) as pool:
            list(pool.map(self._replace, written.keys(), written.values()))
        return MergeReport(fresh.height, same, incoming.height - fresh.height - same)
