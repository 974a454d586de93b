"""What each feature of a hazard does to the mean of a distribution, in degrees.

The boosting library says what each feature adds to the log odds ``f(k)`` of the hazard at each degree (tree SHAP:
Lundberg, Erion and Lee 2018, "Consistent individualized feature attribution for tree ensembles"). A change of log odds
moves the mean by ::

    d mean / d f(k) = (1 − h(k)) · Σ_{j > k} P(high ≥ j)      for  d ln P(high ≥ j) / d f(k) = 1 − h(k),  j > k

This slope is not the same before and after a correction, so it is averaged along the straight way of all log odds from
S's to the corrected ones (integrated gradients: Sundararajan, Taly and Yan 2017, "Axiomatic attribution for deep
networks"). On that way the parts sum to the exact change of the mean; taken at S alone they would not.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from drybulb.forecast.corrected import Member
from drybulb.forecast.hazards import expit, pmf_of_hazards
from drybulb.forecast.model import GRID, Floats

_STEPS = 24
"""Points of the Gauss-Legendre rule on the way; from then on more of them change nothing that is printed."""


@dataclass(frozen=True, slots=True)
class Moved:
    """What one hazard does to the mean of S in one row, part by part.

    Attributes:
        pmf: its distribution, shape (201,).
        features: by each feature [°F].
        constant: by what it says whatever the features [°F].
        offset: by not starting from S's log odds, but from none; 0 for a hazard that does start there [°F].
    """

    pmf: Floats
    features: dict[str, float]
    constant: float
    offset: float


def moved(member: Member, hazards: Floats, taken: float) -> Moved:
    """Take what a hazard does to the mean apart.

    Args:
        member: asked about one row.
        hazards: of S in that row, shape (201,).
        taken: share of its change of the log odds that is taken, 0 … 1.
    """
    hazard, pairs = member.hazard, member.pairs
    pmf = pmf_of_hazards(member.taken(hazards[None, :], np.array([taken])))[0]
    if not pairs.degree.size:
        return Moved(pmf, dict.fromkeys(hazard.columns, 0.0), 0.0, 0.0)
    slope = taken * slopes(hazards, pairs.degree, pairs.anchor, pairs.anchor + taken * member.change)
    parts = slope @ hazard.contributions(member.features, pairs)
    offset = 0.0 if hazard.rules.from_anchor else -float(slope @ pairs.anchor)
    named = {name: float(part) for name, part in zip(hazard.columns, parts[:-1], strict=True)}
    return Moved(pmf, named, float(parts[-1]), offset)


def slopes(hazards: Floats, degrees: NDArray[np.intp], start: Floats, end: Floats) -> Floats:
    """How far the mean moves by a change of each log odds, on the mean of the way.

    Args:
        hazards: where the way begins, shape (201,).
        degrees: positions on the grid whose log odds change, shape (m,).
        start: their log odds at first, shape (m,).
        end: their log odds at last, shape (m,).

    Returns:
        Shape (m,) [°F]; ``slopes @ (end - start)`` is the change of the mean.
    """
    nodes, weights = np.polynomial.legendre.leggauss(_STEPS)
    on_way = np.tile(hazards, (_STEPS, 1))
    on_way[:, degrees] = expit(start + (0.5 * (nodes + 1.0))[:, None] * (end - start))
    survival = np.cumsum(pmf_of_hazards(on_way)[:, ::-1], axis=1)[:, ::-1]
    beyond = np.zeros((_STEPS, GRID.size + 1))
    beyond[:, :-1] = np.cumsum(survival[:, ::-1], axis=1)[:, ::-1]
    slope = (1.0 - on_way[:, degrees]) * beyond[:, degrees + 1]
    found: Floats = 0.5 * weights @ slope
    return found
