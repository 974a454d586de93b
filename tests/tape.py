"""Small tapes to test candles and dense minutes with: one afternoon, clocks as text, prices in cents."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import polars as pl
from hypothesis import strategies as st

from drybulb.frames.schema import Candles, Markets, Prints, Sessions, empty

DAY = date(2024, 11, 20)
CITY = "chicago"

Print = tuple[str, int, str]
Hours = tuple[str, str | None, str]


def instant(clock: str) -> datetime:
    """`15:00` or `15:00:30.5` of the day [UTC]."""
    return datetime.fromisoformat(f"{DAY}T{clock}").replace(tzinfo=UTC)


def _print(n: int, ticker: str, clock: str, cents: int, side: str, delay: float, count: int = 1) -> dict[str, Any]:
    return {
        "trade_id": f"{ticker}-{n}",
        "ticker": ticker,
        "city": CITY,
        "day": DAY,
        "at": instant(clock),
        "yes_price": 100 * cents,
        "count": 100 * count,
        "taker_side": side,
        "known_at": instant(clock) + timedelta(seconds=delay),
        "known_from": "latency",
    }


def prints(rows: Iterable[Print], ticker: str = "A", *, count: int = 1, delay: float = 1.0) -> pl.DataFrame:
    """Rows of ``prints``: clock, price [cents], taker side; ``count`` contracts each, known ``delay`` seconds later."""
    made = [_print(n, ticker, clock, cents, side, delay, count) for n, (clock, cents, side) in enumerate(rows)]
    return Prints.validate(pl.DataFrame(made, schema=empty("prints").schema))


def candle(
    clock: str, *, ticker: str = "A", source: str = "exchange", delay: float = 0.0, **values: Any
) -> dict[str, Any]:
    """One row of ``candles`` labelled by its end; ``bid=40`` sets all four [cents], ``ask`` and ``price`` likewise."""
    row: dict[str, Any] = dict.fromkeys(Candles.column_names())
    for name, cents in values.items():
        column = {"bid": "yes_bid", "ask": "yes_ask"}.get(name, name)
        for part in ("open", "high", "low", "close"):
            row[f"{column}_{part}"] = 100 * cents
    if "price" in values:
        row["price_mean"] = 100.0 * values["price"]
    return row | {
        "ticker": ticker,
        "end_at": instant(clock),
        "source": source,
        "city": CITY,
        "day": DAY,
        "volume": 100 if "price" in values else 0,
        "known_at": instant(clock) + timedelta(seconds=delay),
        "known_from": "received",
    }


def candles(*rows: dict[str, Any]) -> pl.DataFrame:
    """Rows of ``candles``."""
    return Candles.validate(pl.DataFrame(rows, schema=empty("candles").schema))


def markets(opens: str | None = "15:00", closes: str | None = "15:14", tickers: Sequence[str] = ("A",)) -> pl.DataFrame:
    """Rows of ``markets``, known at their open."""
    opened, closed = opens and instant(opens), closes and instant(closes)
    row = {
        "event": "E",
        "city": CITY,
        "day": DAY,
        "strike_type": "between",
        "floor": 40.0,
        "cap": 41.0,
        "low": 40,
        "high": 41,
        "open_at": opened,
        "close_at": closed,
        "source": "test",
        "known_at": opened or instant("00:00"),
        "known_from": "latency",
    }
    made = pl.DataFrame([row | {"ticker": ticker} for ticker in tickers], schema=empty("markets").schema)
    return Markets.validate(made)


def sessions(*hours: Hours) -> pl.DataFrame:
    """Rows of ``sessions``: from, to and kind, each known when it begins; open all day when none is given."""
    made = [
        {
            "exchange": "kalshi",
            "from": instant(opens),
            "to": closes and instant(closes),
            "kind": kind,
            "known_at": instant(opens),
            "known_from": "latency",
        }
        for opens, closes, kind in hours or [("00:00", None, "open")]
    ]
    return Sessions.validate(pl.DataFrame(made, schema=empty("sessions").schema))


def _clock(second: int) -> str:
    return f"15:{second // 60:02d}:{second % 60:02d}"


#: Tapes are drawn from a seed, so that each example is full of prints that meet, cross and come late.
SEEDS = st.integers(0, 2**32 - 1)


def drawn_prints(seed: int, *, delays: Sequence[float] = (1.0,)) -> pl.DataFrame:
    """Two dozen prints of two markets in the fourteen minutes from 15:00, near enough in price to cross."""
    draw = np.random.default_rng([seed, 0])
    made = [
        _print(
            n,
            "AB"[draw.integers(2)],
            _clock(int(draw.integers(14 * 60))),
            int(draw.integers(47, 52)),
            ("yes", "no")[draw.integers(2)],
            delays[int(draw.integers(len(delays)))],
        )
        for n in range(24)
    ]
    return pl.DataFrame(made, schema=empty("prints").schema)


def drawn_exchange_candles(seed: int, *, delays: Sequence[float] = (0.0,)) -> pl.DataFrame:
    """Up to eight candles of the exchange for the same markets; some have an empty side or no trade."""
    draw = np.random.default_rng([seed, 1])
    rows = {}
    for _ in range(draw.integers(9)):
        ticker, minute = "AB"[draw.integers(2)], int(draw.integers(1, 15))
        prices = {"bid": draw.integers(40, 50), "ask": draw.integers(50, 60), "price": draw.integers(45, 56)}
        told: dict[str, Any] = {name: int(cents) for name, cents in prices.items() if draw.random() < 0.7}
        delay = delays[int(draw.integers(len(delays)))]
        rows[ticker, minute] = candle(_clock(60 * minute), ticker=ticker, delay=delay, **told)
    return candles(*rows.values())


def drawn_instant(seed: int) -> datetime:
    """An instant of those minutes, whole or half seconds."""
    halves = np.random.default_rng([seed, 2]).integers(2 * 15 * 60)
    return instant("15:00") + timedelta(seconds=int(halves) / 2)
