"""Law 8: no limit of [risk] is ever exceeded, under any order of fills, cancels and rejections."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from drybulb.domain.ledger import Fill, Intent, OrderStatus, Side
from drybulb.engine import session
from drybulb.engine.ports import FillReport, LadderQuote, Listing, OrderReport, Settlement, Submit
from drybulb.engine.state import State
from drybulb.strategy.decision import Decision, Proposal
from drybulb.strategy.policy import View
from drybulb.strategy.risk import Limits
from tests.trading import CHARGES, DAY, listing, quote, state, usd

LIMITS = Limits(
    max_trade=usd(30), max_daily_loss=usd(60), max_open_exposure=usd(90), max_positions=5, max_positions_per_event=3
)
#: Two cities on one day, two on the next: limits that are shared and limits that are not.
LISTINGS = [
    listing(city, DAY + timedelta(days=n), cuts=(40, 42, 44), opens="15:00", closes="23:00")
    for n in (0, 1)
    for city in ("chicago", "austin")
]


class Whim:
    """Propose anything at any price: whatever keeps the limits is not the policy."""

    name = "whim"

    def __init__(self, random: Random) -> None:
        self._random = random

    def decide(self, view: View) -> Decision:
        """Up to four orders in any markets."""
        random = self._random
        proposals = []
        for _ in range(random.randrange(5)):
            leg = random.randrange(len(view.event.markets))
            intent = Intent(
                view.event.markets[leg].ticker,
                random.choice((Side.BID, Side.ASK)),
                100 * random.randrange(1, 100),
                100 * random.choice((1, 7, 60, 5000)),
            )
            proposals.append(Proposal(leg, intent, None, None, float("-inf")))
        return Decision(tuple(proposals))


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

    def taken(self) -> int:
        """Markets held or ordered."""
        ordered = {sent.command.order.ticker for sent in self.working.values()}
        return len(ordered | {ticker for ticker, count in self.held.items() if count})

    def worst(self) -> int:
        """Loss at the worst winner; at each, every working order fills if that makes it worse, and not if not."""
        return max(self._loss(winner) for winner in self.legs())

    def _loss(self, winner: str) -> int:
        loss = -self.cash - 10_000 * self.held.get(winner, 0)
        for sent in self.working.values():
            order = sent.command.order
            paid = order.side.sign * order.price * sent.left + _fee(order.placed_at, order.price, sent.left)
            won = 10_000 * order.side.sign * sent.left if order.ticker == winner else 0
            loss += max(0, paid - won)
        return loss


def _fee(at: datetime, price: int, count: int) -> int:
    return CHARGES.in_one_fill("KXHIGHCHI", at, price, count)


class Exchange:
    """Fills, cancels and rejects as it pleases, and checks the limits after everything it does."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.engine: State = state(LISTINGS, Whim(random), LIMITS, cash=200)
        self.books = {of.event.ticker: Books(of) for of in LISTINGS}
        self.lost: dict[date, int] = {}
        self.now = LISTINGS[0].opens_at
        self.number = 0

    def tick(self) -> int:
        """A second passes."""
        self.now += timedelta(seconds=1)
        self.number += 1
        return self.number

    def show(self, book: Books) -> None:
        """Show the engine a ladder and take its orders."""
        number = self.tick()
        name, legs = book.listing.event.ticker, len(book.legs())
        quoted = LadderQuote(self.now, number, name, self.now, True, (quote(49, 51),) * legs)
        for command in session.step(self.engine, quoted):
            assert isinstance(command, Submit)
            order = command.order
            paid = order.price if order.side.is_buy else 10_000 - order.price
            assert paid * order.count + _fee(order.placed_at, order.price, order.count) <= LIMITS.max_trade
            book.working[order.order_id] = Sent(command, order.count)
        self.check()

    def fill(self, book: Books, sent: Sent) -> None:
        """Fill some of an order at its limit or better."""
        number, order = self.tick(), sent.command.order
        count = 100 * self.random.randrange(1, sent.left // 100 + 1)
        better = 100 * self.random.choice((0, 0, 1, 20))
        price = min(max(order.price - order.side.sign * better, 100), 9900)
        fee = _fee(order.placed_at, price, count)
        made = Fill(order.order_id, str(number), order.ticker, order.side, price, count, fee, True, self.now, self.now)
        session.step(self.engine, FillReport(self.now, number, made))
        book.held[order.ticker] = book.held.get(order.ticker, 0) + made.delta
        book.cash -= price * made.delta + fee
        sent.left -= count
        if not sent.left:
            del book.working[order.order_id]
        self.check()

    def end(self, book: Books, sent: Sent) -> None:
        """End an order; some of it may have traded and be told only afterwards."""
        number, order = self.tick(), sent.command.order
        done = order.count - sent.left
        untold = 100 * self.random.randrange(sent.left // 100 + 1)
        status = OrderStatus.CANCELED if done + untold else OrderStatus.REJECTED
        session.step(self.engine, OrderReport(self.now, number, order.order_id, status, done + untold, "whim"))
        sent.left, sent.has_ended = untold, True
        if not untold:
            del book.working[order.order_id]
        self.check()

    def settle(self, book: Books) -> None:
        """End and fill what is working, then pay a random winner the day after the event."""
        for sent in [sent for sent in book.working.values() if not sent.has_ended]:
            self.end(book, sent)
        while book.working:
            self.fill(book, next(iter(book.working.values())))
        number, name = self.tick(), book.listing.event.ticker
        winner = self.random.choice(book.legs())
        payouts = tuple(10_000 if ticker == winner else 0 for ticker in book.legs())
        session.step(self.engine, Settlement(self.now, number, name, payouts))
        today = self.now.date()
        self.lost[today] = self.lost.get(today, 0) - book.cash - 10_000 * book.held.get(winner, 0)
        del self.books[name]
        self.check()

    def check(self) -> None:
        """No limit is exceeded, whatever fills and whoever wins."""
        books = self.books.values()
        assert sum(max(0, book.worst()) for book in books) <= LIMITS.max_open_exposure
        assert sum(book.taken() for book in books) <= LIMITS.max_positions
        assert all(book.taken() <= LIMITS.max_positions_per_event for book in books)
        for due in {book.listing.event.day + timedelta(days=1) for book in books} | set(self.lost):
            open_then = [book for book in books if book.listing.event.day + timedelta(days=1) == due]
            worst = sum(max(0, book.worst()) for book in open_then)
            assert self.lost.get(due, 0) + worst <= LIMITS.max_daily_loss
        assert self.engine.account.cash >= 0


@settings(max_examples=60)
@given(st.integers(0, 2**32))
def test_no_limit_is_ever_exceeded(seed: int) -> None:
    """Whatever is proposed, filled, canceled late or rejected, no limit is exceeded whichever brackets win."""
    random = Random(seed)  # noqa: S311 - a seeded exchange, not a secret
    exchange = Exchange(random)
    for day in (DAY, DAY + timedelta(days=1)):
        today = [book for book in exchange.books.values() if book.listing.event.day == day]
        exchange.now = today[0].listing.opens_at
        for _ in range(20):
            book = random.choice(today)
            sent = random.choice(list(book.working.values())) if book.working else None
            if sent is None or random.random() < 0.5:
                exchange.show(book)
            elif sent.has_ended or random.random() < 0.7:
                exchange.fill(book, sent)
            else:
                exchange.end(book, sent)
        exchange.now = datetime.combine(day + timedelta(days=1), today[0].listing.opens_at.time(), exchange.now.tzinfo)
        exchange.now -= timedelta(hours=1)
        for book in today:
            exchange.settle(book)
