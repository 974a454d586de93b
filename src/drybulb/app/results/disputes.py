"""Official highs beside what the exchange paid: events on which the two disagree, and where the highs come from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl

from drybulb.adapters.lake import Lake
from drybulb.app.config import Config
from drybulb.app.listings import load_playable
from drybulb.app.results.plan import Window
from drybulb.domain.market import Market
from drybulb.domain.money import CENTICENTS_PER_DOLLAR


@dataclass(frozen=True, slots=True)
class Dispute:
    """An event that the exchange settled otherwise than the newest final official high says.

    Attributes:
        city: key of the city.
        day: event day.
        settled: the value, such as 84 °F; the ticker of the market that was paid where none is recorded.
        official: newest final official high [°F].
        by_official: what each market would have paid by that, by ticker [centicents].
    """

    city: str
    day: date
    settled: str
    official: int
    by_official: Mapping[str, int]

    @property
    def told(self) -> str:
        """Both, such as 2024-11-27 at 84 °F where the official high is 81 °F."""
        return f"{self.day} at {self.settled} where the official high is {self.official} °F"


def disputes(lake: Lake, config: Config, window: Window) -> tuple[Dispute, ...]:
    """Return the events of a window on which settlement and newest final official high disagree, by day and city.

    Args:
        lake: the tables.
        config: the cities.
        window: the event days and cities.
    """
    cities = config.cities()
    playable = load_playable(lake, cities, window.cities, window.start, window.end)
    rows = lake.read("settlements", window.cities, window.start, window.end).drop_nulls("value")
    first = rows.sort("ticker", "version").unique("ticker", keep="first", maintain_order=True)
    values: dict[str, float] = dict(first.select("ticker", "value").iter_rows())
    highs = {
        (key, day): high
        for key in window.cities
        for day, high in _finals(lake, config, window, key).select("day", "high").iter_rows()
    }
    found = []
    for ticker, listing in playable.listings.items():
        event, payouts = listing.event, playable.payouts[ticker].payouts
        high = highs.get((event.city, event.day))
        if high is None or CENTICENTS_PER_DOLLAR not in payouts:
            continue
        winner = event.markets[payouts.index(CENTICENTS_PER_DOLLAR)]
        value = values.get(winner.ticker)
        if not winner.bracket.contains(high) or (value is not None and round(value) != high):
            settled = winner.ticker if value is None else f"{value:g} °F"
            found.append(Dispute(event.city, event.day, settled, high, dict(_paid(event.markets, high))))
    return tuple(sorted(found, key=lambda one: (one.day, one.city)))


def only_sources(lake: Lake, config: Config, window: Window) -> dict[str, dict[str, int]]:
    """Return whence official highs of listed events come, of the cities where no event has a second source.

    Args:
        lake: the tables.
        config: the cities.
        window: the event days and cities.

    Returns:
        Number of event days by city and source.
    """
    found = {}
    for key in window.cities:
        days = lake.read("markets", [key], window.start, window.end)["day"].unique()
        finals = lake.read("official", [config.cities()[key].station], window.start, window.end)
        sources = finals.filter("is_final", pl.col("day").is_in(days.implode())).unique(["day", "source"])
        if not sources.is_empty() and sources["day"].is_unique().all():
            counted = sources.group_by("source").len().sort("len", "source", descending=[True, False])
            found[key] = dict(counted.iter_rows())
    return found


def _finals(lake: Lake, config: Config, window: Window, key: str) -> pl.DataFrame:
    """The newest final official high of each day of a city."""
    rows = lake.read("official", [config.cities()[key].station], window.start, window.end).filter("is_final")
    ordered = rows.sort("day", "known_at", "version", "source")
    return ordered.unique("day", keep="last", maintain_order=True)


def _paid(markets: tuple[Market, ...], high: int) -> Iterator[tuple[str, int]]:
    for market in markets:
        yield market.ticker, CENTICENTS_PER_DOLLAR if market.bracket.contains(high) else 0
