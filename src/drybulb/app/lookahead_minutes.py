"""Whether the dense minutes of an event, as stored, are what was known by then makes of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import polars as pl

from drybulb.app.config import Config
from drybulb.app.tampered import Tampered
from drybulb.frames.candles import CandleLatency, candles_from_prints
from drybulb.frames.dense import densify_month
from drybulb.frames.schema import TABLES
from drybulb.research.lookahead import Difference

#: What the dense minutes are made of.
SOURCES = ("prints", "candles", "markets", "sessions")

_KEY = TABLES["dense"].primary_key()


@dataclass(frozen=True, slots=True)
class Minutes:
    """The dense minutes of one event.

    Attributes:
        config: latencies of prints and quotes.
        city: city key.
        day: event day.
    """

    config: Config
    city: str
    day: date

    def stored(self, lake: Tampered, at: datetime) -> pl.DataFrame:
        """The minutes in the lake that were known by an instant."""
        return _known(lake.read("dense", [self.city], self.day, self.day), at)

    def made(self, lake: Tampered, at: datetime) -> pl.DataFrame:
        """The minutes known by an instant, made anew from a lake's prints, candles, markets and hours."""
        delays = self.config.latency
        latency = CandleLatency(timedelta(seconds=delays.print), timedelta(seconds=delays.quote))
        prints, candles, markets = (lake.read(name, [self.city], self.day, self.day) for name in SOURCES[:3])
        exchange = candles.filter(pl.col("source") == "exchange")
        every = pl.concat([exchange, candles_from_prints(prints, latency.prints)])
        return _known(densify_month(every, markets, lake.read("sessions"), latency), at)


def first_difference(was: pl.DataFrame, now: pl.DataFrame) -> Iterator[Difference]:
    """Yield what differs in the first minute that is not the same, bit for bit; nothing where all are."""
    if was.equals(now):
        return
    first = pl.concat(
        [
            was.join(now, on=was.columns, how="anti", nulls_equal=True),
            now.join(was, on=was.columns, how="anti", nulls_equal=True),
        ]
    ).sort("end_at", "ticker")
    key = first.select(_KEY).row(0)
    old, new = (_row(rows, key) for rows in (was, now))
    name = f"{key[0]} {key[1]:%m-%d %H:%M}Z"
    for column in was.columns:
        values = [None if row is None else repr(row[column]) for row in (old, new)]
        if values[0] != values[1]:
            yield Difference("minutes", f"{name}: {column}", values[0], values[1])


def _row(rows: pl.DataFrame, key: tuple[object, ...]) -> dict[str, object] | None:
    found = rows.filter(*(pl.col(name) == value for name, value in zip(_KEY, key, strict=True)))
    return None if found.is_empty() else found.row(0, named=True)


def _known(rows: pl.DataFrame, at: datetime) -> pl.DataFrame:
    return rows.filter(pl.col("known_at") <= at).sort(_KEY)
