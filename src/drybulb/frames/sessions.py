"""The exchange's hours: rows of ``sessions`` become disjoint spans in which it traded or paused."""

from __future__ import annotations

from datetime import datetime

import polars as pl

_MINUTE = pl.duration(minutes=1)
#: Where rows begin together, the more cautious kind holds.
_CAUTION = {"open": 0, "closed": 1, "pause": 2}


def _up(column: str) -> pl.Expr:
    whole = pl.col(column).dt.truncate("1m")
    return pl.when(pl.col(column) == whole).then(whole).otherwise(whole + _MINUTE)


def _down(column: str) -> pl.Expr:
    return pl.col(column).dt.truncate("1m")


def _stated(sessions: pl.DataFrame, start: datetime, end: datetime) -> pl.DataFrame:
    """Rows that touch the window, cut to it and to whole minutes; a part of a minute is never open."""
    is_open = pl.col("kind") == "open"
    return (
        sessions.select(
            "kind",
            pl.col("from").alias("stated"),
            pl.max_horizontal("from", "known_at").alias("from"),
            pl.col("to").fill_null(end),
        )
        .with_columns(
            pl.when(is_open).then(_up("from")).otherwise(_down("from")).clip(lower_bound=start).alias("from"),
            pl.when(is_open).then(_down("to")).otherwise(_up("to")).clip(upper_bound=end).alias("to"),
        )
        .filter(pl.col("from") < pl.col("to"))
        .with_columns(pl.col("kind").replace_strict(_CAUTION, return_dtype=pl.Int8).alias("caution"))
    )


def spans(sessions: pl.DataFrame, start: datetime, end: datetime) -> pl.DataFrame:
    """Return when the exchange was open or paused between two instants [UTC, whole minutes].

    At any instant the row that began last holds, so a pause interrupts the hours it falls in
    and a new era ends the one before. A row says nothing before its own ``known_at``, and
    what no row covers is closed. Hours that meet, such as 08:00-24:00 and 00:00-03:00, are one span.

    Args:
        sessions: rows of ``sessions`` of one exchange.
        start: first instant of the window.
        end: end of the window; a row without ``to`` lasts until then.

    Returns:
        Columns ``from`` (inclusive), ``to`` (exclusive) and ``is_trading`` (false: a pause),
        disjoint and in order.
    """
    stated = _stated(sessions, start, end)
    pieces = (
        pl.DataFrame({"from": pl.concat([stated["from"], stated["to"]]).unique().sort()})
        .with_columns(pl.col("from").shift(-1).alias("to"))
        .drop_nulls("to")
    )
    covering = stated.rename({"from": "covers_from", "to": "covers_to"})
    return (
        pieces.join_where(covering, pl.col("covers_from") <= pl.col("from"), pl.col("from") < pl.col("covers_to"))
        .sort("from", "stated", "caution")
        .group_by("from", "to", maintain_order=True)
        .agg(pl.col("kind").last())
        .filter(pl.col("kind") != "closed")
        .with_columns(
            ((pl.col("kind") != pl.col("kind").shift(1)) | (pl.col("from") != pl.col("to").shift(1)))
            .fill_null(value=True)
            .cum_sum()
            .alias("span")
        )
        .group_by("span", maintain_order=True)
        .agg(pl.col("from").first(), pl.col("to").last(), (pl.col("kind").first() == "open").alias("is_trading"))
        .drop("span")
    )
