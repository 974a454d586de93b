"""Floors that are too hard, too soft or not there."""

from __future__ import annotations

import numpy as np

from drybulb.forecast.gaps import Gap, Gaps
from drybulb.forecast.model import Floats
from tests.laws import test_law03_pmf as law
from tests.laws.mutants import Mutant


def _without_prior(self: Gap) -> Floats:
    counts = np.asarray(self.days, dtype=np.float64)
    return counts / counts.sum() if counts.sum() else np.full(counts.size, 1.0 / counts.size)


def _nothing_reached(_self: Gaps, degrees: Floats, group_max: Floats, *_others: Floats) -> Floats:
    return np.ones(np.broadcast_shapes(degrees.shape, group_max.shape))


def _lower_witness(self: Gaps, degrees: Floats, group_max: Floats, reading_max: Floats, report_max: Floats) -> Floats:
    least = np.fmin(np.fmin(group_max, reading_max), report_max)
    return self.group.cdf(degrees - least) * self.reading.cdf(degrees - least)


def _report_unheard(self: Gaps, degrees: Floats, group_max: Floats, reading_max: Floats, _report: Floats) -> Floats:
    return self.group.cdf(degrees - group_max) * self.reading.cdf(degrees - reading_max)


MUTANTS = [
    Mutant(
        law=law.test_the_floor_is_soft_and_real,
        target="drybulb.forecast.gaps.Gap.pmf",
        replacement=_without_prior,
        defect="a gap never counted has probability zero, so a wrong reading rules out the truth",
    ),
    Mutant(
        law=law.test_the_floor_is_soft_and_real,
        target="drybulb.forecast.gaps.Gaps.cdf_of_max",
        replacement=_nothing_reached,
        defect="the maximum so far is not used at all",
    ),
    Mutant(
        law=law.test_an_evening_is_what_was_reached,
        target="drybulb.forecast.gaps.Gaps.cdf_of_max",
        replacement=_nothing_reached,
        defect="the maximum so far is not used at all",
    ),
    Mutant(
        law=law.test_the_floor_is_soft_and_real,
        target="drybulb.forecast.gaps.Gaps.cdf_of_max",
        replacement=_lower_witness,
        defect="the lower of group and reading is taken for the maximum so far",
    ),
    Mutant(
        law=law.test_the_floor_is_soft_and_real,
        target="drybulb.forecast.gaps.Gaps.cdf_of_max",
        replacement=_report_unheard,
        defect="the official high so far is no floor",
    ),
]
