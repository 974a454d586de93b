"""What the demo found, in ten plain lines; each says what its numbers allow and no more."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from drybulb.app.models import SERVES, ModelsResult
from drybulb.app.reporting.sentences import SPENT
from drybulb.world.spec import WorldSpec

Document = Mapping[str, Any]
_ALL = "all"
_ENOUGH = 20  # of fewer days a bootstrap draws too much alike to make an interval of
_SCORED = ("hybrid", "S", "emos", "guidance_error", "persistence", "climatology")


def demo_lines(cities: int, spec: WorldSpec, models: ModelsResult, verified: Document, runs: Document) -> list[str]:
    """Return the lines.

    Args:
        cities: how many cities the world has.
        spec: the world.
        models: what the gate says of every stored model.
        verified: the document ``verify/1``.
        runs: the documents ``backtest/1`` by policy, five of them.
    """
    world = f"{cities} cities, {spec.weather_days:,} days of weather, seed {spec.seed}"
    markets = f"markets on the last {spec.market_days} days, from {spec.first_market_day}"
    return [
        f"A synthetic world of {world}; {markets}. It says nothing about real markets.",
        _seated(models),
        f"CRPS in °F on the day before, lower is better: {_scores(verified, 1)}.",
        f"CRPS in °F on the event day: {_scores(verified, 0)}.",
        f"Ladder score (RPS) against the market, which knows all that is published: {_against_market(verified)}.",
        *_traded(runs, spec.market_days),
    ]


def _seated(models: ModelsResult) -> str:
    serving = [row.name for row in models.rows if row.verdict == SERVES]
    said = f"The gate let {len(serving)} models speak: {', '.join(serving)}"
    reasons = [f"{', '.join(names)} ({why})" for why, names in _by_reason(models.missing).items()]
    return f"{said}; not {'; '.join(reasons)}." if reasons else f"{said}."


def _by_reason(missing: Mapping[str, str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, why in missing.items():
        found.setdefault(why, []).append(name)
    return found


def _score(verified: Document, forecaster: str, metric: str, paired_with: str | None, lead: int) -> float | None:
    for row in verified["rows"]:
        at = (row["city"], row["clock"], row["lead"], row["paired_with"], row["forecaster"])
        if at == (_ALL, _ALL, lead, paired_with, forecaster):
            value: float | None = row[metric]
            return value
    return None


def _difference(verified: Document, paired_with: str | None, reference: str, lead: int) -> str | None:
    """The hybrid less ``reference`` with its interval."""
    for row in verified["comparisons"]:
        at = (row["city"], row["clock"], row["lead"], row["paired_with"], row["forecaster"], row["reference"])
        if at == (_ALL, _ALL, lead, paired_with, "hybrid", reference):
            low, high = row["ci90"]
            return f"{row['difference']:+.3f} [{low:+.3f}, {high:+.3f}]"
    return None


def _scores(verified: Document, lead: int) -> str:
    said = {name: _score(verified, name, "crps", None, lead) for name in _SCORED}
    listed = ", ".join(f"{name} {value:.2f}" for name, value in said.items() if value is not None)
    paired = _difference(verified, None, "S", lead)
    return listed if paired is None else f"{listed}; hybrid less S {paired}, 90 %"


def _against_market(verified: Document) -> str:
    return "; ".join(
        f"{name} hybrid {ours:.3f}, market {theirs:.3f}, {_verdict(verified, lead)}"
        for lead, name in ((1, "day before"), (0, "event day"))
        if (ours := _score(verified, "hybrid", "rps", "market", lead)) is not None
        and (theirs := _score(verified, "market", "rps", "market", lead)) is not None
    )


def _verdict(verified: Document, lead: int) -> str:
    paired = _difference(verified, "market", "market", lead)
    return "not paired" if paired is None else f"difference {paired}"


def _traded(runs: Document, days: int) -> Iterator[str]:
    for name, run in runs.items():
        total = run["total"]
        perday = total["pnl_per_day"] or {}
        if not total["fills"] or perday.get("ci90") is None:
            yield f"Policy {name}: {total['fills']:,} fills, P&L ${total['pnl_usd']:+,.2f}."
            continue
        low, high = perday["ci90"]
        found = "it made money" if low > 0 else "it lost money" if high < 0 else "too early to say"
        if days < _ENOUGH:
            found = f"{days} days are too few to say"
        if total["pnl_usd"] <= -SPENT * run["bankroll_usd"]:
            found = f"it lost nearly all of its ${run['bankroll_usd']:,}"
        yield (
            f"Policy {name}: {total['fills']:,} fills, fees ${total['fees_usd']:,.2f}, P&L ${total['pnl_usd']:+,.2f},"
            f" a day {low:+,.2f} … {high:+,.2f} (90 %): {found}."
        )
