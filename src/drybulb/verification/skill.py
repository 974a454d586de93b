"""Skill: how much of a reference's score a forecast saves."""

from __future__ import annotations

from numpy.typing import ArrayLike

from drybulb.errors import VerificationError
from drybulb.verification._inputs import checked_numbers


def skill_score(score: ArrayLike, reference: ArrayLike) -> float:
    """One minus the ratio of two mean scores.

    ::

        skill = 1 - mean(score) / mean(reference)

    1 is perfect, 0 no better than the reference, negative worse. It is a ratio of means, never a mean of ratios:
    single forecasts have no skill, and a sure reference would divide by zero.

    Args:
        score: scores of the forecast, lower better, 0 perfect; one value or one a row.
        reference: scores of the reference on the same rows, in the same shape and unit.

    Returns:
        Skill, at most 1 [fraction].

    Raises:
        VerificationError: shapes that differ, no or missing values, or a reference whose mean score is not positive.

    References:
        Murphy (1988), Skill scores based on the mean square error and their relationships to the correlation
        coefficient, https://doi.org/10.1175/1520-0493(1988)116<2417:SSBOTM>2.0.CO;2.
    """
    ours = checked_numbers(score, "score")
    theirs = checked_numbers(reference, "reference")
    if ours.shape != theirs.shape or ours.size == 0:
        raise VerificationError(f"skill of {ours.shape} scores over {theirs.shape}: score both on the same rows")
    scale = float(theirs.mean())
    if scale <= 0.0:
        raise VerificationError(f"the reference scores {scale} on average; skill needs a reference that errs")
    return 1.0 - float(ours.mean()) / scale
