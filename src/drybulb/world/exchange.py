"""The synthetic exchange of one city: its events are listed, quoted, traded and settled.

Ladders are set at open around the consensus (:mod:`~drybulb.world.ladders`), makers quote what the world states of the
official high (:mod:`~drybulb.world.makers`), takers come at random (:mod:`~drybulb.world.tape`), and all of it is
recorded as a real exchange would (:mod:`~drybulb.world.candles`, :mod:`~drybulb.world.books`).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

import numpy as np
import polars as pl
from numpy.typing import NDArray

from drybulb.domain.climateday import ClimateDay
from drybulb.errors import ConfigError
from drybulb.frames.sessions import spans
from drybulb.world import books, candles, ladders, tape
from drybulb.world.filtered import Filtered
from drybulb.world.ladders import BRACKETS, MINUTE, Listed
from drybulb.world.makers import NO_ASK, NO_BID, newest_read, pauses, quotes, thought
from drybulb.world.spec import MakerSpec, WorldSpec
from drybulb.world.tape import Quoted, Taken

Instants = NDArray[np.int64]


def hours(spec: WorldSpec) -> Instants | None:
    """Return from when to when the exchange trades: (spans, 2) [µs since 1970 UTC]; None: it never closes.

    Raises:
        ConfigError: it is closed on all of the world's market days.
    """
    if spec.sessions is None:
        return None
    start = ClimateDay(spec.first_market_day, 0).start - timedelta(days=2)
    end = ClimateDay(spec.last_day, 0).end + timedelta(days=2)
    trading = spans(spec.sessions, start, end).filter("is_trading")
    if trading.is_empty():
        raise ConfigError(f"no session is open from {start:%Y-%m-%d} to {end:%Y-%m-%d}; give sessions of those days")
    return trading.select(pl.col("from", "to").dt.epoch("us")).to_numpy()


def _is_open(event: Listed, open_hours: Instants | None) -> NDArray[np.bool_]:
    """Whether the exchange trades in each whole minute of an event: (minutes,)."""
    ends = event.ends
    if open_hours is None:
        return np.ones(ends.size, dtype=np.bool_)
    begun = np.searchsorted(open_hours[:, 0], ends - MINUTE, side="right") - 1
    inside: NDArray[np.bool_] = (begun >= 0) & (ends <= open_hours[begun, 1])
    return inside


def quoted(
    event: Listed, state: Filtered, spec: MakerSpec, open_hours: Instants | None, rng: np.random.Generator
) -> Quoted:
    """Return what the makers of one event quote.

    Args:
        event: the event.
        state: what the world states of it.
        spec: how makers behave.
        open_hours: from :func:`hours`.
        rng: draws their pauses.

    Raises:
        DomainError: nothing is stated at the open, or too few thresholds are.
    """
    bid, ask = quotes(thought(state, event, spec), spec)
    no_bid, no_ask = pauses(event.ends.size, BRACKETS, spec, rng)
    is_open = _is_open(event, open_hours)
    closed = ~is_open[:, None]
    bid[no_bid | closed] = NO_BID
    ask[no_ask | closed] = NO_ASK
    return Quoted(event, bid, ask, is_open)


def traded(shown: Quoted, state: Filtered, spec: MakerSpec, rng: np.random.Generator) -> Taken:
    """Return the trades of one event.

    From a release that makers have read until they quote anew, at the end of its minute, nobody trades with them.
    """
    taken = tape.takers(shown, spec.prints_per_hour, spec.depth, rng)
    event = shown.event
    now = newest_read(state, event, taken.at, spec.delay_seconds)
    as_quoted = newest_read(state, event, event.ends[taken.minute - 1], spec.delay_seconds)
    return taken.only(now == as_quoted)


def recorded(
    events: Iterable[tuple[Listed, Filtered, int]], spec: WorldSpec, rng: np.random.Generator
) -> dict[str, pl.DataFrame]:
    """Return rows of every table of the exchange for one city.

    Args:
        events: what is listed, what the world states of it and its official high [whole °F]; one or more.
        spec: of the world.
        rng: has a stream for each event, which what happened in others does not change.
    """
    open_hours = hours(spec)
    listed, highs, shown, tapes, bars = [], [], [], [], []
    for (event, state, high), stream in zip(events, rng.spawn(spec.market_days), strict=True):
        listed.append(event)
        highs.append(high)
        shown.append(quoted(event, state, spec.makers, open_hours, stream))
        tapes.append(traded(shown[-1], state, spec.makers, stream))
        bars.append(candles.bars(shown[-1], tapes[-1]))
    quote_seconds = spec.latency["quote"]
    return {
        "markets": ladders.markets(listed),
        "settlements": ladders.settlements(listed, highs, spec.latency["settlement"]),
        "prints": tape.prints(listed, tapes, spec.latency["print"]),
        "candles": candles.candles(listed, bars, quote_seconds),
        "books": books.books(shown, spec.makers.book_minutes, spec.makers.depth, quote_seconds),
    }
