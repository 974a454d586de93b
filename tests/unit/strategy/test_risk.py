"""Limits: the worst case of an event, and how much of an order they leave."""

from __future__ import annotations

from datetime import date, timedelta

from drybulb.domain.ledger import Side
from drybulb.strategy.charges import FeeBound
from drybulb.strategy.decision import Reason
from drybulb.strategy.risk import Admission, EventBook, Limits, Portfolio, Stake
from tests.trading import DAY, at, usd

NO_FEE = FeeBound(0, 0)
TODAY = DAY - timedelta(days=1)
WIDE = Limits(usd(1000), usd(1000), usd(1000), 20, 3)


def stake(leg: int, side: str, cents: int, contracts: int, fees: FeeBound = NO_FEE) -> Stake:
    """An order, prices in cents of YES."""
    return Stake(leg, Side(side), 100 * cents, 100 * contracts, fees)


def book(day: date = DAY, legs: int = 3, **orders: Stake) -> EventBook:
    """An event with orders working."""
    made = EventBook(day, [0] * legs)
    for name, working in orders.items():
        made.order(name, working, at("15:00"))
    return made


def admit(portfolio: Portfolio, wanted: Stake, event: str = "E", today: date = TODAY) -> Admission:
    """Ask for an order in ``event`` with plenty of cash."""
    return portfolio.admit(event, f"{event}-{wanted.leg}", wanted, usd(100_000), today)


def test_a_buyer_can_lose_what_was_paid() -> None:
    """A hundred YES at 40 c and a fee of $2 lose $42 at worst."""
    assert stake(0, "bid", 40, 100, FeeBound(20_000, 0)).cost == usd(42)
    assert book(a=stake(0, "bid", 40, 100, FeeBound(20_000, 0))).worst_loss() == usd(42)


def test_a_seller_can_lose_the_other_price() -> None:
    """A hundred NO where YES is sold at 40 c lose $60 at worst."""
    assert stake(0, "ask", 40, 100).cost == usd(60)
    assert book(a=stake(0, "ask", 40, 100)).worst_loss() == usd(60)


def test_two_no_of_one_event_cannot_both_lose_once_filled() -> None:
    """NO of two brackets at 70 c and 60 c loses $30 at worst: one of them wins for sure."""
    held = book(a=stake(0, "ask", 30, 100), b=stake(1, "ask", 40, 100))
    held.fill("a", -100 * 100, -usd(70))
    held.fill("b", -100 * 100, -usd(60))
    assert held.worst_loss() == usd(30)


def test_working_orders_count_only_where_they_hurt() -> None:
    """An order that would hedge may stay unfilled, so until it fills the worst case is as without it."""
    held = book(a=stake(0, "ask", 30, 100))
    held.fill("a", -100 * 100, -usd(70))
    held.order("b", stake(1, "ask", 40, 100), at("15:01"))
    assert held.worst_loss() == usd(70)


def test_two_orders_for_yes_can_both_lose() -> None:
    """YES of two brackets at 30 c and 20 c loses $50 when the third wins."""
    assert book(a=stake(0, "bid", 30, 100), b=stake(1, "bid", 20, 100)).worst_loss() == usd(50)


def test_what_was_lost_by_closing_stays_lost() -> None:
    """Bought at 40 c and sold at 25 c, a hundred contracts have lost $15 whoever wins."""
    held = book(a=stake(0, "bid", 40, 100), b=stake(0, "ask", 25, 100))
    held.fill("a", 100 * 100, -usd(40))
    held.fill("b", -100 * 100, usd(25))
    assert held.counts == [0, 0, 0]
    assert held.worst_loss() == usd(15)


def test_an_order_that_ended_costs_nothing() -> None:
    """What can no longer fill is no loss; a partial fill leaves the rest."""
    held = book(a=stake(0, "bid", 40, 100))
    held.fill("a", 30 * 100, -usd(12))
    assert held.worst_loss() == usd(40)
    held.expect("a", 0)
    assert held.worst_loss() == usd(12)
    assert not held.is_working(0)


def test_a_trade_is_cut_to_its_limit() -> None:
    """At 40 c and 2 c a contract, $50 are 119 contracts; the limit is named with what was asked for."""
    portfolio = Portfolio(Limits(usd(50), usd(1000), usd(1000), 20, 3), {"E": book()})
    admitted = admit(portfolio, stake(0, "bid", 40, 1000, FeeBound(20_000, 0)))
    assert admitted.count == 119 * 100
    assert admitted.limit is not None
    assert (admitted.limit.reason, admitted.limit.bound) == (Reason.MAX_TRADE, usd(50))


def test_all_that_fits_is_admitted_without_a_word() -> None:
    """An order within every limit is admitted whole."""
    assert admit(Portfolio(WIDE, {"E": book()}), stake(0, "bid", 40, 1000)) == Admission(100_000, None)


def test_exposure_counts_every_event_and_order() -> None:
    """With $700 at risk elsewhere, half of it in an order, $300 of exposure are left: 600 contracts at 50 c."""
    limits = Limits(usd(1000), usd(10_000), usd(1000), 20, 3)
    other = book(DAY + timedelta(days=1), a=stake(0, "bid", 35, 1000), b=stake(1, "bid", 35, 1000))
    other.fill("a", 1000 * 100, -usd(350))
    portfolio = Portfolio(limits, {"E": book(), "F": other})
    admitted = admit(portfolio, stake(0, "bid", 50, 1000))
    assert admitted.count == 600 * 100
    assert admitted.limit is not None
    assert admitted.limit.reason is Reason.MAX_OPEN_EXPOSURE


def test_an_order_that_hedges_needs_no_exposure() -> None:
    """NO of a second bracket lowers the worst case of the first, so it fits where no exposure is left."""
    limits = Limits(usd(1000), usd(10_000), usd(70), 20, 3)
    held = book(a=stake(0, "ask", 30, 100))
    held.fill("a", -100 * 100, -usd(70))
    assert admit(Portfolio(limits, {"E": held}), stake(1, "ask", 40, 100)) == Admission(10_000, None)


def test_events_due_on_one_date_share_a_day_of_losses() -> None:
    """With $450 at risk in another event of the day, a $500 day leaves $50; an event of the next day has all of it."""
    limits = Limits(usd(1000), usd(500), usd(10_000), 20, 3)
    portfolio = Portfolio(limits, {"E": book(), "F": book(a=stake(0, "bid", 45, 1000))})
    admitted = admit(portfolio, stake(0, "bid", 50, 400))
    assert admitted.count == 100 * 100
    assert admitted.limit is not None
    assert admitted.limit.reason is Reason.MAX_DAILY_LOSS
    portfolio.books["E"] = book(DAY + timedelta(days=1))
    assert admit(portfolio, stake(0, "bid", 50, 400)).limit is None


def test_an_overdue_event_counts_to_every_date() -> None:
    """An event that should have settled yesterday may settle with today's, so its loss counts to today."""
    limits = Limits(usd(1000), usd(500), usd(10_000), 20, 3)
    late = book(DAY - timedelta(days=2), a=stake(0, "bid", 45, 1000))
    portfolio = Portfolio(limits, {"E": book(), "F": late})
    assert admit(portfolio, stake(0, "bid", 50, 400), today=DAY).count == 100 * 100


def test_a_lost_day_halts() -> None:
    """Once the day's loss is booked, nothing more is admitted on that date, and again on the next."""
    limits = Limits(usd(1000), usd(500), usd(10_000), 20, 3)
    lost = book(DAY - timedelta(days=1), a=stake(0, "bid", 50, 1000))
    lost.fill("a", 1000 * 100, -usd(500))
    portfolio = Portfolio(limits, {"E": book(), "F": lost})
    assert portfolio.settle("F", 0, DAY) == -usd(500)
    assert portfolio.is_halted(DAY)
    refused = admit(portfolio, stake(0, "bid", 1, 1), today=DAY)
    assert refused.count == 0
    assert refused.limit is not None
    assert refused.limit.reason is Reason.MAX_DAILY_LOSS
    assert admit(portfolio, stake(0, "bid", 1, 1), today=DAY + timedelta(days=1)).limit is None


def test_positions_are_counted_with_orders() -> None:
    """The fourth market of an event is refused, a second order in one of its three is not."""
    held = book(legs=6, a=stake(0, "bid", 10, 1), b=stake(1, "bid", 10, 1), c=stake(2, "bid", 10, 1))
    held.fill("a", 100, -usd(0.1))
    portfolio = Portfolio(WIDE, {"E": held})
    refused = admit(portfolio, stake(3, "bid", 10, 1))
    assert refused.count == 0
    assert refused.limit is not None
    assert (refused.limit.reason, refused.limit.seen, refused.limit.bound) == (Reason.MAX_POSITIONS_PER_EVENT, 4, 3)
    assert admit(portfolio, stake(0, "bid", 10, 1)).limit is None


def test_positions_of_all_events() -> None:
    """With two of two positions taken elsewhere, a first one here is refused."""
    limits = Limits(usd(1000), usd(1000), usd(1000), 2, 3)
    other = book(a=stake(0, "bid", 10, 1), b=stake(1, "bid", 10, 1))
    refused = admit(Portfolio(limits, {"E": book(), "F": other}), stake(0, "bid", 10, 1))
    assert refused.limit is not None
    assert (refused.count, refused.limit.reason) == (0, Reason.MAX_POSITIONS)


def test_cash_is_reserved_for_working_orders() -> None:
    """With $100 of cash and $90 of orders working, $10 are left: 20 contracts at 50 c."""
    portfolio = Portfolio(WIDE, {"E": book(a=stake(1, "bid", 90, 100))})
    admitted = portfolio.admit("E", "E-0", stake(0, "bid", 50, 100), usd(100), TODAY)
    assert admitted.count == 20 * 100
    assert admitted.limit is not None
    assert admitted.limit.reason is Reason.CASH
