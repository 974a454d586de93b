"""Brokers that touch no network: one that fills only as the record supports, one that cannot send at all.

Who fills whom is said in :mod:`drybulb.engine.fills`. Beside it:

- Our orders share what they meet: a print or a quote of so many contracts fills no more of all of them together, takers
  first, then makers from the best price on. What prints filled since the last quotes of the event counts against the
  size of the next, for both may be of one trade.
- Nothing fills while the exchange is closed, after the market's close or after the order expired.
- Contracts fill in whole lots.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from drybulb.domain.ledger import Fill, OrderStatus, Side
from drybulb.domain.money import COUNT_PER_CONTRACT
from drybulb.engine.fills import Fills, is_recorded, would_cross
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
from drybulb.engine.working import Working
from drybulb.errors import EngineError
from drybulb.strategy.charges import Charges

#: What happens at an instant is known after it, be the latency zero.
_LEAST_DELAY = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class _Expiry:
    """When an order ends, if it has not by then."""

    order_id: str
    reason: str


class SimulatedBroker:
    """An exchange that grants the fills its record supports and no others.

    Args:
        listings: the events that may be traded, by ticker.
        charges: what fills are charged.
        latency: from a decision to the exchange, and from there back to us.
        fills: what is granted.
        lot: what the count of a fill is a multiple of [1/100 contract].
    """

    def __init__(
        self,
        listings: Mapping[str, Listing],
        charges: Charges,
        latency: timedelta,
        fills: Fills = Fills.TAKER,
        lot: int = COUNT_PER_CONTRACT,
    ) -> None:
        self._listings = listings
        self._charges = charges
        self._latency = latency
        self._fills = fills
        self._lot = lot
        self._delay = max(latency, _LEAST_DELAY)
        self._working: dict[str, dict[str, Working]] = {}
        self._event_of: dict[str, str] = {}
        self._closed: set[str] = set()
        # The last ladder of each event, kept where an order may be rejected for crossing it.
        self._shown: dict[str, LadderQuote] = {}
        self._printed: dict[str, dict[tuple[int, Side], int]] = {}
        self._due: list[tuple[tuple[datetime, int, int], Report | _Expiry]] = []
        self._sequence = 0

    def send(self, command: Command, now: datetime) -> None:
        """Take a command decided at ``now`` [UTC].

        Raises:
            EngineError: a market that is not listed, an order id used before or never sent, or an order that may only
                make where makers are not simulated.
        """
        match command:
            case Submit():
                self._accept(command, now)
            case Cancel():
                self._cancel(command.order_id, now)

    def reports(self, upto: MarketEvent | None) -> Iterator[Report]:
        """Yield what was due before ``upto``, then learn from it what has traded."""
        if self._due:
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
        if order.post_only and not self._fills.is_maker:
            raise EngineError(
                f"order {order.order_id} may only make, and fills are {self._fills}; give {Fills.MAKER_PESSIMISTIC}"
            )
        self._event_of[order.order_id] = command.event
        arrives_at = now + self._latency
        if command.event in self._closed or arrives_at >= listing.closes_at:
            self._tell_end(order.order_id, OrderStatus.REJECTED, 0, "market closed", arrives_at)
            return
        expires_at = min(command.expires_at, listing.closes_at)
        fees = self._charges.accumulator(listing.series, now)
        working = Working(order, tickers.index(order.ticker), arrives_at, expires_at, fees, order.count)
        self._working.setdefault(command.event, {})[order.order_id] = working
        self._expire(order.order_id, "expired", expires_at)
        if self._fills is Fills.NAIVE:
            self._fill(working, f"{order.ticker}@{now.isoformat()}", order.price, working.remaining, now, now)
        elif order.post_only and command.event in self._shown:
            self._queue(working, self._shown[command.event])

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
        for working in self._in_turn(tape.event):
            if working.order.ticker == tape.ticker and working.is_there(tape.at):
                # An order that waited pays its limit: a book would have come to it, and the tape cannot tell
                # whether the better price already stood when it arrived.
                room = working.room_of_print(tape, left, self._fills)
                count = self._fill(working, tape.trade_id, working.order.price, room, tape.at, tape.known_at)
                if count:
                    left -= count
                    printed = self._printed.setdefault(tape.event, {})
                    place = (working.leg, working.order.side)
                    printed[place] = printed.get(place, 0) + count

    def _on_quotes(self, quoted: LadderQuote) -> None:
        if quoted.is_trading:
            self._closed.discard(quoted.event)
        else:
            self._closed.add(quoted.event)
        if self._fills.is_maker:
            self._shown[quoted.event] = quoted
        taken = self._printed.pop(quoted.event, {})
        for working in self._in_turn(quoted.event):
            if not quoted.is_trading:
                self._end_now(working, "trading stopped", quoted.known_at)
            elif working.is_there(quoted.at):
                self._meet(working, quoted, taken)
            elif working.order.post_only and quoted.at < working.arrives_at:
                self._queue(working, quoted)

    def _meet(self, working: Working, quoted: LadderQuote, taken: dict[tuple[int, Side], int]) -> None:
        """Fill from a quote recorded after arrival; what our orders take of its size is gone."""
        quote, place = quoted.quotes[working.leg], (working.leg, working.order.side)
        if not is_recorded(quote):
            return
        used = taken.get(place, 0)
        price, room = working.room_of_quote(quote, used, self._fills)
        trade_id = f"{working.order.ticker}@{quoted.at.isoformat()}"
        taken[place] = used + self._fill(working, trade_id, price, room, quoted.at, quoted.known_at)
        if working.remaining and not working.order.post_only:
            self._end_now(working, "not filled at the next quote", quoted.known_at)

    def _queue(self, working: Working, quoted: LadderQuote) -> None:
        """Let a maker meet the last quote by its arrival: it stands behind it, or is rejected."""
        quote = quoted.quotes[working.leg]
        working.queue(quote)
        if would_cross(working.order, quote):
            self._forget(working.order.order_id)
            self._tell_end(working.order.order_id, OrderStatus.REJECTED, 0, "would cross", working.arrives_at)

    def _in_turn(self, event: str) -> list[Working]:
        """Working orders of an event: takers as they were sent, then makers, the best price of a side first."""
        working = self._working.get(event)
        if not working:
            return []
        found = list(working.values())
        if len(found) > 1 and self._fills.is_maker:
            found.sort(key=_turn)
        return found

    def _fill(self, working: Working, trade_id: str, price: int, room: int, at: datetime, known_at: datetime) -> int:
        """Fill as many whole lots as there is room for and return how many [1/100 contract]."""
        order = working.order
        count = min(room, working.remaining) // self._lot * self._lot
        if count <= 0:
            return 0
        is_taker = not order.post_only
        charge = working.fees.charge(price, count, is_buy=order.side.is_buy, is_taker=is_taker)
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
            is_taker=is_taker,
            at=at,
            known_at=known_at + self._delay,
        )
        self._push(FillReport(fill.known_at, self._next(), fill))
        return count

    def _end_now(self, working: Working, reason: str, at: datetime) -> None:
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

    def _forget(self, order_id: str) -> Working | None:
        return self._working.get(self._event_of[order_id], {}).pop(order_id, None)

    def _next(self) -> int:
        self._sequence += 1
        return self._sequence


def _turn(working: Working) -> tuple[bool, int]:
    order = working.order
    return (False, 0) if not order.post_only else (True, -order.price * order.side.sign)


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
