"""Looking back on a finished run: the markouts of its fills and its example days, files beside its result."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import polars as pl

from drybulb.adapters.lake import Lake
from drybulb.app import days, days_known
from drybulb.app.asking import Asking
from drybulb.app.config import Config
from drybulb.app.markouts import Priced, markouts, priced
from drybulb.app.recorded import Recorded
from drybulb.app.recorded_ladders import recorded_ladders
from drybulb.app.settled import SettledFill, settled_fills
from drybulb.engine.ports import Listing, Record
from drybulb.strategy.releases import Releases

MARKOUTS, DAYS = "markouts.json", "days.json"

_COLUMNS = ("event", "leg", "known_at", "is_trading", "source", "yes_bid", "yes_ask", "bid_age", "ask_age")


def hindsight(
    recorded: Recorded, asking: Asking | None, config: Config, releases: Releases, records: Sequence[Record]
) -> dict[str, dict[str, Any]]:
    """Return the documents ``markouts/1`` and ``days/1`` of a run, by the name of their file.

    Quotes are read again, a month of the events that filled at a time; beliefs are asked for again, of the example
    days alone: a forecaster that says the same twice is the only one a run can be repeated with.

    Args:
        recorded: what the run was made of.
        asking: who believed, and when; None where nobody did.
        config: its settings.
        releases: the calendar by which fills of resting orders are told apart.
        records: its journal, in order.

    Raises:
        LakeError: a file that cannot be read.
    """
    max_age = config.strategy.max_quote_age_min
    examples = days.examples(records)
    shown = {example.event for example in examples}
    ladders: dict[str, pl.DataFrame] = {}
    found: list[Priced] = []
    sources: set[str] = set()
    for fills in _by_month(settled_fills(records)):
        listings = {name: recorded.listings[name] for name in sorted({fill.event for fill in fills})}
        quotes = _quotes(recorded.lake, listings)
        closes = {name: listing.closes_at for name, listing in listings.items()}
        found += priced(fills, quotes, _legs(listings), closes, max_age)
        sources |= set(quotes["source"].unique())
        ladders |= {name: quotes.filter(pl.col("event") == name) for name in shown & set(listings)}
    return {
        MARKOUTS: markouts(found, sources, max_age, config.training.seed, releases),
        DAYS: days.document(_days(recorded, asking, config, records, examples, ladders)),
    }


def _by_month(fills: Iterable[SettledFill]) -> list[list[SettledFill]]:
    """Fills by the month of their event day, in order: so much is read of the quotes at a time."""
    months: dict[date, list[SettledFill]] = {}
    for fill in fills:
        months.setdefault(fill.day.replace(day=1), []).append(fill)
    return [months[month] for month in sorted(months)]


def _legs(listings: Mapping[str, Listing]) -> dict[str, int]:
    return {m.ticker: leg for listing in listings.values() for leg, m in enumerate(listing.event.markets)}


def _quotes(lake: Lake, listings: Mapping[str, Listing]) -> pl.DataFrame:
    """Every quote the engine saw of ``listings``."""
    event_days = [listing.event.day for listing in listings.values()]
    parts = recorded_ladders(lake, listings, min(event_days), max(event_days))
    return pl.concat([rows.select(_COLUMNS) for part in parts for rows in part.by_date.values()])


def _days(
    recorded: Recorded,
    asking: Asking | None,
    config: Config,
    records: Sequence[Record],
    examples: Sequence[days.Example],
    ladders: Mapping[str, pl.DataFrame],
) -> list[dict[str, Any]]:
    """The example days, in the order in which they were chosen."""
    cities, lake = config.cities(), recorded.lake
    shown = {example.event: recorded.listings[example.event] for example in examples}
    beliefs = [] if asking is None else asking.beliefs(shown)
    found = []
    for example in examples:
        listing = recorded.listings[example.event]
        city, event = cities[listing.event.city], listing.event
        readings, groups = days_known.reports(lake, city, city.station, listing)
        beyond = [] if city.neighbour is None else days_known.reports(lake, city, city.neighbour, listing)[0]
        known = days.Known(
            high=days_known.official_high(lake, city, event.day),
            station=city.station,
            readings=readings,
            groups=groups,
            neighbour=city.neighbour,
            neighbour_readings=beyond,
            guidance=days_known.guidance(lake, city, listing),
            beliefs=[one for one in beliefs if (one.city, one.day) == (event.city, event.day)],
            ladders=ladders[example.event],
        )
        found.append(days.day(example, listing, recorded.payouts[example.event].payouts, known, records))
    return found
