"""What fills and settlements do to cash and positions, in dollars worked by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from drybulb.domain.ledger import (
    Account,
    Fill,
    Intent,
    Order,
    OrderStatus,
    Position,
    Side,
    TimeInForce,
    cash_by_winner,
    cash_change,
)
from drybulb.errors import DomainError, LedgerError, MoneyError

AT = datetime(2026, 9, 16, 15, 0, tzinfo=UTC)
DOLLAR = 1_000_000
TICKER = "KXHIGHCHI-26SEP16-B81.5"


def fill(side: Side, price: int, contracts: int, fee: int = 0, trade: str = "t1", ticker: str = TICKER) -> Fill:
    """Return a taker fill of whole contracts."""
    return Fill("o1", trade, ticker, side, price, contracts * 100, fee, is_taker=True, at=AT, known_at=AT)


def test_buying_yes_pays_the_price_and_the_fee() -> None:
    """Ten YES at 43 cents with 18 cents of fee take $4.48."""
    account = Account(100 * DOLLAR)
    assert account.apply_fill(fill(Side.BID, 4_300, 10, fee=180_000)) == -4_480_000
    assert account.cash == 95_520_000
    assert account.position(TICKER) == Position(TICKER, 1_000)


def test_selling_yes_not_held_is_buying_no() -> None:
    """Ten NO at 57 cents, an ask at 43, take $5.70 and make the position -10."""
    account = Account(100 * DOLLAR)
    account.apply_fill(fill(Side.ASK, 4_300, 10))
    assert account.cash == 94_300_000
    assert account.position(TICKER).count == -1_000


def test_buying_no_while_long_yes_closes_and_frees_a_dollar_a_pair() -> None:
    """Long 10 YES from 40 cents, buying 10 NO at 55 frees $10, a profit of 5 cents a pair."""
    account = Account(100 * DOLLAR)
    account.apply_fill(fill(Side.BID, 4_000, 10))
    assert account.apply_fill(fill(Side.ASK, 4_500, 10, trade="t2")) == 4_500_000
    assert account.cash == 100_500_000
    assert account.positions() == ()


def test_a_fill_may_close_and_open_at_once() -> None:
    """Long 4 and selling 10 at 45 cents brings 4 x 45 cents and pays 6 x 55 cents."""
    account = Account(100 * DOLLAR)
    account.apply_fill(fill(Side.BID, 4_000, 4))
    assert account.apply_fill(fill(Side.ASK, 4_500, 10, trade="t2")) == 1_800_000 - 3_300_000
    assert account.position(TICKER).count == -600


def test_buying_yes_while_short_frees_what_was_kept() -> None:
    """Short 10 from 43 cents for $5.70, buying 10 YES at 30 returns $10 for $3: a profit of 13 cents a pair."""
    account = Account(100 * DOLLAR)
    account.apply_fill(fill(Side.ASK, 4_300, 10))
    assert account.apply_fill(fill(Side.BID, 3_000, 10, trade="t2")) == 7_000_000
    assert account.cash == 101_300_000


@pytest.mark.parametrize(
    ("side", "payout", "paid"),
    [
        (Side.BID, 10_000, 10_000_000),
        (Side.BID, 0, 0),
        (Side.ASK, 10_000, 0),
        (Side.ASK, 0, 10_000_000),
        (Side.BID, 6_250, 6_250_000),
        (Side.ASK, 6_250, 3_750_000),
    ],
)
def test_settlement_pays_the_winning_leg_or_a_fraction_to_both(side: Side, payout: int, paid: int) -> None:
    """Ten contracts receive $10, nothing, or their part of a fractional payout."""
    account = Account(100 * DOLLAR)
    account.apply_fill(fill(side, 5_000, 10))
    assert account.settle(TICKER, payout) == paid
    assert account.cash == 95 * DOLLAR + paid
    assert account.positions() == ()


def test_a_market_settles_once_even_if_nothing_was_held() -> None:
    """The second settlement is an error that names the first, and pays nothing."""
    account = Account(DOLLAR)
    assert account.settle(TICKER, 10_000) == 0
    with pytest.raises(LedgerError, match="settles once"):
        account.settle(TICKER, 10_000)
    assert account.cash == DOLLAR


@pytest.mark.parametrize("payout", [-1, 10_001, 5_000.0, True])
def test_a_payout_is_whole_centicents_of_a_dollar(payout: Any) -> None:
    """A payout outside 0 to $1 or of another type is refused."""
    with pytest.raises(LedgerError, match="payout"):
        Account(DOLLAR).settle(TICKER, payout)


def test_a_fill_in_a_settled_market_is_refused() -> None:
    """Nothing trades after settlement."""
    account = Account(100 * DOLLAR)
    account.settle(TICKER, 0)
    with pytest.raises(LedgerError, match="has settled"):
        account.apply_fill(fill(Side.BID, 4_300, 10))


def test_a_fill_that_cash_cannot_pay_changes_nothing() -> None:
    """Cash never goes below zero, and the refused fill leaves no trace."""
    account = Account(4_479_999)
    with pytest.raises(LedgerError, match=r"needs \$4\.48, cash is \$4\.479999"):
        account.apply_fill(fill(Side.BID, 4_300, 10, fee=180_000))
    assert account == Account(4_479_999)
    exact = Account(4_480_000)
    exact.apply_fill(fill(Side.BID, 4_300, 10, fee=180_000))
    assert exact.cash == 0


def test_a_fill_is_booked_once() -> None:
    """The same trade of the same order reported twice counts once; another order's side of it counts too."""
    account = Account(100 * DOLLAR)
    first = fill(Side.BID, 4_300, 10)
    account.apply_fill(first)
    with pytest.raises(LedgerError, match="booked already"):
        account.apply_fill(first)
    account.apply_fill(replace(first, order_id="o2"))
    assert account.position(TICKER).count == 2_000


def test_positions_are_listed_by_ticker() -> None:
    """Every market held is listed, in one order."""
    account = Account(100 * DOLLAR)
    account.apply_fill(fill(Side.BID, 4_300, 1, ticker="B"))
    account.apply_fill(fill(Side.ASK, 4_300, 2, ticker="A", trade="t2"))
    assert account.positions() == (Position("A", -200), Position("B", 100))


@pytest.mark.parametrize("cash", [-1, 100.0])
def test_an_account_opens_with_whole_microdollars(cash: Any) -> None:
    """A float or a debt cannot open an account."""
    with pytest.raises(LedgerError, match="opens with"):
        Account(cash)


def test_each_winner_pays_its_own_longs_and_every_other_s_shorts() -> None:
    """Long 10 of A and short 5 of B: A wins 10 + 5, B wins 0 + 0, C wins 0 + 5 dollars."""
    assert cash_by_winner(3 * DOLLAR, [1_000, -500, 0]) == (18 * DOLLAR, 3 * DOLLAR, 8 * DOLLAR)


def test_the_worst_case_is_the_worst_winner_and_settlement_agrees() -> None:
    """Settling an event with each winner in turn gives the cash foreseen for it."""
    ladder = ("A", "B", "C")
    foreseen = []
    for winner in ladder:
        account = Account(100 * DOLLAR)
        account.apply_fill(fill(Side.BID, 3_000, 10, ticker="A"))
        account.apply_fill(fill(Side.ASK, 2_000, 5, ticker="B", trade="t2"))
        worst = account.worst_case(ladder)
        foreseen = list(cash_by_winner(account.cash, [account.position(ticker).count for ticker in ladder]))
        for ticker in ladder:
            account.settle(ticker, 10_000 if ticker == winner else 0)
        assert account.cash == foreseen[ladder.index(winner)]
        assert worst == min(foreseen)
    # 100 - 10 * 0.30 - 5 * 0.80 = 93 before settlement.
    assert foreseen == [108 * DOLLAR, 93 * DOLLAR, 98 * DOLLAR]


def test_an_event_without_markets_has_no_worst_case() -> None:
    """An empty ladder is an error, not a safe one."""
    with pytest.raises(LedgerError, match="without markets"):
        Account(DOLLAR).worst_case([])


def test_cash_change_is_the_rule_of_the_book() -> None:
    """Selling 3 at 30 cents while long 1 brings 30 cents and pays 2 x 70 cents, less the fee."""
    assert cash_change(held=100, delta=-300, price=3_000, fee=50_000) == 300_000 - 1_400_000 - 50_000


def order(side: Side = Side.BID) -> Order:
    """Return an order of 10 contracts at 43 cents."""
    return Order("o1", TICKER, side, 4_300, 1_000, TimeInForce.GOOD_TILL_CANCELED, AT)


def test_an_order_counts_its_fills_until_nothing_remains() -> None:
    """Four of ten leave six and an open order; six more fill it."""
    part = order().after(fill(Side.BID, 4_300, 4))
    assert (part.remaining, part.is_open, part.status) == (600, True, OrderStatus.PENDING)
    whole = part.after(fill(Side.BID, 4_200, 6, trade="t2"))
    assert (whole.remaining, whole.is_open, whole.status) == (0, False, OrderStatus.FILLED)


def test_a_canceled_order_still_counts_a_fill_that_was_on_its_way() -> None:
    """A trade before the cancellation may be known after it."""
    canceled = replace(order(), status=OrderStatus.CANCELED).after(fill(Side.BID, 4_300, 4))
    assert (canceled.filled, canceled.status) == (400, OrderStatus.CANCELED)


@pytest.mark.parametrize(
    ("side", "other", "message"),
    [
        (Side.BID, fill(Side.BID, 4_301, 1), "outside"),
        (Side.ASK, fill(Side.ASK, 4_299, 1), "outside"),
        (Side.BID, fill(Side.BID, 4_300, 11), "exceeds"),
        (Side.BID, fill(Side.ASK, 4_300, 1), "not of"),
        (Side.BID, fill(Side.BID, 4_300, 1, ticker="B"), "not of"),
    ],
)
def test_an_order_refuses_a_fill_that_cannot_be_its_own(side: Side, other: Fill, message: str) -> None:
    """A worse price than the limit, more than remains, or another market or side is an error."""
    with pytest.raises(LedgerError, match=message):
        order(side).after(other)


def test_a_better_price_than_the_limit_is_welcome() -> None:
    """A bid fills lower, an ask fills higher."""
    assert order(Side.BID).after(fill(Side.BID, 4_000, 1)).filled == 100
    assert order(Side.ASK).after(fill(Side.ASK, 4_500, 1)).filled == 100


def test_instants_are_aware_and_in_order() -> None:
    """A naive instant and a fill known before it traded are refused; another zone is the same instant."""
    good = fill(Side.BID, 4_300, 1)
    with pytest.raises(DomainError, match="no time zone"):
        replace(good, at=AT.replace(tzinfo=None))
    with pytest.raises(DomainError, match="no time zone"):
        replace(order(), placed_at=AT.replace(tzinfo=None))
    with pytest.raises(LedgerError, match="cannot be known earlier"):
        replace(good, known_at=AT - timedelta(seconds=1))
    assert replace(good, known_at=AT.astimezone(timezone(timedelta(hours=-5)))) == good


@pytest.mark.parametrize("fee", [-1, 0.5])
def test_a_fee_is_whole_and_not_negative(fee: Any) -> None:
    """A fee that pays the trader, or part of a microdollar, is refused."""
    with pytest.raises(LedgerError, match="fee"):
        fill(Side.BID, 4_300, 1, fee=fee)


def test_an_intent_that_cannot_trade_is_refused() -> None:
    """A price of $1 and a count of nothing are no intents."""
    with pytest.raises(MoneyError, match="price"):
        Intent(TICKER, Side.BID, 10_000, 100)
    with pytest.raises(MoneyError, match="count"):
        Intent(TICKER, Side.BID, 4_300, 0)
    assert Intent(TICKER, Side.BID, 4_300, 100).time_in_force is TimeInForce.GOOD_TILL_CANCELED
