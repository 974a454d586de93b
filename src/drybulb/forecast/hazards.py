"""The hazard of a temperature: the chance that a high that reaches one degree reaches the next.

::

    h(k) = P(high ≥ k+1 | high ≥ k)        P(high ≥ k) = h(low) · h(low+1) · … · h(k−1)

Any hazards in [0, 1] make a distribution: survival never rises, the pmf is never negative and sums to 1. So whatever a
model does to a hazard, what comes out is monotone by construction.
"""

from __future__ import annotations

import numpy as np

from drybulb.forecast.model import GRID, Booleans, Floats

THIN = 0.003
"""A hazard closer to 0 or 1 than this is left as the anchor says: too few days ever stood there to correct it."""

_NOTHING_LEFT = 1e-12
"""Survival below which the next step cannot be told from rounding [probability]."""

_BLOCK = 1024
"""Rows whose survival is held at once: so many stay in the cache."""

_EDGE = 1e-9
"""Hazards are kept this far from 0 and 1 before their logit is taken."""


def hazards_of(pmf: Floats) -> Floats:
    """Hazard of each degree of :data:`~drybulb.forecast.model.GRID`.

    Args:
        pmf: probabilities on the grid, shape (n, 201); rows of zeros have hazards of zero.

    Returns:
        Shape (n, 201); the last column is 0, for nothing lies beyond the grid.
    """
    found = np.zeros_like(pmf)
    for start in range(0, len(pmf), _BLOCK):
        block = slice(start, start + _BLOCK)
        survival = np.cumsum(pmf[block, ::-1], axis=1)[:, ::-1]
        np.divide(survival[:, 1:], survival[:, :-1], out=found[block, :-1], where=survival[:, :-1] > _NOTHING_LEFT)
    return np.clip(found, 0.0, 1.0, out=found)


def pmf_of_hazards(hazards: Floats) -> Floats:
    """The inverse of :func:`hazards_of`: ``P(high = k) = h(low) … h(k−1) · (1 − h(k))``, shape (n, 201)."""
    reached = np.ones_like(hazards)
    np.cumprod(hazards[:, :-1], axis=1, out=reached[:, 1:])
    pmf = reached * (1.0 - hazards)
    pmf[:, -1] = reached[:, -1]  # whatever is left stays on the last degree
    return pmf


def logit(hazards: Floats) -> Floats:
    """Log odds, finite also at 0 and 1."""
    kept = np.clip(hazards, _EDGE, 1.0 - _EDGE)
    found: Floats = np.log(kept) - np.log1p(-kept)
    return found


def expit(log_odds: Floats) -> Floats:
    """The inverse of :func:`logit`."""
    # Beyond 700 the exponential is more than a float holds; the hazard there is 0 to 300 digits.
    found: Floats = 1.0 / (1.0 + np.exp(np.minimum(-log_odds, 700.0)))
    return found


def near(hazards: Floats, anchor: Floats | None, span: tuple[int, int]) -> Booleans:
    """Degrees whose hazard a model may correct.

    Args:
        hazards: of the anchor, shape (n, 201).
        anchor: degree the model counts from, shape (n,) [°F], NaN where it has none; None: it counts from nothing,
            and corrects wherever the hazard is neither thin nor certain (see :data:`THIN`).
        span: first and last degree relative to ``anchor`` [°F].

    Returns:
        Shape (n, 201).
    """
    if anchor is None:
        return (hazards > THIN) & (hazards < 1.0 - THIN)
    above = GRID[None, :] - anchor[:, None]
    inside: Booleans = (above >= span[0]) & (above <= span[1]) & (hazards > _EDGE) & (hazards < 1.0 - _EDGE)
    return inside
