"""Defects of risk: what is working, who might win, what it costs and when it settles, each forgotten once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from drybulb.domain.ledger import OrderStatus
from drybulb.engine.ports import OrderReport
from drybulb.engine.state import State
from drybulb.strategy.risk import EventBook, Stake
from tests.laws import test_law08_risk as law
from tests.laws.mutants import Mutant


def working_orders_forgotten(book: EventBook, proposed: Stake) -> int:
    """The loss of what is held and of the new order, without those that work already."""
    return EventBook(book.day, book.counts, book.cash, {"new": proposed}).worst_loss()


def likeliest_winner(cash: int, counts: Sequence[int]) -> tuple[int, ...]:
    """As if the bracket of which most is held were sure to win."""
    lost = cash + sum(10_000 * -count for count in counts if count < 0)
    return (lost + 10_000 * max(counts),) * len(counts)


def released_too_early(state: State, report: OrderReport) -> None:
    """A canceled order is dropped although trades of it have not been told yet."""
    event = state.event_of_order(report.order_id)
    order = event.orders[report.order_id]
    event.orders[report.order_id] = replace(order, status=report.status)
    if report.status in (OrderStatus.CANCELED, OrderStatus.REJECTED):
        stake = event.book.stakes[report.order_id]
        event.book.stakes[report.order_id] = replace(stake, price=1 if stake.side.is_buy else 9_999)


MUTANTS = [
    Mutant(
        law=law.test_no_limit_is_ever_exceeded,
        target="drybulb.strategy.risk.EventBook.worst_loss_with",
        replacement=working_orders_forgotten,
        defect="an order is admitted without those that are working in its event",
    ),
    Mutant(
        law=law.test_no_limit_is_ever_exceeded,
        target="drybulb.strategy.risk.cash_by_winner",
        replacement=likeliest_winner,
        defect="the worst case is taken over one winner only, the one most is held of",
    ),
    Mutant(
        law=law.test_no_limit_is_ever_exceeded,
        target="drybulb.strategy.charges.FeeBound.fee",
        replacement=lambda _, count: 0,
        defect="what is at stake leaves out the fee",
    ),
    Mutant(
        law=law.test_no_limit_is_ever_exceeded,
        target="drybulb.strategy.risk._can_settle_on",
        replacement=lambda day, due, today: False,
        defect="the daily loss looks at what has settled, not at what is still open",
    ),
    Mutant(
        law=law.test_no_limit_is_ever_exceeded,
        target="drybulb.engine.session._on_report",
        replacement=released_too_early,
        defect="the end of an order frees its risk before all its trades are known",
    ),
    Mutant(
        law=law.test_no_limit_is_ever_exceeded,
        target="drybulb.strategy.risk.EventBook.taken_legs",
        replacement=lambda book: {leg for leg, count in enumerate(book.counts) if count},
        defect="a market with an order working is no position yet",
    ),
]
