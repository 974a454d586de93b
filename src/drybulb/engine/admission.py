"""From what a policy decided to commands: what the limits leave of it, booked and written down before it is sent."""

from __future__ import annotations

import hashlib
from datetime import datetime

from drybulb.domain.ledger import Order
from drybulb.engine import records
from drybulb.engine.left import Left, left_of
from drybulb.engine.ports import Cancel, Command, Submit
from drybulb.engine.state import OpenEvent, RefusalCount, State
from drybulb.errors import EngineError
from drybulb.strategy.decision import Decision, Proposal, Refusal, Withdrawal
from drybulb.strategy.policy import View
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
    left = left_of(state, event, view, decision) if decision.proposals else []
    refusals = [found.refusal for found in left if found.refusal is not None]
    for refusal in refusals[:1] if decision.is_set else refusals:
        refuse(event, view.now, refusal)
    sent = [_submit(state, event, view, found, found.stake) for found in left if found.stake is not None]
    return [*(command for command in back if command is not None), *sent]


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


def _submit(state: State, event: OpenEvent, view: View, found: Left, stake: Stake) -> Command:
    """Book an order and return the command that sends it."""
    proposal, now = found.proposal, view.now
    intent = proposal.intent
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
    state.note(now, "order", records.order_fields(event, view, proposal, order, found.limit))
    return Submit(order, view.event.ticker, _expiry(state, event, view, proposal))


def _expiry(state: State, event: OpenEvent, view: View, proposal: Proposal) -> datetime:
    """When the exchange is to end an order: one that may only make rests to the close, or to its own end before."""
    ends = event.listing.closes_at if proposal.until is None else min(event.listing.closes_at, proposal.until)
    if proposal.intent.post_only:
        return ends
    is_seen = view.quotes[proposal.leg].source in SEEN_EVERY_MINUTE
    waits = state.rules.order_lifetime if is_seen else state.rules.poll_lifetime
    return min(ends, view.now + waits)
