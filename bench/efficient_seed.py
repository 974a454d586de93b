"""One seed of an efficient world, traded by a forecaster trained on another world: the pipeline of `bench.efficient`.

The world's parameters do not depend on its seed, so a forecaster trained once knows the climate of every seed, its
rounding and its gaps, and nothing of the days it trades. Makers quote the world's own chances, with a spread, and the
engine charges the exact fee.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from drybulb.adapters.archive.sessions import sessions
from drybulb.adapters.lake import Lake
from drybulb.app.asking import BeliefMaker
from drybulb.app.backtest import backtest
from drybulb.app.config import Config
from drybulb.app.densify import densify
from drybulb.app.forecaster import Forecaster
from drybulb.app.ingest import rules_of
from drybulb.app.run import Run
from drybulb.app.tally import per_day, usd
from drybulb.app.train import train
from drybulb.world import weather
from drybulb.world.build import build, published
from drybulb.world.spec import MakerSpec, WorldSpec

#: Nothing known later trains; the seeds' weather begins after it.
UNTIL = date(2025, 7, 1)
#: Seed of the world that trains, which trades nothing.
TRAINING_SEED = 0
#: Days of weather of a seed before its first event: what guidance is off by is learnt from them.
BEFORE = 50
_MODELS = "registry"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one seed brought.

    Attributes:
        seed: of the world.
        policy: whose beliefs were traded.
        events: city-days traded.
        days: event days.
        trades: fills.
        pnl: gain [$].
        per_day: mean gain of an event day [$].
        low: its one-sided 95 % lower bound, by event day [$].
        digest: of the run's journal.
    """

    seed: int
    policy: str
    events: int
    days: int
    trades: int
    pnl: float
    per_day: float
    low: float
    digest: str

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        return asdict(self)


def trained(folder: Path, config: Config, cities: Sequence[str], days: int) -> Lake:
    """Fill a lake with ``days`` of weather, guidance and official highs of a world, and train on them.

    Args:
        folder: new folder of the lake.
        config: the settings.
        cities: keys of the cities.
        days: how many, before :data:`UNTIL`.
    """
    lake, table = Lake(folder), config.cities()
    first = UNTIL - timedelta(days=days)
    spec = WorldSpec(first, days, min(2, days - 2), TRAINING_SEED, config.latency.model_dump())
    for key in cities:
        for name, frame in published(weather.simulate(table[key], spec), spec).items():
            lake.merge(name, frame)
    train(lake, config, datetime.combine(UNTIL, time(12), UTC), list(cities))
    return lake


def world(config: Config, days: int, seed: int, makers: MakerSpec) -> WorldSpec:
    """The world of a seed, of which the last ``days`` event days are traded."""
    first, hours = UNTIL + timedelta(days=3), sessions(rules_of(config))
    return WorldSpec(first, BEFORE + days, days, seed, config.latency.model_dump(), makers, hours)


def traded(models: Lake | BeliefMaker, config: Config, cities: Sequence[str], spec: WorldSpec, policy: str) -> Outcome:
    """Build a world, densify it, and trade its event days on the beliefs of ``policy``.

    Args:
        models: the lake of :func:`trained`, or who believes instead.
        config: the settings.
        cities: keys of the cities, of those trained on.
        spec: what :func:`world` gives.
        policy: a forecaster.
    """
    table = config.cities()
    with tempfile.TemporaryDirectory(prefix=f"efficient-{spec.seed}-") as folder:
        lake = Lake(Path(folder) / "lake")
        for name, frame in build([table[key] for key in cities], spec):
            lake.merge(name, frame)
        lake.merge("sessions", sessions(rules_of(config)))
        densify(lake, config, list(cities))
        if isinstance(models, Lake):
            shutil.copytree(models.path / _MODELS, lake.path / _MODELS)
            models = Forecaster.load(lake, config, spec.first_market_day)
        window = (spec.first_market_day, spec.last_day)
        run = backtest(lake, config, *window, cities=cities, policy=policy, forecaster=models)
    return outcome(spec.seed, policy, run)


def outcome(seed: int, policy: str, run: Run) -> Outcome:
    """What a run brought, its bound by the same bootstrap as its report."""
    total = run.tallies.total
    interval = per_day(total.gains, run.seed)
    return Outcome(
        seed=seed,
        policy=policy,
        events=total.events,
        days=len(total.gains),
        trades=total.fills,
        pnl=usd(total.gain),
        per_day=interval["mean"],
        low=interval["ci90"][0],
        digest=run.digest,
    )
