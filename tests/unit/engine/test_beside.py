"""Desks beside each other: who may, and what is told of those that fail. That they change nothing is law 23."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from drybulb.engine.beside import Desk, run_beside
from drybulb.engine.ports import MarketEvent, Record
from drybulb.engine.replay import MemoryJournal, ReplayClock, ReplayFeed
from drybulb.engine.simulated import SimulatedBroker
from drybulb.errors import EngineError
from drybulb.strategy.policy import NeverTrade
from tests.trading import CHARGES, believed, ladder, listing, quote, settled, state

LISTED = listing()


def desk(name: str) -> Desk:
    """A desk of its own."""
    made = state([LISTED])
    return Desk(name, made, SimulatedBroker(made.listings, CHARGES, timedelta(seconds=1)), MemoryJournal())


def test_what_desks_may_not_share() -> None:
    """Nobody, one name twice, one account, one policy, one broker and one journal for two are refused by name."""
    one, two = desk("one"), desk("two")
    with pytest.raises(EngineError, match="no desk to run"):
        run_beside([], ReplayFeed(), ReplayClock())
    for shared, what in (
        (replace(two, name="one"), "a name"),
        (replace(two, state=one.state), "an account"),
        (replace(two, state=replace(two.state, policy=one.state.policy)), "a policy"),
        (replace(two, broker=one.broker), "a broker"),
        (replace(two, journal=one.journal), "a journal"),
    ):
        with pytest.raises(EngineError, match=f"of one, {shared.name} two share {what}; give each its own"):
            run_beside([one, shared], ReplayFeed(), ReplayClock())


def test_a_champion_that_fails_ends_the_run() -> None:
    """An error of the champion is raised as it is; the challengers are not what counts."""
    champion = desk("champion")
    champion.state.listings = {}
    with pytest.raises(EngineError, match="is not listed"):
        run_beside([champion, desk("challenger")], ReplayFeed([ladder(LISTED, "16:00", quote(40, 42))]), ReplayClock())


def test_a_challenger_that_fails_is_out() -> None:
    """It takes no further event, and what stopped it is told by its name."""
    challenger = desk("challenger")
    challenger.state.listings = {}
    events: list[MarketEvent] = [
        ladder(LISTED, "16:00", quote(40, 42)),
        ladder(LISTED, "16:01", quote(40, 42)),
        settled(LISTED, 0),
    ]
    champion = desk("champion")
    champion.state.policy = NeverTrade()
    failed = run_beside([champion, challenger], ReplayFeed(events), ReplayClock())
    assert list(failed) == ["challenger"]
    assert isinstance(challenger.journal, MemoryJournal)
    assert [record.kind for record in challenger.journal.records] == ["failed"]


def test_a_challenger_that_cannot_write_is_out() -> None:
    """A full disk of a challenger's journal stops the challenger, before its order is sent, and not the champion."""

    class Full(MemoryJournal):
        def write(self, record: Record) -> None:
            raise OSError(f"no space left for {record.kind}")

    champion, challenger = desk("champion"), replace(desk("challenger"), journal=Full())
    events: list[MarketEvent] = [
        believed(LISTED, "15:59", 0.9, 0.05, 0.05),
        ladder(LISTED, "16:00", quote(40, 42)),
        ladder(LISTED, "16:01", quote(40, 42)),
        settled(LISTED, 0),
    ]
    failed = run_beside([champion, challenger], ReplayFeed(events), ReplayClock())
    assert str(failed["challenger"]) == "no space left for order"
    assert champion.state.open_events == {}
