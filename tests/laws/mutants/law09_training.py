"""Defects of a training's repeatability: a seed that outlives it, one that is not used, rows drawn without one."""

from __future__ import annotations

from itertools import count
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from drybulb.forecast import hazard
from drybulb.forecast.hazard import HazardRules
from drybulb.forecast.model import Floats
from tests.laws import test_law09_digest as law
from tests.laws.mutants import Mutant

_parameters = hazard._parameters
_GROWN = count()


def _seed_counted_through_the_process(rules: HazardRules, pairs_per_event: float, seed: int) -> dict[str, Any]:
    return _parameters(rules, pairs_per_event, seed + next(_GROWN))


def _seed_unused(rules: HazardRules, pairs_per_event: float, seed: int) -> dict[str, Any]:
    return _parameters(rules, pairs_per_event, 0)


def _drawn_anew(rows: pl.DataFrame, pmf: Floats, rule: HazardRules) -> NDArray[np.intp]:
    return np.flatnonzero(np.random.default_rng().random(rows.height) < 0.9)


MUTANTS = [
    Mutant(
        law=law.test_the_same_training_twice,
        target="drybulb.forecast.hazard._parameters",
        replacement=_seed_counted_through_the_process,
        defect="each hazard is given the next seed, however many were grown before",
    ),
    Mutant(
        law=law.test_the_same_training_twice,
        target="drybulb.forecast.corrected._thinned",
        replacement=_drawn_anew,
        defect="the rows that are learnt from are drawn without a seed",
    ),
    Mutant(
        law=law.test_another_seed_is_another_model,
        target="drybulb.forecast.hazard._parameters",
        replacement=_seed_unused,
        defect="features are drawn as they always are, whatever the seed",
    ),
]
