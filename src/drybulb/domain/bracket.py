"""Brackets of whole degrees, and the ladder that must tile them.

The direction of a tail comes from ``strike_type`` alone; the ticker does not tell it
(exchange API: ``less`` → high < cap, ``between`` → floor ≤ high ≤ cap,
``greater`` → high > floor).
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from drybulb.domain.distribution import MILLION, TemperatureDistribution
from drybulb.domain.notebook import bars, panel, table
from drybulb.errors import LadderError


def _whole(value: float | None, what: str) -> int:
    if value is None or math.isnan(value):
        raise LadderError(f"{what} is missing; take it from the exchange's listing or refuse the event")
    if value != int(value):
        raise LadderError(f"{what} {value} is not a whole degree")
    return int(value)


@dataclass(frozen=True, slots=True)
class Bracket:
    """Whole degrees from ``low`` to ``high`` inclusive [°F]; None is open on that side."""

    low: int | None
    high: int | None

    def __post_init__(self) -> None:
        if self.low is not None and self.high is not None and self.low > self.high:
            raise LadderError(f"bracket {self.low} … {self.high} is empty")

    @classmethod
    def from_strikes(cls, strike_type: str, floor: float | None, cap: float | None) -> Bracket:
        """Build a bracket from what the exchange lists.

        Args:
            strike_type: ``less``, ``between`` or ``greater``.
            floor: floor strike [°F] or None.
            cap: cap strike [°F] or None.

        Raises:
            LadderError: an unknown strike type, or a strike it needs is missing or not whole.
        """
        match strike_type:
            case "less":
                return cls(None, _whole(cap, "cap strike of a 'less' market") - 1)
            case "between":
                low = _whole(floor, "floor strike of a 'between' market")
                return cls(low, _whole(cap, "cap strike of a 'between' market"))
            case "greater":
                return cls(_whole(floor, "floor strike of a 'greater' market") + 1, None)
        raise LadderError(f"strike_type {strike_type!r} is not less, between or greater; refuse the event")

    def contains(self, high: int) -> bool:
        """Whether the official high ``high`` [°F] makes this bracket win."""
        return (self.low is None or self.low <= high) and (self.high is None or high <= self.high)

    def __str__(self) -> str:
        if self.low is None and self.high is None:
            return "any"
        if self.low is None:
            return f"≤{self.high}°"
        if self.high is None:
            return f"≥{self.low}°"
        return f"{self.low}°" if self.low == self.high else f"{self.low}-{self.high}°"


def _sort_key(bracket: Bracket) -> tuple[int, int]:
    return (0, 0) if bracket.low is None else (1, bracket.low)


@dataclass(frozen=True, slots=True)
class Ladder:
    """Brackets in rising order that tile all whole degrees: a checked partition."""

    brackets: tuple[Bracket, ...]

    @classmethod
    def of(cls, brackets: Iterable[Bracket]) -> Ladder:
        """Sort ``brackets`` and check them.

        Raises:
            LadderError: a gap, an overlap or a missing tail, named with its degrees.
        """
        return cls(tuple(sorted(brackets, key=_sort_key)))

    def __post_init__(self) -> None:
        if not self.brackets:
            raise LadderError("a ladder needs brackets")
        if self.brackets[0].low is not None:
            raise LadderError(f"no bracket below {self.brackets[0].low}°: the low tail is missing")
        if self.brackets[-1].high is not None:
            raise LadderError(f"no bracket above {self.brackets[-1].high}°: the high tail is missing")
        for below, above in zip(self.brackets, self.brackets[1:], strict=False):
            if below.high is None or above.low is None:
                raise LadderError(f"two tails on one side: {below} and {above}")
            if above.low != below.high + 1:
                kind = "overlap" if above.low <= below.high else "leave a gap"
                raise LadderError(f"brackets {below} and {above} {kind}")

    def winner(self, high: int) -> int:
        """Index of the one bracket that contains ``high`` [°F]."""
        return next(i for i, bracket in enumerate(self.brackets) if bracket.contains(high))

    def probabilities(self, distribution: TemperatureDistribution) -> tuple[float, ...]:
        """Probability of every bracket, in order; sums to 1 exactly in millionths."""
        return tuple(distribution.mass(b.low, b.high) / MILLION for b in self.brackets)

    def to_html(self, distribution: TemperatureDistribution | None = None) -> str:
        """HTML of the brackets for a notebook, with a bar for the probability of each where a distribution is given."""
        names = [str(bracket) for bracket in self.brackets]
        if distribution is None:
            rungs = table("YES pays if the official high is within", ["bracket"], [[name] for name in names])
        else:
            said = list(zip(names, self.probabilities(distribution), strict=True))
            rungs = bars("Probability that YES pays", ("bracket", "probability"), said)
        return panel(f"Ladder of {len(names)} brackets", [], rungs)

    def _repr_html_(self) -> str:
        return self.to_html()
