"""What the backtest replays: windows of the archive, and the desks that trade each of them beside each other."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from drybulb.engine.fills import Fills

HYBRID = "hybrid"
#: Policies that trade in each of the three ways; the others take only.
FULL = ("hybrid", "global", "city", "anchored", "market")
#: Who is left to believe something where neither a city's own nor the global model can speak.
FALLBACKS = ("S", "emos", "climatology")
#: The ways of being filled that a desk could have had, the one to go by first; ``naive`` is none.
WAYS = (Fills.MAKER_PESSIMISTIC, Fills.TAKER, Fills.MAKER_OPTIMISTIC)
#: The ways in which the hybrid is tried without the calendar of releases too.
UNPULLED = (Fills.MAKER_PESSIMISTIC, Fills.TAKER, Fills.NAIVE)
PRINTS, DAILY, POLLS = "prints", "daily", "polls"


@dataclass(frozen=True, slots=True)
class Window:
    """Event days that are replayed on one account a desk.

    Attributes:
        name: of the window.
        start: first event day.
        end: last event day, inclusive.
        cities: keys of the cities traded.
        is_inferred: whether the official high settles an event whose settlement is not recorded.
    """

    name: str
    start: date
    end: date
    cities: tuple[str, ...]
    is_inferred: bool


WINDOWS = (
    Window(PRINTS, date(2024, 8, 16), date(2025, 2, 28), ("chicago", "miami", "austin", "denver"), is_inferred=False),
    Window(DAILY, date(2024, 11, 20), date(2026, 2, 14), ("philadelphia",), is_inferred=True),
    Window(
        POLLS,
        date(2026, 4, 7),
        date(2026, 8, 22),
        ("los_angeles", "chicago", "miami", "austin", "denver", "philadelphia"),
        is_inferred=True,
    ),
)


@dataclass(frozen=True, slots=True)
class Tried:
    """A desk that is tried.

    Attributes:
        policy: whose decisions.
        fills: how they are filled.
        is_pulled: whether the calendar of releases holds: nothing rests and nothing is taken around them.
    """

    policy: str
    fills: Fills
    is_pulled: bool = True

    @property
    def name(self) -> str:
        """Its name in documents."""
        return f"{self.policy}-{self.fills}{'' if self.is_pulled else '-no-calendar'}"


def desks(window: Window) -> tuple[tuple[Tried, ...], ...]:
    """Return the desks of a window in groups, each replayed by a process of its own.

    Desks that trade one forecaster's beliefs are in one group, for beliefs are most of the work.

    Args:
        window: the window; a small one is one group.
    """
    of_hybrid = (
        *_ways(HYBRID),
        Tried(HYBRID, Fills.NAIVE),
        *(Tried(HYBRID, way, is_pulled=False) for way in UNPULLED),
        *_ways("anchored"),
        *_ways("market"),
    )
    others = (*_ways("global"), *_ways("city"), *(Tried(policy, Fills.TAKER) for policy in FALLBACKS))
    return (of_hybrid, others) if window.name == PRINTS else ((*of_hybrid, *others),)


def _ways(policy: str) -> list[Tried]:
    """A policy filled in each of the three ways."""
    return [Tried(policy, way) for way in WAYS]
