"""Who fills whom: the rules by which recorded prints and quotes fill the orders of a backtest.

A **taker** that decided at t and reaches the exchange a latency later fills

- from **prints**: a later print on the same side (a taker who bought YES shows an ask that could be taken, one who
  bought NO a bid), at or inside the limit, up to the print's size;
- from **recorded quotes** (exchange candles, books, polls): at the *next* quote recorded after arrival, at or inside
  the limit, up to its size where one is known. That quote decides: what it does not fill is canceled.

A **maker** (an order that may only make) rests at its limit until it is withdrawn or the market closes, and pays its
limit. What could fill it is a print whose taker came from the other side, or a recorded quote whose other side reaches
it; *recorded* means of that very instant, never carried:

- **pessimistic**: the price is strictly through the limit, so that whoever stood before us was served too; at the limit
  itself only what a print has beyond the size known to have stood there when we came;
- **optimistic**: the limit is touched.

It is rejected where it would cross the opposite side of the last quote recorded by its arrival.

**Naive**: a taker is filled at once, whole, at the price it decided on, carried or not. Nobody can trade so; the row
shows what that assumption is worth.
"""

from __future__ import annotations

from enum import StrEnum

from drybulb.domain.ledger import Order, Side
from drybulb.domain.market import Quote
from drybulb.errors import DomainError

#: Quotes carried from prints show what was taken, not what can be.
EVIDENCE_ONLY = "prints"


class Fills(StrEnum):
    """What the simulated exchange grants."""

    TAKER = "taker"
    MAKER_PESSIMISTIC = "maker-pessimistic"
    MAKER_OPTIMISTIC = "maker-optimistic"
    NAIVE = "naive"

    @classmethod
    def parse(cls, text: str) -> Fills:
        """Return the fills of that name.

        Raises:
            DomainError: there are none.
        """
        try:
            return cls(text)
        except ValueError as error:
            raise DomainError(f"no fills {text!r}; known: {', '.join(cls)}") from error

    @property
    def is_maker(self) -> bool:
        """Whether orders that may only make are taken, and rest."""
        return self in (Fills.MAKER_PESSIMISTIC, Fills.MAKER_OPTIMISTIC)


def inside(order: Order, price: int) -> int:
    """Return how far ``price`` of YES lies inside the limit, below 0 where it is outside [centicents]."""
    return (order.price - price) * order.side.sign


def is_reached(order: Order, price: int, fills: Fills) -> bool:
    """Whether a resting order is filled by a trade or an opposite quote at ``price`` of YES [centicents]."""
    return inside(order, price) >= (0 if fills is Fills.MAKER_OPTIMISTIC else 1)


def opposite(side: Side, quote: Quote) -> tuple[int | None, int | None, int]:
    """Return price [centicents], size [1/100 contract] and age [min] of the side an order of ``side`` would meet."""
    if side.is_buy:
        return quote.yes_ask, quote.ask_size, quote.ask_age
    return quote.yes_bid, quote.bid_size, quote.bid_age


def own(side: Side, quote: Quote) -> tuple[int | None, int | None, int]:
    """Return price [centicents], size [1/100 contract] and age [min] of the side an order of ``side`` would join."""
    return opposite(Side.ASK if side.is_buy else Side.BID, quote)


def is_recorded(quote: Quote) -> bool:
    """Whether somebody recorded this quote at its instant: it is not carried, and not made from prints."""
    return quote.source != EVIDENCE_ONLY and min(quote.bid_age, quote.ask_age) == 0


def would_cross(order: Order, quote: Quote) -> bool:
    """Whether the opposite side of a quote, the last recorded by then, stands at or inside the limit."""
    price = opposite(order.side, quote)[0]
    return quote.source != EVIDENCE_ONLY and price is not None and inside(order, price) >= 0


def size_ahead(order: Order, quote: Quote) -> int | None:
    """Return what stands before an order that joins the quoted price [1/100 contract]; None where that is not known."""
    price, size, _ = own(order.side, quote)
    return size if is_recorded(quote) and price == order.price else None
