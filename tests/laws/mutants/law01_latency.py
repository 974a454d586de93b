"""Defects of known_at: a row is taken for known when it describes, is issued or is true, not when one could have it."""

from __future__ import annotations

from typing import Any

import polars as pl

from drybulb.frames import asof, guided, listed, observed, published
from drybulb.frames.asof import INSTANT, NEVER
from tests.laws import test_law01_asof as law
from tests.laws.mutants import Mutant

_reports, _newest, _highs = observed.reports_in_reach, guided.newest_guidance, published.standing_highs
_errors, _ladder, _lives = guided.errors, listed.attach, asof.with_lives


def _reports_when_valid(requests: pl.DataFrame, observations: pl.DataFrame) -> pl.DataFrame:
    return _reports(requests, observations.with_columns(known_at="valid_at"))


def _guidance_when_issued(guidance: pl.DataFrame, places: pl.DataFrame) -> pl.DataFrame:
    return _newest(guidance.with_columns(known_at="issued_at"), places)


def _highs_when_the_day_ends(official: pl.DataFrame, places: pl.DataFrame) -> pl.DataFrame:
    return _highs(official.with_columns(known_at=pl.col("day").cast(INSTANT)), places)


def _errors_of_the_whole_record(*inputs: Any) -> pl.DataFrame:
    return _errors(*inputs).with_columns(known_at=pl.col("known_at").min())


def _any_listing(requests: pl.DataFrame, markets: pl.DataFrame) -> pl.DataFrame:
    return _ladder(requests, markets.with_columns(known_at=pl.col("day").cast(INSTANT) - pl.duration(days=9)))


def _corrected_from_the_start(rows: pl.DataFrame, key: list[str]) -> pl.DataFrame:
    first = rows.group_by(key).agg(pl.col("known_at").min())
    last = _lives(rows, key).filter(pl.col("until") == NEVER)
    return last.drop("known_at").join(first, on=key)


MUTANTS = [
    Mutant(
        law=law.test_a_week_has_no_future,
        target="drybulb.frames.observed.reports_in_reach",
        replacement=_reports_when_valid,
        defect="readings are joined on when they were taken",
    ),
    Mutant(
        law=law.test_no_row_from_the_future,
        target="drybulb.frames.observed.reports_in_reach",
        replacement=_reports_when_valid,
        defect="readings are joined on when they were taken",
    ),
    Mutant(
        law=law.test_a_week_has_no_future,
        target="drybulb.frames.guided.newest_guidance",
        replacement=_guidance_when_issued,
        defect="guidance is joined on when its run began",
    ),
    Mutant(
        law=law.test_a_week_has_no_future,
        target="drybulb.frames.published.standing_highs",
        replacement=_highs_when_the_day_ends,
        defect="official highs are joined by day",
    ),
    Mutant(
        law=law.test_a_week_has_no_future,
        target="drybulb.frames.guided.errors",
        replacement=_errors_of_the_whole_record,
        defect="the bias uses all errors of the record",
    ),
    Mutant(
        law=law.test_no_row_from_the_future,
        target="drybulb.frames.listed.attach",
        replacement=_any_listing,
        defect="a ladder is seen before it is listed",
    ),
    Mutant(
        law=law.test_a_week_has_no_future,
        target="drybulb.frames.observed.with_lives",
        replacement=_corrected_from_the_start,
        defect="a corrected reading overwrites the one that stood before",
    ),
]
