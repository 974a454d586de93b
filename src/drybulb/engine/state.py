"""What the loop owns: the account, the open events, the orders, and what it still has to write down."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from drybulb.domain.ledger import Account, Order
from drybulb.domain.money import COUNT_PER_CONTRACT
from drybulb.engine.ports import Listing, Record, Value
from drybulb.errors import EngineError
from drybulb.strategy.charges import Charges
from drybulb.strategy.decision import Reason, Refusal
from drybulb.strategy.policy import Policy
from drybulb.strategy.risk import Portfolio
from drybulb.strategy.stake import EventBook, Stake

_ONE_DAY = timedelta(days=1)


@dataclass(slots=True)
class RefusalCount:
    """How often one reason held in one event, and the first time it did."""

    first: Refusal
    at: datetime
    times: int = 1


@dataclass(slots=True)
class OpenEvent:
    """One event while it can be traded or waits to be paid.

    Attributes:
        listing: what was listed.
        book: what is held and ordered.
        day_starts: first instant of the climate day, where lead 1 becomes lead 0 [UTC].
        eve_starts: first instant of the day before [UTC].
        legs: index of each market by ticker.
        probabilities: of YES by the newest belief, None where nobody spoke.
        believed_at: when that belief was made [UTC].
        orders: every order of the event.
        beliefs: number of beliefs by source, ``none:<reason>`` where nobody spoke.
        refusals: what was refused, by reason.
        withdrawn: orders whose rest was asked back.
    """

    listing: Listing
    book: EventBook
    day_starts: datetime
    eve_starts: datetime
    legs: dict[str, int]
    probabilities: tuple[float, ...] | None = None
    believed_at: datetime | None = None
    orders: dict[str, Order] = field(default_factory=dict)
    beliefs: dict[str, int] = field(default_factory=dict)
    refusals: dict[Reason, RefusalCount] = field(default_factory=dict)
    withdrawn: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, listing: Listing) -> OpenEvent:
        """Open the books of ``listing``."""
        markets = listing.event.markets
        return cls(
            listing=listing,
            book=EventBook(listing.event.city, listing.event.day, [0] * len(markets)),
            day_starts=listing.climate_day.start,
            eve_starts=listing.climate_day.start - _ONE_DAY,
            legs={market.ticker: leg for leg, market in enumerate(markets)},
        )

    def lead(self, at: datetime) -> int | None:
        """Return 0 on the climate day, 1 on the day before, None elsewhere."""
        if at >= self.day_starts:
            return 0 if at < self.day_starts + _ONE_DAY else None
        return 1 if at >= self.eve_starts else None

    def head(self) -> dict[str, Value]:
        """Fields that name the event in every record about it."""
        event = self.listing.event
        return {"event": event.ticker, "city": event.city, "day": event.day}


@dataclass(frozen=True, slots=True)
class RunRules:
    """What holds for a whole run.

    Attributes:
        seed: makes the ids of this run's orders differ from another's.
        order_lifetime: how long an order waits where the market is seen every minute.
        poll_lifetime: how long it waits for the next quote elsewhere.
        lot: the least that fills at once [1/100 contract].
    """

    seed: int
    order_lifetime: timedelta
    poll_lifetime: timedelta
    lot: int = COUNT_PER_CONTRACT


@dataclass(slots=True)
class State:
    """Everything ``step`` may change; nobody else does.

    Attributes:
        listings: every event of the run, by ticker.
        policy: decides.
        portfolio: limits and open books.
        account: cash and positions.
        charges: what trades are charged.
        rules: what holds for the run.
        forecaster: the only one whose beliefs are heard; None hears everybody's.
        open_events: events that have been heard of and not been paid, by ticker.
        event_of: event of every order of an open event.
        ordered: number of orders sent.
        records: lines for the journal not yet handed over.
    """

    listings: Mapping[str, Listing]
    policy: Policy
    portfolio: Portfolio
    account: Account
    charges: Charges
    rules: RunRules
    forecaster: str | None = None
    open_events: dict[str, OpenEvent] = field(default_factory=dict)
    event_of: dict[str, str] = field(default_factory=dict)
    ordered: int = 0
    records: list[Record] = field(default_factory=list)

    def event(self, ticker: str) -> OpenEvent:
        """Return an open event, opening it when it is first heard of.

        Raises:
            EngineError: an event that is not listed, or has been paid.
        """
        found = self.open_events.get(ticker)
        if found is None:
            listing = self.listings.get(ticker)
            if listing is not None and listing.event.markets[0].ticker in self.account.payouts:
                raise EngineError(f"event {ticker} has been paid; the feed may not come back to it")
            if listing is None:
                raise EngineError(f"event {ticker} is not listed; the feed may only bring events of the run")
            found = self.open_events[ticker] = OpenEvent.of(listing)
            self.portfolio.books[ticker] = found.book
        return found

    def event_of_order(self, order_id: str) -> OpenEvent:
        """Return the open event of an order.

        Raises:
            EngineError: an order this run did not send, or whose event was paid.
        """
        ticker = self.event_of.get(order_id)
        if ticker is None:
            raise EngineError(f"order {order_id} is not of an open event of this run; reconcile before going on")
        return self.open_events[ticker]

    def sent(self, event: OpenEvent, order: Order, stake: Stake) -> None:
        """Book an order that is on its way."""
        event.orders[order.order_id] = order
        event.book.order(order.order_id, stake, order.placed_at)
        self.event_of[order.order_id] = event.listing.event.ticker
        self.ordered += 1

    def note(self, known_at: datetime, kind: str, fields: Mapping[str, Value]) -> None:
        """Add a line for the journal."""
        self.records.append(Record(known_at, kind, fields))

    def take_records(self) -> list[Record]:
        """Hand over the lines for the journal."""
        taken, self.records = self.records, []
        return taken
