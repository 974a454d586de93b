"""When a forecaster is asked: at every cadence and release end while a market is open, or at set clocks."""

from __future__ import annotations

from datetime import datetime, time, timedelta

import polars as pl

from drybulb.app.asking import Asking
from drybulb.domain.distribution import Belief
from drybulb.strategy.decision_clock import DecisionClock
from drybulb.strategy.releases import Release, Releases
from tests.trading import at, listing

HOURLY = Releases([Release("metar", is_standard=False, hours=(), minute=53, before=3, after=11)])
#: Open from 15:30 to 17:00 UTC, which is 9:30 to 11:00 in Chicago.
LISTED = listing(opens="15:30", closes="17:00")


def asked(*clocks: DecisionClock, releases: Releases = HOURLY) -> list[datetime]:
    """The instants of the requests, as they are made."""
    found: list[datetime] = []

    def believe(requests: pl.DataFrame) -> list[Belief]:
        found.extend(requests["at"].to_list())
        return []

    Asking("made", believe, timedelta(minutes=20), clocks, releases).beliefs({LISTED.event.ticker: LISTED})
    return found


def test_at_every_cadence_and_at_the_end_of_every_release() -> None:
    """Every twenty minutes, and at 16:04, when the report of 15:53 has been read."""
    cadence = [at(clock) for clock in ("15:40", "16:00", "16:20", "16:40")]
    assert asked(releases=Releases()) == cadence
    assert asked() == sorted([*cadence, at("16:04")])


def test_a_clock_near_a_release_is_asked_again_when_that_is_over() -> None:
    """At 10:00 local, and at 10:04; at 10:30 once; at 10:55 not again, for by 11:04 the market is closed."""
    assert asked(DecisionClock(0, time(10))) == [at("16:00"), at("16:04")]
    assert asked(DecisionClock(0, time(10, 30))) == [at("16:30")]
    assert asked(DecisionClock(0, time(10, 55))) == [at("16:55")]
