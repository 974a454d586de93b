"""Distributions that are none."""

from __future__ import annotations

import numpy as np

from drybulb.forecast.model import Floats
from tests.laws import test_law03_pmf as law
from tests.laws.mutants import Mutant


def _without_tails(cdf: Floats) -> Floats:
    pmf: Floats = np.diff(cdf, axis=1, prepend=0.0)
    return pmf


def _not_normalised(pmf: Floats) -> Floats:
    scaled: Floats = pmf / pmf.max()
    return scaled


MUTANTS = [
    Mutant(
        law=law.test_every_pmf_is_one,
        target="drybulb.forecast.structural.pmf_of",
        replacement=_without_tails,
        defect="what lies beyond the grid is dropped, so a hot forecast does not sum to one",
    ),
    Mutant(
        law=law.test_every_pmf_is_one,
        target="drybulb.forecast.baselines.errors.spread",
        replacement=_not_normalised,
        defect="an empirical pmf is scaled by its mode and not by its sum",
    ),
]
