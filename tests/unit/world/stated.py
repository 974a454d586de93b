"""Events of which everything is stated by hand: six fair coins, each a degree up or down, make the official high."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from datetime import date, timedelta

import numpy as np

from drybulb.domain.city import City
from drybulb.world.filtered import Filtered
from drybulb.world.ladders import MINUTE, Listed, listed
from drybulb.world.spec import MakerSpec, WorldSpec

CITY = City(
    key="somewhere",
    code="SOM",
    name="Somewhere",
    station="KSOM",
    series="KXHIGHSOM",
    legacy_series=(),
    standard_offset_hours=-6,
    time_zone="America/Chicago",
    ghcn="USW00000000",
    latitude=41.0,
    longitude=-87.0,
    elevation_m=188.0,
    neighbour=None,
)
DAY = date(2025, 7, 2)
CONSENSUS = 80
COINS = 6
#: When each coin's fall is published, from the open [min]: between two minutes, or just as one ends.
FALLS = (10.5, 200.0, 200.5, 1000.25, 1000.75, 2000.0)
LATENCY = {"print": 1, "quote": 0, "settlement": 39_600}
#: Makers who never pause and add nothing to their half spread of 1.5 cents.
PLAIN = MakerSpec(caution=0.0, pauses_per_hour=0.0)


def spec(makers: MakerSpec = PLAIN, days: int = 2) -> WorldSpec:
    """A world whose last day of ``days`` with markets is ``DAY``."""
    return WorldSpec(DAY - timedelta(days=days + 1), days + 2, days, 1, LATENCY, makers)


def event(day: date = DAY) -> Listed:
    """The event of one day: ≤75, 76-77, 78-79, 80-81, 82-83 and ≥84 °F."""
    return listed(CITY, day, CONSENSUS)


def _below(degree: int, fallen: Sequence[int]) -> float:
    """P(high < degree) when these coins have fallen, 1 for up and -1 for down."""
    left = COINS - len(fallen)
    now = CONSENSUS + sum(fallen)
    ways = (math.comb(left, up) for up in range(left + 1) if now + 2 * up - left < degree)
    return sum(ways) / float(2**left)


def stated(coins: Sequence[int], of: Listed | None = None) -> Filtered:
    """What is known of the event while its coins fall."""
    of = of or event()
    degrees = np.arange(CONSENSUS - 5, CONSENSUS + 7)
    known_at = [of.open_at - MINUTE, *(of.open_at + int(minute * MINUTE) for minute in FALLS)]
    below = [[_below(int(degree), coins[:fallen]) for degree in degrees] for fallen in range(COINS + 1)]
    return Filtered(0, np.array(known_at, dtype=np.int64), degrees, np.array(below))


def high(coins: Iterable[int]) -> int:
    """The official high these coins make [whole °F]."""
    return CONSENSUS + sum(coins)
