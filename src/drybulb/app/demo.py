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
from drybulb.app.backtest import backtest
from drybulb.app.calibrate import calibrate
from drybulb.app.config import Config
from drybulb.app.demo_lines import demo_lines
from drybulb.app.densify import densify
from drybulb.app.forecaster import Forecaster
from drybulb.app.ingest import rules_of
from drybulb.app.models import list_models
from drybulb.app.parallel import each
from drybulb.app.progress import Progress, silent
from drybulb.app.report import report
from drybulb.app.train import train
from drybulb.app.verify import verify
from drybulb.errors import ConfigError
from drybulb.world.build import build
from drybulb.world.spec import WorldSpec

#: Policies compared, best-informed first; the first one's run is reported.
POLICIES = ("hybrid", "global", "city", "S", "never")
#: Forecasters whose calibration the report shows.
JUDGED = ("hybrid", "S")
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


@dataclass(frozen=True, slots=True)
class _City:
    """Task of one process: a city of the world, written to the lake and densified."""

    lake: Path
    config: Config
    spec: WorldSpec
    key: str


def _make(task: _City) -> None:
    lake = Lake(task.lake)
    for table, frame in build([task.config.cities()[task.key]], task.spec):
        lake.merge(table, frame)
    densify(lake, task.config, [task.key])


@dataclass(frozen=True, slots=True)
class _Play:
    """Task of one process: a judgement of the forecasts, or a policy's run."""

    lake: Path
    config: Config
    spec: WorldSpec
    what: str
    out: Path


def _play(task: _Play) -> dict[str, Any]:
    """Do the task on the world's days with markets, and return its document."""
    lake, config = Lake(task.lake), task.config
    window = (task.spec.first_market_day, task.spec.last_day)
    forecaster = Forecaster.load(lake, config, window[0])
    if task.what == "verify":
        return verify(lake, config.cities(), forecaster, *window, config.training.seed).to_json()
    if task.what == "calibration":
        return calibrate(lake, config.cities(), forecaster, *window, JUDGED, config.training.seed).to_json()
    return backtest(
        lake,
        config,
        *window,
        policy=task.what,
        forecaster=forecaster,
        out=task.out,
        notes=(f"a synthetic world, seed {task.spec.seed}: what is found here says nothing about real markets",),
    ).to_json()


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
    hours = sessions(rules_of(config))
    spec = WorldSpec(FIRST_DAY, weather_days, market_days, seed, config.latency.model_dump(), sessions=hours)
    home = _fresh_lake(out, lake, spec)
    home.merge("sessions", hours)
    each("world", _make, [_City(home.path, config, spec, key) for key in config.city], progress=progress)
    opened = datetime.combine(spec.first_market_day, time(12), UTC)
    train(home, config, opened - timedelta(days=2), list(config.city), progress)
    asked = [*POLICIES, "verify", "calibration"]
    tasks = [_Play(home.path, config, spec, what, out / what) for what in asked]
    found = dict(zip(asked, each("verify and backtest", _play, tasks, progress=progress), strict=True))
    best, page = out / POLICIES[0], out / "report.html"
    for name in ("verify", "calibration"):
        (best / f"{name}.json").write_text(json.dumps(found[name], indent=1) + "\n", encoding="utf-8")
    report(best, page)
    runs = {name: found[name] for name in POLICIES}
    seated = list_models(home, config, opened - timedelta(days=1))
    lines = [*demo_lines(len(config.city), spec, seated, found["verify"], runs), f"report: {page}"]
    return DemoResult(seed, page, lines, runs, found["verify"])
