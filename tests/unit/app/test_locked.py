"""Locked windows: who is refused, what an opening leaves behind, and that looking twice is one look."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from drybulb import api_scores
from drybulb.adapters.lake import Lake
from drybulb.app.config import Config, load
from drybulb.app.locked import Opened, evidence, open_window, openings
from drybulb.app.runfolder import lake_digest
from drybulb.errors import ConfigError, LockedWindow

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
openings = "{}/kept/openings.jsonl"
"""
NOW, LATER = datetime(2026, 1, 2, 3, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC)
MODELS = {"first-floor": "0123456789abcdef", "city-miami": "fedcba9876543210"}


@pytest.fixture
def config(tmp_path: Path) -> Config:
    """Settings with a winter locked everywhere and a spring in Miami."""
    file = tmp_path / "drybulb.toml"
    file.write_text(WINTER.format(tmp_path))
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
    assert again.sentence.endswith("opened before on 2026-01-02 by the same command with the same models")
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
        "reason": "the paper",
    }
    assert openings(tmp_path / "kept" / "openings.jsonl") == [one.opening for one in (first, other, longer)]


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
    ],
)
def test_a_locked_window_that_is_wrong_is_named(tmp_path: Path, text: str, words: str) -> None:
    """A window that ends before it begins, of an unknown city, of a name twice, or without an end is an error."""
    file = tmp_path / "drybulb.toml"
    file.write_text(text)
    with pytest.raises(ConfigError, match=words):
        load(file)
