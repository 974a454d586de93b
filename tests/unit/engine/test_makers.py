"""Orders that may only make, at the simulated exchange: when they rest, what fills them, and what ends them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from drybulb.engine.fills import Fills
from drybulb.engine.ports import Cancel, FillReport, MarketEvent, OrderReport, Report, Submit
from drybulb.engine.simulated import SimulatedBroker
from drybulb.errors import DomainError, EngineError
from tests.trading import CHARGES, at, ladder, listing, order, quote, tape

LISTED = listing()
PESSIMIST, OPTIMIST = Fills.MAKER_PESSIMISTIC, Fills.MAKER_OPTIMISTIC


def makes(clock: str, cents: int, side: str = "bid", *, contracts: int = 10, name: str = "O1") -> Submit:
    """An order that rests until the close."""
    made = order(LISTED, clock, cents, side, contracts=contracts, name=name)
    return replace(made, order=replace(made.order, post_only=True), expires_at=LISTED.closes_at)


def play(fills: Fills, *steps: Submit | MarketEvent | tuple[Cancel, str], latency: float = 1.0) -> list[Report]:
    """Send orders when they were decided, show the market the rest, and return every report to the end."""

    def reports() -> Iterator[Report]:
        broker = SimulatedBroker({LISTED.event.ticker: LISTED}, CHARGES, timedelta(seconds=latency), fills)
        for step in steps:
            if isinstance(step, Submit):
                broker.send(step, step.order.placed_at)
            elif isinstance(step, tuple):
                broker.send(step[0], at(step[1]))
            else:
                yield from broker.reports(step)
        yield from broker.reports(None)

    return list(reports())


def filled(reports: list[Report]) -> list[tuple[str, int]]:
    """Order and contracts of every fill."""
    return [(r.fill.order_id, r.fill.count // 100) for r in reports if isinstance(r, FillReport)]


def ended(reports: list[Report]) -> list[str]:
    """Reason of every end."""
    return [r.reason for r in reports if isinstance(r, OrderReport)]


def test_a_maker_pays_its_limit_and_no_fee_of_a_taker() -> None:
    """A bid at 42 c is hit by a seller at 40 c: it pays 42 c, and makers of this series pay no fee."""
    (report, end) = play(PESSIMIST, makes("16:00", 42), tape(LISTED, "16:30", 40, "no", contracts=4))
    assert isinstance(report, FillReport)
    assert (report.fill.price, report.fill.count, report.fill.fee, report.fill.is_taker) == (4200, 400, 0, False)
    assert isinstance(end, OrderReport)
    assert (end.reason, end.filled, end.known_at) == ("expired", 400, at("22:00:01"))


@pytest.mark.parametrize(("cents", "taker", "counts"), [(41, "no", (4, 4)), (42, "no", (0, 4)), (41, "yes", (0, 0))])
def test_what_of_a_tape_fills(cents: int, taker: str, counts: tuple[int, int]) -> None:
    """A seller a cent below fills a bid for both, one at its price for the optimist, a buyer for nobody."""
    for fills, count in zip((PESSIMIST, OPTIMIST), counts, strict=True):
        found = filled(play(fills, makes("16:00", 42), tape(LISTED, "16:01", cents, taker, contracts=4)))
        assert sum(contracts for _, contracts in found) == count


def test_an_ask_is_the_mirror_of_a_bid() -> None:
    """An offer at 42 c is taken by a buyer at 43 c for both, at 42 c for the optimist."""
    for fills, found in ((PESSIMIST, [3]), (OPTIMIST, [2, 3])):
        events = (tape(LISTED, "16:01", 42, "yes", contracts=2), tape(LISTED, "16:02", 43, "yes", contracts=3))
        assert [count for _, count in filled(play(fills, makes("16:00", 42, "ask"), *events))] == found


@pytest.mark.parametrize(
    ("ask", "age", "source", "counts"),
    [
        (41, 0, "exchange", (3, 3)),
        (42, 0, "exchange", (0, 3)),
        (41, 1, "exchange", (0, 0)),
        (41, 0, "prints", (0, 0)),
    ],
)
def test_what_of_a_quote_fills(ask: int, age: int, source: str, counts: tuple[int, int]) -> None:
    """An ask through the bid fills it up to its size, one at it for the optimist; a carried one or a print's never."""
    shown = ladder(LISTED, "16:01", quote(35, ask, age=age, source=source, sizes=(None, 3)))
    for fills, count in zip((PESSIMIST, OPTIMIST), counts, strict=True):
        assert sum(contracts for _, contracts in filled(play(fills, makes("16:00", 42), shown))) == count


def test_only_beyond_the_size_that_stood_there() -> None:
    """Behind six contracts at 42 c a pessimist has nothing of the first five sold there, and four of the next five."""
    shown = ladder(LISTED, "16:00", quote(42, 45, sizes=(6, None)))
    sold = [tape(LISTED, clock, 42, "no", contracts=5) for clock in ("16:01", "16:02")]
    assert filled(play(PESSIMIST, shown, makes("16:00", 42), *sold)) == [("O1", 4)]
    alone = ladder(LISTED, "16:00", quote(41, 45, sizes=(6, None)))
    assert filled(play(PESSIMIST, alone, makes("16:00", 42), *sold)) == []


def test_an_order_that_would_cross_is_rejected() -> None:
    """A bid at 42 c meets an ask of 42 c, shown when it is decided or on its way; prints' evidence rejects nothing."""
    shown = ladder(LISTED, "16:00", quote(40, 42, age=3))
    assert ended(play(OPTIMIST, shown, makes("16:00", 42))) == ["would cross"]
    on_its_way = ladder(LISTED, "16:01", quote(40, 42))
    assert ended(play(OPTIMIST, makes("16:00", 42), on_its_way, latency=90.0)) == ["would cross"]
    evidence = ladder(LISTED, "16:00", quote(40, 42, source="prints"))
    assert ended(play(OPTIMIST, evidence, makes("16:00", 42))) == ["expired"]


def test_quotes_do_not_end_an_order_that_rests() -> None:
    """It rests through quotes that do not reach it, until it is canceled, trading stops or the market closes."""
    quiet = ladder(LISTED, "16:01", quote(40, 45))
    assert ended(play(PESSIMIST, makes("16:00", 42), quiet)) == ["expired"]
    assert ended(play(PESSIMIST, makes("16:00", 42), quiet, (Cancel("O1"), "16:02"))) == ["canceled"]
    stopped = ladder(LISTED, "16:02", is_trading=False)
    assert ended(play(PESSIMIST, makes("16:00", 42), quiet, stopped)) == ["trading stopped"]


def test_the_best_price_is_filled_first() -> None:
    """Of a sale of seven at 41 c the later bid at 43 c has five, the earlier one at 42 c what is left."""
    orders = (makes("16:00", 42, contracts=5, name="A"), makes("16:00", 43, contracts=5, name="B"))
    assert filled(play(PESSIMIST, *orders, tape(LISTED, "16:01", 41, "no", contracts=7))) == [("B", 5), ("A", 2)]


def test_a_print_and_a_quote_share_their_size() -> None:
    """Three of the ask of four that the next quote shows may be those a seller's print gave a second before."""
    sold = tape(LISTED, "16:00:59", 41, "no", contracts=3)
    shown = [ladder(LISTED, clock, quote(38, 41, sizes=(None, 4))) for clock in ("16:01", "16:02")]
    assert filled(play(PESSIMIST, makes("16:00", 42), sold, *shown)) == [("O1", 3), ("O1", 1), ("O1", 4)]


def test_takers_beside_makers_take_first() -> None:
    """A buyer's print of six is the taker's up to his four, then the offer's that it would have hit."""
    takes = order(LISTED, "16:00", 43, contracts=4, name="T")
    offers = makes("16:00", 42, "ask", contracts=4, name="M")
    assert filled(play(PESSIMIST, offers, takes, tape(LISTED, "16:01", 43, "yes", contracts=6))) == [("T", 4), ("M", 2)]


def test_makers_are_refused_where_they_are_not_simulated() -> None:
    """An order that may only make has no business where all orders take."""
    for fills in (Fills.TAKER, Fills.NAIVE):
        with pytest.raises(EngineError, match=f"O1 may only make, and fills are {fills}; give maker-pessimistic"):
            play(fills, makes("16:00", 42))


def test_fills_of_another_name() -> None:
    """What is no way to fill is refused with those that are."""
    assert Fills.parse("naive") is Fills.NAIVE
    with pytest.raises(DomainError, match="no fills 'best'; known: taker, maker-pessimistic, maker-optimistic, naive"):
        Fills.parse("best")


def test_naive_fills_are_whole_and_at_once() -> None:
    """A taker's order is filled as it is sent, at its own limit, whatever the record shows later."""
    (report,) = play(Fills.NAIVE, order(LISTED, "16:00", 42), ladder(LISTED, "16:01", quote(60, 70)))
    assert isinstance(report, FillReport)
    assert (report.fill.price, report.fill.count, report.fill.at) == (4200, 1000, at("16:00"))
    assert report.fill.is_taker
    assert ended(play(Fills.NAIVE, order(LISTED, "22:00", 42))) == ["market closed"]


def test_parts_of_a_contract_fill_where_they_trade() -> None:
    """Of a print of two contracts and a half a lot of 0.01 fills all, a lot of one fills two."""
    sold = replace(tape(LISTED, "16:01", 41, "no"), count=250)
    for lot, count in ((1, 250), (100, 200)):
        broker = SimulatedBroker({LISTED.event.ticker: LISTED}, CHARGES, timedelta(seconds=1), PESSIMIST, lot)
        broker.send(makes("16:00", 42), at("16:00"))
        (report, *_) = [*broker.reports(sold), *broker.reports(None)]
        assert isinstance(report, FillReport)
        assert report.fill.count == count
