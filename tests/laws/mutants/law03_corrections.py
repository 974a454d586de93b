"""Corrections of S that make something else than a distribution of it, or forget what was observed."""

from __future__ import annotations

import numpy as np

from drybulb.forecast.hazard import HazardRules, Pairs
from drybulb.forecast.model import Floats
from tests.laws import test_law03_pmf as law
from tests.laws.mutants import Mutant

_pairs = Pairs.of


def _without_floor(rules: HazardRules, hazards: Floats, highest: Floats, floor: Floats) -> Pairs:
    return _pairs(rules, hazards, highest, np.full_like(floor, np.nan))


def _a_degree_lower(rules: HazardRules, hazards: Floats, highest: Floats, floor: Floats) -> Pairs:
    return _pairs(rules, hazards, highest, floor - 1.0)


def _hazards_for_survivals(hazards: Floats) -> Floats:
    pmf: Floats = -np.diff(hazards, axis=1, append=0.0)
    return pmf


def _odds(log_odds: Floats) -> Floats:
    odds: Floats = np.exp(log_odds)
    return odds


MUTANTS = [
    Mutant(
        law=law.test_a_correction_leaves_the_floor_as_it_is,
        target="drybulb.forecast.corrected.Pairs.of",
        replacement=_without_floor,
        defect="hazards below the floor are corrected like any other",
    ),
    Mutant(
        law=law.test_a_correction_leaves_the_floor_as_it_is,
        target="drybulb.forecast.corrected.Pairs.of",
        replacement=_a_degree_lower,
        defect="the hazard of the degree below the floor, which says how soft it is, is corrected",
    ),
    Mutant(
        law=law.test_every_corrected_pmf_is_one,
        target="drybulb.forecast.corrected.pmf_of_hazards",
        replacement=_hazards_for_survivals,
        defect="hazards are taken for survivals, so P(high ≥ k) rises wherever a hazard does",
    ),
    Mutant(
        law=law.test_every_corrected_pmf_is_one,
        target="drybulb.forecast.corrected.expit",
        replacement=_odds,
        defect="odds are taken for hazards, so more go on than came",
    ),
]
