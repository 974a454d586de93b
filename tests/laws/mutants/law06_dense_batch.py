"""Defects of the batch: old bars, old sessions, and quotes that were proven gone."""

from __future__ import annotations

import itertools

import polars as pl

from drybulb.frames import dense
from drybulb.frames.candles import CandleLatency
from tests.laws import test_law06_dense as law
from tests.laws.mutants import Mutant

_columns, _lives = dense._columns, dense.lives
_runs = itertools.count()


def _old_bar(latency: CandleLatency) -> list[pl.Expr]:
    old = pl.col("yes_bid_high").forward_fill().over("life").alias("yes_bid_high")
    return [old if made.meta.output_name() == "yes_bid_high" else made for made in _columns(latency)]


def _one_life(markets: pl.DataFrame, sessions: pl.DataFrame) -> pl.DataFrame:
    return _lives(markets, sessions).with_columns(pl.col("life").min().over("ticker"))


def _until_passed(ask: pl.Expr, highest_bid_since: pl.Expr) -> pl.Expr:
    return pl.when((highest_bid_since > ask).fill_null(value=False)).then(None).otherwise(ask)


MUTANTS = [
    Mutant(
        law=law.test_a_carried_minute_is_its_close,
        target="drybulb.frames.dense._columns",
        replacement=_old_bar,
        defect="a carried minute keeps the high of the last bar",
    ),
    Mutant(
        law=law.test_the_sides_are_those_of_the_tape,
        target="drybulb.frames.dense.lives",
        replacement=_one_life,
        defect="the evening's quotes are carried through the closed night",
    ),
    Mutant(
        law=law.test_the_sides_are_those_of_the_tape,
        target="drybulb.frames.dense.standing_ask",
        replacement=_until_passed,
        defect="an ask still stands although a bid at its price was hit in a later minute",
    ),
    Mutant(
        law=law.test_the_sides_are_those_of_the_tape,
        target="drybulb.frames.candles.standing_bid",
        replacement=lambda bid, lowest_ask_since: bid,
        defect="a bid closes its minute although an ask below it was taken seconds later",
    ),
    Mutant(
        law=law.test_twice_is_once,
        target="drybulb.app.densify.digest",
        replacement=lambda recipe, frames: f"{recipe} {next(_runs)}",
        defect="inputs are told by when they were read, so every run builds every month",
    ),
]
