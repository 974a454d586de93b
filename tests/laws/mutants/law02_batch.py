"""Defects of a batch: rows that lean on their neighbours."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from drybulb.frames import asof, guided
from tests.laws import test_law02_rows as law
from tests.laws.mutants import Mutant

_lookup, _guidance = asof.lookup, guided.attach


def _in_the_order_of_the_join(
    requests: pl.DataFrame, log: pl.DataFrame, by: Sequence[str], at: str = "at"
) -> pl.DataFrame:
    return _lookup(requests.sort(at), log, by, at)


def _filled_with_the_mean(*inputs: object) -> pl.DataFrame:
    found = _guidance(*inputs)  # type: ignore[arg-type]
    return found.with_columns(pl.col("guidance").fill_null(pl.col("guidance").mean()))


def _by_a_literal(value: pl.Expr, by: float) -> pl.Expr:
    return value.cast(pl.Float64) / by


MUTANTS = [
    Mutant(
        law=law.test_a_week_of_snapshots_stands_alone,
        target="drybulb.frames.guided.divide",
        replacement=_by_a_literal,
        defect="a column is divided by a literal, which polars does otherwise in a frame of one row",
    ),
    Mutant(
        law=law.test_a_week_of_snapshots_stands_alone,
        target="drybulb.frames.listed.lookup",
        replacement=_in_the_order_of_the_join,
        defect="the join leaves the rows sorted by instant",
    ),
    Mutant(
        law=law.test_a_week_of_snapshots_stands_alone,
        target="drybulb.frames.guided.attach",
        replacement=_filled_with_the_mean,
        defect="missing guidance is filled with the mean of the batch",
    ),
]
