"""A year of six cities, made up fast: dense minutes, prints, beliefs and payouts, month by month, seeded.

The high of a day is drawn, and an estimate comes to it in steps through the day before and the day. The market quotes
the chances of that estimate in whole cents with a spread; the belief is a little off it. Half of the cities are quoted
by the exchange every minute, the others by prints alone, carried from one to the next.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from time import perf_counter, process_time

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import ndtr

from drybulb.adapters.lake import Lake
from drybulb.app.config import Config
from drybulb.app.listings import Payout
from drybulb.app.progress import silent
from drybulb.app.recorded import Recorded, _by_date, _Month
from drybulb.app.recorded_ladders import UNSEEN, Ladders
from drybulb.domain.bracket import Bracket
from drybulb.domain.city import City
from drybulb.domain.climateday import ClimateDay
from drybulb.domain.distribution import Belief, TemperatureDistribution
from drybulb.domain.market import Event, Market
from drybulb.engine.ports import Listing

FIRST = date(2025, 1, 1)
LEGS = 6
#: From 10:00 of the day before to midnight, and how often a belief is made [min].
MINUTES, CADENCE = 38 * 60, 10
#: Prints of an event that is quoted by prints alone.
PRINTS = 500
_SEED = 22
#: How far the belief is from the market, in widths of either: about one ladder of twenty is sized, as with the
#: hybrid on the recorded archive.
_DISAGREEMENT = 0.15

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(slots=True)
class Year(Recorded):
    """The events of a year, made month by month instead of read; it counts what it made, and the time that took [s]."""

    random: np.random.Generator = field(default_factory=lambda: np.random.default_rng(_SEED))
    seconds_made: float = 0.0
    own_seconds_made: float = 0.0
    rows: int = 0
    ladders: int = 0

    @classmethod
    def of(cls, settings: Config, days: int) -> Year:
        """A year from 2025 on, or so many days of it, of every city of the settings."""
        wanted = [(city, FIRST + timedelta(days=n)) for n in range(days) for city in settings.cities().values()]
        made = [_listing(city, day) for city, day in wanted]
        return cls(Lake(Path()), {one.event.ticker: one for one in made}, {}, (), silent)

    def _load(self, first: date) -> _Month:
        began, own = perf_counter(), process_time()
        mine = {name: made for name, made in self.listings.items() if made.event.day.replace(day=1) == first}
        month = _month(mine, self.random)
        self.quoted |= set(mine)
        self.rows += MINUTES * LEGS * len(mine)
        self.ladders += MINUTES * len(mine)
        self.seconds_made += perf_counter() - began
        self.own_seconds_made += process_time() - own
        return month


def _listing(city: City, day: date) -> Listing:
    """An event of six brackets around 70 °F, the four in the middle of two degrees each."""
    name = f"{city.series}-{day:%y%b%d}".upper()
    cuts = (66, 68, 70, 72, 74)
    brackets = [Bracket(None, 65), *(Bracket(low, low + 1) for low in cuts[:-1]), Bracket(74, None)]
    climate_day = ClimateDay(day, city.standard_offset_hours)
    closes_at = climate_day.end
    opens_at = closes_at - timedelta(minutes=MINUTES)
    markets = [Market(f"{name}-{n}", name, city.key, day, b, opens_at, closes_at) for n, b in enumerate(brackets)]
    return Listing(Event.of(markets), city.series, climate_day, opens_at, closes_at)


def _month(listings: Mapping[str, Listing], random: np.random.Generator) -> _Month:
    quotes: list[pl.DataFrame] = []
    prints: list[pl.DataFrame] = []
    beliefs: dict[date, list[tuple[str, Belief]]] = {}
    payouts = {}
    for name, listing in listings.items():
        high = random.normal(70.0, 3.0)
        widths = np.linspace(3.0, 0.4, MINUTES // CADENCE)
        shown = _estimate(high, widths, random)
        believed = shown + widths * _DISAGREEMENT * (random.normal() + 0.3 * random.normal(size=len(widths)))
        fair = np.repeat(_chances(shown, widths), CADENCE, axis=0)
        bid, ask = _quoted(fair, random)
        known = np.datetime64(listing.opens_at.replace(tzinfo=None), "us") + np.arange(1, MINUTES + 1) * np.timedelta64(
            60_000_000, "us"
        )
        is_exchange = sorted({one.event.city for one in listings.values()}).index(listing.event.city) % 2 == 0
        seen = np.ones((MINUTES, LEGS), np.bool_)
        if not is_exchange:
            seen = random.random((MINUTES, LEGS)) < PRINTS / MINUTES / LEGS * 2
            prints.append(_prints(listing, known, bid, ask, random))
        quotes.append(_rows(listing, known, _carried(bid, ask, seen), "exchange" if is_exchange else "prints"))
        for n, (middle, width) in enumerate(zip(believed.tolist(), widths.tolist(), strict=True)):
            at = listing.opens_at + timedelta(minutes=n * CADENCE)
            made = Belief(
                listing.event.city, listing.event.day, at, _spread(round(middle, 1), round(width, 1)), "S", "made up"
            )
            beliefs.setdefault(at.date(), []).append(("", made))
        winner = listing.event.ladder.winner(round(high))
        paid = tuple(10_000 if leg == winner else 0 for leg in range(LEGS))
        payouts[name] = Payout(listing.closes_at + timedelta(hours=9), paid)
    rows = pl.concat(quotes).sort("known_at", "event", "leg")
    parts = rows.with_columns(pl.col("known_at").dt.date().alias("_date")).partition_by(
        "_date", as_dict=True, include_key=False
    )
    ladders = Ladders(dict.fromkeys(listings, LEGS), {key[0]: part for key, part in parts.items()}, set(listings))
    return _Month([ladders], _by_date(pl.concat(prints).sort("known_at")), beliefs, payouts, dict(listings))


def _estimate(high: float, widths: Floats, random: np.random.Generator) -> Floats:
    """What is thought of the high as time goes by: off by about the width, and slow to change."""
    steps = random.normal(size=len(widths)) * 0.15
    return high + widths * (random.normal() * 0.7 + np.cumsum(steps) * 0.4)


def _chances(middle: Floats, width: Floats) -> Floats:
    """Chance of each bracket by the minute."""
    below = ndtr((np.array([65.5, 67.5, 69.5, 71.5, 73.5]) - middle[:, None]) / width[:, None])
    edges = np.hstack([np.zeros((len(middle), 1)), below, np.ones((len(middle), 1))])
    return np.diff(edges, axis=1)


def _quoted(fair: Floats, random: np.random.Generator) -> tuple[Ints, Ints]:
    """Bid and ask of every minute and bracket around the chance [centicents], 0 where a side is empty."""
    cents = np.rint(100 * fair).astype(np.int64)
    half = random.integers(0, 3, cents.shape)
    bid, ask = cents - half, cents + random.integers(1, 3, cents.shape)
    return np.where(bid > 0, 100 * np.minimum(bid, 98), 0), np.where(ask < 100, 100 * np.maximum(ask, 2), 0)


def _carried(bid: Ints, ask: Ints, seen: NDArray[np.bool_]) -> tuple[Ints, Ints, Ints]:
    """Both sides as last seen, and their age [min]."""
    minute = np.arange(len(seen))[:, None]
    last = np.maximum.accumulate(np.where(seen, minute, -1), axis=0)
    found = np.maximum(last, 0)
    legs = np.arange(LEGS)[None, :]
    age = np.where(last < 0, UNSEEN, minute - last)
    return np.where(last < 0, 0, bid[found, legs]), np.where(last < 0, 0, ask[found, legs]), age


def _rows(listing: Listing, known: NDArray[np.datetime64], sides: tuple[Ints, Ints, Ints], source: str) -> pl.DataFrame:
    bid, ask, age = (side.ravel() for side in sides)
    times = pl.Series(np.repeat(known, LEGS)).dt.replace_time_zone("UTC")
    return pl.DataFrame({"known_at": times, "leg": np.tile(np.arange(LEGS, dtype=np.int8), len(known))}).select(
        "known_at",
        pl.lit(listing.event.ticker).alias("event"),
        "leg",
        pl.col("known_at").alias("at"),
        pl.lit(value=True).alias("is_trading"),
        pl.lit(source).alias("source"),
        pl.Series("yes_bid", bid, pl.Int32).replace(0, None),
        pl.Series("yes_ask", ask, pl.Int32).replace(0, None),
        pl.lit(None, pl.Int64).alias("bid_size"),
        pl.lit(None, pl.Int64).alias("ask_size"),
        pl.Series("bid_age", age, pl.Int32),
        pl.Series("ask_age", age, pl.Int32),
    )


def _prints(
    listing: Listing, known: NDArray[np.datetime64], bid: Ints, ask: Ints, random: np.random.Generator
) -> pl.DataFrame:
    """Takers at the quotes of their minute, on either side."""
    minute, leg = np.sort(random.integers(0, MINUTES, PRINTS)), random.integers(0, LEGS, PRINTS)
    is_buy = random.random(PRINTS) < 0.5
    price = np.where(is_buy, ask[minute, leg], bid[minute, leg])
    at = pl.Series(known[minute] - np.timedelta64(30_000_000, "us")).dt.replace_time_zone("UTC")
    names = np.array([market.ticker for market in listing.event.markets])[leg]
    ids = [f"{listing.event.ticker}-{n}" for n in range(PRINTS)]
    made = {"trade_id": ids, "ticker": names, "event": [listing.event.ticker] * PRINTS, "at": at}
    sides = {"taker_side": np.where(is_buy, "yes", "no"), "count": random.integers(1, 40, PRINTS) * 100}
    rows = pl.DataFrame({**made, **sides, "yes_price": price}).filter(pl.col("yes_price") > 0)
    return rows.with_columns((pl.col("at") + pl.duration(seconds=1)).alias("known_at"))


@lru_cache(maxsize=1 << 14)
def _spread(middle: float, width: float) -> TemperatureDistribution:
    """A normal distribution over whole degrees."""
    low = round(middle - 6 * width) - 1
    degrees = np.arange(low, round(middle + 6 * width) + 2)
    mass = np.diff(ndtr((np.append(degrees - 0.5, degrees[-1] + 0.5) - middle) / width))
    return TemperatureDistribution.from_pmf(low, (mass / mass.sum()).tolist())
