"""Others' forecasts for one city as they become known: the counterpart of :mod:`drybulb.frames.guided`."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import polars as pl

from drybulb.frames.guided import SCALE, GuidanceRules
from drybulb.frames.live.curves import Curve, highest, value
from drybulb.frames.live.decayed import error_steps
from drybulb.frames.live.instants import DAY, HOUR, in_hours, micros, on, span, when
from drybulb.frames.live.published import Highs
from drybulb.frames.live.trusted import FittedBias
from drybulb.frames.widths import width

#: What :meth:`Guidance.learn` takes of each row.
COLUMNS: tuple[pl.Expr | str, ...] = (
    on("day"),
    "source",
    when("known_at"),
    when("issued_at"),
    "high",
    width().alias("width"),
    "curve",
)


#: What not every source says.
_SOME = ("guidance_width", "curve_rest", "curve_now")


class _Issue(NamedTuple):
    """One issue: known and issued [µs], high and width [°F], curve."""

    known: int
    issued: int
    high: float
    width: float | None
    curve: Curve | None

    @property
    def order(self) -> tuple[int, int, float]:
        """What issues are sorted by."""
        return self[:3]


class _Voice(NamedTuple):
    """A source's standing forecast: high, high less bias and bias in whole ten-thousandths [°F].

    Beside them the half-life of the bias in whole ten-thousandths [d], the age of the forecast [µs], and the width of
    its percentiles and its curve to come and at the last reading, less the bias, in whole ten-thousandths [°F].
    """

    source: str
    raw: int
    debiased: int
    bias: int
    half_life: int | None
    age: int
    width: int | None
    rest: int | None
    now: int | None


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
        self._half_lives = rules.half_lives_days
        self._highs = highs
        self._issues: dict[int, dict[str, list[_Issue]]] = {}
        self._biases: dict[str, FittedBias] = {}

    def learn(self, rows: Iterable[tuple[Any, ...]]) -> set[int]:
        """Take rows of ``COLUMNS``; return the days on which a source's error may now be another."""
        changed = set()
        for day, source, known, issued, high, width_of, curve in rows:
            issues = self._issues.setdefault(day, {}).setdefault(source, [])
            points = None if curve is None else [(micros(point["at"]), point["temp"]) for point in curve]
            issue = _Issue(known, issued, high, width_of, points)
            place = bisect_left(issues, issue.order, key=lambda known_issue: known_issue.order)
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
                if source not in self._biases:
                    self._biases[source] = FittedBias(self._half_lives, self._offset)
                self._biases[source].restate(day, [] if forecast is None else error_steps(forecast.high, finals))

    def features(self, day: int, at: int, read_at: int | None) -> dict[str, Any]:
        """Return what :func:`drybulb.frames.guided.attach` says of an event at an instant [µs].

        Args:
            day: of the event.
            at: the instant.
            read_at: when the last reading was taken [µs], None without one.
        """
        voices = []
        for source, issues in sorted(self._issues.get(day, {}).items()):
            issue = self._standing(issues, at)
            if issue is not None:
                voices.append(self._voice(source, issue, day, at, read_at))
        return _over_sources(voices)

    def of_the_day_before(self, day: int, at: int) -> float | None:
        """Return what guidance says of the climate day before an event [°F], at an instant [µs] of that day."""
        said: float | None = self.features(day - 1, at, None)["guidance"]
        return said

    def _voice(self, source: str, issue: _Issue, day: int, at: int, read_at: int | None) -> _Voice:
        known = self._biases.get(source)
        bias, half_life = (known.of(day, at) if known else None) or (0.0, None)
        rest = now = None
        if issue.curve is not None:
            begins = self._begin(day)
            rest = highest(issue.curve, max(at, begins), begins + DAY)
            now = None if read_at is None else value(issue.curve, read_at)
        return _Voice(
            source,
            raw=_whole(issue.high),
            debiased=_whole(issue.high - bias),
            bias=_whole(bias),
            half_life=None if half_life is None else _whole(half_life),
            age=at - issue.issued,
            width=None if issue.width is None else _whole(issue.width),
            rest=None if rest is None else _whole(rest - bias),
            now=None if now is None else _whole(now - bias),
        )

    def _standing(self, issues: Sequence[_Issue], at: int) -> _Issue | None:
        """The newest issue known; of one issue told twice the last told. None where it is too old."""
        newest = None
        for issue in issues:
            if issue.known > at:
                break
            if newest is None or issue.issued >= newest.issued:
                newest = issue
        return newest if newest is not None and at - newest.issued <= self._max_age else None

    def _begin(self, day: int) -> int:
        return day * DAY - self._offset


def _whole(number: float) -> int:
    return round(number * SCALE)


def _mean(numbers: Iterable[int | None]) -> float | None:
    """Mean of what is known in whole ten-thousandths [°F]; None where nothing is."""
    known = [number for number in numbers if number is not None]
    return sum(known) / len(known) / SCALE if known else None


def _over_sources(voices: Sequence[_Voice]) -> dict[str, Any]:
    n = len(voices)
    if not n:
        columns = ("guidance", "guidance_raw", "guidance_spread", "guidance_age", *_SOME)
        return {**dict.fromkeys(columns), "guidance_n": 0, "guidance_by": []}
    total = sum(voice.debiased for voice in voices)
    squares = sum(voice.debiased * voice.debiased for voice in voices)
    return {
        "guidance": total / n / SCALE,
        "guidance_raw": sum(voice.raw for voice in voices) / n / SCALE,
        "guidance_n": n,
        "guidance_spread": math.sqrt((n * squares - total * total) / (n * (n - 1))) / SCALE if n > 1 else None,
        "guidance_age": in_hours(min(voice.age for voice in voices)),
        "guidance_width": _mean([voice.width for voice in voices]),
        "curve_rest": _mean([voice.rest for voice in voices]),
        "curve_now": _mean([voice.now for voice in voices]),
        "guidance_by": [
            {
                "source": voice.source,
                "high": voice.debiased / SCALE,
                "bias": voice.bias / SCALE,
                "half_life": None if voice.half_life is None else voice.half_life / SCALE,
                "age": in_hours(voice.age),
            }
            for voice in voices
        ],
    }
