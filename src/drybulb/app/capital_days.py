"""How much a run had at stake, and for how long: dollars times days, from its journal.

At stake is what the positions of an event cost, fees included, and what its working orders keep back, until they end or
the event pays. An order that would only reduce a position keeps nothing back.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from drybulb.domain.ledger import OrderStatus, Side
from drybulb.domain.money import MICRODOLLARS_PER_DOLLAR
from drybulb.engine.ports import Record
from drybulb.strategy.charges import leg_price

_ENDED = frozenset({OrderStatus.CANCELED, OrderStatus.REJECTED})


@dataclass(slots=True)
class _Working:
    """The rest of an order: its side, what its leg costs [centicents], how much is left and was filled [1/100]."""

    side: Side
    paid: int
    left: int
    filled: int = 0


@dataclass(slots=True)
class _Market:
    """One market: contracts held, signed [1/100], what they cost with their fees [microdollars], working orders."""

    held: int = 0
    cost: int = 0
    working: dict[str, _Working] = field(default_factory=dict)

    def fill(self, side: Side, paid: int, count: int, fee: int) -> None:
        """Take a fill: what closes a position frees its cost, what opens one adds to it, each with its part of fees."""
        closing = min(count, abs(self.held)) if self.held * side.sign < 0 else 0
        if closing:
            self.cost -= self.cost * closing // abs(self.held)
        opening = count - closing
        self.cost += paid * opening + fee * opening // count
        self.held += side.sign * count

    @property
    def at_stake(self) -> int:
        """Cost of the position, and what working orders keep back [microdollars]."""
        amount, closable = self.cost, abs(self.held)
        for order in self.working.values():
            closing = min(order.left, closable) if self.held * order.side.sign < 0 else 0
            closable -= closing
            amount += order.paid * (order.left - closing)
        return amount


@dataclass(slots=True)
class _Event:
    """One event: its markets, and the capital-days up to the last record about it."""

    since: datetime
    markets: dict[str, _Market] = field(default_factory=dict)
    amount: int = 0  # microdollars times microseconds: whole, so that the order of events cannot change a sum

    def reach(self, now: datetime) -> None:
        at_stake = sum(market.at_stake for market in self.markets.values())
        self.amount += at_stake * ((now - self.since) // timedelta(microseconds=1))
        self.since = now

    def market(self, ticker: str) -> _Market:
        return self.markets.setdefault(ticker, _Market())


@dataclass(slots=True)
class AtStake:
    """Follows a journal, and says of each event that settles what it had at stake."""

    _events: dict[str, _Event] = field(default_factory=dict)

    def take(self, record: Record) -> None:
        """Take the next record; only orders, reports on them and fills change what is at stake."""
        if record.kind not in ("order", "report", "fill"):
            return
        fields: Mapping[str, Any] = record.fields
        event = self._events.setdefault(fields["event"], _Event(record.known_at))
        event.reach(record.known_at)
        market, order_id = event.market(fields["ticker"]), fields["order_id"]
        match record.kind:
            case "order":
                side = Side(fields["side"])
                paid = leg_price(fields["price"], is_buy=side.is_buy)
                market.working[order_id] = _Working(side, paid, fields["count"])
            case "fill":
                _fill(market, order_id, fields)
            case "report" if fields["status"] in _ENDED:
                _end(market, order_id, fields["filled"])

    def settle(self, event: str, now: datetime) -> float:
        """Return what the event had at stake times how long, up to ``now`` when it pays [dollar days]."""
        found = self._events.pop(event, None)
        if found is None:
            return 0.0
        found.reach(now)
        return found.amount / (MICRODOLLARS_PER_DOLLAR * (timedelta(days=1) // timedelta(microseconds=1)))


def _fill(market: _Market, order_id: str, fields: Mapping[str, Any]) -> None:
    order, count = market.working[order_id], fields["count"]
    order.left, order.filled = order.left - count, order.filled + count
    market.fill(order.side, leg_price(fields["price"], is_buy=order.side.is_buy), count, fields["fee"])
    if order.left == 0:
        del market.working[order_id]


def _end(market: _Market, order_id: str, filled: int) -> None:
    """End an order; what traded of it and is not reported yet is still kept back for."""
    order = market.working.get(order_id)
    if order is None:
        return
    order.left = filled - order.filled
    if order.left == 0:
        del market.working[order_id]
