"""Lakes of one small event or two, written row by row: prices in cents, clocks of 20 November 2024 [UTC]."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl

from drybulb.adapters.lake import Lake
from drybulb.app.config import Config
from drybulb.domain.distribution import Belief, TemperatureDistribution
from drybulb.frames.schema import empty

DAY = date(2024, 11, 20)
CUTS = (40, 42)
Quoted = tuple[str, int, int | None, int | None]


def at(clock: str, day: date = DAY) -> datetime:
    """`15:00` of ``day`` [UTC]."""
    return datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=UTC)


def merge(lake: Lake, table: str, rows: list[dict[str, Any]]) -> None:
    """Add rows to a table; columns left away are null."""
    lake.merge(table, pl.DataFrame(rows, schema=empty(table).schema))


def open_always(lake: Lake) -> None:
    """The exchange never closes."""
    opened = datetime(2020, 1, 1, tzinfo=UTC)
    known = {"known_at": opened, "known_from": "latency"}
    merge(lake, "sessions", [{"exchange": "kalshi", "from": opened, "to": None, "kind": "open", **known}])


def list_event(
    lake: Lake,
    city: str = "chicago",
    day: date = DAY,
    winner: int | None = 0,
    *,
    legs: Sequence[int] = (0, 1, 2),
    name: str = "KXHIGHCHI",
    payouts: Sequence[int] | None = None,
    has_hours: bool = True,
) -> str:
    """List the brackets ``legs`` of ≤39°, 40-41° and ≥42°, open 15:00 to 22:00, and pay ``winner``; name it."""
    event = f"{name}-{day:%y%b%d}".upper()
    edges = [(None, CUTS[0] - 1), (CUTS[0], CUTS[1] - 1), (CUTS[1], None)]
    kinds = ("less", "between", "greater")
    hours = {"open_at": at("15:00", day), "close_at": at("22:00", day)} if has_hours else {}
    base = {"city": city, "day": day, "source": "made", "known_from": "latency"}
    markets = [
        {
            **base,
            **hours,
            "ticker": f"{event}-{leg}",
            "event": event,
            "strike_type": kinds[leg],
            "low": edges[leg][0],
            "high": edges[leg][1],
            "known_at": at("15:00", day),
        }
        for leg in legs
    ]
    merge(lake, "markets", markets)
    paid = payouts if payouts is not None else [10_000 if leg == winner else 0 for leg in legs]
    known = at("22:00", day) + timedelta(hours=19)
    settlements = [
        {**base, "ticker": f"{event}-{leg}", "version": 1, "payout": payout, "known_at": known}
        for leg, payout in zip(legs, paid, strict=True)
    ]
    if winner is not None or payouts is not None:
        merge(lake, "settlements", settlements)
    return event


def poll(lake: Lake, event: str, *quoted: Quoted, city: str = "chicago", day: date = DAY, source: str = "poll") -> None:
    """Add quotes: clock, leg, bid, ask [cents]."""
    rows = [
        {
            "ticker": f"{event}-{leg}",
            "at": at(clock, day),
            "source": source,
            "city": city,
            "day": day,
            "yes_bid": bid and 100 * bid,
            "yes_ask": ask and 100 * ask,
            "known_at": at(clock, day),
            "known_from": "received",
        }
        for clock, leg, bid, ask in quoted
    ]
    merge(lake, "quotes", rows)


def trade(lake: Lake, event: str, *prints: tuple[str, int, int, str, int], city: str = "chicago") -> None:
    """Add prints: clock, leg, price [cents], taker side, contracts."""
    rows = [
        {
            "trade_id": f"{event}-{leg}-{clock}-{side}",
            "ticker": f"{event}-{leg}",
            "city": city,
            "day": DAY,
            "at": at(clock),
            "yes_price": 100 * cents,
            "count": 100 * contracts,
            "taker_side": side,
            "known_at": at(clock) + timedelta(seconds=1),
            "known_from": "latency",
        }
        for clock, leg, cents, side, contracts in prints
    ]
    merge(lake, "prints", rows)


class Steady:
    """Believes 60, 30 and 10 % of the three brackets, whenever it is asked, and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, date, datetime]] = []

    def beliefs(self, requests: pl.DataFrame, source: str) -> list[Belief]:
        """The same belief for every request."""
        self.asked += requests.rows()
        steady = TemperatureDistribution(39, (600_000, 300_000, 0, 100_000))
        return [Belief(city, day, instant, steady, source, "steady") for city, day, instant in requests.iter_rows()]


def lake_at(folder: Path) -> Lake:
    """An empty lake of an exchange that never closes."""
    lake = Lake(folder)
    open_always(lake)
    return lake


def calm(settings: Config) -> Config:
    """The settings without a calendar, so that nothing is withheld around a release."""
    return settings.model_copy(update={"calendar": ()})
