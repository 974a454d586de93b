"""An order at the simulated exchange, from its arrival to its end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from drybulb.domain.fees import FeeAccumulator
from drybulb.domain.ledger import Order
from drybulb.domain.market import Quote
from drybulb.engine.fills import Fills, inside, is_reached, opposite, size_ahead
from drybulb.engine.ports import Print


@dataclass(slots=True)
class Working:
    """An order at the exchange. Mutable: each fill takes from what remains.

    Attributes:
        order: as it was sent.
        leg: index of its market in the ladder.
        arrives_at: when the exchange has it [UTC].
        expires_at: when the exchange ends it [UTC].
        fees: charges its fills.
        remaining: what is left of it [1/100 contract].
        ahead: what is known to stand before it at its price [1/100 contract]; None where nothing is known.
    """

    order: Order
    leg: int
    arrives_at: datetime
    expires_at: datetime
    fees: FeeAccumulator
    remaining: int
    ahead: int | None = None

    def is_there(self, at: datetime) -> bool:
        """Whether the order can trade at ``at``: later than it was decided, arrived, and not expired."""
        return self.order.placed_at < at and self.arrives_at <= at <= self.expires_at

    def queue(self, quote: Quote) -> None:
        """Stand behind what a quote by the arrival shows at the order's price."""
        self.ahead = size_ahead(self.order, quote)

    def room_of_print(self, tape: Print, left: int, fills: Fills) -> int:
        """Return how much of a print can be this order's [1/100 contract].

        Args:
            tape: of the order's market, while it is there.
            left: what our other orders have left of it [1/100 contract].
            fills: how makers fill.
        """
        order, price = self.order, tape.price
        if not order.post_only:
            return left if order.side is tape.taker and inside(order, price) >= 0 else 0
        if order.side is tape.taker:
            return 0
        if is_reached(order, price, fills):
            return left
        if price != order.price or self.ahead is None:
            return 0
        room = max(0, left - self.ahead)
        self.ahead = max(0, self.ahead - tape.count)
        return room

    def room_of_quote(self, quote: Quote, taken: int, fills: Fills) -> tuple[int, int]:
        """Return the price of YES [centicents] and how much of a quote can be this order's [1/100 contract].

        Args:
            quote: of the order's market, recorded while it is there.
            taken: what our orders have had of its size [1/100 contract].
            fills: how makers fill.
        """
        order = self.order
        price, size, age = opposite(order.side, quote)
        if price is None:
            return order.price, 0
        room = self.remaining if size is None else max(0, size - taken)
        if not order.post_only:
            return price, room if inside(order, price) >= 0 else 0
        return order.price, room if age == 0 and is_reached(order, price, fills) else 0
