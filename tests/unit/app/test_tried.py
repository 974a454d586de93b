"""Everything tried on one ground: which runs and sweeps count, and what the luck of so many is."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from drybulb.adapters.trial_log import POLICIES, TrialLog
from drybulb.app.tried import Ground, Tried, tried
from drybulb.app.worth_words import tried_sentences
from drybulb.errors import ReportError
from drybulb.verification import deflated_sharpe

FIRST, LAST = date(2025, 1, 1), date(2025, 2, 9)
DAYS = [FIRST + timedelta(days=n) for n in range(40)]
NOISE = np.random.default_rng(3).normal(size=(40, 4))


def ran(folder: Path, name: str, gains: Any, **head: Any) -> Path:
    """A run's folder, as far as it is looked at: its journal's first line, its digest, and its gains."""
    run = folder / "runs" / name
    run.mkdir(parents=True)
    asked = {"kind": "run", "window": [FIRST.isoformat(), LAST.isoformat()], "cities": ["miami", "chicago"]}
    (run / "journal.jsonl").write_text(json.dumps({**asked, "fills": "taker", **head}) + "\n", encoding="utf-8")
    (run / "run.json").write_text(json.dumps({"digest": Path(name).name}), encoding="utf-8")
    rows = [f"{day},{gain:.6f},{gain:.6f},0" for day, gain in zip(DAYS, gains, strict=True)]
    (run / "equity.csv").write_text("\n".join(["day,chicago,total,equity", *rows]) + "\n", encoding="utf-8")
    return run


def logged(gains: Any) -> Mapping[str, float]:
    """Gains as a sweep logs them."""
    return {day.isoformat(): float(gain) for day, gain in zip(DAYS, gains, strict=True)}


def swept(lake: Path, study: str, rows: list[Mapping[str, float] | None], **about: Any) -> None:
    """The log of a sweep."""
    log = TrialLog(lake, study, POLICIES)
    asked = {"window": [FIRST.isoformat(), LAST.isoformat()], "cities": ["chicago", "miami"]}
    log.begin({**asked, **about})
    for number, gains in enumerate(rows):
        log.append({"number": number, "gains": gains})


def test_what_was_tried_on_the_same_ground_counts(tmp_path: Path) -> None:
    """Runs of one window, cities and fills, challengers, and the lake's sweeps count; each run once, others not."""
    own = ran(tmp_path, "a", NOISE[:, 0])
    ran(tmp_path, "b", NOISE[:, 1], cities=["chicago", "miami"])
    ran(tmp_path, "b/challengers/c", NOISE[:, 2])
    ran(tmp_path, "again/a", NOISE[:, 0])
    ran(tmp_path, "elsewhere", NOISE[:, 3], cities=["chicago"])
    ran(tmp_path, "earlier", NOISE[:, 3], window=["2024-01-01", "2024-02-09"])
    ran(tmp_path, "naive", NOISE[:, 3], fills="naive")
    (tmp_path / "runs" / "unfinished").mkdir()
    swept(tmp_path, "first", [logged(NOISE[:, 3]), None])
    swept(tmp_path, "other", [logged(NOISE[:, 3])], cities=["austin"])
    name, found = tried(own)
    assert (name, found.names, found.lost) == ("a", ("a", "b", "c", "first 0"), 1)
    luck = found.luck(name)
    assert luck is not None
    exact = deflated_sharpe(np.round(NOISE, 6), 5, 0)
    assert (luck["trials"], luck["judged"], luck["blocks"]) == (5, "a", 8)
    assert luck["deflated_sharpe"] == pytest.approx(exact.probability, abs=1e-6)
    assert luck["sharpe_by_chance"] == pytest.approx(exact.by_chance, abs=1e-6)
    assert 0.0 <= luck["overfitting"] <= 1.0


def test_a_run_alone_is_not_deflated(tmp_path: Path) -> None:
    """A run with nothing beside it, and one whose journal does not say its window, is one trial, held against zero."""
    name, found = tried(ran(tmp_path, "a", NOISE[:, 0]))
    luck = found.luck(name)
    assert luck is not None
    assert (luck["trials"], luck["sharpe_by_chance"], luck["overfitting"], luck["blocks"]) == (1, 0.0, None, None)
    (said,) = tried_sentences(luck, "This run")
    assert said.startswith("Nothing else is known to have been tried")
    (tmp_path / "runs" / "a" / "journal.jsonl").write_text('{"kind": "run"}\n', encoding="utf-8")
    assert Ground.of(tmp_path / "runs" / "a") is None
    assert tried(tmp_path / "runs" / "a")[1].names == ("a",)


def test_without_a_name_the_best_is_judged() -> None:
    """The trial with the highest ratio is judged; a day that one has not, it gained nothing on."""
    longer = {day: 1.0 + noise for day, noise in zip(DAYS, NOISE[:, 1], strict=True)}
    shorter = {day: 0.1 + noise for day, noise in zip(DAYS[:20], NOISE[:20, 0], strict=True)}
    luck = Tried(("short", "long"), (shorter, longer)).luck()
    assert luck is not None
    assert luck["judged"] == "long"
    first, second = tried_sentences(luck, "The best, long,")
    assert first.startswith("The best, long, is one of 2 tried on this window and these cities")
    assert "probability of backtest overfitting" in second


def test_what_never_trades_has_no_luck() -> None:
    """Gains that never vary have no ratio, and nothing is said of them."""
    idle, busy = dict.fromkeys(DAYS, 0.0), dict(zip(DAYS, NOISE[:, 0], strict=True))
    assert Tried(("idle",), (idle,)).luck() is None
    assert Tried(("idle", "busy"), (idle, busy)).luck("idle") is None
    assert list(tried_sentences(None, "This run")) == []
    alone = Tried(("busy",), ({FIRST: 1.0},)).luck()
    assert alone is None


def test_too_few_days_are_not_halved() -> None:
    """With fewer than twenty days there are not four blocks of five, and overfitting is left unsaid."""
    gains = [dict(zip(DAYS[:19], NOISE[:19, column], strict=True)) for column in (0, 1)]
    luck = Tried(("a", "b"), tuple(gains)).luck()
    assert luck is not None
    assert (luck["overfitting"], luck["blocks"]) == (None, None)
    assert len(list(tried_sentences(luck, "a"))) == 1


@pytest.mark.parametrize(
    ("file", "text", "message"),
    [
        ("runs/b/run.json", "{", r"runs/b/run\.json cannot be read"),
        ("runs/b/journal.jsonl", "", r"runs/b/journal\.jsonl cannot be read"),
        ("runs/b/equity.csv", "day,x\n2025-01-01,1\n", r"runs/b/equity\.csv is not a table of gains"),
        ("swept/s/trials.jsonl", '{"number": 0, "gains": {"today": 1}}\n', "trial 0 has no gains by day"),
    ],
)
def test_what_cannot_be_counted_is_an_error(tmp_path: Path, file: str, text: str, message: str) -> None:
    """A run or a log that is spoilt is named, and not passed over: it may have been tried."""
    own = ran(tmp_path, "a", NOISE[:, 0])
    ran(tmp_path, "b", NOISE[:, 1])
    swept(tmp_path, "s", [])
    (tmp_path / file).write_text(text, encoding="utf-8")
    with pytest.raises(ReportError, match=message):
        tried(own)
