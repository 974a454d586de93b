"""The e-value of each city: what the market has made of its bets against the belief, and what the belief of its own.

An event is bet on only if the outcome of every earlier one was known at its clock. Otherwise two bets would be open at
once, what the second stakes would not be known when it is placed, and the product would be no martingale: on the day
before an event the last one is still running, so a clock of D-1 never qualifies. This is looked up, event by event.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

import numpy as np

from drybulb.app.watch_block import WatchBlock
from drybulb.app.watch_events import LAPSE, Gathered, WatchedEvent
from drybulb.domain.city import City
from drybulb.domain.climateday import ClimateDay
from drybulb.errors import ConfigError
from drybulb.strategy.stopped import Stop
from drybulb.verification import crossings, log_e_values, log_factors, log_score

OVERLAP = "an earlier outcome not yet known"
NO_OUTCOME = f"no outcome within {LAPSE.days} days"
#: Beyond this an e-value is written as this.
_MOST = 1e12


@dataclass(frozen=True, slots=True)
class Passed:
    """The event at which evidence first reached the level: its day, when its outcome was known [UTC], and how much."""

    day: date
    at: datetime
    e_value: float

    def to_json(self) -> dict[str, Any]:
        """As the document ``watch/1`` has it."""
        return {"day": self.day.isoformat(), "at": self.at.isoformat(), "e_value": round(self.e_value, 4)}


@dataclass(frozen=True, slots=True)
class CityWatch:
    """The bets of one city.

    Attributes:
        city: its key.
        days: event days that were bet on and paid.
        known_at: when each paid [UTC].
        against: evidence against the belief after each.
        proven: evidence for the belief, against the market, after each.
        log_score: mean of the belief and of the market over these events [nats].
        skipped: event days not bet on, by reason.
        disputed: number of events of which official high and exchange named different brackets.
        stopped: where the belief was refuted; None where it was not, or where there is no verdict.
        better: where the belief was proven better than the market; likewise.
    """

    city: str
    days: tuple[date, ...]
    known_at: tuple[datetime, ...]
    against: tuple[float, ...]
    proven: tuple[float, ...]
    log_score: tuple[float, float] | None
    skipped: Counter[str]
    disputed: int
    stopped: Passed | None
    better: Passed | None

    def stop(self, level: float) -> Stop | None:
        """What the strategy is told; None where the city may trade."""
        return None if self.stopped is None else Stop(self.stopped.at, self.stopped.e_value, level)

    def to_json(self) -> dict[str, Any]:
        """As the document ``watch/1`` has it."""
        scores = None if self.log_score is None else dict(zip(("belief", "market"), self.log_score, strict=True))
        return {
            "city": self.city,
            "n_events": len(self.days),
            "skipped": dict(sorted(self.skipped.items())),
            "e_value": _last(self.against),
            "e_peak": _peak(self.against),
            "e_for": _last(self.proven),
            "e_for_peak": _peak(self.proven),
            "log_score": None if scores is None else {name: round(score, 6) for name, score in scores.items()},
            "stopped": None if self.stopped is None else self.stopped.to_json(),
            "proven": None if self.better is None else self.better.to_json(),
            "path": [
                {"day": day.isoformat(), "known_at": at.isoformat(), "e_value": round(e, 4), "e_for": round(other, 4)}
                for day, at, e, other in zip(self.days, self.known_at, self.against, self.proven, strict=True)
            ],
        }


def city_watches(gathered: Gathered, registered: WatchBlock, cities: Mapping[str, City]) -> list[CityWatch]:
    """Return the e-values of every city.

    Args:
        gathered: events, by city and in order of day.
        registered: the bet.
        cities: by key.

    Raises:
        ConfigError: a clock at which the earlier outcome is mostly not known yet.
    """
    _check_clock(gathered, registered, cities)
    return [_watch(key, events, gathered.skipped[key], registered) for key, events in gathered.events.items()]


def _watch(city: str, events: Sequence[WatchedEvent], missing: Counter[str], registered: WatchBlock) -> CityWatch:
    skipped = Counter(missing)
    taken: list[WatchedEvent] = []
    won: list[int] = []
    for event, is_free in zip(events, _is_free(events), strict=True):
        if not is_free:
            skipped[OVERLAP] += 1
        elif event.won is None:
            skipped[NO_OUTCOME] += 1
        else:
            taken.append(event)
            won.append(event.won)
    held = np.array([event.believed[place] for event, place in zip(taken, won, strict=True)])
    other = np.array([event.market[place] for event, place in zip(taken, won, strict=True)])
    against = log_e_values(log_factors(held, other, share=registered.share))
    proven = log_e_values(log_factors(other, held, share=registered.share))
    return CityWatch(
        city,
        tuple(event.day for event in taken),
        tuple(event.known_at for event in taken),
        tuple(_plain(value) for value in against),
        tuple(_plain(value) for value in proven),
        (_mean_log(held), _mean_log(other)) if taken else None,
        skipped,
        sum(event.is_disputed for event in taken),
        _passed(taken, against, registered.level),
        _passed(taken, proven, registered.level),
    )


def _is_free(events: Sequence[WatchedEvent]) -> Iterator[bool]:
    """Whether each event's clock is not before every earlier outcome was known, or let go."""
    busy_until: datetime | None = None
    for event in events:
        yield busy_until is None or busy_until <= event.at
        busy_until = event.known_at if busy_until is None else max(busy_until, event.known_at)


def _check_clock(gathered: Gathered, registered: WatchBlock, cities: Mapping[str, City]) -> None:
    """Refuse a clock that comes before the earlier outcome more often than not.

    Raises:
        ConfigError: with the first whole hour of the event day that would do.
    """
    waits: list[tuple[bool, timedelta]] = []
    for key, events in gathered.events.items():
        for before, event in pairwise(events):
            if before.won is not None:
                midnight = ClimateDay(event.day, cities[key].standard_offset_hours).start
                waits.append((before.known_at > event.at, before.known_at - midnight))
    late = sum(is_late for is_late, _ in waits)
    if late * 2 <= len(waits):
        return
    hour = max(0, math.ceil(sorted(wait for _, wait in waits)[int(0.95 * (len(waits) - 1))] / timedelta(hours=1)))
    fix = f'clock = "DT{hour:02}:00"' if hour < 24 else "a lake in which outcomes are known within a day"
    raise ConfigError(
        f"[watch] clock = {registered.clock!r}: at {late} of {len(waits)} events the outcome of the one before was"
        f" not known yet, so bets would overlap and their product prove nothing; use {fix}"
    )


def _passed(taken: Sequence[WatchedEvent], log_values: np.ndarray, level: float) -> Passed | None:
    place = int(crossings(log_values, level))
    return None if place < 0 else Passed(taken[place].day, taken[place].known_at, _plain(log_values[place]))


def _mean_log(probabilities: np.ndarray) -> float:
    return float(log_score(probabilities).mean())


def _plain(log_value: float) -> float:
    return float(np.exp(min(log_value, np.log(_MOST))))


def _last(values: Sequence[float]) -> float | None:
    return round(values[-1], 4) if values else None


def _peak(values: Sequence[float]) -> float | None:
    return round(max(values), 4) if values else None
