"""Whether a window of trading is enough to say that it earns or loses, and how many more event days it would take.

A day stands for itself: what the cities gain on it hangs together, and a front lasts longer than a day. So the interval
draws runs of successive days, and everything here counts calendar days.

No bootstrap draws the loss that has not come yet, and whoever sells what rarely happens gains until it does. So a gain
must be clear of zero though :data:`UNSEEN` more days lost all they had at stake, and a loss though as many won all they
could. ``python -m bench.verdicts`` counts how often worthless policies are still said to earn.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from math import ceil, sqrt
from statistics import NormalDist

import numpy as np
from numpy.typing import ArrayLike

from drybulb.errors import VerificationError
from drybulb.verification._inputs import Floats, checked_numbers, checked_whole
from drybulb.verification.bootstrap import day_replicates

LEVEL = 0.90
"""Of the interval that must be clear of zero."""

POWER = 0.80
"""Chance with which the days needed make the interval clear of zero, if the edge seen is the true one."""

LEAST_TRADED = 30
"""On fewer days with trades no interval is to be trusted."""

UNSEEN = 3.0
"""Days that may be missing by bad luck: what comes on one day in k is missing from 3 k days with a chance of 5 %.

That is the rule of three, -ln 0.05 = 2.996 for an end of the interval at :data:`LEVEL` (Hanley and Lippman-Hand 1983,
If nothing goes wrong, is everything all right?, JAMA 249, 1743-1745).
"""

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
        unseen: what is taken off a day for the losses not seen yet, or, of a loss, for the gains: by so much must the
            interval be clear of zero; None where there is no interval.
        needed: days at which an edge like that seen is clear of zero by so much with a chance of :data:`POWER`,
            :data:`LEAST_TRADED` at least; None where nothing can be said of it: no edge seen, or fewer than two days.
        further: days still to come before anything can be said; None where none can be named, 0 where it is said.
        without_best: what all days gained, without the two events that gained most.
    """

    word: Word
    reason: str
    days: int
    traded: int
    mean: float | None
    interval: tuple[float, float] | None
    unseen: float | None
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


def days_needed(mean: float, spread: float, unseen: float, *, level: float = LEVEL, power: float = POWER) -> int | None:
    """Days n after which the interval of a mean that stays as it is clears zero by unseen / n with chance ``power``.

    By the normal approximation, z the normal quantiles, the least n of at least :data:`LEAST_TRADED` with::

        n · |mean| ≥ (z(½ + level/2) + z(power)) · spread · √n + unseen

    Args:
        mean: of a day; None is returned where it is 0, for no number of days would do.
        spread: standard deviation of a day, as the mean of many feels it, dependence of successive days included.
        unseen: of all days together, in the unit of the mean; 0 where nothing is taken off.
        level: of the interval.
        power: chance that it excludes zero.

    Raises:
        VerificationError: a spread or an allowance below 0, or a level or power outside (0, 1).
    """
    if not spread >= 0.0 or not unseen >= 0.0 or not 0.0 < level < 1.0 or not 0.0 < power < 1.0:
        raise VerificationError(
            f"spread {spread}, unseen {unseen}, level {level}, power {power}: two of 0 or more, two between 0 and 1"
        )
    if mean == 0.0:
        return None
    reach = max(_NORMAL.inv_cdf(0.5 + level / 2.0) + _NORMAL.inv_cdf(power), 0.0) * spread
    root = (reach + sqrt(reach**2 + 4.0 * unseen * abs(mean))) / (2.0 * abs(mean))
    return max(ceil(root**2), LEAST_TRADED)


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


def verdict(
    days: ArrayLike, gains: ArrayLike, at_stake: ArrayLike, to_win: ArrayLike, events: ArrayLike, seed: int
) -> Verdict:
    """Say what the gains of a window are worth, or that it is too early.

    Too early it is with fewer than :data:`LEAST_TRADED` days with trades, with an interval that holds zero, with a
    result that :data:`FEW` events turn (the best of a gain, the worst of a loss), and with an interval that
    :data:`UNSEEN` more days turn: of a gain, days that lose all that the mean traded day had at stake, of a loss, days
    that win all that it could.

    Args:
        days: (n,) calendar days, as whole ordinals, each once.
        gains: (n,) of all events of the day, days without a trade included [dollars].
        at_stake: (t,) the most that each day with a trade could lose, fees included [dollars].
        to_win: (t,) the most that it could gain.
        events: (m,) gain of each event that was traded [dollars].
        seed: of the bootstrap.

    Raises:
        VerificationError: shapes that do not fit, a day that is there twice, more days with trades than days, values
            that are no numbers, or a day that could lose or win less than nothing.
    """
    values, of_events = checked_numbers(gains, "gains"), np.sort(checked_numbers(events, "events"))
    day = checked_whole(days, "days", values.size)
    lost, won = _most(at_stake, "at_stake"), _most(to_win, "to_win")
    traded = len(lost)
    if len(np.unique(day)) < len(day) or len(won) != traded or traded > len(day) or of_events.ndim != 1:
        raise VerificationError(
            f"{len(day)} days, {len(np.unique(day))} of them different, {traded} traded, {len(won)} with something to"
            f" win, events of shape {of_events.shape}; give each day once, and one gain an event"
        )
    total = float(values.sum())
    rest = total - _sum(of_events[-FEW:]), total - _sum(of_events[:FEW])
    if len(day) < 2:
        mean = total if len(day) else None
        said = Word.TOO_EARLY, f"{len(day)} event days have no interval"
        return Verdict(*said, len(day), traded, mean, None, None, None, LEAST_TRADED - traded, rest[0])
    if not values.any():  # most parts of a run: whatever days are drawn, nothing was gained
        word, reason = _word(traded, (0.0, 0.0), 0.0, rest)
        return Verdict(word, reason, len(day), traded, 0.0, (0.0, 0.0), 0.0, None, None, rest[0])
    means = day_replicates(day, values, seed, block=block_length(len(day)))
    low, high = np.quantile(means, [0.5 - LEVEL / 2.0, 0.5 + LEVEL / 2.0])
    mean, interval = total / len(day), (float(low), float(high))
    missed = UNSEEN * _mean(lost if mean > 0.0 else won)
    needed = days_needed(mean, float(means.std() * len(day) ** 0.5), missed)
    word, reason = _word(traded, interval, missed / len(day), rest)
    further = 0 if word is not Word.TOO_EARLY else _further(len(day), traded, needed)
    if further:
        reason += f"; about {further:,} more event days would tell, if it goes on like this"
    return Verdict(word, reason, len(day), traded, mean, interval, missed / len(day), needed, further, rest[0])


def _most(amounts: ArrayLike, name: str) -> Floats:
    """The most that each day could lose or win, checked."""
    most = checked_numbers(amounts, name)
    if most.ndim != 1 or (most < 0.0).any():
        raise VerificationError(f"{name} of shape {most.shape}: one amount of 0 or more for each day with a trade")
    return most


def _word(traded: int, interval: tuple[float, float], unseen: float, rest: tuple[float, float]) -> tuple[Word, str]:
    """What may be said, and why; ``rest`` is the gain without the best events, and that without the worst."""
    low, high = interval
    sure = f"the {LEVEL:.0%} interval of a day".replace("%", " %")
    if traded < LEAST_TRADED:
        return Word.TOO_EARLY, f"it traded on {traded} event days, {LEAST_TRADED} are the least"
    if low <= 0.0 <= high:
        return Word.TOO_EARLY, f"{sure} holds zero"
    is_gain = low > 0.0
    side, best, did = ("above", "best", "gained") if is_gain else ("below", "worst", "lost")
    if (rest[0] <= 0.0) if is_gain else (rest[1] >= 0.0):
        return Word.TOO_EARLY, f"without its {FEW} {best} events it {did} nothing"
    if (low if is_gain else -high) <= unseen:
        missing = "losses" if is_gain else "gains"
        return Word.TOO_EARLY, (
            f"{sure} is {side} zero, but not by the ${unseen:,.2f} that {UNSEEN:g} full {missing}, which these days may"
            " lack by luck, would make of each"
        )
    word = Word.EARNS if is_gain else Word.LOSES
    return word, (
        f"{sure} is {side} zero, by more than the ${unseen:,.2f} of {UNSEEN:g} days yet unseen, and without its {FEW}"
        f" {best} events it still {did}"
    )


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


def _mean(amounts: Floats) -> float:
    return float(amounts.mean()) if amounts.size else 0.0
