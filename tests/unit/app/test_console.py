"""Results as tables for people: they fit a terminal of 80 columns, and say what the documents say."""

from __future__ import annotations

from typing import Any

import pytest

from drybulb.app.console import show

LEG: dict[str, Any] = {
    "events": 120,
    "refused": {},
    "beliefs": {},
    "orders": 3729,
    "fills": 1573,
    "contracts": 198256.0,
    "fees_usd": 1393.53,
    "pnl_usd": -3468.46,
    "pnl_per_day": {"mean": -173.42, "ci90": [-367.57, 52.83]},
    "max_drawdown_usd": 4638.32,
    "worth": {
        "verdict": "too early to say",
        "reason": "the 90 % interval of a day holds zero; about 1,092 more event days would tell",
        "event_days": 120,
        "days_traded": 101,
        "unseen_per_day_usd": 12.5,
        "days_needed": 1212,
        "days_further": 1092,
        "pnl_without_two_best_usd": -5468.46,
        "turnover_usd": 78123.45,
        "sharpe_per_day": -0.0712,
        "capital_days_usd": 51234.5,
        "pnl_per_capital_day": {"mean": -0.067698, "ci90": [-0.141234, 0.020123]},
    },
}


@pytest.fixture(autouse=True)
def _narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")


def test_a_backtest_fits_80_columns_without_breaking_a_number(capsys: pytest.CaptureFixture[str]) -> None:
    """Each city of a backtest is one line of at most 80 columns, its numbers whole, money in cents."""
    cities = {"philadelphia": LEG, "los_angeles": LEG}
    head = {
        "schema": "backtest/1",
        "policy": "S",
        "decide_at": [],
        "fills": "taker",
        "challengers": {},
        "window": ["2026-06-16", "2026-07-05"],
        "run": "runs/1",
    }
    show({**head, "cities": cities, "total": LEG, "by_lead": {"0": LEG, "1": LEG}})
    said = capsys.readouterr().out
    lines = said[: said.index("policy S: ")].splitlines()
    assert max(map(len, lines)) <= 80
    line = next(line for line in lines if line.startswith("philadelphia"))
    numbers = ["120", "3,729", "1,573", "198,256", "1,393.53", "-3,468.46", "4,638.32", "-368", "…", "53"]
    assert line.split()[1:] == numbers


def test_what_a_backtest_is_worth_fits_80_columns(capsys: pytest.CaptureFixture[str]) -> None:
    """The whole and each city that traded have a line of whole numbers; the verdict on the whole is a sentence."""
    idle = {**LEG, "fills": 0}
    head = {
        "schema": "backtest/1",
        "policy": "S",
        "decide_at": [],
        "fills": "taker",
        "challengers": {},
        "window": ["2026-06-16", "2026-07-05"],
        "run": "1",
    }
    show({**head, "cities": {"philadelphia": LEG, "austin": idle}, "total": LEG, "by_lead": {"0": LEG, "1": LEG}})
    said = capsys.readouterr().out
    worth = said[said.index("what this is worth") :].splitlines()
    table = worth[: worth.index("")]
    assert max(map(len, table)) <= 80
    numbers = ["101", "1,212", "-5,468.46", "-0.07", "78,123", "-6.77", "-14.12", "…", "2.01"]
    for name in ("all", "Philadelphia"):
        (line,) = (each for each in table if each.startswith(name))
        assert line.split()[1:] == numbers
    assert not any(line.startswith("Austin") for line in table)
    assert "policy S: too early to say, for the 90 % interval of a day holds zero; about 1,092 more event days" in said


def test_a_calibration_fits_80_columns_without_breaking_a_word(capsys: pytest.CaptureFixture[str]) -> None:
    """Each row of a calibration is one line of at most 80 columns, its numbers whole, to two decimals."""
    row = {
        "city": "philadelphia",
        "clock": "10:00",
        "lead": 1,
        "forecaster": "climatology",
        "n_events": 606,
        "pit_deviation": 0.0712,
        "pit_deviation_chance": 0.0491,
        "coverage": [{"covered": covered} for covered in (0.5123, 0.8047, 0.9271)],
        "sd": 11.4712,
        "gamma": None,
    }
    show({"schema": "calibration/1", "window": ["2026-06-16", "2026-07-05"], "rows": [row], "notes": []})
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= 80
    line = next(line for line in lines if line.startswith("philadelphia"))
    assert line.split()[1:4] == ["D-1", "10:00", "climatology"]
    assert line.split()[4:] == ["606", "0.07", "0.05", "0.51", "0.80", "0.93", "11.47", "–"]


def test_a_verification_fits_80_columns_without_breaking_a_word(capsys: pytest.CaptureFixture[str]) -> None:
    """Each row of a verification fits 80 columns, its scores whole, to two decimals."""
    row = {
        "city": "philadelphia",
        "clock": "all",
        "lead": 1,
        "forecaster": "guidance_error",
        "paired_with": None,
        "n_events": 120,
        "crps": 1.2712,
        "rps": 0.4511,
        "log_score": 2.0931,
        "mae": 1.7,
        "within_2": 0.6667,
        "ci90": {"crps": [1.091, 1.453]},
    }
    show({"schema": "verify/1", "window": ["2026-06-16", "2026-07-05"], "rows": [row], "notes": []})
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= 80
    line = next(line for line in lines if line.startswith("philadelphia"))
    for shown in ("D-1 all", "guidance", "120", "1.27", "1.09 … 1.45", "0.45", "2.09", "1.70", "0.67"):
        assert shown in line


def test_a_refusal_names_the_first_thing_refused(capsys: pytest.CaptureFixture[str]) -> None:
    """The table of an import names the first row or event of each refusal; brackets are no markup."""
    refusal = {
        "file": "prints.parquet",
        "city": "austin",
        "reason": "duplicated key",
        "unit": "row",
        "count": 2,
        "of": 9,
        "rows": 2,
        "examples": ["row 8 [a]", "row 9 [b]"],
    }
    show({"schema": "import/1", "tables": {}, "refusals": [refusal], "notes": [], "usable": {}})
    shown = " ".join(capsys.readouterr().out.split())
    assert "duplicated key: row 8 [a]" in shown
    assert "row 9" not in shown


def test_a_note_is_no_markup(capsys: pytest.CaptureFixture[str]) -> None:
    """A block of the configuration in a note is shown with its brackets."""
    show({"schema": "calibration/1", "window": ["2026-06-16", "2026-07-05"], "rows": [], "notes": ["set [watch] from"]})
    assert "note: set [watch] from" in capsys.readouterr().out


def test_a_configuration_names_every_key(capsys: pytest.CaptureFixture[str]) -> None:
    """The configuration is shown a key a line, those of a city by its name."""
    settings = {"city": {"chicago": {"code": "CHI"}}, "fees": [{"series": "*"}]}
    show({"schema": "config/1", "lake": "lake", "config": settings})
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert ["chicago.code", "CHI"] in lines
    assert ["0.series", "*"] in lines
