"""Defects of a batch of corrected rows: rows that lean on the one before, on the first, or on all."""

from __future__ import annotations

import numpy as np
import polars as pl

from drybulb.forecast import corrected
from drybulb.forecast.hybrid import Hybrid
from drybulb.forecast.model import Booleans, Floats
from drybulb.forecast.shares import Shares
from tests.laws import test_law02_predictions as law
from tests.laws.mutants import Mutant

_at, _maxima, _share = Shares.at, corrected._maxima, Hybrid._share


def _share_of_the_first_row(self: Shares, rows: pl.DataFrame) -> Floats:
    return np.full(rows.height, _at(self, rows.head(1))[0])


def _carried_down(rows: pl.DataFrame) -> tuple[Floats, Floats]:
    highest, floor = _maxima(rows)
    return np.fmax.accumulate(highest), floor


def _share_of_the_batch(self: Hybrid, rows: pl.DataFrame, whole: Booleans) -> Floats:
    share = _share(self, rows, whole)
    blended = share > 0.0
    return np.where(blended, share[blended].mean(), share) if blended.any() else share


MUTANTS = [
    Mutant(
        law=law.test_a_corrected_prediction_stands_alone,
        target="drybulb.forecast.shares.Shares.at",
        replacement=_share_of_the_first_row,
        defect="all rows take the share of the hour of the first",
    ),
    Mutant(
        law=law.test_every_model_keeps_rows_apart,
        target="drybulb.forecast.corrected._maxima",
        replacement=_carried_down,
        defect="a maximum so far is carried down to the rows below, as if they were of one day in order",
    ),
    Mutant(
        law=law.test_every_model_keeps_rows_apart,
        target="drybulb.forecast.hybrid.Hybrid._share",
        replacement=_share_of_the_batch,
        defect="the global model's share is the mean over all rows it has one in",
    ),
]
