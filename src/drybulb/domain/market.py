"""Markets, events and quotes as the exchange lists them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from drybulb.domain.bracket import Bracket, Ladder
from drybulb.domain.money import CENTICENTS_PER_DOLLAR
from drybulb.errors import DomainError, LadderError


@dataclass(frozen=True, slots=True)
class Market:
    """One bracket of one event, as listed at its open.

    Attributes:
        ticker: the exchange's identifier.
        event: ticker of the event it belongs to.
        city: city key.
        day: date of the climate day.
        bracket: degrees that make YES win.
        open_at: first instant of trading [UTC], None where the listing did not say.
        close_at: last instant of trading [UTC], None where the listing did not say.
    """

    ticker: str
    event: str
    city: str
    day: date
    bracket: Bracket
    open_at: datetime | None
    close_at: datetime | None


@dataclass(frozen=True, slots=True)
class Event:
    """One city and one climate day: markets in rising order that tile the whole degrees."""

    ticker: str
    city: str
    day: date
    markets: tuple[Market, ...]
    ladder: Ladder

    @classmethod
    def of(cls, markets: list[Market]) -> Event:
        """Assemble an event from its markets.

        Raises:
            LadderError: markets of different events, or brackets that do not tile.
        """
        names = {(m.event, m.city, m.day) for m in markets}
        if len(names) != 1:
            raise LadderError(f"an event needs markets of one event, got {sorted(n[0] for n in names)}")
        ordered = sorted(markets, key=lambda m: (m.bracket.low is not None, m.bracket.low or 0))
        name, city, day = names.pop()
        return cls(name, city, day, tuple(ordered), Ladder(tuple(m.bracket for m in ordered)))


@dataclass(frozen=True, slots=True)
class Quote:
    """Best bid and ask for YES of one market at one instant.

    An empty side is None, never a price of 0 or $1.

    Attributes:
        yes_bid: best price somebody pays for YES [centicents].
        yes_ask: best price somebody sells YES at [centicents].
        bid_size: contracts at the bid [1/100 contract], None where unknown.
        ask_size: contracts at the ask [1/100 contract], None where unknown.
        bid_age: minutes since the bid was seen.
        ask_age: minutes since the ask was seen.
        source: ``exchange``, ``book``, ``poll``, ``daily`` or ``prints``; prints are
            evidence and never fill an order.
    """

    yes_bid: int | None
    yes_ask: int | None
    bid_size: int | None
    ask_size: int | None
    bid_age: int
    ask_age: int
    source: str

    def __post_init__(self) -> None:
        for price in (self.yes_bid, self.yes_ask):
            if price is not None and not 0 < price < CENTICENTS_PER_DOLLAR:
                raise DomainError(f"quote of {price} centicents is not between 0 and $1; an empty side is None")

    @property
    def is_crossed(self) -> bool:
        """Whether the bid is at or above the ask: somebody's price is gone."""
        return self.yes_bid is not None and self.yes_ask is not None and self.yes_bid >= self.yes_ask
