"""The bets of `[watch]` in a window: what a person reads of them, and what stops a city."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from drybulb.adapters.lake import Lake
from drybulb.app.asking import Believe
from drybulb.app.watch_bets import CityWatch, city_watches
from drybulb.app.watch_block import WatchBlock
from drybulb.app.watch_events import watched_events
from drybulb.app.wiring import ANCHORED, forecaster_of
from drybulb.domain.city import City
from drybulb.errors import ConfigError
from drybulb.strategy.stopped import Stop
from drybulb.verification.evalue import FLOOR


@dataclass(frozen=True, slots=True)
class Watched:
    """The bets of a window.

    Attributes:
        registered: the bet as it is in the configuration.
        began: first event day that counts: the registered one, or the window's where that is later.
        end: last event day, inclusive.
        cities: a city each.
        sources: what the market's quotes are made from.
    """

    registered: WatchBlock
    began: date
    end: date
    cities: tuple[CityWatch, ...]
    sources: frozenset[str]

    @property
    def is_registered(self) -> bool:
        """Whether all that was registered counts, from its first day on; else there is no verdict, and no stop."""
        return self.began == self.registered.starts

    def stops(self) -> dict[str, Stop]:
        """What the strategy is told, by city; cities that may trade are not there."""
        found = {one.city: one.stop(self.registered.level) for one in self.cities}
        return {city: stop for city, stop in found.items() if stop is not None}

    def says(self) -> Iterator[str]:
        """A sentence for each city that was stopped."""
        for one in self.cities:
            if one.stopped is not None:
                yield (
                    f"{one.city}: stopped by the watch from {one.stopped.at:%Y-%m-%d %H:%M}Z on; with the event of"
                    f" {one.stopped.day} the evidence against {self.registered.forecaster} reached"
                    f" {one.stopped.e_value:.1f}"
                )

    def to_json(self) -> dict[str, Any]:
        """What was registered, as a journal and the document ``watch/1`` have it."""
        asked = self.registered
        return {
            "from": asked.starts.isoformat(),
            "began": self.began.isoformat(),
            "forecaster": asked.forecaster,
            "clock": asked.clock,
            "share": asked.share,
            "level": asked.level,
            "floor": FLOOR,
        }


def watched(
    lake: Lake, registered: WatchBlock, cities: Mapping[str, City], believe: Believe, start: date, end: date
) -> Watched:
    """Return the e-values of every city, from the registered first day on and not before ``start``.

    Where that is after the registered day they are shown, and no city is refuted or proven better.

    Args:
        lake: the tables.
        registered: the bet.
        cities: cities to watch, by key.
        believe: makes the beliefs of the registered forecaster.
        start: first event day.
        end: last event day, inclusive.

    Raises:
        ConfigError: a first day after ``end``, or a clock at which the earlier outcome is mostly not known yet.
        ModelError: as the forecaster raises.
    """
    began = max(start, registered.starts)
    if began > end:
        raise ConfigError(
            f"[watch] from = {registered.starts} is after {end}, so nothing is watched; move it, or end later"
        )
    gathered = watched_events(lake, cities, believe, registered.when(), began, end)
    found = city_watches(gathered, registered, cities)
    if began != registered.starts:
        # Evidence from a day that was chosen afterwards on proves nothing, however much there is of it.
        found = [replace(one, stopped=None, better=None) for one in found]
    return Watched(registered, began, end, tuple(found), gathered.sources)


def enforced(
    lake: Lake,
    registered: WatchBlock,
    cities: Mapping[str, City],
    policy: str,
    believe: Believe | None,
    window: tuple[date, date],
    *,
    is_asked: bool | None,
) -> Watched | None:
    """Return the bets whose stops a run keeps to; None where it trades on.

    Args:
        lake: the tables.
        registered: the bet.
        cities: cities that are traded, by key.
        policy: name of what trades.
        believe: makes them; None where nobody believes anything.
        window: first and last event day.
        is_asked: whether stops are to hold; as registered when None.

    Raises:
        ConfigError: a run that trades no belief, another forecaster's or its pool with the market, or one that begins
            after the registered day; as :func:`watched`.
        ModelError: as the forecaster raises.
    """
    if not (registered.is_enforced if is_asked is None else is_asked):
        return None
    if believe is None:
        if is_asked is None:
            return None
        raise ConfigError("the watch stops a belief, and this policy trades none; leave --watch away")
    _check(registered, policy, window[0])
    return watched(lake, registered, cities, believe, *window)


def _check(registered: WatchBlock, policy: str, start: date) -> None:
    """Refuse stops that would say nothing about what is traded."""
    if policy == ANCHORED:
        raise ConfigError(
            f"the watch tests {registered.forecaster} by itself, and {policy} trades its pool with the market, which"
            f" may earn where {registered.forecaster} alone is refuted; trade with --no-watch"
        )
    believed = forecaster_of(policy)
    if believed != registered.forecaster:
        raise ConfigError(
            f"the watch is registered for {registered.forecaster}, and {policy} is traded"
            f"{'' if believed == policy else f' on the belief of {believed}'}; set [watch] forecaster ="
            f' "{believed}", or trade with --no-watch'
        )
    if start > registered.starts:
        raise ConfigError(
            f"the watch is registered from {registered.starts} and the run starts on {start}, so what happened before"
            " is not counted; start on the registered day, register another in [watch] from, or trade with --no-watch"
        )
