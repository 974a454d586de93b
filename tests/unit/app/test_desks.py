"""Several desks on one feed: what each leaves behind, who is asked for beliefs, and which desks may not be."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import polars as pl
import pytest
import typer

from drybulb import arguments
from drybulb.adapters.lake import Lake
from drybulb.app import config
from drybulb.app.backtest import backtest
from drybulb.app.desks import DeskSpec, run_desks
from drybulb.app.reporting.reported import read_run
from drybulb.app.wiring import POLICIES
from drybulb.domain.distribution import Belief
from drybulb.engine.fills import Fills
from drybulb.errors import ConfigError
from tests.unit.app.lakes import DAY, Steady, at, calm, lake_at, list_event, poll

CONFIG = calm(config.load())
MAKER = DeskSpec("steady-maker", "steady", Fills.MAKER_PESSIMISTIC)


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """A lake with one event whose first bracket is quoted at 46 and 50 c, then at 43 and 45 c, and wins."""
    made = lake_at(tmp_path_factory.mktemp("desks"))
    event = list_event(made)
    for clock, bid, ask in (("16:00", 46, 50), ("17:00", 43, 45), ("18:00", 43, 45)):
        poll(made, event, (clock, 0, bid, ask), (clock, 1, 29, 31), (clock, 2, 9, 25))
    return made


def test_every_desk_leaves_a_run_behind(lake: Lake, tmp_path: Path) -> None:
    """The champion's folder holds the challengers'; each is a run that can be read, with its own fills and words."""
    run = backtest(lake, CONFIG, DAY, DAY, policy="steady", forecaster=Steady(), challengers=[MAKER], out=tmp_path)
    folder = tmp_path / "challengers" / "steady-maker"
    assert run.to_json()["challengers"] == {"steady-maker": str(folder)}
    champion, challenger = read_run(tmp_path).run, read_run(folder).run
    assert (champion.fills, challenger.fills) == ("taker", "maker-pessimistic")
    assert champion.total.fills == challenger.total.fills == 1
    assert any("none rests in the book" in said for said in champion.assumptions)
    assert any("strictly through its price" in said for said in challenger.assumptions)
    assert json.loads((folder / "journal.jsonl").read_text("utf-8").splitlines()[0])["fills"] == "maker-pessimistic"


def test_a_maker_is_filled_where_the_next_poll_goes_through_it(lake: Lake, tmp_path: Path) -> None:
    """A bid of 47 c, one above the best, is through the 45 c asked an hour later: 102 at 47 c, no fee, are $54.06."""
    run = run_desks(lake, CONFIG, DAY, DAY, ["chicago"], [MAKER], Steady(), out=tmp_path)["steady-maker"]
    lines = (run.folder / "journal.jsonl").read_text("utf-8").splitlines()
    fills = [json.loads(line) for line in lines if '"kind":"fill"' in line]
    assert [(one["price"], one["count"], one["fee"], one["is_taker"]) for one in fills] == [(4700, 10200, 0, False)]
    assert run.tallies.total.gain == 102 * 530_000


class Counting(Steady):
    """Counts how often it is asked, and by which name."""

    def __init__(self) -> None:
        super().__init__()
        self.names: list[tuple[str, int]] = []

    def beliefs(self, requests: pl.DataFrame, source: str) -> list[Belief]:
        """The same belief for every request."""
        self.names.append((source, requests.height))
        return super().beliefs(requests, source)


def test_beliefs_are_made_once_for_all_who_trade_them(lake: Lake, tmp_path: Path) -> None:
    """Of three desks of one forecaster one has other fees, one other times: it is asked twice, not thrice."""
    slower = CONFIG.model_copy(update={"backtest": CONFIG.backtest.model_copy(update={"belief_cadence_min": 60})})
    dearer = CONFIG.model_copy(update={"market": CONFIG.market.model_copy(update={"member": "direct"})})
    forecaster = Counting()
    specs = [
        DeskSpec("a", "steady"),
        DeskSpec("b", "steady", config=dearer),
        DeskSpec("c", "steady", config=slower),
        DeskSpec("d", "never"),
    ]
    runs = run_desks(lake, CONFIG, DAY, DAY, ["chicago"], specs, forecaster, out=tmp_path)
    # The market is open from 15:00 to 22:00; the rest is asked in hindsight, for the example days.
    assert forecaster.names[:2] == [("steady", 42), ("steady", 7)]
    assert [run.tallies.total.beliefs.total() for run in runs.values()] == [42, 42, 7, 0]
    assert [run.tallies.total.fills for run in runs.values()] == [1, 1, 1, 0]


def test_beliefs_are_made_at_the_end_of_a_release_too(lake: Lake, tmp_path: Path) -> None:
    """Reports of :53, read 11 minutes later, are believed at :04 of each hour, beside every ten minutes."""
    reports = config.load().model_copy(update={"calendar": config.load().calendar[:1]})
    forecaster = Steady()
    backtest(lake, reports, DAY, DAY, cities=["chicago"], policy="steady", forecaster=forecaster, out=tmp_path)
    asked = {instant for _, _, instant in forecaster.asked}
    assert len(asked) == 42 + 7
    assert {at("15:04"), at("21:04")} <= asked


def test_desks_that_cannot_run_beside_each_other(lake: Lake) -> None:
    """No desk, two of one name, a name that is no folder, and other cities are refused before anything is read."""
    fewer = CONFIG.model_copy(update={"city": {"chicago": CONFIG.city["chicago"]}})

    def refused(*specs: DeskSpec) -> str:
        with pytest.raises(ConfigError) as error:
            run_desks(lake, CONFIG, DAY, DAY, ["chicago"], specs, Steady())
        return str(error.value)

    assert refused() == "no desk to run; give the champion at least"
    assert refused(MAKER, MAKER).startswith("desk 'steady-maker' names a folder: give each its own name")
    assert refused(replace(MAKER, name="../x")).startswith("desk '../x' names a folder")
    assert refused(replace(MAKER, config=fewer)).startswith("desk steady-maker has other cities than the run")
    with pytest.raises(ConfigError, match="the window ends on 2024-01-01"):
        run_desks(lake, CONFIG, DAY, date(2024, 1, 1), ["chicago"], [MAKER], Steady())


def test_challengers_are_read_from_the_command_line() -> None:
    """A policy takes unless fills are named; what is not known, and one twice, is refused with what is."""
    found = arguments.challengers(["S", "market:maker-optimistic"], POLICIES, "--challenger")
    assert found == [
        DeskSpec("S-taker", "S"),
        DeskSpec("market-maker-optimistic", "market", Fills.MAKER_OPTIMISTIC),
    ]
    for texts, said in (
        (["Z"], "'Z' of 'Z' is none of never, crossed"),
        (["S:best"], "'best' of 'S:best' is none of taker, maker-pessimistic, maker-optimistic, naive"),
        (["S", "S:taker"], "'S:taker' is there twice; name it once"),
    ):
        with pytest.raises(typer.BadParameter, match=said):
            arguments.challengers(texts, POLICIES, "--challenger")
