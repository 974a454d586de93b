"""Proper scores, and the errors people read, one value per forecast.

No mean is taken here: means, paired differences and intervals by day are the caller's. Lower is better, but for
:func:`within`. A pmf of shape (n, K) gives the probability of ``low``, ``low + 1``, … [°F]; outside its grid a
pmf is zero, and a high out there is scored exactly.

References:
    Gneiting and Raftery (2007), Strictly proper scoring rules, prediction, and estimation,
    https://doi.org/10.1198/016214506000001437.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from drybulb.errors import VerificationError
from drybulb.verification._inputs import (
    Floats,
    Integers,
    checked_index,
    checked_rows,
    checked_unit,
    checked_whole,
)

_HALF = 0.5 - 1e-9
"""A cumulative sum of floats may stop a rounding error short of the half it has in exact arithmetic."""


def crps(pmf: ArrayLike, low: int, observed: ArrayLike) -> Floats:
    """Continuous ranked probability score of integer distributions [°F].

    The integral of the squared difference of two step functions is a sum over whole degrees::

        crps = Σ_k (F_k - 1[observed ≤ k])²,    F_k = P(high ≤ k)

    For a forecast that is sure of one degree it is the absolute error.

    Args:
        pmf: (n, K) probabilities of ``low``, ``low + 1``, ….
        low: first degree of the grid [°F].
        observed: (n,) whole degrees [°F].

    Returns:
        (n,) scores [°F].

    Raises:
        VerificationError: a row that is no distribution, or a high that is missing or not whole.

    References:
        Hersbach (2000), Decomposition of the continuous ranked probability score for ensemble prediction systems,
        https://doi.org/10.1175/1520-0434(2000)015<0559:DOTCRP>2.0.CO;2.
    """
    rows = checked_rows(pmf, "pmf")
    position = checked_whole(observed, "observed", len(rows)) - low
    # Beyond the grid the cdf is 0 or 1, so each whole degree out there costs 0 or 1 in full.
    beyond: Integers = np.maximum(-position, 0) + np.maximum(position - rows.shape[1], 0)
    return _squared_steps(rows, position) + beyond


def rps(probabilities: ArrayLike, outcome: ArrayLike) -> Floats:
    """Ranked probability score over a ladder, in squared probability, not divided by the number of brackets.

    ::

        rps = Σ_j (P(bracket ≤ j) - 1[outcome ≤ j])²

    Args:
        probabilities: (n, J), brackets in order of temperature.
        outcome: (n,) column of the bracket that won.

    Returns:
        (n,) scores in 0 … J - 1.

    Raises:
        VerificationError: a row that is no distribution, or an outcome that is no column.

    References:
        Epstein (1969), A scoring system for probability forecasts of ranked categories,
        https://doi.org/10.1175/1520-0450(1969)008<0985:ASSFPF>2.0.CO;2.
    """
    rows = checked_rows(probabilities, "probabilities")
    return _squared_steps(rows, checked_index(outcome, "outcome", *rows.shape))


def brier(probabilities: ArrayLike, outcome: ArrayLike) -> Floats:
    """Brier score over exclusive brackets, in squared probability, summed over them as Brier did.

    ::

        brier = Σ_j (p_j - 1[outcome = j])²

    With two brackets it is twice the yes-or-no form of :func:`~drybulb.verification.brier_decomposition`.

    Args:
        probabilities: (n, J), in any order of brackets.
        outcome: (n,) column of the bracket that won.

    Returns:
        (n,) scores in 0 … 2.

    Raises:
        VerificationError: a row that is no distribution, or an outcome that is no column.

    References:
        Brier (1950), Verification of forecasts expressed in terms of probability,
        https://doi.org/10.1175/1520-0493(1950)078<0001:VOFEIT>2.0.CO;2.
    """
    rows = checked_rows(probabilities, "probabilities")
    won = checked_index(outcome, "outcome", *rows.shape)
    squared: Floats = np.square(rows - (np.arange(rows.shape[1]) == won[:, None])).sum(axis=1)
    return squared


def log_score(probability: ArrayLike, *, floor: float = 0.001) -> Floats:
    """Logarithmic score of what was given to the outcome [nats].

    ::

        log_score = -ln max(p, floor)

    The floor is a clip, not a mixture with the uniform: a mixture changes every probability by an amount that
    depends on the size of the grid, so a ladder of six and a grid of 201 could not share a table. The price: cutting
    K cells to the floor can flatter an expected score, by at most ln(1 + K · floor) nats and by about the mass cut.

    Args:
        probability: (n,) probability of what happened, as :func:`outcome_probability` gives it.
        floor: smallest probability counted, in (0, 1).

    Returns:
        (n,) scores in 0 … -ln floor [nats].

    Raises:
        VerificationError: a value that is no probability, or a floor outside (0, 1).
    """
    if not 0.0 < floor < 1.0:
        raise VerificationError(f"floor {floor} of the log score is not in (0, 1); 0.001 is the usual one")
    # Adding zero turns the -0.0 of a sure forecast into 0.0.
    return -np.log(np.maximum(checked_unit(probability, "probability"), floor)) + 0.0


def outcome_probability(pmf: ArrayLike, low: int, observed: ArrayLike) -> Floats:
    """Probability each forecast gave to what happened; zero outside its grid.

    A ladder is a pmf too: ``low`` 0, ``observed`` the column that won.

    Args:
        pmf: (n, K) probabilities of ``low``, ``low + 1``, ….
        low: first degree of the grid [°F].
        observed: (n,) whole degrees [°F].

    Returns:
        (n,) probabilities.

    Raises:
        VerificationError: a row that is no distribution, or a high that is missing or not whole.
    """
    rows = checked_rows(pmf, "pmf")
    position = checked_whole(observed, "observed", len(rows)) - low
    inside = (position >= 0) & (position < rows.shape[1])
    taken = np.take_along_axis(rows, np.where(inside, position, 0)[:, None], axis=1)[:, 0]
    return np.where(inside, taken, 0.0)


def median(pmf: ArrayLike, low: int) -> Integers:
    """Smallest degree that holds half of each distribution at or below it [°F].

    Args:
        pmf: (n, K) probabilities of ``low``, ``low + 1``, ….
        low: first degree of the grid [°F].

    Returns:
        (n,) whole degrees [°F].

    Raises:
        VerificationError: a row that is no distribution.
    """
    reached = np.cumsum(checked_rows(pmf, "pmf"), axis=1) >= _HALF
    degrees: Integers = np.argmax(reached, axis=1).astype(np.int64) + low
    return degrees


def absolute_error(pmf: ArrayLike, low: int, observed: ArrayLike) -> Floats:
    """Distance of each distribution's median from what happened [°F]; arguments and refusals as :func:`crps`."""
    centre = median(pmf, low)
    distance: Integers = np.abs(centre - checked_whole(observed, "observed", centre.size))
    return distance.astype(np.float64)


def within(pmf: ArrayLike, low: int, observed: ArrayLike, degrees: float) -> Floats:
    """1 where the median is at most ``degrees`` [°F] from what happened, else 0: its mean is the fraction of hits.

    Arguments and refusals as :func:`crps`.

    Raises:
        VerificationError: also where ``degrees`` is negative or not a number.
    """
    if not degrees >= 0.0:
        raise VerificationError(f"within {degrees} °F holds nothing; ask for 0 or more")
    return (absolute_error(pmf, low, observed) <= degrees).astype(np.float64)


def _squared_steps(rows: Floats, position: Integers) -> Floats:
    """Squared distance between each row's cdf and the step at ``position``, summed over the row's columns."""
    difference = np.cumsum(rows, axis=1)
    difference -= np.arange(rows.shape[1]) >= position[:, None]
    summed: Floats = np.square(difference).sum(axis=1)
    return summed
