"""The dense table one minute at a time: what the batch of :mod:`drybulb.frames.dense` gives, as it happens.

Live there is no month to join, only the minute that has just ended. This fold holds per
market what stands and since when; law 6 says that both give the same rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import polars as pl

from drybulb.frames.candles import CandleLatency
from drybulb.frames.dense import lives
from drybulb.frames.schema import empty

_DEFAULT_LATENCY = CandleLatency()
_BARS = {"bid": "yes_bid", "ask": "yes_ask", "price": "price"}
_PARTS = ("open", "high", "low", "close")

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Seen:
    """A price [centicents] and the end of the minute that showed it."""

    price: int
    at: datetime


@dataclass(slots=True)
class Standing:
    """What stands in a market during one life, and the newest candle that said so."""

    life: int
    bid: Seen | None = None
    ask: Seen | None = None
    price: Seen | None = None
    open_interest: int | None = None
    newest: datetime | None = None


def saw(candle: Row, side: str) -> bool:
    """Whether a candle speaks of a side; the exchange's always does, and its null is an empty book."""
    return candle["source"] == "exchange" or candle[f"yes_{side}_high"] is not None


def fold(standing: Standing, candle: Row) -> None:
    """Bring ``standing`` up to the end of a candle's minute; a candle older than the newest says nothing."""
    end = candle["end_at"]
    if standing.newest is not None and end <= standing.newest:
        return
    standing.newest = end

    def shown(column: str) -> Seen | None:
        return None if candle[column] is None else Seen(candle[column], end)

    lowest_ask, highest_bid = candle["yes_ask_low"], candle["yes_bid_high"]
    if saw(candle, "bid"):
        standing.bid = shown("yes_bid_close")
    elif standing.bid and lowest_ask is not None and lowest_ask <= standing.bid.price:
        standing.bid = None
    if saw(candle, "ask"):
        standing.ask = shown("yes_ask_close")
    elif standing.ask and highest_bid is not None and highest_bid >= standing.ask.price:
        standing.ask = None
    standing.price = shown("price_close") or standing.price
    if candle["open_interest"] is not None:
        standing.open_interest = candle["open_interest"]


def _age(seen: Seen | None, end_at: datetime) -> int | None:
    return None if seen is None else int((end_at - seen.at) / timedelta(minutes=1))


def _row(standing: Standing, candle: Row | None, previous: Seen | None, end_at: datetime) -> Row:
    """Values of one dense row: the candle of the minute where it speaks, else what stands."""
    row: Row = {"end_at": end_at, "price_previous": previous and previous.price}
    for side, name in _BARS.items():
        seen: Seen | None = getattr(standing, side)
        own = candle is not None and (candle["price_close"] is not None if side == "price" else saw(candle, side))
        for part in _PARTS:
            row[f"{name}_{part}"] = candle[f"{name}_{part}"] if candle and own else seen and seen.price
        row[f"{side}_age"] = _age(seen, end_at)
        if side == "price":
            row["price_mean"] = candle["price_mean"] if candle and own else seen and float(seen.price)
    volume = candle["volume"] if candle else 0
    both = standing.bid and standing.ask
    return row | {
        "volume": volume,
        "open_interest": standing.open_interest,
        "quote_age": max(row["bid_age"], row["ask_age"]) if both else None,
        "is_observed": candle is not None,
        "has_trade": volume > 0,
        "is_crossed": bool(standing.bid and standing.ask and standing.bid.price >= standing.ask.price),
    }


class DenseStream:
    """Makes the rows of ``dense`` minute by minute.

    Args:
        markets: rows of ``markets``.
        sessions: rows of ``sessions`` of the exchange.
        latency: when the candle of a minute could be had, by source.
    """

    def __init__(
        self, markets: pl.DataFrame, sessions: pl.DataFrame, latency: CandleLatency = _DEFAULT_LATENCY
    ) -> None:
        self._lives = lives(markets, sessions)
        self._delay = {"prints": latency.prints, "exchange": latency.exchange}
        self._standing: dict[str, Standing] = {}
        self._on_exchange: set[str] = set()
        self._waiting: list[Row] = []

    def minute(self, end_at: datetime, candles: pl.DataFrame | None = None) -> pl.DataFrame:
        """Return the dense rows of the minute that ends at ``end_at`` [UTC, a whole minute].

        Minutes are given in order; those without trading may be left out.

        Args:
            end_at: the minute.
            candles: rows of ``candles`` that came since the last call, of any minute; one known
                too late for this minute waits for the first that may use it.
        """
        self._waiting += [] if candles is None else candles.rows(named=True)
        ready: dict[str, list[Row]] = {}
        for candle in self._waiting:
            if self._counts(candle, end_at):
                ready.setdefault(candle["ticker"], []).append(candle)
        self._waiting = [candle for candle in self._waiting if not self._counts(candle, end_at)]
        alive = self._lives.filter(pl.col("first") <= end_at, pl.col("last") >= end_at)
        rows = [self._advance(life, ready.get(life["ticker"], []), end_at) for life in alive.rows(named=True)]
        return pl.DataFrame(rows, schema=empty("dense").schema)

    def _counts(self, candle: Row, end_at: datetime) -> bool:
        known_by = end_at + self._delay[candle["source"]]
        return bool(candle["end_at"] <= end_at and candle["known_at"] <= known_by)

    def _advance(self, life: Row, ready: list[Row], end_at: datetime) -> Row:
        ticker = life["ticker"]
        standing = self._standing.get(ticker)
        if standing is None or standing.life != life["life"]:
            standing = self._standing[ticker] = Standing(life["life"])
        usable = [c for c in ready if life["is_trading"] and life["first"] <= c["end_at"] <= life["last"]]
        if any(candle["source"] == "exchange" for candle in usable):
            self._on_exchange.add(ticker)
        source = "exchange" if ticker in self._on_exchange else "prints"
        previous, own = standing.price, None
        for candle in sorted((c for c in usable if c["source"] == source), key=lambda c: c["end_at"]):
            fold(standing, candle)
            own = candle if candle["end_at"] == end_at else None
        head = {key: life[key] for key in ("ticker", "city", "day", "is_trading")}
        known = {"source": source, "known_at": end_at + self._delay[source], "known_from": "latency"}
        return head | known | _row(standing, own, previous, end_at)
