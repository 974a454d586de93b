"""The loop: from a belief and a quote to an order, a fill and a payout, and what it refuses to believe."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from drybulb.domain.ledger import Fill, OrderStatus, Side
from drybulb.engine import session
from drybulb.engine.admission import order_id_of
from drybulb.engine.fills import Fills
from drybulb.engine.ports import (
    Cancel,
    Command,
    Event,
    FillReport,
    LadderQuote,
    MarketEvent,
    OrderReport,
    Record,
    Report,
    Submit,
    Tick,
)
from drybulb.engine.replay import MemoryJournal, ReplayClock, ReplayFeed
from drybulb.engine.session import run, step
from drybulb.engine.simulated import SimulatedBroker
from drybulb.engine.state import State
from drybulb.errors import EngineError, LedgerError
from drybulb.strategy.decision import Reason
from drybulb.strategy.flat import Flat
from drybulb.strategy.making import Maker
from drybulb.strategy.policy import View
from drybulb.strategy.taking import BeliefPolicy
from tests.trading import (
    CHARGES,
    NO_LIMITS,
    at,
    belief_policy,
    believed,
    ladder,
    listing,
    quote,
    rules,
    settled,
    state,
    tape,
    usd,
)

LISTED = listing()
SECOND = timedelta(seconds=1)
TICKER = LISTED.event.markets[0].ticker
#: Fifty dollars a trade: 96 contracts at 50 c with at most 2 c of fee each.
CAREFUL = replace(NO_LIMITS, max_trade=usd(50), max_daily_loss=usd(500), max_open_exposure=usd(1000))


def played(events: Sequence[MarketEvent], at_first: State | None = None) -> tuple[State, tuple[Record, ...]]:
    """Run events through a simulated exchange and return the state and the journal."""
    made = at_first or state([LISTED], limits=CAREFUL)
    journal = MemoryJournal()
    exchange = SimulatedBroker(made.listings, CHARGES, timedelta(seconds=1))
    run(made, ReplayFeed(events), exchange, ReplayClock(), journal)
    return made, journal.records


def sent(made: State, *events: Event) -> list[Submit]:
    """Orders sent by events, one after the other."""
    return [command for event in events for command in step(made, event) if isinstance(command, Submit)]


def filled(order: Submit, contracts: int, price: int = 5000, name: str = "T1") -> FillReport:
    """A fill of an order, a second after it was decided."""
    made, when = order.order, order.order.placed_at + timedelta(seconds=1)
    return FillReport(
        when,
        1,
        Fill(made.order_id, name, made.ticker, made.side, price, 100 * contracts, 0, True, when, when),
    )


def ended(order: Submit, contracts: int, status: OrderStatus = OrderStatus.CANCELED) -> OrderReport:
    """The end of an order of which so many contracts traded."""
    when = order.order.placed_at + timedelta(seconds=1)
    return OrderReport(when, 1, order.order.order_id, status, 100 * contracts, "asked to")


def test_one_trade_from_belief_to_payout() -> None:
    """96 contracts are bought at 50 c for $48 and $1.68, the bracket wins: $46.32 are gained."""
    made, records = played(
        [
            believed(LISTED, "16:00", 0.6, 0.3, 0.1),
            ladder(LISTED, "16:01", quote(48, 50)),
            ladder(LISTED, "16:02", quote(48, 50)),
            settled(LISTED, winner=0),
        ]
    )
    assert [record.kind for record in records] == ["order", "fill", "settlement"]
    order, fill, paid = (record.fields for record in records)
    assert (order["count"], order["price"], order["cut_by"]) == (9600, 5000, Reason.MAX_TRADE)
    assert order["lead"] == 0
    assert (fill["count"], fill["price"], fill["fee"]) == (9600, 5000, usd(1.68))
    assert paid["gain"] == usd(96 - 48 - 1.68)
    assert paid["cash"] == made.account.cash == usd(10_000 + 46.32)
    assert paid["beliefs"] == {"made": 1}
    assert made.open_events == {}


def test_the_same_trade_lost() -> None:
    """Had another bracket won, $49.68 were lost."""
    made, _ = played(
        [
            believed(LISTED, "16:00", 0.6, 0.3, 0.1),
            ladder(LISTED, "16:01", quote(48, 50)),
            ladder(LISTED, "16:02", quote(48, 50)),
            settled(LISTED, winner=1),
        ]
    )
    assert made.account.cash == usd(10_000 - 49.68)


def test_prints_fill_what_was_decided_before_them() -> None:
    """A quote made of prints is traded when a taker follows, and for no more than that taker took."""
    made, records = played(
        [
            believed(LISTED, "16:00", 0.6, 0.3, 0.1),
            ladder(LISTED, "16:01", quote(48, 50, source="prints")),
            tape(LISTED, "16:02", 49, "yes", contracts=3),
            ladder(LISTED, "16:03", quote(48, 50, source="prints")),
            settled(LISTED, winner=0),
        ]
    )
    assert [record.kind for record in records] == ["order", "fill", "report", "settlement"]
    assert (records[2].fields["reason"], records[2].fields["filled"]) == ("expired", 300)
    # 0.07 * 3 * 0.50 * 0.50 = 0.0525, rounded up to 6 c; three contracts at the limit of 50 c pay $3.
    assert made.account.cash == usd(10_000 + 3 - 1.50 - 0.06)


def test_a_belief_of_none_stops_trading() -> None:
    """When nobody can speak any more, the belief before does not live on."""
    made = state([LISTED])
    events: list[Event] = [
        believed(LISTED, "16:00", 0.6, 0.3, 0.1),
        believed(LISTED, "16:10"),
        ladder(LISTED, "16:11", quote(48, 50)),
    ]
    assert sent(made, *events) == []
    opened = made.open_events[LISTED.event.ticker]
    assert opened.beliefs == {"made": 1, "none:no readings": 1}
    assert set(opened.refusals) == {Reason.NO_BELIEF}


def test_closed_markets_are_not_shown_to_the_policy() -> None:
    """Before the open, from the close on and while trading stands still nothing is decided, and it is counted."""
    made = state([LISTED])
    belief = believed(LISTED, "14:30", 0.6, 0.3, 0.1)
    events = [
        ladder(LISTED, "14:59", quote(48, 50)),
        ladder(LISTED, "15:00", quote(48, 50), is_trading=False),
        ladder(LISTED, "22:00", quote(48, 50)),
    ]
    assert sent(made, belief, *events) == []
    assert made.open_events[LISTED.event.ticker].refusals[Reason.CLOSED].times == 3


def test_an_event_is_traded_on_its_day_and_the_day_before() -> None:
    """In Chicago the event day is 06Z to 06Z: 05:59Z is lead 1, 06:00Z lead 0, two days before neither."""
    opened = state([LISTED]).event(LISTED.event.ticker)
    assert opened.lead(at("05:59")) == 1
    assert opened.lead(at("06:00")) == 0
    assert opened.lead(at("05:59") - timedelta(days=1)) is None
    assert opened.lead(at("06:00") + timedelta(days=1)) is None


def test_orders_have_their_own_ids() -> None:
    """An id is the same for the same seed, market, time and number, and different for any other."""
    base = order_id_of(1, TICKER, at("16:00"), 0)
    assert base == order_id_of(1, TICKER, at("16:00"), 0)
    others = {
        order_id_of(2, TICKER, at("16:00"), 0),
        order_id_of(1, "X", at("16:00"), 0),
        order_id_of(1, TICKER, at("16:01"), 0),
        order_id_of(1, TICKER, at("16:00"), 1),
    }
    assert len(others | {base}) == 5


def test_an_order_waits_as_long_as_its_market_is_seen() -> None:
    """Where the market is seen every minute an order lives five minutes; where it is polled, to the next poll."""
    belief = believed(LISTED, "16:00", 0.6, 0.3, 0.1)
    (minute,) = sent(state([LISTED]), belief, ladder(LISTED, "16:01", quote(48, 50)))
    assert minute.expires_at == at("16:06")
    (poll,) = sent(state([LISTED]), belief, ladder(LISTED, "16:01", quote(48, 50, source="poll")))
    assert poll.expires_at == at("19:01")
    (last,) = sent(state([LISTED]), believed(LISTED, "21:25", 0.6, 0.3, 0.1), ladder(LISTED, "21:29", quote(48, 50)))
    assert last.expires_at == at("21:34")


def test_fills_after_the_end_still_count() -> None:
    """An order canceled with ten traded and none reported yet keeps ten at risk until their fill comes."""
    made = state([LISTED], limits=CAREFUL)
    (order,) = sent(made, believed(LISTED, "16:00", 0.6, 0.3, 0.1), ladder(LISTED, "16:01", quote(48, 50)))
    book = made.open_events[LISTED.event.ticker].book
    step(made, ended(order, 10))
    assert book.worst_loss() == usd(10 * 0.52)
    step(made, filled(order, 10))
    assert (book.counts, book.stakes) == ([1000, 0, 0], {})
    assert book.worst_loss() == usd(5)


def test_a_fill_nobody_expects_is_an_error() -> None:
    """A fill beyond what the end of an order said, of an unknown order, or told twice is refused."""
    made = state([LISTED], limits=CAREFUL)
    (order,) = sent(made, believed(LISTED, "16:00", 0.6, 0.3, 0.1), ladder(LISTED, "16:01", quote(48, 50)))
    step(made, filled(order, 10))
    with pytest.raises(LedgerError, match="booked already"):
        step(made, filled(order, 10))
    step(made, ended(order, 10))
    with pytest.raises(EngineError, match="which had ended"):
        step(made, filled(order, 10, name="T2"))
    stranger = replace(order, order=replace(order.order, order_id="O9"))
    with pytest.raises(EngineError, match="is not of an open event"):
        step(made, filled(stranger, 10))


def test_less_filled_than_before_is_an_error() -> None:
    """An end that says less traded than was booked is refused."""
    made = state([LISTED], limits=CAREFUL)
    (order,) = sent(made, believed(LISTED, "16:00", 0.6, 0.3, 0.1), ladder(LISTED, "16:01", quote(48, 50)))
    step(made, filled(order, 10))
    with pytest.raises(EngineError, match="reported 900 filled after 1000"):
        step(made, ended(order, 9))


def test_a_rejected_order_frees_its_risk() -> None:
    """A rejected order is at risk no longer, and its market cools down all the same."""
    made = state([LISTED], limits=CAREFUL)
    (order,) = sent(made, believed(LISTED, "16:00", 0.6, 0.3, 0.1), ladder(LISTED, "16:01", quote(48, 50)))
    step(made, ended(order, 0, OrderStatus.REJECTED))
    opened = made.open_events[LISTED.event.ticker]
    assert opened.book.worst_loss() == 0
    assert opened.orders[order.order.order_id].status is OrderStatus.REJECTED
    assert sent(made, ladder(LISTED, "16:02", quote(48, 50))) == []


def test_a_cut_order_must_still_be_worth_it() -> None:
    """Cut from 826 contracts to one, rounding leaves 8 c of 8.25 c: where 8.1 c are asked nothing is sent."""
    tight = replace(NO_LIMITS, max_trade=usd(0.53))
    made = state([LISTED], belief_policy(min_edge=810.0), tight)
    assert sent(made, believed(LISTED, "16:00", 0.6, 0.3, 0.1), ladder(LISTED, "16:01", quote(48, 50))) == []
    found = made.open_events[LISTED.event.ticker].refusals[Reason.NO_EDGE].first
    assert found.seen == pytest.approx(800.0)
    assert found.bound == 810.0


def test_a_lost_day_withdraws_what_is_working() -> None:
    """When an event's loss reaches the limit of the day, the orders of the others are canceled."""
    other = listing("austin")
    limits = replace(NO_LIMITS, max_trade=usd(50), max_daily_loss=usd(50))
    made = state([LISTED, other], limits=limits)
    (order,) = sent(made, believed(LISTED, "16:00", 0.9, 0.05, 0.05), ladder(LISTED, "16:01", quote(48, 50)))
    step(made, filled(order, order.order.count // 100))
    made.portfolio.limits = replace(limits, max_daily_loss=usd(200))
    (working,) = sent(made, believed(other, "16:00", 0.9, 0.05, 0.05), ladder(other, "16:02", quote(48, 50)))
    made.portfolio.limits = replace(limits, max_daily_loss=usd(48))
    assert step(made, settled(LISTED, winner=1)) == [Cancel(working.order.order_id)]


def test_nothing_settles_with_orders_working() -> None:
    """A settlement while an order works is an error: something was missed."""
    made = state([LISTED])
    sent(made, believed(LISTED, "16:00", 0.6, 0.3, 0.1), ladder(LISTED, "16:01", quote(48, 50)))
    with pytest.raises(EngineError, match="settles with orders working"):
        step(made, settled(LISTED, winner=0))


def test_only_listed_events_and_only_until_they_are_paid() -> None:
    """An event that is not listed, or one that has been paid, is an error of the feed."""
    made = state([LISTED])
    with pytest.raises(EngineError, match="is not listed"):
        step(made, ladder(listing("austin"), "16:00"))
    step(made, settled(LISTED, winner=0))
    with pytest.raises(EngineError, match="has been paid"):
        step(made, ladder(LISTED, "16:00"))


def test_the_feed_must_be_in_order() -> None:
    """An event before the last one, or in its place, stops the run."""
    early, late = Tick(at("16:00"), 1), Tick(at("16:01"), 0)
    with pytest.raises(EngineError, match="does not come after"):
        played([late, early])
    with pytest.raises(EngineError, match="does not come after"):
        played([early, early])


def test_refusals_are_counted_with_the_first_of_their_kind() -> None:
    """The journal says how often each reason held and what it first saw."""
    stale = quote(48, 50, age=7)
    _, records = played(
        [
            believed(LISTED, "16:00", 0.6, 0.3, 0.1),
            ladder(LISTED, "16:01", stale),
            ladder(LISTED, "16:02", stale),
            settled(LISTED, winner=0),
        ]
    )
    refused = records[0].fields["refusals"]
    assert refused == {
        Reason.STALE_QUOTE: {
            "times": 2,
            "first_at": "2024-11-20T16:01:00+00:00",
            "ticker": TICKER,
            "seen": 7,
            "bound": 5,
        }
    }


def test_both_sides_are_traded() -> None:
    """A bid far above the belief is sold, which buys NO."""
    made = state([LISTED], limits=CAREFUL)
    (order,) = sent(made, believed(LISTED, "16:00", 0.6, 0.3, 0.1), ladder(LISTED, "16:01", quote(), quote(45, 47)))
    assert (order.order.side, order.order.price) == (Side.ASK, 4500)
    # NO at 55 c and at most 2 c of fee: $50 are 87 contracts.
    assert order.order.count == 8700


def _sealed(kind: type[Any]) -> type[Any]:
    """The same kind of value, which nobody can change once it is made."""

    class Sealed(kind):  # type: ignore[misc]
        def __init__(self, *values: object, **named: object) -> None:
            super().__init__(*values, **named)
            object.__setattr__(self, "is_made", True)

        def __setattr__(self, name: str, value: object) -> None:
            if hasattr(self, "is_made"):
                raise AssertionError(f"{name} of a {kind.__name__} is set to {value}")
            object.__setattr__(self, name, value)

    return Sealed


@pytest.mark.parametrize("policy", [BeliefPolicy, Maker, Flat])
def test_nobody_changes_what_is_shown(policy: type[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """Ladders and views are not frozen, for speed; sealed ones come through a run with the same journal."""
    shown = (quote(46, 50), quote(29, 31), quote(9, 25)), (quote(43, 45), quote(30, 31), quote(9, 12))
    journals, sealed = [], _sealed(LadderQuote)
    for kind in (LadderQuote, sealed):
        made, journal = state([LISTED], policy("made", rules())), MemoryJournal()
        ladders = [
            kind(when, number, LISTED.event.ticker, when, True, shown[number // 3])
            for number, when in enumerate(at(f"16:0{number}") for number in range(6))
        ]
        events = [believed(LISTED, "15:59", 0.6, 0.3, 0.1), *ladders, settled(LISTED, 0)]
        fills = Fills.MAKER_PESSIMISTIC if policy is Maker else Fills.TAKER
        run(made, ReplayFeed(events), SimulatedBroker(made.listings, CHARGES, SECOND, fills), ReplayClock(), journal)
        journals.append(journal.digest())
        assert {"order", "fill"} <= {record.kind for record in journal.records}
        monkeypatch.setattr(session, "View", _sealed(View))
    assert journals[0] == journals[1]


class Unwritable:
    """A journal whose disk is full."""

    def write(self, record: Record) -> None:
        """Fail."""
        raise OSError(f"no space left for {record.kind}")


class Outbox:
    """A broker that keeps what it is sent."""

    def __init__(self) -> None:
        self.sent: list[Command] = []

    def send(self, command: Command, now: datetime) -> None:
        """Keep it."""
        assert now == at("16:00")
        self.sent.append(command)

    def reports(self, upto: MarketEvent | None) -> Sequence[Report]:
        """Say nothing."""
        assert upto is not None
        return ()


def test_nothing_is_sent_that_is_not_written_down() -> None:
    """An order whose record cannot be written is not sent: after a restart it would be at no limit."""
    for journal, orders in ((MemoryJournal(), 1), (Unwritable(), 0)):
        broker = Outbox()
        handle = session.handling(state([LISTED]), broker, ReplayClock(), journal)
        handle(believed(LISTED, "15:59", 0.9, 0.05, 0.05))
        with nullcontext() if orders else pytest.raises(OSError, match="no space left for order"):
            handle(ladder(LISTED, "16:00", quote(40, 42)))
        assert len(broker.sent) == orders
