"""What a city is traded by in one window of a walk, how it is asked for, and what becomes of the settings with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import product
from typing import Any

from drybulb.app.config import Config
from drybulb.app.swept_sets import ParameterSet, configured, with_set
from drybulb.app.tally import usd
from drybulb.engine.fills import Fills

Edges = tuple[float, float]

#: A threshold that no order can promise: a dollar is all that a contract can pay [cents].
_NOTHING: Edges = (100.0, 100.0)


class Unproven(StrEnum):
    """What a city does in a window for which no set was clear of luck."""

    KEEP = "keep"
    STAND_DOWN = "stand-down"


@dataclass(frozen=True, slots=True)
class Selection:
    """How thresholds are chosen.

    Attributes:
        days: event days before a window that are looked at; of them, those whose payout was known.
        min_edges: tried at lead 0 and at lead 1, each with each [cents per contract].
        policy: whose beliefs are screened.
        fills: what the window is traded with; the screen always takes.
        unproven: what to do where no set is clear of luck.
        by_official: whether the official high settles an event whose settlement is not recorded.
    """

    days: int
    min_edges: tuple[float, ...]
    policy: str
    fills: Fills
    unproven: Unproven
    by_official: bool = False

    def sets(self, weight: float) -> list[ParameterSet]:
        """Return what is tried, at the weight that is configured."""
        edges = sorted(self.min_edges)
        return [ParameterSet(pair, weight) for pair in product(edges, edges)]


@dataclass(frozen=True, slots=True)
class Chosen:
    """The thresholds of one city for one window.

    Attributes:
        min_edge: what is traded by, at lead 0 and 1 [cents per contract]; None where nothing is traded.
        is_selected: whether the screen carried it; else it is what is configured, or nothing.
        why: in words.
        days: event days that were looked at, and whose payout was known, in order.
        best: name of the set that gained most; None where none traded.
        gain: of that set, with a flat stake [microdollars].
        luck: the block ``tried`` of that set among all that were tried; None where it never varies.
        gains: of every set by event day, with a flat stake [dollars].
    """

    min_edge: Edges | None
    is_selected: bool
    why: str
    days: tuple[date, ...]
    best: str | None
    gain: int
    luck: dict[str, Any] | None
    gains: Mapping[str, Mapping[date, float]]

    def to_json(self) -> dict[str, Any]:
        """Return it as a document has it, without the gains."""
        return {
            "min_edge_cents": None if self.min_edge is None else list(self.min_edge),
            "is_selected": self.is_selected,
            "why": self.why,
            "event_days": len(self.days),
            "last_day": self.days[-1].isoformat() if self.days else None,
            "sets": len(self.gains),
            "best": self.best,
            "flat_gain_usd": usd(self.gain),
            "tried": self.luck,
        }


def settings_of(config: Config, chosen: Mapping[str, Chosen], fills: Fills) -> Config:
    """Return the settings with what was chosen in the block of each city, and nothing else changed.

    Args:
        config: the settings in force.
        chosen: by city.
        fills: what the window is traded with, which says whose threshold it is.
    """
    for city, found in sorted(chosen.items()):
        if found.is_selected or found.min_edge is None:
            weight = float(configured(config, city, fills)["weight"])
            config = with_set(config, city, ParameterSet(found.min_edge or _NOTHING, weight), fills)
    return config


def undecided(
    asked: Selection,
    edges: Edges,
    why: str,
    days: Sequence[date] = (),
    best: str | None = None,
    gain: int = 0,
    luck: dict[str, Any] | None = None,
    gains: Mapping[str, Mapping[date, float]] | None = None,
) -> Chosen:
    """Return what a city does where nothing is clear of luck.

    Args:
        asked: how thresholds are chosen, and what to do here.
        edges: those that are configured.
        why: nothing is clear of luck.
        days: as :class:`Chosen` has them, as are all that follow.
        best: set.
        gain: of it.
        luck: of it.
        gains: of all.
    """
    kept = edges if asked.unproven is Unproven.KEEP else None
    said = "the configured thresholds stay" if kept else "it stands down"
    return Chosen(kept, False, f"{why}; {said}", tuple(days), best, gain, luck, gains or {})
