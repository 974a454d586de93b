"""Defects of the instrument: it names what only shares rows with the bias, or what chance alone would show."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from drybulb.app import mispriced
from drybulb.verification import SliceSums
from tests.laws import test_law11_planted as law
from tests.laws.mutants import Mutant


def every_minute_counts(sums: SliceSums, chance: mispriced.Floats) -> mispriced.Floats:
    """Errors of the mean as if each price were evidence of its own."""
    errors = 30.0 / np.sqrt(np.maximum(sums.rows.sum(axis=0), 1.0))
    found: mispriced.Floats = sums.means / errors
    return found


def uncorrected(values: mispriced.Floats) -> mispriced.Floats:
    """No correction for the number of slices."""
    return values


def any_slice(by_city: SliceSums) -> NDArray[np.bool_]:
    """No slice is asked whether more than one city bears it out."""
    return np.ones(by_city.rows.shape[1], dtype=np.bool_)


MUTANTS = [
    Mutant(
        law=law.test_nothing_is_named_where_makers_are_right,
        target="drybulb.app.mispriced._sizes",
        replacement=every_minute_counts,
        defect="every price counts as evidence of its own, though a day's share one high",
    ),
    Mutant(
        law=law.test_nothing_is_named_where_makers_are_right,
        target="drybulb.app.mispriced.holm",
        replacement=uncorrected,
        defect="each slice is tested as if it were the only one",
    ),
    Mutant(
        law=law.test_a_planted_bias_is_found_and_named,
        target="drybulb.app.mispriced._is_common",
        replacement=any_slice,
        defect="the hours in which a city that is wrong is quoted are named in its place",
    ),
]
