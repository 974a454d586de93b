"""Are distributions too sure of themselves? The one exponent that would mend them, in the log score.

A distribution raised to a power and made to sum to 1 is sharper for exponents above 1 and flatter below::

    q_k = p_k^gamma / Σ_j p_j^gamma

The gamma that scores best says by how much: 1 is right, below 1 the forecasts were too sure, above 1 not sure enough.
Forecasts that are sharp enough but off to one side also come out below 1, for they too are surer than they may be.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from drybulb.errors import VerificationError
from drybulb.verification._inputs import Floats, checked_numbers, checked_rows, checked_whole

EXPONENTS = (1.0 / 32.0, 32.0)
"""Between which exponents the best is looked for; an end is the answer where the best lies beyond it."""

_STEPS = 100
"""Most steps of the search; halving the interval alone needs fewer to reach the rounding of a float."""

_CLOSE = 1e-9
"""Relative step at which the search ends."""


def power_gradient(pmf: ArrayLike, low: int, observed: ArrayLike, exponent: float) -> tuple[Floats, Floats]:
    """First and second derivative by gamma of the log score of each distribution raised to gamma.

    ::

        score  = -ln q_y
        first  = Σ_k q_k ln p_k - ln p_y
        second = Σ_k q_k (ln p_k)² - (Σ_k q_k ln p_k)² ≥ 0

    The score is convex in gamma; the best exponent of many forecasts is where their first derivatives average to 0.
    :func:`exponent_replicates` makes an interval for it from the two.

    Args:
        pmf: (n, K) probabilities of ``low``, ``low + 1``, ….
        low: first degree of the grid [°F].
        observed: (n,) whole degrees [°F].
        exponent: gamma > 0.

    Returns:
        Two arrays of shape (n,) [nats].

    Raises:
        VerificationError: a row that is no distribution, a high that is missing or not whole, an exponent not above 0,
            or a high to which its forecast gave no probability, which no exponent can mend.
    """
    if not exponent > 0.0:
        raise VerificationError(f"exponent {exponent} is not above 0; 1 leaves a forecast as it is")
    logs, given = _logs(pmf, low, observed)
    return _gradient(logs, given, exponent)


def recalibration_exponent(pmf: ArrayLike, low: int, observed: ArrayLike, *, weights: ArrayLike | None = None) -> float:
    """The exponent gamma that minimises the mean log score of the distributions raised to it.

    The mean score is convex in gamma: Newton's steps find it, and where one leaves what is still possible of
    :data:`EXPONENTS`, that is halved instead.

    Args:
        pmf: (n, K) probabilities of ``low``, ``low + 1``, …, n ≥ 1.
        low: first degree of the grid [°F].
        observed: (n,) whole degrees [°F].
        weights: (n,) how much each forecast counts, positive; all alike when None.

    Raises:
        VerificationError: as :func:`power_gradient`; no forecast; weights of another shape or not positive.

    References:
        Guo, Pleiss, Sun and Weinberger (2017), On calibration of modern neural networks,
        https://arxiv.org/abs/1706.04599 (temperature scaling; gamma is one over their temperature).
    """
    logs, given = _logs(pmf, low, observed)
    if given.size == 0:
        raise VerificationError("pmf has no rows; an exponent needs at least one forecast")
    weight = np.ones(given.size) if weights is None else checked_numbers(weights, "weights")
    if weight.shape != given.shape or (weight <= 0.0).any():
        raise VerificationError(f"weights of shape {weight.shape} must be {given.size} positive numbers")
    least, most = EXPONENTS
    exponent = 1.0
    for _ in range(_STEPS):
        slope, curve = (float((part * weight).sum()) for part in _gradient(logs, given, exponent))
        least, most = (least, exponent) if slope > 0.0 else (exponent, most)
        step = exponent - slope / curve if curve > 0.0 else most
        following = step if least < step < most else math.sqrt(least * most)
        if abs(following - exponent) <= _CLOSE * exponent:
            return following
        exponent = following
    return exponent


def exponent_replicates(exponent: float, first: ArrayLike, second: ArrayLike) -> Floats:
    """The best exponent of each resample, by one Newton step of ln gamma from the best exponent of all.

    ::

        gamma_r = gamma · exp(-first_r / (gamma · second_r))

    The step is of the logarithm so that no exponent falls below 0.

    Args:
        exponent: what :func:`recalibration_exponent` gave for all forecasts.
        first: (R,) means over each resample of the first derivative at ``exponent`` of :func:`power_gradient` [nats].
        second: (R,) means of the second, positive [nats].

    Returns:
        (R,) exponents.

    Raises:
        VerificationError: an exponent or a second derivative not above 0, or shapes that differ.
    """
    slope, curve = checked_numbers(first, "first"), checked_numbers(second, "second")
    if slope.shape != curve.shape or not exponent > 0.0 or not (curve > 0.0).all():
        raise VerificationError(
            f"one step from exponent {exponent} over {slope.shape} and {curve.shape} derivatives: give an exponent"
            " above 0 and as many second derivatives, above 0, as first ones"
        )
    return exponent * np.exp(-slope / (exponent * curve))


def _logs(pmf: ArrayLike, low: int, observed: ArrayLike) -> tuple[Floats, Floats]:
    """Logarithms of all probabilities, -inf where there is none, and of those given to what happened."""
    rows = checked_rows(pmf, "pmf")
    position = checked_whole(observed, "observed", len(rows)) - low
    inside = (position >= 0) & (position < rows.shape[1])
    given = np.where(inside, rows[np.arange(len(rows)), np.where(inside, position, 0)], 0.0)
    impossible = np.flatnonzero(given <= 0.0)
    if impossible.size:
        row = impossible[0]
        raise VerificationError(f"pmf row {row} gave nothing to {position[row] + low} °F; no exponent can mend it")
    logs = np.full(rows.shape, -np.inf)
    np.log(rows, out=logs, where=rows > 0.0)
    return logs, np.log(given)


def _gradient(logs: Floats, given: Floats, exponent: float) -> tuple[Floats, Floats]:
    powers = np.exp(exponent * (logs - logs.max(axis=1, keepdims=True)))
    powers /= powers.sum(axis=1, keepdims=True)
    finite = np.where(np.isfinite(logs), logs, 0.0)  # a degree without probability has none at any exponent
    mean = (powers * finite).sum(axis=1)
    variance = (powers * np.square(finite - mean[:, None])).sum(axis=1)
    return mean - given, variance
