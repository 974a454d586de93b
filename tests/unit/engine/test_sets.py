"""Riskless sets through the loop: bought whole where every price stands, paid whoever wins, refused everywhere else."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from drybulb.domain.market import Quote
from drybulb.engine.ports import MarketEvent
from drybulb.engine.replay import MemoryJournal, ReplayClock, ReplayFeed
from drybulb.engine.session import run
from drybulb.engine.simulated import SimulatedBroker
from drybulb.strategy.decision import Reason
from drybulb.strategy.limits import Limits
from drybulb.strategy.taking import BeliefPolicy
from tests.trading import CHARGES, NO_LIMITS, believed, ladder, listing, quote, rules, settled, state, usd

LISTED = listing()
SIZES = (7, 7)
CHEAP = (quote(48, 50, sizes=SIZES), quote(24, 26, sizes=SIZES), quote(15, 17, sizes=SIZES))
DEAR = (quote(52, 54, sizes=SIZES), quote(33, 35, sizes=SIZES), quote(22, 24, sizes=SIZES))


def played(quotes: tuple[Quote, ...], winner: int = 0, limits: Limits = NO_LIMITS) -> MemoryJournal:
    """The journal of quotes that stand for an hour, two believed as likely as not, and of what was paid."""
    policy = BeliefPolicy("made", replace(rules(), max_trade=limits.max_trade, max_event=limits.max_event))
    events: list[MarketEvent] = [believed(LISTED, "15:59", 0.5, 0.3, 0.2)]
    events += [ladder(LISTED, clock, *quotes) for clock in ("16:00", "16:01")]
    journal = MemoryJournal()
    broker = SimulatedBroker({LISTED.event.ticker: LISTED}, CHARGES, timedelta(seconds=1))
    made = state([LISTED], policy, limits)
    run(made, ReplayFeed([*events, settled(LISTED, winner)]), broker, ReplayClock(), journal)
    return journal


def gains(journal: MemoryJournal) -> list[object]:
    """What the event gained, as its settlement says."""
    return [record.fields["gain"] for record in journal.records if record.kind == "settlement"]


def counts(journal: MemoryJournal) -> list[object]:
    """How much was ordered of each leg."""
    return [record.fields["count"] for record in journal.records if record.kind == "order"]


@pytest.mark.parametrize("winner", [0, 1, 2])
def test_a_set_earns_the_same_whoever_wins(winner: int) -> None:
    """Seven of every YES at 93 c and $0.30 of fees earn $0.19; of every NO at $1.93 for $2 and $0.32, $0.17."""
    cheap, dear = played(CHEAP, winner), played(DEAR, winner)
    assert (counts(cheap), counts(dear)) == ([700, 700, 700], [700, 700, 700])
    # NO at 48, 67 and 78 c: 7 * 0.07 * p * (1 - p) is 12.2304, 10.8339 and 8.4084 c, each rounded up.
    assert (gains(cheap), gains(dear)) == ([usd(0.19)], [usd(0.49 - 0.13 - 0.11 - 0.09)])


@pytest.mark.parametrize(
    ("limits", "sets"),
    [(replace(NO_LIMITS, max_trade=usd(3.10)), 3), (replace(NO_LIMITS, max_event=usd(8.20)), 4)],
)
def test_a_set_is_sized_within_the_limits(limits: Limits, sets: int) -> None:
    """NO at 78 c with up to 2 c of fee is 80 c: three for $3.10; a set is $1.93 and 6 c: four for $8.20."""
    journal = played(DEAR, limits=limits)
    assert counts(journal) == [100 * sets] * 3


@pytest.mark.parametrize("leg", [0, 1, 2])
def test_a_leg_that_is_carried_refuses_the_set(leg: int) -> None:
    """With one leg a minute old nothing is ordered, and the refusal says what the set would cost."""
    carried = tuple(replace(one, ask_age=1) if number == leg else one for number, one in enumerate(CHEAP))
    journal = played(carried)
    assert counts(journal) == []
    (refused,) = _refusals(journal, Reason.RISKLESS)
    assert refused == pytest.approx((9708.45, 10_000))


def test_a_set_of_more_legs_than_an_event_may_hold() -> None:
    """Three legs where an event may hold two: not one is ordered, and the refusal says three and two."""
    journal = played(CHEAP, limits=replace(NO_LIMITS, max_positions_per_event=2))
    assert counts(journal) == []
    assert _refusals(journal, Reason.MAX_POSITIONS_PER_EVENT) == [(3, 2)]


def _refusals(journal: MemoryJournal, reason: Reason) -> list[tuple[object, object]]:
    """What was seen and what it had to keep to, first of its reason."""
    (last,) = (record.fields["refusals"] for record in journal.records if record.kind == "settlement")
    assert isinstance(last, dict)
    return [(one["seen"], one["bound"]) for why, one in last.items() if why is reason]
