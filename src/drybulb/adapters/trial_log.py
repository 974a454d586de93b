"""Every configuration ever tried: of models in ``<lake>/registry/tuned/<study>/``, of policies in ``<lake>/swept/``.

``study.json`` says what was searched on, ``trials.jsonl`` has a line a configuration, in the order they were tried. The
lines are all that a search needs to go on, so there is nothing beside them that could disagree.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from drybulb.errors import TuningError

TUNED = "tuned"
"""Folder of the registry that holds no models but what was tried."""

MODELS, POLICIES = f"registry/{TUNED}", "swept"
"""Where the studies of models are kept in a lake, and those of policies."""

_STUDY, _TRIALS = "study.json", "trials.jsonl"
_NAME = re.compile(r"[a-z0-9][a-z0-9_.-]*")

_SHOWN = 40
"""So much of a value stands in a message [characters]."""

Row = dict[str, Any]


class TrialLog:
    """The configurations tried in one study.

    Args:
        lake: the lake's folder.
        study: name of the study.
        of: what it tries, :data:`MODELS` or :data:`POLICIES`.

    Raises:
        TuningError: a name that is no folder's.
    """

    def __init__(self, lake: Path, study: str, of: str = MODELS) -> None:
        if not _NAME.fullmatch(study):
            raise TuningError(f"study {study!r}: a name is of small letters, digits, '_', '.' and '-'")
        self.name = study
        self.fix = "name another with --study" if of == MODELS else "delete its folder, and all of it is tried anew"
        self.path = lake / of / study

    @property
    def file(self) -> Path:
        """The file with a line a configuration."""
        return self.path / _TRIALS

    def begin(self, about: Row) -> None:
        """Begin the study, or make sure that the one begun is on the same.

        Args:
            about: plain values that say what is searched on.

        Raises:
            TuningError: it was begun on something else, or cannot be read or written.
        """
        file = self.path / _STUDY
        wanted: Row = json.loads(json.dumps(about))
        if file.exists():
            begun = _read(file, self.fix)
            if other := list(_differences(begun, wanted)):
                told = "; ".join(other)
                raise TuningError(f"{self.path} was begun on something else ({told}); {self.fix}")
            return
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            aside = file.with_suffix(f".{os.getpid()}.part")
            aside.write_text(json.dumps(wanted, indent=1) + "\n", encoding="utf-8")
            aside.replace(file)
        except OSError as error:
            raise TuningError(f"{file}: cannot be written ({error}); check space and permissions") from error

    def about(self) -> Row:
        """What the study is on, as it was begun.

        Raises:
            TuningError: it cannot be read.
        """
        return _read(self.path / _STUDY, self.fix)

    def rows(self) -> list[Row]:
        """The configurations tried, in order.

        Raises:
            TuningError: the file cannot be read, or a line of it is missing or broken.
        """
        if not self.file.exists():
            return []
        try:
            found: list[Row] = [json.loads(line) for line in self.file.read_text(encoding="utf-8").splitlines()]
            numbers = [row["number"] for row in found]
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise TuningError(f"{self.file}: is no list of trials ({error}); delete its broken last line") from error
        if numbers != list(range(len(found))):
            raise TuningError(f"{self.file}: trials are numbered {numbers}, not from 0 on; {self.fix}")
        return found

    def append(self, row: Row) -> None:
        """Note one configuration that was scored.

        Raises:
            TuningError: it cannot be written.
        """
        try:
            with self.file.open("a", encoding="utf-8") as kept:
                kept.write(json.dumps(row, allow_nan=False) + "\n")
                kept.flush()
                os.fsync(kept.fileno())
        except OSError as error:
            raise TuningError(f"{self.file}: cannot be written ({error}); check space and permissions") from error


def _read(file: Path, fix: str) -> Row:
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise TuningError(f"{file}: cannot be read ({error}); {fix}") from error
    if not isinstance(found, dict):
        raise TuningError(f"{file}: is no study; {fix}")
    return found


def _differences(begun: Row, wanted: Row) -> Iterator[str]:
    """What differs between two documents, each with both values; of values that are documents, what differs in them."""
    for name in sorted({*begun, *wanted}):
        was, now = begun.get(name), wanted.get(name)
        if isinstance(was, dict) and isinstance(now, dict):
            yield from _differences(was, now)
        elif was != now:
            yield f"{name}: {_short(was)}, now {_short(now)}"


def _short(value: object) -> str:
    """A value in a message; long ones are cut."""
    text = value if isinstance(value, str) else json.dumps(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
