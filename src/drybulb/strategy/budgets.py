"""How much of the bankroll each city may stake.

Small bets that are made again and again grow wealth by about mu'f - gamma/2 f'Sigma f, with f the
shares of the bankroll put at the disposal of each city, mu and Sigma the mean and covariance of what
a dollar of each city's budget gains in an event. This is the limit of (risk-constrained) Kelly for
small stakes, Markowitz's problem; it is solved with f between 0 and each city's cap and the sum of f
at most the cap in all.

Source: Busseti, Ryu and Boyd (2016), Risk-constrained Kelly gambling, section 5 (the quadratic
approximation).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from drybulb.errors import DomainError

_MAX_SWEEPS = 10_000
_CLOSE = 1e-12
# A covariance that is symmetric and not negative but for this much, relative to its largest variance, is one.
_ROUNDING = 1e-9


def shares(
    mean: Sequence[float],
    covariance: Sequence[Sequence[float]],
    risk_aversion: float,
    caps: Sequence[float],
    cap_in_all: float,
) -> tuple[float, ...]:
    """Return each city's share of the bankroll, between 0 and its cap.

    Args:
        mean: gain of a dollar of each city's budget in an event [dollars].
        covariance: of these gains between cities [dollars^2].
        risk_aversion: gamma, above 0.
        caps: largest share of each city, 0 to 1.
        cap_in_all: largest sum of shares, 0 to 1.

    Raises:
        DomainError: lengths that differ, numbers that are not finite, a cap outside 0 to 1, a risk
            aversion of 0 or less, or a covariance that none can be.
    """
    gain, spread, most = np.asarray(mean, float), np.asarray(covariance, float), np.asarray(caps, float)
    _require(gain, spread, most, risk_aversion, cap_in_all)
    found = _within(gain, spread * risk_aversion, most)
    if found.sum() <= cap_in_all:
        return tuple(float(share) for share in found)
    # What the common cap costs is a price on every share: the sum falls in it, so bisect.
    low, high = 0.0, float(gain.max())
    while high - low > _CLOSE * float(gain.max()):
        price = 0.5 * (low + high)
        if _within(gain - price, spread * risk_aversion, most).sum() > cap_in_all:
            low = price
        else:
            high = price
    over, under = _within(gain - low, spread * risk_aversion, most), _within(gain - high, spread * risk_aversion, most)
    # At that price the sum may jump (cities alike): between its two answers every mix is as good.
    part = (cap_in_all - under.sum()) / (over.sum() - under.sum())
    return tuple(float(share) for share in under + part * (over - under))


def _within(gain: NDArray[np.float64], risk: NDArray[np.float64], most: NDArray[np.float64]) -> NDArray[np.float64]:
    """Maximise gain'f - f'risk f / 2 over 0 <= f <= most, one share at a time until none moves."""
    found = np.where((risk.diagonal() == 0.0) & (gain > 0.0), most, 0.0)
    for _ in range(_MAX_SWEEPS):
        moved = 0.0
        for city, variance in enumerate(risk.diagonal()):
            if variance == 0.0:
                continue
            slope = gain[city] - float(risk[city] @ found)
            following = min(max(found[city] + slope / variance, 0.0), most[city])
            moved = max(moved, abs(following - found[city]))
            found[city] = following
        if moved <= _CLOSE:
            return found
    raise DomainError(f"the shares of {len(gain)} cities do not settle; their gains move together too closely")


def _require(
    gain: NDArray[np.float64],
    spread: NDArray[np.float64],
    most: NDArray[np.float64],
    risk_aversion: float,
    cap_in_all: float,
) -> None:
    """Refuse what has no answer."""
    count = len(gain)
    if not count or spread.shape != (count, count) or most.shape != (count,):
        raise DomainError(f"{count} means, covariance of {spread.shape}, {most.size} caps: give one of each a city")
    if not (np.isfinite(gain).all() and np.isfinite(spread).all()):
        raise DomainError(f"mean {gain.tolist()} or covariance {spread.tolist()} is not finite; correct it")
    if not (np.isfinite(risk_aversion) and risk_aversion > 0.0):
        raise DomainError(f"risk aversion {risk_aversion}; give a number above 0")
    if not (0.0 <= cap_in_all <= 1.0 and ((most >= 0.0) & (most <= 1.0)).all()):
        raise DomainError(f"caps {most.tolist()} and {cap_in_all} in all; give shares from 0 to 1")
    rounding = _ROUNDING * float(np.abs(spread).max())
    if not np.allclose(spread, spread.T, rtol=0.0, atol=rounding) or np.linalg.eigvalsh(spread).min() < -rounding:
        raise DomainError(f"covariance {spread.tolist()} is not symmetric and non-negative; no gains have it")
