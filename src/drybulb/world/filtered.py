"""What the world states of itself: P(official high < k | all published so far).

It is no opinion: the chance is summed over every state that the published leaves possible, forward to what is known
(:mod:`~drybulb.world.reader`) and backward from what would settle (:mod:`~drybulb.world.outlook`).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from drybulb.world.clock import DAY, HOUR, STEPS, Floats, midnights
from drybulb.world.outlook import Moment, Outlook
from drybulb.world.reader import Known, Reader
from drybulb.world.schedule import Schedule, schedule
from drybulb.world.spec import WorldSpec
from drybulb.world.weather import LOWERED, CityWeather

FORGETS = 7
"""Days after which the filter has forgotten how it began: another beginning changes no chance by 1e-9."""

_AROUND = (-6, 7)  # first and last threshold, from the consensus on [°F]
_TOGETHER = 8  # events that are looked back on at once
_OPEN = 15 * HOUR  # when the market opens, from midnight UTC of the day before on [µs]


@dataclass(frozen=True, slots=True)
class Filtered:
    """P(official high < k | all published so far) of one event, from before its open to after its close.

    Attributes:
        index: of the day in the weather's days.
        known_at: (n,) instants at which something was published [µs since 1970 UTC], ascending; the first not
            after the open.
        degrees: (k,) consecutive thresholds [whole °F].
        below: (n, k) P(high < degree) from ``known_at`` on, until the next.
    """

    index: int
    known_at: NDArray[np.int64]
    degrees: NDArray[np.int64]
    below: NDArray[np.float64]


def filtered(weather: CityWeather, spec: WorldSpec) -> Iterator[Filtered]:
    """Yield what is stated of the days with markets, in order.

    Raises:
        ConfigError: a latency is one that the world cannot keep.
    """
    when = schedule(weather.city.standard_offset_hours, spec.latency)
    count = len(weather.days)
    events = range(count - spec.market_days, count)
    reader = Reader(weather, when, range(max(events.start - 1 - FORGETS, 0), count))
    outlook = Outlook(weather, when)
    known: deque[Known] = deque(maxlen=_TOGETHER + 1)
    for day in reader.read():
        known.append(day)
        waiting = (day.index - events.start) % _TOGETHER + 1
        if day.index >= events.start and (waiting == _TOGETHER or day.index == count - 1):
            yield from _together(weather, when, outlook, list(known)[-waiting - 1 :])


def _together(weather: CityWeather, when: Schedule, outlook: Outlook, known: list[Known]) -> Iterator[Filtered]:
    """Yield consecutive events.

    Args:
        weather: of the city.
        when: its schedule.
        outlook: of the city.
        known: of the day before the first event, and of each event.
    """
    indices = np.array([day.index for day in known[1:]])
    lowest, highest = _AROUND
    degrees = weather.consensus[indices] + np.arange(lowest, highest + 1)[:, None]
    # One more, for the degree that may be taken off; and one that nothing reaches.
    thresholds = np.concatenate([degrees, degrees[-1:] + 1, np.full((1, indices.size), np.inf)])
    opens = _OPEN + weather.city.standard_offset_hours * HOUR  # from midnight of the day before on
    items = when.items
    first = max(n for n, item in enumerate(items) if item.known_at <= opens)
    below = np.empty((2, len(items), *degrees.shape))
    for moment in outlook.moments(indices, thresholds, items[first].step - STEPS):
        below[moment.day, moment.item] = _below(moment, known, thresholds)
    at = np.array([item.known_at for item in items])
    last_of_its_instant = np.append(at[1:] > at[:-1], True)
    starts = midnights(weather.days, weather.city.standard_offset_hours)[indices]
    kept = np.flatnonzero(np.concatenate([last_of_its_instant & (np.arange(at.size) >= first), last_of_its_instant]))
    known_at, stated = np.concatenate([at - DAY, at])[kept], np.concatenate([below[-1], below[0]])[kept]
    for n, index in enumerate(indices):
        yield Filtered(int(index), starts[n] + known_at, degrees[:, n], stated[:, :, n])


def _below(moment: Moment, known: list[Known], thresholds: Floats) -> Floats:
    """P(official high < degree) of each event after one publication: (k, b)."""
    days = known[1:] if moment.day == 0 else known[:-1]
    n = moment.item
    law = np.stack([day.law[n] for day in days])
    first = np.array([day.first[n] for day in days])
    size = moment.chances.shape[1]
    # Beyond the possible places the law is 0, and so it does not matter which chances stand there.
    places = np.minimum(first[:, None] + np.arange(law.shape[3]), size - 1)
    chances = moment.chances[:, places, :, np.arange(first.size)[:, None]]
    joint = np.einsum("bwrk,bsrw->skb", chances, law)
    share: Floats = joint[0] / joint[0, -1]
    if moment.day == 0:
        least, most = (np.array([getattr(day, name)[n] for day in days]) for name in ("least", "most"))
        share = np.where(thresholds <= least, 0.0, np.where(thresholds <= most, joint[1] / joint[0, -1], share))
    stated: Floats = (1.0 - LOWERED) * share[:-2] + LOWERED * share[1:-1]
    return stated
