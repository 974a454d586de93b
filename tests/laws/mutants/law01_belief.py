"""A defect of predictions: the snapshot is taken a while after the instant it is asked about."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

import polars as pl

from drybulb.domain.city import City
from drybulb.frames.snapshot import SnapshotRules, SnapshotTables, snapshots
from tests.laws import test_law01_belief as law
from tests.laws.mutants import Mutant


def two_hours_late(
    requests: pl.DataFrame, cities: Mapping[str, City], tables: SnapshotTables, rules: SnapshotRules | None = None
) -> pl.DataFrame:
    """Answer what was known two hours later."""
    return snapshots(requests.with_columns(pl.col("at") + timedelta(hours=2)), cities, tables, rules)


MUTANTS = [
    Mutant(
        law=law.test_a_belief_and_its_market_do_not_know_the_future,
        target="drybulb.app.forecaster.snapshots",
        replacement=two_hours_late,
        defect="a belief stands on what was known two hours after it",
    ),
]
