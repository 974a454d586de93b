"""The bench of replay and screen on a made-up year: that it is as large as it says, and says what is missed."""

from __future__ import annotations

import json

import pytest

from bench import backtest


def test_a_day_is_replayed_and_screened(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """A day of six cities has 2,280 minutes of six brackets each; something is traded, and no target is missed."""
    monkeypatch.setattr("sys.argv", ["bench.backtest", "--days", "1", "--sets", "3", "--json"])
    backtest.main()
    said = json.loads(capsys.readouterr().out)
    rows = {row["name"]: row["measured"] for row in said["rows"]}
    assert rows["bracket-minutes"] == pytest.approx(6 * 6 * 2280 / 1e6, abs=1e-3)
    assert rows["orders sent"] > 0
    assert rows["fills of it"] > 0
    assert "3 sets screened" in rows
    assert said["window"] == ["2025-01-01", "2025-01-01"]
    assert said["missed"] == []


def test_what_is_missed_is_said_with_how_much() -> None:
    """A measure above its target is over by the difference; one at its target is not."""
    assert backtest._row("a thing", 1.5, "s", 1.0)["over"] == 0.5
    assert backtest._row("a thing", 1.0, "s", 1.0)["over"] == 0.0
    assert "over by 0.5" in backtest._line(backtest._row("a thing", 1.5, "s", 1.0))
