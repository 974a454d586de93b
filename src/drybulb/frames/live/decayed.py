"""One voice's bias, kept as its errors become known: :mod:`drybulb.frames.decay`, step by step.

A sum of floats depends on its order, so the steps are kept in the order of the log: by when
they were known, by day, and by the finals of the day. A step that comes late is put where it
belongs, and the sums from there on are made again when they are next asked for.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from operator import add
from typing import NamedTuple

from drybulb.frames.decay import ERA, PRIOR_WEIGHT

#: A step in its place: known [µs], day, its place among the day's, what it adds to each sum.
Placed = tuple[int, int, int, tuple[float, ...]]


class Step(NamedTuple):
    """What one final high changes: when it was known [µs], the sum of errors [°F] and their count.

    ``standing`` is the day's error from then on [°F], ``stood`` what it was before, None of the first.
    """

    known: int
    error: float
    counted: float
    standing: float
    stood: float | None


def error_steps(said: float, finals: Iterable[tuple[int, int]]) -> list[Step]:
    """Return the steps of a day's error: what the first final high adds, and what each correction changes.

    Args:
        said: what is measured by the day's high [°F].
        finals: when each final of the day was known [µs] and its high [whole °F], in their order.
    """
    steps: list[Step] = []
    before: int | None = None
    for known, high in finals:
        standing = said - high
        if before is None:
            steps.append(Step(known, standing, 1.0, standing, None))
        else:
            steps.append(Step(known, float(before - high), 0.0, standing, said - before))
        before = high
    return steps


class Biases:
    """The decayed means of one voice's errors, as known at any instant, one a half-life.

    Args:
        half_lives: calendar days in which the weight of an error halves [d].
    """

    def __init__(self, half_lives: Sequence[float]) -> None:
        self._half_lives = tuple(half_lives)
        self._era_days = ERA * min(half_lives)
        self._eras: dict[int, Sums] = {}
        self.steps: dict[int, Sequence[Step]] = {}

    def restate(self, day: int, steps: Sequence[Step]) -> int | None:
        """Say what the steps of a day's error are now; those said before are forgotten.

        Returns:
            When the earliest of the steps that changed was known [µs], None where none did.
        """
        before = self.steps.get(day, ())
        kept = 0
        while kept < min(len(before), len(steps)) and before[kept] == steps[kept]:
            kept += 1
        self.steps[day] = steps
        for era, sums in self._eras.items():
            if self._counts(day, era):
                for place in range(kept, len(before)):
                    sums.drop(self._weighted(day, place, before[place], era))
                for place in range(kept, len(steps)):
                    sums.put(self._weighted(day, place, steps[place], era))
        return min((step.known for step in (*before[kept:], *steps[kept:])), default=None)

    def of(self, day: int, at: int) -> list[float] | None:
        """Return the biases as known at an instant [µs], for the event of a day [°F]; None where no error is known."""
        era = self._era(day)
        if era not in self._eras:
            self._eras[era] = self._summed(era)
        found = self._eras[era].at(at)
        if found is None:
            return None
        growth = self._growth(day, era)
        return [found[2 * n] / (found[2 * n + 1] + PRIOR_WEIGHT * growth[n]) for n in range(len(growth))]

    def _summed(self, era: int) -> Sums:
        return Sums(
            self._weighted(day, place, step, era)
            for day, steps in self.steps.items()
            if self._counts(day, era)
            for place, step in enumerate(steps)
        )

    def _counts(self, day: int, era: int) -> bool:
        """Whether an error counts in an era: in its own and in all later ones."""
        return self._era(day) <= era

    def _era(self, day: int) -> int:
        return math.floor(day / self._era_days)

    def _growth(self, day: int, era: int) -> list[float]:
        days = day - era * self._era_days
        return [2.0 ** (days / half_life) for half_life in self._half_lives]

    def _weighted(self, day: int, place: int, step: Step, era: int) -> Placed:
        growth = self._growth(day, era)
        return step.known, day, place, tuple(grown * of for grown in growth for of in (step.error, step.counted))


class Sums:
    """Steps in the order of the log, and their running sums as far as they have been asked for."""

    def __init__(self, steps: Iterable[Placed] = ()) -> None:
        self._steps = sorted(steps)
        self._sums: list[tuple[float, ...]] = []

    def put(self, step: Placed) -> None:
        """Put a step where it belongs."""
        place = bisect_left(self._steps, step)
        self._steps.insert(place, step)
        del self._sums[place:]

    def drop(self, step: Placed) -> None:
        """Take away a step that was put."""
        place = bisect_left(self._steps, step)
        del self._steps[place]
        del self._sums[place:]

    def at(self, at: int) -> tuple[float, ...] | None:
        """Return the sums known at an instant [µs], None before the first."""
        last = bisect_left(self._steps, (at + 1,)) - 1
        if last < 0:
            return None
        for *_, values in self._steps[len(self._sums) : last + 1]:
            self._sums.append(tuple(map(add, self._sums[-1], values)) if self._sums else values)
        return self._sums[last]
