"""What every feed, broker, clock and journal must do, asked of each implementation alike.

A new implementation joins by one line in ``FEEDS``, ``BROKERS``, ``CLOCKS`` or ``JOURNALS``:
a name and a way to make one. Nothing here looks inside it.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from drybulb.domain.ledger import OrderStatus
from drybulb.engine.fills import Fills
from drybulb.engine.ports import (
    Broker,
    Cancel,
    Clock,
    Feed,
    FillReport,
    Journal,
    LadderQuote,
    Listing,
    MarketEvent,
    OrderReport,
    Print,
    Record,
    Report,
    Submit,
    Tick,
    order_of,
)
from drybulb.engine.replay import MemoryJournal, ReplayClock, ReplayFeed
from drybulb.engine.simulated import NullBroker, SimulatedBroker
from tests.made_lake import fair_lake, recorded
from tests.trading import CHARGES, at, believed, ladder, listing, order, quote, settled, tape

LISTED = listing()
ENDED = (OrderStatus.CANCELED, OrderStatus.REJECTED)
LATENCY = timedelta(seconds=1)


# ---------------------------------------------------------------------------------------------------------- brokers


def _simulated() -> Broker:
    return SimulatedBroker({LISTED.event.ticker: LISTED}, CHARGES, LATENCY)


def _simulated_making(fills: Fills) -> Callable[[], Broker]:
    return lambda: SimulatedBroker({LISTED.event.ticker: LISTED}, CHARGES, LATENCY, fills)


BROKERS: dict[str, Callable[[], Broker]] = {"simulated": _simulated, "null": NullBroker}
#: Those that take orders that may only make.
MAKERS: dict[str, Callable[[], Broker]] = {
    **{str(fills): _simulated_making(fills) for fills in Fills if fills.is_maker},
    "null": NullBroker,
}

#: Markets that brokers are shown: fast ones, slow ones, ones that stop.
MARKETS: dict[str, list[MarketEvent]] = {
    "prints": [tape(LISTED, f"16:0{n}:30", 38 + n, "yes", contracts=3) for n in range(8)],
    "quotes": [ladder(LISTED, f"16:0{n}", quote(38 + n, 40 + n, sizes=(4, 4))) for n in range(8)],
    "stopped": [
        tape(LISTED, "16:00:30", 40, "yes", contracts=3),
        ladder(LISTED, "16:01", is_trading=False),
        tape(LISTED, "16:01:30", 40, "yes", contracts=3),
    ],
    "silent": [],
}


class Played(NamedTuple):
    """What was sent, and every report with the event before which it came (None at the end)."""

    sent: list[Submit]
    reports: list[tuple[MarketEvent | None, Report]]

    def of(self, order_id: str) -> list[Report]:
        """Reports on one order."""
        return [
            r for _, r in self.reports if (r.fill.order_id if isinstance(r, FillReport) else r.order_id) == order_id
        ]


def _orders() -> Iterator[Submit]:
    """Orders on both sides, cheap and dear, early and late."""
    numbers = itertools.count()
    for minute, cents, side in itertools.product(range(0, 6, 2), (37, 41, 60), ("bid", "ask")):
        yield order(LISTED, f"16:0{minute}", cents, side, contracts=5, name=f"O{next(numbers)}")


def _making(sent: Submit) -> Submit:
    """The same order, which may only make."""
    return replace(sent, order=replace(sent.order, post_only=True))


def _play(broker: Broker, market: Sequence[MarketEvent], *, makes: bool = False) -> Played:
    """Send every order when it was decided, cancel every fifth a minute later, and show the market between."""
    orders = [_making(sent) if makes else sent for sent in _orders()]
    commands: list[tuple[Any, Submit | Cancel]] = [(o.order.placed_at, o) for o in orders]
    commands += [(o.order.placed_at + timedelta(minutes=1), Cancel(o.order.order_id)) for o in orders[::5]]
    commands.sort(key=lambda pair: pair[0])
    found: list[tuple[MarketEvent | None, Report]] = []
    for event in market:
        while commands and commands[0][0] < event.known_at:
            now, command = commands.pop(0)
            tick = Tick(now, 0)
            found += [(tick, report) for report in broker.reports(tick)]
            broker.send(command, now)
        found += [(event, report) for report in broker.reports(event)]
    for now, command in commands:
        found += [(Tick(now, 0), report) for report in broker.reports(Tick(now, 0))]
        broker.send(command, now)
    found += [(None, report) for report in broker.reports(None)]
    return Played(orders, found)


@pytest.fixture(
    params=[
        pytest.param((make, market, makes), id=f"{name}-{market}-{'makes' if makes else 'takes'}")
        for makes, brokers in ((False, BROKERS), (True, MAKERS))
        for name, make in brokers.items()
        for market in MARKETS
    ]
)
def played(request: pytest.FixtureRequest) -> Played:
    """Every broker in every market, with orders that take and, where it knows them, orders that may only make."""
    make, market, makes = request.param
    return _play(make(), MARKETS[market], makes=makes)


def test_every_order_comes_to_one_end(played: Played) -> None:
    """Every order sent is filled whole or reported ended, once, and never both."""
    for sent in played.sent:
        reports = played.of(sent.order.order_id)
        traded = sum(r.fill.count for r in reports if isinstance(r, FillReport))
        ends = [r for r in reports if isinstance(r, OrderReport) and r.status in ENDED]
        assert len(ends) == (0 if traded == sent.order.count else 1)


def test_an_end_says_what_traded(played: Played) -> None:
    """The end of an order counts all its fills, those reported later too, and gives a reason."""
    for sent in played.sent:
        reports = played.of(sent.order.order_id)
        traded = sum(r.fill.count for r in reports if isinstance(r, FillReport))
        for end in (r for r in reports if isinstance(r, OrderReport) and r.status in ENDED):
            assert end.filled == traded
            assert end.reason


def test_fills_keep_to_the_order(played: Played) -> None:
    """A fill is of its order's market and side, inside its limit, and never of more than was ordered."""
    for sent in played.sent:
        left = sent.order
        for report in played.of(left.order_id):
            if isinstance(report, FillReport):
                left = left.after(report.fill)


def test_nothing_trades_before_it_was_decided(played: Played) -> None:
    """A fill trades after its order was decided, and is known after it traded."""
    placed = {sent.order.order_id: sent.order.placed_at for sent in played.sent}
    for _, report in played.reports:
        if isinstance(report, FillReport):
            assert placed[report.fill.order_id] < report.fill.at < report.known_at == report.fill.known_at


def test_reports_come_in_their_place(played: Played) -> None:
    """Reports come in the total order, each before the event it was asked for, no two in one place."""
    places = [order_of(report) for _, report in played.reports]
    assert places == sorted(set(places))
    assert all(order_of(report) < order_of(upto) for upto, report in played.reports if upto is not None)


def test_no_trade_is_told_twice(played: Played) -> None:
    """No order is told of one trade twice."""
    told = Counter((r.fill.order_id, r.fill.trade_id) for _, r in played.reports if isinstance(r, FillReport))
    assert not told or max(told.values()) == 1


@pytest.mark.parametrize("market", ["prints", "quotes"])
def test_these_markets_do_fill(market: str) -> None:
    """The markets above fill some orders and not others, or they would show nothing."""
    played = _play(_simulated(), MARKETS[market])
    traded = {
        s.order.order_id: [r for r in played.of(s.order.order_id) if isinstance(r, FillReport)] for s in played.sent
    }
    shares = {sum(r.fill.count for r in fills) for fills in traded.values()}
    assert 0 in shares
    assert len(shares) > 1


@pytest.mark.parametrize("fills", [fills for fills in Fills if fills.is_maker])
def test_makers_are_filled_at_their_limit_as_makers(fills: Fills) -> None:
    """In a market that moves through them orders that may only make trade at their own price, and as makers."""
    for market in ("prints", "quotes"):
        played = _play(_simulated_making(fills)(), MARKETS[market], makes=True)
        traded = [r.fill for _, r in played.reports if isinstance(r, FillReport)]
        limits = {sent.order.order_id: sent.order.price for sent in played.sent}
        assert traded
        assert all(fill.price == limits[fill.order_id] and not fill.is_taker for fill in traded)


@pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)
def test_an_order_that_only_makes_rests_until_it_is_asked_back(make: Callable[[], Broker]) -> None:
    """Far from the market it is not ended while it rests, unless rejected; asked back, it ends unfilled, once."""
    broker = make()
    broker.send(_making(order(LISTED, "16:00", 5)), at("16:00"))
    before = [report for event in MARKETS["quotes"][:3] for report in broker.reports(event)]
    broker.send(Cancel("O1"), at("16:02:30"))
    after = list(broker.reports(None))
    ends = [report for report in (*before, *after) if isinstance(report, OrderReport) and report.status in ENDED]
    assert [(end.order_id, end.filled) for end in ends] == [("O1", 0)]
    assert ends[0].reason
    if ends[0].status is OrderStatus.CANCELED:
        assert ends[0].known_at > at("16:02:30")
    else:
        assert ends == before


@pytest.mark.parametrize("make", BROKERS.values(), ids=BROKERS)
def test_an_idle_broker_is_silent(make: Callable[[], Broker]) -> None:
    """A broker that was sent nothing has nothing to say, and once all is told there is nothing left."""
    broker = make()
    assert [report for event in MARKETS["quotes"] for report in broker.reports(event)] == []
    broker.send(order(LISTED, "16:07", 1), at("16:07"))
    assert list(broker.reports(None))
    assert list(broker.reports(None)) == []


@pytest.mark.parametrize("make", BROKERS.values(), ids=BROKERS)
def test_a_cancel_too_late_says_nothing_new(make: Callable[[], Broker]) -> None:
    """Withdrawing an order that has ended changes nothing and is no error."""
    broker = make()
    broker.send(order(LISTED, "16:00", 41), at("16:00"))
    list(broker.reports(None))
    broker.send(Cancel("O1"), at("16:30"))
    assert list(broker.reports(None)) == []


# ------------------------------------------------------------------------------------------------------------ feeds


def _one_stream(_: Path) -> tuple[Feed, dict[str, Listing]]:
    return ReplayFeed([believed(LISTED, "16:00"), ladder(LISTED, "16:00"), settled(LISTED, 0)]), {
        LISTED.event.ticker: LISTED
    }


def _many_streams(_: Path) -> tuple[Feed, dict[str, Listing]]:
    other = listing("austin")
    streams = ([ladder(of, f"16:{m:02}") for m in range(30)] + [settled(of, 0)] for of in (LISTED, other))
    prints = [tape(LISTED, f"16:{m:02}:59", 40, "yes") for m in range(30)]
    return ReplayFeed(*streams, prints), {of.event.ticker: of for of in (LISTED, other)}


def _lake(folder: Path) -> tuple[Feed, dict[str, Listing]]:
    fair_lake(folder, seed=5, days=3)
    events, listings = recorded(folder)
    return ReplayFeed(events), listings


FEEDS: dict[str, Callable[[Path], tuple[Feed, dict[str, Listing]]]] = {
    "one stream": _one_stream,
    "many streams": _many_streams,
    "the lake": _lake,
}


@pytest.fixture(params=list(FEEDS.values()), ids=list(FEEDS))
def fed(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[list[MarketEvent], dict[str, Listing]]:
    """All events of every feed, with the events it may speak of."""
    feed, listings = request.param(tmp_path)
    return list(feed.events()), listings


def test_a_feed_is_in_the_total_order(fed: tuple[list[MarketEvent], dict[str, Listing]]) -> None:
    """Events come by time, rank and number, each place taken once, every time in UTC."""
    places = [order_of(event) for event in fed[0]]
    assert len(places) > 2
    assert places == sorted(set(places))
    assert all(event.known_at.utcoffset() == timedelta(0) for event in fed[0])


def test_a_feed_speaks_of_listed_events(fed: tuple[list[MarketEvent], dict[str, Listing]]) -> None:
    """Every event is about a listed one, a print about one of its markets."""
    events, listings = fed
    for event in events:
        if not isinstance(event, Tick):
            assert event.event in listings
        if isinstance(event, Print):
            assert event.ticker in {market.ticker for market in listings[event.event].event.markets}
            assert event.at <= event.known_at


def test_a_ladder_is_whole(fed: tuple[list[MarketEvent], dict[str, Listing]]) -> None:
    """A ladder has a quote for every market of its event, and is not known before it was."""
    events, listings = fed
    for event in events:
        if isinstance(event, LadderQuote):
            assert len(event.quotes) == len(listings[event.event].event.markets)
            assert event.at <= event.known_at


def test_an_event_is_paid_once_and_last(fed: tuple[list[MarketEvent], dict[str, Listing]]) -> None:
    """Every event is settled once, and nothing is heard of it afterwards."""
    paid: set[str] = set()
    for event in fed[0]:
        if isinstance(event, Tick):
            continue
        assert event.event not in paid
        if event.rank == 0:
            paid.add(event.event)
    assert paid == set(fed[1])


# ----------------------------------------------------------------------------------------------- clocks and journals

CLOCKS: dict[str, Callable[[], Clock]] = {"replay": ReplayClock}


@pytest.mark.parametrize("make", CLOCKS.values(), ids=CLOCKS)
def test_a_clock_reaches_what_it_is_asked(make: Callable[[], Clock]) -> None:
    """After reaching an instant it is that instant or later, in UTC, and never earlier than before."""
    clock = make()
    before = at("16:00")
    for minute in range(5):
        clock.reach(at(f"16:0{minute}"))
        now = clock.now()
        assert now >= at(f"16:0{minute}")
        assert now >= before
        assert now.tzinfo is UTC
        before = now


def _memory() -> tuple[Journal, Callable[[], Sequence[Record]]]:
    journal = MemoryJournal()
    return journal, lambda: journal.records


JOURNALS: dict[str, Callable[[], tuple[Journal, Callable[[], Sequence[Record]]]]] = {"memory": _memory}


@pytest.mark.parametrize("make", JOURNALS.values(), ids=JOURNALS)
def test_a_journal_keeps_what_was_written(make: Callable[[], tuple[Journal, Callable[[], Sequence[Record]]]]) -> None:
    """Records are read back as they were written, in order, those written before unchanged by those after."""
    journal, read = make()
    records = [Record(at(f"16:0{n}"), "order", {"n": n, "legs": {"a": [n, None]}}) for n in range(4)]
    for number, record in enumerate(records):
        journal.write(record)
        assert list(read()) == records[: number + 1]
