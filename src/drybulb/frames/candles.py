"""Candles from prints: what a minute of the tape says about bid, ask and price.

A print is evidence of one side only. A taker who bought YES took an ask that stood; one
who bought NO hit a bid. So a candle made of prints holds sides that *were taken*, and a
side nobody took is null: not seen, which is not the same as empty.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import polars as pl

from drybulb.frames.schema import Candles

#: How late the tape is, where the configuration does not say otherwise.
TAPE_LATENCY = timedelta(seconds=1)
_MARKET_MINUTE = ("ticker", "end_at")


@dataclass(frozen=True, slots=True)
class CandleLatency:
    """How long after a minute's end its candle is complete and could be had, by source.

    ``prints`` is the latency of the tape: until it has passed, a print of the minute may
    still be on its way, so even "nothing happened" is not known yet.
    """

    prints: timedelta = TAPE_LATENCY
    exchange: timedelta = timedelta(0)


def _tape(prints: pl.DataFrame, latency: timedelta) -> pl.DataFrame:
    """Prints in the order in which they moved the book, with their minute and the side they show.

    Prints of one instant are one order that walked the book: the last price is the one furthest
    from where it began. Their ids are random and say nothing of the order.
    """
    bought_yes = pl.col("taker_side") == "yes"
    price = pl.col("yes_price")
    known_in_time = pl.max_horizontal(pl.col("at"), pl.col("known_at") - latency)
    return (
        prints.with_columns(
            (known_in_time.dt.truncate("1m") + pl.duration(minutes=1)).alias("end_at"),
            pl.when(bought_yes).then(price).otherwise(-price).alias("walked"),
        )
        .sort("ticker", "end_at", "at", "walked", "trade_id")
        .select(
            *_MARKET_MINUTE,
            "city",
            "day",
            pl.int_range(pl.len()).alias("place"),
            price.cast(pl.Int32).alias("price"),
            pl.when(~bought_yes).then(price).cast(pl.Int32).alias("bid"),
            pl.when(bought_yes).then(price).cast(pl.Int32).alias("ask"),
            pl.col("count").cast(pl.Int64),
        )
    )


def _side(side: str) -> list[pl.Expr]:
    seen = pl.col(side).drop_nulls()
    return [
        seen.first().alias(f"yes_{side}_open"),
        seen.max().alias(f"yes_{side}_high"),
        seen.min().alias(f"yes_{side}_low"),
        seen.last().alias(f"yes_{side}_close"),
    ]


def _after_last(seen: str, other: str) -> pl.Expr:
    """Prices of the ``other`` side after the last print that showed ``seen``."""
    last = pl.col("place").filter(pl.col(seen).is_not_null()).max()
    return pl.col(other).filter(pl.col("place") > last)


def standing_bid(bid: pl.Expr, lowest_ask_since: pl.Expr) -> pl.Expr:
    """Return the bid, or null once an ask was taken at or below it.

    A YES ask taken at p cannot have stood beside a bid of p or more, so that bid was gone.
    """
    return pl.when((lowest_ask_since <= bid).fill_null(value=False)).then(None).otherwise(bid)


def standing_ask(ask: pl.Expr, highest_bid_since: pl.Expr) -> pl.Expr:
    """Return the ask, or null once a bid was hit at or above it."""
    return pl.when((highest_bid_since >= ask).fill_null(value=False)).then(None).otherwise(ask)


def candles_from_prints(prints: pl.DataFrame, latency: timedelta = TAPE_LATENCY) -> pl.DataFrame:
    """Return one candle per market and minute with a print, source ``prints``.

    A minute holds the prints of ``[end_at - 60 s, end_at)``, ordered by time; a print known
    later than ``latency`` after it happened counts in the minute in which it became known.
    ``yes_ask_*`` [centicents] are the prices of takers who bought YES, ``yes_bid_*`` of those
    who bought NO; all four are null where the side was not seen. ``*_close`` is the side at
    the minute's end: null although it was seen, if a later print of the other side came
    through it. ``price_mean`` is weighted by volume, ``price_previous`` the last print before
    the minute (so give all prints of a market at once), ``volume`` in 1/100 contract.

    ``known_at`` is ``end_at`` plus ``latency`` for every candle: before that a print of the
    minute could still arrive, and the candle would be another one.

    Args:
        prints: rows of ``prints``.
        latency: how late the tape is.

    Returns:
        Rows of ``candles``, sorted by its key.
    """
    value, count = pl.col("price") * pl.col("count"), pl.col("count").sum()
    return (
        _tape(prints, latency)
        .group_by(*_MARKET_MINUTE, maintain_order=True)
        .agg(
            pl.col("city", "day").first(),
            *_side("bid"),
            *_side("ask"),
            _after_last("bid", "ask").min().alias("ask_since"),
            _after_last("ask", "bid").max().alias("bid_since"),
            pl.col("price").first().alias("price_open"),
            pl.col("price").max().alias("price_high"),
            pl.col("price").min().alias("price_low"),
            pl.col("price").last().alias("price_close"),
            (value.sum() / count).alias("price_mean"),
            count.alias("volume"),
        )
        .with_columns(
            standing_bid(pl.col("yes_bid_close"), pl.col("ask_since")).alias("yes_bid_close"),
            standing_ask(pl.col("yes_ask_close"), pl.col("bid_since")).alias("yes_ask_close"),
            pl.col("price_close").shift(1).over("ticker").alias("price_previous"),
            pl.lit("prints").alias("source"),
            pl.lit(None, dtype=pl.Int64).alias("open_interest"),
            (pl.col("end_at") + latency).alias("known_at"),
            pl.lit("latency").alias("known_from"),
        )
        .select(Candles.column_names())
    )
