"""Deciding at set clocks: how they are written, when they come, and that each is used once."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time
from typing import Any

import pytest

from drybulb.domain.climateday import ClimateDay
from drybulb.errors import DomainError
from drybulb.strategy.charges import Charges
from drybulb.strategy.decision import Decision, Reason
from drybulb.strategy.decision_clock import AtClocks, DecisionClock
from drybulb.strategy.policy import View
from drybulb.strategy.releases import Release, Releases
from drybulb.strategy.stake import EventBook
from drybulb.strategy.taking import BeliefPolicy
from tests.trading import CHARGES, DAY, at, belief_policy, listing, quote, rules, usd

LISTED = listing()
CHEAP = (quote(48, 50), quote(29, 31), quote(9, 11))
EVE = DecisionClock(1, time(10))
NOON = DecisionClock(0, time(12))


def view(clock: str, day: date = DAY, charges: Charges = CHARGES) -> View:
    """A ladder in which the first bracket is cheap, at a clock of ``day`` [UTC]; Chicago is six hours behind."""
    made: dict[str, Any] = {"event": LISTED.event, "series": LISTED.series, "now": at(clock, day), "lead": 0}
    return View(
        **made,
        minutes_to_close=360.0,
        quotes=CHEAP,
        probabilities=(0.6, 0.3, 0.1),
        belief_age=0.0,
        book=EventBook("chicago", DAY, [0, 0, 0]),
        bankroll=usd(10_000),
        charges=charges,
    )


def policy(*clocks: DecisionClock) -> AtClocks:
    """A policy that buys what is cheap, asked at ``clocks``."""
    return AtClocks(belief_policy(), clocks, {"chicago": -6})


def refused(decision: Decision) -> list[Reason]:
    """Why nothing is proposed."""
    assert not decision.proposals
    return [refusal.reason for refusal in decision.refusals]


def test_a_clock_is_read_as_it_is_written() -> None:
    """D-1T10:00 is 10:00 on the day before, DT00:05 five past midnight on the event day; both are written so again."""
    assert DecisionClock.parse("D-1T10:00") == DecisionClock(1, time(10))
    assert DecisionClock.parse(" DT00:05 ") == DecisionClock(0, time(0, 5))
    assert [str(clock) for clock in (EVE, NOON)] == ["D-1T10:00", "DT12:00"]


@pytest.mark.parametrize("text", ["10:00", "D-2T10:00", "D+1T10:00", "DT24:00", "DT10:60", "DT9:00", "D-1 10:00", ""])
def test_anything_else_is_refused_with_the_way_to_write_it(text: str) -> None:
    """The message names the value and both forms."""
    with pytest.raises(DomainError, match="is no decision time; write D-1T10:00"):
        DecisionClock.parse(text)


def test_clocks_are_local_standard_time_all_year() -> None:
    """10:00 in Chicago is 16:00Z, in July too; the day before is a day earlier."""
    for day in (date(2024, 11, 20), date(2025, 7, 20)):
        assert DecisionClock(0, time(10)).at(ClimateDay(day, -6)) == at("16:00", day)
    assert EVE.at(ClimateDay(DAY, -6)) == at("16:00", date(2024, 11, 19))


def test_a_policy_is_asked_at_the_first_ladder_from_a_clock_on() -> None:
    """Not at 11:59 local, but at 12:03, and at no later ladder."""
    asked = policy(NOON)
    assert refused(asked.decide(view("17:59"))) == [Reason.NOT_ASKED]
    assert asked.decide(view("18:03")).proposals
    assert refused(asked.decide(view("18:04"))) == [Reason.NOT_ASKED]


def test_each_clock_is_used_once() -> None:
    """Two clocks, two decisions; a clock without a ladder before the next is used up by it."""
    asked = policy(DecisionClock(0, time(10)), NOON)
    assert asked.decide(view("16:00")).proposals
    assert asked.decide(view("18:00")).proposals
    late = policy(DecisionClock(0, time(10)), NOON)
    assert late.decide(view("18:00")).proposals
    assert refused(late.decide(view("18:01"))) == [Reason.NOT_ASKED]


def test_events_are_asked_about_apart() -> None:
    """The decision about one event leaves another's to come."""
    asked, other = policy(NOON), listing(day=date(2024, 11, 21))
    assert asked.decide(view("18:00")).proposals
    tomorrow = replace(view("18:00", date(2024, 11, 21)), event=other.event)
    assert asked.decide(tomorrow).proposals


def test_a_stale_belief_is_the_asked_policys_business() -> None:
    """A ladder that comes long after its clock is refused for its belief, and the clock is used."""
    asked = policy(NOON)
    assert refused(asked.decide(replace(view("20:00"), belief_age=120.0))) == [Reason.STALE_BELIEF]
    assert refused(asked.decide(view("20:01"))) == [Reason.NOT_ASKED]


def test_near_a_release_a_clock_waits() -> None:
    """At noon a report is out and not read; the clock is used at 12:04, when the belief is of after it."""
    calendar = Releases([Release("metar", False, (), 53, 3, 11)])
    asked = AtClocks(BeliefPolicy("made", rules(releases=calendar)), [NOON], {"chicago": -6})
    assert refused(asked.decide(view("18:00"))) == [Reason.RELEASE]
    assert refused(asked.decide(replace(view("18:04"), belief_age=4.0))) == [Reason.BEFORE_RELEASE]
    assert asked.decide(replace(view("18:05"), belief_age=1.0)).proposals
    assert refused(asked.decide(view("18:06"))) == [Reason.NOT_ASKED]
