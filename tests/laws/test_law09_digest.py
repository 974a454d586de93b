"""Law 9: the same lake, settings and seed give the same run, byte for byte."""

from __future__ import annotations

import json
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

import polars as pl

from drybulb.adapters.lake import Lake
from drybulb.app import backtest as use_case
from drybulb.app import config
from drybulb.domain.distribution import Belief, TemperatureDistribution
from tests.made_lake import CITY, FIRST, fair_lake

DAYS = 3
CONFIG = config.load()


class Stubborn:
    """Believes the same of every day, so that there is much to trade."""

    def beliefs(self, requests: pl.DataFrame, source: str) -> list[Belief]:
        """A flat belief over the ladder for every request."""
        flat = TemperatureDistribution.from_pmf(30, [0.1] * 10)
        return [Belief(city, day, at, flat, source, "flat") for city, day, at in requests.iter_rows()]


@cache
def _lake() -> Path:
    """One small lake for all laws here; what a run writes does not touch it."""
    folder = Path(mkdtemp(prefix="law09-"))
    fair_lake(folder, seed=9, days=DAYS)
    return folder


def _run(cities: list[str] | None = None, seed: int = CONFIG.training.seed) -> dict[str, bytes]:
    """Files of a run, in a folder of its own."""
    out = Path(mkdtemp(prefix="law09-run-"))
    settings = CONFIG.model_copy(update={"training": CONFIG.training.model_copy(update={"seed": seed})})
    end: date = FIRST + timedelta(days=DAYS - 1)
    use_case.backtest(Lake(_lake()), settings, FIRST, end, cities=cities, policy="flat", forecaster=Stubborn(), out=out)
    return {file.name: file.read_bytes() for file in sorted(out.iterdir())}


def test_the_same_run_twice() -> None:
    """A run repeated writes the same journal and the same gains, byte for byte, and it did trade."""
    first, second = _run(), _run()
    assert first["journal.jsonl"].count(b'"kind":"fill"') > 10
    assert first["journal.jsonl"] == second["journal.jsonl"]
    assert first["equity.csv"] == second["equity.csv"]


def test_how_the_cities_are_named_does_not_matter() -> None:
    """The order in which cities are asked for, or asking for one twice, changes nothing."""
    asked = [CITY, "miami", "austin"]
    assert _run(asked)["journal.jsonl"] == _run([*asked[::-1], CITY])["journal.jsonl"]


def test_another_seed_is_another_run() -> None:
    """Another seed gives other order ids, so that two runs are never taken for one."""
    one, other = (_order_ids(_run(seed=seed)["journal.jsonl"]) for seed in (1, 2))
    assert len(one) == len(other) > 10
    assert not one & other


def _order_ids(journal: bytes) -> set[str]:
    records = [json.loads(line) for line in journal.splitlines()]
    return {record["order_id"] for record in records if record["kind"] == "order"}
