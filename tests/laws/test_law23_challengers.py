"""Law 23: a challenger changes nothing of the champion, and does beside it what it would do alone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

import polars as pl

from drybulb.adapters.lake import Lake
from drybulb.app import config
from drybulb.app.desks import DeskSpec, run_desks
from drybulb.app.run import Run
from drybulb.domain.distribution import Belief, TemperatureDistribution
from drybulb.engine.beside import Desk, run_beside
from drybulb.engine.fills import Fills
from drybulb.engine.ports import MarketEvent
from drybulb.engine.replay import MemoryJournal, ReplayClock, ReplayFeed
from drybulb.engine.simulated import SimulatedBroker
from drybulb.strategy.decision import Decision
from drybulb.strategy.policy import Policy, View
from tests.made_lake import CITY, FIRST, fair_lake
from tests.trading import CHARGES, at, believed, ladder, listing, quote, settled, state

DAYS = 2
CONFIG = config.load().model_copy(update={"calendar": ()})
CHAMPION = DeskSpec("champion", "low")
CHALLENGERS = (
    DeskSpec("other", "high"),
    DeskSpec("twin", "low"),
    DeskSpec("maker", "low", Fills.MAKER_OPTIMISTIC),
    DeskSpec("naive", "high", Fills.NAIVE),
)
LISTED = listing()


class Opinions:
    """Believes in low or in high degrees, as it is named, so that there is much to trade."""

    def beliefs(self, requests: pl.DataFrame, source: str) -> list[Belief]:
        """A flat belief over half of the ladder for every request."""
        flat = TemperatureDistribution.from_pmf(30 if source == "low" else 36, [0.1] * 10)
        return [Belief(city, day, at, flat, source, source) for city, day, at in requests.iter_rows()]


@cache
def _lake() -> Path:
    folder = Path(mkdtemp(prefix="law23-"))
    fair_lake(folder, seed=23, days=DAYS)
    return folder


def _ran(specs: Sequence[DeskSpec]) -> dict[str, Run]:
    out, end = Path(mkdtemp(prefix="law23-run-")), FIRST + timedelta(days=DAYS - 1)
    return run_desks(Lake(_lake()), CONFIG, FIRST, end, [CITY], specs, Opinions(), out=out)


def _journal(run: Run) -> list[str]:
    return (run.folder / "journal.jsonl").read_text("utf-8").splitlines()


def test_the_champion_is_as_if_alone() -> None:
    """The champion's journal has the same digest with challengers and without, and it did trade."""
    alone, beside = _ran([CHAMPION]), _ran([CHAMPION, *CHALLENGERS])
    assert alone["champion"].tallies.total.fills >= 5
    assert beside["champion"].digest == alone["champion"].digest


def test_a_challenger_is_as_if_alone() -> None:
    """Every challenger's journal is that of a run of its own, line by line, and it did trade."""
    beside = _ran([CHAMPION, *CHALLENGERS])
    for spec in CHALLENGERS:
        (alone,) = _ran([spec]).values()
        assert alone.tallies.total.fills >= 5
        assert _journal(beside[spec.name]) == _journal(alone)
    assert _journal(beside["twin"]) == _journal(beside["champion"])


class Falters:
    """Decides nothing until it breaks down."""

    name = "falters"

    def __init__(self) -> None:
        self.asked = 0

    def decide(self, view: View) -> Decision:
        """Break down when it is asked for the second time."""
        self.asked += 1
        if self.asked > 1:
            raise ZeroDivisionError(view.event.ticker)
        return Decision()


def _desk(name: str, policy: Policy | None = None) -> tuple[Desk, MemoryJournal]:
    made, journal = state([LISTED], policy), MemoryJournal()
    broker = SimulatedBroker(made.listings, CHARGES, timedelta(seconds=1))
    return Desk(name, made, broker, journal), journal


def test_a_challenger_that_fails_changes_nothing_either() -> None:
    """Where a challenger breaks down the champion goes on, and the failure is told and written down."""
    events: list[MarketEvent] = [
        believed(LISTED, "16:00", 0.6, 0.3, 0.1),
        *(ladder(LISTED, clock, quote(48, 50)) for clock in ("16:00", "16:01", "16:02")),
        settled(LISTED, 0),
    ]
    champion, alone = _desk("champion")
    run_beside([champion], ReplayFeed(events), ReplayClock())
    champion, beside = _desk("champion")
    challenger, journal = _desk("challenger", Falters())
    try:
        failed = run_beside([champion, challenger], ReplayFeed(events), ReplayClock())
    except ZeroDivisionError as error:
        raise AssertionError("the champion was stopped") from error
    assert beside.lines == alone.lines
    assert [record.kind for record in alone.records] == ["order", "fill", "settlement"]
    assert isinstance(failed["challenger"], ZeroDivisionError)
    assert [(record.kind, record.known_at) for record in journal.records] == [("failed", at("16:01"))]
