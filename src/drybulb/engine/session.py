"""The one loop: ``step`` turns an event into commands, ``run`` feeds it from the ports.

``step`` is the same function in every mode. It touches nothing but the state it is given:
no clock, no disk, no random number. What an exchange would do with a command is the
broker's business; what time it is, the clock's.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import date, datetime

from drybulb.domain.ledger import Order, OrderStatus
from drybulb.engine import records
from drybulb.engine.ports import (
    BeliefMade,
    Broker,
    Cancel,
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
    Submit,
    order_of,
)
from drybulb.engine.state import OpenEvent, RefusalCount, State
from drybulb.errors import EngineError
from drybulb.strategy.charges import FeeBound, leg_price
from drybulb.strategy.decision import Proposal, Reason, Refusal
from drybulb.strategy.edge import edge
from drybulb.strategy.policy import View
from drybulb.strategy.risk import Stake

#: Sources that show a market every minute; elsewhere an order waits longer for the next quote.
_SEEN_EVERY_MINUTE = frozenset({"exchange", "prints"})


def run(state: State, feed: Feed, broker: Broker, clock: Clock, journal: Journal) -> None:
    """Run the loop until the feed ends, reports of orders in their place between its events.

    Raises:
        EngineError: events that are not in the total order, or that speak of what is not known.
    """
    last: tuple[datetime, int, int] | None = None

    def handle(event: Event) -> None:
        nonlocal last
        place = order_of(event)
        if last is not None and place <= last:
            raise EngineError(f"{type(event).__name__} at {place} does not come after {last}; sort the feed")
        last = place
        clock.reach(event.known_at)
        for command in step(state, event):
            broker.send(command, clock.now())
        if state.records:
            for record in state.take_records():
                journal.write(record)

    for event in feed.events():
        for report in broker.reports(event):
            handle(report)
        handle(event)
    for report in broker.reports(None):
        handle(report)


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


def order_id_of(seed: int, ticker: str, at: datetime, number: int) -> str:
    """Return the id of an order: the same in every run of the same seed, different from any other order's."""
    text = f"{seed}|{ticker}|{at.isoformat()}|{number}"
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def exchange_date(state: State, at: datetime) -> date:
    """Return the date on the exchange's clock at ``at`` [aware]."""
    return at.astimezone(state.charges.zone).date()


def is_open(listing: Listing, quoted: LadderQuote) -> bool:
    """Whether an order decided on these quotes finds the exchange and the market open."""
    return quoted.is_trading and listing.opens_at <= quoted.known_at < listing.closes_at


def _on_ladder(state: State, quoted: LadderQuote) -> list[Command]:
    event = state.event(quoted.event)
    now, listing = quoted.known_at, event.listing
    lead = event.lead(now)
    if not is_open(listing, quoted):
        _refuse(event, now, Refusal(Reason.CLOSED, quoted.event))
        return []
    if lead is None:
        _refuse(event, now, Refusal(Reason.OUTSIDE, quoted.event))
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
    decision = state.policy.decide(view)
    for refusal in decision.refusals:
        _refuse(event, now, refusal)
    sent = [_admit(state, event, view, proposal) for proposal in decision.proposals]
    return [command for command in sent if command is not None]


def _admit(state: State, event: OpenEvent, view: View, proposal: Proposal) -> Command | None:
    """Send as much of a proposal as the limits leave, if that is still worth it."""
    intent, rule = proposal.intent, state.charges.rule(view.series, view.now)
    paid = leg_price(intent.price, is_buy=intent.side.is_buy)
    bound = FeeBound.of(rule, state.charges.member, paid)
    stake = Stake(proposal.leg, intent.side, intent.price, intent.count, bound)
    today = exchange_date(state, view.now)
    admitted = state.portfolio.admit(view.event.ticker, intent.ticker, stake, state.account.cash, today)
    if admitted.count == 0 and admitted.limit is not None:
        _refuse(event, view.now, admitted.limit)
        return None
    if admitted.count < intent.count:
        promised = _edge_of(state, view, proposal, admitted.count)
        if promised is not None and promised < proposal.min_edge:
            _refuse(event, view.now, Refusal(Reason.NO_EDGE, intent.ticker, promised, proposal.min_edge))
            return None
        proposal = replace(proposal, edge=promised)
    return _submit(state, event, view, proposal, replace(stake, count=admitted.count), admitted.limit)


def _edge_of(state: State, view: View, proposal: Proposal, count: int) -> float | None:
    """Edge of what is left of a proposal: rounding weighs more on fewer contracts [centicents per contract]."""
    if proposal.probability is None:
        return None
    intent = proposal.intent
    fee = state.charges.in_one_fill(view.series, view.now, intent.price, count)
    return edge(proposal.probability, intent.side, intent.price, count, fee)


def _submit(
    state: State, event: OpenEvent, view: View, proposal: Proposal, stake: Stake, limit: Refusal | None
) -> Command:
    """Book an order and return the command that sends it."""
    intent, now = proposal.intent, view.now
    order_id = order_id_of(state.rules.seed, intent.ticker, now, state.ordered)
    state.ordered += 1
    order = Order(order_id, intent.ticker, intent.side, intent.price, stake.count, intent.time_in_force, now)
    event.orders[order_id] = order
    event.book.order(order_id, stake, now)
    state.event_of[order_id] = view.event.ticker
    state.note(now, "order", records.order_fields(event, view, proposal, order, limit))
    is_seen = view.quotes[proposal.leg].source in _SEEN_EVERY_MINUTE
    waits = state.rules.order_lifetime if is_seen else state.rules.poll_lifetime
    return Submit(order, view.event.ticker, min(event.listing.closes_at, now + waits))


def _on_belief(state: State, made: BeliefMade) -> None:
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
    gain = state.portfolio.settle(settled.event, paid, today)
    del state.open_events[settled.event]
    for order_id in event.orders:
        del state.event_of[order_id]
    fields = records.settlement_fields(event, settled.payouts, gain, state.account.cash)
    state.note(settled.known_at, "settlement", fields)
    if not state.portfolio.is_halted(today):
        return []
    return [Cancel(order_id) for book in state.portfolio.books.values() for order_id in book.stakes]


def _refuse(event: OpenEvent, at: datetime, refusal: Refusal) -> None:
    count = event.refusals.get(refusal.reason)
    if count is None:
        event.refusals[refusal.reason] = RefusalCount(refusal, at)
    else:
        count.times += 1
