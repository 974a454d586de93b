"""Runs side by side: on the same events, with what differs between them named."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from drybulb.adapters.lake import Lake
from drybulb.app import config
from drybulb.app.backtest import backtest
from drybulb.app.compare import compare
from drybulb.app.console import show
from drybulb.errors import ReportError
from tests.meta.repository import ROOT
from tests.unit.app.lakes import DAY, Steady, calm, lake_at, list_event, poll
from tests.unit.app.run_folder import seal

CONFIG = calm(config.load())
NEXT, LAST = DAY + timedelta(days=1), DAY + timedelta(days=2)
#: 96 contracts at 49 c with a fee of $1.68: what they gain where the bracket wins, and where it loses.
WON, LOST = 47.28, -48.72


def three_days(folder: Path) -> Lake:
    """A lake whose first bracket, bought at 49 c, wins on the first and the last of three days."""
    lake = lake_at(folder)
    for day, winner in ((DAY, 0), (NEXT, 1), (LAST, 0)):
        event = list_event(lake, day=day, winner=winner)
        poll(lake, event, ("16:00", 0, 48, 50), ("17:00", 0, 47, 49), day=day)
    return lake


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """The lake, which the tests only read; their runs are elsewhere."""
    return three_days(tmp_path_factory.mktemp("lake"))


def ran(
    out: Path,
    lake: Lake,
    policy: str = "steady",
    start: date = DAY,
    end: date = LAST,
    settings: config.Config = CONFIG,
    cities: Sequence[str] | None = None,
) -> Path:
    """Backtest into a folder and return it."""
    backtest(lake, settings, start, end, policy=policy, forecaster=Steady(), out=out, cities=cities)
    return out


@pytest.fixture(scope="module")
def runs(lake: Lake, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A run that never trades, and one that does."""
    folder = tmp_path_factory.mktemp("runs")
    return ran(folder / "idle", lake, "never"), ran(folder / "trading", lake)


@pytest.fixture(scope="module")
def found(runs: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Their comparison, with its page in a folder of its own."""
    return document(*runs, html=tmp_path_factory.mktemp("page") / "new" / "page.html")


def document(*folders: Path, html: Path | None = None) -> dict[str, Any]:
    """The comparison, checked against its schema."""
    found = compare(folders, html).to_json()
    schema = json.loads((ROOT / "docs" / "reference" / "schemas" / "compare.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(found, schema)
    return found


def row(found: dict[str, Any], run: str, city: str = "all", lead: Any = "all") -> dict[str, Any]:
    """A row of the comparison."""
    (one,) = (each for each in found["rows"] if (each["run"], each["city"], each["lead"]) == (run, city, lead))
    return dict(one)


def test_the_difference_is_paired_by_day(found: dict[str, Any]) -> None:
    """Against a run that does not trade, the gain of a day is the difference: two days won, one lost."""
    assert (found["events"], found["days"], found["window"]) == (3, 3, ["2024-11-20", "2024-11-22"])
    idle, trading = row(found, "never"), row(found, "steady")
    assert idle["less_first"] is None
    assert (idle["fills"], idle["pnl_usd"]) == (0, 0.0)
    assert trading["less_first"]["usd"] == trading["pnl_usd"] == pytest.approx(2 * WON + LOST)
    assert trading["less_first"]["mean"] == pytest.approx((2 * WON + LOST) / 3, abs=1e-6)
    # All three days are the lost one in 1 of 27 resamples, fewer than 5 %; two of them are in 6 more.
    assert trading["less_first"]["ci90"] == [pytest.approx((WON + 2 * LOST) / 3, abs=1e-6), pytest.approx(WON)]
    assert [each["pnl_usd"] for each in found["equity"]["steady"]] == [WON, LOST, WON]


def test_what_each_is_worth_stands_beside_it(found: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
    """Each run has its verdict, and the best is held against the luck of two; an idle run is no independent trial."""
    idle, trading = row(found, "never")["worth"], row(found, "steady")["worth"]
    assert (idle["days_traded"], idle["turnover_usd"], idle["pnl_per_capital_day"]) == (0, 0.0, None)
    assert (trading["verdict"], trading["event_days"], trading["days_traded"]) == ("too early to say", 3, 3)
    assert trading["pnl_without_two_best_usd"] == pytest.approx(LOST)
    assert trading["turnover_usd"] == pytest.approx(3 * 96 * 0.49)
    luck = found["tried"]
    assert (luck["judged"], luck["trials"], luck["independent"]) == ("steady", 2, 1.0)
    assert (luck["sharpe_by_chance"], luck["overfitting"]) == (0.0, None)
    assert found["found"][2].startswith("The best of these, steady, is one of 2 tried")
    show(found)
    assert re.search(r"steady\s+3\s+[\d,]+\s+-48\.72\s", capsys.readouterr().out)
    assert "What each is worth" in Path(found["page"]).read_text(encoding="utf-8")


def test_what_both_gained_cancels(lake: Lake, runs: tuple[Path, Path], tmp_path: Path) -> None:
    """Against a run that bought the same but once, the difference is of that day alone, in every part."""
    found = document(ran(tmp_path / "same", lake, "other"), runs[1])
    for city, lead in (("all", "all"), ("all", 0), ("chicago", "all"), ("chicago", 0)):
        assert row(found, "steady", city, lead)["less_first"] == {"usd": 0.0, "mean": 0.0, "ci90": [0.0, 0.0]}
    assert {each["city"] for each in found["rows"]} == {"all", "chicago"}


def test_on_one_window_the_figures_are_those_of_the_runs(found: dict[str, Any], runs: tuple[Path, Path]) -> None:
    """Where every event is common, each row says what run.json says."""
    run = json.loads((runs[1] / "run.json").read_text(encoding="utf-8"))
    parts = {"all": run["total"], "chicago": run["cities"]["chicago"]}
    for city, part in parts.items():
        mine = row(found, "steady", city)
        assert mine.items() >= {name: value for name, value in part.items() if name in mine}.items()
    assert found["warnings"] == []


def test_windows_are_compared_where_they_meet(lake: Lake, tmp_path: Path) -> None:
    """Of the first two days and the last two, only the middle one counts; the rest is named as left out."""
    early = ran(tmp_path / "early", lake, "never", end=NEXT)
    late = ran(tmp_path / "late", lake, start=NEXT)
    found = document(early, late)
    assert (found["events"], found["window"]) == (1, ["2024-11-21", "2024-11-21"])
    assert [run["left_out"] for run in found["runs"]] == [1, 1]
    assert row(found, "steady")["less_first"] == {"usd": LOST, "mean": LOST, "ci90": None}
    assert "one day cannot tell" in found["found"][1]
    assert any("windows differ" in warning for warning in found["warnings"])
    assert {"setting": "window", "values": [["2024-11-20", "2024-11-21"], ["2024-11-21", "2024-11-22"]]} in found[
        "settings"
    ]


def test_settings_that_differ_are_named_with_both_values(lake: Lake, tmp_path: Path) -> None:
    """A setting, the assumption it makes and the digest of all settings: each run's own is there."""
    strategy = CONFIG.strategy.model_copy(update={"min_edge_cents": (4.0, 6.0)})
    careful = CONFIG.model_copy(update={"strategy": strategy})
    found = document(ran(tmp_path / "a", lake), ran(tmp_path / "b", lake, settings=careful))
    names = [run["name"] for run in found["runs"]]
    assert names == [f"steady {run['digest'][:6]}" for run in found["runs"]]
    assert found["settings"] == [
        {"setting": "strategy.min_edge_cents", "values": [list(CONFIG.strategy.min_edge_cents), [4.0, 6.0]]}
    ]
    assert [one["runs"] for one in found["assumptions"]] == [[names[0]], [names[1]]]
    assert "4 ¢ at lead 0 and 6 ¢ at lead 1" in found["assumptions"][1]["assumption"]
    assert [warning.split(":")[0] for warning in found["warnings"]] == ["the settings differ"]


def test_other_data_is_warned_of(lake: Lake, runs: tuple[Path, Path], tmp_path: Path) -> None:
    """Lakes of different digests are named, for a difference may come of them; so are settings that are not kept."""
    more = three_days(tmp_path / "lake")
    poll(more, "KXHIGHCHI-24NOV20", ("18:00", 0, 40, 60))
    other = ran(tmp_path / "run", more, "steadier")
    (other / "config.json").unlink()
    found = document(runs[1], other)
    assert any(warning.startswith("the lakes differ") for warning in found["warnings"])
    assert any(warning.startswith("steadier: its folder has no config.json") for warning in found["warnings"])
    assert [one["setting"] for one in found["settings"]] == ["policy"]


def test_runs_with_nothing_in_common_are_refused(lake: Lake, runs: tuple[Path, Path], tmp_path: Path) -> None:
    """Windows that do not meet, and windows that meet without an event of both, are told apart."""
    first = ran(tmp_path / "first", lake, end=DAY)
    last = ran(tmp_path / "last", lake, start=LAST)
    elsewhere = ran(tmp_path / "elsewhere", lake, cities=["miami"])
    with pytest.raises(ReportError, match=r"no day in common.*2024-11-20.*2024-11-22.*backtest the same one"):
        compare([first, last])
    with pytest.raises(ReportError, match=r"no event settled in every run.*one lake, and its cities"):
        compare([runs[1], elsewhere])


def test_what_is_no_two_runs_is_refused(runs: tuple[Path, Path], tmp_path: Path) -> None:
    """One run, a run with itself, a folder that is none, and settings that are not the run's."""
    with pytest.raises(ReportError, match="give two or more"):
        compare(runs[:1])
    with pytest.raises(ReportError, match=r"are one run, digest [0-9a-f]{12}"):
        compare([runs[0], runs[1], runs[0]])
    with pytest.raises(ReportError, match="is not a folder"):
        compare([runs[0], tmp_path / "nowhere"])
    broken = tmp_path / "broken"
    broken.mkdir()
    for file in runs[1].iterdir():
        (broken / file.name).write_bytes(file.read_bytes())
    (broken / "config.json").write_text("{", encoding="utf-8")
    with pytest.raises(ReportError, match=r"config\.json has digest .* it was changed"):
        compare([runs[0], broken])
    seal(broken)
    with pytest.raises(ReportError, match="does not hold the journal and settings"):
        compare([runs[0], broken])


def test_the_page_needs_nothing_else(found: dict[str, Any], runs: tuple[Path, Path], tmp_path: Path) -> None:
    """No script, nothing from outside, the same bytes again; what was found, each run and each difference are there."""
    page = Path(found["page"]).read_text(encoding="utf-8")
    assert [path.name for path in Path(found["page"]).parent.iterdir()] == ["page.html"]
    assert compare(runs, tmp_path / "again.html").page == tmp_path / "again.html"
    assert (tmp_path / "again.html").read_text(encoding="utf-8") == page
    assert not re.search(r"<(?:script|link|img|iframe|object|base)\b|@import|url\((?!#)|\bsrc=|href=\"(?!#)", page)
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    for text in (*(sentence.replace("−$", "−\N{WORD JOINER}$") for sentence in found["found"]), "a day less never"):
        assert text in page
    assert all(run["digest"][:12] in page for run in found["runs"])


def test_the_page_shows_text_as_text(lake: Lake, tmp_path: Path) -> None:
    """A name or a setting cannot become part of the page."""
    plain = ran(tmp_path / "plain", lake, "never", end=DAY)
    sly = ran(tmp_path / "<b>sly", lake, "<i>sly", end=DAY)
    page = Path(document(plain, sly, html=tmp_path / "page.html")["page"]).read_text(encoding="utf-8")
    assert "<i>sly" not in page
    assert "<b>sly" not in page
    assert "&lt;i&gt;sly" in page


def test_the_terminal_shows_the_same(found: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
    """What was found, the result of each run, the difference and the settings are printed, without a cut number."""
    show(found)
    printed = capsys.readouterr().out
    assert found["found"][0] in printed
    assert re.search(r"all\s+steady\s+3\s+5\.04\s+45\.84\s+48\.72\s+-16\.72 … 47\.28", printed)
    assert re.search(r"all\s+steady\s+\+45\.84\s+\+15\.28\s+-16\.72 … 47\.28", printed)
    assert re.search(r"policy\s+never\s+never", printed)


def test_a_page_that_cannot_be_written_is_an_error(lake: Lake, tmp_path: Path) -> None:
    """A file in place of a folder is named, with what to do."""
    one_day = [ran(tmp_path / policy, lake, policy, end=DAY) for policy in ("never", "steady")]
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(ReportError, match=r"cannot be written .*; give another --html"):
        compare(one_day, tmp_path / "file" / "page.html")
