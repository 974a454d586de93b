"""A walk while it goes on: who may look is asked first, then window after window is chosen for, traded and kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import drybulb
from drybulb.adapters.lake import Lake
from drybulb.app import anchor_store, wiring
from drybulb.app.asking import BeliefMaker
from drybulb.app.code_digest import code_digest
from drybulb.app.config import Config
from drybulb.app.desks import DeskSpec, run_desks
from drybulb.app.locked import open_window, refuse_closed, settings_digest, touched
from drybulb.app.openings import Opened
from drybulb.app.progress import Progress
from drybulb.app.run import Run
from drybulb.app.runfolder import lake_digest
from drybulb.app.swept_study import halted_at
from drybulb.app.walk import Walk
from drybulb.app.walked import CHOSEN, CONFIGURED, NOT_OPENED, TRADED, Row
from drybulb.app.walked_choice import Chosen, settings_of
from drybulb.app.walked_gains import kept
from drybulb.app.walked_kept import KeptWindow, digest, refuse_other
from drybulb.app.walked_last import LastWindow
from drybulb.app.walked_models import Models, Speakers, Speaking, StoredModels, stored_before, train_missing
from drybulb.app.walked_select import choose
from drybulb.app.walked_windows import Window, windows
from drybulb.errors import ConfigError, ModelError


@dataclass(slots=True)
class Walking:
    """A walk while it goes on.

    Attributes:
        lake: the tables and the stored models.
        config: the settings in force.
        walk: what is asked.
        windows: all of them, the last included.
        speakers: who believes.
        question: digest of all that is asked, of which lake, by which settings and code.
        folder: of the windows and runs.
        progress: told what is being done.
        closed: why windows are not traded, by number.
        reason: why the last window is opened; None where it is not.
    """

    lake: Lake
    config: Config
    walk: Walk
    windows: list[Window]
    speakers: Speakers
    question: str
    folder: Path
    progress: Progress
    closed: dict[int, str] = field(default_factory=dict)
    reason: str | None = None
    _past: BeliefMaker | None = None

    @classmethod
    def begin(
        cls,
        lake: Lake,
        config: Config,
        walk: Walk,
        out: Path | None,
        speakers: Speakers | None,
        progress: Progress,
    ) -> Walking:
        """Lay out the windows; arguments as :func:`drybulb.app.walkforward.walkforward`.

        Raises:
            ConfigError: no window, or a single one.
            LakeError: a file that cannot be read.
        """
        found = windows(walk.start, walk.end, walk.step, config.cities().values())
        if len(found) < 2:
            raise ConfigError(
                f"{walk.start} … {walk.end} is one window of {walk.step.text}, the last, which is kept for the end;"
                " give a longer walk or shorter windows"
            )
        inputs = {
            "command": walk.command,
            "cities": list(walk.cities),
            "lake": lake_digest(lake),
            "settings": settings_digest(config),
            "version": drybulb.__version__,
            "code": code_digest(),
        }
        question = digest(inputs)
        folder = out or lake.path / "walked" / question[:12]
        who = speakers or StoredModels(lake, config)
        return cls(lake, config, walk, found, who, question, folder, progress)

    def last(self) -> LastWindow:
        """Return the last window, with the question that asks for it."""
        return LastWindow(self.windows, self.walk.cities, self.walk.command, self.question, self.reason)

    def check(self, open_last: str | None, open_locked: str | None) -> None:
        """Refuse whatever would be refused later, before anything is trained, noted or written.

        Raises:
            LockedWindow: a locked window without a reason, or the last one for one that is blank or was given before.
            ConfigError: the folder has windows of another walk.
            LakeError: a window kept there that cannot be read.
            ModelError: no weights, or, where none is trained, no model.
        """
        self.reason = open_last
        self.closed = self.last().closed(self.config) if open_last is None else {}
        self.last().check(self.config)
        if self.traded:
            first, last = self._scored
            locked = touched(self.config, first, last, self.walk.cities)
            refuse_closed(locked, f"{self.walk.command} {first} … {last}", open_locked)
        refuse_other(self.folder, self.question)
        if self._is_anchored:
            anchor_store.newest(self.lake, wiring.forecaster_of(wiring.ANCHORED))
        if self.walk.models is Models.REUSE:
            self._past = self.speakers.past()

    def open(self, open_locked: str | None) -> tuple[Opened, ...]:
        """Note that locked windows of the settings are opened, and the last one if there is a reason.

        Raises:
            LockedWindow: as :meth:`check`.
            ModelError: nobody could speak in the last window, so that it would be opened for nothing.
        """
        if not self.traded:
            return ()
        if self.reason is not None and isinstance(who := self.speakers.of(self.windows[-1]), str):
            raise ModelError(f"the last window cannot be traded, and is not opened: {who}")
        opened = open_window(
            self.config,
            self.walk.command,
            *self._scored,
            self.walk.cities,
            lambda: {"question": self.question},
            open_locked,
        )
        return opened + self.last().open(self.config)

    @property
    def traded(self) -> list[Window]:
        """The windows that may be traded."""
        return [window for window in self.windows if window.number not in self.closed]

    @property
    def _scored(self) -> tuple[date, date]:
        """First and last event day that is selected on or traded."""
        return self.traded[0].selection(self.walk.selection.days)[0], self.traded[-1].end

    def train(self) -> tuple[Opened, ...]:
        """Train what no stored model was trained until: for each window, and for the first selection."""
        embargo = self.config.training.embargo_days
        first, _ = self.windows[0].selection(self.walk.selection.days)
        before = windows(first, first, self.walk.step, self.config.cities().values())
        untils = [window.until(embargo) for window in (*before, *self.traded)]
        return train_missing(self.lake, self.config, untils, list(self.config.city), self.progress)

    def window(self, window: Window) -> Row:
        """Do one window, unless it was done before."""
        about = {"number": window.number, "window": window.span, "opens_at": window.opens_at.isoformat()}
        self.progress("walk", window.number - 1, len(self.windows))
        if window.number in self.closed:
            return {**about, "status": NOT_OPENED, "why": self.closed[window.number]}
        speaking = self.speakers.of(window)
        if isinstance(speaking, str):
            return {**about, "status": "no model", "why": speaking}
        place = KeptWindow(self.folder / window.start.isoformat(), self.question, self._inputs(window, speaking))
        done = place.read()
        if done is None:
            done = {**about, "status": TRADED, "why": "", **self._traded(window, speaking, place.folder)}
            place.write(done)
        self.progress("walk", window.number, len(self.windows))
        return done

    def _inputs(self, window: Window, speaking: Speaking) -> str:
        """Digest of all that a window is made of."""
        weights = anchor_store.find(self.lake, wiring.forecaster_of(wiring.ANCHORED)) if self._is_anchored else None
        return digest(
            {
                "question": self.question,
                "window": window.span,
                "speaking": speaking.models,
                "stored": stored_before(self.lake, window.opens_at),
                "weights": None if weights is None else weights.id,
            }
        )

    @property
    def _is_anchored(self) -> bool:
        return self.walk.selection.policy == wiring.ANCHORED

    def _traded(self, window: Window, speaking: Speaking, folder: Path) -> Row:
        """Choose for a window, then trade it: what was chosen, and beside it what is configured."""
        chosen_by = self.walk.selection
        if self._past is None:
            self._past = self.speakers.past()
        chosen: dict[str, Chosen] = {}
        for city in self.walk.cities:
            told = self._told(f"{window.start} select {city}")
            chosen[city] = choose(self.lake, self.config, window, city, chosen_by, self._past, told)
        settings = settings_of(self.config, chosen, chosen_by.fills)
        specs = [DeskSpec(CHOSEN, chosen_by.policy, chosen_by.fills, settings)]
        if settings != self.config:
            specs.append(DeskSpec(CONFIGURED, chosen_by.policy, chosen_by.fills))
        runs = run_desks(
            self.lake,
            self.config,
            window.start,
            window.end,
            self.walk.cities,
            specs,
            speaking.maker,
            settle_by_official=chosen_by.by_official,
            out=folder / CHOSEN,
            progress=self._told(f"{window.start} trade"),
        )
        first, last = window.selection(chosen_by.days)
        return {
            "models": speaking.models,
            "selection": {
                "window": [first.isoformat(), last.isoformat()],
                "cities": {city: found.to_json() for city, found in chosen.items()},
            },
            "screened": {city: _by_day(found.gains) for city, found in chosen.items()},
            **{name: self._part(runs.get(name, runs[CHOSEN])) for name in (CHOSEN, CONFIGURED)},
        }

    def _part(self, run: Run) -> Row:
        """What is kept of a run."""
        return {
            "run": run.digest,
            "halted_at": halted_at(run.folder),
            "total": kept(run.tallies.total),
            "cities": {city: kept(run.tallies.cities[city]) for city in self.walk.cities},
        }

    def _told(self, part: str) -> Progress:
        """Progress in the words of the walk."""

        def tell(doing: str, done: int = 0, of: int = 0) -> None:
            _, _, month = doing.partition(":")
            self.progress(f"{part}:{month or ' done'}", done, of)

        return tell


def _by_day(gains: Mapping[str, Mapping[date, float]]) -> dict[str, dict[str, float]]:
    return {name: {day.isoformat(): gain for day, gain in sorted(of.items())} for name, of in gains.items()}
