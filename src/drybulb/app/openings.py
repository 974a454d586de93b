"""The file of openings: who looked at the days of a locked window, at what, when and why; a line a look."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import IO, Any

from drybulb.errors import LockedWindow

if sys.platform != "win32":
    import fcntl

OWN = "beliefs"
"""Names, in what was scored, whoever believed with no stored model: nobody can say whether he is still the same."""


@dataclass(frozen=True, slots=True)
class Opening:
    """One line of the file of openings.

    Attributes:
        at: when the window was opened [UTC, as text].
        window: its name.
        locked: its first and last day, as text.
        command: who asked, with the options that change what is scored.
        asked: first and last event day asked about, as text.
        cities: keys of the cities asked about, sorted.
        of: what was scored: ids of models by name, or the digest of the lake.
        settings: SHA-256 of the configuration; empty in lines of before it was noted.
        reason: why, in the words of whoever opened it; empty where a training noted itself.
    """

    at: str
    window: str
    locked: tuple[str, str]
    command: str
    asked: tuple[str, str]
    cities: tuple[str, ...]
    of: dict[str, str]
    settings: str
    reason: str

    def is_same_look(self, other: Opening) -> bool:
        """Whether another asked the same of the same models and settings, whenever and for whatever reason."""
        told = ("locked", "command", "asked", "cities", "of", "settings")
        return OWN not in self.of and all(getattr(self, name) == getattr(other, name) for name in told)

    def looked_into(self, first: date, last: date) -> bool:
        """Whether it opened an event day of a span, under whatever name.

        Args:
            first: first day of the span.
            last: its last day, inclusive.
        """
        begin, end = max(self.asked[0], self.locked[0]), min(self.asked[1], self.locked[1])
        return begin <= last.isoformat() and end >= first.isoformat()

    def is_of_all(self, first: date, last: date, city: str) -> bool:
        """Whether somebody said why every event day of a span was scored in a city.

        Args:
            first: first day of the span.
            last: its last day, inclusive.
            city: key of the city.
        """
        spans = self.asked[0] <= first.isoformat() and self.asked[1] >= last.isoformat()
        return bool(self.reason) and spans and city in self.cities

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Opening:
        """Read one line of the file."""
        pairs = {name: tuple(data[name]) for name in ("locked", "asked", "cities")}
        return cls(**{"settings": "", **data, **pairs})


@dataclass(frozen=True, slots=True)
class Opened:
    """A locked window that was opened, and which opening of it this is.

    Attributes:
        opening: what is in the file: of now, or of the first time the same was asked.
        number: its place among the openings of the window's days, from 1.
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
        return f"{what}: opened before on {self.opening.at[:10]} by the same command with the same models and settings"


def openings(file: Path) -> list[Opening]:
    """Read every opening noted, the first first; none where there is no file.

    Raises:
        LockedWindow: the file cannot be read, or a line of it is no opening.
    """
    try:
        return _parsed(file, file.read_bytes()) if file.exists() else []
    except OSError as error:
        raise LockedWindow(f"{file}: cannot be read ({error}); check its permissions") from error


def note(file: Path, opening: Opening) -> Opened:
    """Note an opening, unless the same look is noted already; of two at once, the second sees the first.

    Args:
        file: of openings; made if missing.
        opening: what is looked at now.

    Raises:
        LockedWindow: the file cannot be written, or a line of it is no opening.
    """
    first, last = (date.fromisoformat(day) for day in opening.locked)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("a+b") as kept:
            _wait_for(kept)
            kept.seek(0)
            content = kept.read()
            known = [one for one in _parsed(file, content) if one.looked_into(first, last)]
            for number, one in enumerate(known, start=1):
                if one.is_same_look(opening):
                    return Opened(one, number, is_new=False, file=file)
            # An editor may have left the last line without its end.
            begin = "\n" if content and not content.endswith(b"\n") else ""
            kept.write(f"{begin}{json.dumps(asdict(opening), ensure_ascii=False)}\n".encode())
            kept.flush()
            os.fsync(kept.fileno())
    except OSError as error:
        raise LockedWindow(f"{file}: the opening cannot be noted ({error}); check its permissions") from error
    return Opened(opening, len(known) + 1, is_new=True, file=file)


def _parsed(file: Path, content: bytes) -> list[Opening]:
    try:
        return [Opening.from_json(json.loads(line)) for line in content.decode("utf-8").split("\n") if line]
    except (ValueError, TypeError, KeyError) as error:
        raise LockedWindow(f"{file}: is no list of openings ({error}); restore it from your version control") from error


def _wait_for(kept: IO[bytes]) -> None:
    """Wait until nobody else holds the file; closing it lets go. Windows has no such lock, and nobody waits there."""
    if sys.platform != "win32":
        fcntl.flock(kept, fcntl.LOCK_EX)
