"""The books of a synthetic exchange: how much stands at the best price and behind it, recorded now and then."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from drybulb.world.ladders import BRACKETS, INSTANT
from drybulb.world.makers import NO_ASK, NO_BID
from drybulb.world.tape import Quoted

_CENT = 100  # centicents
_CONTRACT = 100  # 1/100 contract
_LEVELS = 3


def _levels(best: int, away: int, depth: int) -> list[list[int]]:
    """Levels of a side whose best price is ``best`` [cents], best first; none for an empty side."""
    if not NO_BID < best < NO_ASK:
        return []
    offered = [(best + away * step, (step + 1) * depth) for step in range(_LEVELS)]
    return [[price * _CENT, count * _CONTRACT] for price, count in offered if NO_BID < price < NO_ASK]


def books(all_quoted: Sequence[Quoted], every: int, depth: int, seconds: int) -> pl.DataFrame:
    """Return rows of ``books`` of one city.

    Args:
        all_quoted: quotes of one or more events.
        every: minutes between two books of a market, counted from the open; a closed exchange has none.
        depth: at the best price; twice and three times as much a cent and two behind it [contracts].
        seconds: between a book and when it is known [s].
    """
    minutes = [np.flatnonzero(q.is_open & (np.arange(1, q.is_open.size + 1) % every == 0)) for q in all_quoted]
    pairs = list(zip(all_quoted, minutes, strict=True))
    bid = np.concatenate([quoted.bid[at].ravel() for quoted, at in pairs])
    ask = np.concatenate([quoted.ask[at].ravel() for quoted, at in pairs])
    # All there can be of a side, by its best price: a list is made once, not once a row.
    cents = range(NO_BID, NO_ASK + 1)
    below = pl.Series("yes_bids", [_levels(best, -1, depth) for best in cents], dtype=pl.List(pl.List(pl.Int64)))
    above = pl.Series("yes_asks", [_levels(best, 1, depth) for best in cents], dtype=pl.List(pl.List(pl.Int64)))
    return pl.DataFrame(
        {
            "ticker": pl.Series([t for quoted, at in pairs for _ in at for t in quoted.event.tickers], dtype=pl.String),
            "at": np.repeat(np.concatenate([quoted.event.ends[at] for quoted, at in pairs]), BRACKETS),
            "day": pl.Series([q.event.day for q, at in pairs for _ in range(at.size * BRACKETS)], dtype=pl.Date),
            "yes_bids": below.gather(bid),
            "yes_asks": above.gather(ask),
        }
    ).select(
        "ticker",
        pl.col("at").cast(INSTANT),
        pl.lit(all_quoted[0].event.city).alias("city"),
        *("day", "yes_bids", "yes_asks"),
        (pl.col("at").cast(INSTANT) + pl.duration(seconds=seconds)).alias("known_at"),
        pl.lit("latency").alias("known_from"),
    )
