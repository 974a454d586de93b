"""The listings of one city as they become known: the counterpart of :mod:`drybulb.frames.listed`."""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterable
from datetime import date
from typing import Any

import polars as pl

from drybulb.frames.listed import MarketHours
from drybulb.frames.live.instants import in_hours, micros, number_of, on, when

#: What :meth:`Listings.learn` takes of each row.
COLUMNS: tuple[pl.Expr | str, ...] = (
    on("day"),
    when("known_at"),
    "ticker",
    "low",
    "high",
    when("open_at"),
    when("close_at"),
)

#: A market: known [µs], ticker, low and high [whole °F], open and close [µs].
_Market = tuple[int, str, int | None, int | None, int | None, int | None]


class Listings:
    """The markets of every event.

    Args:
        offset_hours: local standard time minus UTC [h].
        nominal: when an event trades where its listing does not say.
    """

    def __init__(self, offset_hours: int, nominal: MarketHours) -> None:
        self._offset = offset_hours
        self._nominal = nominal
        self._markets: dict[int, list[_Market]] = {}

    def learn(self, rows: Iterable[tuple[Any, ...]]) -> None:
        """Take rows of ``COLUMNS``."""
        for day, *said in rows:
            markets = self._markets.setdefault(day, [])
            market: Any = tuple(said)
            if market not in markets:
                insort(markets, market, key=_order)

    def features(self, day: date, at: int) -> dict[str, Any]:
        """Return what :func:`drybulb.frames.listed.attach` says of an event at an instant [µs]."""
        low_tail = high_tail = open_at = close_at = None
        for known, _, low, high, opens, closes in self._markets.get(number_of(day), ()):
            if known > at:
                break
            if low is None and high is not None:
                low_tail = high + 1
            if high is None and low is not None:
                high_tail = low - 1
            if opens is not None:
                open_at = opens if open_at is None else min(open_at, opens)
            if closes is not None:
                close_at = closes if close_at is None else max(close_at, closes)
        if open_at is None:
            open_at = micros(self._nominal.opens(day))
        if close_at is None:
            close_at = micros(self._nominal.closes(day, self._offset))
        return {
            "ladder_low": low_tail,
            "ladder_high": high_tail,
            "ladder_centre": None if low_tail is None or high_tail is None else (low_tail + high_tail) / 2,
            "since_open": in_hours(at - open_at),
            "to_close": in_hours(close_at - at),
        }


def _order(market: _Market) -> tuple[int, str]:
    return market[0], market[1]
