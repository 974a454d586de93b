"""What the loop is connected to: the events it takes, the commands it gives, and the four ports.

Events are totally ordered by ``(known_at, rank, sequence)``: at one instant the account is
settled before it hears of its orders, hears of them before it looks at the market, and
looks at the market with the newest belief. A ladder event carries the quotes of all
markets of an event at once, so that no decision sees half a ladder.

An implementation of a port is anything that passes ``tests/contracts/test_ports.py``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import IntEnum
from typing import ClassVar, Protocol

from drybulb.domain.climateday import ClimateDay
from drybulb.domain.distribution import Belief
from drybulb.domain.ledger import Fill, Order, OrderStatus, Side
from drybulb.domain.market import Event as ListedEvent
from drybulb.domain.market import Quote


class Rank(IntEnum):
    """Order of events known at the same instant."""

    SETTLEMENT = 0
    ORDER_REPORT = 1
    FILL = 2
    OBSERVATION = 3
    GUIDANCE = 4
    BELIEF = 5
    PRINT = 6
    QUOTE = 7
    TICK = 8


@dataclass(frozen=True, slots=True)
class Listing:
    """One event as the loop knows it before it starts.

    Attributes:
        event: its markets, in the ladder's order.
        series: whose fees apply.
        climate_day: its day in the city's standard time.
        opens_at: first instant of trading [UTC].
        closes_at: end of trading [UTC].
    """

    event: ListedEvent
    series: str
    climate_day: ClimateDay
    opens_at: datetime
    closes_at: datetime


@dataclass(frozen=True, slots=True)
class Settlement:
    """An event has paid: ``payouts`` of YES in the ladder's order [centicents]."""

    rank: ClassVar[Rank] = Rank.SETTLEMENT
    known_at: datetime
    sequence: int
    event: str
    payouts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class OrderReport:
    """An order has come to rest or to its end.

    Attributes:
        order_id: the order.
        status: resting, canceled or rejected; that it is filled, its fills say.
        filled: all that traded of it, also what has not been reported yet [1/100 contract].
        reason: why it ended, in words.
    """

    rank: ClassVar[Rank] = Rank.ORDER_REPORT
    known_at: datetime
    sequence: int
    order_id: str
    status: OrderStatus
    filled: int
    reason: str


@dataclass(frozen=True, slots=True)
class FillReport:
    """A part of an order has traded."""

    rank: ClassVar[Rank] = Rank.FILL
    known_at: datetime
    sequence: int
    fill: Fill


@dataclass(frozen=True, slots=True)
class BeliefMade:
    """A belief about one event has been made, or it has been found that there is none.

    Attributes:
        event: ticker of the event.
        belief: what is believed, or why nothing is.
        forecaster: who was asked, and when it is asked where that differs; "" where there is one alone.
    """

    rank: ClassVar[Rank] = Rank.BELIEF
    known_at: datetime
    sequence: int
    event: str
    belief: Belief
    forecaster: str = ""


@dataclass(frozen=True, slots=True)
class Print:
    """A trade of the tape.

    Attributes:
        event: ticker of the event.
        ticker: the market.
        trade_id: the exchange's identifier.
        at: when it traded [UTC].
        price: of YES [centicents].
        count: how many [1/100 contract].
        taker: bid where the taker bought YES, ask where the taker bought NO.
    """

    rank: ClassVar[Rank] = Rank.PRINT
    known_at: datetime
    sequence: int
    event: str
    ticker: str
    trade_id: str
    at: datetime
    price: int
    count: int
    taker: Side


# Not frozen, though nobody changes one: a year of six cities has five million of them, and freezing them costs seconds;
# a test seals them and runs the loop.
@dataclass(slots=True)
class LadderQuote:
    """The quotes of all markets of an event at one instant.

    Attributes:
        event: ticker of the event.
        at: what instant the quotes are of [UTC].
        is_trading: whether the exchange was open.
        quotes: one per market, in the ladder's order.
    """

    rank: ClassVar[Rank] = Rank.QUOTE
    known_at: datetime
    sequence: int
    event: str
    at: datetime
    is_trading: bool
    quotes: tuple[Quote, ...]


@dataclass(frozen=True, slots=True)
class Tick:
    """Time has passed."""

    rank: ClassVar[Rank] = Rank.TICK
    known_at: datetime
    sequence: int


Report = OrderReport | FillReport
MarketEvent = Settlement | BeliefMade | Print | LadderQuote | Tick
Event = MarketEvent | Report


def order_of(event: Event) -> tuple[datetime, int, int]:
    """Return the place of ``event`` in the total order."""
    return (event.known_at, event.rank, event.sequence)


@dataclass(frozen=True, slots=True)
class Submit:
    """Send an order.

    Attributes:
        order: what to send; its id is the client order id.
        event: ticker of its event.
        expires_at: when the exchange is to cancel the rest [UTC].
    """

    order: Order
    event: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Cancel:
    """Withdraw the rest of an order."""

    order_id: str


Command = Submit | Cancel

#: What a field of a record may hold.
Value = str | int | float | bool | None | date | Sequence["Value"] | Mapping[str, "Value"]


@dataclass(frozen=True, slots=True)
class Record:
    """One line of the journal: when, what kind, and its fields."""

    known_at: datetime
    kind: str
    fields: Mapping[str, Value]


class Feed(Protocol):
    """Where events of the world come from."""

    def events(self) -> Iterator[MarketEvent]:
        """Yield events in the total order, each once; may be called once."""
        ...


class Broker(Protocol):
    """Where commands go, and where reports on orders come from."""

    def send(self, command: Command, now: datetime) -> None:
        """Take a command at ``now`` [UTC]. The answer, a rejection too, comes as a report."""
        ...

    def reports(self, upto: MarketEvent | None) -> Iterable[Report]:
        """Return, in the total order, the reports that come before ``upto``, each once.

        A simulated broker also learns the market from ``upto``; no decision taken on it or
        after it can have been sent yet. None asks for all that is left.
        """
        ...


class Clock(Protocol):
    """What time it is for the loop."""

    def now(self) -> datetime:
        """Return the time [UTC]."""
        ...

    def reach(self, instant: datetime) -> None:
        """Return once it is ``instant`` [UTC] or later."""
        ...


class Journal(Protocol):
    """Where it is written down what the loop did."""

    def write(self, record: Record) -> None:
        """Keep one record; those written before stay as they are."""
        ...
