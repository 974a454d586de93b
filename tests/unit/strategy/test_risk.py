"""Limits: the worst case of an event, and how much of an order they leave."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from drybulb.domain.ledger import Side
from drybulb.errors import DomainError
from drybulb.strategy.charges import FeeBound
from drybulb.strategy.decision import Reason, Refusal
from drybulb.strategy.halt import Halt
from drybulb.strategy.risk import Admission, Portfolio
from drybulb.strategy.stake import EventBook, Stake
from tests.trading import DAY, NO_LIMITS, at, usd

NO_FEE = FeeBound(0, 0)
TODAY = DAY - timedelta(days=1)
WIDE = replace(NO_LIMITS, max_trade=usd(1000), max_positions=20, max_positions_per_event=3)


def stake(leg: int, side: str, cents: int, contracts: int, fees: FeeBound = NO_FEE) -> Stake:
    """An order, prices in cents of YES."""
    return Stake(leg, Side(side), 100 * cents, 100 * contracts, fees)


def book(day: date = DAY, legs: int = 3, city: str = "chicago", **orders: Stake) -> EventBook:
    """An event with orders working."""
    made = EventBook(city, day, [0] * legs)
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
    portfolio = Portfolio(replace(WIDE, max_trade=usd(50)), {"E": book()})
    admitted = admit(portfolio, stake(0, "bid", 40, 1000, FeeBound(20_000, 0)))
    assert admitted.count == 119 * 100
    assert admitted.limit is not None
    assert (admitted.limit.reason, admitted.limit.bound) == (Reason.MAX_TRADE, usd(50))


def test_all_that_fits_is_admitted_without_a_word() -> None:
    """An order within every limit is admitted whole."""
    assert admit(Portfolio(WIDE, {"E": book()}), stake(0, "bid", 40, 1000)) == Admission(100_000, None)


def test_exposure_counts_every_event_and_order() -> None:
    """With $700 at risk elsewhere, half of it in an order, $300 of exposure are left: 600 contracts at 50 c."""
    limits = replace(WIDE, max_open_exposure=usd(1000))
    other = book(DAY + timedelta(days=1), a=stake(0, "bid", 35, 1000), b=stake(1, "bid", 35, 1000))
    other.fill("a", 1000 * 100, -usd(350))
    portfolio = Portfolio(limits, {"E": book(), "F": other})
    admitted = admit(portfolio, stake(0, "bid", 50, 1000))
    assert admitted.count == 600 * 100
    assert admitted.limit is not None
    assert admitted.limit.reason is Reason.MAX_OPEN_EXPOSURE


def test_an_order_that_hedges_needs_no_exposure() -> None:
    """NO of a second bracket lowers the worst case of the first, so it fits where no exposure is left."""
    limits = replace(WIDE, max_open_exposure=usd(70))
    held = book(a=stake(0, "ask", 30, 100))
    held.fill("a", -100 * 100, -usd(70))
    assert admit(Portfolio(limits, {"E": held}), stake(1, "ask", 40, 100)) == Admission(10_000, None)


def test_events_due_on_one_date_share_a_day_of_losses() -> None:
    """With $450 at risk in another event of the day, a $500 day leaves $50; an event of the next day has all of it."""
    limits = replace(WIDE, max_daily_loss=usd(500))
    portfolio = Portfolio(limits, {"E": book(), "F": book(a=stake(0, "bid", 45, 1000))})
    admitted = admit(portfolio, stake(0, "bid", 50, 400))
    assert admitted.count == 100 * 100
    assert admitted.limit is not None
    assert admitted.limit.reason is Reason.MAX_DAILY_LOSS
    portfolio.books["E"] = book(DAY + timedelta(days=1))
    assert admit(portfolio, stake(0, "bid", 50, 400)).limit is None


def test_an_overdue_event_counts_to_every_date() -> None:
    """An event that should have settled yesterday may settle with today's, so its loss counts to today."""
    limits = replace(WIDE, max_daily_loss=usd(500))
    late = book(DAY - timedelta(days=2), a=stake(0, "bid", 45, 1000))
    portfolio = Portfolio(limits, {"E": book(), "F": late})
    assert admit(portfolio, stake(0, "bid", 50, 400), today=DAY).count == 100 * 100


def lose(portfolio: Portfolio, dollars: int, today: date, event: str = "F") -> Halt | None:
    """Settle an event that lost so many dollars, or won where they are below zero; return the halt it began."""
    portfolio.books[event] = book(today - timedelta(days=1))
    portfolio.books[event].cash = -usd(dollars)
    gain, halt = portfolio.settle(event, 0, at("13:00", today), today)
    assert gain == -usd(dollars)
    return halt


def test_a_lost_day_halts() -> None:
    """Once the day's loss is booked, nothing more is admitted on that date, and again on the next."""
    portfolio = Portfolio(replace(WIDE, max_daily_loss=usd(500)), {"E": book()})
    halt = lose(portfolio, 500, DAY)
    assert halt == Halt(Reason.MAX_DAILY_LOSS, at("13:00"), usd(500), usd(500), DAY)
    refused = admit(portfolio, stake(0, "bid", 1, 1), today=DAY)
    assert refused == Admission(0, Refusal(Reason.HALTED, "E-0", usd(500), usd(500)))
    assert admit(portfolio, stake(0, "bid", 1, 1), today=DAY + timedelta(days=1)).limit is None


def test_a_gain_does_not_end_the_halt_of_a_day() -> None:
    """After a day's loss of $500 a gain of $400 on the same date leaves the halt as it was."""
    portfolio = Portfolio(replace(WIDE, max_daily_loss=usd(500)), {"E": book()})
    halt = lose(portfolio, 500, DAY)
    assert lose(portfolio, -400, DAY) is None
    assert portfolio.halted(DAY) == portfolio.halt == halt
    assert portfolio.halted(DAY + timedelta(days=1)) is None


def test_a_limit_is_reached_when_less_than_a_dollar_is_left() -> None:
    """Of $500, a loss of $499 leaves a contract's worst loss and no halt; a loss of $499.01 halts."""
    whole, short = (Portfolio(replace(WIDE, max_daily_loss=usd(500))) for _ in range(2))
    assert lose(whole, 499, DAY) is None
    short.books["F"] = replace(book(), cash=-usd(499.01))
    assert short.settle("F", 0, at("13:00"), DAY)[1] is not None


def test_an_event_has_its_own_limit() -> None:
    """With $100 of an event's $150 in an order that waits, a second market is left $50: 100 contracts at 50 c."""
    portfolio = Portfolio(replace(WIDE, max_event=usd(150)), {"E": book(a=stake(1, "bid", 25, 400)), "F": book()})
    admitted = admit(portfolio, stake(0, "bid", 50, 400))
    assert admitted.count == 100 * 100
    assert admitted.limit is not None
    assert (admitted.limit.reason, admitted.limit.bound) == (Reason.MAX_EVENT, usd(150))
    assert admit(portfolio, stake(0, "bid", 50, 300), event="F").limit is None


def test_the_cities_of_a_region_share_its_limit() -> None:
    """With $300 at risk in Austin, Chicago is left $100 of their region's $400; Miami, in none, has all of it."""
    limits = replace(WIDE, max_region=usd(400), regions={"chicago": "central", "austin": "central"})
    tomorrow = DAY + timedelta(days=1)
    books = {"E": book(), "A": book(tomorrow, city="austin", a=stake(0, "bid", 30, 1000)), "M": book(city="miami")}
    portfolio = Portfolio(limits, books)
    admitted = admit(portfolio, stake(0, "bid", 50, 1000))
    assert admitted.count == 200 * 100
    assert admitted.limit is not None
    assert admitted.limit.reason is Reason.MAX_REGION
    assert admit(portfolio, stake(0, "bid", 40, 1000), event="M").limit is None


def test_a_drawdown_leaves_room_for_what_is_open() -> None:
    """After +$200, -$300 and -$100 the drawdown is $400; with $450 at risk elsewhere $150 of $1,000 are left."""
    portfolio = Portfolio(replace(WIDE, max_drawdown=usd(1000)), {"E": book()})
    for n, lost in enumerate((-200, 300, 100)):
        assert lose(portfolio, lost, DAY - timedelta(days=9 - n)) is None
    assert portfolio.drawdown == usd(400)
    portfolio.books["G"] = book(DAY + timedelta(days=1), a=stake(0, "bid", 45, 1000))
    admitted = admit(portfolio, stake(0, "bid", 50, 1000))
    assert admitted.count == 300 * 100
    assert admitted.limit is not None
    assert admitted.limit.reason is Reason.MAX_DRAWDOWN


def test_a_drawdown_halts_until_it_is_lifted() -> None:
    """A drawdown of its limit halts for good, whatever is gained later; lifted, it counts from what there is."""
    portfolio = Portfolio(replace(WIDE, max_drawdown=usd(1000)), {"E": book()})
    halt = lose(portfolio, 1000, DAY)
    assert halt == Halt(Reason.MAX_DRAWDOWN, at("13:00"), usd(1000), usd(1000), None)
    assert lose(portfolio, -900, DAY) is None
    later = DAY + timedelta(days=99)
    refused = admit(portfolio, stake(0, "bid", 1, 1), today=later)
    assert refused == Admission(0, Refusal(Reason.HALTED, "E-0", usd(1000), usd(1000)))
    assert portfolio.lift("looked at every trade") == halt
    assert (portfolio.drawdown, portfolio.halted(later)) == (0, None)
    assert admit(portfolio, stake(0, "bid", 1, 1), today=later).limit is None


def test_the_halt_of_a_drawdown_outweighs_that_of_a_day() -> None:
    """A day's halt becomes one for good when the drawdown is reached too, and never the other way round."""
    portfolio = Portfolio(replace(WIDE, max_daily_loss=usd(600), max_drawdown=usd(1000)))
    first = lose(portfolio, 600, DAY)
    second = lose(portfolio, 400, DAY)
    assert (first and first.reason, second and second.reason) == (Reason.MAX_DAILY_LOSS, Reason.MAX_DRAWDOWN)
    assert lose(portfolio, 700, DAY + timedelta(days=1)) is None
    assert portfolio.halt == second


def test_lifting_the_halt_of_a_day_leaves_the_drawdown() -> None:
    """A day's halt lifted, orders are admitted on that date again, and the drawdown stands."""
    portfolio = Portfolio(replace(WIDE, max_daily_loss=usd(500)), {"E": book(DAY)})
    lose(portfolio, 500, DAY)
    portfolio.lift("the loss was a mistake of the feed")
    assert portfolio.drawdown == usd(500)
    assert admit(portfolio, stake(0, "bid", 1, 1), today=DAY).limit is None


def test_lifting_needs_a_halt_and_words() -> None:
    """Without a halt, or without words, lifting is refused."""
    portfolio = Portfolio(replace(WIDE, max_daily_loss=usd(500)))
    with pytest.raises(DomainError, match="no halt to lift"):
        portfolio.lift("why not")
    lose(portfolio, 500, DAY)
    with pytest.raises(DomainError, match="needs words"):
        portfolio.lift("  ")


@pytest.mark.parametrize("value", [0, -1, 0.5, True])
def test_a_limit_is_a_whole_number_above_zero(value: int) -> None:
    """A limit of 0, below it, or of no whole number is refused with its name and value."""
    with pytest.raises(DomainError, match=f"limit max_event is {value!r}; give"):
        replace(NO_LIMITS, max_event=value)


def test_parts_of_a_contract_are_cut_to_their_lot() -> None:
    """Where hundredths trade, $50 at 40 c and no fee are 125 contracts to the hundredth, not a contract less."""
    hundredths = FeeBound(0, 0, lot=1)
    portfolio = Portfolio(replace(WIDE, max_trade=usd(50.3)), {"E": book()})
    assert admit(portfolio, stake(0, "bid", 40, 1000, hundredths)).count == 12_575
    assert admit(portfolio, stake(0, "bid", 40, 1000)).count == 12_500


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
    limits = replace(WIDE, max_positions=2)
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
