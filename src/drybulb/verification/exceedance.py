"""A distribution over degrees as the yes-or-no forecasts it makes: that the high reaches k, for every k in doubt.

The degrees of one forecast share one outcome. They are many questions and one piece of evidence, so an interval
around what is measured here must resample whole events or days.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from drybulb.errors import VerificationError
from drybulb.verification._inputs import Floats, Integers, checked_rows, checked_whole


@dataclass(frozen=True, slots=True, eq=False)
class Exceedances:
    """Forecasts that the high reaches a degree, of the degrees in doubt.

    Attributes:
        row: which distribution each comes from.
        degree: the degree k [°F].
        probability: P(high ≥ k).
        happened: 1 where the high was k or more, else 0.
    """

    row: Integers
    degree: Integers
    probability: Floats
    happened: Integers


def exceedances(
    pmf: ArrayLike, low: int, observed: ArrayLike, *, doubt: tuple[float, float] = (0.01, 0.99)
) -> Exceedances:
    """Every forecast that the high reaches a degree, where it is neither nearly sure nor nearly impossible.

    Args:
        pmf: (n, K) probabilities of ``low``, ``low + 1``, ….
        low: first degree of the grid [°F].
        observed: (n,) whole degrees [°F].
        doubt: between which probabilities, both exclusive, a degree is in doubt.

    Raises:
        VerificationError: a row that is no distribution, a high that is missing or not whole, or bounds not in order
            within [0, 1].
    """
    rows = checked_rows(pmf, "pmf")
    position = checked_whole(observed, "observed", len(rows)) - low
    least, most = doubt
    if not 0.0 <= least < most <= 1.0:
        raise VerificationError(f"doubt between {least} and {most} holds nothing; give two probabilities in order")
    reaches = np.clip(1.0 - np.cumsum(rows, axis=1)[:, :-1], 0.0, 1.0)
    row, before = np.nonzero((reaches > least) & (reaches < most))
    column = before + 1
    return Exceedances(
        row=row.astype(np.int64),
        degree=(column + low).astype(np.int64),
        probability=reaches[row, before],
        happened=(position[row] >= column).astype(np.int64),
    )


def exceedance_sums(found: Exceedances, rows: int, *, bins: int = 10) -> Floats:
    """Per distribution and bin of forecast probability: how many degrees, the sum of forecasts, how many happened.

    Sums add up: average them over the clocks of an event, then over events or over a resample of days, and divide.
    With one distribution an event, ``sums.sum(axis=0)`` gives the :func:`~drybulb.verification.reliability_table` of
    the forecasts: mean forecast ``[1] / [0]``, observed frequency ``[2] / [0]``.

    Args:
        found: what :func:`exceedances` gave.
        rows: number of distributions n.
        bins: number of bins of equal width over [0, 1]; a lower edge is inclusive.

    Returns:
        (n, 3, bins) sums.

    Raises:
        VerificationError: fewer than one bin.
    """
    if bins < 1:
        raise VerificationError(f"{bins} bins hold nothing; ask for 1 or more")
    # Edges are quotients, not multiples of a step, so that a forecast of 0.3 meets an edge of exactly 0.3.
    edges = np.arange(1, bins) / bins
    cell = found.row * bins + np.searchsorted(edges, found.probability, side="right")
    parts = [
        np.bincount(cell, weights=weights, minlength=rows * bins).reshape(rows, bins)
        for weights in (None, found.probability, found.happened)
    ]
    return np.stack(parts, axis=1).astype(np.float64)
