"""Locked windows: who is refused, what an opening leaves behind, and that looking twice is one look."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from unittest import mock

import pytest

from drybulb import api_scores
from drybulb.adapters.lake import Lake
from drybulb.adapters.model_manifest import ModelManifest
from drybulb.app import anchor_store, noted_training
from drybulb.app import openings as note_file
from drybulb.app.config import Config
from drybulb.app.locked import asked, evidence, open_window, settings_digest
from drybulb.app.locked_learning import refuse_learning
from drybulb.app.openings import Opened, Opening, openings
from drybulb.app.runfolder import lake_digest
from drybulb.app.settings import load
from drybulb.app.train import TrainResult
from drybulb.errors import ConfigError, LockedWindow
from drybulb.forecast.training_card import ForecasterCard, TrainingCard
from drybulb.strategy.anchor_weights import Weights
from tests.meta.repository import ROOT
from tests.unit.app.lakes import merge

WINTER = """
[[locked]]
name = "winter"
from = 2024-11-20
to = 2025-02-28

[[locked]]
name = "miami's spring"
from = 2025-03-01
to = 2025-03-31
cities = ["miami"]

[evaluation]
openings = "kept/openings.jsonl"
"""
NOW, LATER = datetime(2026, 1, 2, 3, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC)
WHOLE = date(2024, 11, 20), date(2025, 2, 28)
MODELS = {"first-floor": "0123456789abcdef", "city-miami": "fedcba9876543210"}


@pytest.fixture
def config(tmp_path: Path) -> Config:
    """Settings with a winter locked everywhere and a spring in Miami."""
    file = tmp_path / "drybulb.toml"
    file.write_text(WINTER)
    return load(file)


def _open(
    config: Config,
    start: date,
    end: date,
    city: str = "miami",
    reason: str | None = "the paper",
    of: Mapping[str, str] = MODELS,
    now: datetime = NOW,
) -> tuple[Opened, ...]:
    return open_window(config, "verify", start, end, [city], lambda: of, reason, now)


def test_nothing_is_locked_by_default() -> None:
    """The packaged defaults have no locked window, so that nobody's lake is locked by our results."""
    assert load().locked == ()


@pytest.mark.parametrize(
    ("start", "end", "city", "touched"),
    [
        (date(2024, 11, 1), date(2024, 11, 19), "miami", []),
        (date(2024, 11, 1), date(2024, 11, 20), "austin", ["winter"]),
        (date(2025, 2, 28), date(2025, 3, 31), "austin", ["winter"]),
        (date(2025, 2, 28), date(2025, 3, 1), "miami", ["winter", "miami's spring"]),
        (date(2025, 3, 5), date(2025, 3, 6), "austin", []),
        (date(2024, 1, 1), date(2026, 1, 1), "miami", ["winter", "miami's spring"]),
        (date(2025, 4, 1), date(2025, 4, 1), "miami", []),
    ],
)
def test_a_window_is_touched_by_one_shared_day_and_city(
    config: Config, start: date, end: date, city: str, touched: list[str]
) -> None:
    """A question touches a window if it shares an event day and a city with it, both ends of either included."""
    assert [one.opening.window for one in _open(config, start, end, city)] == touched


def test_a_locked_window_is_refused_without_a_reason(config: Config, tmp_path: Path) -> None:
    """Without a reason, or with a blank one, the refusal names command, days, window and option; nothing is noted."""
    for reason in (None, "  "):
        with pytest.raises(
            LockedWindow, match=r"verify 2025-01-01 … 2025-01-02 .* winter \(2024-11-20 … 2025-02-28\).*--open-locked"
        ):
            _open(config, date(2025, 1, 1), date(2025, 1, 2), reason=reason)
    assert not (tmp_path / "kept").exists()


def test_an_opening_is_a_line_and_the_same_look_is_none(config: Config, tmp_path: Path) -> None:
    """The first opening is noted; the same question to the same models later, whatever the reason, is not, and says
    when it was; other models, other days or another city are a further look.
    """
    days = date(2024, 12, 1), date(2024, 12, 31)
    (first,) = _open(config, *days)
    (again,) = _open(config, *days, reason="once more", now=LATER)
    (other,) = _open(config, *days, of={**MODELS, "city-miami": "0" * 16}, now=LATER)
    (longer,) = _open(config, days[0], date(2025, 1, 1), now=LATER)
    assert [one.is_new for one in (first, again, other, longer)] == [True, False, True, True]
    assert [one.number for one in (first, again, other, longer)] == [1, 1, 2, 3]
    assert again.opening == first.opening
    assert again.sentence.endswith("opened before on 2026-01-02 by the same command with the same models and settings")
    assert "opening 2, noted in" in other.sentence
    lines = (tmp_path / "kept" / "openings.jsonl").read_text().splitlines()
    assert len(lines) == 3
    assert json.loads(lines[0]) == {
        "at": "2026-01-02T03:00:00+00:00",
        "window": "winter",
        "locked": ["2024-11-20", "2025-02-28"],
        "command": "verify",
        "asked": ["2024-12-01", "2024-12-31"],
        "cities": ["miami"],
        "of": {"city-miami": "fedcba9876543210", "first-floor": "0123456789abcdef"},
        "settings": settings_digest(config),
        "reason": "the paper",
    }
    assert openings(tmp_path / "kept" / "openings.jsonl") == [one.opening for one in (first, other, longer)]


def test_a_look_under_other_settings_is_another(config: Config) -> None:
    """A sweep over the settings of a policy is as many looks as it has settings; what is locked is no such setting."""
    other = config.model_copy(update={"risk": config.risk.model_copy(update={"max_trade_usd": 1})})
    renamed = config.model_copy(update={"locked": (config.locked[0].model_copy(update={"name": "frost"}),)})
    found = [_open(one, *WHOLE)[0] for one in (config, other, config, renamed)]
    assert [(one.number, one.is_new) for one in found] == [(1, True), (2, True), (1, False), (1, False)]


def test_a_belief_maker_of_ones_own_never_asks_the_same(config: Config, tmp_path: Path) -> None:
    """Whoever is known by the name of his class alone may have changed: each of his questions is a look."""
    of = evidence(Lake(tmp_path), replace)()
    assert [_open(config, *WHOLE, of=of)[0].number for _ in range(3)] == [1, 2, 3]


def test_the_weights_of_a_policy_are_a_part_of_what_is_scored(tmp_path: Path) -> None:
    """`anchored` is asked with the weights stored last; weights fitted anew are another look."""
    lake = Lake(tmp_path)
    with mock.patch.object(
        anchor_store, "newest", return_value=anchor_store.StoredAnchor("w" * 16, "hybrid", Weights(()))
    ):
        assert evidence(lake, None, "anchored")() == {"anchor": "w" * 16, "lake": lake_digest(lake)}
    assert evidence(lake, None, "S")() == {"lake": lake_digest(lake)}


def test_a_command_names_the_options_that_change_what_is_scored() -> None:
    """What was not given is left out; a list is joined; a switch has its name, turned off the other one."""
    assert asked("verify", forecasters=None) == "verify"
    said = "backtest --policy S --decide-at D-1T10:00,DT10:00 --settle-by-official --no-watch"
    clocks = ["D-1T10:00", "DT10:00"]
    assert asked("backtest", policy="S", decide_at=clocks, settle_by_official=True, watch=False) == said
    assert asked("backtest", policy="S", decide_at=(), settle_by_official=None, watch=None) == "backtest --policy S"


def test_a_program_says_the_options_of_its_question(config: Config, tmp_path: Path) -> None:
    """An opening of a function names what it was asked for, as the command line would."""
    with mock.patch("drybulb.api_scores.run_desks"):
        api_scores.backtest(
            Lake(tmp_path), config, *WHOLE, policy="never", settle_by_official=True, watch=True, open_locked="why"
        )
    (line,) = openings(tmp_path / "kept" / "openings.jsonl")
    assert line.command == "backtest --policy never --settle-by-official --watch"


def test_openings_are_counted_by_days_and_not_by_name(config: Config) -> None:
    """A window of another name, or longer by a month, has the openings of its days; one of other days has its own."""
    winter = config.locked[0]
    _open(config, *WHOLE)
    renamed = winter.model_copy(update={"name": "frost", "ends": date(2025, 3, 31)})
    spring = winter.model_copy(update={"starts": date(2025, 3, 1), "ends": date(2025, 3, 31)})
    numbers = [
        _open(config.model_copy(update={"locked": (window,)}), window.starts, window.ends, "austin")[0].number
        for window in (renamed, spring)
    ]
    assert numbers == [2, 2]  # the renamed one was asked about all its days, those of March among them
    before = winter.model_copy(update={"starts": date(2024, 1, 1), "ends": date(2024, 11, 19)})
    (other,) = _open(config.model_copy(update={"locked": (before,)}), before.starts, before.ends)
    assert other.number == 1


def test_the_file_is_beside_the_configuration_that_names_it(
    config: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file's `openings` counts from the file's folder, wherever one works; that of the defaults, from there."""
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert config.evaluation.file == tmp_path / "kept" / "openings.jsonl"
    assert load(Path("../drybulb.toml")).evaluation.file.resolve() == config.evaluation.file
    assert load().evaluation.file == Path("openings.jsonl")
    assert "folder" not in json.dumps(config.model_dump(mode="json")["evaluation"])


@pytest.mark.parametrize(
    ("opened", "is_enough"),
    [
        ([(*WHOLE, "miami")], True),
        ([(WHOLE[0] - timedelta(days=5), date(2025, 3, 31), "miami")], True),
        ([(*WHOLE, "austin")], False),
        ([(WHOLE[0], WHOLE[0], "miami")], False),
        ([(WHOLE[0] + timedelta(days=1), WHOLE[1], "miami"), (*WHOLE, "austin")], False),
    ],
)
def test_tuning_needs_the_whole_window_of_its_cities(
    config: Config, opened: Sequence[tuple[date, date, str]], *, is_enough: bool
) -> None:
    """An opening of one day, of all days but one, or of another city lets nobody tune on what came after."""
    miami = {"miami": config.find_city("miami")}
    for first, last, city in opened:
        _open(config, first, last, city)
    until = datetime(2025, 2, 28, 12, tzinfo=UTC)
    if is_enough:
        refuse_learning(config, until, miami)
        return
    with pytest.raises(LockedWindow, match=r"winter .* not opened for all its days in miami; .* before 2024-11-20"):
        refuse_learning(config, until, miami)


def test_older_lines_are_read_and_are_other_looks(config: Config, tmp_path: Path) -> None:
    """A line from before settings were noted counts, and no question is the same; so the one of the repository."""
    (first,) = _open(config, *WHOLE)
    line = json.loads((tmp_path / "kept" / "openings.jsonl").read_text())
    del line["settings"]
    (tmp_path / "kept" / "openings.jsonl").write_text(json.dumps(line))  # and without an end of its own
    (second,) = _open(config, *WHOLE)
    assert (second.number, second.is_new) == (2, True)
    assert openings(first.file) == [replace(first.opening, settings=""), second.opening]
    kept = load(ROOT / "bench" / "results.toml").evaluation.file
    assert kept.resolve() == ROOT / "docs" / "openings.jsonl"
    assert openings(kept)[0].window == "winter-2024-25"


@pytest.mark.skipif(sys.platform == "win32", reason="no such lock")
def test_of_two_who_ask_at_once_one_is_noted(config: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Eight equal questions at once are one line, eight different ones eight, however long the file takes to read."""
    read = note_file._parsed

    def slowly(file: Path, content: bytes) -> list[Opening]:
        time.sleep(0.01)
        return read(file, content)

    monkeypatch.setattr(note_file, "_parsed", slowly)
    for of, lines in ((lambda _: MODELS, 1), (lambda number: {"global": str(number)}, 9)):
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda number, of=of: _open(config, *WHOLE, of=of(number)), range(8)))
        assert len(openings(tmp_path / "kept" / "openings.jsonl")) == lines


def _trained(lake: Lake) -> TrainResult:
    """A training of Miami until 10 March 2025, on labels from 27 February to 3 March."""
    until, known = datetime(2025, 3, 10, tzinfo=UTC), datetime(2025, 3, 9, tzinfo=UTC)
    days = [date(2025, 2, 27) + timedelta(days=number) for number in range(5)]
    row = {"station": "KMIA", "source": "made", "version": 1, "high": 80, "is_final": True, "known_from": "latency"}
    merge(lake, "official", [{**row, "day": day, "known_at": known} for day in days])
    score = ForecasterCard("KMIA", "S", 5, days[0], days[-1], 1.0, 1.0, 1.0, 1.0, "")
    card = TrainingCard("first-floor", until, known, 5, {}, {}, (score,), ("a note",))
    manifest = ModelManifest("first-floor", "0" * 16, "0" * 64, {}, until, known, known, {})
    return TrainResult(manifest, card, (), {"KMIA": "miami"})


def test_a_training_that_scores_locked_days_says_so_and_is_counted(config: Config, tmp_path: Path) -> None:
    """The result names the days of each window that its scores are of; a line is noted, the same training adds none,
    and nobody may tune for it.
    """
    lake = Lake(tmp_path / "lake")
    made = _trained(lake)
    with mock.patch("drybulb.app.train.train", return_value=made):
        asked_for = (lake, config, made.card.until, ["miami"])
        (result, opened), (_, again) = noted_training.train(*asked_for), noted_training.train(*asked_for)
        elsewhere, none = noted_training.train(lake, load(), made.card.until, ["miami"])
    assert [(one.opening.window, one.opening.asked, one.is_new) for one in opened] == [
        ("winter", ("2025-02-27", "2025-02-28"), True),
        ("miami's spring", ("2025-03-01", "2025-03-03"), True),
    ]
    assert [one.is_new for one in again] == [False, False]
    assert {(one.opening.command, one.opening.reason, one.opening.of["first-floor"]) for one in opened} == {
        ("train", "", "0" * 16)
    }
    said = "Scores out of fold include up to {} days of the locked window {}; that look is noted with the openings."
    assert result.to_json()["notes"] == [
        "a note",
        said.format(2, "winter (2024-11-20 … 2025-02-28)"),
        said.format(3, "miami's spring (2025-03-01 … 2025-03-31)"),
    ]
    assert (elsewhere, none) == (made, ())


def test_a_training_unlocks_nothing(config: Config) -> None:
    """An opening of a whole window that nobody gave a reason for lets nobody tune."""
    (first,) = _open(config, *WHOLE)
    first.file.write_text(json.dumps({**json.loads(first.file.read_text()), "reason": ""}) + "\n")
    with pytest.raises(LockedWindow, match="not opened for all its days"):
        refuse_learning(config, datetime(2025, 2, 28, tzinfo=UTC), {"miami": config.find_city("miami")})


def test_a_file_of_openings_that_is_none_is_refused(config: Config, tmp_path: Path) -> None:
    """A line that is no opening stops the next one, so that no look is lost."""
    file = tmp_path / "kept" / "openings.jsonl"
    file.parent.mkdir()
    file.write_text('{"window": "winter"}\n')
    with pytest.raises(LockedWindow, match=r"openings\.jsonl: is no list of openings.*restore it"):
        _open(config, date(2024, 12, 1), date(2024, 12, 2))


def test_what_is_scored_without_models_is_the_lake(tmp_path: Path) -> None:
    """Where nobody believes the lake's digest says what is scored; a forecaster of one's own is named beside it."""
    lake = Lake(tmp_path)
    assert evidence(lake, None)() == {"lake": lake_digest(lake)}
    assert evidence(lake, replace)() == {"beliefs": "function", "lake": lake_digest(lake)}


@pytest.mark.parametrize("name", ["backtest", "mispricing"])
def test_a_program_is_refused_as_a_person_is(config: Config, tmp_path: Path, name: str) -> None:
    """The functions keep a locked window closed before they look at anything."""
    asked = {"policy": "never"} if name == "backtest" else {}
    with pytest.raises(LockedWindow, match=name):
        getattr(api_scores, name)(Lake(tmp_path), config, "2025-01-01", "2025-01-02", **asked)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('[[locked]]\nname = "w"\nfrom = 2025-01-02\nto = 2025-01-01\n', "earlier day first"),
        ('[[locked]]\nname = "w"\nfrom = 2025-01-01\nto = 2025-01-02\ncities = ["boston"]\n', "no city boston"),
        ('[[locked]]\nname = "w"\nfrom = 2025-01-01\nto = 2025-01-02\n' * 2, "two windows are called 'w'"),
        ('[[locked]]\nname = "w"\nfrom = 2025-01-01\n', "locked.0.to"),
        ('[[locked]]\nname = " "\nfrom = 2025-01-01\nto = 2025-01-02\n', "locked.0.name"),
        ('[evaluation]\nopenings = " "\n', "evaluation.openings"),
    ],
)
def test_a_locked_window_that_is_wrong_is_named(tmp_path: Path, text: str, words: str) -> None:
    """A window that ends before it begins, of an unknown city, of a name twice, without an end or without a name, and
    openings without a file are errors.
    """
    file = tmp_path / "drybulb.toml"
    file.write_text(text)
    with pytest.raises(ConfigError, match=words):
        load(file)
