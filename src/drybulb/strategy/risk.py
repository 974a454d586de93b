"""Limits that no order may break, whatever fills, in whatever order, and whichever bracket wins.

An order is admitted only for as many contracts as keep every limit *in the worst case* of
:mod:`drybulb.strategy.stake`. A better fill, a smaller one, a canceled rest only lower it,
so no limit is passed later, but where an event settles late (below) or pays a fraction.

All that an event earns or loses is booked when it settles, on the date the exchange's
clock then shows. It is due on the date after its climate day; the events due on one date
may not, at their worst, lose more together than a day may. An event that is overdue can
settle on any date and counts to each from then on; what was admitted before it was overdue
stays, so that its loss beside another date's can pass the limit of a day.

The drawdown is how far the gain of all settled events has fallen below its highest. From
where it stands it can grow by the worst losses of all open events and no more, in
whatever order they settle: a gain between two losses raises the highest by no more than
it made up for. So an order has to leave room for all of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from drybulb.errors import DomainError
from drybulb.strategy.decision import Reason, Refusal
from drybulb.strategy.halt import Halt, is_reached
from drybulb.strategy.limits import Check, Limits, first_broken
from drybulb.strategy.stake import EventBook, Stake


@dataclass(frozen=True, slots=True)
class Admission:
    """How much of an order may be sent, and the limit that kept it from more.

    Attributes:
        count: admitted [1/100 contract]; 0 is a refusal.
        limit: the limit met, None where all was admitted.
    """

    count: int
    limit: Refusal | None


@dataclass(slots=True)
class Portfolio:
    """Every open event under one set of limits.

    Attributes:
        limits: the limits.
        books: open events by ticker.
        booked: gain of the events settled on each date of the exchange's clock [microdollars].
        gained: gain of all settled events [microdollars].
        highest: the most that ``gained`` has been, 0 at the beginning; what it was when a drawdown was last lifted.
        halt: the last halt, until it is lifted; whether it still holds is for :meth:`halted` to say.
    """

    limits: Limits
    books: dict[str, EventBook] = field(default_factory=dict)
    booked: dict[date, int] = field(default_factory=dict)
    gained: int = 0
    highest: int = 0
    halt: Halt | None = None

    @property
    def drawdown(self) -> int:
        """How far the gain of all settled events is below its highest [microdollars]."""
        return self.highest - self.gained

    def exposure(self) -> int:
        """Return the worst losses of all open events together [microdollars]."""
        return sum(book.worst_loss() for book in self.books.values())

    def halted(self, today: date) -> Halt | None:
        """Return the halt in force on ``today``, a date of the exchange's clock."""
        return self.halt if self.halt is not None and self.halt.holds(today) else None

    def working(self) -> list[str]:
        """Return the id of every order that can still fill, first ordered first in each event."""
        return [order_id for book in self.books.values() for order_id in book.stakes]

    def settle(self, event: str, paid: int, at: datetime, today: date) -> tuple[int, Halt | None]:
        """Close an event, and halt where its loss reaches a limit.

        Args:
            event: ticker.
            paid: what its markets paid [microdollars].
            at: when [UTC].
            today: date on the exchange's clock.

        Returns:
            Its gain over its whole life [microdollars], and the halt that it began, if any.
        """
        gain = self.books.pop(event).cash + paid
        self.booked[today] = self.booked.get(today, 0) + gain
        self.gained += gain
        self.highest = max(self.highest, self.gained)
        return gain, self._latch(at, today)

    def lift(self, words: str) -> Halt:
        """End the halt by an act of an operator; after that of a drawdown, the drawdown counts from what there is now.

        Args:
            words: why, in the operator's words.

        Returns:
            The halt that was lifted.

        Raises:
            DomainError: nothing to lift, or no words.
        """
        if self.halt is None:
            raise DomainError("there is no halt to lift; look at the journal for the last one")
        if not words.strip():
            raise DomainError(f"lifting the halt by {self.halt.reason} of {self.halt.at} needs words: say why")
        lifted, self.halt = self.halt, None
        if lifted.day is None:
            self.highest = self.gained
        return lifted

    def admit(self, event: str, ticker: str, stake: Stake, cash: int, today: date) -> Admission:
        """Return how much of ``stake`` keeps every limit in the worst case.

        Args:
            event: ticker of its event.
            ticker: its market.
            stake: the order wanted.
            cash: what the account can spend [microdollars].
            today: date on the exchange's clock.
        """
        halt = self.halted(today)
        if halt is not None:
            return Admission(0, Refusal(Reason.HALTED, ticker, halt.seen, halt.bound))
        broken = first_broken(self._standing(event, stake), ticker)
        if broken is not None:
            return Admission(0, broken)
        room = self._room(event, cash, today)
        broken = first_broken(room.checks(stake), ticker)
        if broken is None:
            return Admission(stake.count, None)
        # Losses are convex in the count and nothing is lost at none, so the counts that fit are 0 to the largest.
        # A full event is asked again every minute, so one lot is tried first; then what one trade may cost,
        # which binds most often.
        lot = stake.fees.lot
        most = min(stake.count, stake.affordable(self.limits.max_trade)) // lot
        low, high, likely = 0, most + 1, [most, 1]
        while high - low > 1:
            tried = likely.pop() if likely else (low + high) // 2
            failed = first_broken(room.checks(stake.of(tried * lot)), ticker)
            low, high = (tried, high) if failed is None else (low, tried)
            broken = failed or broken
        return Admission(low * lot, broken)

    def _latch(self, at: datetime, today: date) -> Halt | None:
        """Begin the halt that the losses booked ask for, if none as strong holds already."""
        lost, holding = -self.booked[today], self.halted(today)
        if is_reached(self.drawdown, self.limits.max_drawdown):
            begun = Halt(Reason.MAX_DRAWDOWN, at, self.drawdown, self.limits.max_drawdown, None)
        elif is_reached(lost, self.limits.max_daily_loss):
            begun = Halt(Reason.MAX_DAILY_LOSS, at, lost, self.limits.max_daily_loss, today)
        else:
            return None
        if holding is not None and (holding.day is None or begun.day is not None):
            return None
        self.halt = begun
        return begun

    def _standing(self, event: str, stake: Stake) -> Iterator[Check]:
        """Limits that do not depend on the count, each with what it would come to and its bound."""
        limits, taken = self.limits, self.books[event].taken_legs()
        if stake.leg not in taken:
            yield Reason.MAX_POSITIONS_PER_EVENT, len(taken) + 1, limits.max_positions_per_event
            everywhere = sum(len(book.taken_legs()) for book in self.books.values())
            yield Reason.MAX_POSITIONS, everywhere + 1, limits.max_positions

    def _room(self, event: str, cash: int, today: date) -> _Room:
        """Everything an order of ``event`` has to fit beside, added up once."""
        book, limits = self.books[event], self.limits
        due, region = _due(book.day, today), limits.region(book.city)
        exposure = regional = at_once = reserved = 0
        for other in self.books.values():
            reserved += sum(stake.cost for stake in other.stakes.values())
            if other is book:
                continue
            loss = other.worst_loss()
            exposure += loss
            regional += loss if limits.region(other.city) == region else 0
            at_once += loss if _can_settle_on(other.day, due, today) else 0
        return _Room(
            limits=limits,
            book=book,
            cash=cash - reserved,
            regional=regional,
            exposure=exposure,
            due_loss=at_once - self.booked.get(due, 0),
            drawdown=self.drawdown,
        )


@dataclass(frozen=True, slots=True)
class _Room:
    """What an order has to fit beside [microdollars]: free cash, the other events' worst losses, what was lost."""

    limits: Limits
    book: EventBook
    cash: int
    regional: int
    exposure: int
    due_loss: int
    drawdown: int

    def checks(self, stake: Stake) -> Iterator[Check]:
        """Limits that depend on the count, each with what it would come to and its bound [microdollars]."""
        limits, cost = self.limits, stake.cost
        yield Reason.MAX_TRADE, cost, limits.max_trade
        yield Reason.CASH, cost, self.cash
        loss = self.book.worst_loss_with(stake)
        yield Reason.MAX_EVENT, loss, limits.max_event
        yield Reason.MAX_REGION, self.regional + loss, limits.max_region
        yield Reason.MAX_OPEN_EXPOSURE, self.exposure + loss, limits.max_open_exposure
        yield Reason.MAX_DAILY_LOSS, self.due_loss + loss, limits.max_daily_loss
        yield Reason.MAX_DRAWDOWN, self.drawdown + self.exposure + loss, limits.max_drawdown


def _due(day: date, today: date) -> date:
    """Date on which an event of ``day`` is expected to settle."""
    return max(day + timedelta(days=1), today)


def _can_settle_on(day: date, due: date, today: date) -> bool:
    """Whether an event of ``day`` may settle on ``due``: it is due then, or overdue and may settle on any date."""
    return _due(day, today) == due or day + timedelta(days=1) < today
