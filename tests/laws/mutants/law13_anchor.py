"""Anchors that know what they could not."""

from __future__ import annotations

from datetime import date, datetime

from drybulb.app import anchor_walk
from drybulb.strategy.anchor_weights import Phase, Weight, Weights
from tests.laws import test_law13_anchor as law
from tests.laws.mutants import Mutant

_known_by = anchor_walk.Outcomes.known_by


def _whenever_known(self: anchor_walk.Outcomes, _until: datetime | None = None) -> dict[tuple[str, date], int]:
    return _known_by(self)


def _newest_of_all(self: Weights, phase: Phase, _city: str, _now: datetime) -> Weight | None:
    return max((row for row in self.rows if row.phase == phase), key=lambda row: row.known_at, default=None)


MUTANTS = [
    Mutant(
        law=law.test_outcomes_known_later_change_no_weight,
        target="drybulb.app.anchor_walk.Outcomes.known_by",
        replacement=_whenever_known,
        defect="weights are fitted on highs that were not known yet",
    ),
    Mutant(
        law=law.test_no_weight_is_in_force_before_it_was_known,
        target="drybulb.strategy.anchor_weights.Weights.in_force",
        replacement=_newest_of_all,
        defect="the newest weight is in force, whenever it was known",
    ),
]
