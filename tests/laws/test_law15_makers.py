"""Law 15, of makers: a resting order fills only where the record reaches it, and never by a price that is carried."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from drybulb.domain.fees import FeeAccumulator, FeeRule, FeeSchedule, MemberType
from drybulb.domain.ledger import Fill, Side
from drybulb.domain.market import Quote
from drybulb.engine import simulated
from drybulb.engine.fills import Fills
from drybulb.engine.ports import Cancel, FillReport, LadderQuote, MarketEvent, Print, Submit, order_of
from drybulb.strategy.charges import Charges
from tests.trading import EASTERN, at, ladder, listing, order, tape

LISTED = listing()
TICKERS = [market.ticker for market in LISTED.event.markets]
#: Makers pay a quarter of what takers pay.
RULE = FeeRule.parse("*", date(2021, 1, 1), "quadratic_with_maker_fees", "1", "accumulator")
CHARGES = Charges(FeeSchedule((RULE,)), MemberType.DIRECT, EASTERN)
PRICES = range(40, 47)
SEEDS = st.integers(0, 10**9)
Step = Submit | MarketEvent


def quoted(random: Random) -> Quote:
    """A quote of any sides, recorded, carried or made of prints, with a size or without."""
    bid, ask = (random.choice((None, *PRICES)) for _ in range(2))
    sizes = [random.choice((None, 150, 300, 700)) for _ in range(2)]
    ages = [random.choice((0, 0, 0, 3)) for _ in range(2)]
    source = random.choice(("exchange", "poll", "prints"))
    return Quote(bid and 100 * bid, ask and 100 * ask, sizes[0], sizes[1], ages[0], ages[1], source)


def afternoon(seed: int) -> list[Step]:
    """Twenty half minutes of orders that may only make, prints and ladders, in their order."""
    random = Random(seed)  # noqa: S311 - a seeded market, not a secret
    steps: list[Step] = [ladder(LISTED, "16:00", quoted(random), quoted(random))]
    for number in range(1, 20):
        clock = f"16:{number // 2:02}:{30 * (number % 2):02}"
        kind, leg = random.choice(("order", "print", "print", "ladder")), random.randrange(2)
        if kind == "order":
            side = random.choice(("bid", "ask"))
            made = order(LISTED, clock, random.choice(PRICES), side, leg=leg, name=f"O{number}")
            steps.append(replace(made, order=replace(made.order, post_only=True), expires_at=LISTED.closes_at))
        elif kind == "print":
            taker, contracts = random.choice(("yes", "no")), random.randint(1, 9)
            steps.append(tape(LISTED, clock, random.choice(PRICES), taker, leg=leg, contracts=contracts))
        else:
            steps.append(ladder(LISTED, clock, quoted(random), quoted(random)))
    return steps


def filled(steps: Sequence[Step], fills: Fills) -> list[Fill]:
    """Every fill of the orders, each canceled four minutes after it was sent."""
    broker = simulated.SimulatedBroker({LISTED.event.ticker: LISTED}, CHARGES, timedelta(seconds=1), fills)
    found: list[Fill] = []
    sent: list[Submit] = []
    for step in steps:
        now = step.order.placed_at if isinstance(step, Submit) else step.known_at
        for old in [one for one in sent if one.order.placed_at + timedelta(minutes=4) <= now]:
            broker.send(Cancel(old.order.order_id), now)
            sent.remove(old)
        if isinstance(step, Submit):
            broker.send(step, now)
            sent.append(step)
        else:
            found += [report.fill for report in broker.reports(step) if isinstance(report, FillReport)]
    return found + [report.fill for report in broker.reports(None) if isinstance(report, FillReport)]


def reached(steps: Sequence[Step], fill: Fill, margin: int) -> Iterator[tuple[MarketEvent, int | None]]:
    """What at the instant of a fill came so far through its price from the other side, with its size."""
    for step in steps:
        if isinstance(step, Print) and step.at == fill.at and step.ticker == fill.ticker:
            if step.taker is not fill.side and (fill.price - step.price) * fill.side.sign >= margin:
                yield step, step.count
        elif isinstance(step, LadderQuote) and step.at == fill.at:
            quote = step.quotes[TICKERS.index(fill.ticker)]
            price, age, size = (
                (quote.yes_ask, quote.ask_age, quote.ask_size)
                if fill.side is Side.BID
                else (quote.yes_bid, quote.bid_age, quote.bid_size)
            )
            is_there = quote.source != "prints" and age == 0 and price is not None
            if is_there and (fill.price - (price or 0)) * fill.side.sign >= margin:
                yield step, size


@settings(max_examples=80)
@given(SEEDS, st.sampled_from((Fills.MAKER_PESSIMISTIC, Fills.MAKER_OPTIMISTIC)))
def test_a_maker_fills_only_where_the_record_reaches_it(seed: int, fills: Fills) -> None:
    """Behind each fill is a print of the other side's taker or a quote recorded then, and all share its size."""
    steps = afternoon(seed)
    orders = {step.order.order_id: step.order for step in steps if isinstance(step, Submit)}
    used: dict[tuple[int, str, Side], int] = defaultdict(int)
    for fill in filled(steps, fills):
        made = orders[fill.order_id]
        assert (fill.price, fill.side, fill.is_taker) == (made.price, made.side, False)
        behind = list(reached(steps, fill, 0))
        assert behind
        event, size = behind[0]
        assert fill.at - made.placed_at >= timedelta(seconds=1)
        place = (order_of(event)[2], fill.ticker, fill.side)
        used[place] += fill.count
        assert size is None or used[place] <= size


@settings(max_examples=80)
@given(SEEDS)
def test_a_pessimist_is_never_filled_more(seed: int) -> None:
    """Of every order the pessimist is filled at most what the optimist is, at the same price."""
    filled_by = {fills: defaultdict[str, int](int) for fills in (Fills.MAKER_PESSIMISTIC, Fills.MAKER_OPTIMISTIC)}
    for fills, counts in filled_by.items():
        for fill in filled(afternoon(seed), fills):
            counts[fill.order_id] += fill.count
    less, more = filled_by.values()
    assert all(less[order_id] <= more[order_id] for order_id in less)


@settings(max_examples=80)
@given(SEEDS)
def test_a_pessimist_is_filled_through_its_price(seed: int) -> None:
    """Where no size ahead was known, whatever fills a pessimist came a cent through its price at least."""
    unknown = [
        replace(step, quotes=tuple(replace(quote, bid_size=None, ask_size=None) for quote in step.quotes))
        if isinstance(step, LadderQuote)
        else step
        for step in afternoon(seed)
    ]
    for fill in filled(unknown, Fills.MAKER_PESSIMISTIC):
        assert list(reached(unknown, fill, 100))


@settings(max_examples=40)
@given(SEEDS)
def test_makers_pay_the_makers_fee(seed: int) -> None:
    """The fees of an order are those of its fills, made and not taken, rounding carried from one to the next."""
    found: dict[str, list[Fill]] = defaultdict(list)
    for fill in filled(afternoon(seed), Fills.MAKER_OPTIMISTIC):
        found[fill.order_id].append(fill)
    for fills in found.values():
        fees = FeeAccumulator(RULE, MemberType.DIRECT)
        for fill in fills:
            charged = fees.charge(fill.price, fill.count, is_buy=fill.side is Side.BID, is_taker=False)
            assert fill.fee == charged.net_fee


def test_these_afternoons_do_fill() -> None:
    """An order at 42 c is filled by whoever sells at 41 c, touched by whoever sells at 42 c."""
    made = order(LISTED, "16:00", 42, name="O")
    rests = replace(made, order=replace(made.order, post_only=True), expires_at=LISTED.closes_at)
    touched, through = tape(LISTED, "16:01", 42, "no"), tape(LISTED, "16:02", 41, "no")
    assert [fill.at for fill in filled([rests, touched, through], Fills.MAKER_OPTIMISTIC)] == [at("16:01"), at("16:02")]
    assert [fill.at for fill in filled([rests, touched, through], Fills.MAKER_PESSIMISTIC)] == [at("16:02")]
