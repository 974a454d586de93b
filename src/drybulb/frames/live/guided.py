"""Others' forecasts for one city as they become known: the counterpart of :mod:`drybulb.frames.guided`."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import polars as pl

from drybulb.frames.guided import SCALE, GuidanceRules
from drybulb.frames.live.decayed import Bias, error_steps
from drybulb.frames.live.instants import DAY, HOUR, in_hours, on, span, when
from drybulb.frames.live.published import Highs

#: What :meth:`Guidance.learn` takes of each row.
COLUMNS: tuple[pl.Expr | str, ...] = (on("day"), "source", when("known_at"), when("issued_at"), "high")

#: One issue: known and issued [µs], high [°F].
_Issue = tuple[int, int, float]


class _Voice(NamedTuple):
    """A source's standing forecast: high, high less bias and bias in whole ten-thousandths [°F], age [µs]."""

    source: str
    raw: int
    debiased: int
    bias: int
    age: int


class Guidance:
    """Every issue of every source, and each source's bias.

    Args:
        offset_hours: local standard time minus UTC [h].
        rules: how guidance ages.
        highs: the official highs the sources are measured by.
    """

    def __init__(self, offset_hours: int, rules: GuidanceRules, highs: Highs) -> None:
        self._offset = offset_hours * HOUR
        self._max_age = span(rules.max_age_hours)
        self._half_life = rules.half_life_days
        self._highs = highs
        self._issues: dict[int, dict[str, list[_Issue]]] = {}
        self._biases: dict[str, Bias] = {}

    def learn(self, rows: Iterable[tuple[Any, ...]]) -> set[int]:
        """Take rows of ``COLUMNS``; return the days on which a source's error may now be another."""
        changed = set()
        for day, source, known, issued, high in rows:
            issues = self._issues.setdefault(day, {}).setdefault(source, [])
            issue = (known, issued, high)
            place = bisect_left(issues, issue)
            if issues[place : place + 1] != [issue]:
                issues.insert(place, issue)
                if known <= self._begin(day):
                    changed.add(day)
        return changed

    def restate(self, days: Iterable[int]) -> None:
        """Make the errors of these days again, of forecasts and highs as they now are."""
        for day in days:
            finals = self._highs.finals(day)
            if not finals:
                continue
            begin = self._begin(day)
            for source, issues in self._issues.get(day, {}).items():
                forecast = self._standing(issues, begin)
                bias = self._biases.setdefault(source, Bias(self._half_life))
                bias.restate(day, [] if forecast is None else error_steps(forecast[2], finals))

    def features(self, day: int, at: int) -> dict[str, Any]:
        """Return what :func:`drybulb.frames.guided.attach` says of an event at an instant [µs]."""
        voices = []
        for source, issues in sorted(self._issues.get(day, {}).items()):
            issue = self._standing(issues, at)
            if issue is not None:
                _, issued, high = issue
                known = self._biases.get(source)
                bias = (known.of(day, at) if known else None) or 0.0
                voices.append(_Voice(source, _whole(high), _whole(high - bias), _whole(bias), at - issued))
        return _over_sources(voices)

    def _standing(self, issues: Sequence[_Issue], at: int) -> _Issue | None:
        """The newest issue known; of one issue told twice the last told. None where it is too old."""
        newest = None
        for issue in issues:
            if issue[0] > at:
                break
            if newest is None or issue[1] >= newest[1]:
                newest = issue
        return newest if newest is not None and at - newest[1] <= self._max_age else None

    def _begin(self, day: int) -> int:
        return day * DAY - self._offset


def _whole(value: float) -> int:
    return round(value * SCALE)


def _over_sources(voices: Sequence[_Voice]) -> dict[str, Any]:
    n = len(voices)
    if not n:
        columns = ("guidance", "guidance_raw", "guidance_spread", "guidance_age")
        return {**dict.fromkeys(columns), "guidance_n": 0, "guidance_by": []}
    total = sum(voice.debiased for voice in voices)
    squares = sum(voice.debiased * voice.debiased for voice in voices)
    return {
        "guidance": total / n / SCALE,
        "guidance_raw": sum(voice.raw for voice in voices) / n / SCALE,
        "guidance_n": n,
        "guidance_spread": math.sqrt((n * squares - total * total) / (n * (n - 1))) / SCALE if n > 1 else None,
        "guidance_age": in_hours(min(voice.age for voice in voices)),
        "guidance_by": [
            {
                "source": voice.source,
                "high": voice.debiased / SCALE,
                "bias": voice.bias / SCALE,
                "age": in_hours(voice.age),
            }
            for voice in voices
        ],
    }
