"""The one loop: ``step`` turns an event into commands, ``run`` feeds it from the ports.

Several desks on one feed are run by :mod:`drybulb.engine.beside`, each as ``run`` would run it alone.

``step`` is the same function in every mode. It touches nothing but the state it is given:
no clock, no disk, no random number. What an exchange would do with a command is the
broker's business; what time it is, the clock's.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from drybulb.domain.ledger import OrderStatus
from drybulb.engine import records
from drybulb.engine.admission import commands_of, refuse
from drybulb.engine.halts import withdraw_all
from drybulb.engine.left import exchange_date
from drybulb.engine.ports import (
    BeliefMade,
    Broker,
    Clock,
    Command,
    Event,
    Feed,
    FillReport,
    Journal,
    LadderQuote,
    Listing,
    OrderReport,
    Settlement,
    order_of,
)
from drybulb.engine.state import State
from drybulb.errors import EngineError
from drybulb.strategy.decision import Reason, Refusal
from drybulb.strategy.policy import View


def run(state: State, feed: Feed, broker: Broker, clock: Clock, journal: Journal) -> None:
    """Run the loop until the feed ends, reports of orders in their place between its events.

    Raises:
        EngineError: events that are not in the total order, or that speak of what is not known.
    """
    handle = handling(state, broker, clock, journal)
    for event in feed.events():
        for report in broker.reports(event):
            handle(report)
        handle(event)
    for report in broker.reports(None):
        handle(report)


def handling(state: State, broker: Broker, clock: Clock, journal: Journal) -> Callable[[Event], None]:
    """Return what takes one event after another: steps, writes down what is to be, and only then sends the commands.

    It raises :class:`EngineError` where an event does not come after the last one, and what :func:`step` raises.
    """
    last: tuple[datetime, int, int] | None = None

    def handle(event: Event) -> None:
        nonlocal last
        place = order_of(event)
        if last is not None and place <= last:
            raise EngineError(f"{type(event).__name__} at {place} does not come after {last}; sort the feed")
        last = place
        clock.reach(event.known_at)
        commands = step(state, event)
        # Written first: an order that was sent and not written down would be at no limit after a restart.
        if state.records:
            for record in state.take_records():
                journal.write(record)
        for command in commands:
            broker.send(command, clock.now())

    return handle


def step(state: State, event: Event) -> list[Command]:
    """Take one event into the state and return what to do about it.

    Args:
        state: changed in place.
        event: the next in the total order.

    Raises:
        EngineError: an event or order that is not known, or a fill of an order that had ended.
        DomainError: a fill or settlement that the account cannot take.
    """
    match event:
        case LadderQuote():
            return _on_ladder(state, event)
        case BeliefMade():
            _on_belief(state, event)
        case FillReport():
            _on_fill(state, event)
        case OrderReport():
            _on_report(state, event)
        case Settlement():
            return _on_settlement(state, event)
    return []


def is_open(listing: Listing, quoted: LadderQuote) -> bool:
    """Whether an order decided on these quotes finds the exchange and the market open."""
    return quoted.is_trading and listing.opens_at <= quoted.known_at < listing.closes_at


def _on_ladder(state: State, quoted: LadderQuote) -> list[Command]:
    event = state.event(quoted.event)
    now, listing = quoted.known_at, event.listing
    lead = event.lead(now)
    if not is_open(listing, quoted):
        refuse(event, now, Refusal(Reason.CLOSED, quoted.event))
        return []
    if lead is None:
        refuse(event, now, Refusal(Reason.OUTSIDE, quoted.event))
        return []
    view = View(
        event=listing.event,
        series=listing.series,
        now=now,
        lead=lead,
        minutes_to_close=(listing.closes_at - now).total_seconds() / 60.0,
        quotes=quoted.quotes,
        probabilities=event.probabilities,
        belief_age=(now - (event.believed_at or now)).total_seconds() / 60.0,
        book=event.book,
        bankroll=state.account.cash,
        charges=state.charges,
    )
    return commands_of(state, event, view, state.policy.decide(view))


def _on_belief(state: State, made: BeliefMade) -> None:
    if state.forecaster is not None and made.forecaster != state.forecaster:
        return
    event, belief = state.event(made.event), made.belief
    source = belief.source.partition("(")[0]  # a blend is counted as one, whatever its weights
    if belief.distribution is None:
        event.probabilities = None
        source = f"none:{belief.reason}"
    else:
        event.probabilities = event.listing.event.ladder.probabilities(belief.distribution)
    event.believed_at = made.known_at
    event.beliefs[source] = event.beliefs.get(source, 0) + 1


def _on_fill(state: State, reported: FillReport) -> None:
    fill = reported.fill
    event = state.event_of_order(fill.order_id)
    if fill.order_id not in event.book.stakes:
        raise EngineError(f"trade {fill.trade_id} fills order {fill.order_id}, which had ended; reconcile the account")
    order = event.orders[fill.order_id].after(fill)
    change = state.account.apply_fill(fill)
    event.orders[fill.order_id] = order
    event.book.fill(fill.order_id, fill.delta, change)
    state.note(reported.known_at, "fill", records.fill_fields(event, fill, state.account.cash))


def _on_report(state: State, report: OrderReport) -> None:
    event = state.event_of_order(report.order_id)
    order = event.orders[report.order_id]
    if report.filled < order.filled:
        raise EngineError(f"order {order.order_id} reported {report.filled} filled after {order.filled}; reconcile")
    if order.is_open:
        event.orders[order.order_id] = replace(order, status=report.status)
    if report.status in (OrderStatus.CANCELED, OrderStatus.REJECTED) and order.order_id in event.book.stakes:
        # What traded before the end and is not reported yet still counts against the limits.
        event.book.expect(order.order_id, report.filled - order.filled)
    state.note(report.known_at, "report", records.report_fields(event, report))


def _on_settlement(state: State, settled: Settlement) -> list[Command]:
    event = state.event(settled.event)
    if event.book.stakes:
        raise EngineError(f"event {settled.event} settles with orders working: {sorted(event.book.stakes)}; end them")
    markets = event.listing.event.markets
    paid = sum(state.account.settle(m.ticker, p) for m, p in zip(markets, settled.payouts, strict=True))
    today = exchange_date(state, settled.known_at)
    gain, halt = state.portfolio.settle(settled.event, paid, settled.known_at, today)
    del state.open_events[settled.event]
    for order_id in event.orders:
        del state.event_of[order_id]
    fields = records.settlement_fields(event, settled.payouts, gain, state.account.cash)
    state.note(settled.known_at, "settlement", fields)
    if halt is None:
        return []
    state.note(settled.known_at, "halt", records.halt_fields(halt))
    return list(withdraw_all(state))
