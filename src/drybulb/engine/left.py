"""What the limits leave of a policy's proposals, taken together, before any of them is sent.

Legs that were sized together are worth something together: where a limit takes the hedge away, or most of it, the rest
can be worse than no trade at all. So what is left of all of them is found first, each beside those before it, and the
policy is asked whether that is better than nothing. If not, each is tried alone, best first, and if none is better
than nothing by itself, nothing is sent.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from drybulb.engine.state import OpenEvent, State
from drybulb.strategy.charges import FeeBound, leg_price
from drybulb.strategy.decision import Decision, Proposal, Reason, Refusal
from drybulb.strategy.edge import edge
from drybulb.strategy.policy import View
from drybulb.strategy.stake import Stake


@dataclass(frozen=True, slots=True)
class Left:
    """What is left of one proposal.

    Attributes:
        proposal: with the edge of what is left.
        stake: to be sent; None where nothing is.
        limit: what cut or refused it, None where no limit did.
        refusal: why nothing is to be sent; None where something is.
    """

    proposal: Proposal
    stake: Stake | None
    limit: Refusal | None = None
    refusal: Refusal | None = None


def left_of(state: State, event: OpenEvent, view: View, decision: Decision) -> list[Left]:
    """Return what may be sent of each proposal of a decision; the state is as before.

    Args:
        state: of the run.
        event: of the ladder.
        view: what was decided on.
        decision: of the policy.
    """
    proposals, judge = decision.proposals, decision.judge
    if decision.is_set:
        return _set(state, event, view, proposals)
    left = _together(state, event, view, proposals)
    if judge is None or not any(found.stake for found in left) or judge(_counts(view, left)):
        return left
    for number, found in enumerate(left):
        if found.stake is None:
            continue
        (alone,) = _together(state, event, view, (proposals[number],))
        if alone.stake is not None and judge(_counts(view, [alone])):
            return [alone if other is found else _given_up(other) for other in left]
    return [_given_up(found) for found in left]


def exchange_date(state: State, at: datetime) -> date:
    """Return the date on the exchange's clock at ``at`` [aware]."""
    return at.astimezone(state.charges.zone).date()


def _counts(view: View, left: Sequence[Left]) -> tuple[int, ...]:
    """What is left of each leg, signed [1/100 contract]."""
    counts = [0] * len(view.quotes)
    for found in left:
        if found.stake is not None:
            counts[found.stake.leg] += found.stake.side.sign * found.stake.count
    return tuple(counts)


def _given_up(found: Left) -> Left:
    """What would be sent, if the rest were not worse than nothing."""
    if found.stake is None:
        return found
    intent = found.proposal.intent
    why = Refusal(Reason.WORSE_THAN_NOTHING, intent.ticker, found.stake.count, intent.count)
    return replace(found, stake=None, refusal=why)


def _set(state: State, event: OpenEvent, view: View, proposals: Sequence[Proposal]) -> list[Left]:
    """All of a set in full, or none of it: the limit that keeps one from being sent refuses them all."""
    most = state.portfolio.limits.max_positions_per_event
    legs = event.book.taken_legs().union(proposal.leg for proposal in proposals)
    if len(legs) > most:
        broken = Refusal(Reason.MAX_POSITIONS_PER_EVENT, view.event.ticker, len(legs), most)
        return [Left(proposal, None, broken, broken) for proposal in proposals]
    left = _together(state, event, view, proposals)
    limit = next((found.limit for found in left if found.limit is not None), None)
    return left if limit is None else [Left(found.proposal, None, limit, limit) for found in left]


def _together(state: State, event: OpenEvent, view: View, proposals: Sequence[Proposal]) -> list[Left]:
    """What the limits leave of each proposal beside those before it, which are booked only while it is found."""
    book, left, tried = event.book, list[Left](), list[str]()
    ordered_at = dict(book.ordered_at)
    try:
        for number, proposal in enumerate(proposals, 1):
            found = _admitted(state, view, proposal)
            left.append(found)
            if found.stake is not None and number < len(proposals):
                tried.append(f"tried: {number}")
                book.order(tried[-1], found.stake, view.now)
    finally:
        for name in tried:
            book.expect(name, 0)
        book.ordered_at = ordered_at
    return left


def _admitted(state: State, view: View, proposal: Proposal) -> Left:
    """As much of a proposal as the limits leave, if that is still worth it."""
    intent, rule = proposal.intent, state.charges.rule(view.series, view.now)
    paid = leg_price(intent.price, is_buy=intent.side.is_buy)
    bound = FeeBound.of(rule, state.charges.member, paid, state.rules.lot)
    stake = Stake(proposal.leg, intent.side, intent.price, intent.count, bound)
    today = exchange_date(state, view.now)
    admitted = state.portfolio.admit(view.event.ticker, intent.ticker, stake, state.account.cash, today)
    if admitted.count == 0 and admitted.limit is not None:
        return Left(proposal, None, admitted.limit, admitted.limit)
    if admitted.count < intent.count:
        promised = _edge_of(state, view, proposal, admitted.count)
        if promised is not None and promised < proposal.min_edge:
            poor = Refusal(Reason.NO_EDGE, intent.ticker, promised, proposal.min_edge)
            return Left(proposal, None, admitted.limit, poor)
        proposal = replace(proposal, edge=promised)
    return Left(proposal, stake.of(admitted.count), admitted.limit)


def _edge_of(state: State, view: View, proposal: Proposal, count: int) -> float | None:
    """Edge of what is left of a proposal: rounding weighs more on fewer contracts [centicents per contract]."""
    if proposal.probability is None:
        return None
    intent = proposal.intent
    is_taker = not intent.post_only
    fee = state.charges.in_one_fill(view.series, view.now, intent.price, count, is_taker=is_taker)
    return edge(proposal.probability, intent.side, intent.price, count, fee)
