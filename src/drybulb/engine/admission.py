"""From what a policy decided to commands: what the limits leave of it, booked and written down before it is sent."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from drybulb.domain.ledger import Order
from drybulb.engine import records
from drybulb.engine.ports import Cancel, Command, Submit
from drybulb.engine.state import OpenEvent, RefusalCount, State
from drybulb.errors import EngineError
from drybulb.strategy.charges import FeeBound, leg_price
from drybulb.strategy.decision import Decision, Proposal, Reason, Refusal, Withdrawal
from drybulb.strategy.edge import edge
from drybulb.strategy.policy import View
from drybulb.strategy.risk import Admission
from drybulb.strategy.stake import Stake

#: Sources that show a market every minute; elsewhere an order waits longer for the next quote.
SEEN_EVERY_MINUTE = frozenset({"exchange", "prints"})


def commands_of(state: State, event: OpenEvent, view: View, decision: Decision) -> list[Command]:
    """Count what was refused, ask back what is withdrawn, and send what the limits leave of the proposals.

    Args:
        state: changed in place.
        event: of the ladder.
        view: what was decided on.
        decision: of the policy.

    Raises:
        EngineError: a withdrawal of an order that is not working.
    """
    for refusal in decision.refusals:
        refuse(event, view.now, refusal)
    if not decision.withdrawals and not decision.proposals:
        return []
    # What is asked back first still counts against the limits: it may trade until its end is reported.
    back = [_withdraw(state, event, view.now, withdrawn) for withdrawn in decision.withdrawals]
    proposals = decision.proposals
    if decision.is_set and (broken := _broken_by(state, event, view, proposals)) is not None:
        refuse(event, view.now, broken)
        proposals = ()
    sent = [_admit(state, event, view, proposal) for proposal in proposals]
    return [command for command in (*back, *sent) if command is not None]


def refuse(event: OpenEvent, at: datetime, refusal: Refusal) -> None:
    """Count a refusal; the first of its reason is kept whole."""
    count = event.refusals.get(refusal.reason)
    if count is None:
        event.refusals[refusal.reason] = RefusalCount(refusal, at)
    else:
        count.times += 1


def order_id_of(seed: int, ticker: str, at: datetime, number: int) -> str:
    """Return the id of an order: the same in every run of the same seed, different from any other order's."""
    text = f"{seed}|{ticker}|{at.isoformat()}|{number}"
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def exchange_date(state: State, at: datetime) -> date:
    """Return the date on the exchange's clock at ``at`` [aware]."""
    return at.astimezone(state.charges.zone).date()


def _withdraw(state: State, event: OpenEvent, now: datetime, withdrawn: Withdrawal) -> Command | None:
    """Ask the rest of a working order back, once."""
    order_id = withdrawn.order_id
    if order_id not in event.book.stakes:
        raise EngineError(f"order {order_id} of {event.listing.event.ticker} is not working; nothing to withdraw")
    if order_id in event.withdrawn:
        return None
    event.withdrawn.add(order_id)
    state.note(now, "withdrawal", records.withdrawal_fields(event, withdrawn))
    return Cancel(order_id)


def _broken_by(state: State, event: OpenEvent, view: View, proposals: Sequence[Proposal]) -> Refusal | None:
    """The limit that keeps a part of a set from being sent in full beside those before it; None if none does."""
    book, most = event.book, state.portfolio.limits.max_positions_per_event
    legs = book.taken_legs().union(proposal.leg for proposal in proposals)
    if len(legs) > most:
        return Refusal(Reason.MAX_POSITIONS_PER_EVENT, view.event.ticker, len(legs), most)
    ordered_at, tried = dict(book.ordered_at), []
    try:
        for number, proposal in enumerate(proposals):
            stake = _stake(state, view, proposal)
            admitted = _admitted(state, view, proposal, stake)
            if admitted.limit is not None:
                return admitted.limit
            tried.append(f"of a set: {number}")
            book.order(tried[-1], stake, view.now)
    finally:
        for name in tried:
            book.expect(name, 0)
        book.ordered_at = ordered_at
    return None


def _stake(state: State, view: View, proposal: Proposal) -> Stake:
    intent, rule = proposal.intent, state.charges.rule(view.series, view.now)
    paid = leg_price(intent.price, is_buy=intent.side.is_buy)
    bound = FeeBound.of(rule, state.charges.member, paid, state.rules.lot)
    return Stake(proposal.leg, intent.side, intent.price, intent.count, bound)


def _admitted(state: State, view: View, proposal: Proposal, stake: Stake) -> Admission:
    today = exchange_date(state, view.now)
    return state.portfolio.admit(view.event.ticker, proposal.intent.ticker, stake, state.account.cash, today)


def _admit(state: State, event: OpenEvent, view: View, proposal: Proposal) -> Command | None:
    """Send as much of a proposal as the limits leave, if that is still worth it."""
    intent = proposal.intent
    stake = _stake(state, view, proposal)
    admitted = _admitted(state, view, proposal, stake)
    if admitted.count == 0 and admitted.limit is not None:
        refuse(event, view.now, admitted.limit)
        return None
    if admitted.count < intent.count:
        promised = _edge_of(state, view, proposal, admitted.count)
        if promised is not None and promised < proposal.min_edge:
            refuse(event, view.now, Refusal(Reason.NO_EDGE, intent.ticker, promised, proposal.min_edge))
            return None
        proposal = replace(proposal, edge=promised)
    return _submit(state, event, view, proposal, replace(stake, count=admitted.count), admitted.limit)


def _edge_of(state: State, view: View, proposal: Proposal, count: int) -> float | None:
    """Edge of what is left of a proposal: rounding weighs more on fewer contracts [centicents per contract]."""
    if proposal.probability is None:
        return None
    intent = proposal.intent
    is_taker = not intent.post_only
    fee = state.charges.in_one_fill(view.series, view.now, intent.price, count, is_taker=is_taker)
    return edge(proposal.probability, intent.side, intent.price, count, fee)


def _submit(
    state: State, event: OpenEvent, view: View, proposal: Proposal, stake: Stake, limit: Refusal | None
) -> Command:
    """Book an order and return the command that sends it."""
    intent, now = proposal.intent, view.now
    order_id = order_id_of(state.rules.seed, intent.ticker, now, state.ordered)
    order = Order(
        order_id,
        intent.ticker,
        intent.side,
        intent.price,
        stake.count,
        intent.time_in_force,
        now,
        post_only=intent.post_only,
    )
    state.sent(event, order, stake)
    state.note(now, "order", records.order_fields(event, view, proposal, order, limit))
    return Submit(order, view.event.ticker, _expiry(state, event, view, proposal))


def _expiry(state: State, event: OpenEvent, view: View, proposal: Proposal) -> datetime:
    """When the exchange is to end an order: one that may only make rests to the close, or to its own end before."""
    ends = event.listing.closes_at if proposal.until is None else min(event.listing.closes_at, proposal.until)
    if proposal.intent.post_only:
        return ends
    is_seen = view.quotes[proposal.leg].source in SEEN_EVERY_MINUTE
    waits = state.rules.order_lifetime if is_seen else state.rules.poll_lifetime
    return min(ends, view.now + waits)
