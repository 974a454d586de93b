"""What the best of many trials is worth: what chance makes of as many, and whether it is good where it was not chosen.

Who tries a hundred settings and shows the best shows luck too. The deflated Sharpe ratio asks whether the best is
better than the best of as many worthless trials would be; the probability of backtest overfitting asks whether being
the best on one half of the days helps on the other.

A trial's Sharpe ratio is of an event day, never annualised: mean of the gains over their standard deviation.

References:
    Bailey and López de Prado (2014), The deflated Sharpe ratio, Journal of Portfolio Management 40 (5), 94-107.
    Bailey, Borwein, López de Prado and Zhu (2017), The probability of backtest overfitting, Journal of Computational
    Finance 20 (4), 39-69.
"""

from __future__ import annotations

from itertools import combinations
from math import comb, e, sqrt
from statistics import NormalDist
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from drybulb.errors import VerificationError
from drybulb.verification._inputs import Floats, checked_numbers, checked_whole

_NORMAL = NormalDist()
_EULER = 0.5772156649015329

_MOST_BLOCKS = 20
"""Halves of 20 blocks can be chosen in 184,756 ways; of more, no machine tries all."""

_AT_ONCE = 1000
"""Halvings ranked at a time, which bounds the memory."""


class Deflated(NamedTuple):
    """The best of some trials, or the chosen one, beside the best that chance would have made of them.

    Attributes:
        best: column of the trial that is judged.
        sharpe: its ratio, of one day.
        by_chance: ratio expected of the best of as many worthless trials, of one day.
        trials: independent trials that those tried amount to.
        probability: that the ratio in truth exceeds ``by_chance``: the deflated Sharpe ratio, in [0, 1].
    """

    best: int
    sharpe: float
    by_chance: float
    trials: float
    probability: float


class Overfitting(NamedTuple):
    """How the best trial of one half of the days does on the other half, over all ways of halving them.

    Attributes:
        probability: share of the halvings in which it is at or below the median there.
        loses: share in which it loses there.
        logits: (splits,) log odds of its relative rank there; below 0 is worse than the median trial.
    """

    probability: float
    loses: float
    logits: Floats


def sharpe_ratio(gains: ArrayLike) -> float:
    """Mean of the days' gains over their standard deviation (of the sample); 0 where all gain the same.

    Args:
        gains: (days,) in any unit of money.

    Raises:
        VerificationError: fewer than two days, or values that are no numbers.
    """
    return float(_ratios(_table(gains, "gains"))[0])


def expected_maximum_sharpe(trials: float, variance: float) -> float:
    """Sharpe ratio expected of the best of ``trials`` independent worthless trials.

    With Φ the normal distribution function and g = 0.5772… the constant of Euler and Mascheroni::

        √variance · [(1 - g) Φ⁻¹(1 - 1/N) + g Φ⁻¹(1 - 1/(N e))]

    Args:
        trials: N, 1 or more; it need not be whole. One trial has no best to be lucky with: 0.
        variance: of the Sharpe ratios among the trials.

    Raises:
        VerificationError: fewer than one trial, or a negative variance.

    References:
        Bailey and López de Prado (2014), equation 1.
    """
    if not trials >= 1.0 or not variance >= 0.0:
        raise VerificationError(f"{trials} trials with a variance of {variance}: give 1 or more, and 0 or more")
    if trials == 1.0:
        return 0.0
    luck = (1.0 - _EULER) * _NORMAL.inv_cdf(1.0 - 1.0 / trials) + _EULER * _NORMAL.inv_cdf(1.0 - 1.0 / (trials * e))
    # The approximation falls below 0 for less than about 1.3 trials; the best of any number is not expected to.
    return sqrt(variance) * max(luck, 0.0)


def probabilistic_sharpe(sharpe: float, than: float, days: int, skew: float = 0.0, kurtosis: float = 3.0) -> float:
    """Probability that the true Sharpe ratio exceeds ``than``, seen ``sharpe`` on ``days`` days.

    ::

        Φ[(sharpe - than) √(days - 1) / √(1 - skew · sharpe + (kurtosis - 1) / 4 · sharpe²)]

    Args:
        sharpe: seen, of one day.
        than: what it is held against, of one day.
        days: observed.
        skew: of the gains; rare large losses make it negative, and a ratio less sure.
        kurtosis: of the gains, 3 for the normal distribution.

    Raises:
        VerificationError: fewer than two days, or moments that no distribution has.

    References:
        Bailey and López de Prado (2012), The Sharpe ratio efficient frontier, Journal of Risk 15 (2), 3-44.
    """
    spread = 1.0 - skew * sharpe + (kurtosis - 1.0) / 4.0 * sharpe**2
    if days < 2 or not spread > 0.0:
        raise VerificationError(
            f"a Sharpe ratio of {sharpe} on {days} days with skew {skew} and kurtosis {kurtosis} has no spread;"
            " give two days or more, and the moments of their gains"
        )
    return _NORMAL.cdf((sharpe - than) * sqrt(days - 1) / sqrt(spread))


def effective_trials(gains: ArrayLike) -> float:
    """Return the number of independent trials that correlated ones amount to.

    With M trials that differ and r the mean of their correlations, ``r + (1 - r) M``, between 1 and M. Trials alike on
    every day are one; trials that gain the same every day, such as never trading, are none.

    Args:
        gains: (days, trials).

    Returns:
        0 where no trial ever varies.

    Raises:
        VerificationError: fewer than two days, no trial, or values that are no numbers.

    References:
        Bailey and López de Prado (2014), appendix A.3.
    """
    return _effective(*_likeness(_differing(_table(gains, "gains"))))


def deflated_sharpe(gains: ArrayLike, tried: int | None = None, chosen: int | None = None) -> Deflated:
    """Hold the best of all trials, or the chosen one, against the best that chance would have made of as many.

    :func:`probabilistic_sharpe` of that trial, by its own skew and kurtosis, above :func:`expected_maximum_sharpe`
    of the :func:`effective_trials`. The variance among the trials is taken as seen, but for no less than the
    1 / (days - 1) by which chance scatters independent ones: that of a handful is hardly known. Nor is the best of
    chance taken for less than that of all trials that differ, each scattered by the part that it does not share,
    (1 - r) / (days - 1): of a few that are much alike, the effective number says too little.

    Args:
        gains: (days, trials) of everything that was tried, on the same days.
        tried: number of all trials, where the gains of some are not known any more: each of these counts as one more
            independent trial. The columns alone when None.
        chosen: column of the trial that is judged; that with the highest ratio when None.

    Raises:
        VerificationError: fewer than two days, no trial that ever varies or a chosen one that does not, fewer tried
            than are given, or values that are no numbers.
    """
    table = _table(gains, "gains")
    differing = _differing(table)
    if differing.shape[1] == 0:
        raise VerificationError(f"none of the {table.shape[1]} trials varies; there is no best to deflate")
    unknown = 0 if tried is None else tried - table.shape[1]
    if unknown < 0:
        raise VerificationError(f"{tried} tried, the gains of {table.shape[1]} given; count every trial")
    number, likeness = _likeness(differing)
    trials = _effective(number, likeness) + unknown
    ratios, chance = _ratios(differing), 1.0 / (len(table) - 1)
    by_chance = max(
        expected_maximum_sharpe(trials, max(float(ratios.var(ddof=1)) if number > 1 else 0.0, chance)),
        expected_maximum_sharpe(number + unknown, (1.0 - max(likeness, 0.0)) * chance),
    )
    of_all = np.where(np.ptp(table, axis=0) > 0.0, _ratios(table), -np.inf)
    best = int(of_all.argmax()) if chosen is None else chosen
    if not 0 <= best < table.shape[1] or np.ptp(table[:, best]) == 0.0:
        raise VerificationError(
            f"trial {best} is none of the {table.shape[1]} that varies; there is no ratio to deflate"
        )
    skew, kurtosis = _moments(table[:, best])
    sharpe = float(of_all[best])
    probability = probabilistic_sharpe(sharpe, by_chance, len(table), skew, kurtosis)
    return Deflated(best, sharpe, by_chance, trials, probability)


def backtest_overfitting(days: ArrayLike, gains: ArrayLike, blocks: int = 16) -> Overfitting:
    """Probability of backtest overfitting, by combinatorially symmetric cross-validation.

    The days are cut into ``blocks`` runs of successive days. For each way of taking half of the runs, the trial with
    the highest Sharpe ratio on these is ranked, among N trials, on the others (rank 1 the worst, ties in the middle)::

        logit = ln(ω / (1 - ω)),  ω = rank / (N + 1)
        probability = share of the ways with logit ≤ 0

    Trials alike on every day count once, those that never vary not at all. Of N worthless ones it is one half on
    average, (N + 1) / 2 N where N is odd, for a rank in the middle counts as the worse half: two thirds of three.

    Args:
        days: (days,) calendar days, as whole ordinals, each once, in any order.
        gains: (days, trials) on these days.
        blocks: number of runs, even; each must have two days at least.

    Raises:
        VerificationError: fewer than two trials that vary and differ, a number of blocks that is odd, below 2, above
            20 or too large for the days, a day that is there twice, or values that are no numbers.
    """
    table = _table(gains, "gains")
    day = checked_whole(days, "days", len(table))
    if len(np.unique(day)) < len(day):
        raise VerificationError(f"{len(day)} days, {len(np.unique(day))} of them different; give each day one row")
    if blocks % 2 or not 2 <= blocks <= min(_MOST_BLOCKS, len(day) // 2):
        raise VerificationError(
            f"{blocks} blocks of {len(day)} days: give an even number up to {_MOST_BLOCKS}, two days a block"
        )
    differing = _differing(table[np.argsort(day)])
    if differing.shape[1] < 2:
        raise VerificationError("fewer than two trials vary and differ; there is nothing to choose, and so to overfit")
    return _halved(differing, blocks)


def _likeness(differing: Floats) -> tuple[int, float]:
    """Return the number of trials that differ and the mean of their correlations, 0 where there are not two."""
    number = differing.shape[1]
    if number < 2:
        return number, 0.0
    unit = differing - differing.mean(axis=0)
    unit /= np.sqrt((unit**2).sum(axis=0))
    # The correlations sum to the square of the summed unit vectors, one for each trial with itself.
    return number, (float((unit.sum(axis=1) ** 2).sum()) - number) / (number * (number - 1))


def _effective(number: int, likeness: float) -> float:
    """Return how many independent trials as many alike amount to."""
    return float(min(max(likeness + (1.0 - likeness) * number, min(number, 1)), number))


def _halved(table: Floats, blocks: int) -> Overfitting:
    """Rank the best of each half of the runs of days on the other half."""
    runs = np.array_split(table, blocks)
    of_runs = np.array([[np.full(table.shape[1], len(run)), run.sum(axis=0), (run**2).sum(axis=0)] for run in runs])
    chosen = np.zeros((comb(blocks, blocks // 2), blocks))
    for row, half in zip(chosen, combinations(range(blocks), blocks // 2), strict=True):
        row[list(half)] = 1.0
    ranked = [_ranked(some, of_runs) for some in np.array_split(chosen, -(-len(chosen) // _AT_ONCE))]
    logits = np.concatenate([odds for odds, _ in ranked])
    losing = np.concatenate([loses for _, loses in ranked])
    # A rank in the very middle has odds of 1, whatever its logarithm rounds to.
    return Overfitting(float((logits <= 1e-12).mean()), float(losing.mean()), logits)


def _ranked(chosen: Floats, of_runs: Floats) -> tuple[Floats, NDArray[np.bool_]]:
    """Log odds of the rank outside of the best inside, and whether it loses there, of each choice of runs."""
    inside, outside = (_of_sums(np.einsum("sb,bkt->kst", some, of_runs)) for some in (chosen, 1.0 - chosen))
    there = np.take_along_axis(outside, inside.argmax(axis=1)[:, None], axis=1)
    rank = (outside < there).sum(axis=1) + ((outside == there).sum(axis=1) + 1) / 2
    return np.log(rank / (outside.shape[1] + 1 - rank)), there[:, 0] < 0.0


def _of_sums(sums: Floats) -> Floats:
    """Sharpe ratios from numbers of days, sums and sums of squares, (3, ...)."""
    days, total, squares = sums
    variance = (squares - total**2 / days) / (days - 1.0)
    # What cancels to rounding is no variation: gains alike on all days.
    varies = variance > 1e-12 * squares
    ratios: Floats = np.where(varies, total / days / np.sqrt(np.where(varies, variance, 1.0)), 0.0)
    return ratios


def _ratios(table: Floats) -> Floats:
    """Sharpe ratio of each column; 0 where it does not vary."""
    varies = np.ptp(table, axis=0) > 0.0
    spread = np.where(varies, table.std(axis=0, ddof=1), 1.0)
    return np.where(varies, table.mean(axis=0) / spread, 0.0)


def _moments(gains: Floats) -> tuple[float, float]:
    """Skew and kurtosis of gains that vary."""
    standard = (gains - gains.mean()) / gains.std()
    return float((standard**3).mean()), float((standard**4).mean())


def _table(gains: ArrayLike, name: str) -> Floats:
    """Gains as (days, trials), two days at least."""
    given = checked_numbers(gains, name)
    table = given[:, None] if given.ndim == 1 else given
    if table.ndim != 2 or len(table) < 2 or table.shape[1] == 0:
        raise VerificationError(f"{name} have shape {given.shape}; (days, trials) with two days or more is needed")
    return table


def _distinct(table: Floats) -> Floats:
    """Columns that differ from each other, in the order of their first."""
    _, first = np.unique(table, axis=1, return_index=True)
    return table[:, np.sort(first)]


def _differing(table: Floats) -> Floats:
    """Columns that differ from each other and from day to day."""
    distinct = _distinct(table)
    return distinct[:, np.ptp(distinct, axis=0) > 0.0]
