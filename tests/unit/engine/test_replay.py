"""Recorded streams merged, a clock that follows them, and a journal that gives the same digest twice."""

from __future__ import annotations

import hashlib
from datetime import datetime

import pytest

from drybulb.engine.ports import MarketEvent, Rank, Record, Tick
from drybulb.engine.replay import MemoryJournal, ReplayClock, ReplayFeed, record_line
from drybulb.errors import DomainError, EngineError
from tests.trading import DAY, at, believed, ladder, listing, settled, tape

LISTED = listing()


def test_streams_are_merged() -> None:
    """Events of several streams come by time, then by rank, then by number."""
    quotes: list[MarketEvent] = [ladder(LISTED, "16:00"), ladder(LISTED, "16:02")]
    others: list[MarketEvent] = [
        settled(LISTED, 0, "16:00"),
        believed(LISTED, "16:00"),
        tape(LISTED, "15:59:59", 40, "yes"),
    ]
    ticks: list[MarketEvent] = [Tick(at("16:00"), 0), Tick(at("16:01"), 0)]
    merged = list(ReplayFeed(quotes, others, ticks).events())
    assert [event.rank for event in merged] == [
        *(Rank.SETTLEMENT, Rank.BELIEF, Rank.PRINT, Rank.QUOTE, Rank.TICK),
        *(Rank.TICK, Rank.QUOTE),
    ]


def test_the_order_of_ranks() -> None:
    """At one instant: settlement, order report, fill, observation, guidance, belief, print, quote, tick."""
    assert [rank.name for rank in sorted(Rank)] == [
        *("SETTLEMENT", "ORDER_REPORT", "FILL", "OBSERVATION", "GUIDANCE", "BELIEF", "PRINT", "QUOTE", "TICK"),
    ]


def test_the_clock_only_goes_forward() -> None:
    """It shows the last instant reached, and refuses an earlier one, a naive one, and to tell before the first."""
    clock = ReplayClock()
    with pytest.raises(EngineError, match="no time before"):
        clock.now()
    clock.reach(at("16:00"))
    clock.reach(at("16:00"))
    assert clock.now() == at("16:00")
    with pytest.raises(EngineError, match="cannot go back"):
        clock.reach(at("15:59"))
    with pytest.raises(DomainError, match="no time zone"):
        clock.reach(datetime(2024, 11, 20, 17))  # noqa: DTZ001 - what must be refused


def test_a_line_is_canonical() -> None:
    """Keys are sorted, dates are ISO 8601, nothing is spaced."""
    record = Record(at("16:00"), "order", {"price": 4100, "day": DAY, "edge": 0.5, "cut_by": None, "legs": [1, 2]})
    assert record_line(record) == (
        '{"cut_by":null,"day":"2024-11-20","edge":0.5,"kind":"order",'
        '"known_at":"2024-11-20T16:00:00+00:00","legs":[1,2],"price":4100}'
    )


def test_the_digest_is_of_the_lines() -> None:
    """The digest is the SHA-256 of every line with its newline, and changes with each."""
    journal = MemoryJournal()
    empty = journal.digest()
    journal.write(Record(at("16:00"), "run", {"seed": 1}))
    journal.write(Record(at("16:01"), "run", {"seed": 2}))
    assert journal.digest() == hashlib.sha256("".join(f"{line}\n" for line in journal.lines).encode()).hexdigest()
    assert journal.digest() != empty


def test_a_journal_holds_plain_values_only() -> None:
    """Something that has no plain form is refused, not written as its name."""
    with pytest.raises(EngineError, match="cannot hold"):
        MemoryJournal().write(Record(at("16:00"), "run", {"policy": object()}))  # type: ignore[dict-item]
