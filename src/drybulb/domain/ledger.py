"""From intent to order to fill, and what a fill does to cash and positions.

A market has one book, that of YES. ``bid`` buys YES at P; ``ask`` sells YES at P, which
is buying NO at 1 - P. An account therefore holds one *signed* count per market: positive
is long YES, negative is long NO. Buying NO while long YES closes, and each closed pair
frees the $1 it was sure to pay.

Cash is what can be spent. With position s and a fill of signed count d at YES price p::

    s'           = s + d
    cash change  = -p * d  -  $1 * (max(-s', 0) - max(-s, 0))  -  fee

Each NO contract held keeps a dollar: the 1 - p paid for it and the p received. At a
payout v of YES, the market pays v a contract if long and $1 - v if short; v may lie
between 0 and $1, for without data by its expiration date a market resolves to the last
fair price (contract terms, GLOBALTEMPERATURE).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from drybulb.domain.climateday import require_aware
from drybulb.domain.money import CENTICENTS_PER_DOLLAR, complement, contracts, format_dollars, require_tradable
from drybulb.errors import LedgerError


class Side(StrEnum):
    """Which side of the YES book an order takes or joins, in the exchange's word."""

    BID = "bid"
    ASK = "ask"

    @property
    def is_buy(self) -> bool:
        """Whether YES is bought."""
        return self is Side.BID

    @property
    def sign(self) -> int:
        """+1 where YES is bought, -1 where it is sold."""
        return 1 if self is Side.BID else -1


class TimeInForce(StrEnum):
    """How long an order waits, in the exchange's word."""

    IMMEDIATE_OR_CANCEL = "immediate_or_cancel"
    GOOD_TILL_CANCELED = "good_till_canceled"


class OrderStatus(StrEnum):
    """Where an order is in its life."""

    PENDING = "pending"
    RESTING = "resting"
    FILLED = "filled"
    CANCELED = "canceled"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Intent:
    """What the strategy wants to trade, before risk and the engine make it an order.

    Attributes:
        ticker: the market.
        side: bid buys YES, ask sells YES (buys NO).
        price: limit price of YES [centicents].
        count: how many [1/100 contract].
        time_in_force: whether it may wait in the book, until it is canceled or expires.
        post_only: whether it may only make: the exchange rejects it where it would take.

    Raises:
        DomainError: a price or count that cannot trade, or an order that may neither take nor wait.
    """

    ticker: str
    side: Side
    price: int
    count: int
    time_in_force: TimeInForce = TimeInForce.GOOD_TILL_CANCELED
    post_only: bool = False

    def __post_init__(self) -> None:
        require_tradable(self.price, self.count)
        if self.post_only and self.time_in_force is TimeInForce.IMMEDIATE_OR_CANCEL:
            raise LedgerError(f"an order of {self.ticker} that may only make must wait; give it good_till_canceled")


@dataclass(frozen=True, slots=True)
class Fill:
    """One execution of one order.

    Attributes:
        order_id: the order it belongs to, whose ticker and side it has.
        trade_id: the exchange's identifier of the trade, or the simulator's.
        price: of YES [centicents].
        count: how many [1/100 contract].
        fee: net fee, never negative [microdollars].
        is_taker: whether the order took a resting one.
        at: when it traded [UTC].
        known_at: when the account could know, not before it traded [UTC].

    Raises:
        DomainError: a price, count, fee or instant that no fill can have.
    """

    order_id: str
    trade_id: str
    ticker: str
    side: Side
    price: int
    count: int
    fee: int
    is_taker: bool
    at: datetime
    known_at: datetime

    def __post_init__(self) -> None:
        require_tradable(self.price, self.count)
        if type(self.fee) is not int or self.fee < 0:
            raise LedgerError(f"fee {self.fee!r} of trade {self.trade_id}: give whole microdollars, 0 or more")
        if require_aware(self.known_at, "known_at") < require_aware(self.at, "at"):
            raise LedgerError(f"trade {self.trade_id} at {self.at} cannot be known earlier, at {self.known_at}")

    @property
    def delta(self) -> int:
        """What the fill adds to the signed position [1/100 contract]."""
        return self.side.sign * self.count


@dataclass(frozen=True, slots=True)
class Order:
    """An order as far as it has got; a new value for each step of its life.

    Attributes:
        order_id: derived by the caller from what it knows, so that a restart derives it again.
        ticker, side, price, count, time_in_force, post_only: those of its :class:`Intent`.
        placed_at: when it was decided [UTC].
        status: where it is in its life.
        filled: how many were filled [1/100 contract].

    Raises:
        DomainError: a price, count or instant that no order can have.
    """

    order_id: str
    ticker: str
    side: Side
    price: int
    count: int
    time_in_force: TimeInForce
    placed_at: datetime
    status: OrderStatus = OrderStatus.PENDING
    filled: int = 0
    post_only: bool = False

    def __post_init__(self) -> None:
        require_tradable(self.price, self.count)
        require_aware(self.placed_at, "placed_at")

    @property
    def remaining(self) -> int:
        """How many are not filled yet [1/100 contract]."""
        return self.count - self.filled

    @property
    def is_open(self) -> bool:
        """Whether the order can still be filled."""
        return self.status in (OrderStatus.PENDING, OrderStatus.RESTING)

    def after(self, fill: Fill) -> Order:
        """Return the order with ``fill`` counted. A canceled one takes those that traded before.

        Raises:
            LedgerError: of another order, outside the limit price, or more than remains.
        """
        mine = (self.order_id, self.ticker, self.side)
        if (fill.order_id, fill.ticker, fill.side) != mine:
            raise LedgerError(f"trade {fill.trade_id} is of {fill.order_id} {fill.ticker} {fill.side}, not of {mine}")
        if (fill.price - self.price) * self.side.sign > 0:
            raise LedgerError(f"trade {fill.trade_id} at {fill.price} is outside {self.side} {self.price} of {mine[0]}")
        if fill.count > self.remaining:
            raise LedgerError(f"trade {fill.trade_id} of {fill.count} exceeds the {self.remaining} left of {mine[0]}")
        filled = self.filled + fill.count
        return replace(self, filled=filled, status=OrderStatus.FILLED if filled == self.count else self.status)


@dataclass(frozen=True, slots=True)
class Position:
    """The signed count held of one market: long YES above zero, long NO below [1/100 contract]."""

    ticker: str
    count: int


@dataclass(slots=True)
class Account:
    """Cash and positions; the one owner of its state.

    Mutable: a backtest books every fill of years, and copying all positions for each
    would be slower the more is held. A refused fill or settlement changes nothing.

    Attributes:
        cash: what can be spent [microdollars].
        counts: signed count of every market held, none of them zero [1/100 contract].
        payouts: payout of every settled market [centicents].
        booked: order and trade of every fill booked.
    """

    cash: int
    counts: dict[str, int] = field(default_factory=dict)
    payouts: dict[str, int] = field(default_factory=dict)
    booked: set[tuple[str, str]] = field(default_factory=set)

    def __post_init__(self) -> None:
        if type(self.cash) is not int or self.cash < 0:
            raise LedgerError(f"an account opens with whole microdollars, 0 or more, not {self.cash!r}")

    def position(self, ticker: str) -> Position:
        """Return what is held of ``ticker``, which may be nothing."""
        return Position(ticker, self.counts.get(ticker, 0))

    def positions(self) -> tuple[Position, ...]:
        """Return every position that is not zero, by ticker."""
        return tuple(Position(ticker, self.counts[ticker]) for ticker in sorted(self.counts))

    def apply_fill(self, fill: Fill) -> int:
        """Book ``fill`` once.

        Returns:
            What it added to cash [microdollars].

        Raises:
            LedgerError: already booked, in a settled market, or more than cash can pay.
        """
        key = (fill.order_id, fill.trade_id)
        if key in self.booked:
            raise LedgerError(f"trade {fill.trade_id} of order {fill.order_id} is booked already; drop the repeat")
        if fill.ticker in self.payouts:
            raise LedgerError(f"trade {fill.trade_id} is in {fill.ticker}, which has settled; reconcile the account")
        held = self.counts.get(fill.ticker, 0)
        change = cash_change(held, fill.delta, fill.price, fill.fee)
        if self.cash + change < 0:
            raise LedgerError(
                f"{fill.side} {contracts(fill.count)} of {fill.ticker} at {fill.price} centicents needs"
                f" {format_dollars(-change)}, cash is {format_dollars(self.cash)}; order less"
            )
        self.booked.add(key)
        self.cash += change
        self.counts[fill.ticker] = held + fill.delta
        if held + fill.delta == 0:
            del self.counts[fill.ticker]
        return change

    def settle(self, ticker: str, payout: int) -> int:
        """Settle a market, held or not, once.

        Args:
            ticker: the market.
            payout: of a YES contract, 0 to 10,000, whole or between [centicents].

        Returns:
            What it added to cash [microdollars].

        Raises:
            LedgerError: settled before, or a payout outside 0 to $1.
        """
        if ticker in self.payouts:
            raise LedgerError(f"{ticker} has settled at {self.payouts[ticker]} centicents; a market settles once")
        if type(payout) is not int or not 0 <= payout <= CENTICENTS_PER_DOLLAR:
            raise LedgerError(f"payout {payout!r} of {ticker} is not in 0..10000 whole centicents; check its unit")
        paid = settlement_cash(self.counts.pop(ticker, 0), payout)
        self.payouts[ticker] = payout
        self.cash += paid
        return paid

    def worst_case(self, ladder: Iterable[str]) -> int:
        """Return cash after the worst winner among all markets of one event [microdollars]."""
        return min(cash_by_winner(self.cash, [self.counts.get(ticker, 0) for ticker in ladder]))


def cash_change(held: int, delta: int, price: int, fee: int) -> int:
    """Return what a fill adds to cash [microdollars].

    Args:
        held: signed position before it [1/100 contract].
        delta: signed count it adds [1/100 contract].
        price: of YES [centicents].
        fee: net fee [microdollars].
    """
    newly_short = max(-(held + delta), 0) - max(-held, 0)
    return -price * delta - CENTICENTS_PER_DOLLAR * newly_short - fee


def settlement_cash(held: int, payout: int) -> int:
    """Return what a signed position [1/100 contract] is paid at a payout of YES [centicents] in [microdollars]."""
    return payout * held if held > 0 else complement(payout) * -held


def cash_by_winner(cash: int, counts: Sequence[int]) -> tuple[int, ...]:
    """Return cash after settlement for each bracket that could win [microdollars].

    One market pays $1, the others nothing. Fractional payouts, whose sum need not be $1,
    are not bounded by this.

    Args:
        cash: before settlement [microdollars].
        counts: signed position in every market of one event, in its order [1/100 contract].

    Raises:
        LedgerError: no market.
    """
    if not counts:
        raise LedgerError("an event without markets has no winner; give the positions of its whole ladder")
    all_lose = cash + sum(settlement_cash(count, 0) for count in counts)
    # A winner pays its longs a dollar and costs its shorts the dollar counted above.
    return tuple(all_lose + CENTICENTS_PER_DOLLAR * count for count in counts)
