"""A run's folder made by hand: five days, three cities, of which one traded, one did not and one has no markets."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from drybulb.app.runfolder import result_digest

JOURNAL = '{"kind":"run"}\n'
EQUITY = """\
day,chicago,miami,total,equity
2025-01-01,10.000000,0.000000,10.000000,10.000000
2025-01-02,-25.500000,0.000000,-25.500000,-15.500000
2025-01-03,5.000000,,5.000000,-10.500000
2025-01-04,0.000000,0.000000,0.000000,-10.500000
2025-01-05,-2.000000,0.000000,-2.000000,-12.500000
"""
UNTOLD: dict[str, Any] = {
    "verdict": "too early to say",
    "reason": "it traded on 0 event days, 30 are the least",
    "event_days": 4,
    "days_traded": 0,
    "unseen_per_day_usd": 0.0,
    "days_needed": None,
    "days_further": None,
    "pnl_without_two_best_usd": 0.0,
    "turnover_usd": 0.0,
    "sharpe_per_day": None,
    "capital_days_usd": 0.0,
    "pnl_per_capital_day": None,
}
NOTHING: dict[str, Any] = {
    "orders": 0,
    "fills": 0,
    "contracts": 0.0,
    "fees_usd": 0.0,
    "pnl_usd": 0.0,
    "pnl_per_day": {"mean": None, "ci90": None},
    "max_drawdown_usd": 0.0,
    "worth": UNTOLD,
}
TRADED: dict[str, Any] = {
    "orders": 12,
    "fills": 9,
    "contracts": 31.0,
    "fees_usd": 1.25,
    "pnl_usd": -12.5,
    "pnl_per_day": {"mean": -2.5, "ci90": [-9.0, 3.0]},
    "max_drawdown_usd": 25.5,
    "worth": {
        "verdict": "too early to say",
        "reason": "it traded on 4 event days, 30 are the least; about 33 more event days would tell",
        "event_days": 5,
        "days_traded": 4,
        "unseen_per_day_usd": 1.5,
        "days_needed": 1234,
        "days_further": 33,
        "pnl_without_two_best_usd": -27.5,
        "turnover_usd": 12.4,
        "sharpe_per_day": -0.1812,
        "capital_days_usd": 8.25,
        "pnl_per_capital_day": {"mean": -1.515152, "ci90": [-3.0, 0.25]},
    },
}
BY_LEAD: dict[str, Any] = {
    "by_lead": {"0": {**TRADED, "fills": 1, "pnl_usd": 3.0}, "1": {**TRADED, "fills": 8, "pnl_usd": -15.5}}
}
NO_LEAD: dict[str, Any] = {"by_lead": {"0": NOTHING, "1": NOTHING}}


def run_document() -> dict[str, Any]:
    """The file run.json."""
    return {
        "schema": "backtest/1",
        "run": "somewhere/else",
        "window": ["2025-01-01", "2025-01-05"],
        "policy": "S",
        "fills": "taker",
        "challengers": {},
        "bankroll_usd": 1000,
        "decide_at": [],
        "cities": {
            "chicago": {"events": 5, "refused": {}, "beliefs": {"S": 700, "none:no guidance": 20}, **TRADED, **BY_LEAD},
            "los_angeles": {"events": 0, "refused": {"no markets in the lake": 5}, "beliefs": {}, **NOTHING, **NO_LEAD},
            "miami": {"events": 4, "refused": {"no quotes": 1}, "beliefs": {"S": 600}, **NOTHING, **NO_LEAD},
        },
        "total": {"events": 9, "refused": {}, "beliefs": {"S": 1300, "none:no guidance": 20}, **TRADED},
        **BY_LEAD,
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


def calibration_document() -> dict[str, Any]:
    """The file calibration.json: S and climatology over all cities and in Chicago, on the event day."""
    covered = {
        "covered": 0.6,
        "covered_ci90": [0.5, 0.7],
        "degrees": {"mass": 0.7, "hits": 0.7, "hits_ci90": [0.6, 0.8]},
    }
    bins: list[dict[str, Any]] = [
        {"low": 0.0, "high": 0.1, "mean_forecast": 0.05, "frequency": 0.1, "frequency_ci90": [0.02, 0.2], "n": 90},
        {"low": 0.9, "high": 1.0, "mean_forecast": 0.95, "frequency": 0.9, "frequency_ci90": None, "n": 80},
    ]
    rows = [
        {
            "city": city,
            "lead": 0,
            "clock": "all",
            "forecaster": name,
            "n_events": 40,
            "pit": [0.1] * 10,
            "pit_ci90": [[0.05, 0.15]] * 10,
            "pit_deviation": 0.12,
            "pit_deviation_chance": 0.09,
            "coverage": [{"level": level, **covered} for level in (0.5, 0.8, 0.9)],
            "sd": 2.25,
            "width_80": 5.5,
            "gamma": 1.25,
            "gamma_ci90": [1.01, 1.5],
            "reliability": [{**part, "n_events": 40} for part in bins],
            "corp": None,
        }
        for city in ("all", "chicago")
        for name in ("climatology", "S")
    ]
    notes = ["climatology was silent at clocks of miami D 5 of 5"]
    return {"schema": "calibration/1", "window": ["2025-01-01", "2025-01-05"], "rows": rows, "notes": notes}


def markout_document() -> dict[str, Any]:
    """The file markouts.json: a price after five minutes, none after thirty."""
    horizons = ["5min", "30min", "close", "settlement"]
    means: list[float | None] = [-1.25, None, 0.5, -40.0]
    rows = [
        {
            "city": city,
            "lead": lead,
            "horizon": horizon,
            "mean_cents": mean,
            "fills": 0 if mean is None else 8,
            "missing": 9 if mean is None else 1,
            "contracts": 30.0,
            "ci90": None if mean is None else [mean - 1.0, mean + 0.5],
        }
        for city in ("all", "chicago")
        for lead in ("all", 1, 0)
        for horizon, mean in zip(horizons, means, strict=True)
    ]
    notes = ["in cents a contract, before fees"]
    return {"schema": "markouts/1", "horizons": horizons, "rows": rows, "makers": [], "notes": notes}


def days_document() -> dict[str, Any]:
    """The file days.json: one event of Chicago, with something of everything."""
    nobody = {"source": "none", "reason": "no guidance", "q": None, "p": None}
    spoke = {"source": "S", "reason": "", "q": [27, 28, 30, 32, 34, 36, 37], "p": [0.25, 0.5, 0.25]}
    reading = {"valid_at": _at(2, 18, 53), "known_at": _at(2, 19, 3), "kind": "metar", "low": 31.0, "high": 31.0}
    order = {"at": _at(2, 18, 1), "ticker": "KX-B31.5", "side": "bid", "price": 40.0, "count": 12.0}
    sold = {"at": _at(2, 18, 2), "ticker": "KX-T33", "side": "ask", "price": 30.0, "count": 3.0, "fee_usd": 0.05}
    day = {
        "why": "best",
        "city": "chicago",
        "day": "2025-01-02",
        "event": "KX",
        "pnl_usd": 7.5,
        "open_at": _at(1, 15, 0),
        "close_at": _at(3, 5, 59),
        "standard_offset_hours": -6,
        "high": 32.0,
        "station": "KMDW",
        "neighbour": "KORD",
        "readings": [reading, {**reading, "valid_at": _at(2, 19, 0), "kind": "poll", "low": 31.1, "high": 32.9}],
        "neighbour_readings": [{**reading, "low": 30.0, "high": 30.0}],
        "groups": [{"from": _at(2, 12, 0), "to": _at(2, 18, 0), "known_at": _at(2, 18, 3), "high": 31}],
        "guidance": [{"source": "mos:gfs", "issued_at": _at(1, 12, 0), "known_at": _at(1, 16, 0), "high": 33.0}],
        "beliefs": [{"at": _at(1, 15, 0), **nobody}, {"at": _at(1, 16, 10), **spoke}, {"at": _at(2, 20, 0), **spoke}],
        "brackets": [
            {"ticker": "KX-T31", "low": None, "high": 30, "won": False},
            {"ticker": "KX-B31.5", "low": 31, "high": 32, "won": True},
            {"ticker": "KX-T33", "low": 33, "high": None, "won": False},
        ],
        "quotes": [
            {"at": _at(2, 18, 0), "bid": [None, 38.0, 30.0], "ask": [5.0, 40.0, 33.0]}
            | {"bid_age": [None, 1, 2], "ask_age": [4, 1, 45]}
        ],
        "orders": [order],
        "fills": [{**order, "at": _at(2, 18, 2), "count": 9.0, "fee_usd": 0.15}, sold],
    }
    return {
        "schema": "days/1",
        "rule": "best, worst and median",
        "levels": [0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95],
        "days": [day],
    }


def _at(day: int, hour: int, minute: int) -> str:
    return datetime(2025, 1, day, hour, minute, tzinfo=UTC).isoformat()


def everything() -> dict[str, dict[str, Any]]:
    """The files beside a run's own."""
    return {
        "verify": verify_document(),
        "calibration": calibration_document(),
        "markouts": markout_document(),
        "days": days_document(),
    }


def write(
    folder: Path,
    run: dict[str, Any] | None = None,
    verified: dict[str, Any] | None = None,
    equity: str = EQUITY,
    beside: Mapping[str, dict[str, Any]] | None = None,
) -> Path:
    """Write the folder of a run, with other documents ``beside`` it by the name of their file, and return it."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "run.json").write_text(json.dumps(run_document() if run is None else run), encoding="utf-8")
    (folder / "journal.jsonl").write_text(JOURNAL, encoding="utf-8")
    (folder / "equity.csv").write_text(equity, encoding="utf-8")
    scores = {} if verified is None else {"verify": verified}
    for name, document in {**scores, **(beside or {})}.items():
        (folder / f"{name}.json").write_text(json.dumps(document), encoding="utf-8")
    return seal(folder)


def seal(folder: Path) -> Path:
    """Have run.json name the digests of what is in the folder now, as a run does when it is written."""
    written = [folder / name for name in ("config.json", "days.json", "equity.csv", "markouts.json")]
    document = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    document["files"] = {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in written if file.exists()}
    document["result"] = result_digest(document)
    (folder / "run.json").write_text(json.dumps(document), encoding="utf-8")
    return folder
