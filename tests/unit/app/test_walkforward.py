"""A walk: its windows, what is chosen before each, the last one that is opened once, and going on after a stop."""

from __future__ import annotations

import io
import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import jsonschema
import numpy as np
import polars as pl
import pytest
from rich.console import Console

from drybulb.adapters.lake import Lake
from drybulb.adapters.registry import Registry
from drybulb.app import anchor_store, config, walked_models, walking, wiring
from drybulb.app.asking import BeliefMaker
from drybulb.app.config import Config
from drybulb.app.extremes import Extremes
from drybulb.app.known_lake import KnownLake
from drybulb.app.locked_block import LockedBlock
from drybulb.app.screening import make_tape
from drybulb.app.swept_sets import ParameterSet
from drybulb.app.tally import Tally
from drybulb.app.walk import Walk
from drybulb.app.walked import FILE
from drybulb.app.walked_anchor import anchored_tape
from drybulb.app.walked_choice import Chosen, Selection, Unproven, settings_of
from drybulb.app.walked_gains import added, kept
from drybulb.app.walked_judged import judged
from drybulb.app.walked_models import Speaking, StoredModels, train_missing
from drybulb.app.walked_select import choose
from drybulb.app.walked_tables import show
from drybulb.app.walked_windows import Step, Window, windows
from drybulb.app.walkforward import walkforward
from drybulb.domain.distribution import Belief, TemperatureDistribution
from drybulb.engine.fills import Fills
from drybulb.errors import ConfigError, LockedWindow, ModelError
from drybulb.forecast.training import NAME
from drybulb.research.screen import Trades
from drybulb.strategy.anchor_weights import PHASES, POOLED, Weight, Weights
from tests.made_lake import CITY, FIRST, fair_lake

DAY = timedelta(days=1)
SCHEMAS = Path(__file__).parents[3] / "docs" / "reference" / "schemas"
SETTINGS = config.load().model_copy(update={"calendar": ()})
SELECTION = Selection(3, (0.0, 3.0), "hybrid", Fills.TAKER, Unproven.KEEP)
#: Three windows of two days; three days before them to choose on.
WALK = Walk(FIRST + 3 * DAY, FIRST + 8 * DAY, (CITY,), Step.parse("2d"), SELECTION)


class Level:
    """Believes the same of every day, and counts how often it is asked."""

    def __init__(self) -> None:
        self.asked = 0

    def beliefs(self, requests: pl.DataFrame, source: str) -> list[Belief]:
        """A flat belief over the ladder for every request."""
        self.asked += 1
        level = TemperatureDistribution.from_pmf(30, [0.1] * 10)
        return [Belief(city, day, at, level, source, "level") for city, day, at in requests.iter_rows()]


class Speakers:
    """One maker for all days; of a window on which it is told to, the process ends."""

    def __init__(self, stops_on: int = 0) -> None:
        self.maker = Level()
        self.stops_on = stops_on

    def past(self) -> BeliefMaker:
        """Whoever speaks of the past."""
        return self.maker

    def of(self, window: Window) -> Speaking | str:
        """Whoever speaks in a window."""
        if window.number == self.stops_on:
            raise KeyboardInterrupt
        return Speaking({"until": "2025-01-01T00:00Z", "made": "0"}, self.maker)


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """Eleven fair days of Chicago."""
    return fair_lake(tmp_path_factory.mktemp("walk"), seed=5, days=11, minutes=40)


@pytest.fixture
def settings(tmp_path: Path) -> Config:
    """Settings whose openings are noted aside."""
    return SETTINGS.model_copy(update={"evaluation": SETTINGS.evaluation.said_in(tmp_path)})


def test_windows_follow_each_other_to_the_last_day() -> None:
    """Months are counted from the first day, a short month ends on its last; days left over are of the last window."""
    cities = config.load().cities().values()
    found = windows(date(2025, 1, 31), date(2025, 4, 2), Step.parse("1mo"), cities)
    spans = [(one.start, one.end) for one in found]
    assert spans == [
        (date(2025, 1, 31), date(2025, 2, 27)),
        (date(2025, 2, 28), date(2025, 4, 2)),
    ]
    assert [one.is_last for one in found] == [False, True]
    # The day before begins at midnight of Eastern standard time first.
    assert found[0].opens_at == datetime(2025, 1, 30, 5, tzinfo=UTC)
    assert found[0].until(2) == datetime(2025, 1, 28, 5, tzinfo=UTC)
    assert found[0].selection(30) == (date(2025, 1, 1), date(2025, 1, 30))
    for days, begins in ((27, [20]), (28, [20, 3]), (41, [20, 3]), (42, [20, 3, 17])):
        made = windows(FIRST, FIRST + (days - 1) * DAY, Step.parse("2w"), cities)
        assert [one.start.day for one in made] == begins
        assert (made[-1].end, made[-1].is_last) == (FIRST + (days - 1) * DAY, True)


@pytest.mark.parametrize("text", ["", "mo", "0d", "1.5mo", "1y", "-2w"])
def test_what_is_no_length_is_refused(text: str) -> None:
    """A window is a whole number of months, weeks or days."""
    with pytest.raises(ConfigError, match="is no length"):
        Step.parse(text)


def test_a_known_lake_has_what_was_known_before(lake: Lake) -> None:
    """A row known at the very instant is not there, whichever columns are read."""
    paid = lake.read("settlements", [CITY])
    at = paid["known_at"].sort()[10]
    known = KnownLake(lake, at)
    assert known.read("settlements", [CITY]).height == (paid["known_at"] < at).sum() == 10
    assert known.read("settlements", [CITY], columns=["ticker"]).columns == ["ticker"]


def _made(gains: list[float]) -> Trades:
    """Trades of one event a day from 1 January on, with gains in dollars; days of 0 are not traded.

    Each is a contract of YES at 50 c of the first of an event's two legs, so $0.50 is at stake.
    """
    traded = np.array([n for n, gain in enumerate(gains) if gain])
    micro = np.array([round(gains[n] * 1e6) for n in traded], np.int64)
    return cast(
        "Trades",
        SimpleNamespace(
            tape=SimpleNamespace(
                events=np.array([f"E{n}" for n in range(len(gains))]),
                days=np.datetime64("2025-01-01") + np.arange(len(gains)),
                markets=2 * np.arange(len(gains) + 1),
            ),
            event=traded,
            market=2 * traded,
            is_buy=np.full(len(traded), fill_value=True),
            price=np.full(len(traded), 5_000),
            count=np.full(len(traded), 100),
            fee=np.zeros(len(traded), np.int64),
            at=traded,
            gain=micro,
            total=int(micro.sum()),
            by_day=lambda: {date(2025, 1, 1) + int(n) * DAY: int(gain) for n, gain in zip(traded, micro, strict=True)},
        ),
    )


def _judged(first: list[float], second: list[float], unproven: Unproven = Unproven.KEEP) -> Chosen:
    sets = {ParameterSet((2.0, 2.0), 1.0): _made(first), ParameterSet((5.0, 8.0), 1.0): _made(second)}
    days = tuple(date(2025, 1, 1) + n * DAY for n in range(len(first)))
    return judged(sets, days, replace(SELECTION, unproven=unproven), (3.0, 5.0), 1)


def test_a_set_clear_of_luck_is_chosen() -> None:
    """Forty days on which one set gained about as much, the other nothing on the whole: its thresholds are used."""
    found = _judged([1.0, -1.0] * 20, [1.0, 2.0, 1.5, 0.5] * 10)
    assert (found.min_edge, found.is_selected, found.best, found.gain) == ((5.0, 8.0), True, "e5-8-w1", 50_000_000)
    assert found.luck is not None
    assert found.luck["trials"] == 2
    traded = wiring.rules(settings_of(SETTINGS, {CITY: found}, Fills.TAKER)).cities[CITY]
    assert [one.min_edge for one in traded.thresholds] == [500.0, 800.0]
    making = settings_of(SETTINGS, {CITY: found}, Fills.MAKER_PESSIMISTIC).strategy.city[CITY]
    assert (making.maker_min_edge_cents, making.min_edge_cents) == ((5.0, 8.0), None)


@pytest.mark.parametrize(
    ("gains", "because"),
    [([9.0, -8.0] * 20, "holds zero"), ([2.0] * 29 + [0.0] * 11, "traded on 29"), ([0.0] * 40, "none of 2 sets")],
)
def test_luck_is_not_chosen(gains: list[float], because: str) -> None:
    """Where no set is clear of luck the configured thresholds stay, or the city stands down, as asked."""
    kept = _judged(gains, [0.0] * 40)
    assert (kept.min_edge, kept.is_selected) == ((3.0, 5.0), False)
    assert because in kept.why
    assert kept.why.endswith("the configured thresholds stay")
    assert settings_of(SETTINGS, {CITY: kept}, Fills.TAKER) == SETTINGS
    down = _judged(gains, [0.0] * 40, Unproven.STAND_DOWN)
    assert down.min_edge is None
    assert down.why.endswith("it stands down")
    nothing = wiring.rules(settings_of(SETTINGS, {CITY: down}, Fills.TAKER)).cities[CITY]
    assert [one.min_edge for one in nothing.thresholds] == [10_000.0, 10_000.0]


def test_a_stopped_walk_goes_on_where_it_was(lake: Lake, settings: Config, tmp_path: Path) -> None:
    """What was done is not done again, and the result is that of a walk that was never stopped."""
    whole = walkforward(lake, settings, WALK, out=tmp_path / "whole" / "walk", speakers=Speakers()).to_json()
    place = tmp_path / "stopped" / "walk"
    with pytest.raises(KeyboardInterrupt):
        walkforward(lake, settings, WALK, out=place, speakers=Speakers(stops_on=2))
    assert not (place / FILE).exists()
    first = (place / WALK.start.isoformat() / "window.json").stat().st_mtime_ns
    again = Speakers()
    went_on = walkforward(lake, settings, WALK, out=place, speakers=again).to_json()
    assert (place / WALK.start.isoformat() / "window.json").stat().st_mtime_ns == first
    assert went_on.pop("out") != whole.pop("out")
    assert went_on == whole
    assert [one["status"] for one in whole["windows"]] == ["traded", "traded", "not opened"]
    assert whole["chosen"]["events"] == 4
    assert whole["chosen"]["fills"] > 0
    assert json.loads((place / FILE).read_text())["gains"] == whole["gains"]
    done = again.maker.asked
    walkforward(lake, settings, WALK, out=place, speakers=again)
    assert again.maker.asked == done
    with pytest.raises(ConfigError, match="give another --out"):
        walkforward(lake, settings, replace(WALK, step=Step.parse("3d")), out=place, speakers=Speakers())


def test_what_a_window_gained_is_added_up_as_it_was() -> None:
    """A tally that was kept and read is the same, what its days could have lost and won included."""
    days = [FIRST, FIRST + DAY]
    parts = [
        Tally(
            *(1, 2, 3, 400, 5),
            gains={day: 6},
            turnover=7,
            traded={(day, "E"): 6},
            extremes={day: Extremes(8, 9)},
            capital={day: 0.5},
        )
        for day in days
    ]
    whole = added(json.loads(json.dumps([kept(part) for part in parts])))
    assert added([kept(parts[0])]) == parts[0]
    assert whole.extremes == dict.fromkeys(days, Extremes(8, 9))
    assert (whole.fills, whole.gains, whole.turnover) == (6, dict.fromkeys(days, 6), 14)


def test_a_city_that_stands_down_trades_nothing(lake: Lake, settings: Config, tmp_path: Path) -> None:
    """Beside it the settings in force trade as they would, and the difference is stated by day."""
    walk = replace(WALK, selection=replace(SELECTION, unproven=Unproven.STAND_DOWN))
    found = walkforward(lake, settings, walk, out=tmp_path / "walk", speakers=Speakers()).to_json()
    assert (found["chosen"]["fills"], found["chosen"]["pnl_usd"]) == (0, 0.0)
    assert found["configured"]["fills"] > 0
    assert found["less_configured"]["mean"] == pytest.approx(-found["configured"]["pnl_usd"] / 4, abs=1e-6)


def test_the_last_window_is_opened_once(lake: Lake, settings: Config, tmp_path: Path) -> None:
    """It is traded for a reason, which is noted; another question needs a reason of its own, and both are listed."""

    def ask(reason: str, edges: tuple[float, ...] = (0.0, 3.0)) -> dict[str, Any]:
        walk = replace(WALK, selection=replace(SELECTION, min_edges=edges))
        out = tmp_path / f"walk{len(edges)}"
        found = walkforward(lake, settings, walk, open_last=reason, out=out, speakers=Speakers())
        return found.to_json()

    first = ask("the final look")
    assert first["windows"][-1]["status"] == "traded"
    assert [(one["number"], one["reason"], one["is_this"]) for one in first["openings"]] == [
        (1, "the final look", True)
    ]
    # The same question is no further look, whatever is said.
    assert len(ask("once more")["openings"]) == 1
    with pytest.raises(LockedWindow, match=r"another question \(opening 1\); say anew why"):
        ask("the final look", (0.0, 3.0, 5.0))
    second = ask("a wider grid was asked for", (0.0, 3.0, 5.0))
    assert [(one["number"], one["is_this"]) for one in second["openings"]] == [(1, False), (2, True)]
    assert second["tried"]["trials"] == 2
    jsonschema.validate(second, json.loads((SCHEMAS / "walkforward.json").read_text(encoding="utf-8")))
    console = Console(width=100, record=True, file=io.StringIO())
    show(console, second)
    printed = console.export_text()
    for said in ("3, 5 kept", "another", "Walk of policy hybrid: too early"):
        assert said in printed


def test_a_later_end_frees_no_day_of_a_last_window(lake: Lake, settings: Config, tmp_path: Path) -> None:
    """A day more makes the last window longer; what a walk opened is traded by a longer one for a reason only."""

    def ask(days: int, reason: str | None) -> dict[str, Any]:
        walk = replace(WALK, end=WALK.end + days * DAY)
        out = tmp_path / f"walk{days}"
        return walkforward(lake, settings, walk, open_last=reason, out=out, speakers=Speakers()).to_json()

    assert [one["reason"] for one in ask(0, "the final look")["openings"]] == ["the final look"]
    assert [one["status"] for one in ask(1, None)["windows"]] == ["traded", "traded", "not opened"]
    longer = ask(2, None)
    assert [one["status"] for one in longer["windows"]] == ["traded", "traded", "not opened", "not opened"]
    assert (
        "2025-01-27 … 2025-01-28 was opened as the last window of another walk (opening 1)"
        in (longer["windows"][2]["why"])
    )
    assert [(one["number"], one["is_this"]) for one in longer["openings"]] == [(1, False)]
    with pytest.raises(LockedWindow, match=r"2025-01-27 … 2025-01-28.*opening 1\); say anew why"):
        ask(2, "the final look")
    for _ in range(2):
        opened = ask(2, "two days more are there")
        assert [one["status"] for one in opened["windows"]] == ["traded"] * 4
        assert [(one["number"], one["window"][0], one["is_this"]) for one in opened["openings"]] == [
            (1, "2025-01-27", False),
            (2, "2025-01-27", True),
            (1, "2025-01-29", True),
        ]
    jsonschema.validate(opened, json.loads((SCHEMAS / "walkforward.json").read_text(encoding="utf-8")))


class Silent(Speakers):
    """Nobody may speak in the last window."""

    def of(self, window: Window) -> Speaking | str:
        """Whoever speaks in a window."""
        return "no stored model may speak" if window.is_last else super().of(window)


@pytest.mark.parametrize("other", ["blank", "folder", "silent"])
def test_whoever_is_refused_has_opened_nothing(lake: Lake, settings: Config, tmp_path: Path, other: str) -> None:
    """A blank reason, a folder of another walk or nobody to speak refuses before any window is noted as opened."""
    locked, out = _locked(settings, WALK.start), tmp_path / "walk"
    kept = out / "2025-01-23" / "window.json"
    kept.parent.mkdir(parents=True)
    if other == "folder":
        kept.write_text(json.dumps({"question": "of another", "inputs": "", "result": {}}))
    speakers = Silent() if other == "silent" else Speakers()
    refused = {"blank": "opened for a reason", "folder": "give another --out", "silent": "and is not opened"}[other]
    with pytest.raises((LockedWindow, ConfigError, ModelError), match=refused):
        walkforward(
            lake,
            locked,
            WALK,
            open_last=" " if other == "blank" else "why not",
            open_locked="a look",
            out=out,
            speakers=speakers,
        )
    assert not settings.evaluation.file.exists()


def test_other_code_asks_another_question(
    lake: Lake, settings: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A window that older code traded is not shown after a fix."""
    walkforward(lake, settings, WALK, out=tmp_path / "walk", speakers=Speakers())
    monkeypatch.setattr(walking, "code_digest", lambda: "fixed")
    with pytest.raises(ConfigError, match="another question, lake or code"):
        walkforward(lake, settings, WALK, out=tmp_path / "walk", speakers=Speakers())


def _locked(settings: Config, first: date) -> Config:
    block = LockedBlock.model_validate({"name": "kept", "from": first, "to": first})
    return settings.model_copy(update={"locked": (block,)})


def test_locked_windows_are_honoured(lake: Lake, settings: Config, tmp_path: Path) -> None:
    """Days that are traded or selected on are refused where they are locked, those of the closed last window not."""
    ask: Callable[[date], object] = lambda day: walkforward(  # noqa: E731 - one call, thrice
        lake, _locked(settings, day), WALK, out=tmp_path / "walk", speakers=Speakers(stops_on=1)
    )
    for day in (WALK.start - DAY, WALK.start):
        with pytest.raises(LockedWindow, match="kept"):
            ask(day)
    with pytest.raises(KeyboardInterrupt):
        ask(WALK.end)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"step": Step.parse("1mo")}, "is one window of 1mo"),
        ({"end": FIRST}, "swap them"),
        ({"cities": ("atlantis",)}, "no city atlantis"),
        ({"selection": replace(SELECTION, policy="market")}, "no thresholds to select"),
        ({"selection": replace(SELECTION, fills=Fills.NAIVE)}, "nobody can trade so"),
        ({"selection": replace(SELECTION, min_edges=(3.0, 3.0))}, "each once"),
        ({"selection": replace(SELECTION, min_edges=(float("nan"),))}, "numbers of cents"),
        ({"selection": replace(SELECTION, min_edges=(2.0, 2.0000001))}, "2.0 and 2.0000001 both print as 2"),
        ({"selection": replace(SELECTION, days=0)}, "select-days is 0"),
    ],
)
def test_what_cannot_be_walked_is_refused(lake: Lake, settings: Config, changed: dict[str, Any], message: str) -> None:
    """Before any work, with the value and the fix."""
    with pytest.raises(ConfigError, match=message):
        walkforward(lake, settings, replace(WALK, **changed), speakers=Speakers())


def test_the_anchored_tape_has_the_weight_in_force_at_each_ladder(lake: Lake) -> None:
    """Before a weight was known nobody speaks."""
    tape = make_tape(lake, SETTINGS, FIRST, FIRST + DAY, cities=[CITY], forecaster=Level())
    known_at = datetime(FIRST.year, FIRST.month, FIRST.day, 17, 20, tzinfo=UTC)
    rows = tuple(Weight(known_at, phase, POOLED, 0.5, 0.5, 0.5, 50, 0.1) for phase in PHASES)
    rules = replace(wiring.anchor_rules(SETTINGS), max_spread=10_000, max_quote_age=10_000, max_span=10_000)
    made = anchored_tape(tape, rules, Weights(rows), config.load().cities()[CITY])
    is_known = tape.known_at >= int(known_at.timestamp() * 1e6)
    assert (made.belief[~is_known] == -1).all()
    assert (tape.belief[~is_known] >= 0).any()
    assert (made.belief[is_known] >= 0).any()


def test_an_anchored_walk_needs_weights(lake: Lake, tmp_path: Path) -> None:
    """Without any it is refused; with those of later alone nobody speaks before, and no set trades."""
    copied = Lake(shutil.copytree(lake.path, tmp_path / "lake"))
    window, *_ = windows(WALK.start, WALK.end, WALK.step, config.load().cities().values())
    asked = replace(SELECTION, policy=wiring.ANCHORED)
    with pytest.raises(ModelError, match="run `drybulb anchor` first"):
        choose(copied, SETTINGS, window, CITY, asked, Level())
    rows = [Weight(window.opens_at, phase, POOLED, 0.5, 0.5, 0.5, 50, 0.1) for phase in PHASES]
    anchor_store.save(copied, "hybrid", rows, window.opens_at, {})
    assert choose(copied, SETTINGS, window, CITY, asked, Level()).why.startswith("none of 4 sets traded")


def test_a_window_without_a_model_is_not_traded_and_says_why(tmp_path: Path, settings: Config) -> None:
    """None may be from after its opening, nor be out of date before its end."""
    window, *_ = windows(WALK.start, WALK.end, WALK.step, config.load().cities().values())
    speakers = StoredModels(Lake(tmp_path), settings)
    assert str(speakers.of(window)).startswith("no stored model may speak at 2025-01-22 05:00Z")
    registry = Registry(tmp_path)
    registry.save(NAME, {"of": "later"}, window.opens_at + DAY, window.opens_at + DAY)
    assert str(speakers.of(window)).startswith("no stored model may speak")
    old = window.opens_at - settings.training.max_model_age_days * DAY
    registry.save(NAME, {"of": "long ago"}, old, old)
    assert "is out of date on 2025-01-22" in str(speakers.of(window))


def test_what_is_trained_already_is_not_trained_again(
    tmp_path: Path, settings: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A training stopped midway goes on with the first `until` that no stored model has."""
    stored, missing = datetime(2025, 1, 1, tzinfo=UTC), datetime(2025, 2, 1, tzinfo=UTC)
    Registry(tmp_path).save(NAME, {}, stored, stored)
    asked: list[datetime] = []

    def train(lake: Lake, config: Config, until: datetime, *_: object) -> tuple[None, tuple[()]]:
        asked.append(until)
        return None, ()

    monkeypatch.setattr(walked_models, "train", train)
    assert train_missing(Lake(tmp_path), settings, [stored, missing], [CITY]) == ()
    assert asked == [missing]
