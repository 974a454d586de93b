"""The events of a synthetic exchange: six brackets around the consensus, listed at 15 UTC the day before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import numpy as np
import polars as pl
from numpy.typing import NDArray

from drybulb.domain.bracket import Bracket
from drybulb.domain.city import City
from drybulb.domain.climateday import ClimateDay

INSTANT = pl.Datetime("us", "UTC")
MINUTE = 60_000_000  # µs
BRACKETS = 6

_OPEN_HOUR_UTC = 15
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_MARKETS: dict[str, pl.DataType] = {
    "ticker": pl.String(),
    "event": pl.String(),
    "city": pl.String(),
    "day": pl.Date(),
    "strike_type": pl.String(),
    "floor": pl.Float64(),
    "cap": pl.Float64(),
    "low": pl.Int32(),
    "high": pl.Int32(),
    "open_at": pl.Int64(),
    "close_at": pl.Int64(),
}
_SETTLEMENTS: dict[str, pl.DataType] = {
    "ticker": pl.String(),
    "version": pl.Int32(),
    "city": pl.String(),
    "day": pl.Date(),
    "payout": pl.Int64(),
    "value": pl.Float64(),
    "known_at": INSTANT,
}


@dataclass(frozen=True, slots=True)
class Listed:
    """One event: its day, hours and brackets.

    Attributes:
        city: key of the city.
        day: the climate day.
        offset_hours: the city's standard time less UTC [h].
        ticker: the exchange's identifier of the event.
        brackets: six in rising order that tile the whole degrees [°F].
        open_at: first instant of trading [µs since 1970 UTC].
        close_at: last instant of trading [µs since 1970 UTC].
    """

    city: str
    day: date
    offset_hours: int
    ticker: str
    brackets: tuple[Bracket, ...]
    open_at: int
    close_at: int

    @property
    def edges(self) -> NDArray[np.int64]:
        """(5,) lowest degree of every bracket but the first [whole °F]."""
        return np.array([bracket.low for bracket in self.brackets[1:]], dtype=np.int64)

    @property
    def ends(self) -> NDArray[np.int64]:
        """(minutes,) end of each minute of trading [µs since 1970 UTC]."""
        return np.arange(self.open_at + MINUTE, self.close_at + 1, MINUTE, dtype=np.int64)

    @property
    def tickers(self) -> list[str]:
        """The exchange's identifier of each bracket's market."""
        return [f"{self.ticker}-{_strike(bracket)}" for bracket in self.brackets]


def _strike(bracket: Bracket) -> str:
    if bracket.low is None:
        return f"T{(bracket.high or 0) + 1}"
    return f"T{bracket.low - 1}" if bracket.high is None else f"B{bracket.low}.5"


def listed(city: City, day: date, consensus: int) -> Listed:
    """List the event of ``day``: four brackets of two degrees around ``consensus`` [whole °F], and two tails."""
    first = consensus - 4
    inner = [Bracket(first + 2 * i, first + 2 * i + 1) for i in range(BRACKETS - 2)]
    opened = ClimateDay(day - timedelta(days=1), 0).start + timedelta(hours=_OPEN_HOUR_UTC)
    closed = ClimateDay(day, city.standard_offset_hours).end - timedelta(minutes=1)
    return Listed(
        city=city.key,
        day=day,
        offset_hours=city.standard_offset_hours,
        ticker=f"{city.series}-{day:%y%b%d}".upper(),
        brackets=(Bracket(None, first - 1), *inner, Bracket(first + 8, None)),
        open_at=(opened - _EPOCH) // _MICROSECOND,
        close_at=(closed - _EPOCH) // _MICROSECOND,
    )


def _strikes(bracket: Bracket) -> tuple[str, float | None, float | None]:
    """Strike type, floor and cap as the exchange lists them."""
    if bracket.low is None:
        return "less", None, float((bracket.high or 0) + 1)
    if bracket.high is None:
        return "greater", float(bracket.low - 1), None
    return "between", float(bracket.low), float(bracket.high)


def markets(events: Sequence[Listed]) -> pl.DataFrame:
    """Return rows of ``markets``, known as they open."""
    rows = [
        (ticker, e.ticker, e.city, e.day, *_strikes(b), b.low, b.high, e.open_at, e.close_at)
        for e in events
        for ticker, b in zip(e.tickers, e.brackets, strict=True)
    ]
    return pl.DataFrame(rows, schema=_MARKETS, orient="row").with_columns(
        pl.col("open_at", "close_at").cast(INSTANT),
        pl.lit("world").alias("source"),
        pl.col("open_at").cast(INSTANT).alias("known_at"),
        pl.lit("latency").alias("known_from"),
    )


def settlements(events: Sequence[Listed], highs: Sequence[int], seconds: int) -> pl.DataFrame:
    """Return rows of ``settlements``.

    Args:
        events: what is settled.
        highs: official high of each [whole °F].
        seconds: between the end of the climate day and the payout [s].
    """
    rows = [
        (ticker, 1, e.city, e.day, 10_000 * b.contains(high), float(high), ClimateDay(e.day, e.offset_hours).end)
        for e, high in zip(events, highs, strict=True)
        for ticker, b in zip(e.tickers, e.brackets, strict=True)
    ]
    return pl.DataFrame(rows, schema=_SETTLEMENTS, orient="row").with_columns(
        pl.col("known_at") + pl.duration(seconds=seconds),
        pl.lit("world").alias("source"),
        pl.lit("latency").alias("known_from"),
    )
