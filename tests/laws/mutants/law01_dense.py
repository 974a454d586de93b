"""Defects of dense minutes that look ahead."""

from __future__ import annotations

from datetime import timedelta

import polars as pl

from drybulb.frames import candles, dense, sessions
from tests.laws import test_law01_dense as law
from tests.laws.mutants import Mutant

_state, _placed, _usable, _tape, _spans = dense._state, dense._placed, dense._usable, candles._tape, sessions.spans


def _filled_backward(usable: pl.DataFrame) -> pl.DataFrame:
    return _state(usable).with_columns(pl.col("ask", "ask_at").backward_fill().over("life"))


def _by_label(made: pl.DataFrame, grid: pl.DataFrame, latency: candles.CandleLatency) -> pl.DataFrame:
    return _placed(made.with_columns(pl.col("end_at").alias("known_at")), grid, latency)


def _one_source_a_month(placed: pl.DataFrame) -> pl.DataFrame:
    return _usable(placed.filter((pl.col("source") == "exchange") | pl.col("exchange_from").is_null()))


def _by_trade_time(prints: pl.DataFrame, latency: timedelta) -> pl.DataFrame:
    return _tape(prints.with_columns(pl.col("at").alias("known_at")), latency)


def _hours_as_if_known(stated: pl.DataFrame, start: object, end: object) -> pl.DataFrame:
    return _spans(stated.with_columns(pl.col("from").alias("known_at")), start, end)  # type: ignore[arg-type]


MUTANTS = [
    Mutant(
        law=law.test_candles_known_later_change_nothing,
        target="drybulb.frames.dense._state",
        replacement=_filled_backward,
        defect="an ask not yet seen is filled from the minutes after",
    ),
    Mutant(
        law=law.test_candles_known_later_change_nothing,
        target="drybulb.frames.dense._placed",
        replacement=_by_label,
        defect="a candle counts from the end of its minute although it was known later",
    ),
    Mutant(
        law=law.test_candles_known_later_change_nothing,
        target="drybulb.frames.dense._usable",
        replacement=_one_source_a_month,
        defect="prints are left aside for the whole month because the exchange has a candle at its end",
    ),
    Mutant(
        law=law.test_prints_known_later_change_nothing,
        target="drybulb.frames.candles._tape",
        replacement=_by_trade_time,
        defect="a print counts in the minute it happened in although it was known minutes later",
    ),
    Mutant(
        law=law.test_hours_and_markets_known_later_change_nothing,
        target="drybulb.frames.dense.spans",
        replacement=_hours_as_if_known,
        defect="a pause blanks the minutes before anybody knew of it",
    ),
]
