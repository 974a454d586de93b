"""`drybulb sweep`: thresholds, weights and fractions of Kelly, city by city; the screen ranks, the replay is shown.

Nothing is changed by it: what it proposes is text, and can only be a block ``[strategy.city.X]``. Every set tried is
kept with its gains by day, so that the best can be held against the luck of the best of so many.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from drybulb.adapters.lake import Lake
from drybulb.app import wiring
from drybulb.app.asked_once import AskedOnce
from drybulb.app.asking import BeliefMaker
from drybulb.app.code_digest import code_digest
from drybulb.app.config import Config
from drybulb.app.desks import DeskSpec, check_cities, run_desks
from drybulb.app.locked import asked, settings_digest
from drybulb.app.progress import Progress, silent
from drybulb.app.screening import make_screen, make_tape
from drybulb.app.swept_budgets import Budgets, budgets
from drybulb.app.swept_city import SweptCity, shown_city
from drybulb.app.swept_sets import Grid, ParameterSet, configured, with_set
from drybulb.app.swept_study import REPLAYED, SCREENED, Study, everything, go_on, halted_at, study_of, tape_digest
from drybulb.app.tally import usd
from drybulb.app.tuned_study import alone
from drybulb.engine.fills import Fills
from drybulb.errors import ConfigError
from drybulb.forecast.hybrid import NAME as HYBRID
from drybulb.research.pooled import pooled
from drybulb.research.screen import Trades
from drybulb.research.tape import Tape

#: Name of the desk that trades by the settings in force.
CONFIGURED = "configured"


@dataclass(frozen=True, slots=True)
class Trying:
    """What is tried, whatever the days and cities.

    Attributes:
        forecaster: whose beliefs are traded, one of :data:`~drybulb.app.wiring.FORECASTERS`.
        grid: the sets.
        fills: what the simulated exchange grants in the replay; the screen always takes.
        by_official: whether the official high settles an event whose settlement is not recorded.

    Raises:
        ConfigError: no such forecaster, or fills that nobody could have.
    """

    forecaster: str = HYBRID
    grid: Grid = field(default_factory=Grid)
    fills: Fills = Fills.TAKER
    by_official: bool = False

    def __post_init__(self) -> None:
        """Refuse what cannot be tried."""
        if self.forecaster not in wiring.FORECASTERS:
            known = ", ".join(wiring.FORECASTERS)
            raise ConfigError(f"{self.forecaster!r} is none of {known}, whose beliefs can be swept")
        if self.fills is Fills.NAIVE:
            raise ConfigError("fills naive: nobody can trade so, and what it likes best is worth nothing; use taker")

    @property
    def command(self) -> str:
        """The question as the openings of locked windows name it."""
        return asked(
            "sweep",
            forecaster=self.forecaster,
            min_edge=self.grid.min_edges,
            weight=self.grid.weights,
            fraction=self.grid.fractions,
            top=(self.grid.top,),
            fills=None if self.fills is Fills.TAKER else str(self.fills),
            settle_by_official=self.by_official or None,
        )


@dataclass(frozen=True, slots=True)
class SweepResult:
    """What was tried, city by city, and what came of it.

    Attributes:
        window: first and last event day.
        trying: what was tried.
        cities: by key.
        budgets: how the cities would share the bankroll; None of a single one.
        folder: where the replays are, and the pages are to be.
    """

    window: tuple[date, date]
    trying: Trying
    cities: dict[str, SweptCity]
    budgets: Budgets | None
    folder: Path

    def to_json(self) -> dict[str, Any]:
        """Return the document ``sweep/1``."""
        return {
            "schema": "sweep/1",
            "window": [day.isoformat() for day in self.window],
            "forecaster": self.trying.forecaster,
            "fills": str(self.trying.fills),
            "grid": self.trying.grid.to_json(),
            "cities": {city: found.to_json() for city, found in self.cities.items()},
            "budgets": None if self.budgets is None else self.budgets.to_json(),
            "out": str(self.folder),
        }


def sweep(  # noqa: PLR0913 - a use case is asked for as many things as its command has options
    lake: Lake,
    config: Config,
    start: date,
    end: date,
    cities: Sequence[str],
    forecaster: BeliefMaker,
    trying: Trying | None = None,
    *,
    out: Path | None = None,
    progress: Progress = silent,
) -> SweepResult:
    """Try a grid on each city of its own, on the event days from ``start`` to ``end`` inclusive.

    Args:
        lake: the tables; what is tried is kept in its ``swept``.
        config: the settings in force; they are the reference, and stay as they are.
        start: first event day.
        end: last event day, inclusive.
        cities: keys of the cities.
        forecaster: makes the beliefs.
        trying: what is tried; the usual grid on the hybrid's beliefs when None.
        out: folder of the replays and pages; ``swept/<first and last day>`` in the lake when None.
        progress: told what is being done.

    Raises:
        ConfigError: a city that is not configured, or an empty window.
        LakeError: a file that cannot be read or written.
        TuningError: a log that cannot be read or written, or a sweep of the same going on.
        EngineError: a replay failed.
    """
    check_cities(cities, config.cities())
    if end < start:
        raise ConfigError(f"the window ends on {end}, before it starts on {start}; swap them")
    tried, folder = trying or Trying(), out or lake.path / "swept" / f"{start}-{end}"
    ground = _Asked(lake, config, (start, end), tried, folder, progress)
    found = {city: _Sweeping(ground, city, AskedOnce(forecaster)).run() for city in sorted(set(cities))}
    best = {city: None if one.best is None else (one.best, one.gains) for city, one in found.items()}
    return SweepResult((start, end), tried, found, budgets(config, best) if len(best) > 1 else None, folder)


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is asked of every city."""

    lake: Lake
    config: Config
    window: tuple[date, date]
    trying: Trying
    folder: Path
    progress: Progress


@dataclass(frozen=True, slots=True)
class _Sweeping:
    """One city while it is swept."""

    asked: _Asked
    city: str
    maker: BeliefMaker

    def run(self) -> SweptCity:
        """Screen what was not screened yet, replay the best, and say what they are worth."""
        asked = self.asked
        tape = make_tape(
            asked.lake,
            asked.config,
            *asked.window,
            cities=[self.city],
            forecaster=self.maker,
            policy=asked.trying.forecaster,
            by_official=asked.trying.by_official,
            progress=self._told("tape"),
        )
        about = self._about(tape)
        log = study_of(asked.lake.path, about)
        with alone(log):
            study = go_on(log, about)
            spoken = self._screen(study, tape)
            sets = {one.name: one for one in asked.trying.grid.screened()}
            # Of sets that gain the same, the one that comes first in the grid; who never traded has shown nothing.
            lines = [study.known[SCREENED, one] for one in sets]
            ranked = sorted(lines, key=lambda row: (not row["fills"], -row["gain_usd"]))
            best = [sets[row["name"]] for row in ranked if row["fills"]][: asked.trying.grid.top]
            chosen = {tried.name: tried for one in best for tried in map(one.at, sorted(asked.trying.grid.fractions))}
            self._replay(study, chosen)
        tried = everything(asked.lake.path, asked.window, self.city)
        return shown_city(study, ranked, [CONFIGURED, *chosen], tried, spoken, asked.config.training.seed)

    def _about(self, tape: Tape) -> dict[str, Any]:
        """What the study is on; any other value makes another study."""
        asked = self.asked
        return {
            "window": [day.isoformat() for day in asked.window],
            "cities": [self.city],
            "forecaster": asked.trying.forecaster,
            "fills": str(asked.trying.fills),
            "by_official": asked.trying.by_official,
            "events": len(tape.events),
            "tape": tape_digest(tape),
            "settings": settings_digest(asked.config),
            "code": code_digest(),
        }

    def _screen(self, study: Study, tape: Tape) -> tuple[int, int]:
        """Screen every set that was not; return on how many ladders the lightest weight has a pool, and of how many."""
        asked = self.asked
        rules = wiring.anchor_rules(asked.config)
        told, sets = self._told("screen"), list(asked.trying.grid.screened())
        for done, weight in enumerate(sorted(asked.trying.grid.weights, reverse=True), start=1):
            mine = pooled(tape, rules, float(weight))
            screen = make_screen(mine, asked.config)
            for one in (one for one in sets if one.weight == weight):
                if (SCREENED, one.name) not in study.known:
                    self._note_screened(study, one, screen.trades(wiring.rules(self._settings(one, Fills.TAKER))))
            told("screen", done, len(asked.trying.grid.weights))
        return int((mine.belief >= 0).sum()), int((tape.belief >= 0).sum())

    def _note_screened(self, study: Study, one: ParameterSet, made: Trades) -> None:
        study.note(
            SCREENED,
            one.name,
            made.by_day(),
            set=one.to_json(),
            touched=made.touched,
            fills=len(made.at),
            gain_usd=usd(made.total),
        )

    def _replay(self, study: Study, chosen: Mapping[str, ParameterSet]) -> None:
        """Replay the settings in force and every chosen set that was not, on one feed."""
        asked = self.asked
        specs = [
            DeskSpec(
                name,
                asked.trying.forecaster,
                asked.trying.fills,
                None if one is None else self._settings(one, asked.trying.fills),
            )
            for name, one in {CONFIGURED: None, **chosen}.items()
            if (REPLAYED, name) not in study.known
        ]
        if not specs:
            return
        runs = run_desks(
            asked.lake,
            asked.config,
            *asked.window,
            [self.city],
            specs,
            self.maker,
            settle_by_official=asked.trying.by_official,
            out=asked.folder / "replays" / study.log.name / specs[0].name,
            progress=self._told("replay"),
        )
        for name, run in runs.items():
            said = (
                configured(asked.config, self.city, asked.trying.fills)
                if name == CONFIGURED
                else chosen[name].to_json()
            )
            found = run.tallies.cities[self.city]
            study.note(
                REPLAYED,
                name,
                found.gains,
                set=said,
                journal=run.digest,
                halted_at=halted_at(run.folder),
                refused=dict(sorted(run.refused[self.city].items())),
                result=found.to_json(run.seed),
            )

    def _settings(self, one: ParameterSet, fills: Fills) -> Config:
        return with_set(self.asked.config, self.city, one, fills)

    def _told(self, part: str) -> Progress:
        """Progress in the words of the sweep: city and part."""

        def tell(doing: str, done: int = 0, of: int = 0) -> None:
            _, _, month = doing.partition(":")
            self.asked.progress(f"{self.city} {part}:{month or ' done'}", done, of)

        return tell
