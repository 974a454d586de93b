"""Locked windows: event days whose outcomes are scored only when somebody says why, which is noted and kept.

A window that was looked at often is no test any more. So a command that scores outcomes inside one refuses, unless it
is told to open it and for what; each opening is a line of a file that is kept with the results. Asking the same of the
same models again is no further look, and adds no line.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from drybulb.adapters.lake import Lake
from drybulb.app.config import Config
from drybulb.app.forecaster import Forecaster
from drybulb.app.locked_block import LockedBlock
from drybulb.app.roster import load_roster
from drybulb.app.runfolder import lake_digest
from drybulb.errors import LockedWindow
from drybulb.forecast.training import NAME
from drybulb.forecast.training_card import instant_text

Of = Callable[[], Mapping[str, str]]
"""Gives what is scored: ids of models by name, or the digest of a lake under ``lake``."""


@dataclass(frozen=True, slots=True)
class Opening:
    """One line of the file of openings.

    Attributes:
        at: when the window was opened [UTC, as text].
        window: its name.
        locked: its first and last day, as text.
        command: who asked.
        asked: first and last event day asked about, as text.
        cities: keys of the cities asked about, sorted.
        of: what was scored: ids of models by name, or the digest of the lake.
        reason: why, in the words of whoever opened it.
    """

    at: str
    window: str
    locked: tuple[str, str]
    command: str
    asked: tuple[str, str]
    cities: tuple[str, ...]
    of: dict[str, str]
    reason: str

    def is_same_look(self, other: Opening) -> bool:
        """Whether another asked the same of the same models, whenever and for whatever reason."""
        told = ("window", "locked", "command", "asked", "cities", "of")
        return all(getattr(self, name) == getattr(other, name) for name in told)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Opening:
        """Read one line of the file."""
        pairs = {name: tuple(data[name]) for name in ("locked", "asked", "cities")}
        return cls(**{**data, **pairs})


@dataclass(frozen=True, slots=True)
class Opened:
    """A locked window that was opened, and which opening of it this is.

    Attributes:
        opening: what is in the file: of now, or of the first time the same was asked.
        number: its place among the openings of the window, from 1.
        is_new: whether it was noted just now.
        file: where it is noted.
    """

    opening: Opening
    number: int
    is_new: bool
    file: Path

    @property
    def sentence(self) -> str:
        """One sentence for a person."""
        first, last = self.opening.locked
        what = f"locked window {self.opening.window} ({first} … {last})"
        if self.is_new:
            return f"{what}: opening {self.number}, noted in {self.file}"
        return f"{what}: opened before on {self.opening.at[:10]} by the same command with the same models"


def open_window(
    config: Config,
    command: str,
    start: date,
    end: date,
    cities: Collection[str],
    of: Of,
    reason: str | None,
    now: datetime | None = None,
) -> tuple[Opened, ...]:
    """Open the locked windows that a question touches, or refuse.

    Args:
        config: its ``[[locked]]`` blocks and ``[evaluation] openings``.
        command: who asks.
        start: first event day that will be scored.
        end: last event day, inclusive.
        cities: keys of the cities that will be scored.
        of: gives what will be scored; asked only where a window is opened.
        reason: why they are opened; None refuses.
        now: when [aware]; the clock when None.

    Returns:
        One a window touched; none where none is.

    Raises:
        LockedWindow: a window is touched and no reason given, or the file of openings is not what it should be.
    """
    windows = touched(config, start, end, cities)
    refuse_closed(windows, f"{command} {start} … {end}", reason)
    if not windows:
        return ()
    file, at, scored = Path(config.evaluation.openings), instant_text(now or datetime.now(UTC)), dict(of())
    return tuple(
        _note(
            file,
            Opening(
                at,
                window.name,
                span_of(window),
                command,
                (start.isoformat(), end.isoformat()),
                tuple(sorted(cities)),
                dict(sorted(scored.items())),
                (reason or "").strip(),
            ),
        )
        for window in windows
    )


def touched(config: Config, start: date, end: date, cities: Collection[str]) -> list[LockedBlock]:
    """Locked windows that share an event day and a city with a question.

    Args:
        config: its ``[[locked]]`` blocks.
        start: first event day that will be scored.
        end: last event day, inclusive.
        cities: keys of the cities that will be scored.
    """
    return [window for window in config.locked if window.is_touched(start, end, cities)]


def refuse_closed(windows: Sequence[LockedBlock], asked: str, reason: str | None) -> None:
    """Refuse a question that touches locked windows and gives no reason.

    Args:
        windows: the windows.
        asked: the question, in words.
        reason: why they may be opened.

    Raises:
        LockedWindow: there are some, and no reason.
    """
    if windows and not (reason or "").strip():
        named = ", ".join(f"{one.name} ({' … '.join(span_of(one))})" for one in windows)
        raise LockedWindow(
            f"{asked} scores days of locked window {named}; ask about other days, or open it with"
            ' --open-locked "why", which is noted and kept'
        )


def openings(file: Path) -> list[Opening]:
    """Read every opening noted, the first first; none where there is no file.

    Raises:
        LockedWindow: the file cannot be read, or a line of it is no opening.
    """
    if not file.exists():
        return []
    try:
        return [Opening.from_json(json.loads(line)) for line in file.read_text(encoding="utf-8").splitlines()]
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise LockedWindow(f"{file}: is no list of openings ({error}); restore it from your version control") from error


def _note(file: Path, opening: Opening) -> Opened:
    known = [one for one in openings(file) if one.window == opening.window]
    for number, one in enumerate(known, start=1):
        if one.is_same_look(opening):
            return Opened(one, number, is_new=False, file=file)
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("a", encoding="utf-8") as kept:
        kept.write(json.dumps(asdict(opening), ensure_ascii=False) + "\n")
        kept.flush()
        os.fsync(kept.fileno())
    return Opened(opening, len(known) + 1, is_new=True, file=file)


def span_of(window: LockedBlock) -> tuple[str, str]:
    """First and last day of a locked window, as text."""
    return window.starts.isoformat(), window.ends.isoformat()


def models_of(forecaster: Forecaster) -> dict[str, str]:
    """Ids of the models that a forecaster asks, by name: S with the baselines, the global one, the cities' own."""
    roster = load_roster(forecaster.lake, forecaster.config, forecaster.first)
    seats = [*([roster.global_] if roster.global_ else []), *roster.cities.values()]
    return {NAME: forecaster.model, **{seat.card.name: seat.id for seat in seats}}


def evidence(lake: Lake, forecaster: object | None) -> Of:
    """What is scored when a forecaster is asked, or the lake alone.

    Args:
        lake: the tables.
        forecaster: who believes; one that is not of stored models is named by its class. None: nobody.
    """
    if isinstance(forecaster, Forecaster):
        return lambda: models_of(forecaster)
    who = {} if forecaster is None else {"beliefs": type(forecaster).__name__}
    return lambda: {**who, "lake": lake_digest(lake)}
