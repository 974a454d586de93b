"""The dense table: one row per market and minute while the exchange is open, ages stated.

It is made in three steps: the grid of minutes in which a market can trade, the state after
each candle (what stands, and since when), and the two joined as-of the minute. Nothing looks
ahead: a row is known at ``end_at`` plus its source's latency and holds only what was known by
then, so a candle that came late counts from the first minute that could have used it.
:mod:`drybulb.frames.dense_stream` makes the same rows one minute at a time.
"""

from __future__ import annotations

from datetime import timedelta

import polars as pl

from drybulb.frames.candles import CandleLatency, standing_ask, standing_bid
from drybulb.frames.schema import PRICE_MAX, Dense
from drybulb.frames.sessions import spans

_MINUTE = pl.duration(minutes=1)
_PARTS = ("open", "high", "low", "close")
_IS_EXCHANGE = pl.col("source") == "exchange"
_INSTANT = pl.Datetime("us", "UTC")
_LIVES: dict[str, pl.DataType] = {
    "life": pl.UInt32(),
    "ticker": pl.String(),
    "city": pl.String(),
    "day": pl.Date(),
    "is_trading": pl.Boolean(),
    "first": _INSTANT,
    "last": _INSTANT,
}
_DEFAULT_LATENCY = CandleLatency()
#: Columns of a candle that the grid or the state already has.
_NOT_OF_THE_BAR = ("ticker", "counts_at", "exchange_from", "open_interest")


def lives(markets: pl.DataFrame, sessions: pl.DataFrame) -> pl.DataFrame:
    """Return the parts of each market's time in which the exchange is open or paused.

    A life begins with a span of trading (or with the market, or when it was known) and ends with
    it; nothing is carried from one life to the next.

    Args:
        markets: rows of ``markets``; those without ``open_at`` or ``close_at`` have no life.
        sessions: rows of ``sessions`` of the exchange.

    Returns:
        Columns life (number), ticker, city, day, is_trading, first and last (the first and the
        last ``end_at`` of its minutes), sorted by ticker and first.
    """
    listed = markets.drop_nulls(["open_at", "close_at"]).select(
        "ticker", "city", "day", pl.max_horizontal("open_at", "known_at").alias("listed_at"), "close_at"
    )
    if listed.is_empty():
        return pl.DataFrame(schema=_LIVES)
    start, end = listed.select(pl.col("listed_at").min().dt.truncate("1d"), pl.col("close_at").max()).row(0)
    return (
        listed.join_where(
            spans(sessions, start, end + timedelta(days=1)),
            pl.col("from") < pl.col("close_at"),
            pl.col("to") > pl.col("listed_at"),
        )
        .with_columns(
            (pl.max_horizontal("listed_at", "from").dt.truncate("1m") + _MINUTE).alias("first"),
            pl.min_horizontal("close_at", "to").dt.truncate("1m").alias("last"),
        )
        .filter(pl.col("first") <= pl.col("last"))
        .sort("ticker", "first")
        .with_row_index("life")
        .select(*_LIVES)
    )


def _grid(lives: pl.DataFrame) -> pl.DataFrame:
    """Every minute of every life, as ``end_at``."""
    return lives.with_columns(pl.datetime_ranges("first", "last", "1m").alias("end_at")).explode("end_at")


def _placed(candles: pl.DataFrame, grid: pl.DataFrame, latency: CandleLatency) -> pl.DataFrame:
    """Candles of minutes with trading: their ``life``, and ``counts_at``, the first minute that could know them.

    ``exchange_from`` is when the market's first candle of the exchange counts. One that came
    after its life had ended has no place.
    """
    delay = pl.when(_IS_EXCHANGE).then(latency.exchange).otherwise(latency.prints)
    known = (pl.col("known_at") - delay + _MINUTE - timedelta(microseconds=1)).dt.truncate("1m")
    minutes = grid.filter("is_trading").select("ticker", "end_at", "life")
    return (
        candles.drop("city", "day", "known_from")
        .with_columns(pl.max_horizontal(pl.col("end_at"), known).alias("counts_at"))
        .drop("known_at")
        .join(minutes, on=["ticker", "end_at"], how="inner")
        .join(minutes, left_on=["life", "counts_at"], right_on=["life", "end_at"], how="semi")
        .with_columns(pl.col("counts_at").filter(_IS_EXCHANGE).min().over("ticker").alias("exchange_from"))
    )


def _usable(placed: pl.DataFrame) -> pl.DataFrame:
    """Candles that count, in the order in which they do.

    Left aside are candles of prints once the exchange's own are there, and candles that came
    after a newer one of their market: what they say is over.
    """
    newest_before = pl.col("end_at").cum_max().shift(1).over("life")
    return (
        placed.filter(_IS_EXCHANGE | (pl.col("counts_at") < pl.col("exchange_from")).fill_null(value=True))
        .sort("life", "counts_at", "end_at")
        .filter((pl.col("end_at") > newest_before).fill_null(value=True))
    )


def _saw(side: str) -> pl.Expr:
    """Whether a candle speaks of a side; the exchange's always does, and its null is an empty book."""
    return _IS_EXCHANGE | pl.col(f"yes_{side}_high").is_not_null()


def _state(usable: pl.DataFrame) -> pl.DataFrame:
    """What stands after each candle, and since when: one row per life and minute ``counts_at``.

    A run reaches from one sight of a side to the next. The side at its head is carried along it
    (as null, if it was already gone by the end of its own minute) until the other side's extreme
    comes through it. The extremes make this exact: it is what folding the tape print by print gives.
    """
    traded = pl.col("price_close").is_not_null()
    runs = usable.with_columns(
        _saw("bid").cum_sum().over("life").alias("bid_run"),
        _saw("ask").cum_sum().over("life").alias("ask_run"),
        traded.cum_sum().over("life").alias("price_run"),
        pl.when(~_saw("bid")).then("yes_ask_low").fill_null(PRICE_MAX).alias("ask_low"),
        pl.when(~_saw("ask")).then("yes_bid_high").fill_null(0).alias("bid_high"),
    )

    def head(column: str, run: str) -> pl.Expr:
        return pl.col(column).first().over("life", run)

    lowest_ask = pl.col("ask_low").cum_min().over("life", "bid_run")
    highest_bid = pl.col("bid_high").cum_max().over("life", "ask_run")
    return runs.select(
        "life",
        "counts_at",
        standing_bid(head("yes_bid_close", "bid_run"), lowest_ask).alias("bid"),
        head("end_at", "bid_run").alias("bid_at"),
        standing_ask(head("yes_ask_close", "ask_run"), highest_bid).alias("ask"),
        head("end_at", "ask_run").alias("ask_at"),
        head("price_close", "price_run").alias("price"),
        head("end_at", "price_run").alias("price_at"),
        pl.col("open_interest").forward_fill().over("life"),
    ).unique(["life", "counts_at"], keep="last", maintain_order=True)


def _columns(latency: CandleLatency) -> list[pl.Expr]:
    """Dense columns from what stands (``bid`` ...) and the candle of the minute, if one was in time for it."""
    observed = pl.col("source").is_not_null()
    traded = pl.col("price_close").is_not_null()

    def bars(name: str, carried: str, *, own: pl.Expr) -> list[pl.Expr]:
        return [pl.when(own).then(f"{name}_{part}").otherwise(carried).alias(f"{name}_{part}") for part in _PARTS]

    def age(side: str) -> pl.Expr:
        minutes = (pl.col("end_at") - pl.col(f"{side}_at")).dt.total_minutes().cast(pl.Int32)
        return pl.when(pl.col(side).is_not_null()).then(minutes)

    both_stand = pl.col("bid").is_not_null() & pl.col("ask").is_not_null()
    from_exchange = (pl.col("end_at") >= pl.col("exchange_from")).fill_null(value=False)
    delay = pl.when(from_exchange).then(latency.exchange).otherwise(latency.prints)
    return [
        pl.when(from_exchange).then(pl.lit("exchange")).otherwise(pl.lit("prints")).alias("source"),
        *bars("yes_bid", "bid", own=observed & _saw("bid")),
        *bars("yes_ask", "ask", own=observed & _saw("ask")),
        *bars("price", "price", own=observed & traded),
        pl.when(observed & traded).then("price_mean").otherwise("price").alias("price_mean"),
        pl.col("price").shift(1).over("life").alias("price_previous"),
        pl.col("volume").fill_null(0),
        age("bid").alias("bid_age"),
        age("ask").alias("ask_age"),
        age("price").alias("price_age"),
        pl.when(both_stand).then(pl.max_horizontal(age("bid"), age("ask"))).alias("quote_age"),
        observed.alias("is_observed"),
        (pl.col("volume") > 0).fill_null(value=False).alias("has_trade"),
        (pl.col("bid") >= pl.col("ask")).fill_null(value=False).alias("is_crossed"),
        (pl.col("end_at") + delay).alias("known_at"),
        pl.lit("latency").alias("known_from"),
    ]


def densify_month(
    candles: pl.DataFrame,
    markets: pl.DataFrame,
    sessions: pl.DataFrame,
    latency: CandleLatency = _DEFAULT_LATENCY,
) -> pl.DataFrame:
    """Return one row per market and minute in which the exchange is open, from open to close.

    The first row of a market ends at the first whole minute after it opened (or, if later, was
    known), the last at ``close_at``; the minutes of a pause have rows with ``is_trading`` false
    and nothing in them. Markets without ``open_at`` or ``close_at`` have none.

    - In a minute without a candle, open, high, low and close are the carried close, volume is 0.
    - Nothing is carried across a closed session or a pause: sides, price and their ages are null
      until seen again, and ``price_previous`` [centicents] is the price carried into the minute.
    - A null side of an exchange candle is an empty book; a null side of a candle from prints is
      one nobody took, so the carried one stands until a print of the other side comes through it.
    - From the first exchange candle of a market on, its candles from prints are left aside.
    - ``known_at`` is ``end_at`` plus the source's latency in every row, seen or carried: that
      nothing happened is known no sooner than what happened.

    Args:
        candles: rows of ``candles``, any sources; all of each market.
        markets: rows of ``markets``.
        sessions: rows of ``sessions`` of the exchange.
        latency: when the candle of a minute could be had, by source.

    Returns:
        Rows of ``dense``, sorted by its key. Ages are in minutes since the end of the minute
        that showed the value.
    """
    grid = _grid(lives(markets, sessions))
    placed = _placed(candles, grid, latency)
    usable = _usable(placed)
    in_time = usable.filter(pl.col("counts_at") == pl.col("end_at")).drop(_NOT_OF_THE_BAR)
    return (
        grid.join_asof(_state(usable), left_on="end_at", right_on="counts_at", by="life", check_sortedness=False)
        .join(in_time, on=["life", "end_at"], how="left", maintain_order="left")
        .join(placed.select("ticker", "exchange_from").unique(), on="ticker", how="left", maintain_order="left")
        .with_columns(_columns(latency))
        .select(Dense.column_names())
    )
