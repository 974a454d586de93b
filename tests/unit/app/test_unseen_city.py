"""A seventh city, added by configuration and never trained on: the global model speaks for it, and says so."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from unittest import mock

import numpy as np
import polars as pl
import pytest

from drybulb.adapters.lake import Lake
from drybulb.app import config
from drybulb.app.config import Config
from drybulb.app.forecaster import Forecaster
from drybulb.app.train import TrainResult, train
from drybulb.domain.distribution import Belief
from drybulb.forecast import clocks
from drybulb.forecast.model import GRID, Floats
from drybulb.frames.grid import clock_requests
from drybulb.world.build import build
from drybulb.world.spec import WorldSpec

BOSTON = """
[city.boston]
code = "BOS"
name = "Boston"
station = "KBOS"
series = "KXHIGHBOS"
standard_offset_hours = -5
time_zone = "America/New_York"
ghcn = "USW00014739"
latitude = 42.36057
longitude = -71.00975
elevation_m = 3.7

[training]
window_days = 140

[hazards.global.H1]
trees = 20
leaves = 7
events_in_leaf = 30.0
"""

SIX = ("chicago", "austin", "denver", "los_angeles", "miami", "philadelphia")
UNTIL = datetime(2024, 8, 14, 14, tzinfo=UTC)
DAYS = [date(2024, 8, 16) + timedelta(days=n) for n in range(40)]
CLOCKS = {1: [18], 0: [6, 12, 14]}

#: When a training day is looked at here, instead of every hour.
HOURS = (-12, -6, 5, 6, 7, 11, 12, 13, 14)


@dataclass(frozen=True, slots=True)
class World:
    """Seven cities in a lake, and what was trained on six of them."""

    lake: Lake
    config: Config
    trained: TrainResult

    def beliefs(self, city: str, source: str) -> list[Belief]:
        """What is believed of a city's 40 events, by event and clock."""
        requests = clock_requests({city: self.config.cities()[city]}, DAYS, CLOCKS)
        return Forecaster.load(self.lake, self.config, DAYS[0]).beliefs(requests, source)

    def highs(self, city: str) -> Floats:
        """The official highs of these events [°F]."""
        official = self.lake.read("official", [self.config.cities()[city].station], DAYS[0], DAYS[-1])
        found: Floats = official.filter("is_final").sort("day")["high"].cast(pl.Float64).to_numpy()
        return found


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """A lake of seven cities, six of them trained on."""
    folder = tmp_path_factory.mktemp("unseen")
    (folder / "drybulb.toml").write_text(BOSTON)
    loaded = config.load(folder / "drybulb.toml")
    assert list(loaded.cities()) == [*SIX, "boston"]
    lake = Lake(folder / "lake")
    spec = WorldSpec(date(2024, 1, 1), weather_days=271, market_days=2, seed=7, latency=loaded.latency.model_dump())
    for table, frame in build(loaded.cities().values(), spec):
        if table in ("observations", "guidance", "official"):
            lake.merge(table, frame)
    few = mock.patch.object(clocks, "OBSERVED_HOURS", HOURS)
    with few:
        return World(lake, loaded, train(lake, loaded, UNTIL, SIX))


def _crps(beliefs: list[Belief], highs: Floats) -> Floats:
    """CRPS of each event and clock, shape (events, clocks) [°F]."""
    pmf = np.zeros((len(beliefs), GRID.size))
    for row, belief in enumerate(beliefs):
        spread = belief.distribution
        assert spread is not None
        at = spread.low - int(GRID[0])
        pmf[row, at : at + len(spread.millionths)] = np.array(spread.millionths) / 1e6
    clock_count = sum(map(len, CLOCKS.values()))
    is_reached = GRID[None, :] >= np.repeat(highs, clock_count)[:, None]
    scores: Floats = ((np.cumsum(pmf, axis=1) - is_reached) ** 2).sum(axis=1).reshape(-1, clock_count)
    return scores


def test_the_global_model_alone_was_trained_and_on_six_cities(world: World) -> None:
    """140 events a city make a global model and no city's; its card names the six."""
    assert [(card.name, card.cities, card.n_events) for _, card in world.trained.grown] == [("global", SIX, 840)]
    assert "KBOS" not in world.trained.grown[0][1].stations


def test_an_unseen_city_is_spoken_for_and_marked(world: World) -> None:
    """The global model speaks at both leads, by fallback on the event's day; each belief says that Boston was not
    trained on and that S stands on what it learnt elsewhere. Those about a city that was trained on do not.
    """
    found = world.beliefs("boston", "hybrid")
    assert [belief.source for belief in found] == ["global", *["fallback:no city model"] * 3] * len(DAYS)
    assert {belief.model for belief in found} == {f"global:{world.trained.grown[0][0]}"}
    for belief in found:
        head = "" if belief.source == "global" else "no city model for boston: none is stored; "
        basis = belief.reason.removeprefix(f"{head}global, unseen: not trained on KBOS: ")
        assert basis in ("guidance, as at other stations", "guidance+observations, as at other stations")
    seen = world.beliefs("philadelphia", "hybrid")
    assert not any("unseen" in belief.reason or "other stations" in belief.reason for belief in seen)


def test_what_is_said_of_an_unseen_city_is_worth_hearing(world: World) -> None:
    """Over 40 events, at each clock, Boston's CRPS is less than half that of its neighbour's highs of the very same
    days, taken as a forecast; it falls through the day, below S's, and is not far from that of a city trained on.
    """
    boston, near = world.highs("boston"), world.highs("philadelphia")
    unseen = _crps(world.beliefs("boston", "hybrid"), boston).mean(axis=0)
    flat = np.abs(near[None, :] - boston[:, None]).mean() - np.abs(near[None, :] - near[:, None]).mean() / 2
    assert (unseen < flat / 2).all(), (unseen, flat)
    assert unseen[0] > unseen[2] > unseen[3]
    of_s = _crps(world.beliefs("boston", "S"), boston).mean(axis=0)
    assert (unseen < of_s).all(), (unseen, of_s)
    seen = _crps(world.beliefs("philadelphia", "hybrid"), near).mean(axis=0)
    assert (unseen < 1.5 * seen).all(), (unseen, seen)
