"""Which events of a window can be replayed, and why the others cannot."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

import polars as pl

from drybulb.adapters.lake import Lake
from drybulb.domain.bracket import Bracket
from drybulb.domain.city import City
from drybulb.domain.climateday import ClimateDay
from drybulb.domain.market import Event, Market
from drybulb.domain.money import CENTICENTS_PER_DOLLAR
from drybulb.engine.ports import Listing
from drybulb.errors import LadderError
from drybulb.forecast.labels import newest_labels
from drybulb.frames.schema import empty

NOT_ASKED = "not asked for"
NO_MARKETS = "no markets in the lake"
NO_LADDER = "ladder does not tile"
NO_HOURS = "no trading hours listed"
TWO_EVENTS = "two events on one day"
NO_SETTLEMENT = "no settlement known"
NO_WINNER = "not exactly one YES"
NO_QUOTES = "no quotes"


@dataclass(frozen=True, slots=True)
class Payout:
    """What an event paid: of YES by market [centicents], and when that was known [UTC]."""

    known_at: datetime
    payouts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Playable:
    """The events of a window.

    Attributes:
        listings: by event ticker, in order of day and city.
        payouts: by event ticker.
        refused: number of events that cannot be replayed, by city and reason.
        inferred: number of events whose payout is inferred from the official high, by city.
    """

    listings: dict[str, Listing] = field(default_factory=dict)
    payouts: dict[str, Payout] = field(default_factory=dict)
    refused: dict[str, Counter[str]] = field(default_factory=dict)
    inferred: Counter[str] = field(default_factory=Counter)


def load_playable(
    lake: Lake,
    cities: Mapping[str, City],
    asked: Iterable[str],
    start: date,
    end: date,
    *,
    by_official: bool = False,
) -> Playable:
    """Load what was listed and paid on the event days from ``start`` to ``end`` inclusive.

    Every city gets an answer for every day: a listing, or a refusal with its reason.

    Args:
        lake: the tables.
        cities: every city there is, by key.
        asked: keys of the cities to replay.
        start: first event day.
        end: last event day, inclusive.
        by_official: whether an event without any settlement is paid as the official high says.
    """
    keys = set(asked)
    days = [start + timedelta(days=n) for n in range((end - start).days + 1)]
    found = Playable(refused={key: Counter() for key in cities})
    events: dict[tuple[str, date], list[str]] = {}
    markets: dict[str, list[Market]] = {}
    for market in _markets(lake.read("markets", keys, start, end)):
        if market.event not in markets:
            events.setdefault((market.city, market.day), []).append(market.event)
        markets.setdefault(market.event, []).append(market)
    paid = _payouts(lake.read("settlements", keys, start, end))
    inferred: dict[str, tuple[datetime, int]] = {}
    if by_official:
        highs = _highs(lake, {key: cities[key] for key in keys}, start, end)
        unpaid = (listed for listed in markets.values() if paid.keys().isdisjoint(m.ticker for m in listed))
        inferred = {ticker: payout for listed in unpaid for ticker, payout in _inferred(listed, highs).items()}
    paid |= inferred
    for day in days:
        for key, city in cities.items():
            listed = [markets[event] for event in events.get((key, day), [])]
            reason = NOT_ASKED if key not in keys else _take(found, city, day, listed, paid)
            if reason is not None:
                found.refused[key][reason] += 1
    listings = found.listings.values()
    found.inferred.update(made.event.city for made in listings if made.event.markets[0].ticker in inferred)
    return found


def listed_event(lake: Lake, city: str, day: date, at: datetime) -> Event:
    """Return the event of a city and day as it was listed by an instant.

    Args:
        lake: the tables.
        city: city key.
        day: event day.
        at: nothing known later is used [aware].

    Raises:
        LadderError: a city without markets, nothing listed by then, or brackets of two events or that do not tile.
    """
    if city not in (known := lake.keys("markets")):
        raise LadderError(f"no markets of {city!r} are in the lake; known: {', '.join(known) or 'none, import them'}")
    rows = lake.read("markets", [city], day, day).filter(pl.col("known_at") <= at)
    if rows.is_empty():
        raise LadderError(f"no markets of {city} {day} were listed by {at.isoformat()}; ask later, or import them")
    return Event.of(list(_markets(rows)))


def listed_events(
    lake: Lake, cities: Mapping[str, City], start: date, end: date, known_by: datetime | None = None
) -> dict[str, Listing]:
    """Return the events from ``start`` to ``end`` inclusive that could be traded, paid or not, by ticker.

    Args:
        lake: the tables.
        cities: cities, by key.
        start: first event day.
        end: last event day, inclusive.
        known_by: markets that were listed later are left out [aware]; none are when None.
    """
    events: dict[tuple[str, date], dict[str, list[Market]]] = {}
    rows = lake.read("markets", cities, start, end)
    for market in _markets(rows if known_by is None else rows.filter(pl.col("known_at") <= known_by)):
        events.setdefault((market.city, market.day), {}).setdefault(market.event, []).append(market)
    found = (_listing(cities[city], day, list(listed.values())) for (city, day), listed in sorted(events.items()))
    return {made.event.ticker: made for made in found if isinstance(made, Listing)}


def _take(
    found: Playable, city: City, day: date, listed: list[list[Market]], paid: Mapping[str, tuple[datetime, int]]
) -> str | None:
    """Add the event of a city and day, or return why it cannot be replayed."""
    made = _listing(city, day, listed)
    if isinstance(made, str):
        return made
    markets = made.event.markets
    legs = [paid[m.ticker] for m in markets if m.ticker in paid]
    payouts = tuple(payout for _, payout in legs)
    if len(legs) < len(markets) or not is_whole_payout(payouts):
        return NO_WINNER if len(legs) == len(markets) else NO_SETTLEMENT
    found.listings[made.event.ticker] = made
    found.payouts[made.event.ticker] = Payout(max(known_at for known_at, _ in legs), payouts)
    return None


def _listing(city: City, day: date, listed: list[list[Market]]) -> Listing | str:
    """The event of a city and day with its hours, or why it cannot be traded."""
    if len(listed) != 1:
        return TWO_EVENTS if listed else NO_MARKETS
    try:
        event = Event.of(listed[0])
    except LadderError:
        return NO_LADDER
    hours = [(m.open_at, m.close_at) for m in event.markets if m.open_at is not None and m.close_at is not None]
    if len(hours) < len(event.markets):
        return NO_HOURS
    opens_at, closes_at = max(opens for opens, _ in hours), min(closes for _, closes in hours)
    return Listing(event, _series(event, city), ClimateDay(day, city.standard_offset_hours), opens_at, closes_at)


def is_whole_payout(payouts: tuple[int, ...]) -> bool:
    """Whether one market paid a dollar and the others nothing, or all paid a part of one.

    An event without data resolves each market to its last fair price, a part of a dollar
    (contract terms, GLOBALTEMPERATURE); a mixture of parts and wholes is a broken record.
    """
    parts = [0 < payout < CENTICENTS_PER_DOLLAR for payout in payouts]
    return all(parts) if any(parts) else payouts.count(CENTICENTS_PER_DOLLAR) == 1


def _series(event: Event, city: City) -> str:
    """Series of an event by its ticker, such as HIGHCHI for HIGHCHI-24AUG16; fees go by series."""
    prefix = event.ticker.split("-")[0]
    return prefix if prefix in city.all_series else city.series


def _markets(rows: pl.DataFrame) -> Iterator[Market]:
    columns = ("ticker", "event", "city", "day", "low", "high", "open_at", "close_at")
    for ticker, event, city, day, low, high, open_at, close_at in rows.select(columns).iter_rows():
        yield Market(ticker, event, city, day, Bracket(low, high), _utc(open_at), _utc(close_at))


def _payouts(rows: pl.DataFrame) -> dict[str, tuple[datetime, int]]:
    """When and what each market paid: the first version, for a market settles once."""
    first = rows.sort("ticker", "version").unique("ticker", keep="first", maintain_order=True)
    rows_of = first.select("ticker", "known_at", "payout").iter_rows()
    return {ticker: (at.astimezone(UTC), payout) for ticker, at, payout in rows_of}


def _highs(
    lake: Lake, cities: Mapping[str, City], start: date, end: date
) -> dict[tuple[str, date], tuple[datetime, int]]:
    """When each city's final official high was known, and what it was [°F]."""
    official = lake.read("official", [city.station for city in cities.values()], start, end)
    nothing = empty("settlements")
    return {
        (key, day): (known_at.astimezone(UTC), high)
        for key, city in cities.items()
        for day, high, known_at in newest_labels(official, nothing, city).select("day", "high", "known_at").iter_rows()
    }


def _inferred(
    listed: list[Market], highs: Mapping[tuple[str, date], tuple[datetime, int]]
) -> dict[str, tuple[datetime, int]]:
    """What the markets of an event would have paid by the official high; nothing where it is not known."""
    found = highs.get((listed[0].city, listed[0].day))
    if found is None:
        return {}
    known_at, high = found
    return {
        market.ticker: (known_at, CENTICENTS_PER_DOLLAR if market.bracket.contains(high) else 0) for market in listed
    }


def _utc(instant: datetime | None) -> datetime | None:
    """The same instant with the standard library's UTC: comparing two kinds of UTC is slow, and it is done a lot."""
    return None if instant is None else instant.astimezone(UTC)
