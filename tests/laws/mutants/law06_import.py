"""Defects of imports: the file's order decides, rows pile up, and the last import wins."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from drybulb.adapters.lake import Lake, MergeReport
from drybulb.frames.schema import TABLES, empty
from tests.laws import test_law06_import as law
from tests.laws.mutants import Mutant


def first_in_the_file(rows: pl.DataFrame, key: Sequence[str]) -> tuple[pl.Series, pl.Series]:
    """Keep whichever row of a key the file has first, whatever the others say."""
    later = rows.sort("row").filter(~pl.struct(key).is_first_distinct())["row"]
    return later, later.clear()


def append(lake: Lake, table: str, key: str, incoming: pl.DataFrame) -> MergeReport:
    """Add the rows without looking for those that are there."""
    for (month,), rows in incoming.partition_by("_month", as_dict=True, include_key=False).items():
        file = lake.file(table, key, str(month))
        stored = pl.read_parquet(file) if file.exists() else empty(table)
        lake._replace(file, pl.concat([stored, rows.select(stored.columns)]).sort(TABLES[table].primary_key()))
    return MergeReport(incoming.height, 0, 0)


def replace(lake: Lake, table: str, key: str, incoming: pl.DataFrame) -> MergeReport:
    """Let the newest import replace the months it touches."""
    for (month,), rows in incoming.partition_by("_month", as_dict=True, include_key=False).items():
        lake._replace(lake.file(table, key, str(month)), rows.sort(TABLES[table].primary_key()))
    return MergeReport(0, incoming.height, 0)


MUTANTS = [
    Mutant(
        law=law.test_the_order_of_rows_and_files_does_not_matter,
        target="drybulb.adapters.archive.findings.repeated",
        replacement=first_in_the_file,
        defect="of rows with one key the first in the file stays, so the file's order decides",
    ),
    Mutant(
        law=law.test_importing_twice_equals_once,
        target="drybulb.adapters.lake.Lake._merge_key",
        replacement=append,
        defect="a second import adds every row again",
    ),
    Mutant(
        law=law.test_archives_in_any_order_give_one_lake,
        target="drybulb.adapters.lake.Lake._merge_key",
        replacement=replace,
        defect="an import replaces the months it touches, so the last one wins",
    ),
]
