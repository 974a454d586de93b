"""A logistic location-scale distribution of whole degrees, fitted by interval likelihood.

The rest of the day's maximum R is logistic with a location linear in some features and a log scale linear in others.
The official high is ``max(M, R)`` where M, the maximum so far, has a known distribution, so that

    P(high ≤ k) = P(M ≤ k) · F((k + ½ - location) / scale),        F(z) = 1 / (1 + e^-z).

Where nothing has been observed yet P(M ≤ k) is 1 and this is ensemble model output statistics (EMOS).

References:
    Gneiting et al. (2005), Calibrated probabilistic forecasting using ensemble model output statistics,
    https://doi.org/10.1175/MWR2904.1. Messner et al. (2014), Extending extended logistic regression,
    https://doi.org/10.1175/MWR-D-13-00355.1, for the logistic distribution of censored intervals.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit

from drybulb.errors import ModelError

Floats = NDArray[np.float64]

SCALE_LIMITS = (0.15, 20.0)
"""A scale outside these [°F] is no forecast of a daily high; the linear predictor is cut there."""

_LOG_LIMITS = (float(np.log(SCALE_LIMITS[0])), float(np.log(SCALE_LIMITS[1])))

_STRAY = 1e-5
"""Probability of a stray label, added to each likelihood so that one wrong reading cannot bend a fit."""

_RIDGE_LOCATION = 0.3
_RIDGE_SCALE = 5.0
"""Penalties per squared coefficient of a standardised feature [nats per squared °F; nats].

Late in the day hardly an event says anything about R, and these keep its fit in sight; a morning's thousand events
outvote them.
"""

_STILL = 1e-9
"""A feature that deviates by less tells no two rows apart."""

_RIDGE_CONSTANT = 0.01
"""Penalty on the constant of the location [nats per squared °F]: no more than a direction where all is flat."""


@dataclass(frozen=True, slots=True)
class LogisticFit:
    """Coefficients on features as they come (not standardised), the constant first.

    Attributes:
        location: coefficients of the location [°F].
        scale: coefficients of the log scale [log °F].
        usual: what each feature is taken to be where it is not known, the location's first; 0 where none is said.
    """

    location: tuple[float, ...]
    scale: tuple[float, ...]
    usual: tuple[float, ...] = ()

    def locations(self, features: Sequence[Floats]) -> Floats:
        """Location of each row [°F]; ``features`` without the constant, each (n,); one that is NaN is as usual."""
        return linear(self.location, self._known(features, self.usual[: len(features)]))

    def scales(self, features: Sequence[Floats]) -> Floats:
        """Scale of each row [°F], cut to :data:`SCALE_LIMITS`; a feature that is NaN is as usual."""
        known = self._known(features, self.usual[len(self.location) - 1 :])
        return np.exp(np.clip(linear(self.scale, known), *_LOG_LIMITS))

    @staticmethod
    def _known(features: Sequence[Floats], usual: tuple[float, ...]) -> list[Floats]:
        instead = usual or (0.0,) * len(features)
        return [_filled(feature, value) for feature, value in zip(features, instead, strict=True)]

    def to_json(self) -> dict[str, Any]:
        """Plain lists, exact when written with ``repr``."""
        return {"location": list(self.location), "scale": list(self.scale), "usual": list(self.usual)}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> LogisticFit:
        """The inverse of :meth:`to_json`."""
        return cls(*(tuple(map(float, data[name])) for name in ("location", "scale", "usual")))


def linear(coefficients: Sequence[float], features: Sequence[Floats]) -> Floats:
    """Constant plus weighted features, summed one after the other.

    A matrix product may sum in another order for another number of rows; this never does, so a batch equals its rows.
    """
    total = np.full(features[0].shape, coefficients[0]) if features else np.array([coefficients[0]])
    for coefficient, feature in zip(coefficients[1:], features, strict=True):
        total = total + coefficient * feature
    return total


def cdf(degrees: Floats, location: Floats, scale: Floats) -> Floats:
    """P(R ≤ k) for whole degrees ``k`` [°F], broadcast; positive however far below the location."""
    return np.maximum(expit((degrees + 0.5 - location) / scale), 1e-300)


@dataclass(frozen=True, slots=True)
class FitData:
    """What one fit is made from; every array has one value a row.

    Attributes:
        location: features of the location, without the constant; NaN where one is not known.
        scale: features of the log scale, likewise.
        high: official highs less what their location is anchored at [°F].
        upto: P(M ≤ high), 1 where nothing has been observed.
        below: P(M ≤ high - 1), 1 where nothing has been observed.
        given: how many of the last features of the log scale have the coefficient 1, which is not fitted.
    """

    location: tuple[Floats, ...]
    scale: tuple[Floats, ...]
    high: Floats
    upto: Floats
    below: Floats
    given: int = 0

    @classmethod
    def unobserved(cls, location: Sequence[Floats], scale: Sequence[Floats], high: Floats) -> FitData:
        """Data of rows that know no maximum so far."""
        ones = np.ones_like(high)
        return cls(tuple(location), tuple(scale), high, ones, ones)

    @property
    def fitted(self) -> int:
        """How many features of the log scale have a coefficient that is fitted."""
        return len(self.scale) - self.given


def log_likelihood(fit: LogisticFit, data: FitData) -> Floats:
    """Log probability each row's high has under a fit, with the allowance for stray labels [nats]."""
    location, scale = fit.locations(data.location), fit.scales(data.scale)
    above = expit((data.high + 0.5 - location) / scale)
    under = expit((data.high - 0.5 - location) / scale)
    return np.log(np.maximum(data.upto * above - data.below * under, 0.0) + _STRAY)


def fit_logistic(data: FitData) -> LogisticFit:
    """Maximise the penalised interval likelihood by BFGS with its analytic gradient.

    A dozen coefficients need no limited memory, and scipy's L-BFGS-B hands each of its steps to BLAS threads, which
    made a training take five times as long where nobody had pinned them.

    Args:
        data: the rows.

    Raises:
        ModelError: fewer rows than coefficients, or features that are not finite.
    """
    rows = data.high.size
    size = len(data.location) + data.fitted + 2
    if rows < 2 * size:
        raise ModelError(f"{rows} rows cannot carry {size} coefficients; train on a longer period")
    usual = tuple(_usual(feature) for feature in (*data.location, *data.scale))
    located, scaled = usual[: len(data.location)], usual[len(data.location) :]
    location = _Standardised.of([_filled(*pair) for pair in zip(data.location, located, strict=True)], rows)
    known = tuple(_filled(*pair) for pair in zip(data.scale, scaled, strict=True))
    scale = _Standardised.of(known[: data.fitted], rows)
    ones = (1.0,) * data.given
    given = linear((0.0, *ones), known[data.fitted :])
    split = location.matrix.shape[1]

    def objective(theta: Floats) -> tuple[float, Floats]:
        return _penalised(theta, split, location.matrix, (scale.matrix, given), data)

    first = _start(location.matrix, scale.matrix, data.high)
    found = minimize(objective, first, jac=True, method="BFGS", options={"maxiter": 300, "gtol": 0.01})
    return LogisticFit(location.raw(found.x[:split]), (*scale.raw(found.x[split:]), *ones), usual)


@dataclass(frozen=True, slots=True)
class _Standardised:
    """Features brought to mean 0 and deviation 1, so that one penalty fits all; one that never moves is left out."""

    matrix: Floats
    centre: Floats
    width: Floats
    moves: NDArray[np.bool_]

    @classmethod
    def of(cls, features: Sequence[Floats], rows: int) -> _Standardised:
        raw = np.column_stack(features) if features else np.empty((rows, 0))
        if not np.isfinite(raw).all():
            row, column = (int(i) for i in np.argwhere(~np.isfinite(raw))[0])
            raise ModelError(f"feature {column} of training row {row} is {raw[row, column]}; fill or drop it first")
        centre = raw.mean(axis=0)
        deviation = raw.std(axis=0)
        moves = deviation > _STILL
        width = np.where(moves, deviation, 1.0)
        return cls(np.column_stack([np.ones(rows), ((raw - centre) / width)[:, moves]]), centre, width, moves)

    def raw(self, theta: Floats) -> tuple[float, ...]:
        slopes = np.zeros(self.width.size)
        slopes[self.moves] = theta[1:] / self.width[self.moves]
        return (float(theta[0] - (slopes * self.centre).sum()), *map(float, slopes))


def least_squares(matrix: Floats, target: Floats) -> Floats:
    """Coefficients of least squared error, by the normal equations; ``matrix`` (n, p) must be well scaled."""
    square = np.einsum("ij,ik->jk", matrix, matrix) + 1e-9 * np.eye(matrix.shape[1])
    found: Floats = np.linalg.solve(square, np.einsum("ij,i->j", matrix, target))
    return found


def _start(location: Floats, scale: Floats, high: Floats) -> Floats:
    slopes = least_squares(location, high)
    # A logistic's standard deviation is π/√3 ≈ 1.81 scales.
    spread = max(float(np.std(high - _weighted(location, slopes))) / 1.81, 0.5)
    return np.concatenate([slopes, [np.log(spread)], np.zeros(scale.shape[1] - 1)])


def _penalised(
    theta: Floats, split: int, location: Floats, scales: tuple[Floats, Floats], data: FitData
) -> tuple[float, Floats]:
    """Negative log likelihood plus ridge [nats], and its gradient; ``scales`` are fitted features and what is given."""
    low, high = _LOG_LIMITS
    scale, given = scales
    log_scale = _weighted(scale, theta[split:]) + given
    free = (log_scale > low) & (log_scale < high)
    width = np.exp(np.minimum(np.maximum(log_scale, low), high))
    centred = data.high - _weighted(location, theta[:split])
    above, under = (centred + 0.5) / width, (centred - 0.5) / width
    cdf_above, cdf_under = expit(above), expit(under)
    chance = np.maximum(data.upto * cdf_above - data.below * cdf_under, 0.0) + _STRAY
    density_above = data.upto * cdf_above * (1.0 - cdf_above)
    density_under = data.below * cdf_under * (1.0 - cdf_under)
    by_location = (density_above - density_under) / width / chance
    by_scale = np.where(free, (density_above * above - density_under * under) / chance, 0.0)
    penalty = np.full(theta.size, _RIDGE_LOCATION)
    penalty[split:] = _RIDGE_SCALE
    penalty[0] = _RIDGE_CONSTANT
    value = -float(np.log(chance).sum()) + 0.5 * float((penalty * theta**2).sum())
    gradient = np.concatenate([_summed(by_location, location), _summed(by_scale, scale)]) + penalty * theta
    return value, gradient


def _usual(feature: Floats) -> float:
    """Mean of a feature where it is known, 0 where it never is."""
    known = feature[~np.isnan(feature)]
    return float(known.mean()) if known.size else 0.0


def _filled(feature: Floats, instead: float) -> Floats:
    return np.where(np.isnan(feature), instead, feature)


def _weighted(matrix: Floats, theta: Floats) -> Floats:
    # einsum and not a BLAS product: for matrices this narrow threads cost twenty times what they save, and the
    # order of the sum, and with it the last bit of a fit, would depend on their number.
    found: Floats = np.einsum("ij,j->i", matrix, theta)
    return found


def _summed(weights: Floats, matrix: Floats) -> Floats:
    found: Floats = np.einsum("i,ij->j", weights, matrix)
    return found
