"""The fills that the simulated exchange grants, and those it does not."""

from __future__ import annotations

from datetime import timedelta

import pytest

from drybulb.domain.ledger import Fill, OrderStatus
from drybulb.engine.fills import is_recorded
from drybulb.engine.ports import Cancel, FillReport, MarketEvent, OrderReport, Report, Submit
from drybulb.engine.simulated import NullBroker, SimulatedBroker
from drybulb.errors import EngineError
from tests.trading import CHARGES, at, ladder, listing, order, quote, tape

LISTED = listing()


def broker(latency: float = 1.0) -> SimulatedBroker:
    """An exchange that lists one event."""
    return SimulatedBroker({LISTED.event.ticker: LISTED}, CHARGES, timedelta(seconds=latency))


def play(exchange: SimulatedBroker, *steps: Submit | Cancel | MarketEvent | tuple[Cancel, str]) -> list[Report]:
    """Send orders when they were decided, show the market the rest, and return every report to the end."""
    found: list[Report] = []
    for step in steps:
        if isinstance(step, Submit):
            exchange.send(step, step.order.placed_at)
        elif isinstance(step, tuple):
            exchange.send(step[0], at(step[1]))
        elif not isinstance(step, Cancel):
            found += exchange.reports(step)
    return [*found, *exchange.reports(None)]


def fills(reports: list[Report]) -> list[tuple[int, int]]:
    """Price [cents] and contracts of every fill."""
    return [(r.fill.price // 100, r.fill.count // 100) for r in reports if isinstance(r, FillReport)]


def ends(reports: list[Report]) -> list[tuple[str, int]]:
    """Reason of every end, with the contracts filled by then."""
    return [(r.reason, r.filled // 100) for r in reports if isinstance(r, OrderReport)]


def test_a_later_print_fills_at_the_limit() -> None:
    """An order to buy at 42 c is filled by a taker who later bought at 41 c, and pays 42 c and the fee of that."""
    reports = play(broker(), order(LISTED, "16:00", 42, contracts=4), tape(LISTED, "16:01", 41, "yes", contracts=4))
    assert fills(reports) == [(42, 4)]
    assert ends(reports) == []
    (report,) = reports
    assert isinstance(report, FillReport)
    # 0.07 * 4 * 0.42 * 0.58 = 0.068208, rounded up to the cent.
    assert report.fill == Fill(
        "O1",
        "T160100-41-yes",
        LISTED.event.markets[0].ticker,
        report.fill.side,
        4200,
        400,
        70_000,
        True,
        at("16:01"),
        at("16:01:02"),
    )


def test_only_the_same_side_fills() -> None:
    """A taker who bought NO shows a bid, which a buyer of YES cannot take."""
    assert fills(play(broker(), order(LISTED, "16:00", 42), tape(LISTED, "16:01", 41, "no"))) == []
    sold = play(broker(), order(LISTED, "16:00", 40, "ask"), tape(LISTED, "16:01", 41, "no"))
    assert fills(sold) == [(40, 1)]


def test_only_inside_the_limit() -> None:
    """A buyer at 42 c is not filled at 43 c, a seller at 42 c not at 41 c."""
    assert fills(play(broker(), order(LISTED, "16:00", 42), tape(LISTED, "16:01", 43, "yes"))) == []
    assert fills(play(broker(), order(LISTED, "16:00", 42, "ask"), tape(LISTED, "16:01", 41, "no"))) == []


def test_only_in_its_own_market() -> None:
    """A print of another bracket fills nothing."""
    assert fills(play(broker(), order(LISTED, "16:00", 42), tape(LISTED, "16:01", 41, "yes", leg=1))) == []


@pytest.mark.parametrize(("clock", "is_filled"), [("15:59:59", False), ("16:00:00", False), ("16:00:00.5", False)])
def test_only_after_latency(clock: str, is_filled: bool) -> None:
    """A print before the decision, at it, or before the order arrived fills nothing."""
    reports = play(broker(), order(LISTED, "16:00", 42), tape(LISTED, clock, 41, "yes"))
    assert bool(fills(reports)) is is_filled


def test_never_at_the_instant_of_the_decision() -> None:
    """Even without latency a print or a quote of the same instant fills nothing."""
    assert fills(play(broker(0.0), order(LISTED, "16:00", 42), tape(LISTED, "16:00", 41, "yes"))) == []
    assert fills(play(broker(0.0), order(LISTED, "16:00", 42), ladder(LISTED, "16:00", quote(40, 42)))) == []
    assert fills(play(broker(0.0), order(LISTED, "16:00", 42), tape(LISTED, "16:00:00.001", 41, "yes"))) == [(42, 1)]


def test_only_within_five_minutes() -> None:
    """The order expires after five minutes: a print then fills, one a second later does not."""
    in_time = play(broker(), order(LISTED, "16:00", 42), tape(LISTED, "16:04:59", 41, "yes"))
    assert (fills(in_time), ends(in_time)) == ([(42, 1)], [("expired", 1)])
    late = play(broker(), order(LISTED, "16:00", 42), tape(LISTED, "16:05:01", 41, "yes"))
    assert (fills(late), ends(late)) == ([], [("expired", 0)])


def test_a_print_is_consumed_once() -> None:
    """A print of seven contracts fills five of one order and two of the next."""
    reports = play(
        broker(),
        order(LISTED, "16:00", 42, contracts=5, name="A"),
        order(LISTED, "16:00", 42, contracts=5, name="B"),
        tape(LISTED, "16:01", 41, "yes", contracts=7),
    )
    assert fills(reports) == [(42, 5), (42, 2)]
    assert ends(reports) == [("expired", 2)]


def test_fractions_of_a_contract_do_not_fill() -> None:
    """Of two and a half contracts two fill."""
    exchange = broker()
    quoted = ladder(LISTED, "16:01", quote(40, 42, sizes=(None, 1)))
    half = quoted.quotes[0]
    reports = play(
        exchange,
        order(LISTED, "16:00", 42),
        type(quoted)(
            quoted.known_at,
            quoted.sequence,
            quoted.event,
            quoted.at,
            True,
            (type(half)(4000, 4200, None, 250, 0, 0, "book"), *quoted.quotes[1:]),
        ),
    )
    assert fills(reports) == [(42, 2)]


def test_the_next_recorded_quote_fills() -> None:
    """The next quote after the decision fills at its own ask, whole where no size is known."""
    reports = play(broker(), order(LISTED, "16:00", 42), ladder(LISTED, "16:01", quote(39, 41)))
    assert (fills(reports), ends(reports)) == ([(41, 10)], [])


def test_the_next_recorded_quote_decides() -> None:
    """A quote outside the limit cancels, even if a later one would have filled."""
    reports = play(
        broker(),
        order(LISTED, "16:00", 42),
        ladder(LISTED, "16:01", quote(42, 43)),
        ladder(LISTED, "16:02", quote(39, 41)),
    )
    assert (fills(reports), ends(reports)) == ([], [("not filled at the next quote", 0)])


def test_a_known_size_bounds_all_our_orders() -> None:
    """Of twelve contracts offered one order takes ten, the next the other two."""
    reports = play(
        broker(),
        order(LISTED, "16:00", 42, name="A"),
        order(LISTED, "16:00", 42, name="B"),
        ladder(LISTED, "16:01", quote(40, 42, source="book", sizes=(None, 12))),
    )
    assert fills(reports) == [(42, 10), (42, 2)]
    assert ends(reports) == [("not filled at the next quote", 2)]


def test_an_empty_side_fills_nothing() -> None:
    """Where nobody sells, a buyer is canceled."""
    reports = play(broker(), order(LISTED, "16:00", 42), ladder(LISTED, "16:01", quote(40, None)))
    assert (fills(reports), ends(reports)) == ([], [("not filled at the next quote", 0)])


def test_carried_prices_never_fill() -> None:
    """Neither a quote made of prints nor one that was seen a minute ago fills, and the order goes on waiting."""
    reports = play(
        broker(),
        order(LISTED, "16:00", 42),
        ladder(LISTED, "16:01", quote(39, 41, source="prints")),
        ladder(LISTED, "16:02", quote(39, 41, age=1)),
        ladder(LISTED, "16:03", quote(40, 42)),
    )
    assert fills(reports) == [(42, 10)]


def test_is_recorded() -> None:
    """A quote is recorded where one of its sides was seen at its instant, and it is not made of prints."""
    assert is_recorded(quote(40, 42))
    assert not is_recorded(quote(40, 42, age=1))
    assert not is_recorded(quote(40, 42, source="prints"))


def test_nothing_fills_while_trading_stands_still() -> None:
    """When trading stops the order is canceled; one sent meanwhile is rejected; prints fill nothing."""
    reports = play(
        broker(),
        order(LISTED, "16:00", 42, name="A"),
        ladder(LISTED, "16:01", quote(39, 41), is_trading=False),
        order(LISTED, "16:01", 42, name="B"),
        tape(LISTED, "16:01:30", 41, "yes"),
    )
    assert (fills(reports), ends(reports)) == ([], [("trading stopped", 0), ("market closed", 0)])
    assert [r.status for r in reports if isinstance(r, OrderReport)] == [OrderStatus.CANCELED, OrderStatus.REJECTED]


def test_nothing_fills_after_the_close() -> None:
    """The market closes at 22:00: an order then is rejected, one before expires with it."""
    assert ends(play(broker(), order(LISTED, "22:00", 42))) == [("market closed", 0)]
    reports = play(broker(), order(LISTED, "21:58", 42), tape(LISTED, "22:00:01", 41, "yes"))
    assert (fills(reports), ends(reports)) == ([], [("expired", 0)])
    assert reports[0].known_at == at("22:00:01")


def test_a_cancel_takes_its_time() -> None:
    """A cancel arrives a latency later; what trades before stands, and the end says how much that was."""
    reports = play(
        broker(),
        order(LISTED, "16:00", 42),
        (Cancel("O1"), "16:01"),
        tape(LISTED, "16:01:00.5", 41, "yes", contracts=3),
        tape(LISTED, "16:01:02", 41, "yes", contracts=3),
    )
    assert (fills(reports), ends(reports)) == ([(42, 3)], [("canceled", 3)])


def test_what_cannot_be_sent() -> None:
    """An unknown market, an id used twice and a cancel of nothing are errors of the engine."""
    exchange = broker()
    exchange.send(order(LISTED, "16:00", 42), at("16:00"))
    with pytest.raises(EngineError, match="used before"):
        exchange.send(order(LISTED, "16:00", 42), at("16:00"))
    with pytest.raises(EngineError, match="is not listed"):
        exchange.send(order(listing("austin"), "16:00", 42, name="O2"), at("16:00"))
    with pytest.raises(EngineError, match="never sent"):
        exchange.send(Cancel("O3"), at("16:00"))


def test_the_null_broker_sends_nothing() -> None:
    """It keeps what it was asked and rejects every order with its reason."""
    null = NullBroker()
    asked = order(LISTED, "16:00", 42)
    null.send(asked, at("16:00"))
    (report,) = list(null.reports(None))
    assert isinstance(report, OrderReport)
    assert (report.status, report.reason) == (OrderStatus.REJECTED, "this broker cannot send")
    assert null.commands == [asked]
