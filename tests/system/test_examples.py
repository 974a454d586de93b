"""What README and the examples show a programmer runs, on a lake of one city, three event days and small models."""

from __future__ import annotations

import runpy
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

import drybulb
from drybulb.adapters.archive.sessions import sessions
from drybulb.adapters.registry import Registry
from drybulb.app.ingest import rules_of
from tests.meta.repository import ROOT
from tests.unit.forecast.made import fitted, tables
from tests.unit.forecast.small_models import ENOUGH, small_models, store

EXAMPLES = sorted((ROOT / "examples").glob("*.py"))

#: The event days of the lake, which its models know nothing of.
FIRST, LAST = "2024-08-16", "2024-08-17"

#: Few events are enough for a model here, and a belief an hour.
SETTINGS = f"[models]\nmin_events = {ENOUGH}\n\n[backtest]\nbelief_cadence_min = 60\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A working folder with settings and a `lake`: a small world's Miami, densified, and small models."""
    made = tmp_path_factory.mktemp("work")
    (made / "drybulb.toml").write_text(SETTINGS)
    lake, config = drybulb.Lake(made / "lake"), drybulb.load_config(made / "drybulb.toml")
    for table, rows in tables("miami").items():
        lake.merge(table, rows)
    lake.merge("sessions", sessions(rules_of(config)))
    drybulb.densify(lake, config, ["miami"])
    whole = fitted()
    Registry(lake.path).save(whole.card.name, whole.to_json(), whole.card.until, whole.card.last_known_at)
    store(lake, list(small_models().values()))
    return made


@pytest.fixture
def opened(folder: Path) -> tuple[drybulb.Lake, drybulb.Config]:
    """The lake and the settings."""
    return drybulb.Lake.existing(folder / "lake"), drybulb.load_config(folder / "drybulb.toml")


def test_the_ten_lines_of_readme_run(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The one block of Python in README is at most ten lines, and goes from a lake to a belief to a backtest; only its
    days are changed here, for those of this lake.
    """
    (block,) = (part.split("```")[0] for part in (ROOT / "README.md").read_text().split("```python\n")[1:])
    assert len([line for line in block.splitlines() if line]) <= 10
    for theirs, ours in (("2024-11-20", FIRST), ("2024-11-22", LAST), ("2024-11-26", LAST)):
        assert theirs in block
        block = block.replace(theirs, ours)
    monkeypatch.chdir(folder)
    exec(compile(block, "README.md", "exec"), {})  # noqa: S102 - the reader will do the same
    said, *ladder, gained = capsys.readouterr().out.splitlines()
    assert said.startswith("city")
    assert sum(float(line.split()[-1].rstrip("%")) for line in ladder) == pytest.approx(100.0, abs=0.4)
    assert "ci90" in gained


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.stem)
def test_an_example_runs(
    example: Path, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each example runs on a lake it is handed, and its policy trades."""
    monkeypatch.chdir(folder)
    monkeypatch.setattr(sys, "argv", [example.name, "lake", FIRST, LAST])
    runpy.run_path(str(example), run_name="__main__")
    (traded,) = (line for line in capsys.readouterr().out.splitlines() if " fills, $" in line)
    assert int(traded.split()[0]) > 0


def test_text_that_could_mean_two_things_is_refused(opened: tuple[drybulb.Lake, drybulb.Config]) -> None:
    """A time without a zone is no instant, an instant no day, and a word neither; each says how to write it."""
    lake, config = opened
    forecaster = drybulb.Forecaster.load(lake, config, FIRST)
    for day, at, words in (
        (LAST, f"{LAST}T18:00", "no time zone"),
        (LAST, LAST, "no time zone"),
        (f"{LAST}T18:00Z", f"{LAST}T18:00Z", "not a date such as"),
        (LAST, "noon", "not an instant such as"),
    ):
        with pytest.raises(drybulb.DrybulbError, match=words):
            forecaster.belief("miami", day, at)
    with pytest.raises(drybulb.DrybulbError, match="not an instant such as"):
        drybulb.Forecaster.load(lake, config, "yesterday")


def test_an_unknown_city_is_named(opened: tuple[drybulb.Lake, drybulb.Config]) -> None:
    """Every function that is handed a city nobody configured says so, with those that are."""
    lake, config = opened
    forecaster = drybulb.Forecaster.load(lake, config, FIRST)
    at = f"{LAST}T18:00Z"
    asks: tuple[Callable[[], object], ...] = (
        lambda: forecaster.belief("boston", LAST, at),
        lambda: drybulb.predict(lake, config, "boston", LAST, at),
        lambda: drybulb.explain(forecaster, "boston", LAST, at),
        lambda: drybulb.verify(lake, config, FIRST, LAST, cities=["boston"]),
        lambda: drybulb.calibrate(lake, config, FIRST, LAST, cities=["boston"]),
        lambda: drybulb.backtest(lake, config, FIRST, LAST, cities=["boston"]),
    )
    for ask in asks:
        with pytest.raises(drybulb.DrybulbError, match=r"boston.*known: chicago"):
            ask()


def test_an_event_is_listed_when_its_markets_open(opened: tuple[drybulb.Lake, drybulb.Config]) -> None:
    """The ladder of an event is there once its markets are listed, and an error that says so before."""
    lake, _ = opened
    event = drybulb.listed_event(lake, "miami", LAST, f"{LAST}T18:00Z")
    assert (event.city, event.day, len(event.markets)) == ("miami", date(2024, 8, 17), 6)
    with pytest.raises(drybulb.DrybulbError, match="no markets of miami 2024-08-17 were listed by 2024-08-15"):
        drybulb.listed_event(lake, "miami", LAST, "2024-08-15T18:00Z")
    with pytest.raises(drybulb.DrybulbError, match=r"no markets of 'boston' are in the lake; known: .*miami"):
        drybulb.listed_event(lake, "boston", LAST, f"{LAST}T18:00Z")


def test_what_asks_nobody_or_nothing_is_refused(opened: tuple[drybulb.Lake, drybulb.Config]) -> None:
    """A policy nobody has is named with all there are; cities are a list, and of one city at least."""
    lake, config = opened
    with pytest.raises(
        drybulb.DrybulbError, match=r"no policy 'zork'; known: never, crossed, .*S, global, city, hybrid"
    ):
        drybulb.backtest(lake, config, FIRST, LAST, policy="zork")
    asks: tuple[Callable[..., object], ...] = (drybulb.verify, drybulb.calibrate, drybulb.backtest, drybulb.mispricing)
    for ask in asks:
        with pytest.raises(drybulb.DrybulbError, match="cities is the text 'miami'; give a list"):
            ask(lake, config, FIRST, LAST, cities="miami")
        with pytest.raises(drybulb.DrybulbError, match="no city asked; known: chicago"):
            ask(lake, config, FIRST, LAST, cities=[])


def test_the_functions_say_what_the_verbs_say(opened: tuple[drybulb.Lake, drybulb.Config]) -> None:
    """A belief is the same asked of a forecaster and by `predict`; scores are those of the days asked for."""
    lake, config = opened
    at = f"{LAST}T18:00Z"
    belief = drybulb.Forecaster.load(lake, config, at).belief("miami", LAST, at)
    assert drybulb.predict(lake, config, "miami", LAST, at).belief == belief
    verified = drybulb.verify(lake, config, FIRST, LAST, cities=["miami"], names=["S", "persistence"])
    assert {row["forecaster"] for row in verified.rows} >= {"S", "persistence"}
    judged = drybulb.calibrate(lake, config, FIRST, LAST, cities=["miami"], names=["S"])
    assert {row["city"] for row in judged.rows} == {"miami", "all"}
    serving = {row.name for row in drybulb.list_models(lake, config, at).rows if row.verdict == "serves"}
    roster = drybulb.load_roster(lake, config, at)
    assert serving >= {seat.card.name for seat in roster.cities.values()} == {"city-miami"}
