"""The candles of a synthetic exchange, as a real one gives them.

A minute has a candle if its quote is not that of the minute before, if somebody traded in it, or if it is the first of
a session.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from drybulb.world.ladders import BRACKETS, INSTANT, Listed
from drybulb.world.makers import NO_ASK, NO_BID
from drybulb.world.tape import Ints, Quoted, Taken

_CENT = 100  # centicents
_CONTRACT = 100  # 1/100 contract
_SIDES = ("bid", "ask")
_TRADED = ("price_open", "price_high", "price_low", "price_close", "price_previous")


def _trades(taken: Taken, cell: Ints, kept: Ints, minutes: int) -> dict[str, Ints]:
    """Return what was traded in the cells ``kept``, ascending, where ``cell`` is that of each trade."""
    found = {name: np.zeros(kept.size, dtype=np.int64) for name in (*_TRADED, "volume", "worth")}
    if not cell.size:
        return found
    traded, first = np.unique(cell, return_index=True)
    last = np.append(first[1:], cell.size) - 1
    row = np.searchsorted(kept, traded)
    found["price_open"][row] = taken.price[first]
    found["price_high"][row] = np.maximum.reduceat(taken.price, first)
    found["price_low"][row] = np.minimum.reduceat(taken.price, first)
    found["price_close"][row] = taken.price[last]
    found["volume"][row] = np.add.reduceat(taken.contracts, first)
    found["worth"][row] = np.add.reduceat(taken.contracts * taken.price, first)
    before = np.searchsorted(cell, kept) - 1
    own = (before >= 0) & (cell[before] // minutes == kept // minutes)
    found["price_previous"] = np.where(own, taken.price[before], 0)
    return found


def bars(quoted: Quoted, taken: Taken) -> dict[str, Ints]:
    """Return the candles of one event, bracket by bracket; prices in cents.

    Args:
        quoted: its quotes.
        taken: its trades, in the order of brackets and instants.

    Returns:
        Columns leg (from 0), end_at [µs since 1970 UTC], bid and ask as the minute began and ended, the prices traded
        at and the last one before (0: none), volume, and worth (price times contracts, summed); each (candles,).
    """
    minutes = quoted.is_open.size
    begins = quoted.begins
    found: dict[str, Ints] = {}
    active = np.repeat(begins[None, :], BRACKETS, axis=0)
    for side, quote in zip(_SIDES, (quoted.bid.T, quoted.ask.T), strict=True):
        # Before a session's first quotes there are none, so its first minute begins with them.
        opened = np.where(begins, quote, np.roll(quote, 1, axis=1))
        active |= (opened != quote) & quoted.is_open
        found |= {f"{side}_open": opened.ravel().astype(np.int64), f"{side}_close": quote.ravel().astype(np.int64)}
    cell = taken.leg * minutes + taken.minute
    active.ravel()[cell] = True
    kept = np.flatnonzero(active)
    leg, minute = np.divmod(kept, minutes)
    sides = {name: column[kept] for name, column in found.items()}
    return {"leg": leg, "end_at": quoted.event.ends[minute], **sides, **_trades(taken, cell, kept, minutes)}


def _side(side: str) -> list[pl.Expr]:
    """The four columns of a side [centicents], null where it was empty."""
    opened, closed = pl.col(f"{side}_open"), pl.col(f"{side}_close")
    parts = {
        "open": opened,
        "high": pl.max_horizontal(opened, closed),
        "low": pl.min_horizontal(opened, closed),
        "close": closed,
    }
    return [_price(cents).alias(f"yes_{side}_{part}") for part, cents in parts.items()]


def _price(cents: pl.Expr) -> pl.Expr:
    there = (cents > NO_BID) & (cents < NO_ASK)
    return pl.when(there).then(cents * _CENT).cast(pl.Int32)


def candles(events: Sequence[Listed], made: Sequence[dict[str, Ints]], seconds: int) -> pl.DataFrame:
    """Return rows of ``candles`` of one city, known ``seconds`` after their minute.

    Args:
        events: one or more events.
        made: the candles of each, from :func:`bars`.
        seconds: latency [s].
    """
    sizes = [one["leg"].size for one in made]
    columns = {name: np.concatenate([one[name] for one in made]) for name in made[0]}
    number = np.repeat(np.arange(len(events)), sizes)
    tickers = pl.Series("ticker", [ticker for event in events for ticker in event.tickers], dtype=pl.String)
    days = pl.Series("day", [event.day for event in events], dtype=pl.Date)
    traded = pl.col("volume") > 0
    return pl.DataFrame(columns).select(
        tickers.gather(number * BRACKETS + columns["leg"]),
        pl.col("end_at").cast(INSTANT),
        pl.lit("exchange").alias("source"),
        pl.lit(events[0].city).alias("city"),
        days.gather(number),
        *_side("bid"),
        *_side("ask"),
        *(_price(pl.col(name)).alias(name) for name in _TRADED),
        pl.when(traded).then(pl.col("worth") * _CENT / pl.col("volume")).alias("price_mean"),
        (pl.col("volume") * _CONTRACT).alias("volume"),
        pl.lit(None, dtype=pl.Int64).alias("open_interest"),
        (pl.col("end_at").cast(INSTANT) + pl.duration(seconds=seconds)).alias("known_at"),
        pl.lit("latency").alias("known_from"),
    )
