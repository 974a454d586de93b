"""Law 7: fees equal the exact rational computation, and cash is conserved to the last unit.

The oracle below is the exchange's documentation read again, in dollars and fractions,
sharing nothing with :mod:`drybulb.domain.fees` but the words of a rule.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, date, datetime
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from drybulb.domain import fees, ledger
from drybulb.errors import LedgerError

AT = datetime(2026, 9, 16, 15, 0, tzinfo=UTC)
DAY = date(2026, 9, 16)
DOLLAR = 1_000_000
DEPOSIT = 1_000_000 * DOLLAR
FEE_TYPES = {
    "quadratic": (Fraction(7, 100), Fraction(0)),
    "quadratic_with_maker_fees": (Fraction(7, 100), Fraction(7, 400)),
    "quadratic_with_combo_maker_fees": (Fraction(7, 100), Fraction(7, 200)),
}
TRADE_STEPS = {"cent": Fraction(1, 100), "accumulator_cent": Fraction(1, 10_000), "accumulator": Fraction(1, 10**6)}
PRECISIONS = {"direct": Fraction(1, 10_000), "non_direct": Fraction(1, 100)}


@dataclass(frozen=True, slots=True)
class Part:
    """One fill of an order: price [centicents], count [1/100 contract], and whether it took."""

    price: int
    count: int
    is_taker: bool


@dataclass(frozen=True, slots=True)
class Trade:
    """One trade in one market between two members of the exchange, the buyer of YES first."""

    members: tuple[int, int]
    ticker: str
    price: int
    count: int
    buyer_takes: bool


PRICES = st.one_of(st.integers(1, 99).map(lambda cents: 100 * cents), st.integers(1, 9_999))
COUNTS = st.one_of(st.integers(1, 400).map(lambda lots: 100 * lots), st.integers(1, 500))
TRADES = st.builds(
    Trade,
    st.sampled_from([(0, 1), (0, 2), (1, 0), (1, 2), (2, 0), (2, 1)]),
    st.sampled_from("ABC"),
    PRICES,
    COUNTS,
    st.booleans(),
)


def up(amount: Fraction, step: Fraction) -> Fraction:
    """Return the least multiple of ``step`` that is not below ``amount``."""
    return math.ceil(amount / step) * step


def down(amount: Fraction, step: Fraction) -> Fraction:
    """Return the greatest multiple of ``step`` that is not above ``amount``."""
    return math.floor(amount / step) * step


def model_fee(fee_type: str, multiplier: Fraction, part: Part) -> Fraction:
    """Return the fee model of one fill, not rounded [dollars]."""
    taker, maker = FEE_TYPES[fee_type]
    price, contracts = Fraction(part.price, 10_000), Fraction(part.count, 100)
    return (taker if part.is_taker else maker) * multiplier * contracts * price * (1 - price)


def documented(
    fee_type: str, multiplier: Fraction, rounding: str, member: str, is_buy: bool, parts: list[Part]
) -> list[tuple[Fraction, Fraction]]:
    """Return net fee and balance change of each fill of an order, by the documentation [dollars]."""
    precision, accumulator, result = PRECISIONS[member], Fraction(0), []
    for part in parts:
        gross = Fraction(part.price, 10_000) * Fraction(part.count, 100)
        revenue = -gross if is_buy else gross
        charged = up(model_fee(fee_type, multiplier, part), TRADE_STEPS[rounding])
        rebate = Fraction(0)
        if rounding != "cent":
            aligned = down(revenue - charged, precision)
            accumulator += revenue - charged - aligned
            charged = revenue - aligned
            unit = precision if rounding == "accumulator" else Fraction(1, 100)
            while rebate + unit <= accumulator and rebate + unit <= charged:
                rebate += unit
            accumulator -= rebate
        result.append((charged - rebate, revenue - charged + rebate))
    return result


def test_every_price_and_count_is_charged_the_exact_ceiling() -> None:
    """At every price of the book and for every count, the trade fee is the exact product rounded up once."""
    one = Fraction(1)
    sweep = [(100 * cents, 100 * lots) for cents in range(1, 100) for lots in range(1, 101)]
    sweep += [(price, 37) for price in range(1, 10_000)]
    for rounding, step in TRADE_STEPS.items():
        rule = fees.FeeRule.parse("*", DAY, "quadratic", "1", rounding)
        for price, count in sweep:
            exact = up(model_fee("quadratic", one, Part(price, count, is_taker=True)), step)
            charged = fees.trade_fee(rule, price, count, is_taker=True)
            assert charged == exact * DOLLAR, f"{count} at {price}, {rounding}: {charged}, not {exact * DOLLAR}"


@given(
    fee_type=st.sampled_from(sorted(FEE_TYPES)),
    multiplier=st.sampled_from(["1", "0.5", "2", "1/3", "0"]),
    rounding=st.sampled_from(sorted(TRADE_STEPS)),
    member=st.sampled_from(sorted(PRECISIONS)),
    is_buy=st.booleans(),
    parts=st.lists(st.builds(Part, PRICES, COUNTS, st.booleans()), min_size=1, max_size=25),
)
def test_every_split_of_an_order_is_charged_as_documented(
    fee_type: str, multiplier: str, rounding: str, member: str, is_buy: bool, parts: list[Part]
) -> None:
    """However an order is split into fills, each fill's fee and balance change are the documented ones exactly."""
    rule = fees.FeeRule.parse("*", DAY, fee_type, multiplier, rounding)
    accumulator = fees.FeeAccumulator(rule, fees.MemberType(member))
    expected = documented(fee_type, Fraction(multiplier), rounding, member, is_buy, parts)
    for part, (net_fee, balance_change) in zip(parts, expected, strict=True):
        charge = accumulator.charge(part.price, part.count, is_buy=is_buy, is_taker=part.is_taker)
        assert type(charge.net_fee) is int
        assert charge.net_fee >= 0
        assert charge.net_fee == net_fee * DOLLAR
        assert charge.balance_change == balance_change * DOLLAR


@given(
    tape=st.lists(TRADES, min_size=1, max_size=12),
    payouts=st.fixed_dictionaries({ticker: st.sampled_from([0, 10_000, 3_750, 1]) for ticker in "ABC"}),
)
def test_cash_is_conserved_among_all_members(tape: list[Trade], payouts: dict[str, int]) -> None:
    """What all members hold, $1 for each open pair and the fees paid never change; each ends with its own profit."""
    rule = fees.FeeRule.parse("*", DAY, "quadratic", "1", "accumulator")
    accounts = [ledger.Account(DEPOSIT) for _ in range(3)]
    profits = [0, 0, 0]
    held: dict[tuple[int, str], int] = {}
    fees_paid = 0
    for number, trade in enumerate(tape):
        for member, side in zip(trade.members, ledger.Side, strict=True):
            takes = side.is_buy == trade.buyer_takes
            charge = fees.FeeAccumulator(rule).charge(trade.price, trade.count, is_buy=side.is_buy, is_taker=takes)
            accounts[member].apply_fill(
                ledger.Fill(
                    f"o{number}",
                    f"t{number}",
                    trade.ticker,
                    side,
                    trade.price,
                    trade.count,
                    charge.net_fee,
                    takes,
                    AT,
                    AT,
                )
            )
            held[member, trade.ticker] = held.get((member, trade.ticker), 0) + side.sign * trade.count
            profits[member] += side.sign * trade.count * (payouts[trade.ticker] - trade.price) - charge.net_fee
            fees_paid += charge.net_fee
        pairs = sum(count for count in held.values() if count > 0)
        assert sum(account.cash for account in accounts) + pairs * DOLLAR // 100 + fees_paid == 3 * DEPOSIT
    for ticker, payout in payouts.items():
        for account in accounts:
            account.settle(ticker, payout)
    assert [account.cash for account in accounts] == [DEPOSIT + profit for profit in profits]
    assert sum(account.cash for account in accounts) == 3 * DEPOSIT - fees_paid
    assert not any(account.positions() for account in accounts)


@given(
    side=st.sampled_from(ledger.Side),
    price=PRICES,
    count=COUNTS,
    first=st.integers(0, 10_000),
    second=st.integers(0, 10_000),
)
def test_each_market_settles_once(side: ledger.Side, price: int, count: int, first: int, second: int) -> None:
    """A second settlement and a fill after the first are refused, and change neither cash nor positions."""
    account = ledger.Account(DEPOSIT)
    fill = ledger.Fill("o1", "t1", "A", side, price, count, 0, is_taker=True, at=AT, known_at=AT)
    later = ledger.Fill("o2", "t2", "A", side, price, count, 0, is_taker=True, at=AT, known_at=AT)
    account.apply_fill(fill)
    account.settle("A", first)
    cash = account.cash
    refused = 0
    try:
        account.settle("A", second)
    except LedgerError:
        refused += 1
    try:
        account.apply_fill(later)
    except LedgerError:
        refused += 1
    assert refused == 2
    assert account.cash == cash
    assert account.positions() == ()
