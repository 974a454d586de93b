"""The ten lines of the demo."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from drybulb.app.demo_lines import demo_lines
from drybulb.app.models import REFUSED, SERVES, ModelRow, ModelsResult
from drybulb.forecast.gate import GateRules
from drybulb.world.spec import WorldSpec

SPEC = WorldSpec(date(2025, 6, 1), 800, 90, 2, {})
METRICS = {"crps": 1.0, "rps": 0.5}
LEADS = (1, 0)


def models(*verdicts: tuple[str, str]) -> ModelsResult:
    """What the gate says of some models."""
    rows = tuple(ModelRow(name, "0", None, None, None, (), verdict, ()) for name, verdict in verdicts)
    missing = {name: "worse than S" for name, verdict in verdicts if verdict == REFUSED}
    rules = GateRules(min_events=300, max_loss=0.01, max_age_days=120)
    return ModelsResult(datetime(2027, 5, 11, tzinfo=UTC), rules, rows, missing, is_explained=False)


def verified(ci90: list[float]) -> dict[str, Any]:
    """Scores of all cities and clocks."""
    head = {"city": "all", "clock": "all"}
    return {
        "rows": [
            {**head, "lead": lead, "paired_with": paired, "forecaster": name, **METRICS}
            for lead in LEADS
            for paired, names in ((None, ("hybrid", "S")), ("market", ("hybrid", "market")))
            for name in names
        ],
        "comparisons": [
            {
                **head,
                "lead": lead,
                "paired_with": paired,
                "forecaster": "hybrid",
                "reference": reference,
                "difference": sum(ci90) / 2,
                "ci90": ci90,
            }
            for lead in LEADS
            for paired, reference in ((None, "S"), ("market", "market"))
        ],
    }


def run(pnl: float, ci90: list[float] | None, fills: int = 10) -> dict[str, Any]:
    """A backtest's document."""
    perday = {"mean": pnl / 90, "ci90": ci90}
    return {
        "bankroll_usd": 10_000,
        "total": {"fills": fills, "fees_usd": 1.5, "pnl_usd": pnl, "pnl_per_day": perday},
    }


RUNS = {
    "hybrid": run(-9_100.0, [-120.0, -80.0]),
    "global": run(-90.0, [-2.0, -0.5]),
    "city": run(90.0, [-1.0, 3.0]),
    "S": run(900.0, [1.0, 19.0]),
    "never": run(0.0, None, 0),
}


def test_there_are_ten_lines() -> None:
    """Five on the world, its models and their scores, and one for each policy."""
    lines = demo_lines(6, SPEC, models(("global", SERVES)), verified([-0.2, -0.1]), RUNS)
    assert len(lines) == 10
    assert "800 days of weather, seed 2" in lines[0]
    assert "from 2027-05-12" in lines[0]
    assert lines[2].endswith("better: hybrid 1.00, S 1.00; hybrid less S -0.150 [-0.200, -0.100], 90 %.")
    assert lines[4].count("hybrid 0.500, market 0.500, difference -0.150 [-0.200, -0.100]") == 2


def test_a_verdict_is_what_the_interval_allows() -> None:
    """Money is made or lost where the whole interval says so; ruin is named."""
    lines = demo_lines(6, SPEC, models(("global", SERVES)), verified([-0.2, -0.1]), RUNS)[5:]
    endings = ["it lost nearly all of its $10,000.", "it lost money.", "too early to say.", "it made money."]
    assert all(line.endswith(ending) for line, ending in zip(lines, endings, strict=False))
    assert lines[4] == "Policy never: 0 fills, P&L $+0.00."


def test_few_days_give_no_verdict() -> None:
    """A bootstrap of some days is no interval."""
    short = WorldSpec(date(2025, 6, 1), 300, 19, 2, {})
    lines = demo_lines(6, short, models(("global", SERVES)), verified([-0.2, -0.1]), RUNS)[5:]
    assert lines[3].endswith("19 days are too few to say.")


def test_who_may_not_speak_is_named() -> None:
    """A refused model is in the line with its reason."""
    refused = (("city-miami", REFUSED), ("city-austin", REFUSED))
    (line,) = demo_lines(6, SPEC, models(("global", SERVES), *refused), verified([0, 1]), RUNS)[1:2]
    assert line == "The gate let 1 models speak: global; not city-miami, city-austin (worse than S)."
