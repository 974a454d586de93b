"""Who is asked for beliefs about an event, and when."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol

import polars as pl

from drybulb.domain.distribution import Belief
from drybulb.engine.ports import Listing
from drybulb.frames.grid import REQUEST_SCHEMA
from drybulb.strategy.decision_clock import DecisionClock
from drybulb.strategy.releases import Releases


class BeliefMaker(Protocol):
    """Whoever turns requests into beliefs."""

    def beliefs(self, requests: pl.DataFrame, source: str) -> list[Belief]:
        """Return a belief of ``source`` for every request (city, day, at)."""
        ...


#: Makes beliefs for requests (city, day, at).
Believe = Callable[[pl.DataFrame], list[Belief]]


@dataclass(frozen=True, slots=True)
class Asking:
    """A forecaster, asked at every cadence and at the end of every release, or at set clocks only.

    Attributes:
        name: names its beliefs among those of others on one feed.
        believe: makes them.
        cadence: distance between two beliefs about an event.
        clocks: the only times at which they are made, instead; none are given as a rule. Near a release at its end
            as well.
        releases: at whose ends they are made too.
    """

    name: str
    believe: Believe
    cadence: timedelta
    clocks: tuple[DecisionClock, ...] = ()
    releases: Releases = Releases()  # noqa: RUF009 - it holds nothing, and nobody changes it

    def beliefs(self, listings: Mapping[str, Listing]) -> list[Belief]:
        """Ask for the beliefs about ``listings`` while they are open."""
        asked = [
            (listing.event.city, listing.event.day, at)
            for listing in listings.values()
            for at in self._instants(listing)
        ]
        return self.believe(pl.DataFrame(asked, schema=REQUEST_SCHEMA, orient="row")) if asked else []

    def _instants(self, listing: Listing) -> Iterator[datetime]:
        opens_at, closes_at = listing.opens_at, listing.closes_at
        if self.clocks:
            at_clocks = set(open_clocks(self.clocks, listing))
            # Near a release a clock decides when that has been read.
            windows = [self.releases.window(listing.event.city, at) for at in at_clocks]
            later = {window.ends for window in windows if window is not None and window.ends < closes_at}
            return iter(sorted(at_clocks | later))
        ends = self.releases.ends(listing.event.city, opens_at, closes_at)
        return iter(sorted({*_instants(opens_at, closes_at, self.cadence), *ends}))


def open_clocks(clocks: Iterable[DecisionClock], listing: Listing) -> Iterator[datetime]:
    """Yield the instants of those of ``clocks`` at which the market of ``listing`` is open, in order [UTC]."""
    instants = sorted({clock.at(listing.climate_day) for clock in clocks})
    return (at for at in instants if listing.opens_at <= at < listing.closes_at)


def _instants(start: datetime, end: datetime, step: timedelta) -> Iterator[datetime]:
    """Whole multiples of ``step`` since the epoch, from ``start`` on and before ``end``."""
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    at = epoch + -(-(start - epoch) // step) * step
    while at < end:
        yield at
        at += step
