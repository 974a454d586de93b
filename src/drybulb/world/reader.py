"""The filter forward in time: the law of the hidden state given all that was published so far, exactly.

Three publications look back: the maximum of six hours, the preliminary report and the final one. Each speaks of a
maximum that is already known to be one of two neighbouring degrees. So beside the law itself others are kept: those
of the pasts only in which the day's maximum so far, or that of the six hours, is the lower of the two; and from
midnight on one that has already heard yesterday's final report. A report is read by keeping one of them, or by taking
it off the other. No law is used before what it has heard is published.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from drybulb.world import air, guidance
from drybulb.world.chain import PER_QUARTER
from drybulb.world.clock import PER_HOUR, STEPS, Floats, Ints
from drybulb.world.evidence import Span, evidence
from drybulb.world.reports import GROUP_STEPS, preliminary
from drybulb.world.schedule import FINAL, FIVE_MINUTE, METAR, PRELIMINARY, Schedule
from drybulb.world.weather import LOWERED, CityWeather, hourly

#: Axes of a law are: regime, whether yesterday's final report is heard, whether only pasts with the lower maximum of
#: the day count, the same of the six hours, place on the lattice.
_DAY, _GROUP = 2, 3


@dataclass(frozen=True, slots=True)
class Known:
    """What is known after each publication of a day, in the schedule's order.

    Attributes:
        index: of the day in the weather's days.
        first: (n,) first possible place on the lattice.
        law: (n, 2, r, w) chance of regime and place, from ``first`` on; then of those pasts only with which the day's
            maximum so far is ``least``. Right but for one factor.
        least: (n,) least that the day's maximum so far can be [whole °F].
        most: (n,) most that it can be [whole °F].
    """

    index: int
    first: Ints
    law: Floats
    least: Ints
    most: Ints


class Reader:
    """Reads what was published of one city, day by day."""

    def __init__(self, weather: CityWeather, schedule: Schedule, days: range) -> None:
        """Stand before the first of ``days``.

        A world's first day begins as its chain does. On any other the reader knows nothing of the days before.
        """
        self._weather, self._schedule, self._days = weather, schedule, days
        self._evidence = evidence(weather, schedule, slice(days.start, days.stop))
        hours = slice(days.start * 24, days.stop * 24)
        by_hour = np.repeat(weather.level, STEPS // PER_HOUR)
        chances = air.likelihood(weather.regimes, weather.air, weather.first_air, by_hour, hourly(weather.means))
        self._air = chances[hours, :, None, None, None, None]
        said = guidance.likelihood(weather.regimes, weather.chain, weather.late, weather.late_offset)
        self._late = said.prod(axis=1)
        self._preliminary = preliminary(weather)
        self._moves = weather.chain.moves()
        self._law: Floats = np.empty(0)
        self._first = 0

    def read(self) -> Iterator[Known]:
        """Yield what is known on each day."""
        width = int((self._evidence.end - self._evidence.first).max())
        items = self._schedule.items
        at = [item.step for item in items]
        regimes, _ = self._weather.chain.shape
        for index in self._days:
            if index > self._days.start:
                self._end_day(index - 1)
            first = np.empty(len(items), dtype=np.int64)
            law = np.zeros((len(items), 2, regimes, width))
            for n, item in enumerate(items):
                self._hear(item.kind, index, item.step)
                first[n] = self._first
                law[n, :, :, : self._law.shape[-1]] = self._law[:, 0, :, 0].swapaxes(0, 1)
            today = slice((index - self._days.start) * STEPS, (index - self._days.start + 1) * STEPS)
            span = self._evidence.today
            yield Known(index, first, law, span.least[today][at], span.most[today][at])

    def _hear(self, kind: str, index: int, step: int) -> None:
        now = (index - self._days.start) * STEPS + step
        if kind == FIVE_MINUTE:
            self._hear_value(index, step, now)
        elif kind == METAR:
            self._hear_metar(step, now)
        elif kind == PRELIMINARY:
            self._hear_maximum(self._evidence.today, now, int(self._preliminary[index]), _DAY)
        elif kind == FINAL:
            self._law = self._law[:, -1:]

    def _hear_value(self, index: int, step: int, now: int) -> None:
        """Go on to the next five-minute mean, and keep the places its value leaves."""
        seen = self._evidence
        first, end = int(seen.first[now]), int(seen.end[now])
        if now:
            self._law = self._moved(index, step, first, end)
        else:
            chain = self._weather.chain
            begins = chain.start if index == 0 else np.ones(chain.shape)
            self._law = np.tile(begins[:, None, None, None, first:end], (1, 1, 2, 2, 1))
        self._first = first
        law = self._law
        if seen.today.is_higher[now]:
            law[:, :, 1] = law[:, :, 0]
        law[:, :, 1, :, max(int(seen.today.kept[now]) - first, 0) :] = 0.0
        if seen.group.is_higher[now]:
            law[:, :, :, 1] = law[:, :, :, 0]
        law[:, :, :, 1, max(int(seen.group.kept[now]) - first, 0) :] = 0.0
        if step == guidance.OUTLOOK_STEP:
            law *= self._late[index][:, None, None, None, first:end]

    def _moved(self, index: int, step: int, first: int, end: int) -> Floats:
        regimes, heard, _, _, width = self._law.shape
        chances = self._moves[step - 1, :, self._first : self._first + width, first:end]
        law = self._law.reshape(regimes, -1, width) @ chances
        if step % PER_QUARTER == 0:
            turns = self._weather.chain.switching[self._weather.seasons[index], step // PER_QUARTER]
            law = turns.T @ law.reshape(regimes, -1)
        return law.reshape(regimes, heard, 2, 2, end - first)

    def _hear_metar(self, step: int, now: int) -> None:
        """Keep the places of the whole °F, weigh the regimes by the air, and read the maximum of six hours if any."""
        seen = self._evidence
        first, end = int(seen.exact_first[now]), int(seen.exact_end[now])
        law = self._law[..., first - self._first : end - self._first] * self._air[now // PER_HOUR]
        # Laws that heard different things each have their own factor: it keeps them from fading away.
        law /= law[:, :, :1, :1].sum(axis=(0, 4), keepdims=True)
        self._law, self._first = law, first
        if self._schedule.is_group(step) and now >= GROUP_STEPS - 1:
            self._hear_maximum(seen.group, now, int(seen.maximum[now]), _GROUP)

    def _hear_maximum(self, span: Span, now: int, maximum: int, axis: int) -> None:
        """Keep the pasts whose maximum is what was said, of the two that were possible."""
        if span.least[now] == span.most[now]:
            return
        law = self._law.swapaxes(0, axis)
        if maximum == span.least[now]:
            law[0] = law[1]
        else:
            law[0] -= law[1]
            law[1] = 0.0

    def _end_day(self, index: int) -> None:
        """Keep beside the law one that has heard the final report, in which a degree may have been taken off."""
        now = (index - self._days.start + 1) * STEPS - 1
        span, high = self._evidence.today, int(self._weather.official[index])
        low, rest = self._law[:, :, 1:], self._law[:, :, :1] - self._law[:, :, 1:]
        chances = [
            (1.0 - LOWERED) * (high == maximum) + LOWERED * (high == maximum - 1)
            for maximum in (int(span.least[now]), int(span.most[now]))
        ]
        heard = chances[0] * low + chances[1] * rest
        self._law = np.tile(np.concatenate([low + rest, heard], axis=1), (1, 1, 2, 1, 1))
