"""`drybulb tune`: look for better settings of a model's hazards, count every look, and say what luck would find."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

import numpy as np
import polars as pl

from drybulb.adapters.lake import Lake
from drybulb.adapters.search import propose
from drybulb.adapters.trial_log import TrialLog
from drybulb.app.config import Config
from drybulb.app.progress import Progress, silent
from drybulb.app.tuned_chance import Gain
from drybulb.app.tuned_ground import TuningGround, cities_of, tuning_ground
from drybulb.app.tuned_others import others_of
from drybulb.app.tuned_result import TuneResult, luck_of
from drybulb.app.tuned_space import fixed_of, members_with, settings_of, space_of
from drybulb.app.tuned_study import CALENDAR, KEPT, going_on, searcher
from drybulb.domain.climateday import require_aware
from drybulb.errors import TuningError
from drybulb.forecast.hazard import HazardRules
from drybulb.forecast.training_card import instant_text

Score = Callable[[Sequence[HazardRules]], pl.DataFrame]
"""Gives ``station``, ``day``, ``log`` of every event out of fold [nats], sorted, under a configuration."""

Row = dict[str, Any]

_SAME = 1e-9
"""Two scores of the same settings differ by less, whatever machine computed them [nats]."""
_PLACES = 9
"""Decimals of a day's gain that are kept."""


def tune(
    lake: Lake,
    config: Config,
    model: str,
    until: datetime,
    trials: int,
    study: str | None = None,
    progress: Progress = silent,
) -> TuneResult:
    """Score configurations of a model's hazards out of fold, each noted in the registry; nothing is changed.

    The study goes on where it stopped: asked for no more than it has, it only says what was found.

    Args:
        lake: the tables; the study is kept in its registry.
        config: the configuration, whose ``[hazards]`` are the defaults.
        model: ``global``, or such as ``city-miami``.
        until: nothing known later is used [aware].
        trials: configurations to have tried in the end, beside the defaults.
        study: name of the study; the model's when None.
        progress: told what is being done.

    Raises:
        LockedWindow: ``until`` is inside or after a locked window that was never opened.
        ModelError: nothing to learn from was known by ``until``.
        TuningError: no such model, a study of something else or one that is running, or no optuna.
    """
    instant = require_aware(until, "until")
    optuna = searcher()
    cities_of(config, model)
    log = TrialLog(lake.path, study or model)
    with going_on(log):
        ground = tuning_ground(lake, config, model, instant, progress)
        members = config.hazards.members().of(model)
        log.begin({**_about(ground, model, instant, members), "optuna": optuna})
        search = Search(log, ground.scores, members, {**ground.about(), "until": instant_text(instant)})
        rows = tuple(search.run(trials, progress))
    others = others_of(lake.path, model, log.name)
    luck = luck_of(rows, others, ground.seed)
    return TuneResult(model, log.name, str(log.file), instant, ground.held(), rows, others, luck)


def _about(ground: TuningGround, model: str, until: datetime, members: Sequence[HazardRules]) -> Row:
    """What a study must not change while it goes on."""
    defaults = settings_of(members)
    named = {"model": model, "until": instant_text(until), **ground.about()}
    return {**named, "defaults": defaults, "fixed": fixed_of(members)}


@dataclass(frozen=True, slots=True)
class Search:
    """A study going on.

    Attributes:
        log: where each configuration is noted.
        score: scores one.
        members: the defaults.
        noted: what each line says beside what was found: ``seed``, ``lake``, ``until`` and more.
    """

    log: TrialLog
    score: Score
    members: Sequence[HazardRules]
    noted: Row

    def run(self, trials: int, progress: Progress = silent) -> list[Row]:
        """Go on until so many configurations were tried beside the defaults; return all of them.

        Args:
            trials: how many.
            progress: told of each begun.

        Raises:
            TuningError: the defaults score otherwise than when the study was begun, or no optuna.
        """
        rows = self.log.rows()
        if len(rows) > trials:
            return rows
        progress("tune: defaults", 0, trials + 1)
        started, defaults = time.perf_counter(), self.score(self.members)
        if rows:
            _refuse_other(self.log, rows[0], defaults)
        else:
            rows.append(self._note(0, settings_of(self.members), defaults, defaults, started))
        for number in range(len(rows), trials + 1):
            progress(f"tune: trial {number}", number, trials + 1)
            started, history = time.perf_counter(), [(row["settings"], row["score"]) for row in rows]
            settings = propose(space_of(self.members), history, int(self.noted["seed"]), number)
            found = self.score(members_with(self.members, settings))
            rows.append(self._note(number, settings, found, defaults, started))
        progress("tune: done", trials + 1, trials + 1)
        return rows

    def _note(self, number: int, settings: Row, found: pl.DataFrame, defaults: pl.DataFrame, started: float) -> Row:
        if not found.select("station", "day").equals(defaults.select("station", "day")):
            raise TuningError(f"trial {number} was scored on other events than the defaults; report this as a bug")
        days = [day.toordinal() for day in found["day"]]
        difference = (defaults["log"] - found["log"]).to_numpy()
        calendar, place, events = np.unique(days, return_inverse=True, return_counts=True)
        row: Row = {
            "number": number,
            "settings": settings,
            "score": float(np.mean(found["log"].to_numpy())),
            "gain": asdict(Gain.of(days, difference, int(self.noted["seed"]))),
            "seconds": round(time.perf_counter() - started, 2),
            **{name: self.noted[name] for name in ("seed", "lake", "until")},
            KEPT: np.bincount(place, difference).round(_PLACES).tolist(),
        }
        if number == 0:
            told = [date.fromordinal(int(day)).isoformat() for day in calendar]
            row[CALENDAR] = {"days": told, "events": events.tolist()}
        self.log.append(row)
        return row


def _refuse_other(log: TrialLog, noted: Row, defaults: pl.DataFrame) -> None:
    """Refuse to go on where the defaults score otherwise than they did.

    Raises:
        TuningError: they do, so that drybulb or a library it stands on is another.
    """
    score = float(np.mean(defaults["log"].to_numpy()))
    if abs(score - float(noted["score"])) > _SAME:
        raise TuningError(
            f"{log.path}: the defaults score {score:.6f} nats now and {float(noted['score']):.6f} when it was begun;"
            " the code or a library changed, so name another with --study"
        )
