"""Defects of predictions: the snapshot is taken, or the models are chosen, a while after the instant asked about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

import polars as pl

from drybulb.adapters.lake import Lake
from drybulb.adapters.model_manifest import ModelManifest
from drybulb.adapters.registry import Registry
from drybulb.app import roster
from drybulb.app.config import Config
from drybulb.app.roster import Roster
from drybulb.domain.city import City
from drybulb.frames.snapshot import SnapshotRules, SnapshotTables, snapshots
from tests.laws import test_law01_belief as law
from tests.laws.mutants import Mutant

_load_roster = roster.load_roster


def two_hours_late(
    requests: pl.DataFrame, cities: Mapping[str, City], tables: SnapshotTables, rules: SnapshotRules | None = None
) -> pl.DataFrame:
    """Answer what was known two hours later."""
    return snapshots(requests.with_columns(pl.col("at") + timedelta(hours=2)), cities, tables, rules)


def seated_late(lake: Lake, config: Config, first: datetime) -> Roster:
    """Seat the models of two hours later."""
    return _load_roster(lake, config, first + timedelta(hours=2))


def newest_of_all(self: Registry, name: str, _at: datetime) -> ModelManifest:
    """Choose the newest, whatever it knows."""
    return self.stock(name).manifests[-1]


def told_of_later(lake: Lake, config: Config, first: datetime) -> Roster:
    """Take the models of the future for refused ones like the others."""
    found = _load_roster(lake, config, first)
    return replace(found, refused=tuple(replace(refusal, is_later=False) for refusal in found.refused))


MUTANTS = [
    Mutant(
        law=law.test_a_belief_and_its_market_do_not_know_the_future,
        target="drybulb.app.forecaster.snapshots",
        replacement=two_hours_late,
        defect="a belief stands on what was known two hours after it",
    ),
    Mutant(
        law=law.test_the_hybrid_does_not_know_the_future,
        target="drybulb.app.forecaster.snapshots",
        replacement=two_hours_late,
        defect="a belief of the hybrid stands on what was known two hours after it",
    ),
    Mutant(
        law=law.test_the_hybrid_does_not_know_the_models_of_the_future,
        target="drybulb.app.forecaster.load_roster",
        replacement=seated_late,
        defect="a global or city model is seated that came to know something after the instant asked about",
    ),
    Mutant(
        law=law.test_the_hybrid_does_not_know_the_models_of_the_future,
        target="drybulb.adapters.registry.Registry.newest",
        replacement=newest_of_all,
        defect="S and the baselines are the newest stored, whatever they know",
    ),
    Mutant(
        law=law.test_the_hybrid_does_not_know_the_models_of_the_future,
        target="drybulb.app.forecaster.load_roster",
        replacement=told_of_later,
        defect="a belief's reason tells of a model that was trained after it",
    ),
]
