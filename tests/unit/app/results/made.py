"""Scores and runs written by hand: one city, Miami, beside the market."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from drybulb.app.results.evidence import Evidence, Judged, PolicyRun, Row, Season
from drybulb.app.results.plan import Window
from drybulb.domain.money import MICRODOLLARS_PER_DOLLAR

WINDOW = Window(date(2024, 11, 20), date(2025, 2, 28), ("miami",))
LEG = {"orders": 3, "fills": 2, "contracts": 10.0, "fees_usd": 0.5, "max_drawdown_usd": 1.25}
NOTHING = {**LEG, "orders": 0, "fills": 0, "contracts": 0.0, "fees_usd": 0.0, "max_drawdown_usd": 0.0}


def score(forecaster: str, value: float, city: str = "miami", lead: int = 0, clock: str = "all", **more: Any) -> Row:
    """A row of the verification table; of what is paired with the market the RPS counts, else the CRPS."""
    ends = [value - 0.1, value + 0.1]
    row = {"city": city, "lead": lead, "clock": clock, "paired_with": None, "forecaster": forecaster, "n_events": 100}
    return {**row, "crps": value, "rps": value, "ci90": {"crps": ends, "rps": ends}, **more}


def pair(forecaster: str, reference: str, low: float, high: float, **more: Any) -> Row:
    """A paired difference over all clocks of Miami's event days, halfway between its ends."""
    market = "market" if reference == "market" else None
    row = {"city": "miami", "lead": 0, "clock": "all", "paired_with": market, "n_events": 100}
    found = {"forecaster": forecaster, "reference": reference, "metric": "rps" if market else "crps"}
    return {**row, **found, "difference": (low + high) / 2, "ci90": [low, high], **more}


def judged(*rows: Row, notes: tuple[str, ...] = ()) -> Judged:
    """Scores and pairs of the window."""
    scores = [row for row in rows if "reference" not in row]
    return Judged.of(WINDOW, scores, [row for row in rows if "reference" in row], notes)


def run(
    policy: str,
    low: float,
    high: float,
    *,
    is_twice: bool = False,
    gains: Mapping[date, int] | None = None,
    **more: Any,
) -> PolicyRun:
    """A run whose gain of a day lies between two ends [dollars]; 0 fills where both are 0."""
    leg = NOTHING if low == high == 0 else LEG
    made = {**leg, "pnl_usd": (low + high) / 2, "pnl_per_day": {"mean": (low + high) / 2, "ci90": [low, high]}}
    part = {**made, "events": 4, "refused": {}, "beliefs": {}}
    document = {
        "policy": policy,
        "decide_at": ["D-1T10:00"] if is_twice else [],
        "run": "runs/0",
        "total": part,
        "cities": {"miami": {**part, "by_lead": {"0": made, "1": {**made, **NOTHING}}, **more}},
        "assumptions": ["twice" if is_twice else "at any time"],
        "notes": ["miami: 1 events have quotes at one instant only"],
    }
    return PolicyRun(policy, is_twice, document, gains or {})


def gains(*dollars: float) -> dict[date, int]:
    """Gains of as many event days [dollars]."""
    return {WINDOW.start + timedelta(days=n): round(each * MICRODOLLARS_PER_DOLLAR) for n, each in enumerate(dollars)}


def evidence(found: Judged, *runs: PolicyRun, polled: Season | None = None) -> Evidence:
    """All there is."""
    return Evidence(Season(found, runs), polled, {"miami": "KFLL"}, 7, 1000, 180)
