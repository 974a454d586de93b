"""From the events that a replay is fed to a tape: read once, an event at a time, kept as arrays."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

from drybulb.domain.market import Quote
from drybulb.engine.admission import SEEN_EVERY_MINUTE
from drybulb.engine.fills import is_recorded
from drybulb.engine.ports import BeliefMade, LadderQuote, Listing, MarketEvent, Print, Settlement
from drybulb.errors import EngineError
from drybulb.research.tape import OLDEST, UNKNOWN, Floats, Ints, Tape, microseconds, print_key
from drybulb.strategy.anchor import DAILY

_DAY = timedelta(days=1) // timedelta(microseconds=1)


@dataclass(slots=True)
class _Event:
    """What was heard of one event until it paid; a ladder with its place and the belief that stood."""

    listing: Listing
    ladders: list[tuple[int, int, LadderQuote]] = field(default_factory=list)
    prints: list[tuple[int, Print]] = field(default_factory=list)
    belief: int = UNKNOWN


@dataclass(slots=True)
class _Made:
    """Columns of the tape in the making, a part an event."""

    parts: dict[str, list[NDArray[Any]]] = field(default_factory=dict)
    heads: list[tuple[str, str, Any, str, int]] = field(default_factory=list)
    tickers: list[str] = field(default_factory=list)
    payouts: list[int] = field(default_factory=list)
    ladders: list[int] = field(default_factory=lambda: [0])
    rows: list[int] = field(default_factory=lambda: [0])
    markets: list[int] = field(default_factory=lambda: [0])

    def add(self, **columns: NDArray[Any]) -> None:
        """Add a part to each of these columns."""
        for name, values in columns.items():
            self.parts.setdefault(name, []).append(values)

    def column(self, name: str, kind: type[np.generic]) -> NDArray[Any]:
        """Return a column whole."""
        return np.concatenate([np.zeros(0, kind), *self.parts.get(name, [])], dtype=kind)


def tape_of(events: Iterable[MarketEvent], listings: Mapping[str, Listing]) -> Tape:
    """Read what a replay would be fed into a tape.

    Args:
        events: in the total order, as :meth:`drybulb.app.recorded.Recorded.events` yields them.
        listings: by event ticker.

    Raises:
        EngineError: an event that never paid, one that is quoted or believed of after it has, or ladders of an event
            whose own instants do not rise.
    """
    made = _Made()
    waiting: dict[str, _Event] = {}
    paid: set[str] = set()
    believed_at: list[int] = []
    probabilities: list[tuple[float, ...]] = []

    def heard_of(name: str) -> _Event:
        if name in paid:
            raise EngineError(f"event {name} has been paid; the feed may not come back to it")
        return waiting.get(name) or waiting.setdefault(name, _Event(listings[name]))

    for place, event in enumerate(events):
        match event:
            case LadderQuote():
                heard = heard_of(event.event)
                heard.ladders.append((place, heard.belief, event))
            case Print() if event.event not in paid:  # a late print fills nobody, here as in the replay
                heard_of(event.event).prints.append((place, event))
            case BeliefMade(belief=belief):
                heard = heard_of(event.event)
                heard.belief = UNKNOWN if belief.distribution is None else len(believed_at)
                if belief.distribution is not None:
                    believed_at.append(microseconds(event.known_at))
                    probabilities.append(heard.listing.event.ladder.probabilities(belief.distribution))
            case Settlement():
                _keep(made, heard_of(event.event), event.payouts)
                del waiting[event.event]
                paid.add(event.event)
    if waiting:
        raise EngineError(f"events {sorted(waiting)} never paid; a screen needs what they paid")
    return _tape(made, np.array(believed_at, np.int64), _padded(probabilities))


def _keep(made: _Made, heard: _Event, payouts: tuple[int, ...]) -> None:
    """Add an event that has paid."""
    listing, event = heard.listing, heard.listing.event
    legs, size = len(event.markets), len(heard.ladders)
    made.heads.append((event.ticker, event.city, event.day, listing.series, microseconds(listing.closes_at)))
    first = made.markets[-1]
    made.tickers += [market.ticker for market in event.markets]
    made.payouts += payouts
    made.markets.append(first + legs)
    made.ladders.append(made.ladders[-1] + size)
    made.rows.append(made.rows[-1] + size * legs)
    _keep_ladders(made, heard)
    _keep_rows(made, [quoted.quotes for _, _, quoted in heard.ladders], legs)
    _keep_prints(made, heard, first)


def _keep_ladders(made: _Made, heard: _Event) -> None:
    listing, ladders = heard.listing, heard.ladders
    known_at = np.array([microseconds(quoted.known_at) for _, _, quoted in ladders], np.int64)
    at = np.array([microseconds(quoted.at) for _, _, quoted in ladders], np.int64)
    if (np.diff(at) < 0).any():
        raise EngineError(f"ladders of {listing.event.ticker} go back in time: their instants must rise")
    is_trading = np.array([quoted.is_trading for _, _, quoted in ladders], np.bool_)
    opens, closes = microseconds(listing.opens_at), microseconds(listing.closes_at)
    starts = microseconds(listing.climate_day.start)
    lead = np.full(len(ladders), UNKNOWN, np.int8)
    lead[(known_at >= starts - _DAY) & (known_at < starts)] = 1
    lead[(known_at >= starts) & (known_at < starts + _DAY)] = 0
    made.add(
        place=np.array([place for place, _, _ in ladders], np.int64),
        belief=np.array([belief for _, belief, _ in ladders], np.int32),
        known_at=known_at,
        at=at,
        is_trading=is_trading,
        is_open=is_trading & (known_at >= opens) & (known_at < closes),
        lead=lead,
        is_daily=np.array([any(q.source == DAILY for q in quoted.quotes) for _, _, quoted in ladders], np.bool_),
    )


def _keep_rows(made: _Made, ladders: list[tuple[Quote, ...]], legs: int) -> None:
    """Add the quotes of an event, market by market."""
    quotes = list(chain.from_iterable(zip(*ladders, strict=True)))
    if len(quotes) != len(ladders) * legs:
        raise EngineError(
            f"ladders of {legs} markets have {len(quotes)} quotes in {len(ladders)}; each needs one a leg"
        )
    made.add(
        bid=np.array([quote.yes_bid or 0 for quote in quotes], np.int16),
        ask=np.array([quote.yes_ask or 0 for quote in quotes], np.int16),
        bid_age=np.minimum(np.array([quote.bid_age for quote in quotes], np.int32), OLDEST).astype(np.int16),
        ask_age=np.minimum(np.array([quote.ask_age for quote in quotes], np.int32), OLDEST).astype(np.int16),
        is_recorded=np.array([is_recorded(quote) for quote in quotes], np.bool_),
        is_seen=np.array([quote.source in SEEN_EVERY_MINUTE for quote in quotes], np.bool_),
    )
    sized = [n for n, quote in enumerate(quotes) if quote.bid_size is not None or quote.ask_size is not None]
    if sized:
        both = [(quotes[n].bid_size, quotes[n].ask_size) for n in sized]
        sizes = [[UNKNOWN if size is None else size for size in pair] for pair in both]
        made.add(sized=np.array(sized, np.int64) + made.rows[-2], sizes=np.array(sizes, np.int64))


def _keep_prints(made: _Made, heard: _Event, first: int) -> None:
    legs = {market.ticker: first + leg for leg, market in enumerate(heard.listing.event.markets)}
    prints = heard.prints
    market = np.array([legs[tape.ticker] for _, tape in prints], np.int64)
    is_buy = np.array([tape.taker.is_buy for _, tape in prints], np.bool_)
    made.add(
        print_code=print_key(market, is_buy, np.array([place for place, _ in prints], np.int64)),
        print_at=np.array([microseconds(tape.at) for _, tape in prints], np.int64),
        print_known_at=np.array([microseconds(tape.known_at) for _, tape in prints], np.int64),
        print_price=np.array([tape.price for _, tape in prints], np.int16),
        print_count=np.array([tape.count for _, tape in prints], np.int64),
    )


def _padded(probabilities: list[tuple[float, ...]]) -> Floats:
    """One row a belief, filled up with NaN."""
    most = max((len(row) for row in probabilities), default=0)
    padded = np.full((len(probabilities), most), np.nan)
    for row, values in zip(padded, probabilities, strict=True):
        row[: len(values)] = values
    return padded


def _tape(made: _Made, believed_at: Ints, probabilities: Floats) -> Tape:
    order = np.argsort(made.column("print_code", np.int64), kind="stable")
    tickers, cities, days, series, closes = zip(*made.heads, strict=True) if made.heads else ((),) * 5
    sizes = made.parts.get("sizes", [])
    return Tape(
        events=np.array(tickers, np.str_),
        cities=np.array(cities, np.str_),
        days=np.array(days, "datetime64[D]"),
        series=np.array(series, np.str_),
        closes_at=np.array(closes, np.int64),
        markets=np.array(made.markets, np.int64),
        tickers=np.array(made.tickers, np.str_),
        payouts=np.array(made.payouts, np.int64),
        ladders=np.array(made.ladders, np.int64),
        rows=np.array(made.rows, np.int64),
        place=made.column("place", np.int64),
        known_at=made.column("known_at", np.int64),
        at=made.column("at", np.int64),
        is_trading=made.column("is_trading", np.bool_),
        is_open=made.column("is_open", np.bool_),
        lead=made.column("lead", np.int8),
        is_daily=made.column("is_daily", np.bool_),
        belief=made.column("belief", np.int32),
        believed_at=believed_at,
        probabilities=probabilities,
        bid=made.column("bid", np.int16),
        ask=made.column("ask", np.int16),
        bid_age=made.column("bid_age", np.int16),
        ask_age=made.column("ask_age", np.int16),
        is_recorded=made.column("is_recorded", np.bool_),
        is_seen=made.column("is_seen", np.bool_),
        sized=made.column("sized", np.int64),
        sizes=np.concatenate(sizes) if sizes else np.zeros((0, 2), np.int64),
        print_code=made.column("print_code", np.int64)[order],
        print_at=made.column("print_at", np.int64)[order],
        print_known_at=made.column("print_known_at", np.int64)[order],
        print_price=made.column("print_price", np.int16)[order],
        print_count=made.column("print_count", np.int64)[order],
    )
