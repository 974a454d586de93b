"""Ladders that were quoted, each with the belief of the same instant: what the anchor is fitted and scored on.

Two kinds. *Usable*: of every event and phase the first ladder by which the anchored policy would have gone, of those
that a backtest replays. *Scored*: the ladders at the clocks at which forecasters are judged, and the one quote a day,
each in the class of its spread; there an empty side counts as the edge of the price range, and minutes built of prints
are a class of their own, as are the quotes of once a day that are no wider than a leg may be.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple, Protocol

import polars as pl

from drybulb.adapters.lake import Lake
from drybulb.app.clocked import clock_rows
from drybulb.app.listings import listed_events
from drybulb.app.recorded_ladders import Ladders, recorded_ladders
from drybulb.app.scored import QUOTE_CLOCK, market_at
from drybulb.domain.bracket import Bracket, Ladder
from drybulb.domain.city import City
from drybulb.domain.distribution import Belief
from drybulb.domain.market import Quote
from drybulb.engine.ports import Listing
from drybulb.frames.grid import REQUEST_SCHEMA
from drybulb.strategy.anchor import DAILY, AnchorRules, market_probabilities
from drybulb.strategy.anchor_weights import phase_at
from drybulb.strategy.decision import Refusal

USABLE, NARROW, WIDE, PRINTS = "usable", "narrow", "wide", "prints"

_SIDES = ("yes_bid", "yes_ask", "bid_size", "ask_size", "bid_age", "ask_age", "source")


class BeliefMaker(Protocol):
    """Whoever turns requests into beliefs."""

    def beliefs(self, requests: pl.DataFrame, source: str) -> list[Belief]:
        """Return a belief of ``source`` for every request (city, day, at)."""
        ...


class Quoted(NamedTuple):
    """A ladder with the market's probabilities.

    Attributes:
        city: city key.
        day: date of the climate day.
        at: instant a belief is to be compared at [UTC].
        lead: 1 or 0.
        clock: the phase, a clock such as ``16:00``, or ``quote``; an event is there once for each.
        spread: class: usable, narrow, daily, wide or prints.
        ladder: its brackets.
        market: probability of each.
    """

    city: str
    day: date
    at: datetime
    lead: int
    clock: str
    spread: str
    ladder: Ladder
    market: tuple[float, ...]


class Pairing(NamedTuple):
    """A quoted ladder and the belief's probability of each bracket."""

    quoted: Quoted
    belief: tuple[float, ...]


def pairings(
    quoted: Sequence[Quoted], beliefs: BeliefMaker, source: str
) -> tuple[list[Pairing], dict[str, Counter[str]]]:
    """Join ladders with the beliefs of their instants.

    Args:
        quoted: the ladders.
        beliefs: makes the beliefs.
        source: name of the forecaster.

    Returns:
        The pairings; and of the ladders about which nobody speaks how many there are, by city and reason.
    """
    found: list[Pairing] = []
    silent: dict[str, Counter[str]] = {}
    if not quoted:
        return found, silent
    requests = pl.DataFrame([(row.city, row.day, row.at) for row in quoted], schema=REQUEST_SCHEMA, orient="row")
    for row, belief in zip(quoted, beliefs.beliefs(requests, source), strict=True):
        if belief.distribution is None:
            silent.setdefault(row.city, Counter())[belief.reason] += 1
        else:
            found.append(Pairing(row, row.ladder.probabilities(belief.distribution)))
    return found, silent


def usable(lake: Lake, cities: Mapping[str, City], start: date, end: date, rules: AnchorRules) -> list[Quoted]:
    """Return the first usable ladder of every event and phase, of the event days from ``start`` to ``end`` inclusive.

    Args:
        lake: the tables.
        cities: whose events, by key.
        start: first event day.
        end: last event day, inclusive.
        rules: what makes a ladder usable.
    """
    # Whether an event has settled is not asked: nobody knew it at the ladder's instant. Where there are minutes nothing
    # else is replayed, so a weight must not stand on anything else either.
    listings = listed_events(lake, cities, start, end)
    parts = recorded_ladders(lake, listings, start, end)
    found: dict[tuple[str, str], Quoted] = {}
    for part in parts:
        for name, at, quotes in _fresh(part, rules):
            row = _usable(listings[name], at, quotes, rules)
            if row is not None and ((name, row.clock) not in found or found[name, row.clock].at > at):
                found[name, row.clock] = row
    return sorted(found.values(), key=lambda row: (row.day, row.city, row.at))


def _fresh(part: Ladders, rules: AnchorRules) -> Iterator[tuple[str, datetime, tuple[Quote, ...]]]:
    """Ladders all of whose sides are there and young enough: few, so that each can be looked at by itself."""
    is_fresh = (
        pl.col("is_trading")
        & (pl.col("source") != DAILY)
        & (pl.max_horizontal("bid_age", "ask_age") <= rules.max_quote_age)
    )
    both = pl.col("yes_bid").is_not_null() & pl.col("yes_ask").is_not_null()
    for _, rows in sorted(part.by_date.items()):
        whole = rows.filter(is_fresh & both)
        grouped = whole.group_by("event", "known_at", maintain_order=True).agg(pl.len(), *_SIDES)
        for event, known_at, size, *sides in grouped.iter_rows():
            if size == part.sizes[event]:
                yield event, known_at.astimezone(UTC), tuple(Quote(*leg) for leg in zip(*sides, strict=True))


def _usable(listing: Listing, at: datetime, quotes: tuple[Quote, ...], rules: AnchorRules) -> Quoted | None:
    """The ladder as evidence of its phase, if it is usable."""
    event, local = listing.event, at + timedelta(hours=listing.climate_day.offset_hours)
    lead = (event.day - local.date()).days
    if lead not in (0, 1):
        return None
    market = market_probabilities(event, quotes, rules)
    if isinstance(market, Refusal):
        return None
    clock = str(phase_at(lead, local.hour))
    return Quoted(event.city, event.day, at, lead, clock, USABLE, event.ladder, market)


def scored(
    lake: Lake, cities: Mapping[str, City], start: date, end: date, rules: AnchorRules
) -> tuple[list[Quoted], dict[str, int]]:
    """Return whole ladders at the clocks and at the daily quotes, and how many of these have legs hours apart, by city.

    Args:
        lake: the tables.
        cities: whose events, by key.
        start: first event day.
        end: last event day, inclusive.
        rules: ``max_spread`` divides narrow and daily from wide, by the mean of the legs.
    """
    days = pl.date_range(start, end, eager=True).to_list()
    requests = clock_rows(cities, days)
    clocks, quotes, apart = market_at(lake, cities, requests, start, end)
    at_clocks = clocks.join(requests, on=["city", "day", "at"], how="inner")
    at_quotes = quotes.with_columns(pl.lit(QUOTE_CLOCK).alias("clock"))
    columns = ("city", "day", "at", "clock", "source", "spread", "lows", "highs", "probabilities")
    rows = pl.concat([at_clocks.select(columns), at_quotes.select(columns)])
    found = []
    for city, day, at, clock, source, spread, lows, highs, market in rows.iter_rows():
        instant = at.astimezone(UTC)
        lead = (day - (instant + timedelta(hours=cities[city].standard_offset_hours)).date()).days
        if lead in (0, 1):
            ladder = Ladder(tuple(Bracket(low, high) for low, high in zip(lows, highs, strict=True)))
            kind = _class(source, clock, is_wide=spread > rules.max_spread)
            found.append(Quoted(city, day, instant, lead, clock, kind, ladder, tuple(market)))
    return found, apart


def _class(source: str, clock: str, *, is_wide: bool) -> str:
    if source == "prints":
        return PRINTS
    if is_wide:
        return WIDE
    return DAILY if clock == QUOTE_CLOCK else NARROW
