"""Dense minutes of a recorded month: the closed nights, and quotes that carried prints only seem to give."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from drybulb.frames.candles import candles_from_prints
from drybulb.frames.dense import densify_month
from drybulb.frames.schema import Dense, Markets, Prints, Sessions

FIRST, LAST = date(2024, 12, 1), date(2024, 12, 31)


def _month(file: Path) -> pl.DataFrame:
    """Rows of Denver's December of 2024, with the columns that every table has."""
    rows = pl.scan_parquet(file).filter(pl.col("city") == "DEN", pl.col("event_date").is_between(FIRST, LAST))
    return (
        rows.rename({"event_date": "day"})
        .with_columns(pl.lit("denver").alias("city"), pl.lit("latency").alias("known_from"))
        .collect()
    )


def _prints(archive: Path) -> pl.DataFrame:
    rows = _month(archive / "kalshi_trades.parquet").rename({"created_time": "at"})
    made = rows.with_columns(
        pl.col("yes_price").cast(pl.Int32) * 100,
        pl.col("count").cast(pl.Int64) * 100,
        (pl.col("at") + timedelta(seconds=1)).alias("known_at"),
    )
    return Prints.validate(made.select(Prints.column_names()))


def _markets(archive: Path) -> pl.DataFrame:
    names = {"event_ticker": "event", "floor_strike": "floor", "cap_strike": "cap"}
    rows = _month(archive / "kalshi_markets.parquet").rename(names | {"open_time": "open_at", "close_time": "close_at"})
    made = rows.with_columns(
        pl.col("open_at").alias("known_at"), pl.lit(None, pl.Int32).alias("low"), pl.lit(None, pl.Int32).alias("high")
    )
    return Markets.validate(made.select(Markets.column_names()))


def _hours() -> pl.DataFrame:
    """Open from 08:00 to 03:00 Eastern (winter: UTC-5), every day of the month and around it."""
    opened = [datetime(2024, 11, 28, 13, tzinfo=UTC) + timedelta(days=n) for n in range(40)]
    made = pl.DataFrame({"from": opened, "to": [t + timedelta(hours=19) for t in opened]}).with_columns(
        pl.lit("kalshi").alias("exchange"),
        pl.lit("open").alias("kind"),
        pl.col("from").alias("known_at"),
        pl.lit("latency").alias("known_from"),
    )
    return Sessions.validate(made.select(Sessions.column_names()), cast=True)


@pytest.fixture(scope="module")
def dense(archive: Path) -> pl.DataFrame:
    """The month's dense rows, from the tape."""
    made = densify_month(candles_from_prints(_prints(archive)), _markets(archive), _hours())
    return Dense.validate(made)


def test_every_candle_of_the_tape_is_a_bar(archive: Path, dense: pl.DataFrame) -> None:
    """No print lies in a closed minute or outside its market's hours: every candle is some minute's bar."""
    prints = _prints(archive)
    assert dense["is_observed"].sum() == candles_from_prints(prints).height
    assert dense["volume"].sum() == prints["count"].sum()


def test_the_night_is_not_there(dense: pl.DataFrame) -> None:
    """Between 03 and 08 Eastern there are no rows, and the first minute of the morning knows no quote but its own."""
    eastern = pl.col("end_at").dt.offset_by("-5h")
    assert dense.filter(eastern.dt.time().is_between(pl.time(3, 1), pl.time(8, 0))).is_empty()
    morning = dense.filter(eastern.dt.time() == pl.time(8, 1), ~pl.col("is_observed"))
    assert morning.height > 100
    assert morning.select(pl.col("yes_bid_close", "yes_ask_close", "price_close", "price_previous").count()).row(0) == (
        0,
        0,
        0,
        0,
    )


def test_carried_prints_cross_and_dense_rows_do_not(archive: Path, dense: pl.DataFrame) -> None:
    """Each side's last print, carried, crosses in 5 to 15 % of legs at 14:00 local standard; no dense row does."""
    legs = dense.filter(pl.col("end_at") == pl.col("day").cast(pl.Datetime("us", "UTC")) + pl.duration(hours=14 + 7))
    yes = pl.col("taker_side") == "yes"
    carried = (
        _prints(archive)
        .sort("at")
        .with_columns(pl.when(~yes).then("yes_price").alias("bid"), pl.when(yes).then("yes_price").alias("ask"))
        .with_columns(pl.col("bid", "ask").forward_fill().over("ticker"))
    )
    naive = legs.sort("end_at").join_asof(
        carried.select("ticker", "at", "bid", "ask"),
        left_on="end_at",
        right_on="at",
        by="ticker",
        check_sortedness=False,
    )
    two = naive.drop_nulls(["bid", "ask"])
    assert two.height > 150
    assert 0.05 < two.filter(pl.col("bid") > pl.col("ask")).height / two.height < 0.15
    assert not dense["is_crossed"].any()
    assert legs["quote_age"].count() > 50
