"""The information calendar: when something comes out that others read as soon as we do, or sooner.

Around a release the quotes of a market are about to be wrong, and whoever has not read it yet trades against those who
have. From ``before`` minutes ahead of it to ``after`` minutes past it is a *window*, in which nothing of ours rests and
nothing is taken, so every order has to have ended before it. It ends when we have read the release ourselves, and from
then on only what is believed since counts.

Releases come at the same minute each day, in UTC or in a city's standard time, which never shifts. A day of a city is
therefore laid out minute by minute once, and asked by its minute.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import NamedTuple

from drybulb.errors import DomainError

_DAY = 24 * 60
#: What an exchange counts the life of an order in.
_A_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Release:
    """One kind of release.

    Attributes:
        name: what comes out.
        is_standard: whether its hours are of the city's standard time; of UTC otherwise.
        hours: at which it comes; every hour where none is given.
        minute: of these hours.
        before: how long ahead of it nothing rests and nothing is taken [min].
        after: how long past it [min].
        cities: keys of the cities it is of; of all where none is given.

    Raises:
        DomainError: an hour or a minute that no day has, or a window that is empty or longer than a day.
    """

    name: str
    is_standard: bool
    hours: tuple[int, ...]
    minute: int
    before: int
    after: int
    cities: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not 0 <= self.minute < 60 or not all(0 <= hour < 24 for hour in self.hours):
            raise DomainError(f"release {self.name} at {self.hours}:{self.minute}: give hours 0-23 and a minute 0-59")
        if self.before < 0 or self.after < 0 or not 0 < self.before + self.after <= _DAY:
            raise DomainError(
                f"release {self.name}: {self.before} min before to {self.after} min after is no window;"
                " give minutes of 0 or more that are not both 0"
            )


class Window(NamedTuple):
    """A span in which nothing rests and nothing is taken: the release's name, and from when to before when [UTC]."""

    name: str
    starts: datetime
    ends: datetime


class _Minute(NamedTuple):
    """What a minute of the day is to a city: all in [min]; None where there is no such thing."""

    name: str | None
    since_start: int
    to_end: int
    since_end: int | None
    to_start: int | None


_FREE = _Minute(None, 0, 0, None, None)


class Releases:
    """Every release of every city, asked by city and instant [UTC].

    Args:
        releases: what comes out.
        offsets: hours of standard time from UTC, by city key [h].
    """

    def __init__(self, releases: Iterable[Release] = (), offsets: Mapping[str, int] | None = None) -> None:
        self.releases = tuple(releases)
        self._offsets = dict(offsets or {})
        self._days: dict[str, tuple[_Minute, ...]] = {}

    def window(self, city: str, now: datetime) -> Window | None:
        """Return the window that ``now`` lies in, of several the one that ends last; None outside."""
        minute = self._minute(city, now)
        if minute.name is None:
            return None
        begun = now.replace(second=0, microsecond=0)
        return Window(
            minute.name, begun - timedelta(minutes=minute.since_start), begun + timedelta(minutes=minute.to_end)
        )

    def since_end(self, city: str, now: datetime) -> float | None:
        """Return for how long the last window has been over [min]; None where there are no releases.

        It is the age that what was made at that end has now, to the last digit.
        """
        since = self._minute(city, now).since_end
        if since is None:
            return None
        return ((since * 60 + now.second) * 1_000_000 + now.microsecond) / 1_000_000 / 60.0

    def last_end(self, city: str, now: datetime) -> datetime | None:
        """Return when the last window ended that has ended by ``now``; None where there are no releases."""
        since = self._minute(city, now).since_end
        return None if since is None else now.replace(second=0, microsecond=0) - timedelta(minutes=since)

    def next_start(self, city: str, now: datetime) -> datetime | None:
        """Return when the next window starts that has not started by ``now``; None where there are no releases."""
        to_start = self._minute(city, now).to_start
        return None if to_start is None else now.replace(second=0, microsecond=0) + timedelta(minutes=to_start)

    def orders_end(self, city: str, now: datetime) -> datetime | None:
        """Return when an order decided at ``now`` has to have ended, filled or not: a second before the next window.

        None where there are no releases.
        """
        starts = self.next_start(city, now)
        return None if starts is None else starts - _A_SECOND

    def ends(self, city: str, start: datetime, end: datetime) -> Iterator[datetime]:
        """Yield the instants from ``start`` on and before ``end`` at which a window ends and no other goes on."""
        day = self._day(city)
        at = start.replace(second=0, microsecond=0)
        while at < end:
            minute = day[at.hour * 60 + at.minute]
            if minute.since_end == 0 and minute.name is None and at >= start:
                yield at
            at += timedelta(minutes=1)

    def _minute(self, city: str, now: datetime) -> _Minute:
        day = self._days.get(city)
        return (self._day(city) if day is None else day)[now.hour * 60 + now.minute]

    def _day(self, city: str) -> tuple[_Minute, ...]:
        """The day of a city, minute by minute of UTC."""
        found = self._days.get(city)
        if found is None:
            windows = tuple(window for release in self.releases for window in self._windows(release, city))
            found = self._days[city] = _day_of(windows) if windows else (_FREE,) * _DAY
        return found

    def _windows(self, release: Release, city: str) -> Iterator[tuple[str, int, int]]:
        """Name, first minute of the day [UTC] and length of each window of a release in a city [min]."""
        if release.cities and city not in release.cities:
            return
        if release.is_standard and city not in self._offsets:
            raise DomainError(
                f"release {release.name} is in standard time, and {city} has none; known: {self._offsets}"
            )
        offset = self._offsets[city] if release.is_standard else 0
        for hour in release.hours or range(24):
            start = (hour - offset) * 60 + release.minute - release.before
            yield release.name, start % _DAY, release.before + release.after


@cache
def _day_of(windows: tuple[tuple[str, int, int], ...]) -> tuple[_Minute, ...]:
    """The day laid out once for all who keep the same calendar."""
    return tuple(_laid_out(windows))


def _laid_out(windows: Sequence[tuple[str, int, int]]) -> Iterator[_Minute]:
    for now in range(_DAY):
        inside = [(length - (now - start) % _DAY, name, (now - start) % _DAY) for name, start, length in windows]
        to_end, name, since_start = max(inside)
        since_end = min((now - start - length) % _DAY for _, start, length in windows)
        to_start = min((start - now - 1) % _DAY + 1 for _, start, _ in windows)
        is_inside = to_end > 0
        yield _Minute(name if is_inside else None, since_start, to_end, since_end, to_start)
