"""Locked windows: event days whose outcomes are scored only when somebody says why, which is noted and kept.

A window that was looked at often is no test any more. So a command that scores outcomes inside one refuses, unless it
is told to open it and for what; each opening is a line of a file that is kept with the results. Asking the same of the
same models under the same settings again is no further look, and adds no line.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, date, datetime

from drybulb.adapters.lake import Lake
from drybulb.app import anchor_store, wiring
from drybulb.app.config import Config
from drybulb.app.forecaster import Forecaster
from drybulb.app.locked_block import LockedBlock
from drybulb.app.openings import OWN, Opened, Opening, note
from drybulb.app.roster import load_roster
from drybulb.app.runfolder import lake_digest
from drybulb.errors import LockedWindow
from drybulb.forecast.training import NAME
from drybulb.forecast.training_card import instant_text

Of = Callable[[], Mapping[str, str]]
"""Gives what is scored: ids of models by name, or the digest of a lake under ``lake``."""

_NEITHER = {"locked", "evaluation"}
"""Blocks that say who is refused, and nothing of what is scored."""


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
    return noted(config, windows, command, (start, end), cities, of(), (reason or "").strip(), now)


def noted(
    config: Config,
    windows: Sequence[LockedBlock],
    command: str,
    days: tuple[date, date],
    cities: Collection[str],
    scored: Mapping[str, str],
    reason: str,
    now: datetime | None = None,
) -> tuple[Opened, ...]:
    """Note that locked windows are looked at; nobody is refused.

    Args:
        config: its ``[evaluation] openings`` and, by their digest, its other settings.
        windows: the windows.
        command: who asks.
        days: first and last event day asked about.
        cities: keys of the cities asked about.
        scored: what is scored.
        reason: why; empty where nobody said.
        now: when [aware]; the clock when None.

    Raises:
        LockedWindow: the file of openings is not what it should be.
    """
    at, first, last = instant_text(now or datetime.now(UTC)), days[0].isoformat(), days[1].isoformat()
    made = (
        Opening(
            at=at,
            window=window.name,
            locked=span_of(window),
            command=command,
            asked=(first, last),
            cities=tuple(sorted(cities)),
            of=dict(sorted(scored.items())),
            settings=settings_digest(config),
            reason=reason,
        )
        for window in windows
    )
    return tuple(note(config.evaluation.file, opening) for opening in made)


def asked(verb: str, **options: str | bool | Sequence[object] | None) -> str:
    """A command as its openings name it: the verb and the options that change what is scored.

    Args:
        verb: such as ``backtest``.
        options: by name; None and an empty list are left out, a list is joined by commas, False is ``--no-``.
    """
    words = [verb]
    for name, value in options.items():
        option = name.replace("_", "-")
        match value:
            case None | () | []:
                continue
            case bool():
                words.append(f"--{option}" if value else f"--no-{option}")
            case str():
                words.append(f"--{option} {value}")
            case _:
                words.append(f"--{option} {','.join(str(one) for one in value)}")
    return " ".join(words)


def settings_digest(config: Config) -> str:
    """SHA-256 of the settings that may change what is scored, as hexadecimal digits."""
    values = config.model_dump(mode="json", exclude=_NEITHER)
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()


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


def span_of(window: LockedBlock) -> tuple[str, str]:
    """First and last day of a locked window, as text."""
    return window.starts.isoformat(), window.ends.isoformat()


def models_of(forecaster: Forecaster) -> dict[str, str]:
    """Ids of the models that a forecaster asks, by name: S with the baselines, the global one, the cities' own."""
    roster = load_roster(forecaster.lake, forecaster.config, forecaster.first)
    seats = [*([roster.global_] if roster.global_ else []), *roster.cities.values()]
    return {NAME: forecaster.model, **{seat.card.name: seat.id for seat in seats}}


def evidence(lake: Lake, forecaster: object | None, policy: str = "") -> Of:
    """What is scored when a forecaster is asked, or the lake alone.

    Args:
        lake: the tables.
        forecaster: who believes; one that is not of stored models is named by its class, and is never asked the same
            twice. None: nobody.
        policy: whose weights beside the market are used, if any are.
    """

    def of() -> dict[str, str]:
        stored = anchor_store.newest(lake, wiring.forecaster_of(policy)).id if policy == wiring.ANCHORED else None
        weights = {} if stored is None else {anchor_store.NAME: stored}
        # What inherits from the forecaster may say something else than the stored models do.
        if type(forecaster) is Forecaster:
            return {**models_of(forecaster), **weights, "settings": settings_digest(forecaster.config)}
        who = {} if forecaster is None else {OWN: type(forecaster).__name__}
        return {**who, **weights, "lake": lake_digest(lake)}

    return of
