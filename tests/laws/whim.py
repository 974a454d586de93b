"""A policy that proposes anything, and an exchange that does as it pleases and checks the limits after everything."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from random import Random

from drybulb.domain.ledger import Fill, Intent, OrderStatus, Side
from drybulb.engine import halts, rebuilt, session
from drybulb.engine.ports import (
    Cancel,
    Command,
    Event,
    FillReport,
    LadderQuote,
    Listing,
    OrderReport,
    Record,
    Settlement,
    Submit,
)
from drybulb.engine.replay import record_line
from drybulb.engine.state import State
from drybulb.strategy.decision import Decision, Proposal, Reason, Refusal, Withdrawal
from drybulb.strategy.limits import Limits
from drybulb.strategy.policy import View
from tests.trading import CHARGES, DAY, NO_LIMITS, listing, quote, state, usd

CASH = 400
DAYS = [DAY + timedelta(days=n) for n in range(3)]
#: Two cities of one region and one of another on each day, open from the day before: limits that are shared or not.
LISTINGS = [
    replace(made, opens_at=made.opens_at - timedelta(days=1))
    for made in (
        listing(city, day, cuts=(40, 42, 44), opens="15:00", closes="23:00")
        for day in DAYS
        for city in ("chicago", "austin", "miami")
    )
]
LIMITS = replace(
    NO_LIMITS,
    max_trade=usd(30),
    max_event=usd(70),
    max_region=usd(85),
    max_daily_loss=usd(90),
    max_open_exposure=usd(110),
    max_drawdown=usd(150),
    max_positions=7,
    max_positions_per_event=3,
    regions={"chicago": "central", "austin": "central"},
)
#: Each run has some of these, so that every limit is met in its turn.
TIGHT = {
    "max_event": usd(20),
    "max_region": usd(30),
    "max_open_exposure": usd(50),
    "max_daily_loss": usd(10),
    "max_drawdown": usd(8),
}
#: Less than this left of a limit on losses, and it is reached.
_ONE_CONTRACT = usd(1)


class Whim:
    """Propose anything at any price, ask anything back: whatever keeps the limits is not the policy."""

    name = "whim"

    def __init__(self, random: Random) -> None:
        self._random = random

    def decide(self, view: View) -> Decision:
        """Up to four orders in any markets, some of which may only make, and up to one withdrawal."""
        random = self._random
        proposals = []
        for _ in range(random.randrange(5)):
            leg = random.randrange(len(view.event.markets))
            intent = Intent(
                view.event.markets[leg].ticker,
                random.choice((Side.BID, Side.ASK)),
                100 * random.randrange(1, 100),
                100 * random.choice((1, 7, 60, 5000)),
                post_only=random.random() < 0.5,
            )
            proposals.append(Proposal(leg, intent, None, None, float("-inf")))
        back = []
        if view.book.stakes and random.random() < 0.3:
            back = [Withdrawal(random.choice(list(view.book.stakes)), Refusal(Reason.REPRICED, view.event.ticker))]
        return Decision(tuple(proposals), withdrawals=tuple(back))


@dataclass(slots=True)
class Sent:
    """An order as the law knows it: what was sent and what is left that could still fill."""

    command: Submit
    left: int
    has_ended: bool = False


@dataclass(slots=True)
class Books:
    """The law's own account of one event, kept apart from the engine's."""

    listing: Listing
    held: dict[str, int] = field(default_factory=dict)
    cash: int = 0
    working: dict[str, Sent] = field(default_factory=dict)

    def legs(self) -> list[str]:
        """Tickers of the event."""
        return [market.ticker for market in self.listing.event.markets]

    def region(self) -> str:
        """Region of the event's city, in the law's own words."""
        return "one" if self.listing.event.city in ("chicago", "austin") else "other"

    def due(self) -> date:
        """Date after the event's day."""
        return self.listing.event.day + timedelta(days=1)

    def taken(self) -> int:
        """Markets held or ordered."""
        ordered = {sent.command.order.ticker for sent in self.working.values()}
        return len(ordered | {ticker for ticker, count in self.held.items() if count})

    def worst(self) -> int:
        """Loss at the worst winner, at least 0; at each, a working order fills if that makes it worse."""
        return max(0, *(self.loss(winner) for winner in self.legs()))

    def loss(self, winner: str) -> int:
        """Loss if ``winner`` wins and every working order fills that makes it worse."""
        loss = -self.cash - 10_000 * self.held.get(winner, 0)
        for sent in self.working.values():
            order = sent.command.order
            paid = order.side.sign * order.price * sent.left + _fee(order.placed_at, order.price, sent.left)
            won = 10_000 * order.side.sign * sent.left if order.ticker == winner else 0
            loss += max(0, paid - won)
        return loss


def _fee(at: datetime, price: int, count: int, *, is_taker: bool = True) -> int:
    return CHARGES.in_one_fill("KXHIGHCHI", at, price, count, is_taker=is_taker)


class WhimExchange:
    """Fills, ends and rejects as it pleases, and checks limits and halts after everything it does."""

    def __init__(self, random: Random) -> None:
        self.random = random
        #: In every other run all that can go wrong does, or no limit on losses would ever be reached.
        self.is_grim = random.random() < 0.5
        tight = {name: value for name, value in TIGHT.items() if random.random() < 0.5}
        self.limits: Limits = replace(LIMITS, **tight)  # type: ignore[arg-type]
        self.engine: State = state(LISTINGS, Whim(random), self.limits, cash=CASH)
        self.books = {of.event.ticker: Books(of) for of in LISTINGS}
        self.records: list[Record] = []
        self.lost: dict[date, int] = {}
        self.gained = self.highest = 0
        self.is_halted_for_good = False
        self.halted_on: date | None = None
        self.now = LISTINGS[0].opens_at
        self.number = 0

    def tick(self) -> int:
        """A second passes."""
        self.now += timedelta(seconds=1)
        self.number += 1
        return self.number

    def is_halted(self) -> bool:
        """Whether nothing may be ordered now, by the law's own account."""
        return self.is_halted_for_good or self.halted_on == self.now.date()

    def tell(self, event: Event) -> list[Command]:
        """Tell the engine, and keep what it writes down."""
        commands = session.step(self.engine, event)
        self.records += self.engine.take_records()
        return commands

    def show(self, book: Books) -> None:
        """Show the engine a ladder and take its orders."""
        number = self.tick()
        name, legs = book.listing.event.ticker, len(book.legs())
        for command in self.tell(LadderQuote(self.now, number, name, self.now, True, (quote(49, 51),) * legs)):
            if isinstance(command, Cancel):
                assert command.order_id in book.working
                continue
            order = command.order
            assert not self.is_halted(), "an order while a halt holds"
            paid = order.price if order.side.is_buy else 10_000 - order.price
            assert paid * order.count + _fee(order.placed_at, order.price, order.count) <= self.limits.max_trade
            book.working[order.order_id] = Sent(command, order.count)
        self.check()

    def fill(self, book: Books, sent: Sent) -> None:
        """Fill some of an order: of a maker at its limit, of a taker there or better."""
        number, order = self.tick(), sent.command.order
        count = sent.left if self.is_grim else 100 * self.random.randrange(1, sent.left // 100 + 1)
        better = 0 if order.post_only or self.is_grim else 100 * self.random.choice((0, 0, 1, 20))
        price = min(max(order.price - order.side.sign * better, 100), 9900)
        fee = _fee(order.placed_at, price, count, is_taker=not order.post_only)
        taker = not order.post_only
        made = Fill(order.order_id, str(number), order.ticker, order.side, price, count, fee, taker, self.now, self.now)
        self.tell(FillReport(self.now, number, made))
        book.held[order.ticker] = book.held.get(order.ticker, 0) + made.delta
        book.cash -= price * made.delta + fee
        sent.left -= count
        if not sent.left:
            del book.working[order.order_id]
        self.check()

    def end(self, book: Books, sent: Sent) -> None:
        """End an order, withdrawn or not; some of it may have traded and be told only afterwards."""
        number, order = self.tick(), sent.command.order
        done = order.count - sent.left
        untold = sent.left if self.is_grim else 100 * self.random.randrange(sent.left // 100 + 1)
        status = OrderStatus.CANCELED if done + untold else OrderStatus.REJECTED
        self.tell(OrderReport(self.now, number, order.order_id, status, done + untold, "whim"))
        sent.left, sent.has_ended = untold, True
        if not untold:
            del book.working[order.order_id]
        self.check()

    def settle(self, book: Books) -> None:
        """End and fill what is working, then pay a winner the day after the event, in a grim run the worst."""
        for sent in [sent for sent in book.working.values() if not sent.has_ended]:
            self.end(book, sent)
        while book.working:
            self.fill(book, next(iter(book.working.values())))
        number, name, random = self.tick(), book.listing.event.ticker, self.random
        winner = max(book.legs(), key=book.loss) if self.is_grim else random.choice(book.legs())
        payouts = tuple(10_000 if ticker == winner else 0 for ticker in book.legs())
        commands = self.tell(Settlement(self.now, number, name, payouts))
        today, loss = self.now.date(), book.loss(winner)
        self.lost[today] = self.lost.get(today, 0) + loss
        self.gained -= loss
        self.highest = max(self.highest, self.gained)
        del self.books[name]
        self.halt(commands)
        self.check()

    def halt(self, commands: list[Command]) -> None:
        """Halt if a limit on losses is reached; a halt that begins asks every working order back."""
        was = self.is_halted()
        drawdown, lost = self.highest - self.gained, self.lost[self.now.date()]
        if drawdown > self.limits.max_drawdown - _ONE_CONTRACT:
            self.is_halted_for_good = True
        if lost > self.limits.max_daily_loss - _ONE_CONTRACT:
            self.halted_on = self.now.date()
        if self.is_halted() and not was:
            asked = {command.order_id for command in commands if isinstance(command, Cancel)}
            before = {o for event in self.engine.open_events.values() for o in event.withdrawn}
            assert asked | before >= set(self.working()), "a halt leaves an order working"

    def lift(self) -> None:
        """An operator lifts the halt, if there is one in force."""
        if self.engine.portfolio.halted(self.now.date()) is not None:
            halts.lift(self.engine, self.now, "because")
            self.records += self.engine.take_records()
            if self.is_halted_for_good:
                self.highest = self.gained
            self.is_halted_for_good, self.halted_on = False, None

    def restart(self) -> None:
        """Forget the engine and make it again from its journal, be a halt written down or only what led to it."""
        if self.records and self.records[-1].kind == "halt" and self.random.random() < 0.5:
            self.records.pop()
        before = self.engine
        self.engine = state(LISTINGS, Whim(self.random), self.limits, cash=CASH)
        commands = rebuilt.rebuild(self.engine, [rebuilt.record_of(record_line(record)) for record in self.records])
        if self.records and self.engine.portfolio.halted(self.records[-1].known_at.date()):
            assert {command.order_id for command in commands} == set(self.working()), "a halt forgets to ask back"
        assert self.engine.account == before.account
        assert _known(self.engine) == _known(before), "a restart changes what is known"
        self.check()

    def working(self) -> list[str]:
        """Every order that can still fill, by the law's own account."""
        return [order_id for book in self.books.values() for order_id in book.working]

    def check(self) -> None:
        """No limit is exceeded, whatever fills and whoever wins, in whatever order events settle."""
        books, limits = self.books.values(), self.limits
        worst = {name: book.worst() for name, book in self.books.items()}
        exposure = sum(worst.values())
        assert max(worst.values(), default=0) <= limits.max_event
        for region in ("one", "other"):
            assert sum(worst[n] for n, book in self.books.items() if book.region() == region) <= limits.max_region
        assert exposure <= limits.max_open_exposure
        assert self.highest - self.gained + exposure <= limits.max_drawdown
        assert sum(book.taken() for book in books) <= limits.max_positions
        assert all(book.taken() <= limits.max_positions_per_event for book in books)
        for due in {book.due() for book in books} | set(self.lost):
            at_once = sum(worst[name] for name, book in self.books.items() if book.due() == due)
            assert self.lost.get(due, 0) + at_once <= limits.max_daily_loss
        assert self.engine.account.cash >= 0
        holds = self.engine.portfolio.halted(self.now.date()) is not None
        assert holds == self.is_halted(), "a halt that should hold does not, or the other way round"


def _known(engine: State) -> object:
    """What the limits rest on: books, losses and halt, and the number of orders that names the next."""
    portfolio = engine.portfolio
    books = {
        name: (book.counts, book.cash, book.stakes, book.ordered_at)
        for name, book in portfolio.books.items()
        if book.ordered_at
    }
    orders = {name: event.orders for name, event in engine.open_events.items() if event.orders}
    losses = (portfolio.booked, portfolio.gained, portfolio.highest, portfolio.halt)
    return books, orders, losses, engine.ordered, engine.event_of
