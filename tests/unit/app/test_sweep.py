"""A sweep from lake to proposal: what is tried, what is tried again, what is shown, and what it can never touch."""

from __future__ import annotations

import json
import sys
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest import mock

import jsonschema
import numpy as np
import pytest

from drybulb.adapters.lake import Lake
from drybulb.adapters.trial_log import POLICIES, TrialLog
from drybulb.app import config, sweep, swept_page, swept_picture
from drybulb.app.backtest import backtest
from drybulb.app.console import show
from drybulb.app.forecaster import Forecaster
from drybulb.app.proposal import check_proposal
from drybulb.app.sweep import SweepResult, Trying
from drybulb.app.swept_city import _against
from drybulb.app.swept_proposal import proposal
from drybulb.app.swept_sets import Grid, ParameterSet, with_set
from drybulb.cli import main
from drybulb.engine.fills import Fills
from drybulb.errors import ConfigError
from tests.unit.app.lakes import DAY, Steady, calm, lake_at, list_event, poll

CONFIG = calm(config.load())
DAYS = [DAY + timedelta(days=n) for n in range(6)]
#: What the first bracket is offered at on each of them, before and after [cents]; it is believed at 60 %.
ASKS, WINNERS = (50, 51, 52, 50, 51, 52), (0, 1, 0, 0, 2, 0)
GRID = Grid(min_edges=(3.0, 7.0), weights=(0.5, 1.0), fractions=(0.1, 0.25), top=1)
SCHEMA = json.loads((Path(__file__).parents[3] / "docs" / "reference" / "schemas" / "sweep.json").read_text())
BLOCKS = ("[risk]", "[caps]")


def filled(folder: Path) -> Lake:
    """A lake of six events of Chicago, each polled at 16:00 and, a cent lower, at 17:00."""
    lake = lake_at(folder)
    for day, ask, winner in zip(DAYS, ASKS, WINNERS, strict=True):
        event = list_event(lake, day=day, winner=winner)
        for clock, price in (("16:00", ask), ("17:00", ask - 1)):
            legs = ((clock, 0, price - 2, price), (clock, 1, 29, 31), (clock, 2, 10, 19))
            poll(lake, event, *legs, day=day)
    return lake


def swept(lake: Lake, grid: Grid = GRID, **changes: Any) -> SweepResult:
    """A sweep of the six days."""
    return sweep.sweep(lake, CONFIG, DAYS[0], DAYS[-1], ["chicago"], Steady(), Trying(grid=grid, **changes))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Lake, SweepResult]:
    """A sweep that was made, and its lake."""
    lake = filled(tmp_path_factory.mktemp("sweep") / "lake")
    return lake, swept(lake)


@pytest.fixture(scope="module")
def document(made: tuple[Lake, SweepResult]) -> dict[str, Any]:
    """Its document, checked against the published schema."""
    found: dict[str, Any] = json.loads(json.dumps(made[1].to_json()))
    jsonschema.validate(found, SCHEMA)
    return found


def log_of(lake: Lake, result: SweepResult) -> TrialLog:
    """Where its sets are kept."""
    return TrialLog(lake.path, result.cities["chicago"].study, POLICIES)


def test_the_screen_ranks_by_the_flat_stake(document: Mapping[str, Any]) -> None:
    """Ten contracts at 49 to 51 c: 3 c takes all six, 7 c leaves out the dear two, and a pool of half has less edge."""
    found = {(row["min_edge_cents"][0], row["weight"]): row for row in document["cities"]["chicago"]["screened"]}
    # 0.07 x 10 x 0.49 x 0.51 = 0.17493 and 0.07 x 10 x 0.25 = 0.175: a fee of 18 c in each.
    assert found[3.0, 1.0]["fills"] == 6
    assert found[3.0, 1.0]["flat_gain_per_day_usd"] == pytest.approx(
        (4 * 10 - 2 * (4.9 + 5.0 + 5.1) - 6 * 0.18) / 6, abs=1e-6
    )
    # At 52 c 60 - 52 - 1.8 = 6.2 c are promised, at 51 c 7.2 c.
    assert found[7.0, 1.0]["fills"] == 4
    assert found[7.0, 1.0]["flat_gain_per_day_usd"] == pytest.approx(
        (2 * 10 - 2 * (4.9 + 5.0) - 4 * 0.18) / 6, abs=1e-6
    )
    assert found[7.0, 0.5]["fills"] == 0
    assert document["cities"]["chicago"]["screened"][0]["min_edge_cents"] == [3.0, 3.0]


def test_every_number_shown_is_of_the_replay(made: tuple[Lake, SweepResult], tmp_path: Path) -> None:
    """Each desk is what a backtest under its settings is, and the first is the settings in force."""
    lake, result = made
    rows = {row["name"]: row for row in result.cities["chicago"].replayed}
    assert list(rows) == ["configured", "e3-3-w1-f0.1", "e3-3-w1-f0.25"]
    tried = with_set(CONFIG, "chicago", ParameterSet((3.0, 3.0), 1.0, 0.1), Fills.TAKER)
    for name, settings in (("configured", CONFIG), ("e3-3-w1-f0.1", tried)):
        run = backtest(
            lake,
            settings,
            DAYS[0],
            DAYS[-1],
            cities=["chicago"],
            policy="hybrid",
            forecaster=Steady(),
            out=tmp_path / name,
        )
        total = run.to_json()["total"]
        assert rows[name]["journal"] == run.digest
        assert {key: rows[name][key] for key in ("fills", "pnl_usd", "worth")} == {
            key: total[key] for key in ("fills", "pnl_usd", "worth")
        }
    assert rows["configured"]["fills"] > 0


def test_what_was_tried_on_a_tape_is_not_tried_again(made: tuple[Lake, SweepResult], document: Any) -> None:
    """The same sweep replays nothing and says the same; a wider one tries what is new, and luck counts all of it."""
    lake, result = made
    log = log_of(lake, result)
    before = log.file.read_bytes()
    with mock.patch.object(sweep, "run_desks", side_effect=AssertionError("replayed again")):
        assert json.loads(json.dumps(swept(lake).to_json())) == document
    assert log.file.read_bytes() == before
    assert result.cities["chicago"].luck is not None
    assert result.cities["chicago"].luck["trials"] == len(log.rows()) == 2 * 2 * 2 + 3
    wider = swept(lake, Grid(min_edges=(3, 5, 7), weights=(1,), fractions=(0.1,), top=1))
    names = [row["name"] for row in log.rows()]
    assert names[:11] == [json.loads(line)["name"] for line in before.decode().splitlines()]
    assert names[11:] == ["e3-5-w1", "e5-3-w1", "e5-5-w1", "e5-7-w1", "e7-5-w1"]
    assert wider.cities["chicago"].luck is not None
    assert wider.cities["chicago"].luck["trials"] == 16


def test_a_killed_sweep_goes_on_to_the_same_end(made: tuple[Lake, SweepResult], document: Any, tmp_path: Path) -> None:
    """Killed before its replays, it keeps what was screened, and says in the end what it would have said."""
    lake = filled(tmp_path / "lake")
    with mock.patch.object(sweep, "run_desks", side_effect=KeyboardInterrupt), pytest.raises(KeyboardInterrupt):
        swept(lake)
    log = TrialLog(lake.path, made[1].cities["chicago"].study, POLICIES)
    assert len(log.rows()) == 8
    assert {**swept(lake).to_json(), "out": ""} == {**document, "out": ""}


def test_other_code_begins_another_study(made: tuple[Lake, SweepResult], tmp_path: Path) -> None:
    """What older code screened and replayed on the same tape is not shown after a fix."""
    lake, stopped = filled(tmp_path / "lake"), mock.patch.object(sweep, "run_desks", side_effect=KeyboardInterrupt)
    with mock.patch.object(sweep, "code_digest", return_value="fixed"), stopped, pytest.raises(KeyboardInterrupt):
        swept(lake)
    (study,) = (lake.path / "swept").iterdir()
    assert study.name != made[1].cities["chicago"].study


def test_a_line_has_its_gains_by_event_day(made: tuple[Lake, SweepResult]) -> None:
    """Each line says what each event day gained: a flat stake where it was screened, the account where replayed."""
    rows = {(row["kind"], row["name"]): row for row in log_of(*made).rows()}
    flat = rows["screened", "e3-3-w1"]["gains"]
    assert list(flat.values()) == pytest.approx([4.92, -5.18, 4.72, 4.92, -5.18, 4.72])
    own = rows["replayed", "configured"]
    assert sum(own["gains"].values()) == pytest.approx(own["result"]["pnl_usd"])
    assert list(own["gains"]) == [day.isoformat() for day in DAYS]


def test_a_sweep_writes_no_config_and_cannot_touch_risk_or_caps(
    made: tuple[Lake, SweepResult], document: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its settings differ in the city's block alone, its proposal says nothing else, and no file of yours changes."""
    tried = with_set(CONFIG, "chicago", ParameterSet((1.0, 8.0), 0.5, 0.1), Fills.TAKER)
    asked, changed = CONFIG.model_dump(mode="json"), tried.model_dump(mode="json")
    assert changed["strategy"].pop("city")["chicago"]["kelly_fraction"] == [0.1, 0.1]
    asked["strategy"].pop("city")
    assert changed == asked
    monkeypatch.chdir(tmp_path)
    own = Path("drybulb.toml")
    own.write_text("[risk]\nmax_trade_usd = 40\n", encoding="utf-8")
    swept_page.write(tmp_path / "out", document)
    carried = {**document["cities"]["chicago"], "carried": True, "against": []}
    for one in (document, {**document, "cities": {"chicago": carried}}):
        text = proposal(one)
        assert not any(block in text for block in BLOCKS)
        assert set(tomllib.loads(text)) <= {"strategy"}
    with pytest.raises(ConfigError, match="is no key"):
        proposal({**document, "cities": {"x]\n[risk": carried}})
    assert own.read_text(encoding="utf-8") == "[risk]\nmax_trade_usd = 40\n"
    written = {"drybulb.toml", "out", "heat-chicago.svg", "proposal.toml", "sweep.html", "sweep.json"}
    assert {path.name for path in tmp_path.rglob("*")} == written


def test_a_proposal_is_live_only_where_its_evidence_carries_it(document: Mapping[str, Any]) -> None:
    """Six days carry nothing: the block is a comment and says why; carried, it is a block that a config can read."""
    found = document["cities"]["chicago"]
    assert not found["carried"]
    text = proposal(document)
    assert all(not line or line.startswith("#") for line in text.splitlines())
    assert "# min_edge_cents = [3.0, 3.0]" in text
    assert "it traded on 6 event days, 30 are the least" in " ".join(text.replace("#", "").split())
    carried = proposal({**document, "cities": {"chicago": {**found, "carried": True, "against": []}}})
    block = check_proposal(carried)["chicago"]
    assert (block.min_edge_cents, block.weight) == ((3.0, 3.0), 1.0)
    made = proposal({**document, "fills": "maker-pessimistic", "cities": {"chicago": {**found, "carried": True}}})
    assert check_proposal(made)["chicago"].maker_min_edge_cents == (3.0, 3.0)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({}, None),
        ({"verdict": "too early to say"}, "its verdict is too early to say"),
        ({"ci90": [-0.01, 2.0]}, "−0.01 … 2.00, not above zero"),
        ({"ci90": None}, "is not known"),
        ({"deflated_sharpe": 0.94}, "0.94, 0.95 is asked"),
        ({"overfitting": 0.25}, "0.25, at most 0.2 is asked"),
        ({"overfitting": None}, "overfitting is not known"),
        ({"halted_at": "2024-12-17T17:00:00+00:00"}, "halted it on 2024-12-17"),
    ],
)
def test_each_thing_that_is_asked_of_a_proposal_can_refuse_it(changed: dict[str, Any], words: str | None) -> None:
    """Verdict, days paired with the settings in force, deflated Sharpe ratio, overfitting: each alone is enough."""
    worth = {"verdict": "earns", "reason": "so it is", **changed}
    best = {
        "worth": worth,
        "less_configured": {"mean": 1.0, "ci90": [0.5, 1.5], **changed},
        "halted_at": None,
        **changed,
    }
    luck = {"trials": 9, "sharpe_by_chance": 0.1, "sharpe_per_day": 0.5, "deflated_sharpe": 0.99, "overfitting": 0.0}
    against = list(_against(best, {**luck, **changed}))
    assert len(against) == (words is not None)
    assert words is None or words in against[0]


def test_the_heat_map_is_the_best_over_weights(document: Mapping[str, Any]) -> None:
    """A cell is the best of its weights, a loss is hatched, what was replayed is framed, and the bytes are the same."""
    found = document["cities"]["chicago"]
    # Of 7 c a weight of a half never traded, and is none of them; $1.48 and -$0.52 over six days.
    table = swept_picture.best_over_weights(found, [3.0, 7.0])
    assert table == pytest.approx(np.array([[8.92 / 6, -0.52 / 6], [8.92 / 6, -0.52 / 6]]), abs=1e-6)
    assert swept_picture.heat(document, "chicago") == swept_picture.heat(document, "chicago")
    rows = [{**row, "flat_gain_per_day_usd": -1.0} for row in found["screened"]]
    lost = {**document, "cities": {"chicago": {**found, "screened": rows}}}
    assert "−1.00" in swept_picture.heat(lost, "chicago")
    assert "pattern" in swept_picture.heat(lost, "chicago")
    gained = [{**row, "flat_gain_per_day_usd": 1.0} for row in found["screened"]]
    assert "pattern" not in swept_picture.heat(
        {**document, "cities": {"chicago": {**found, "screened": gained}}}, "chicago"
    )


def test_the_table_and_the_page_say_what_the_screen_is(document: Any, capsys: pytest.CaptureFixture[str]) -> None:
    """What the screen ranks by is called no result, in the terminal and on the page; nothing is proposed in bold."""
    show(document)
    printed = " ".join(capsys.readouterr().out.split())
    assert "by the screen, which ranks and is no result" in printed
    assert "Chicago: nothing is proposed. Of the best, e3-3-w1-f0.1: its verdict is too early" in printed
    page = swept_page.page(document)
    assert page.count("<svg") == 2
    assert "is no result" in page
    assert 'id="budgets"' not in page


def test_several_cities_share_the_bankroll(made: tuple[Lake, SweepResult], document: Any) -> None:
    """Two cities have a block of budgets, of what their best sets gained by day; six days earn none, and it says so."""
    lake, alone = made
    chicago = alone.cities["chicago"]
    with mock.patch.object(sweep._Sweeping, "run", return_value=chicago):
        result = sweep.sweep(lake, CONFIG, DAYS[0], DAYS[-1], ["miami", "chicago"], Steady(), Trying(grid=GRID))
    assert result.budgets is not None
    assert (list(result.budgets.cities), result.budgets.days) == (["chicago", "miami"], 6)
    assert sum(chicago.gains.values()) == pytest.approx(chicago.row("e3-3-w1-f0.1")["pnl_usd"])
    assert result.budgets.cities["miami"].a_day == chicago.row("e3-3-w1-f0.1")["pnl_per_day"]
    found = json.loads(json.dumps(result.to_json()))
    jsonschema.validate(found, SCHEMA)
    page = swept_page.page(found)
    assert "No city has earned a budget; [strategy] budget stays." in page
    assert page.count('id="budgets"') == 1
    assert document["budgets"] is None


def test_notes_say_what_the_numbers_hide(made: tuple[Lake, SweepResult]) -> None:
    """A screen that takes for who makes, ladders at which the market does not speak, and halted replays are named."""
    found = made[1].cities["chicago"]
    assert list(found.notes()) == []
    halted = ({**found.replayed[0], "halted_at": "2024-11-22T17:00:00+00:00"}, *found.replayed[1:])
    notes = list(replace(found, fills=Fills.MAKER_PESSIMISTIC, spoken=(3, 12), replayed=halted).notes())
    assert [note.split(":")[0] for note in notes] == [
        "the screen takes, the replay makes",
        "at a weight below 1 there is something to trade on at 3 of 12 ladders",
        "1 of 3 replays were halted by the drawdown and gained nothing afterwards",
    ]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"fills": Fills.NAIVE}, "nobody can trade so"),
        ({"forecaster": "luck"}, "luck"),
        ({"forecaster": "anchored"}, "anchored"),
    ],
)
def test_what_cannot_be_swept_is_refused(tmp_path: Path, changes: dict[str, Any], words: str) -> None:
    """Fills that nobody could have, and whoever is no forecaster, are refused by name."""
    with pytest.raises(ConfigError, match=words):
        swept(lake_at(tmp_path), **changes)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"min_edges": ()}, "min_edge has"),
        ({"min_edges": (-1.0,)}, "min_edge -1"),
        ({"min_edges": (float("nan"),)}, "min_edge nan"),
        ({"weights": (0.0,)}, "weight 0"),
        ({"weights": (1.5,)}, "weight 1.5"),
        ({"fractions": (0.25, 0.25)}, "each once"),
        ({"min_edges": (2.0, 3.0, 2.0000001)}, "min_edge 2.0 and 2.0000001 both print as 2"),
        ({"weights": (0.5, 0.5000001)}, "weight 0.5 and 0.5000001 both print as 0.5"),
        ({"top": 0}, "top is 0"),
    ],
)
def test_a_grid_that_cannot_be_tried_is_refused(values: dict[str, Any], words: str) -> None:
    """Empty lists, values twice, alike in their sets' names or outside their bounds are refused by name and value."""
    with pytest.raises(ConfigError, match=words):
        Grid(**values)


def test_the_command_keeps_locked_windows_and_writes_its_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """Inside a locked window the command refuses without a reason; with one it is one opening that names the grid."""
    filled(tmp_path / "lake")
    settings = tmp_path / "own.toml"
    settings.write_text(
        f'[[locked]]\nname = "w"\nfrom = {DAYS[2]}\nto = {DAYS[3]}\n[evaluation]\nopenings = "o.jsonl"\n'
    )
    monkeypatch.setattr(Forecaster, "load", lambda *_: Steady())
    base = ["drybulb", "sweep", "--from", str(DAYS[0]), "--to", str(DAYS[-1]), "--city", "chicago", "--min-edge", "3,7"]
    base += ["--weight", "1", "--fraction", ".1", "--top", "1", "--json"]
    base += ["--lake", str(tmp_path / "lake"), "--config", str(settings), "--out", str(tmp_path / "out")]
    for extra, status in (((), 1), (("--open-locked", "to see"), 0), (("--min-edge", "3,x"), 2)):
        monkeypatch.setattr(sys, "argv", [*base, *extra])
        capfd.readouterr()
        with pytest.raises(SystemExit) as left:
            main()
        assert (left.value.code or 0) == status
        printed = capfd.readouterr()
        if status == 0:
            jsonschema.validate(json.loads(printed.out), SCHEMA)
        else:
            assert (printed.out, ("locked window w" if status == 1 else "'x' is no number") in printed.err) == (
                "",
                True,
            )
    (line,) = (tmp_path / "o.jsonl").read_text().splitlines()
    assert "sweep --forecaster hybrid --min-edge 3.0,7.0 --weight 1.0 --fraction 0.1" in json.loads(line)["command"]
    names = {"heat-chicago.svg", "proposal.toml", "replays", "sweep.html", "sweep.json"}
    assert {path.name for path in (tmp_path / "out").iterdir()} == names
