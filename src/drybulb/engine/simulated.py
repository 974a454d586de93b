"""Brokers that touch no network: one that fills only as the record supports, one that cannot send at all.

Fills the simulated broker grants to a taker that decided at t and reaches the exchange a
latency later:

- **prints**: from a later print on the same side (a taker who bought YES shows an ask that
  could be taken, one who bought NO a bid), at or inside the limit, at the print's price, up
  to the print's size, which all our orders share;
- **recorded quotes** (exchange candles, books, polls): at the *next* quote recorded after
  arrival, at or inside the limit, up to its size where one is known. That quote decides:
  what it does not fill is canceled.

A carried price fills nothing; nothing fills while the exchange is closed, after the
market's close or after the order expired. Contracts fill whole. Only takers are simulated.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from drybulb.domain.fees import FeeAccumulator
from drybulb.domain.ledger import Fill, Order, OrderStatus, Side
from drybulb.domain.market import Quote
from drybulb.domain.money import COUNT_PER_CONTRACT
from drybulb.engine.ports import (
    Cancel,
    Command,
    FillReport,
    LadderQuote,
    Listing,
    MarketEvent,
    OrderReport,
    Print,
    Rank,
    Report,
    Submit,
    order_of,
)
from drybulb.errors import EngineError
from drybulb.strategy.charges import Charges

#: Quotes carried from prints show what was taken, not what can be.
_EVIDENCE_ONLY = "prints"


#: What happens at an instant is known after it, be the latency zero.
_LEAST_DELAY = timedelta(microseconds=1)


@dataclass(slots=True)
class _Working:
    """An order at the exchange."""

    order: Order
    leg: int
    arrives_at: datetime
    expires_at: datetime
    fees: FeeAccumulator
    remaining: int

    def can_trade(self, at: datetime, price: int) -> bool:
        """Whether the order meets a price of YES [centicents] at ``at``: later than it, in time, inside its limit."""
        order = self.order
        in_time = order.placed_at < at and self.arrives_at <= at <= self.expires_at
        return in_time and (order.price - price) * order.side.sign >= 0


@dataclass(frozen=True, slots=True)
class _Expiry:
    """An order ends, if it has not by then."""

    order_id: str
    reason: str


class SimulatedBroker:
    """An exchange that grants the fills its record supports and no others.

    Args:
        listings: the events that may be traded, by ticker.
        charges: what fills are charged.
        latency: from a decision to the exchange, and from there back to us.
    """

    def __init__(self, listings: Mapping[str, Listing], charges: Charges, latency: timedelta) -> None:
        self._listings = listings
        self._charges = charges
        self._latency = latency
        self._delay = max(latency, _LEAST_DELAY)
        self._working: dict[str, dict[str, _Working]] = {}
        self._event_of: dict[str, str] = {}
        self._closed: set[str] = set()
        self._due: list[tuple[tuple[datetime, int, int], Report | _Expiry]] = []
        self._sequence = 0

    def send(self, command: Command, now: datetime) -> None:
        """Take a command decided at ``now`` [UTC].

        Raises:
            EngineError: a market that is not listed, an order id used before, or one never sent.
        """
        match command:
            case Submit():
                self._accept(command, now)
            case Cancel():
                self._cancel(command.order_id, now)

    def reports(self, upto: MarketEvent | None) -> Iterator[Report]:
        """Yield what was due before ``upto``, then learn from it what has traded."""
        yield from self._due_before(upto)
        match upto:
            case LadderQuote():
                self._on_quotes(upto)
            case Print() if upto.event not in self._closed:
                self._on_print(upto)

    def _accept(self, command: Submit, now: datetime) -> None:
        order = command.order
        listing = self._listings.get(command.event)
        tickers = [market.ticker for market in listing.event.markets] if listing else []
        if listing is None or order.ticker not in tickers:
            raise EngineError(f"order {order.order_id}: {order.ticker} of {command.event} is not listed")
        if order.order_id in self._event_of:
            raise EngineError(f"order id {order.order_id} was used before; an id names one order")
        self._event_of[order.order_id] = command.event
        arrives_at = now + self._latency
        if command.event in self._closed or arrives_at >= listing.closes_at:
            self._tell_end(order.order_id, OrderStatus.REJECTED, 0, "market closed", arrives_at)
            return
        expires_at = min(command.expires_at, listing.closes_at)
        fees = self._charges.accumulator(listing.series, now)
        working = _Working(order, tickers.index(order.ticker), arrives_at, expires_at, fees, order.count)
        self._working.setdefault(command.event, {})[order.order_id] = working
        self._expire(order.order_id, "expired", expires_at)

    def _cancel(self, order_id: str, now: datetime) -> None:
        event = self._event_of.get(order_id)
        if event is None:
            raise EngineError(f"order {order_id} was never sent; nothing to cancel")
        working = self._working.get(event, {}).get(order_id)
        if working is not None:
            working.expires_at = min(working.expires_at, now + self._latency)
            self._expire(order_id, "canceled", working.expires_at)

    def _on_print(self, tape: Print) -> None:
        left = tape.count
        for working in list(self._working.get(tape.event, {}).values()):
            same_side = working.order.ticker == tape.ticker and working.order.side is tape.taker
            if same_side and working.can_trade(tape.at, tape.price):
                # An order that waited pays its limit: a book would have come to it, and the tape cannot tell
                # whether the better price already stood when it arrived.
                left -= self._fill(working, tape.trade_id, working.order.price, left, tape.at, tape.known_at)

    def _on_quotes(self, quoted: LadderQuote) -> None:
        if quoted.is_trading:
            self._closed.discard(quoted.event)
        else:
            self._closed.add(quoted.event)
        taken: dict[tuple[int, Side], int] = {}
        for working in list(self._working.get(quoted.event, {}).values()):
            if not quoted.is_trading:
                self._end_now(working, "trading stopped", quoted.known_at)
            elif working.arrives_at <= quoted.at and is_recorded(quoted.quotes[working.leg]):
                self._take(working, quoted, taken)
                if working.remaining:
                    self._end_now(working, "not filled at the next quote", quoted.known_at)

    def _take(self, working: _Working, quoted: LadderQuote, taken: dict[tuple[int, Side], int]) -> None:
        """Fill from the first quote recorded after arrival; what our orders take of its size is gone."""
        quote, side = quoted.quotes[working.leg], working.order.side
        price = quote.yes_ask if side.is_buy else quote.yes_bid
        size = quote.ask_size if side.is_buy else quote.bid_size
        if price is None or not working.can_trade(quoted.at, price):
            return
        used = taken.get((working.leg, side), 0)
        trade_id = f"{working.order.ticker}@{quoted.at.isoformat()}"
        room = working.remaining if size is None else size - used
        taken[working.leg, side] = used + self._fill(working, trade_id, price, room, quoted.at, quoted.known_at)

    def _fill(self, working: _Working, trade_id: str, price: int, room: int, at: datetime, known_at: datetime) -> int:
        """Fill as many whole contracts as there is room for and return how many [1/100 contract]."""
        order = working.order
        count = min(room, working.remaining) // COUNT_PER_CONTRACT * COUNT_PER_CONTRACT
        if count <= 0:
            return 0
        charge = working.fees.charge(price, count, is_buy=order.side.is_buy, is_taker=True)
        working.remaining -= count
        if not working.remaining:
            self._forget(order.order_id)
        fill = Fill(
            order_id=order.order_id,
            trade_id=trade_id,
            ticker=order.ticker,
            side=order.side,
            price=price,
            count=count,
            fee=charge.net_fee,
            is_taker=True,
            at=at,
            known_at=known_at + self._delay,
        )
        self._push(FillReport(fill.known_at, self._next(), fill))
        return count

    def _end_now(self, working: _Working, reason: str, at: datetime) -> None:
        self._forget(working.order.order_id)
        filled = working.order.count - working.remaining
        self._tell_end(working.order.order_id, OrderStatus.CANCELED, filled, reason, at)

    def _tell_end(self, order_id: str, status: OrderStatus, filled: int, reason: str, at: datetime) -> None:
        self._push(OrderReport(at + self._delay, self._next(), order_id, status, filled, reason))

    def _expire(self, order_id: str, reason: str, at: datetime) -> None:
        heapq.heappush(self._due, ((at + self._delay, Rank.ORDER_REPORT, self._next()), _Expiry(order_id, reason)))

    def _push(self, report: Report) -> None:
        heapq.heappush(self._due, (order_of(report), report))

    def _due_before(self, upto: MarketEvent | None) -> Iterator[Report]:
        while self._due and (upto is None or self._due[0][0] < order_of(upto)):
            (at, _, sequence), due = heapq.heappop(self._due)
            if not isinstance(due, _Expiry):
                yield due
                continue
            working = self._forget(due.order_id)
            if working is not None:
                filled = working.order.count - working.remaining
                yield OrderReport(at, sequence, due.order_id, OrderStatus.CANCELED, filled, due.reason)

    def _forget(self, order_id: str) -> _Working | None:
        return self._working.get(self._event_of[order_id], {}).pop(order_id, None)

    def _next(self) -> int:
        self._sequence += 1
        return self._sequence


class NullBroker:
    """A broker that cannot send: it records what it was asked and reports every order rejected."""

    def __init__(self) -> None:
        self.commands: list[Command] = []
        self._due: list[OrderReport] = []

    def send(self, command: Command, now: datetime) -> None:
        """Record a command."""
        self.commands.append(command)
        if isinstance(command, Submit):
            order_id, reason = command.order.order_id, "this broker cannot send"
            report = OrderReport(now + _LEAST_DELAY, len(self.commands), order_id, OrderStatus.REJECTED, 0, reason)
            self._due.append(report)

    def reports(self, upto: MarketEvent | None) -> Iterator[Report]:
        """Yield the rejections that come before ``upto``."""
        while self._due and (upto is None or order_of(self._due[0]) < order_of(upto)):
            yield self._due.pop(0)


def is_recorded(quote: Quote) -> bool:
    """Whether somebody recorded this quote at its instant: it is not carried, and not made from prints."""
    return quote.source != _EVIDENCE_ONLY and min(quote.bid_age, quote.ask_age) == 0
