"""The tape: all that was recorded of a set of events, as compact arrays, each row what the replay would have seen.

A tape is made of the same events in the same order as the replay is, so that a screen of it cannot know more.
Instants are [microseconds since 1970, UTC], prices [centicents] with 0 for an empty side, counts [1/100 contract]. The
rows of an event are its quotes, market by market and each in the order of time: event ``e``, market ``leg``, ladder
``t`` is row ``rows[e] + leg * (ladders[e + 1] - ladders[e]) + t``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.integer[Any]]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

#: A size that is not known, a belief that is not there, a lead that is neither day.
UNKNOWN = -1
#: Older than this is kept as this old [min].
OLDEST = 32_767
#: Prints are looked up by market, side and place at once: the place takes the lower bits.
PLACE_BITS = 40

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Tape:
    """Recorded events as arrays.

    Attributes:
        events: ticker of each event.
        cities: its city key.
        days: date of its climate day.
        series: whose fees apply.
        closes_at: end of its trading.
        markets: index of its first market, and the number of all markets at the end.
        tickers: of every market, event by event.
        payouts: of YES of every market [centicents].
        ladders: index of each event's first ladder, and the number of all ladders at the end.
        rows: index of each event's first row.
        place: of each ladder in the recorded order of all things.
        known_at: when it was known.
        at: the instant its quotes are of; rises within an event.
        is_trading: whether the exchange was open.
        is_open: whether an order decided on it finds exchange and market open.
        lead: 1 on the day before, 0 on the day, -1 elsewhere.
        is_daily: whether a leg's quote was kept once a day, so that the ladder never speaks for the market.
        belief: index of the newest belief, -1 where nobody spoke.
        believed_at: when each belief was made.
        probabilities: of YES by market, one row a belief, not a number beyond the event's markets.
        bid: of each row.
        ask: of each row.
        bid_age: of each row [min], 32767 where older.
        ask_age: likewise.
        is_recorded: whether somebody recorded the row's quote at its instant, so that it can fill.
        is_seen: whether its source shows the market every minute, so that orders wait the shorter time.
        sized: rows whose sizes are known.
        sizes: their sizes, of bid and ask, -1 where not known.
        print_code: market times two, plus one where the taker bought NO, above the bits of the place; sorted.
        print_at: when each traded.
        print_known_at: when that was known.
        print_price: of YES.
        print_count: how many.
    """

    events: NDArray[np.str_]
    cities: NDArray[np.str_]
    days: NDArray[np.datetime64]
    series: NDArray[np.str_]
    closes_at: Ints
    markets: Ints
    tickers: NDArray[np.str_]
    payouts: Ints
    ladders: Ints
    rows: Ints
    place: Ints
    known_at: Ints
    at: Ints
    is_trading: Flags
    is_open: Flags
    lead: Ints
    is_daily: Flags
    belief: Ints
    believed_at: Ints
    probabilities: Floats
    bid: Ints
    ask: Ints
    bid_age: Ints
    ask_age: Ints
    is_recorded: Flags
    is_seen: Flags
    sized: Ints
    sizes: Ints
    print_code: Ints
    print_at: Ints
    print_known_at: Ints
    print_price: Ints
    print_count: Ints

    def row(self, event: Ints, leg: Ints, ladder: Ints) -> Ints:
        """Return the row of each market ``leg`` of ``event`` in ``ladder``; all three are arrays of one length."""
        first = self.ladders[event]
        found: Ints = self.rows[event] + leg * (self.ladders[event + 1] - first) + ladder - first
        return found

    def size_of(self, row: Ints, is_buy: Flags) -> Ints:
        """Return the size of the side that an order would take of each row, -1 where not known [1/100 contract]."""
        found = np.full(len(row), UNKNOWN, np.int64)
        if len(self.sized):
            near = np.minimum(np.searchsorted(self.sized, row), len(self.sized) - 1)
            is_known = self.sized[near] == row
            found[is_known] = self.sizes[near, is_buy.astype(np.int64)][is_known]
        return found


def microseconds(instant: datetime) -> int:
    """Return ``instant`` [aware] in microseconds since 1970."""
    return (instant - _EPOCH) // _MICROSECOND


def instant_of(microseconds_since: int) -> datetime:
    """Return the instant so many microseconds after 1970 [UTC]."""
    return _EPOCH + microseconds_since * _MICROSECOND


def print_key(market: Ints, is_buy: Flags, place: Ints) -> Ints:
    """Return where prints of each market, bought by takers of YES or of NO, stand after ``place`` in ``print_code``."""
    found: Ints = ((2 * market.astype(np.int64) + ~is_buy) << PLACE_BITS) + place
    return found
