"""Defects of a batch: rows that lean on their neighbours."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from drybulb.frames import asof, guided, listed
from tests.laws import test_law02_rows as law
from tests.laws.mutants import Mutant

_lookup, _guidance, _nominal, _over = asof.lookup, guided.attach, listed._nominal, guided._over_sources


def _in_the_order_of_the_join(
    requests: pl.DataFrame, log: pl.DataFrame, by: Sequence[str], at: str = "at"
) -> pl.DataFrame:
    return _lookup(requests.sort(at), log, by, at)


def _filled_with_the_mean(*inputs: object) -> pl.DataFrame:
    found = _guidance(*inputs)  # type: ignore[arg-type]
    return found.with_columns(pl.col("guidance").fill_null(pl.col("guidance").mean()))


def _by_a_literal(value: pl.Expr, by: float) -> pl.Expr:
    return value.cast(pl.Float64) / by


def _hours_by_a_literal(duration: pl.Expr) -> pl.Expr:
    return duration.dt.total_microseconds().cast(pl.Float64) / 3_600_000_000.0


def _hours_of_the_first_event(asked: pl.DataFrame, nominal: listed.MarketHours) -> pl.DataFrame:
    first = _nominal(asked.head(1), nominal).drop("offset", "day")
    return asked.select("offset", "day").unique().join(first, how="cross")


def _sources_of_the_request_before(voices: pl.DataFrame) -> pl.DataFrame:
    found = _over(voices)
    return found.with_columns(guidance_by=pl.col("guidance_by").shift(1).fill_null(pl.col("guidance_by")))


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
    Mutant(
        law=law.test_a_week_of_snapshots_stands_alone,
        target="drybulb.frames.listed._nominal",
        replacement=_hours_of_the_first_event,
        defect="the usual trading hours are those of the first event asked about",
    ),
    Mutant(
        law=law.test_a_week_of_snapshots_stands_alone,
        target="drybulb.frames.listed.hours",
        replacement=_hours_by_a_literal,
        defect="hours to the close are divided by a literal",
    ),
    Mutant(
        law=law.test_a_week_of_snapshots_stands_alone,
        target="drybulb.frames.guided._over_sources",
        replacement=_sources_of_the_request_before,
        defect="the list of sources is that of the request before",
    ),
]
