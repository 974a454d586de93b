"""One voice's bias, kept as its errors become known: :mod:`drybulb.frames.decay`, step by step.

A sum of floats depends on its order, so the steps are kept in the order of the log: by when
they were known, by day, and by the finals of the day. A step that comes late is put where it
belongs, and the sums from there on are made again when they are next asked for.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterable, Sequence

from drybulb.frames.decay import ERA, PRIOR_WEIGHT

#: What one final high changes: when it was known [µs], the error [°F], the count of errors.
Step = tuple[int, float, float]

#: A step in an era: known [µs], day, its place among the day's, weighted error [°F], weight.
_Weighted = tuple[int, int, int, float, float]


def error_steps(said: float, finals: Iterable[tuple[int, int]]) -> list[Step]:
    """Return the steps of a day's error: what the first final high adds, and what each correction changes.

    Args:
        said: what is measured by the day's high [°F].
        finals: when each final of the day was known [µs] and its high [whole °F], in their order.
    """
    steps: list[Step] = []
    before: int | None = None
    for known, high in finals:
        steps.append((known, said - high, 1.0) if before is None else (known, float(before - high), 0.0))
        before = high
    return steps


class Bias:
    """The decayed mean of one voice's errors, as known at any instant.

    Args:
        half_life_days: calendar days in which the weight of an error halves [d].
    """

    def __init__(self, half_life_days: float) -> None:
        self._half_life = half_life_days
        self._steps: dict[int, Sequence[Step]] = {}
        self._eras: dict[int, _Sums] = {}

    def restate(self, day: int, steps: Sequence[Step]) -> None:
        """Say what the steps of a day's error are now; those said before are forgotten."""
        before = self._steps.get(day, ())
        kept = 0
        while kept < min(len(before), len(steps)) and before[kept] == steps[kept]:
            kept += 1
        self._steps[day] = steps
        if kept == len(before) == len(steps):
            return
        for era in self._counted_in(day):
            sums = self._eras.setdefault(era, _Sums())
            weight = self._growth(day, era)
            for place in range(kept, len(before)):
                sums.drop(_weighted(day, place, before[place], weight))
            for place in range(kept, len(steps)):
                sums.put(_weighted(day, place, steps[place], weight))

    def of(self, day: int, at: int) -> float | None:
        """Return the bias as known at an instant [µs], for the event of a day [°F]; None where no error is known."""
        era = self._era(day)
        sums = self._eras.get(era)
        found = sums.at(at) if sums else None
        if found is None:
            return None
        weighted_errors, weights = found
        return weighted_errors / (weights + PRIOR_WEIGHT * self._growth(day, era))

    def _counted_in(self, day: int) -> tuple[int, ...]:
        """The eras in whose sums an error counts: its own and the next."""
        era = self._era(day)
        return era, era + 1

    def _era(self, day: int) -> int:
        return math.floor(day / (ERA * self._half_life))

    def _growth(self, day: int, era: int) -> float:
        days = day - era * ERA * self._half_life
        growth: float = 2.0 ** (days / self._half_life)
        return growth


def _weighted(day: int, place: int, step: Step, weight: float) -> _Weighted:
    known, error, count = step
    return known, day, place, weight * error, weight * count


class _Sums:
    """Steps in the order of the log, and their running sums as far as they have been asked for."""

    def __init__(self) -> None:
        self._steps: list[_Weighted] = []
        self._sums: list[tuple[float, float]] = []

    def put(self, step: _Weighted) -> None:
        """Put a step where it belongs."""
        place = bisect_left(self._steps, step)
        self._steps.insert(place, step)
        del self._sums[place:]

    def drop(self, step: _Weighted) -> None:
        """Take away a step that was put."""
        place = bisect_left(self._steps, step)
        del self._steps[place]
        del self._sums[place:]

    def at(self, at: int) -> tuple[float, float] | None:
        """Return the sums of weighted errors and of weights known at an instant [µs], None before the first."""
        last = bisect_left(self._steps, (at + 1,)) - 1
        if last < 0:
            return None
        errors, weights = self._sums[-1] if self._sums else (0.0, 0.0)
        for _, _, _, error, weight in self._steps[len(self._sums) : last + 1]:
            errors += error
            weights += weight
            self._sums.append((errors, weights))
        return self._sums[last]
