"""Whether a window of trading is enough to say that it earns or loses, and how many more event days it would take.

A day stands for itself: what the cities gain on it hangs together, and a front lasts longer than a day. So the interval
draws runs of successive days, and everything here counts calendar days.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from math import ceil
from statistics import NormalDist

import numpy as np
from numpy.typing import ArrayLike

from drybulb.errors import VerificationError
from drybulb.verification._inputs import Floats, checked_numbers, checked_whole
from drybulb.verification.bootstrap import day_bootstrap, day_replicates

LEVEL = 0.90
"""Of the interval that must be clear of zero."""

POWER = 0.80
"""Chance with which the days needed make the interval clear of zero, if the edge seen is the true one."""

LEAST_TRADED = 30
"""On fewer days with trades no interval is to be trusted: a bootstrap cannot draw the loss that has not come yet."""

FEW = 2
"""A verdict may not hang on so few events."""

_NORMAL = NormalDist()


class Word(StrEnum):
    """What may be said of a policy in a window."""

    EARNS = "earns"
    LOSES = "loses"
    TOO_EARLY = "too early to say"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a window of trading is worth.

    Attributes:
        word: earns, loses, or too early to say.
        reason: why, in words.
        days: event days in the window.
        traded: those with a trade.
        mean: gain of a day; None where there is no day.
        interval: its interval at :data:`LEVEL`; None where there are fewer than two days.
        needed: days at which an edge like that seen is clear of zero with a chance of :data:`POWER`; None where
            nothing can be said of it: no edge seen, or fewer than two days.
        further: days still to come before anything can be said; None where none can be named, 0 where it is said.
        without_best: what all days gained, without the two events that gained most.
    """

    word: Word
    reason: str
    days: int
    traded: int
    mean: float | None
    interval: tuple[float, float] | None
    needed: int | None
    further: int | None
    without_best: float


def block_length(days: int) -> int:
    """Length of the runs drawn from ``days`` days: the whole part of its cube root, 1 at least [days].

    References:
        Hall, Horowitz and Jing (1995), On blocking rules for the bootstrap with dependent data, Biometrika 82, 561-574
        (a length of the order of the cube root for a variance).
    """
    return max(int(round(days ** (1.0 / 3.0), 9)), 1)


def days_needed(mean: float, spread: float, *, level: float = LEVEL, power: float = POWER) -> int | None:
    """Days after which the interval of a mean that stays as it is excludes zero with a chance of ``power``.

    By the normal approximation, z the normal quantiles::

        ((z(½ + level/2) + z(power)) · spread / mean)²

    Args:
        mean: of a day; None is returned where it is 0, for no number of days would do.
        spread: standard deviation of a day, as the mean of many feels it, dependence of successive days included.
        level: of the interval.
        power: chance that it excludes zero.

    Raises:
        VerificationError: a spread below 0, or a level or power outside (0, 1).
    """
    if not spread >= 0.0 or not 0.0 < level < 1.0 or not 0.0 < power < 1.0:
        raise VerificationError(f"spread {spread}, level {level}, power {power}: 0 or more, and two between 0 and 1")
    if mean == 0.0:
        return None
    reach = _NORMAL.inv_cdf(0.5 + level / 2.0) + _NORMAL.inv_cdf(power)
    return max(ceil((reach * spread / mean) ** 2), 1)


def daily_spread(days: ArrayLike, gains: ArrayLike, seed: int, *, replicates: int = 2000) -> float:
    """Standard deviation of a day's gain as the mean of many feels it: √n times that of the resampled means.

    Runs of :func:`block_length` days are drawn, so that days which lose together count as what they are.

    Args:
        days: (n,) calendar days, as whole ordinals, n ≥ 2.
        gains: (n,) in any unit of money.
        seed: of the draws.
        replicates: number of resamples.

    Raises:
        VerificationError: as :func:`~drybulb.verification.bootstrap.day_replicates`.
    """
    number = len(np.unique(checked_whole(days, "days", np.size(days))))
    means = day_replicates(days, gains, seed, replicates=replicates, block=block_length(number))
    return float(means.std() * number**0.5)


def verdict(days: ArrayLike, gains: ArrayLike, traded: int, events: ArrayLike, seed: int) -> Verdict:
    """Say what the gains of a window are worth, or that it is too early.

    Too early it is with fewer than :data:`LEAST_TRADED` days with trades, with an interval that holds zero, and with
    a result that :data:`FEW` events turn: the best of a gain, the worst of a loss.

    Args:
        days: (n,) calendar days, as whole ordinals, each once.
        gains: (n,) of all events of the day, days without a trade included [dollars].
        traded: number of days with a trade.
        events: (m,) gain of each event that was traded [dollars].
        seed: of the bootstrap.

    Raises:
        VerificationError: shapes that do not fit, a day that is there twice, more days with trades than days, or
            values that are no numbers.
    """
    values, of_events = checked_numbers(gains, "gains"), np.sort(checked_numbers(events, "events"))
    day = checked_whole(days, "days", values.size)
    if len(np.unique(day)) < len(day) or not 0 <= traded <= len(day) or of_events.ndim != 1:
        raise VerificationError(
            f"{len(day)} days, {len(np.unique(day))} of them different, {traded} traded, events of shape"
            f" {of_events.shape}; give each day once, and one gain an event"
        )
    total = float(values.sum())
    without_best, without_worst = total - _sum(of_events[-FEW:]), total - _sum(of_events[:FEW])
    if len(day) < 2:
        mean = total if len(day) else None
        said = Word.TOO_EARLY, f"{len(day)} event days have no interval"
        return Verdict(*said, len(day), traded, mean, None, None, LEAST_TRADED - traded, without_best)
    if not values.any():  # most parts of a run: whatever days are drawn, nothing was gained
        word, reason = _word(traded, (0.0, 0.0), without_best, without_worst)
        return Verdict(word, reason, len(day), traded, 0.0, (0.0, 0.0), None, None, without_best)
    found = day_bootstrap(day, values, seed, level=LEVEL, block=block_length(len(day)))
    mean, low, high = float(found.mean), float(found.low), float(found.high)
    needed = days_needed(mean, daily_spread(day, values, seed))
    word, reason = _word(traded, (low, high), without_best, without_worst)
    further = 0 if word is not Word.TOO_EARLY else _further(len(day), traded, needed)
    if further:
        reason += f"; about {further:,} more event days would tell, if it goes on like this"
    return Verdict(word, reason, len(day), traded, mean, (low, high), needed, further, without_best)


def _word(traded: int, interval: tuple[float, float], without_best: float, without_worst: float) -> tuple[Word, str]:
    """What may be said, and why."""
    low, high = interval
    sure = f"the {LEVEL:.0%} interval of a day".replace("%", " %")
    if traded < LEAST_TRADED:
        return Word.TOO_EARLY, f"it traded on {traded} event days, {LEAST_TRADED} are the least"
    if low <= 0.0 <= high:
        return Word.TOO_EARLY, f"{sure} holds zero"
    if low > 0.0:
        if without_best <= 0.0:
            return Word.TOO_EARLY, f"without its {FEW} best events it gained nothing"
        return Word.EARNS, f"{sure} is above zero, and without its {FEW} best events it still gained"
    if without_worst >= 0.0:
        return Word.TOO_EARLY, f"without its {FEW} worst events it lost nothing"
    return Word.LOSES, f"{sure} is below zero, and without its {FEW} worst events it still lost"


def _further(days: int, traded: int, needed: int | None) -> int | None:
    """Days still to come: those an edge like this needs, and those in which the least number of trades come.

    None where both have been: what stands against the result is not the number of days.
    """
    if needed is None or traded == 0:
        return None
    of_trades = ceil((LEAST_TRADED - traded) * days / traded)
    more = max(needed - days, of_trades)
    return more if more > 0 else None


def _sum(gains: Floats) -> float:
    return float(gains.sum())
