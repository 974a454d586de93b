"""Limits that no order may break, whatever fills, in whatever order, and whichever bracket wins.

The worst case of an event is its loss at the worst winner if every working order that
would hurt there fills and none that would help does::

    loss(w)    = -(cash moved so far + payout if w wins + sum over orders of min(0, gain(order, w)))
    worst loss = max(0, max over w of loss(w))

An order is admitted only for as many contracts as keep every limit *in that case*. A
better fill, a smaller one, a canceled rest only lower it, so no limit can be passed later.

All that an event earns or loses is booked when it settles, on the date the exchange's
clock then shows. It is due on the date after its climate day; the events due on one date
may not, at their worst, lose more together than a day may. An event that is overdue can
settle on any date and counts to each.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from drybulb.domain.ledger import Side, cash_by_winner
from drybulb.domain.money import CENTICENTS_PER_DOLLAR, COUNT_PER_CONTRACT
from drybulb.strategy.charges import FeeBound, leg_price
from drybulb.strategy.decision import Reason, Refusal

#: A limit, what an order would bring it to, and what it may come to.
Check = tuple[Reason, int, int]


@dataclass(frozen=True, slots=True)
class Limits:
    """The ``[risk]`` block; amounts in [microdollars].

    Attributes:
        max_trade: cash at stake in one order, its fee included.
        max_daily_loss: loss booked on one date of the exchange's clock.
        max_open_exposure: worst losses of all open events together.
        max_positions: markets held or ordered.
        max_positions_per_event: markets of one event held or ordered.
    """

    max_trade: int
    max_daily_loss: int
    max_open_exposure: int
    max_positions: int
    max_positions_per_event: int


@dataclass(frozen=True, slots=True)
class Stake:
    """What is not filled yet of an order, as risk sees it.

    Attributes:
        leg: index of the market in its ladder.
        side: bid buys YES, ask buys NO.
        price: limit price of YES [centicents].
        count: how many can still fill [1/100 contract].
        fees: the most they can be charged.
    """

    leg: int
    side: Side
    price: int
    count: int
    fees: FeeBound

    @property
    def cost(self) -> int:
        """Cash at stake, fee included [microdollars]."""
        return leg_price(self.price, is_buy=self.side.is_buy) * self.count + self.fees.fee(self.count)

    def of(self, count: int) -> Stake:
        """Return the same order for another ``count`` [1/100 contract]."""
        return Stake(self.leg, self.side, self.price, count, self.fees)

    def affordable(self, amount: int) -> int:
        """Return how much of the order ``amount`` [microdollars] pays for, in whole contracts [1/100 contract]."""
        each = leg_price(self.price, is_buy=self.side.is_buy) * COUNT_PER_CONTRACT + self.fees.each
        return max(0, amount - self.fees.once) // each * COUNT_PER_CONTRACT

    def gain(self, winner: int) -> int:
        """Return what the order adds to final cash if all of it fills and ``winner`` wins [microdollars]."""
        payout = CENTICENTS_PER_DOLLAR if winner == self.leg else 0
        return (payout - self.price) * self.side.sign * self.count - self.fees.fee(self.count)


@dataclass(slots=True)
class EventBook:
    """What is held and ordered in one open event. Mutable: the session books every order and fill into it.

    Attributes:
        day: date of the climate day.
        counts: signed position in each market of the ladder [1/100 contract].
        cash: what its fills have added to cash so far, fees included [microdollars].
        stakes: working orders by order id.
        ordered_at: when each market was last ordered [UTC].
    """

    day: date
    counts: list[int]
    cash: int = 0
    stakes: dict[str, Stake] = field(default_factory=dict)
    ordered_at: dict[int, datetime] = field(default_factory=dict)
    _ends: tuple[int, ...] | None = None
    _taken: frozenset[int] | None = None

    def order(self, order_id: str, stake: Stake, at: datetime) -> None:
        """Book a new order."""
        self.stakes[order_id] = stake
        self.ordered_at[stake.leg] = at
        self._changed()

    def fill(self, order_id: str, delta: int, cash_change: int) -> None:
        """Book a fill: the signed count it added [1/100 contract] and what it added to cash [microdollars]."""
        stake = self.stakes[order_id]
        self.counts[stake.leg] += delta
        self.cash += cash_change
        self.expect(order_id, stake.count - abs(delta))

    def expect(self, order_id: str, count: int) -> None:
        """Book that only ``count`` [1/100 contract] of an order can still fill."""
        if count:
            self.stakes[order_id] = replace(self.stakes[order_id], count=count)
        else:
            self.stakes.pop(order_id, None)
        self._changed()

    def _changed(self) -> None:
        """Forget what was added up: it is asked for every minute and changes with an order or a fill."""
        self._ends = None
        self._taken = None

    def ends(self) -> tuple[int, ...]:
        """Return the least final cash for each winner, whatever part of the working orders fills [microdollars]."""
        if self._ends is None:
            stakes = self.stakes.values()
            ends = enumerate(cash_by_winner(self.cash, self.counts))
            self._ends = tuple(end + sum(min(0, stake.gain(winner)) for stake in stakes) for winner, end in ends)
        return self._ends

    def worst_loss(self) -> int:
        """Return the worst loss over all winners, working orders included [microdollars]."""
        return max(0, -min(self.ends()))

    def worst_loss_with(self, proposed: Stake) -> int:
        """Return the worst loss over all winners if ``proposed`` were working too [microdollars]."""
        ends, leg = self.ends(), proposed.leg
        # An order gains the same whichever other market wins: two sums say it for the whole ladder.
        worst = ends[leg] + min(0, proposed.gain(leg))
        if len(ends) > 1:
            worst = min(worst, min(ends[:leg] + ends[leg + 1 :]) + min(0, proposed.gain(leg + 1)))
        return max(0, -worst)

    def taken_legs(self) -> frozenset[int]:
        """Return the legs held or ordered."""
        if self._taken is None:
            held = {leg for leg, count in enumerate(self.counts) if count}
            self._taken = frozenset(held | {stake.leg for stake in self.stakes.values()})
        return self._taken

    def is_working(self, leg: int) -> bool:
        """Whether an order is working in market ``leg``."""
        return any(stake.leg == leg for stake in self.stakes.values())


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
    """

    limits: Limits
    books: dict[str, EventBook] = field(default_factory=dict)
    booked: dict[date, int] = field(default_factory=dict)

    def exposure(self) -> int:
        """Return the worst losses of all open events together [microdollars]."""
        return sum(book.worst_loss() for book in self.books.values())

    def is_halted(self, today: date) -> bool:
        """Whether the loss booked on ``today`` has reached the daily limit."""
        return -self.booked.get(today, 0) >= self.limits.max_daily_loss

    def settle(self, event: str, paid: int, today: date) -> int:
        """Close an event that paid ``paid`` and return its gain over its whole life [microdollars]."""
        gain = self.books.pop(event).cash + paid
        self.booked[today] = self.booked.get(today, 0) + gain
        return gain

    def admit(self, event: str, ticker: str, stake: Stake, cash: int, today: date) -> Admission:
        """Return how much of ``stake`` keeps every limit in the worst case.

        Args:
            event: ticker of its event.
            ticker: its market.
            stake: the order wanted.
            cash: what the account can spend [microdollars].
            today: date on the exchange's clock.
        """
        broken = _first_broken(self._standing(event, stake, today), ticker)
        if broken is not None:
            return Admission(0, broken)
        room = self._room(event, cash, today)
        broken = _first_broken(room.checks(stake), ticker)
        if broken is None:
            return Admission(stake.count, None)
        # Losses are convex in the count and nothing is lost at none, so the counts that fit are 0 to the largest.
        # A full event is asked again every minute, so one contract is tried first; then what one trade may cost,
        # which binds most often.
        most = min(stake.count, stake.affordable(self.limits.max_trade)) // COUNT_PER_CONTRACT
        low, high, likely = 0, most + 1, [most, 1]
        while high - low > 1:
            tried = likely.pop() if likely else (low + high) // 2
            failed = _first_broken(room.checks(stake.of(tried * COUNT_PER_CONTRACT)), ticker)
            low, high = (tried, high) if failed is None else (low, tried)
            broken = failed or broken
        return Admission(low * COUNT_PER_CONTRACT, broken)

    def _standing(self, event: str, stake: Stake, today: date) -> Iterator[Check]:
        """Limits that do not depend on the count, each with what it would come to and its bound."""
        limits = self.limits
        if self.is_halted(today):
            yield Reason.MAX_DAILY_LOSS, -self.booked[today], limits.max_daily_loss - 1
        taken = self.books[event].taken_legs()
        if stake.leg not in taken:
            yield Reason.MAX_POSITIONS_PER_EVENT, len(taken) + 1, limits.max_positions_per_event
            everywhere = sum(len(book.taken_legs()) for book in self.books.values())
            yield Reason.MAX_POSITIONS, everywhere + 1, limits.max_positions

    def _room(self, event: str, cash: int, today: date) -> _Room:
        """Everything an order of ``event`` has to fit beside, added up once."""
        book = self.books[event]
        due = _due(book.day, today)
        others = [other for other in self.books.values() if other is not book]
        at_once = sum(other.worst_loss() for other in others if _can_settle_on(other.day, due, today))
        return _Room(
            limits=self.limits,
            book=book,
            cash=cash - sum(s.cost for other in self.books.values() for s in other.stakes.values()),
            exposure=sum(other.worst_loss() for other in others),
            due_loss=at_once - self.booked.get(due, 0),
        )


@dataclass(frozen=True, slots=True)
class _Room:
    """What an order has to fit beside [microdollars]: free cash, and the other events' worst losses."""

    limits: Limits
    book: EventBook
    cash: int
    exposure: int
    due_loss: int

    def checks(self, stake: Stake) -> Iterator[Check]:
        """Limits that depend on the count, each with what it would come to and its bound [microdollars]."""
        yield Reason.MAX_TRADE, stake.cost, self.limits.max_trade
        yield Reason.CASH, stake.cost, self.cash
        loss = self.book.worst_loss_with(stake)
        yield Reason.MAX_OPEN_EXPOSURE, self.exposure + loss, self.limits.max_open_exposure
        yield Reason.MAX_DAILY_LOSS, self.due_loss + loss, self.limits.max_daily_loss


def _due(day: date, today: date) -> date:
    """Date on which an event of ``day`` is expected to settle."""
    return max(day + timedelta(days=1), today)


def _can_settle_on(day: date, due: date, today: date) -> bool:
    """Whether an event of ``day`` may settle on ``due``: it is due then, or overdue and may settle on any date."""
    return _due(day, today) == due or day + timedelta(days=1) < today


def _first_broken(checks: Iterator[Check], ticker: str) -> Refusal | None:
    for reason, seen, bound in checks:
        if seen > bound:
            return Refusal(reason, ticker, seen, bound)
    return None
