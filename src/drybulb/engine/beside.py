"""Champion and challengers: several desks on one feed, of which only the first is the one that counts.

The champion's broker is the real one of its mode; every challenger has an account, a broker and a journal of its own.
They hear the same events in the same order, and a challenger can change nothing of the champion: not even by failing.
Each journal is, line for line, that of a run of its desk alone (law 23).
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from drybulb.engine.ports import Broker, Clock, Event, Feed, Journal, MarketEvent, Record, Report, order_of
from drybulb.engine.session import handling
from drybulb.engine.state import State
from drybulb.errors import EngineError


@dataclass(frozen=True, slots=True)
class Desk:
    """Somebody who trades: what it owns, and where its orders and its records go.

    Attributes:
        name: names it among the others.
        state: its account, its policy, its limits; of nobody else.
        broker: where its orders go; of nobody else.
        journal: where it is written down what it did; of nobody else.
    """

    name: str
    state: State
    broker: Broker
    journal: Journal


@dataclass(slots=True)
class _Seat:
    """A desk while it is run. Mutable: it may fail."""

    desk: Desk
    handle: Callable[[Event], None]
    is_champion: bool
    failed: list[Exception] = field(default_factory=list)

    def take(self, event: Event) -> None:
        """Hand over an event; a challenger that cannot take it is out from then on."""
        if self.failed:
            return
        try:
            self.handle(event)
        except Exception as error:  # noqa: BLE001 - whatever is wrong with a challenger, the champion goes on
            self._fail(event, error)

    def reports(self, upto: MarketEvent | None) -> Iterator[tuple[_Seat, Report]]:
        """Yield what the broker has to say before ``upto``."""
        if self.failed:
            return
        try:
            for report in self.desk.broker.reports(upto):
                yield self, report
        except Exception as error:  # noqa: BLE001 - as above
            self._fail(upto, error)

    def _fail(self, event: Event | None, error: Exception) -> None:
        if self.is_champion:
            raise error
        self.failed.append(error)
        if event is not None:
            said = {"error": f"{type(error).__name__}: {error}"}
            try:
                self.desk.journal.write(Record(event.known_at, "failed", said))
            except Exception as unwritten:  # noqa: BLE001 - it may be the journal that failed
                self.failed.append(unwritten)


def run_beside(desks: Sequence[Desk], feed: Feed, clock: Clock) -> dict[str, Exception]:
    """Run every desk on one feed until it ends; reports of orders in their place between its events.

    Args:
        desks: the champion, then its challengers.
        feed: read once.
        clock: one for all: reports of all desks are taken in the total order.

    Returns:
        What stopped the challengers that failed, by name; the others ran to the end.

    Raises:
        EngineError: no desk, two of one name, or two that share an account, a broker or a journal; and whatever the
            champion raises.
    """
    _check(desks)
    seats = [
        _Seat(desk, handling(desk.state, desk.broker, clock, desk.journal), number == 0)
        for number, desk in enumerate(desks)
    ]
    for event in feed.events():
        for seat, report in _reports(seats, event):
            seat.take(report)
        for seat in seats:
            seat.take(event)
    for seat, report in _reports(seats, None):
        seat.take(report)
    return {seat.desk.name: seat.failed[0] for seat in seats if seat.failed}


def _reports(seats: Sequence[_Seat], upto: MarketEvent | None) -> Iterator[tuple[_Seat, Report]]:
    """Reports of all desks in the total order, each asked for when those before it have been taken."""
    if len(seats) == 1:
        return seats[0].reports(upto)
    told = (_opened(seat.reports(upto)) for seat in seats)
    return heapq.merge(*(stream for stream in told if stream is not None), key=_place)


def _opened(
    stream: Iterator[tuple[_Seat, Report]],
) -> Iterator[tuple[_Seat, Report]] | None:
    """The stream, or None where nothing is in it, as before nearly every event."""
    first = next(stream, None)
    return None if first is None else _after(first, stream)


def _after(first: tuple[_Seat, Report], rest: Iterator[tuple[_Seat, Report]]) -> Iterator[tuple[_Seat, Report]]:
    yield first
    yield from rest


def _place(told: tuple[_Seat, Report]) -> tuple[object, ...]:
    return order_of(told[1])


def _check(desks: Sequence[Desk]) -> None:
    if not desks:
        raise EngineError("no desk to run; give the champion at least")
    for what, own in (
        ("a name", [desk.name for desk in desks]),
        ("an account", [id(desk.state.account) for desk in desks]),
        ("limits", [id(desk.state.portfolio) for desk in desks]),
        ("a policy", [id(desk.state.policy) for desk in desks]),
        ("a broker", [id(desk.broker) for desk in desks]),
        ("a journal", [id(desk.journal) for desk in desks]),
    ):
        if len(set(own)) < len(own):
            raise EngineError(f"of {', '.join(desk.name for desk in desks)} two share {what}; give each its own")
