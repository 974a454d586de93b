"""The filter backward in time: what each hidden state means for an official high, and for guidance heard already.

For each threshold the chance is carried back, state by state, that no five-minute mean of what is left of the day
reaches it and that guidance says what it has said. Guidance is heard long before the hour it is about: each *epoch*
between two of its runs has its own chances.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from drybulb.world import guidance
from drybulb.world.chain import PER_QUARTER
from drybulb.world.clock import DAY, STEPS, Floats, Ints, whole
from drybulb.world.schedule import Item, Schedule
from drybulb.world.weather import CityWeather

#: Axes of the chances are: regime, place on the lattice, epoch, threshold, event.
_EPOCH = 2


@dataclass(frozen=True, slots=True)
class Moment:
    """A publication in the life of some events, and what may come of each state by then.

    Attributes:
        item: number of the publication in the schedule.
        day: 0 on the events' own days, -1 on the days before.
        chances: (r, y, k, b) by threshold and event.
    """

    item: int
    day: int
    chances: Floats


class Outlook:
    """Looks back from the end of the events of one city."""

    def __init__(self, weather: CityWeather, schedule: Schedule) -> None:
        """Prepare what all events of the city share."""
        self._weather, self._schedule = weather, schedule
        self._ahead: list[csr_array] = weather.chain.look_ahead()
        self._epochs = schedule.epochs()
        self._said = guidance.likelihood(weather.regimes, weather.chain, weather.late, weather.late_offset)
        self._by_step: dict[int, list[tuple[int, int, int]]] = {}
        self._begins = [STEPS] * len(self._epochs)
        for day in (-1, 0):
            for number, item in enumerate(schedule.items):
                epoch = self._epoch(item, day)
                step = item.step + day * STEPS
                self._by_step.setdefault(step, []).append((number, day, epoch))
                self._begins[epoch] = min(self._begins[epoch], step)

    def _epoch(self, item: Item, day: int) -> int:
        known = item.known_at + day * DAY
        return sum(epoch.known_at <= known for epoch in self._epochs) - 1

    def moments(self, indices: Ints, thresholds: Floats, since: int) -> Iterator[Moment]:
        """Yield what comes of each state, from the end of the events' days back.

        Args:
            indices: (b,) the events' days in the weather's days.
            thresholds: (k, b) [whole °F]; infinite: no high is too high.
            since: earliest five-minute mean looked back to, from midnight of the events' days on: negative.
        """
        regimes, size = self._weather.chain.shape
        following = max(epoch.following for epoch in self._epochs)
        chances = np.ones((regimes, size, following + 1, *thresholds.shape))
        chances[:, :, 1:] *= self._heard_tomorrow(indices + 1, following)[:, :, :, None]
        of_row = [epoch.following for epoch in self._epochs]  # which row of the third axis is an epoch's
        for step in range(STEPS - 1, since - 1, -1):
            count = max(row for row, begins in zip(of_row, self._begins, strict=True) if begins <= step) + 1
            chances = chances[:, :, :count]
            for number, day, epoch in self._by_step[step]:
                yield Moment(number, day, chances[:, :, of_row[epoch]])
            if step == since:
                return
            if step >= 0:
                chances = self._alive(chances, indices, step, thresholds)
            if step == guidance.OUTLOOK_STEP:
                chances = self._outlook(chances, indices)
                of_row = list(range(len(self._epochs)))
            if step == guidance.OUTLOOK_STEP - STEPS:
                # Before this hour of the day before, all runs about it are known when the market opens.
                chances *= self._said[indices - 1].prod(axis=1).transpose(1, 2, 0)[:, :, None, None]
            chances = self._back(chances, indices + step // STEPS, step % STEPS)

    def _alive(self, chances: Floats, indices: Ints, step: int, thresholds: Floats) -> Floats:
        """Let no chance be where the five-minute mean reaches the threshold."""
        degrees = whole(self._weather.base[indices, step] + self._weather.chain.lattice[:, None])
        alive = degrees[:, None, None, :] < thresholds
        chances *= alive
        return chances

    def _outlook(self, chances: Floats, indices: Ints) -> Floats:
        """Weigh the states at the hour guidance is about by what each epoch has heard."""
        said = self._said[indices].transpose(2, 3, 1, 0)
        heard = np.cumprod(np.concatenate([np.ones_like(said[:, :, :1]), said], axis=2), axis=2)
        rows = [
            epoch for epoch, begins in zip(self._epochs, self._begins, strict=True) if begins < guidance.OUTLOOK_STEP
        ]
        last = chances.shape[_EPOCH] - 1
        found = chances[:, :, [min(epoch.following, last) for epoch in rows]]
        return found * heard[:, :, [epoch.own for epoch in rows], None]

    def _back(self, chances: Floats, days: Ints, step: int) -> Floats:
        """Go back from a five-minute mean to the one before."""
        shape = chances.shape
        if step % PER_QUARTER == 0:
            chances = self._unswitched(chances, self._weather.seasons[days], step // PER_QUARTER)
        moved: Floats = self._ahead[step - 1] @ chances.reshape(shape[0] * shape[1], -1)
        return moved.reshape(shape)

    def _unswitched(self, chances: Floats, seasons: Ints, quarter: int) -> Floats:
        turns = self._weather.chain.switching[:, quarter]
        if (seasons == seasons[0]).all():
            alike: Floats = turns[seasons[0]] @ chances.reshape(chances.shape[0], -1)
            return alike.reshape(chances.shape)
        found = np.empty(chances.shape)
        for season in np.unique(seasons):
            at = seasons == season
            part = chances[..., at]
            found[..., at] = (turns[season] @ part.reshape(part.shape[0], -1)).reshape(part.shape)
        return found

    def _heard_tomorrow(self, indices: Ints, count: int) -> Floats:
        """Chance of the first runs about the days after, by the state at the end of their eves: (r, y, runs, b)."""
        regimes, size = self._weather.chain.shape
        found = np.ones((regimes, size, count, indices.size))
        there = indices < len(self._weather.days)
        days = indices[there]
        said = self._said[days].transpose(2, 3, 1, 0)[:, :, :count]
        chances: Floats = np.cumprod(said, axis=2, dtype=np.float64)
        for step in range(guidance.OUTLOOK_STEP, -1, -1):
            chances = self._back(chances, days, step)
        found[..., there] = chances
        return found
