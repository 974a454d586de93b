"""A lake of events whose prices are fair by construction, so that what a simulator gives away can be seen.

A hidden number X walks on in normal steps, and the bracket in which it ends would win. The
price of a bracket is the probability of ending in it, given X so far: a martingale. At the
close, long before the walk ends, every market resolves to its last fair price, as the
exchange's terms provide for events without data; that takes the luck of one winner out of the
account. Takers come at random times, to random brackets, on random sides, and pay a spread:
whoever trades at a print loses that spread, and the fee, on average.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import polars as pl

from drybulb.adapters.lake import Lake
from drybulb.app import config
from drybulb.app.densify import densify
from drybulb.app.listings import load_playable
from drybulb.app.progress import silent
from drybulb.app.recorded import Recorded
from drybulb.engine.ports import Listing, MarketEvent
from drybulb.frames.schema import empty

FIRST = date(2025, 1, 20)
CITY = "chicago"
_STEPS_A_MINUTE = 10
_STEP = 0.25
#: Variance of the walk after the close.
_AFTER = 24.0
#: What takers pay over the fair price, one as often as the other.
_HALF_SPREADS = (0.01, 0.02, 0.03)
_CUTS = (-6.0, -2.0, 2.0, 6.0)


def fair_lake(folder: Path, *, seed: int, days: int, minutes: int = 60) -> Lake:
    """Fill a lake with ``days`` fair events of Chicago from 20 January 2025 on, open so long [min], and densify it."""
    random = Random(seed)  # noqa: S311 - a seeded world, not a secret
    lake = Lake(folder)
    rows: dict[str, list[dict[str, Any]]] = {"markets": [], "settlements": [], "prints": []}
    for number in range(days):
        _event(FIRST + timedelta(days=number), minutes, random, rows)
    opened = datetime(2025, 1, 1, tzinfo=UTC)
    rows["sessions"] = [
        {"exchange": "kalshi", "from": opened, "to": None, "kind": "open", "known_at": opened, "known_from": "latency"}
    ]
    for table, made in rows.items():
        lake.merge(table, pl.DataFrame(made, schema=empty(table).schema))
    densify(lake, config.load(), [CITY])
    return lake


def recorded(folder: Path) -> tuple[Iterator[MarketEvent], dict[str, Listing]]:
    """All that a lake recorded of Chicago, as events, with the listings."""
    lake, cities = Lake(folder), config.load().cities()
    playable = load_playable(lake, cities, [CITY], FIRST, FIRST + timedelta(days=60))
    events = Recorded(lake, playable.listings, playable.payouts, (), silent).events()
    return events, playable.listings


def _event(day: date, minutes: int, random: Random, rows: dict[str, list[dict[str, Any]]]) -> None:
    """One event: its ladder of five brackets, its afternoon of prints, its payout."""
    name = f"KXHIGHCHI-{day:%y%b%d}".upper()
    opens = datetime(day.year, day.month, day.day, 17, tzinfo=UTC)
    closes, steps = opens + timedelta(minutes=minutes), minutes * _STEPS_A_MINUTE
    x = random.gauss(0.0, 3.0)
    for step in range(steps):
        left = _AFTER + (steps - step) * _STEP**2
        at = opens + (closes - opens) * ((step + random.random()) / steps)
        leg = random.randrange(len(_CUTS) + 1)
        rows["prints"] += _print(name, day, at, leg, _fair(x, left, leg), random)
        x += random.gauss(0.0, _STEP)
    base = {"city": CITY, "day": day, "known_from": "latency", "source": "made"}
    for leg in range(len(_CUTS) + 1):
        low, high = (None if leg == 0 else 30 + 2 * leg, None if leg == len(_CUTS) else 31 + 2 * leg)
        kind = "less" if low is None else "greater" if high is None else "between"
        rows["markets"].append(
            {
                **base,
                "ticker": f"{name}-{leg}",
                "event": name,
                "strike_type": kind,
                "low": low,
                "high": high,
                "open_at": opens,
                "close_at": closes,
                "known_at": opens,
            }
        )
        payout = min(max(round(10_000 * _fair(x, _AFTER, leg)), 1), 9_999)
        paid = closes + timedelta(hours=18)
        rows["settlements"].append(
            {**base, "ticker": f"{name}-{leg}", "version": 1, "payout": payout, "known_at": paid}
        )


def _fair(x: float, variance: float, leg: int) -> float:
    """Probability that the walk, at ``x`` now, ends in bracket ``leg``."""

    def below(cut: float) -> float:
        return 0.5 * (1.0 + math.erf((cut - x) / math.sqrt(2.0 * variance)))

    edges = (0.0, *(below(cut) for cut in _CUTS), 1.0)
    return edges[leg + 1] - edges[leg]


def _print(name: str, day: date, at: datetime, leg: int, fair: float, random: Random) -> list[dict[str, Any]]:
    """A burst of takers on one side who pay the spread in whole cents; none where that leaves no price."""
    taker, spread = random.choice(("yes", "no")), random.choice(_HALF_SPREADS)
    cents = math.ceil(100 * (fair + spread)) if taker == "yes" else math.floor(100 * (fair - spread))
    if not 1 <= cents <= 99:
        return []
    return [
        {
            "trade_id": f"{name}-{leg}-{at.isoformat()}",
            "ticker": f"{name}-{leg}",
            "city": CITY,
            "day": day,
            "at": at,
            "yes_price": 100 * cents,
            "count": 500,
            "taker_side": taker,
            "known_at": at + timedelta(seconds=1),
            "known_from": "latency",
        }
    ]
