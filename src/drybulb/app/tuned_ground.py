"""What `drybulb tune` scores configurations on: rows out of fold of S, made once for all of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import polars as pl

from drybulb.adapters.lake import Lake
from drybulb.app.config import Config
from drybulb.app.locked_learning import refuse_learning, without_locked
from drybulb.app.progress import Progress
from drybulb.app.train import ground_of, learn, rows_digest
from drybulb.domain.city import City
from drybulb.errors import TuningError
from drybulb.forecast.folds import GUARD_DAYS, Fold
from drybulb.forecast.growing import grown_on
from drybulb.forecast.hazard import HazardRules
from drybulb.forecast.model import Prediction
from drybulb.forecast.model_card import CITY, GLOBAL
from drybulb.forecast.proof import prove


@dataclass(frozen=True, slots=True)
class TuningGround:
    """Rows and folds on which every configuration of a model is scored alike.

    Attributes:
        rows: snapshot rows of the model with ``high`` [°F].
        anchor: S's distributions of them, each by a fit that did not see the row's day.
        folds: blocks of days, with the forecasters fitted without them and the days next to them.
        digest: SHA-256 of all rows trained on, those of other models among them.
        seed: of the draws of features.
    """

    rows: pl.DataFrame
    anchor: Prediction
    folds: Sequence[Fold]
    digest: str
    seed: int

    def scores(self, members: Sequence[HazardRules]) -> pl.DataFrame:
        """Out-of-fold log score of each event under a configuration.

        Args:
            members: how each hazard is grown.

        Returns:
            ``station``, ``day``, ``log`` [nats]: the mean over an event's rows; sorted by station and day.
        """
        scored = prove(self.folds, self.rows, self.anchor, members, self.seed).rows
        return scored.group_by("station", "day").agg(pl.col("log").mean()).sort("station", "day")

    def blocks(self) -> list[dict[str, list[str]]]:
        """First and last day held out, by fold and station, as text."""
        return [
            {station: [first.isoformat(), last.isoformat()] for station, (first, last) in sorted(fold.blocks.items())}
            for fold in self.folds
        ]

    def held(self) -> tuple[int, int]:
        """Blocks in which the model has rows, and blocks there are.

        Blocks are cut over all rows of a station, and a model may learn from the later of them only.
        """
        return sum(bool(fold.holds_out(self.rows).any()) for fold in self.folds), len(self.folds)

    def about(self) -> dict[str, Any]:
        """What a study on it must not change, in plain values."""
        return {"lake": self.digest, "folds": self.blocks(), "guard_days": GUARD_DAYS, "seed": self.seed}


def tuning_ground(lake: Lake, config: Config, model: str, until: datetime, progress: Progress) -> TuningGround:
    """Fit S and the baselines with their folds, without locked windows and the days next to them.

    A city's model is scored on S of its own station, so only that city is read.

    Args:
        lake: the tables.
        config: the configuration.
        model: name in the registry, such as ``global`` or ``city-miami``.
        until: nothing known later is used [aware].
        progress: told what is being made.

    Raises:
        LockedWindow: ``until`` is inside or after a locked window that was never opened.
        ModelError: nothing to learn from was known by ``until``.
        TuningError: no such model, or too few events for it.
    """
    cities = cities_of(config, model)
    refuse_learning(config, until, cities)
    training = learn(lake, config, until, cities, progress, without_locked(config, cities))
    progress("snapshots: done", len(cities) + 1, len(cities) + 1)
    rows, anchor = grown_on(ground_of(training), model, cities)
    events = rows.select("station", "day").n_unique()
    if events < config.models.min_events:
        raise TuningError(
            f"{model} has {events} events by {until:%Y-%m-%dT%H:%MZ}, fewer than [models] min_events"
            f" {config.models.min_events}; give a later --until, or import more"
        )
    return TuningGround(rows, anchor, training.folds, rows_digest(training.rows), config.training.seed)


def cities_of(config: Config, model: str) -> Mapping[str, City]:
    """Cities whose rows a model learns from, by key.

    Raises:
        TuningError: no such model.
    """
    cities = config.cities()
    key = model.removeprefix(f"{CITY}-")
    if model == GLOBAL:
        return cities
    if not model.startswith(f"{CITY}-") or key not in cities:
        known = ", ".join([GLOBAL, *(f"{CITY}-{one}" for one in cities)])
        raise TuningError(f"no model {model!r}; known: {known}")
    return {key: cities[key]}
