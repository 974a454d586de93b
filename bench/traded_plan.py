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
#: The ways in which the hybrid is tried without the calendar of releases, and under the default halt, too.
TWICE = (Fills.MAKER_PESSIMISTIC, Fills.TAKER)
#: Makes by the same rules as the others, and believes what the market says.
CONTROL = "market"
#: Where the hybrid has anything to go by on prints: the control trades these alone, with all its capital, as it does.
LIKE_FOR_LIKE = ("chicago", "miami")
EARLIER, PRINTS, DAILY, POLLS = "prints-2024", "prints", "daily", "polls"


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
    Window(EARLIER, date(2024, 1, 4), date(2024, 8, 15), ("chicago",), is_inferred=False),
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
        is_halted: whether it is halted where the defaults say, and then stays so.
        cities: the only ones that it trades; all of the window when empty.
    """

    policy: str
    fills: Fills
    is_pulled: bool = True
    is_halted: bool = False
    cities: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Its name in documents."""
        free, halts = "" if self.is_pulled else "-no-calendar", "-halted" if self.is_halted else ""
        return "-".join((f"{self.policy}-{self.fills}{free}{halts}", *self.cities))


def desks(window: Window) -> tuple[tuple[Tried, ...], ...]:
    """Return the desks of a window in groups, each replayed by a process of its own.

    Desks that trade one forecaster's beliefs are in one group, for beliefs are most of the work; a group trades the
    same cities.

    Args:
        window: the window; a small one is one group.
    """
    halting = [Tried(HYBRID, way, is_halted=True) for way in TWICE]
    if window.name == EARLIER:
        return ((*_ways(HYBRID), *halting, Tried(CONTROL, Fills.MAKER_PESSIMISTIC)),)
    of_hybrid = (
        *_ways(HYBRID),
        *halting,
        Tried(HYBRID, Fills.NAIVE),
        *(Tried(HYBRID, way, is_pulled=False) for way in TWICE),
        *_ways("anchored"),
        *_ways(CONTROL),
    )
    others = (*_ways("global"), *_ways("city"), *(Tried(policy, Fills.TAKER) for policy in FALLBACKS))
    if window.name != PRINTS:
        return ((*of_hybrid, *others),)
    return (of_hybrid, others, (Tried(CONTROL, Fills.MAKER_PESSIMISTIC, cities=LIKE_FOR_LIKE),))


def _ways(policy: str) -> list[Tried]:
    """A policy filled in each of the three ways."""
    return [Tried(policy, way) for way in WAYS]
