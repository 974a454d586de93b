"""A run's folder made by hand: five days, three cities, of which one traded, one did not and one has no markets."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

JOURNAL = '{"kind":"run"}\n'
EQUITY = """\
day,chicago,miami,total,equity
2025-01-01,10.000000,0.000000,10.000000,10.000000
2025-01-02,-25.500000,0.000000,-25.500000,-15.500000
2025-01-03,5.000000,,5.000000,-10.500000
2025-01-04,0.000000,0.000000,0.000000,-10.500000
2025-01-05,-2.000000,0.000000,-2.000000,-12.500000
"""
NOTHING: dict[str, Any] = {
    "orders": 0,
    "fills": 0,
    "contracts": 0.0,
    "fees_usd": 0.0,
    "pnl_usd": 0.0,
    "pnl_per_day": {"mean": None, "ci90": None},
    "max_drawdown_usd": 0.0,
}
TRADED: dict[str, Any] = {
    "orders": 12,
    "fills": 9,
    "contracts": 31.0,
    "fees_usd": 1.25,
    "pnl_usd": -12.5,
    "pnl_per_day": {"mean": -2.5, "ci90": [-9.0, 3.0]},
    "max_drawdown_usd": 25.5,
}


def run_document() -> dict[str, Any]:
    """The file run.json."""
    return {
        "schema": "backtest/1",
        "run": "somewhere/else",
        "window": ["2025-01-01", "2025-01-05"],
        "policy": "S",
        "cities": {
            "chicago": {"events": 5, "refused": {}, "beliefs": {"S": 700, "none:no guidance": 20}, **TRADED},
            "los_angeles": {"events": 0, "refused": {"no markets in the lake": 5}, "beliefs": {}, **NOTHING},
            "miami": {"events": 4, "refused": {"no quotes": 1}, "beliefs": {"S": 600}, **NOTHING},
        },
        "total": {"events": 9, "refused": {}, "beliefs": {"S": 1300, "none:no guidance": 20}, **TRADED},
        "by_lead": {"0": {**TRADED, "fills": 1, "pnl_usd": 3.0}, "1": {**TRADED, "fills": 8, "pnl_usd": -15.5}},
        "assumptions": ["carried prices never fill"],
        "notes": ["miami: one event has quotes at one instant only"],
        "not_traded": {"no edge": 4000, "stale quote": 12},
        "digest": hashlib.sha256(JOURNAL.encode()).hexdigest(),
        "config": "c" * 64,
        "lake": "1" * 64,
    }


def score_row(
    forecaster: str, lead: int, clock: str, city: str = "all", paired_with: str | None = None
) -> dict[str, Any]:
    """A row of verify.json; the market has no degrees."""
    degrees = None if forecaster == "market" else 1.5
    scores = {"crps": degrees, "rps": 0.4, "log_score": 1.2, "mae": degrees, "within_1": 0.5, "within_2": 0.75}
    return {
        "city": city,
        "clock": clock,
        "lead": lead,
        "forecaster": forecaster,
        "paired_with": paired_with,
        "n_events": 9 if clock == "06:00" else 40,
        **scores,
        "ci90": {name: None if value is None else [value - 0.1, value + 0.2] for name, value in scores.items()},
    }


def comparison(lead: int, reference: str, interval: list[float]) -> dict[str, Any]:
    """A comparison of verify.json, over all cities and clocks."""
    market = reference == "market"
    return {
        "city": "all",
        "clock": "all",
        "lead": lead,
        "paired_with": "market" if market else None,
        "forecaster": "S",
        "reference": reference,
        "metric": "rps" if market else "crps",
        "n_events": 40,
        "difference": sum(interval) / 2,
        "ci90": interval,
    }


def verify_document() -> dict[str, Any]:
    """The file verify.json: S, climatology and the market at three clocks of the day and over all."""
    rows = []
    for city, clocks in (("all", ("06:00", "12:00", "quote", "all")), ("chicago", ("all",))):
        for clock in clocks:
            rows += [score_row(name, 0, clock, city) for name in ("climatology", "S")]
            rows += [score_row(name, 0, clock, city, "market") for name in ("climatology", "S", "market")]
    return {
        "schema": "verify/1",
        "window": ["2025-01-01", "2025-01-05"],
        "rows": rows,
        "comparisons": [comparison(0, "climatology", [-0.5, -0.3]), comparison(0, "market", [0.05, 0.15])],
        "notes": ["chicago: 3 daily quotes left out"],
    }


def write(
    folder: Path, run: dict[str, Any] | None = None, verified: dict[str, Any] | None = None, equity: str = EQUITY
) -> Path:
    """Write the folder of a run and return it."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "run.json").write_text(json.dumps(run or run_document()), encoding="utf-8")
    (folder / "journal.jsonl").write_text(JOURNAL, encoding="utf-8")
    (folder / "equity.csv").write_text(equity, encoding="utf-8")
    if verified is not None:
        (folder / "verify.json").write_text(json.dumps(verified), encoding="utf-8")
    return folder
