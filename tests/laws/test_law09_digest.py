"""Law 9: the same lake, settings and seed give the same run and the same models, byte for byte."""

from __future__ import annotations

import json
from datetime import date, timedelta
from functools import cache, partial
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp
from unittest import mock

import polars as pl

from drybulb.adapters.lake import Lake
from drybulb.app import backtest as use_case
from drybulb.app import config
from drybulb.domain.distribution import Belief, TemperatureDistribution
from drybulb.engine.fills import Fills
from drybulb.forecast.growing import GrowingRules
from drybulb.forecast.grown import Grown
from tests.made_lake import CITY, FIRST, fair_lake
from tests.unit.forecast import small_models as small

DAYS = 3

#: Events of a training.
EVENTS = 60
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


def _run(
    cities: list[str] | None = None, seed: int = CONFIG.training.seed, fills: Fills = Fills.TAKER
) -> dict[str, bytes]:
    """Files of a run, in a folder of its own."""
    out = Path(mkdtemp(prefix="law09-run-"))
    settings = CONFIG.model_copy(update={"training": CONFIG.training.model_copy(update={"seed": seed})})
    end: date = FIRST + timedelta(days=DAYS - 1)
    use_case.backtest(
        Lake(_lake()),
        settings,
        FIRST,
        end,
        cities=cities,
        policy="stubborn",
        forecaster=Stubborn(),
        fills=fills,
        out=out,
    )
    return {file.name: file.read_bytes() for file in sorted(out.iterdir())}


def test_the_same_run_twice() -> None:
    """A run repeated writes the same journal and the same gains, byte for byte, and it did trade."""
    first, second = _run(), _run()
    assert first["journal.jsonl"].count(b'"kind":"fill"') > 10
    assert first["journal.jsonl"] == second["journal.jsonl"]
    assert first["equity.csv"] == second["equity.csv"]


def test_the_same_makers_twice() -> None:
    """A run of resting orders repeated writes the same journal, byte for byte, and they were filled and withdrawn."""
    first, second = (_run(fills=Fills.MAKER_OPTIMISTIC)["journal.jsonl"] for _ in range(2))
    assert first.count(b'"is_taker":false') > 10
    assert first.count(b'"kind":"withdrawal"') > 10
    assert first == second


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


def _grown(seed: int = CONFIG.training.seed) -> list[Grown]:
    """The global model and a city's, grown anew; what they are grown on is made once, before any defect is planted."""
    with mock.patch.object(small, "GrowingRules", partial(GrowingRules, seed=seed)):
        return list(small.small_models.__wrapped__(events=EVENTS).values())


def _ids(models: list[Grown]) -> list[tuple[str, str]]:
    """Names and ids under which models are stored."""
    with TemporaryDirectory() as folder:
        return [(one.name, one.id) for one in small.store(Lake(folder), models)]


#: Grown when the module is read, before any defect is planted.
BEFORE = _ids(_grown())


def test_the_same_training_twice() -> None:
    """A training repeated gives models of the same bytes, so the registry knows them by the same ids."""
    again = _ids(_grown())
    assert [name for name, _ in again] == ["global", "city-miami"]
    assert again == BEFORE


def test_another_seed_is_another_model() -> None:
    """Another seed draws other features: each text is another, not the card alone that names the seed."""
    one, other = ([text for model in _grown(seed) for text in model.model.texts] for seed in (1, 2))
    assert len(one) == len(other) == 3
    assert not set(one) & set(other)
