"""What a window of a walk is traded by: thresholds of each city, chosen by the screen from what was known before it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import product
from typing import Any

import numpy as np

from drybulb.adapters.lake import Lake
from drybulb.app import anchor_store, wiring
from drybulb.app.asking import BeliefMaker
from drybulb.app.config import Config
from drybulb.app.known_lake import KnownLake
from drybulb.app.progress import Progress, silent
from drybulb.app.screening import make_screen, make_tape
from drybulb.app.swept_city import LEAST_DEFLATED
from drybulb.app.swept_sets import ParameterSet, configured, with_set
from drybulb.app.tally import usd
from drybulb.app.tried import Tried
from drybulb.app.walked_anchor import anchored_tape
from drybulb.app.walked_windows import Window
from drybulb.engine.fills import Fills
from drybulb.research.pooled import pooled
from drybulb.research.screen import Screen, Trades
from drybulb.research.tape import Tape
from drybulb.verification import Word, verdict

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


def choose(
    lake: Lake,
    config: Config,
    window: Window,
    city: str,
    asked: Selection,
    forecaster: BeliefMaker,
    progress: Progress = silent,
) -> Chosen:
    """Choose the thresholds of a city for a window, of what was known before it opened and of nothing else.

    A set is chosen where its flat stake earns in the selection, and its deflated Sharpe ratio among all sets tried is
    at least that which a sweep asks of a proposal.

    Args:
        lake: the tables.
        config: the settings in force.
        window: the window.
        city: key of the city.
        asked: how thresholds are chosen.
        forecaster: makes beliefs of the days before the window, each as of then.
        progress: told of each month begun.

    Raises:
        LakeError: a file that cannot be read.
        ModelError: a stored model that cannot be read, or no weights for the policy ``anchored``.
    """
    known = KnownLake(lake, window.opens_at)
    first, last = window.selection(asked.days)
    tape = make_tape(
        known,
        config,
        first,
        last,
        cities=[city],
        forecaster=forecaster,
        policy=asked.policy,
        by_official=asked.by_official,
        progress=progress,
    )
    in_force = configured(config, city, asked.fills)
    weight = float(in_force["weight"])
    edges: Edges = (in_force["min_edge_cents"][0], in_force["min_edge_cents"][1])
    is_anchored = asked.policy == wiring.ANCHORED
    if not weight and not is_anchored:
        return _unproven(asked, edges, "its configured weight is 0: nothing is traded", _days(tape))
    if not len(tape.events):
        return _unproven(asked, edges, "no event of the days before it had been paid by then")
    rules = wiring.anchor_rules(config)
    if is_anchored:
        weights = anchor_store.newest(lake, wiring.forecaster_of(asked.policy)).weights
        tape = anchored_tape(tape, rules, weights, config.cities()[city])
    else:
        tape = pooled(tape, rules, weight)
    screen = make_screen(tape, config)
    made = {one: _screened(screen, config, city, one) for one in asked.sets(weight)}
    return judged(made, _days(tape), asked, edges, config.training.seed)


def judged(
    made: Mapping[ParameterSet, Trades], days: tuple[date, ...], asked: Selection, edges: Edges, seed: int
) -> Chosen:
    """Return the set that gained most, if it is clear of luck; of sets that gain the same, the first of the grid.

    Args:
        made: what each set traded with a flat stake, in the order of the grid.
        days: event days that were looked at, in order.
        asked: how thresholds are chosen.
        edges: those that are configured.
        seed: of the bootstrap.
    """
    by_day = {one: trades.by_day() for one, trades in made.items()}
    gains = {one.name: {day: usd(by_day[one].get(day, 0)) for day in days} for one in made}
    traded = [one for one in made if len(made[one].at)]
    if not traded:
        return _unproven(asked, edges, f"none of {len(made)} sets traded in the selection", days, gains=gains)
    best = max(traded, key=lambda one: made[one].total)
    found = verdict(
        [day.toordinal() for day in days],
        list(gains[best.name].values()),
        len(by_day[best]),
        _by_event(made[best]),
        seed,
    )
    luck = Tried(tuple(gains), tuple(gains.values())).luck(best.name)
    reason = _against(found.word, found.reason, luck)
    if reason is not None:
        return _unproven(
            asked, edges, f"{best.name} gained most, but {reason}", days, best.name, made[best].total, luck, gains
        )
    why = f"{best.name} gained most of {len(made)} sets, and is clear of luck"
    return Chosen(best.min_edge, True, why, days, best.name, made[best].total, luck, gains)


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


def _screened(screen: Screen, config: Config, city: str, one: ParameterSet) -> Trades:
    return screen.trades(wiring.rules(with_set(config, city, one, Fills.TAKER)))


def _days(tape: Tape) -> tuple[date, ...]:
    return tuple(np.unique(tape.days).tolist())


def _by_event(trades: Trades) -> list[float]:
    """Gain of each event that was traded [dollars]."""
    gains = np.bincount(trades.event, trades.gain, len(trades.tape.events))
    return [usd(int(gains[event])) for event in np.unique(trades.event)]


def _against(word: Word, reason: str, luck: Mapping[str, Any] | None) -> str | None:
    """Why a set is not clear of luck; None where it is."""
    if word is not Word.EARNS:
        return f"{word}: {reason}"
    if luck is None:
        return "it gained the same every day, and luck cannot be told"
    if luck["deflated_sharpe"] < LEAST_DEFLATED:
        return f"its deflated Sharpe ratio is {luck['deflated_sharpe']:.2f}, {LEAST_DEFLATED:g} is asked"
    return None


def _unproven(
    asked: Selection,
    edges: Edges,
    why: str,
    days: Sequence[date] = (),
    best: str | None = None,
    gain: int = 0,
    luck: dict[str, Any] | None = None,
    gains: Mapping[str, Mapping[date, float]] | None = None,
) -> Chosen:
    """What a city does where nothing is clear of luck."""
    kept = edges if asked.unproven is Unproven.KEEP else None
    said = "the configured thresholds stay" if kept else "it stands down"
    return Chosen(kept, False, f"{why}; {said}", tuple(days), best, gain, luck, gains or {})
