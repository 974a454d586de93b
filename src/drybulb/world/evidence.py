"""What was published of the temperature, as places on the lattice that it leaves possible.

A five-minute value leaves a few places. Since whole °C rise with whole °F, the highest value of a span bounds its
maximum within one or two whole °F: the maximum is either the *least* or the *most* that this value can mean.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from drybulb.world.clock import STEPS, Ints, whole
from drybulb.world.reports import celsius
from drybulb.world.schedule import GROUP_PERIOD, Schedule
from drybulb.world.weather import CityWeather

_NOTHING = -10_000


@dataclass(frozen=True, slots=True)
class Span:
    """The maximum since a span began, of its five-minute values so far; each (n,), end to end.

    Attributes:
        least: least whole °F that the highest value can mean.
        most: most whole °F that it can mean, the same or one more.
        is_higher: whether this value is higher than all before it in its span.
        kept: first place on the lattice that is warmer than ``least``.
    """

    least: Ints
    most: Ints
    is_higher: NDArray[np.bool_]
    kept: Ints


@dataclass(frozen=True, slots=True)
class Evidence:
    """What was published of consecutive days; each (n,) by five-minute mean, end to end, unless said otherwise.

    Attributes:
        first: first place on the lattice that the five-minute value leaves.
        end: first place after those that it leaves.
        exact_first: first place that the whole °F of a METAR leaves.
        exact_end: first place after those.
        today: the maximum since midnight.
        group: the maximum since the six hours of a group began.
        maximum: what a group that ends here says [whole °F].
    """

    first: Ints
    end: Ints
    exact_first: Ints
    exact_end: Ints
    today: Span
    group: Span
    maximum: Ints


def meanings(published: Ints) -> tuple[Ints, Ints]:
    """Return the least and the most whole °F that whole °C can mean."""
    least = np.ceil(1.8 * (published - 0.5) + 32.0).astype(np.int64)
    most = np.floor(1.8 * (published + 0.5) + 32.0).astype(np.int64)
    return least, most


def evidence(weather: CityWeather, schedule: Schedule, days: slice) -> Evidence:
    """Return what was published of the temperature of some days."""
    base = weather.base[days].ravel()
    means = weather.means[days].ravel()
    values = celsius(means)
    least, most = meanings(values)
    places = whole(base[:, None] + weather.chain.lattice)
    count = np.arange(means.size)
    begin = next(step for step in range(STEPS) if schedule.begins_group(step))
    return Evidence(
        first=_below(places, least),
        end=_below(places, most + 1),
        exact_first=_below(places, means),
        exact_end=_below(places, means + 1),
        today=_span(values, places, count % STEPS == 0),
        group=_span(values, places, (count - begin) % GROUP_PERIOD == 0),
        maximum=_running(means, (count - begin) % GROUP_PERIOD == 0),
    )


def _below(places: Ints, degree: Ints) -> Ints:
    """How many places are below a whole °F."""
    found: Ints = (places < degree[:, None]).sum(axis=1)
    return found


def _running(values: Ints, begins: NDArray[np.bool_]) -> Ints:
    """Highest value since the newest beginning."""
    # Raised span by span beyond all before it, one running maximum does for all.
    number = np.cumsum(begins)
    apart = int(values.max() - values.min()) + 1
    found: Ints = np.maximum.accumulate(values + number * apart) - number * apart
    return found


def _span(values: Ints, places: Ints, begins: NDArray[np.bool_]) -> Span:
    highest = _running(values, begins)
    before = np.where(begins, _NOTHING, np.concatenate([[_NOTHING], highest[:-1]]))
    least, most = meanings(highest)
    return Span(least, most, values > before, _below(places, least + 1))
