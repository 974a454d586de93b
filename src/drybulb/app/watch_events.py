"""What the watch bets on: an event a row, with belief and market at the clock, and the first word on what happened.

The first word is the final official high or the exchange's settlement, whichever was known first. What is said later
changes no bet that has been paid: a correction belongs to the day on which it is known.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

import polars as pl

from drybulb.adapters.lake import Lake
from drybulb.app.asking import Believe
from drybulb.app.scored import market_at
from drybulb.domain.bracket import Bracket, Ladder
from drybulb.domain.city import City
from drybulb.domain.climateday import ClimateDay
from drybulb.domain.money import CENTICENTS_PER_DOLLAR
from drybulb.frames.grid import REQUEST_SCHEMA
from drybulb.strategy.decision_clock import DecisionClock

#: An event whose outcome is not known so long after its clock is let go, so that it does not hold up all that follow.
LAPSE = timedelta(days=3)

NO_MARKET = "no whole ladder quoted"
NO_BELIEF = "no belief"


@dataclass(frozen=True, slots=True)
class WatchedEvent:
    """An event that had a belief and a market at the clock.

    Attributes:
        city: key of the city.
        day: event day.
        at: the clock [UTC].
        believed: probability of each bracket, in the ladder's order.
        market: likewise, of the market.
        won: place of the bracket that won; None where that was not known within :data:`LAPSE`.
        known_at: when it was known; where it was not, when it is let go [UTC].
        is_disputed: whether the official high and the exchange named different brackets.
    """

    city: str
    day: date
    at: datetime
    believed: tuple[float, ...]
    market: tuple[float, ...]
    won: int | None
    known_at: datetime
    is_disputed: bool


@dataclass(frozen=True, slots=True)
class Gathered:
    """Events of one window.

    Attributes:
        events: by city, in order of day.
        skipped: number of days without an event to bet on, by city and reason.
        sources: what the market's quotes are made from.
    """

    events: dict[str, list[WatchedEvent]]
    skipped: dict[str, Counter[str]]
    sources: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Words:
    """What was first said of outcomes, and when: highs by city and day [°F], winning places by event."""

    highs: dict[tuple[str, date], tuple[datetime, int]] = field(default_factory=dict)
    places: dict[str, tuple[datetime, int]] = field(default_factory=dict)


def watched_events(
    lake: Lake,
    cities: Mapping[str, City],
    believe: Believe,
    clock: DecisionClock,
    start: date,
    end: date,
) -> Gathered:
    """Gather the events from ``start`` to ``end`` inclusive that had a belief and a whole market at a clock.

    The market's probabilities are those of `drybulb verify`: :func:`drybulb.frames.consensus.consensus`.

    Args:
        lake: the tables.
        cities: cities to watch, by key.
        believe: makes the beliefs.
        clock: when both are read.
        start: first event day.
        end: last event day, inclusive.

    Raises:
        ModelError: as the forecaster raises.
    """
    days = pl.date_range(start, end, eager=True).to_list()
    asked = [
        (key, day, clock.at(ClimateDay(day, city.standard_offset_hours)))
        for key, city in cities.items()
        for day in days
    ]
    requests = pl.DataFrame(asked, schema=REQUEST_SCHEMA, orient="row")
    quoted = market_at(lake, cities, requests, start, end)[0].sort("city", "day")
    skipped = {key: Counter({NO_MARKET: len(days)}) for key in cities}
    events: dict[str, list[WatchedEvent]] = {key: [] for key in cities}
    beliefs = believe(quoted.select("city", "day", "at")) if quoted.height else []
    words = _words(lake, cities, start, end)
    for row, belief in zip(quoted.iter_rows(named=True), beliefs, strict=True):
        key = row["city"]
        skipped[key][NO_MARKET] -= 1
        if belief.distribution is None:
            skipped[key][NO_BELIEF] += 1
            continue
        ladder = Ladder(tuple(Bracket(low, high) for low, high in zip(row["lows"], row["highs"], strict=True)))
        said = list(_said(words, key, row["day"], row["event"], ladder))
        at = row["at"].astimezone(UTC)
        known_at, won = _first(said, at + LAPSE)
        events[key].append(
            WatchedEvent(
                *(key, row["day"], at, ladder.probabilities(belief.distribution), tuple(row["probabilities"])),
                *(won, known_at, len({place for _, place in said}) > 1),
            )
        )
    return Gathered(events, {key: +count for key, count in skipped.items()}, frozenset(quoted["source"]))


def _first(said: Sequence[tuple[datetime, int]], lapses_at: datetime) -> tuple[datetime, int | None]:
    """The first word, if it came in time."""
    if not said or said[0][0] > lapses_at:
        return lapses_at, None
    return said[0]


def _said(words: _Words, city: str, day: date, event: str, ladder: Ladder) -> Iterable[tuple[datetime, int]]:
    """When and which place was said to have won, in order; of two words at once the exchange's is the first."""
    found = []
    if event in words.places:
        found.append(words.places[event])
    if (city, day) in words.highs:
        known_at, high = words.highs[city, day]
        found.append((known_at, ladder.winner(high)))
    return sorted(found, key=lambda word: word[0])


def _words(lake: Lake, cities: Mapping[str, City], start: date, end: date) -> _Words:
    official = lake.read("official", [city.station for city in cities.values()], start, end)
    first = official.filter("is_final").sort("known_at", "version", "source").unique(["station", "day"], keep="first")
    by_station = {
        (station, day): (known_at.astimezone(UTC), high)
        for station, day, known_at, high in first.select("station", "day", "known_at", "high").iter_rows()
    }
    highs = {
        (key, day): by_station[station, day]
        for key, city in cities.items()
        for station, day in by_station
        if station == city.station
    }
    return _Words(highs, dict(_paid(lake, cities, start, end)))


def _paid(lake: Lake, cities: Mapping[str, City], start: date, end: date) -> Iterator[tuple[str, tuple[datetime, int]]]:
    """Winning place of every event that the exchange has settled whole: one market a dollar, the others nothing."""
    markets = lake.read("markets", cities, start, end).select("ticker", "event", "low")
    paid = lake.read("settlements", cities, start, end).sort("version").unique("ticker", keep="first")
    legs = markets.sort("event", pl.col("low").fill_null(-1000)).join(
        paid.select("ticker", "payout", settled_at="known_at"), on="ticker", how="left", maintain_order="left"
    )
    for event, payouts, known_at in (
        legs.group_by("event", maintain_order=True).agg("payout", pl.col("settled_at").max()).iter_rows()
    ):
        if sorted(payouts, key=lambda payout: payout or 0) == [0] * (len(payouts) - 1) + [CENTICENTS_PER_DOLLAR]:
            yield event, (known_at.astimezone(UTC), payouts.index(CENTICENTS_PER_DOLLAR))
