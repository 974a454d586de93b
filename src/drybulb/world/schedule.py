"""When the world publishes what, and in which order.

The filter reads publications one by one. It can because the order in which they become known is, within each kind,
the order of what they are about, and because a report comes before the next five-minute value does. Latencies that
would break this order are refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from drybulb.errors import ConfigError
from drybulb.world import guidance
from drybulb.world.clock import DAY, HOUR, MINUTE, PER_HOUR, STEPS
from drybulb.world.weather import READING_STEP

FIVE_MINUTE = "five_minute"
METAR = "metar"
PRELIMINARY = "official_preliminary"
FINAL = "official_final"
LATE = "guidance"

PRELIMINARY_STEP = 16 * PER_HOUR + 3
"""Last five-minute mean that the preliminary report of the high saw: it is closed at 16:20."""

GROUP_HOURS = (5, 11, 17, 23)
"""Hours UTC whose readings carry the maximum of six hours."""

GROUP_PERIOD = 6 * PER_HOUR
"""Five-minute means from the beginning of one maximum of six hours to that of the next."""

_SECOND = 1_000_000  # µs
_STEP = 5 * MINUTE
_READING_MINUTE = 53
_LATEST_RUN = 32_400  # early guidance is issued at 06 UTC, the market opens at 15 UTC [s]
_PRELIMINARY_AFTER = 3 * MINUTE  # how much later it is known than the last value it saw
_ORDER = (FIVE_MINUTE, METAR, PRELIMINARY, FINAL, LATE)


@dataclass(frozen=True, slots=True, order=True)
class Item:
    """Something that is published.

    Attributes:
        known_at: when, from the local standard midnight that begins the day [µs].
        rank: of those known at once the lower is read first.
        step: newest five-minute mean that is known by then, of the day; more than 287 on the day after.
        kind: what it is.
    """

    known_at: int
    rank: int
    step: int
    kind: str


@dataclass(frozen=True, slots=True)
class Epoch:
    """A span in which no guidance comes.

    Attributes:
        known_at: its beginning, from the local standard midnight of the event's day [µs].
        own: number of late runs known of the event's own day.
        following: number of late runs known of the day after.
    """

    known_at: int
    own: int
    following: int


@dataclass(frozen=True, slots=True)
class Schedule:
    """What becomes known of a climate day, and when.

    Attributes:
        offset_hours: local standard time less UTC [h].
        items: everything about the day, or known on it, as it becomes known, from midnight on.
        runs: when each late run about the day is known, from its midnight on; before it is negative [µs].
        preliminary: when the preliminary report is known [µs].
    """

    offset_hours: int
    items: tuple[Item, ...]
    runs: tuple[int, ...]
    preliminary: int

    def is_group(self, step: int) -> bool:
        """Whether the reading of this five-minute mean carries the maximum of six hours."""
        hour, part = divmod(step, PER_HOUR)
        return part == READING_STEP and (hour - self.offset_hours) % 24 in GROUP_HOURS

    def begins_group(self, step: int) -> bool:
        """Whether the six hours of a maximum begin with this five-minute mean."""
        hour, part = divmod(step, PER_HOUR)
        return part == 0 and (hour - self.offset_hours + 5) % 24 in GROUP_HOURS

    def epochs(self) -> tuple[Epoch, ...]:
        """Return the epochs in the life of an event; the first has always been."""
        known = [(at, 1, 0) for at in self.runs] + [(at + DAY, 0, 1) for at in self.runs]
        found = [Epoch(-2 * DAY, 0, 0)]
        for at, own, following in sorted(known):
            found.append(Epoch(at, found[-1].own + own, found[-1].following + following))
        return tuple(found)


def schedule(offset_hours: int, latency: Mapping[str, int]) -> Schedule:
    """Return when things become known at a city.

    Args:
        offset_hours: local standard time less UTC [h].
        latency: of ``[latency]`` [s].

    Raises:
        ConfigError: something would be known out of the order of what it is about.
    """
    _check(latency)
    values, metar = latency[FIVE_MINUTE] * _SECOND, latency[METAR] * _SECOND
    runs = tuple(
        (hour + offset_hours) * HOUR + latency["guidance_model_run_time"] * _SECOND for hour in guidance.LATE_ISSUES
    )
    preliminary = PRELIMINARY_STEP * _STEP + values + _PRELIMINARY_AFTER
    known = [(step * _STEP + values, FIVE_MINUTE) for step in range(STEPS)]
    known += [(hour * HOUR + _READING_MINUTE * MINUTE + metar, METAR) for hour in range(24)]
    known += [(preliminary, PRELIMINARY), (latency[FINAL] * _SECOND, FINAL)]
    # Every day hears the same runs at the same hours, be they about the day or the next one.
    known += [((at - values) % DAY + values, LATE) for at in runs]
    items = sorted(Item(at, _ORDER.index(kind), (at - values) // _STEP, kind) for at, kind in known)
    return Schedule(offset_hours, tuple(items), runs, preliminary)


def _check(latency: Mapping[str, int]) -> None:
    values, metar, final = latency[FIVE_MINUTE], latency[METAR], latency[FINAL]
    past = _READING_MINUTE * 60 - READING_STEP * 300  # from the five-minute value's time to the reading's [s]
    if not values <= metar + past < values + 300:
        raise ConfigError(
            f"latency.metar {metar} s and latency.five_minute {values} s: a synthetic world needs the reading of minute"
            " 53 known after the five-minute value of minute 50 and before that of minute 55; make the two alike"
        )
    if latency["guidance_model_run_time"] > _LATEST_RUN:
        raise ConfigError(
            f"latency.guidance_model_run_time {latency['guidance_model_run_time']} s: a synthetic world needs early"
            f" guidance known when the market opens; give at most {_LATEST_RUN}"
        )
    if not values <= final < STEPS * 300 or latency["settlement"] < final:
        raise ConfigError(
            f"latency.official_final {final} s: a synthetic world needs the final report after the day's last readings,"
            " within a day, and not after the settlement; change it or latency.settlement"
        )
