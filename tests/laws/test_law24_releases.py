"""Law 24: around a release nothing of ours is decided or waits, and after it only what has read it counts."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from random import Random

from drybulb.engine.fills import Fills
from drybulb.engine.ports import BeliefMade, Command, LadderQuote, Listing, MarketEvent, Print, Record, Submit
from drybulb.engine.replay import MemoryJournal, ReplayClock, ReplayFeed
from drybulb.engine.session import run
from drybulb.engine.simulated import SimulatedBroker
from drybulb.strategy.execution import Execution
from drybulb.strategy.making import Maker
from drybulb.strategy.own_market import OwnMarket
from drybulb.strategy.policy import Policy
from drybulb.strategy.releases import Release, Releases
from drybulb.strategy.taking import BeliefPolicy
from tests.laws.recorded_hours import drawn_hours
from tests.trading import CHARGES, GATES, rules, state

#: Tapes drawn, and orders each kind of policy must have sent on them, and fills of polls, for the law to say anything.
TAPES, ORDERS, POLLED = 12, 100, 20

HOURLY = Release("metar", is_standard=False, hours=(), minute=53, before=3, after=11)
#: The window in this module's own words: from :50 to before :04, UTC.
OPENS, SHUTS = 50, 4
LATENCY = timedelta(seconds=1)


class Noted(SimulatedBroker):
    """A simulated exchange that keeps what it was sent."""

    def __init__(self, listings: dict[str, Listing], fills: Fills) -> None:
        super().__init__(listings, CHARGES, LATENCY, fills)
        self.sent: list[Submit] = []

    def send(self, command: Command, now: datetime) -> None:
        if isinstance(command, Submit):
            self.sent.append(command)
        super().send(command, now)


def _is_near(at: datetime) -> bool:
    return at.minute >= OPENS or at.minute < SHUTS


def _next_opening(at: datetime) -> datetime:
    hour = at.replace(minute=OPENS, second=0, microsecond=0)
    return hour if at < hour else hour + timedelta(hours=1)


def _last_shut(at: datetime) -> datetime:
    hour = at.replace(minute=SHUTS, second=0, microsecond=0)
    return hour if hour <= at else hour - timedelta(hours=1)


def _policy(execution: Execution) -> Policy:
    # A calendar keeps the days it has laid out: one made before a defect was planted would not have it.
    asked = rules(0.0, gates=replace(GATES, min_minutes_to_close=0, cooldown=0), releases=Releases([HOURLY]))
    return BeliefPolicy("made", asked) if execution is Execution.TAKER else Maker("made", asked)


def _played(
    policy: Policy, events: list[MarketEvent], listings: dict[str, Listing], fills: Fills
) -> tuple[list[Submit], tuple[Record, ...]]:
    exchange, journal = Noted(listings, fills), MemoryJournal()
    run(state(listings.values(), policy), ReplayFeed(events), exchange, ReplayClock(), journal)
    return exchange.sent, journal.records


def _check_decided(sent: Submit, events: list[MarketEvent]) -> None:
    """An order is decided outside every window, on what was believed after the last."""
    placed = sent.order.placed_at
    assert not _is_near(placed), sent
    beliefs = [
        e.known_at for e in events if isinstance(e, BeliefMade) and e.event == sent.event and e.known_at <= placed
    ]
    assert beliefs[-1] >= _last_shut(placed), sent


def _check_fills(records: tuple[Record, ...]) -> int:
    """No fill is in a window, nor of an order decided in one or before the last one. Return their number."""
    decided = {record.fields["order_id"]: record for record in records if record.kind == "order"}
    fills = [record for record in records if record.kind == "fill"]
    for record in fills:
        placed, filled = decided[record.fields["order_id"]].known_at, datetime.fromisoformat(str(record.fields["at"]))
        assert not _is_near(placed), record
        assert not _is_near(filled), record
        assert filled < _next_opening(placed), record
    return len(fills)


def _polled(events: list[MarketEvent], random: Random) -> list[MarketEvent]:
    """The same hours where only polls show the markets: no prints, and a ladder now and then."""
    made: list[MarketEvent] = []
    due: dict[str, datetime] = {}
    for event in events:
        if isinstance(event, LadderQuote):
            if event.at < due.get(event.event, event.at):
                continue
            due[event.event] = event.at + timedelta(minutes=random.choice([4, 12, 25]))
            polls = (replace(quote, source="poll", bid_age=0, ask_age=0) for quote in event.quotes)
            made.append(replace(event, quotes=tuple(polls)))
        elif not isinstance(event, Print):
            made.append(event)
    return made


def test_a_taker_decides_on_what_it_has_read() -> None:
    """Whatever is quoted and believed: nothing is taken in a window, nor on a belief from before its end."""
    random, orders = Random(24), 0  # noqa: S311 - seeded tapes, not secrets
    for _ in range(TAPES):
        events, listings = drawn_hours(random)
        sent, records = _played(_policy(Execution.TAKER), events, listings, Fills.TAKER)
        for one in sent:
            _check_decided(one, events)
            assert one.expires_at < _next_opening(one.order.placed_at), one
        _check_fills(records)
        orders += len(sent)
    assert orders >= ORDERS


def test_a_taker_meets_no_poll_of_after_a_release() -> None:
    """Where only polls show the markets an order waits for the next one, and for none in or beyond a window."""
    random, fills = Random(2453), 0  # noqa: S311 - seeded tapes, not secrets
    for _ in range(3 * TAPES):
        events, listings = drawn_hours(random)
        _, records = _played(_policy(Execution.TAKER), _polled(events, random), listings, Fills.TAKER)
        fills += _check_fills(records)
    assert fills >= POLLED


def test_nothing_of_ours_waits_in_a_window() -> None:
    """Whatever is quoted and believed, what waits is to end before the next window opens, and fills in none."""
    random, orders = Random(24), 0  # noqa: S311 - seeded tapes, not secrets
    for number in range(TAPES):
        events, listings = drawn_hours(random)
        fills = Fills.MAKER_OPTIMISTIC if number % 2 else Fills.MAKER_PESSIMISTIC
        sent, records = _played(_policy(Execution.MAKER), events, listings, fills)
        for one in sent:
            _check_decided(one, events)
            assert one.order.post_only
            assert one.expires_at < _next_opening(one.order.placed_at), one
        _check_fills(records)
        orders += len(sent)
    assert orders >= ORDERS


def test_nor_does_the_markets_own_maker() -> None:
    """Whoever believes the quotes themselves, this instant, stands aside like everybody else."""
    random, orders = Random(42), 0  # noqa: S311 - seeded tapes, not secrets
    for _ in range(TAPES):
        events, listings = drawn_hours(random)
        maker = _policy(Execution.MAKER)
        assert isinstance(maker, Maker)
        sent, records = _played(OwnMarket(maker), events, listings, Fills.MAKER_OPTIMISTIC)
        for one in sent:
            assert not _is_near(one.order.placed_at), one
            assert one.expires_at < _next_opening(one.order.placed_at), one
        _check_fills(records)
        orders += len(sent)
    assert orders >= ORDERS
