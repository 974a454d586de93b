"""`drybulb demo`: a synthetic world, through the whole pipeline, to a report.

Every step is the one a real lake takes; only the tables come from the world. What is
found says nothing about real markets, and the demo says so.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from drybulb.adapters.archive.sessions import sessions
from drybulb.adapters.lake import Lake
from drybulb.app.backtest import BacktestResult, backtest
from drybulb.app.config import Config
from drybulb.app.densify import densify
from drybulb.app.forecaster import Forecaster
from drybulb.app.ingest import rules_of
from drybulb.app.progress import Progress, silent
from drybulb.app.report import report
from drybulb.app.train import train
from drybulb.app.verify import VerifyResult, verify
from drybulb.errors import ConfigError
from drybulb.world.build import build
from drybulb.world.spec import WorldSpec

#: Policies compared, best-informed first; the first one's run is reported.
POLICIES = ("hybrid", "S", "never")
#: The world's first day: the exchange trades round the clock in the eras after it.
FIRST_DAY = date(2025, 6, 1)
_MARKER = "world.json"


@dataclass(frozen=True, slots=True)
class DemoResult:
    """What the demo made and found.

    Attributes:
        seed: seed of the world.
        report: the page it ends with.
        lines: what was found, in plain words.
        runs: the backtest documents by policy.
        verified: the verification document.
    """

    seed: int
    report: Path
    lines: list[str]
    runs: dict[str, dict[str, Any]]
    verified: dict[str, Any]

    def to_json(self) -> dict[str, Any]:
        """The document of schema ``demo/1``."""
        return {
            "schema": "demo/1",
            "seed": self.seed,
            "report": str(self.report),
            "lines": self.lines,
            "backtests": self.runs,
            "verify": self.verified,
        }


def _fresh_lake(out: Path, lake: Path | None, spec: WorldSpec) -> Lake:
    """Clear a folder this demo made before; anybody else's, and any lake that is not in it, is left alone."""
    if lake is not None and lake.exists():
        raise ConfigError(f"{lake} exists; a demo's lake is a new folder, so that no real one is mixed with a world")
    if out.exists() and not out.is_dir():
        raise ConfigError(f"{out} is not a folder; give another --out")
    if out.exists() and any(out.iterdir()) and not (out / _MARKER).exists():
        raise ConfigError(f"{out} exists and was not made by the demo; give another --out")
    if out.exists():
        shutil.rmtree(out)
    out.mkdir(parents=True)
    described = {"first_day": spec.first_day.isoformat(), "weather_days": spec.weather_days, "seed": spec.seed}
    (out / _MARKER).write_text(json.dumps({**described, "market_days": spec.market_days}) + "\n", encoding="utf-8")
    return Lake(lake or out / "lake")


def _fill(lake: Lake, config: Config, spec: WorldSpec, progress: Progress) -> None:
    cities = list(config.cities().values())
    for done, (table, frame) in enumerate(build(cities, spec)):
        progress("world", done + 1, len(cities) * 7)
        lake.merge(table, frame)
    lake.merge("sessions", sessions(rules_of(config)))


def _score(verified: VerifyResult, forecaster: str, metric: str, paired_with: str | None, lead: int) -> float | None:
    for row in verified.rows:
        at = (row["city"], row["clock"], row["lead"], row["paired_with"], row["forecaster"])
        if at == ("all", "all", lead, paired_with, forecaster):
            value: float | None = row[metric]
            return value
    return None


def _scores(verified: VerifyResult, lead: int) -> str:
    names = ("hybrid", "S", "emos", "guidance_error", "persistence", "climatology")
    said = {name: _score(verified, name, "crps", None, lead) for name in names}
    return ", ".join(f"{name} {value:.2f}" for name, value in said.items() if value is not None)


def _against_market(verified: VerifyResult, lead: int) -> str:
    ours, theirs = (_score(verified, name, "rps", "market", lead) for name in ("hybrid", "market"))
    if ours is None or theirs is None:
        return "not compared, no whole ladder was quoted"
    better = "the market" if theirs < ours else "the hybrid"
    return f"the hybrid {ours:.3f}, the market {theirs:.3f}: {better} is better"


def _traded(name: str, run: BacktestResult) -> str:
    total = run.to_json()["total"]
    interval = (total["pnl_per_day"] or {}).get("ci90")
    sure = "" if interval is None else f", a day {interval[0]:+.2f} … {interval[1]:+.2f} (90 %)"
    return f"policy {name}: {total['fills']} fills, fees ${total['fees_usd']:.2f}, P&L ${total['pnl_usd']:+.2f}{sure}"


def _lines(config: Config, spec: WorldSpec, verified: VerifyResult, runs: dict[str, BacktestResult]) -> list[str]:
    events = runs[POLICIES[0]].to_json()["total"]["events"]
    size = f"{len(config.city)} cities, {spec.weather_days} days of weather, seed {spec.seed}"
    return [
        f"A synthetic world of {size}; it says nothing about real markets.",
        f"Markets on the last {spec.market_days} days, from {spec.first_market_day}; models know nothing from then on.",
        f"{events} events were replayed; every quote, fee and fill is in the run's journal.",
        f"CRPS in °F on the event day, lower is better: {_scores(verified, 0)}.",
        f"CRPS in °F on the day before: {_scores(verified, 1)}.",
        f"Ladder score (RPS) on the event day: {_against_market(verified, 0)}.",
        f"Ladder score (RPS) on the day before: {_against_market(verified, 1)}.",
        *(_traded(name, run) for name, run in runs.items()),
    ]


def demo(
    out: Path,
    config: Config,
    seed: int,
    weather_days: int,
    market_days: int,
    *,
    lake: Path | None = None,
    progress: Progress = silent,
) -> DemoResult:
    """Build a world under ``out`` and run the whole pipeline on it.

    Args:
        out: folder for the runs and report.html; a folder of an earlier demo is replaced.
        config: the configuration; every city of it gets weather and markets.
        seed: seed of the world.
        weather_days: days of weather, guidance and official highs.
        market_days: days of markets, the last ones.
        lake: new folder for the lake; ``lake`` under ``out`` when None.
        progress: told what is being done.

    Raises:
        ConfigError: ``out`` holds something the demo did not make, ``lake`` exists, or the days do not fit.
    """
    spec = WorldSpec(FIRST_DAY, weather_days, market_days, seed, config.latency.model_dump())
    home = _fresh_lake(out, lake, spec)
    _fill(home, config, spec, progress)
    keys = list(config.city)
    densify(home, config, keys, progress=progress)
    opened = datetime.combine(spec.first_market_day, time(12), UTC)
    train(home, config, opened - timedelta(days=2), keys, progress)
    forecaster = Forecaster.load(home, config, spec.first_market_day)
    window = (spec.first_market_day, spec.last_day)
    verified = verify(home, config.cities(), forecaster, *window, config.training.seed, progress)
    runs = {
        name: backtest(
            home,
            config,
            *window,
            cities=keys,
            policy=name,
            forecaster=forecaster,
            out=out / name,
            notes=(f"a synthetic world, seed {seed}: what is found here says nothing about real markets",),
            progress=progress,
        )
        for name in POLICIES
    }
    best = out / POLICIES[0]
    (best / "verify.json").write_text(json.dumps(verified.to_json(), indent=1) + "\n", encoding="utf-8")
    page = out / "report.html"
    report(best, page)
    lines = [*_lines(config, spec, verified, runs), f"report: {page}"]
    return DemoResult(seed, page, lines, {n: r.to_json() for n, r in runs.items()}, verified.to_json())
