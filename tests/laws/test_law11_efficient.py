"""Law 11, the strategy: on an efficient market with spread and fees it makes no money, on a biased one it does."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

import numpy as np
import polars as pl

from bench.efficient_seed import Outcome, traded, trained, world
from drybulb.adapters.lake import Lake
from drybulb.app import config
from drybulb.app.config import Config
from drybulb.domain.distribution import Belief, TemperatureDistribution
from drybulb.world import weather
from drybulb.world.biases import SlowReaction
from drybulb.world.filtered import Filtered, filtered
from drybulb.world.spec import MakerSpec

#: Fixed: one that fails is looked into, never exchanged.
SEEDS = (1, 2, 3, 4, 5)
CITIES = ("chicago", "los_angeles")
#: S needs few days, and with so few no global or city model is grown.
POLICY, TRAINING_DAYS, DAYS, TRADES = "S", 140, 8, 30


@cache
def _models() -> Lake:
    return trained(Path(mkdtemp(prefix="law11-")) / "lake", config.load(), CITIES, TRAINING_DAYS)


def test_the_strategy_leaves_an_efficient_market_alone() -> None:
    """Where makers quote the world's own chances, S makes no money in any of five seeds, with 30 trades or more.

    It is traded through the whole pipeline, with spread and exact fees, in the north and at the coast by turns; the
    one-sided 95 % lower bound of its gain by event day is at most 0.
    """
    for seed in SEEDS:
        settings = config.load()
        spec = world(settings, DAYS, seed, MakerSpec())
        found = traded(_models(), settings, [CITIES[seed % 2]], spec, POLICY)
        assert found.days == DAYS
        assert found.trades >= TRADES, found
        assert found.low <= 0.0, found


@cache
def _states() -> dict[tuple[str, date], Filtered]:
    """What the world of the first seed states of each event, by city and day; nothing of it depends on the makers."""
    settings = config.load()
    spec = world(settings, DAYS, SEEDS[0], MakerSpec())
    found: dict[tuple[str, date], Filtered] = {}
    for key in CITIES:
        drawn = weather.simulate(settings.cities()[key], spec)
        found |= {(key, drawn.days[state.index]): state for state in filtered(drawn, spec)}
    return found


class Stated:
    """Believes what the world states of its highs."""

    def beliefs(self, requests: pl.DataFrame, source: str) -> list[Belief]:
        """The chances stated by each instant; what is beyond the last threshold is on its degree."""
        return list(self._beliefs(requests, source))

    def _beliefs(self, requests: pl.DataFrame, source: str) -> Iterator[Belief]:
        epoch = datetime(1970, 1, 1, tzinfo=UTC)
        for city, day, at in requests.iter_rows():
            state = _states()[city, day]
            newest = np.searchsorted(state.known_at, round((at - epoch).total_seconds() * 1e6), side="right") - 1
            below = np.concatenate([[0.0], state.below[newest], [1.0]])
            pmf = np.diff(np.maximum.accumulate(below.clip(0.0, 1.0)))
            distribution = TemperatureDistribution.from_pmf(int(state.degrees[0]) - 1, pmf.tolist())
            yield Belief(city, day, at, distribution, source, "stated")


def _eager() -> Config:
    """Believes anew each minute, and trades every edge of a cent and a half.

    A belief of ten minutes ago would be traded against quotes that have heard of what was published since.
    """
    settings = config.load()
    strategy = settings.strategy.model_copy(update={"min_edge_cents": (1.5, 1.5)})
    clock = settings.backtest.model_copy(update={"belief_cadence_min": 1})
    return settings.model_copy(update={"strategy": strategy, "backtest": clock})


def believing(makers: MakerSpec) -> Outcome:
    """What the strategy brings on the world's own chances in two cities."""
    settings = _eager()
    spec = world(settings, DAYS, SEEDS[0], makers)
    return traded(Stated(), settings, CITIES, spec, POLICY)


def test_the_strategy_finds_a_planted_bias() -> None:
    """On the world's own chances, against makers half an hour late, the same bound is above 0."""
    found = believing(MakerSpec(biases=(SlowReaction(minutes=30),)))
    assert found.trades >= TRADES, found
    assert found.low > 0.0, found


def test_the_strategy_finds_nothing_where_makers_are_right() -> None:
    """On the world's own chances, with makers who quote them, it does not trade at all."""
    assert believing(MakerSpec()).trades == 0
