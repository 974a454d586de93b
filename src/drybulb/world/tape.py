"""The tape of a synthetic exchange: takers who come at random and trade at quotes that stand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from drybulb.world.ladders import BRACKETS, INSTANT, Listed
from drybulb.world.makers import NO_ASK, NO_BID, Bools, Cents

Ints = NDArray[np.int64]

_CENT = 100  # centicents
_CONTRACT = 100  # 1/100 contract
_SECOND = 1_000_000  # µs


@dataclass(frozen=True, slots=True)
class Quoted:
    """The quotes of one event at the end of each minute.

    Attributes:
        event: the event.
        bid: (minutes, 6) best bid for YES, 0 where there is none [cents].
        ask: (minutes, 6) best ask for YES, 100 where there is none [cents].
        is_open: (minutes,) whether the exchange traded in the minute; where it did not, there are no quotes.
    """

    event: Listed
    bid: Cents
    ask: Cents
    is_open: Bools

    @property
    def begins(self) -> Bools:
        """(minutes,) whether the minute is the first of a session."""
        first: Bools = self.is_open & ~np.concatenate([[False], self.is_open[:-1]])
        return first


@dataclass(frozen=True, slots=True)
class Taken:
    """Trades of one event, in the order of brackets and instants.

    Attributes:
        minute: (trades,) in which minute of trading, from 0.
        leg: (trades,) in which bracket, from 0.
        number: (trades,) which of its bracket's takers it was, those who traded nothing included.
        at: (trades,) when [µs since 1970 UTC].
        price: (trades,) of YES [cents].
        contracts: (trades,) how many.
        is_lift: (trades,) whether the taker bought YES.
    """

    minute: Ints
    leg: Ints
    number: Ints
    at: Ints
    price: Ints
    contracts: Ints
    is_lift: Bools

    def only(self, kept: Bools) -> Taken:
        """Return the trades that are kept."""
        return Taken(*(getattr(self, name)[kept] for name in self.__slots__))


def takers(quoted: Quoted, per_hour: float, depth: int, rng: np.random.Generator) -> Taken:
    """Draw takers who come at random and take, on a random side, what was quoted as the minute began.

    Those who find the exchange closed or the side empty trade nothing. The draws do not depend on prices, so worlds of
    one seed that differ in their makers have the same takers.

    Args:
        quoted: the quotes.
        per_hour: mean number of takers per market and hour.
        depth: the most that one takes [contracts].
        rng: draws them.
    """
    minutes = quoted.bid.shape[0]
    came = rng.poisson(per_hour * minutes / 60.0, BRACKETS)
    leg = np.repeat(np.arange(BRACKETS), came)
    second = rng.integers(60, 60 * minutes, leg.size)
    second += second % 60 == 0  # At the end of a minute it would be that minute's trade.
    second = second[np.lexsort((second, leg))]
    minute = second // 60
    is_lift = rng.random(leg.size) < 0.5
    contracts = rng.integers(1, depth + 1, leg.size)
    price = np.where(is_lift, quoted.ask[minute - 1, leg], quoted.bid[minute - 1, leg]).astype(np.int64)
    number = np.arange(leg.size) - np.repeat(np.cumsum(came) - came, came)
    at = quoted.event.open_at + second * _SECOND
    found = quoted.is_open[minute] & quoted.is_open[minute - 1] & (price > NO_BID) & (price < NO_ASK)
    return Taken(minute, leg, number, at, price, contracts, is_lift).only(found)


def prints(events: Sequence[Listed], tapes: Sequence[Taken], seconds: int) -> pl.DataFrame:
    """Return rows of ``prints`` of one city.

    Args:
        events: one or more events.
        tapes: the trades of each.
        seconds: between a trade and when it is known [s].
    """
    number = np.repeat(np.arange(len(events)), [taken.at.size for taken in tapes])
    tickers = pl.Series([ticker for event in events for ticker in event.tickers], dtype=pl.String)
    days = pl.Series([event.day for event in events], dtype=pl.Date)
    columns = {name: np.concatenate([getattr(taken, name) for taken in tapes]) for name in Taken.__slots__}
    return pl.DataFrame(
        {
            "ticker": tickers.gather(number * BRACKETS + columns["leg"]),
            "day": days.gather(number),
            "number": columns["number"],
            "at": pl.Series(columns["at"], dtype=pl.Int64).cast(INSTANT),
            "yes_price": pl.Series(columns["price"] * _CENT, dtype=pl.Int32),
            "count": columns["contracts"] * _CONTRACT,
            "is_lift": columns["is_lift"],
        }
    ).select(
        pl.concat_str("ticker", "number", separator="-").alias("trade_id"),
        "ticker",
        pl.lit(events[0].city).alias("city"),
        *("day", "at", "yes_price", "count"),
        pl.when("is_lift").then(pl.lit("yes")).otherwise(pl.lit("no")).alias("taker_side"),
        (pl.col("at") + pl.duration(seconds=seconds)).alias("known_at"),
        pl.lit("latency").alias("known_from"),
    )
