"""`drybulb watch`: whether the market refutes a belief, city by city, and whether its calibration drifts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from drybulb.adapters.lake import Lake
from drybulb.app.config import Config
from drybulb.app.forecaster import Forecaster
from drybulb.app.progress import Progress, silent
from drybulb.app.watch_drift import Drift, drift
from drybulb.app.watched import Watched, watched
from drybulb.domain.city import City
from drybulb.verification.evalue import FLOOR

#: Whom the drift's log score is compared with.
REFERENCE = "S"


@dataclass(frozen=True, slots=True)
class WatchResult:
    """E-values and drift of a window.

    Attributes:
        window: first and last event day asked about.
        watched: the bets.
        drift: calibration by city, lead, clock and period.
        notes: what a reader must know.
    """

    window: tuple[date, date]
    watched: Watched
    drift: Drift
    notes: list[str]

    def to_json(self) -> dict[str, Any]:
        """The document of schema ``watch/1``."""
        return {
            "schema": "watch/1",
            "window": [day.isoformat() for day in self.window],
            "registered": {**self.watched.to_json(), "is_enforced": self.watched.registered.is_enforced},
            "cities": [one.to_json() for one in self.watched.cities],
            "drift": self.drift.rows,
            "flags": self.drift.flags(),
            "notes": self.notes,
        }


def watch(
    lake: Lake,
    config: Config,
    cities: Mapping[str, City],
    forecaster: Forecaster,
    start: date,
    end: date,
    *,
    by: str = "month",
    progress: Progress = silent,
) -> WatchResult:
    """Watch the event days from ``start`` to ``end`` inclusive.

    Args:
        lake: the tables.
        config: the settings; ``[watch]`` is the bet.
        cities: cities to watch, by key.
        forecaster: fitted forecasters, trained before ``start``.
        start: first event day.
        end: last event day, inclusive.
        by: length of the periods of the drift, ``month`` or ``quarter``.
        progress: told which part of the work begins.

    Raises:
        ConfigError: as :func:`watched`.
        ModelError: an unknown forecaster, or one that knows things from inside the window.
        VerificationError: another period.
    """
    progress("bets")
    believe = partial(forecaster.beliefs, source=config.watch.forecaster)
    bets = watched(lake, config.watch, cities, believe, start, end)
    found = drift(
        *(lake, cities, forecaster, (start, end)),
        names=(config.watch.forecaster, REFERENCE),
        by=by,
        seed=config.training.seed,
        progress=progress,
    )
    return WatchResult((start, end), bets, found, _notes(bets, found))


def _notes(bets: Watched, found: Drift) -> list[str]:
    asked = bets.registered
    notes = [
        (
            f"in a city whose belief is right given all that the market knows, evidence of {asked.level:g} against it"
            f" comes up with a chance of at most {1.0 / asked.level:.2g}"
        ),
        (
            "a belief that is calibrated but leaves out what the market knows is refuted too, as one to trade alone;"
            " what it knows besides may still earn in the pool of `anchored`"
        ),
        (
            "evidence far below 1, after many good events, has as far to come back: a belief that turns bad late is"
            " stopped later"
        ),
        f"a probability below {FLOOR:g} is taken for {FLOOR:g} where it divides",
    ]
    if not bets.is_registered:
        notes.append(
            f"the watch is registered from {asked.starts}, and these bets begin on {bets.began}: shown, and no verdict;"
            " --start on the registered day, or register another in [watch] from"
        )
    if "prints" in bets.sources:
        notes.append("the market's probabilities are partly of prints: what takers paid, not what stood in a book")
    notes += [
        f"{one.city}: official high and exchange name different brackets on {one.disputed:,} days; the first counts"
        for one in bets.cities
        if one.disputed
    ]
    notes += [f"{one.city}: no event to bet on" for one in bets.cities if not one.days]
    return [*notes, *found.notes]
