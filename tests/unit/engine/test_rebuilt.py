"""Halts in the loop, and a state made again from its journal."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from drybulb.domain.ledger import Fill
from drybulb.engine import halts
from drybulb.engine.ports import Cancel, FillReport, MarketEvent, Record, Submit
from drybulb.engine.rebuilt import rebuild, record_of
from drybulb.engine.replay import MemoryJournal, ReplayClock, ReplayFeed, record_line
from drybulb.engine.session import run, step
from drybulb.engine.simulated import SimulatedBroker
from drybulb.engine.state import State
from drybulb.errors import DomainError, EngineError
from drybulb.strategy.decision import Reason
from tests.trading import CHARGES, DAY, NO_LIMITS, at, believed, ladder, listing, quote, settled, state, usd

LOST, OTHER = listing(), listing("austin", DAY + timedelta(days=1))
OTHER = replace(OTHER, opens_at=at("15:00"))
#: One lost trade of at most $50 reaches both.
TIGHT = replace(NO_LIMITS, max_trade=usd(50), max_drawdown=usd(50.5))
EARLY = (
    believed(LOST, "16:00", 0.9, 0.05, 0.05),
    ladder(LOST, "16:01", quote(48, 50)),
    ladder(LOST, "16:02", quote(48, 50)),
)


def opened() -> State:
    """A desk that has seen nothing yet."""
    return state([LOST, OTHER], limits=TIGHT)


def halted() -> tuple[State, tuple[Record, ...]]:
    """A desk that lost $49.68 of the $50.50 it may, and its journal."""
    made, journal = opened(), MemoryJournal()
    events: list[MarketEvent] = [*EARLY, settled(LOST, winner=1)]
    run(made, ReplayFeed(events), SimulatedBroker(made.listings, CHARGES, timedelta(seconds=1)), ReplayClock(), journal)
    return made, journal.records


def test_a_halt_is_written_down_after_what_led_to_it() -> None:
    """The journal says which limit, the loss, the limit itself, and that it holds for good."""
    made, records = halted()
    assert [record.kind for record in records] == ["order", "fill", "settlement", "halt"]
    assert records[-1].fields == {
        "reason": Reason.MAX_DRAWDOWN,
        "seen": usd(49.68),
        "bound": usd(50.5),
        "day": None,
    }
    assert made.portfolio.halt is not None


def test_a_halt_asks_back_each_working_order_once() -> None:
    """Orders already asked back are not asked again; all of them still count until their ends are reported."""
    made = state([LOST, OTHER])
    commands = [
        *step(made, believed(LOST, "16:00", 0.9, 0.05, 0.05)),
        *step(made, ladder(LOST, "16:01", quote(48, 50), quote(30, 40))),
    ]
    first, second = made.portfolio.working()
    made.open_events[LOST.event.ticker].withdrawn.add(first)
    worst = made.portfolio.exposure()
    assert len(commands) == 2
    assert halts.withdraw_all(made) == [Cancel(second)]
    assert halts.withdraw_all(made) == []
    assert made.portfolio.exposure() == worst


def test_under_a_halt_everything_is_refused_until_an_operator_lifts_it() -> None:
    """What is proposed is refused as halted with the loss and the limit; lifted in words, it is sent."""
    made, _ = halted()
    step(made, believed(OTHER, "14:58", 0.9, 0.05, 0.05))
    assert step(made, ladder(OTHER, "14:59", quote(48, 50))) == []
    refused = made.open_events[OTHER.event.ticker].refusals[Reason.HALTED].first
    assert (refused.seen, refused.bound) == (usd(49.68), usd(50.5))
    with pytest.raises(DomainError, match="needs words"):
        halts.lift(made, at("15:00", OTHER.event.day), "")
    halts.lift(made, at("15:00", OTHER.event.day), "the feed was broken, now mended")
    (lifted,) = made.take_records()
    assert (lifted.kind, lifted.fields["words"]) == ("halt_lifted", "the feed was broken, now mended")
    assert len(step(made, ladder(OTHER, "15:01", quote(48, 50)))) == 1


def test_a_state_is_made_again_from_any_part_of_its_journal() -> None:
    """The lines up to any record give the books, cash and halt of then, also where that of the halt is missing."""
    made, records = halted()
    lines = [record_line(record) for record in records]
    again = opened()
    assert rebuild(again, [record_of(line) for line in lines]) == []
    assert again.account == made.account
    assert again.portfolio == made.portfolio
    assert again.ordered == made.ordered == 1
    killed = opened()
    rebuild(killed, [record_of(line) for line in lines[:-1]])
    assert killed.portfolio.halt == made.portfolio.halt
    early = opened()
    rebuild(early, [record_of(line) for line in lines[:1]])
    assert early.portfolio.exposure() == usd(96 * 0.52)


def test_a_halted_state_made_again_asks_back_what_works() -> None:
    """Whether an order was asked back before the end is not known, so it is asked back again."""
    limits = replace(NO_LIMITS, max_trade=usd(50), max_daily_loss=usd(50.5))
    made = state([LOST, OTHER], limits=limits)
    step(made, believed(LOST, "16:00", 0.9, 0.05, 0.05))
    (lost,) = step(made, ladder(LOST, "16:01", quote(48, 50)))
    assert isinstance(lost, Submit)
    traded = at("16:02")
    order = lost.order
    fill = Fill(order.order_id, "T", order.ticker, order.side, 5000, 9600, usd(1.68), True, traded, traded)
    step(made, FillReport(traded, 1, fill))
    early = replace(believed(OTHER, "16:03", 0.9, 0.05, 0.05), known_at=at("16:03"))
    step(made, early)
    (working,) = step(made, replace(ladder(OTHER, "16:04", quote(48, 50)), known_at=at("16:04")))
    assert isinstance(working, Submit)
    asked = step(made, settled(LOST, winner=1))
    assert asked == [Cancel(working.order.order_id)]
    again = state([LOST, OTHER], limits=limits)
    assert rebuild(again, made.take_records()) == asked
    assert again.portfolio == made.portfolio


def test_a_journal_of_another_run_is_refused() -> None:
    """Another seed, other cash, a record of another kind or a number that does not follow stops the reading."""
    _, records = halted()
    with pytest.raises(EngineError, match="says order_id"):
        rebuild(state([LOST, OTHER], limits=TIGHT, seed=2), records)
    with pytest.raises(EngineError, match="says cash 9950320000, but 8950320000 follows"):
        rebuild(state([LOST, OTHER], limits=TIGHT, cash=9_000), records)
    with pytest.raises(EngineError, match="no record 'bet'"):
        rebuild(opened(), [Record(at("16:00"), "bet", {})])
    with pytest.raises(EngineError, match=r"says reason .*, but None follows"):
        rebuild(state([LOST, OTHER], limits=NO_LIMITS), records)
    with pytest.raises(EngineError, match="does not pay its markets"):
        rebuild(opened(), [Record(at("16:00"), "settlement", {"event": LOST.event.ticker, "payouts": {}})])
