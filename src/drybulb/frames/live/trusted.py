"""One voice's bias with its fitted half-life: :mod:`drybulb.frames.trust`, step by step.

What a half-life would have made of a past day depends on all that was known when that day
began. A step that comes late, or is another now, changes the corrections of the days that
began after it; they are made again when the bias is next asked for.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from drybulb.frames.live.decayed import Biases, Placed, Step, Sums
from drybulb.frames.live.instants import DAY
from drybulb.frames.trust import HALVING


class FittedBias:
    """The bias of one voice, as known at any instant.

    Args:
        half_lives: candidates for the calendar days in which the weight of an error halves [d].
        offset: local standard time minus UTC [µs].
    """

    def __init__(self, half_lives: Sequence[float], offset: int) -> None:
        self._octaves = [math.log2(half_life) for half_life in half_lives]
        self._offset = offset
        self._candidates = Biases(half_lives)
        self._squares = Sums()
        self._judged: dict[int, list[Placed]] = {}
        self._restated: set[int] = set()
        self._stale_from = math.inf

    def restate(self, day: int, steps: Sequence[Step]) -> None:
        """Say what the steps of a day's error are now; those said before are forgotten."""
        changed = self._candidates.restate(day, steps)
        if changed is not None:
            self._restated.add(day)
            self._stale_from = min(self._stale_from, changed)

    def of(self, day: int, at: int) -> tuple[float, float] | None:
        """Return the bias [°F] as known at an instant [µs], for the event of a day, and its half-life [d].

        None where no error is known.
        """
        self._judge()
        biases, squares = self._candidates.of(day, at), self._squares.at(at)
        if biases is None or squares is None:
            return None
        least = min(squares)
        trust = [2.0 ** ((least - left) / HALVING) for left in squares]
        total = _sum(trust)
        bias = _sum([trusted * one for trusted, one in zip(trust, biases, strict=True)]) / total
        octaves = _sum([trusted * one for trusted, one in zip(trust, self._octaves, strict=True)]) / total
        half_life: float = 2.0**octaves
        return bias, half_life

    def _judge(self) -> None:
        """Square what the candidates left of the errors that are others now, or of days that began since."""
        if not self._restated:
            return
        for day, steps in self._candidates.steps.items():
            begins = day * DAY - self._offset
            if begins >= self._stale_from or day in self._restated:
                self._replace(day, self._left(day, begins, steps))
        self._restated.clear()
        self._stale_from = math.inf

    def _left(self, day: int, begins: int, steps: Sequence[Step]) -> list[Placed]:
        corrections = self._candidates.of(day, begins) or [0.0] * len(self._octaves)
        return [
            (step.known, day, place, tuple(_square(step, correction) for correction in corrections))
            for place, step in enumerate(steps)
        ]

    def _replace(self, day: int, now: list[Placed]) -> None:
        before = self._judged.get(day, [])
        if now != before:
            for step in before:
                self._squares.drop(step)
            for step in now:
                self._squares.put(step)
            self._judged[day] = now


def _square(step: Step, correction: float) -> float:
    left = step.standing - correction
    left_before = 0.0 if step.stood is None else step.stood - correction
    return left * left - left_before * left_before


def _sum(terms: Sequence[float]) -> float:
    # One after the other, and never compensated: as the columns of a frame are added.
    total = terms[0]
    for term in terms[1:]:
        total += term
    return total
