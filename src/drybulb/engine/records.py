"""What the journal says of an order, its withdrawal, a report on it, a fill and a settlement.

A run's results are made of these records and of nothing else, so that whoever holds the
journal can check them.
"""

from __future__ import annotations

from math import isfinite

from drybulb.domain.ledger import Fill, Order
from drybulb.engine.ports import OrderReport, Value
from drybulb.engine.state import OpenEvent, RefusalCount
from drybulb.strategy.decision import Proposal, Refusal, Withdrawal
from drybulb.strategy.halt import Halt
from drybulb.strategy.policy import View

Fields = dict[str, Value]


def order_fields(event: OpenEvent, view: View, proposal: Proposal, order: Order, limit: Refusal | None) -> Fields:
    """An order sent: what was wanted, what the limits left of it, and why it was worth it.

    Prices and edge in [centicents], counts in [1/100 contract].
    """
    return {
        **event.head(),
        "lead": view.lead,
        "order_id": order.order_id,
        "ticker": order.ticker,
        "side": order.side,
        "price": order.price,
        "wanted": proposal.intent.count,
        "count": order.count,
        "post_only": order.post_only,
        "probability": proposal.probability,
        "edge": proposal.edge,
        "min_edge": proposal.min_edge if isfinite(proposal.min_edge) else None,
        "growth": proposal.growth,
        "cut_by": None if limit is None else limit.reason,
    }


def report_fields(event: OpenEvent, report: OrderReport) -> Fields:
    """The end of an order, or its rest in the book; ``filled`` in [1/100 contract]."""
    return {
        **event.head(),
        "order_id": report.order_id,
        "ticker": event.orders[report.order_id].ticker,
        "status": report.status,
        "filled": report.filled,
        "reason": report.reason,
    }


def withdrawal_fields(event: OpenEvent, withdrawn: Withdrawal) -> Fields:
    """An order asked back by the policy, and why; its end is reported later."""
    why = withdrawn.why
    return {
        **event.head(),
        "order_id": withdrawn.order_id,
        "ticker": event.orders[withdrawn.order_id].ticker,
        "reason": why.reason,
        "seen": why.seen,
        "bound": why.bound,
    }


def fill_fields(event: OpenEvent, fill: Fill, cash: int) -> Fields:
    """A fill, at its own time and lead, and cash after it; fee and cash in [microdollars]."""
    return {
        **event.head(),
        "lead": event.lead(fill.at),
        "order_id": fill.order_id,
        "trade_id": fill.trade_id,
        "ticker": fill.ticker,
        "side": fill.side,
        "price": fill.price,
        "count": fill.count,
        "fee": fill.fee,
        "is_taker": fill.is_taker,
        "at": fill.at.isoformat(),
        "cash": cash,
    }


def settlement_fields(event: OpenEvent, payouts: tuple[int, ...], gain: int, cash: int) -> Fields:
    """What an event paid and gained, and all that was believed and refused while it was open.

    Payouts of YES by market in [centicents]; gain over the event's life and cash in [microdollars].
    """
    tickers = [market.ticker for market in event.listing.event.markets]
    return {
        **event.head(),
        "payouts": dict(zip(tickers, payouts, strict=True)),
        "gain": gain,
        "cash": cash,
        "beliefs": dict(event.beliefs),
        "refusals": {reason: _refused(count) for reason, count in event.refusals.items()},
    }


def halt_fields(halt: Halt) -> Fields:
    """That a limit on losses was reached; loss and limit in [microdollars]."""
    return {"reason": halt.reason, "seen": halt.seen, "bound": halt.bound, "day": halt.day}


def lift_fields(halt: Halt, words: str) -> Fields:
    """That an operator lifted a halt, and why."""
    return {"reason": halt.reason, "halted_at": halt.at.isoformat(), "words": words}


def _refused(count: RefusalCount) -> Fields:
    return {
        "times": count.times,
        "first_at": count.at.isoformat(),
        "ticker": count.first.ticker,
        "seen": count.first.seen,
        "bound": count.first.bound,
    }
