"""What the market says: the normalised mids of a whole ladder at an instant.

A leg's value is the mid of its bid and ask. On a real quote an empty side is the edge
of the price range (0 or $1), because nobody offering is what the book says. On candles
built from prints an unseen side says nothing, so a one-sided leg falls back on its last
print. A ladder with a leg that has no value is not whole and has no consensus.
"""

from __future__ import annotations

import polars as pl

from drybulb.frames.schema import PRICE_MAX

#: A poll or a book older than this does not speak for the market [min].
MAX_QUOTE_AGE_MIN = 60

#: A dense minute speaks until the next one is known; longer, and it would speak after the exchange has shut [min].
DENSE_AGE_MIN = 1

#: Columns of a consensus frame.
COLUMNS = ("city", "day", "at", "event", "lows", "highs", "probabilities", "spread", "legs", "source")


def _mid_with_edges() -> pl.Expr:
    bid = pl.col("yes_bid").fill_null(0)
    ask = pl.col("yes_ask").fill_null(PRICE_MAX)
    seen = pl.col("yes_bid").is_not_null() | pl.col("yes_ask").is_not_null()
    return pl.when(seen).then((bid + ask) / 2.0)


def _mid_of_prints() -> pl.Expr:
    return pl.coalesce((pl.col("yes_bid") + pl.col("yes_ask")) / 2.0, pl.col("price_close").cast(pl.Float64))


def _spread_with_edges() -> pl.Expr:
    """Ask less bid, an empty side as the edge of the price range [centicents]."""
    return pl.col("yes_ask").fill_null(PRICE_MAX) - pl.col("yes_bid").fill_null(0)


def _ladders(legs: pl.DataFrame, markets: pl.DataFrame) -> pl.DataFrame:
    """Gather leg values into whole, normalised ladders."""
    size = markets.group_by("event").agg(pl.len().alias("size"))
    return (
        legs.filter(pl.col("value").is_not_null())
        .sort("city", "day", "at", pl.col("low").fill_null(-1000))
        .group_by("city", "day", "at", "event", "source", maintain_order=True)
        .agg(
            pl.col("low").alias("lows"),
            pl.col("high").alias("highs"),
            (pl.col("value") / pl.col("value").sum()).alias("probabilities"),
            _spread_with_edges().mean().alias("spread"),
            pl.len().alias("legs"),
        )
        .join(size, on="event", how="inner")
        .filter(pl.col("legs") == pl.col("size"))
        .select(COLUMNS)
    )


def _requested_legs(requests: pl.DataFrame, markets: pl.DataFrame) -> pl.DataFrame:
    return requests.select("city", "day", "at").join(
        markets.select("city", "day", "event", "ticker", "low", "high"), on=["city", "day"], how="inner"
    )


def _as_of(legs: pl.DataFrame, rows: pl.DataFrame, tolerance_min: int) -> pl.DataFrame:
    """The newest row of each leg's market known by ``at`` and no older than the tolerance."""
    return (
        legs.sort("at")
        .join_asof(
            rows.sort("known_at"),
            left_on="at",
            right_on="known_at",
            by="ticker",
            strategy="backward",
            tolerance=f"{tolerance_min}m",
            check_sortedness=False,
        )
        .filter(pl.col("source").is_not_null())
    )


def _from_dense(legs: pl.DataFrame, dense: pl.DataFrame) -> pl.DataFrame:
    rows = dense.select(
        "ticker",
        "known_at",
        "source",
        "is_trading",
        pl.col("yes_bid_close").alias("yes_bid"),
        pl.col("yes_ask_close").alias("yes_ask"),
        "price_close",
    )
    # Looked up first and judged then: the minute before a pause does not speak for the pause.
    found = _as_of(legs, rows, DENSE_AGE_MIN).filter("is_trading")
    value = pl.when(pl.col("source") == "prints").then(_mid_of_prints()).otherwise(_mid_with_edges())
    return found.with_columns(value.alias("value"))


def _from_quotes(legs: pl.DataFrame, quotes: pl.DataFrame) -> pl.DataFrame:
    rows = quotes.select("ticker", "known_at", "source", "yes_bid", "yes_ask")
    found = _as_of(legs, rows, MAX_QUOTE_AGE_MIN)
    return found.with_columns(_mid_with_edges().alias("value"), pl.lit("quotes").alias("source"))


def consensus(requests: pl.DataFrame, markets: pl.DataFrame, dense: pl.DataFrame, quotes: pl.DataFrame) -> pl.DataFrame:
    """Return the market's probabilities for every request whose ladder is whole.

    Args:
        requests: columns city, day, at [UTC, whole minutes].
        markets: rows of ``markets``; events whose ladder does not tile are left out by the caller.
        dense: rows of ``dense``; the newest minute known by ``at``, only while the exchange trades.
        quotes: rows of ``quotes`` that are not one a day; used as-of ``known_at``, at most
            an hour old.

    Returns:
        One row per request with a consensus: city, day, at, event, lows and highs of the
        brackets [°F], probabilities summing to 1, mean spread of the legs [centicents],
        legs, and ``source`` (``exchange`` candles before ``quotes`` before ``prints``).
    """
    known = markets.filter(pl.col("known_at").is_not_null())
    legs = _requested_legs(requests, known)
    found = [_ladders(_from_dense(legs, dense), known), _ladders(_from_quotes(legs, quotes), known)]
    rank = pl.col("source").replace_strict({"exchange": 0, "quotes": 1, "prints": 2}, return_dtype=pl.Int8)
    return (
        pl.concat(found)
        .with_columns(rank.alias("rank"))
        .sort("city", "day", "at", "rank")
        .unique(["city", "day", "at"], keep="first", maintain_order=True)
        .drop("rank")
    )


def daily_consensus(markets: pl.DataFrame, quotes: pl.DataFrame) -> tuple[pl.DataFrame, int]:
    """Return the market's probabilities at the one quote a day, where its legs are within an hour.

    ``at`` is the *earliest* leg's time: the fair instant for a belief to be compared with it.

    Args:
        markets: rows of ``markets``; events whose ladder does not tile are left out by the caller.
        quotes: rows of ``quotes`` with source ``daily``.

    Returns:
        The consensus frame (see :func:`consensus`) and the number of asynchronous ladders left out.
    """
    legs = quotes.join(markets.select("ticker", "event", "low", "high"), on="ticker", how="inner").with_columns(
        _mid_with_edges().alias("value")
    )
    span = legs.group_by("event").agg(pl.col("at").min().alias("first"), pl.col("at").max().alias("last"))
    together = span.filter((pl.col("last") - pl.col("first")) <= pl.duration(minutes=MAX_QUOTE_AGE_MIN))
    legs = legs.join(together, on="event", how="inner").with_columns(pl.col("first").alias("at"))
    whole = _ladders(legs.with_columns(pl.lit("quotes").alias("source")), markets)
    return whole, span.height - together.height
