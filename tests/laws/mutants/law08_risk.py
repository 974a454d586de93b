"""Defects of risk: what works, who might win, what is shared, what it costs, when it settles and how it halts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from drybulb.engine import admission, rebuilt, session
from drybulb.engine.ports import Cancel, Command, OrderReport, Record
from drybulb.engine.state import OpenEvent, State
from drybulb.strategy import risk
from drybulb.strategy.decision import Reason, Withdrawal
from drybulb.strategy.limits import Check
from drybulb.strategy.stake import EventBook, Stake
from tests.laws import test_law08_risk as law
from tests.laws.mutants import Mutant

_CHECKS = risk._Room.checks
_WITHDRAW = admission._withdraw
_ON_REPORT = session._on_report
_REBUILD = rebuilt.rebuild


def working_orders_forgotten(book: EventBook, proposed: Stake) -> int:
    """The loss of what is held and of the new order, without those that work already."""
    return EventBook(book.city, book.day, book.counts, book.cash, {"new": proposed}).worst_loss()


def resting_orders_forgotten(book: EventBook) -> int:
    """The loss of what is held, without what still waits in the book."""
    return max(0, -min(EventBook(book.city, book.day, book.counts, book.cash).ends()))


def likeliest_winner(cash: int, counts: Sequence[int]) -> tuple[int, ...]:
    """As if the bracket of which most is held were sure to win."""
    lost = cash + sum(10_000 * -count for count in counts if count < 0)
    return (lost + 10_000 * max(counts),) * len(counts)


def released_too_early(state: State, report: OrderReport) -> None:
    """A canceled order is dropped although trades of it have not been told yet."""
    event = state.event_of_order(report.order_id)
    _ON_REPORT(state, report)
    if report.order_id in event.book.stakes:
        _forget(event, report.order_id)


def freed_when_asked_back(state: State, event: OpenEvent, now: datetime, withdrawn: Withdrawal) -> Command | None:
    """A withdrawn order is dropped before its end is reported."""
    command = _WITHDRAW(state, event, now, withdrawn)
    _forget(event, withdrawn.order_id)
    return command


def _forget(event: OpenEvent, order_id: str) -> None:
    """As if an order could lose next to nothing any more."""
    stake, placed_at = event.book.stakes[order_id], event.orders[order_id].placed_at
    event.book.order(order_id, replace(stake, price=1 if stake.side.is_buy else 9_999), placed_at)


def without(reason: Reason) -> Callable[[risk._Room, Stake], Iterator[Check]]:
    """Every check but one."""
    return lambda room, stake: (check for check in _CHECKS(room, stake) if check[0] is not reason)


def lifted_by_a_restart(state: State, records: Iterable[Record]) -> list[Cancel]:
    """A journal read without its halts."""
    commands = _REBUILD(state, records)
    state.portfolio.halt = None
    return commands


def _at_risk(target: str, replacement: object, defect: str) -> Mutant:
    return Mutant(law.test_no_limit_is_ever_exceeded, f"drybulb.{target}", replacement, defect)


MUTANTS = [
    _at_risk(
        "strategy.stake.EventBook.worst_loss_with",
        working_orders_forgotten,
        "an order is admitted without those that are working in its event",
    ),
    _at_risk(
        "strategy.stake.EventBook.worst_loss",
        resting_orders_forgotten,
        "an order is admitted without those that are working in other events",
    ),
    _at_risk(
        "strategy.stake.cash_by_winner",
        likeliest_winner,
        "the worst case is taken over one winner only, the one most is held of",
    ),
    _at_risk("strategy.charges.FeeBound.fee", lambda _, count: 0, "what is at stake leaves out the fee"),
    _at_risk(
        "strategy.risk._can_settle_on",
        lambda day, due, today: False,
        "the daily loss looks at what has settled, not at what is still open",
    ),
    _at_risk(
        "engine.session._on_report",
        released_too_early,
        "the end of an order frees its risk before all its trades are known",
    ),
    _at_risk(
        "engine.admission._withdraw",
        freed_when_asked_back,
        "an order asked back frees its risk before its end is reported",
    ),
    _at_risk(
        "strategy.stake.EventBook.taken_legs",
        lambda book: {leg for leg, count in enumerate(book.counts) if count},
        "a market with an order working is no position yet",
    ),
    _at_risk("strategy.limits.Limits.region", lambda limits, city: city, "every city is a region of its own"),
    _at_risk("strategy.risk._Room.checks", without(Reason.MAX_EVENT), "the limit of an event is not looked at"),
    _at_risk("strategy.risk._Room.checks", without(Reason.MAX_REGION), "the limit of a region is not looked at"),
    _at_risk("strategy.risk._Room.checks", without(Reason.MAX_DRAWDOWN), "a drawdown is noticed, not kept"),
    _at_risk(
        "strategy.risk.Portfolio.drawdown",
        property(lambda portfolio: max(0, -portfolio.gained)),
        "the drawdown is counted from the beginning, not from the highest",
    ),
    _at_risk(
        "strategy.halt.Halt.holds",
        lambda halt, today: halt.at.date() == today,
        "midnight ends the halt of a drawdown",
    ),
    _at_risk(
        "strategy.risk.Portfolio.halted",
        lambda portfolio, today: (
            portfolio.halt if -portfolio.booked.get(today, 0) > portfolio.limits.max_daily_loss - 1_000_000 else None
        ),
        "a halt holds as long as the loss of the day, so that a gain ends it",
    ),
    _at_risk("engine.session.withdraw_all", lambda state: [], "a halt leaves the working orders where they are"),
    Mutant(
        law=law.test_no_restart_forgets_what_is_at_risk,
        target="drybulb.engine.rebuilt.rebuild",
        replacement=lifted_by_a_restart,
        defect="a restart lifts a halt",
    ),
    Mutant(
        law=law.test_no_restart_forgets_what_is_at_risk,
        target="drybulb.engine.rebuilt.withdraw_all",
        replacement=lambda state: [],
        defect="after a restart under a halt the orders that work are left working",
    ),
    Mutant(
        law=law.test_no_limit_is_set_above_the_operators_cap,
        target="drybulb.app.config.check_risk",
        replacement=lambda risk, caps, cities: None,
        defect="the operator's caps are not looked at",
    ),
]
