"""Rows of a batch that lean on each other: the classic slip of serving with what training had at hand."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from drybulb.forecast import logistic
from drybulb.forecast.model import Floats
from tests.laws import test_law02_predictions as law
from tests.laws.mutants import Mutant

_linear = logistic.linear


def _filled_from_the_batch(values: Floats, instead: Floats) -> Floats:
    known = values[~np.isnan(values)]
    return np.where(np.isnan(values), known.mean() if known.size else instead, values)


def _centred_on_the_batch(coefficients: Sequence[float], features: Sequence[Floats]) -> Floats:
    return _linear(coefficients, [feature - feature.mean() for feature in features])


MUTANTS = [
    Mutant(
        law=law.test_every_forecaster_keeps_rows_apart,
        target="drybulb.forecast.forms._filled",
        replacement=_filled_from_the_batch,
        defect="a missing value is filled with the mean of the rows that came along",
    ),
    Mutant(
        law=law.test_a_prediction_stands_alone,
        target="drybulb.forecast.logistic.linear",
        replacement=_centred_on_the_batch,
        defect="features are centred on the batch at hand and not on the training rows",
    ),
]
