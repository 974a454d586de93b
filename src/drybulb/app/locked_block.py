"""The blocks ``[[locked]]`` and ``[evaluation]``: days kept for one look at the end, and where looks are noted."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, PrivateAttr, StringConstraints, model_validator

from drybulb.app.block import Block
from drybulb.errors import ConfigError

_Said = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
"""Text that is not blank."""


class LockedBlock(Block):
    """One ``[[locked]]`` block: event days whose outcomes nobody scores without saying so."""

    name: _Said
    starts: date = Field(alias="from")
    ends: date = Field(alias="to")
    cities: tuple[str, ...] = ()
    note: str = ""

    @model_validator(mode="after")
    def _is_in_order(self) -> LockedBlock:
        if self.starts > self.ends:
            raise ValueError(f"window {self.name!r} is from {self.starts} to {self.ends}; put the earlier day first")
        return self

    def is_touched(self, start: date, end: date, cities: Collection[str]) -> bool:
        """Whether it shares an event day and a city with what is asked.

        Args:
            start: first event day asked about.
            end: last event day, inclusive.
            cities: city keys asked about.
        """
        shares_a_city = bool(cities) if not self.cities else not set(cities).isdisjoint(self.cities)
        return shares_a_city and start <= self.ends and end >= self.starts


class EvaluationBlock(Block):
    """Where openings of locked windows are noted, relative to the folder of the file that says so."""

    openings: _Said
    _folder: Path = PrivateAttr(default=Path())

    @property
    def file(self) -> Path:
        """The file of openings."""
        return self._folder / self.openings

    def said_in(self, folder: Path) -> Self:
        """The same, said by a configuration file in a folder.

        Args:
            folder: where that file is.
        """
        placed = self.model_copy()
        placed._folder = folder  # noqa: SLF001 - of its own class
        return placed


def check_locked(locked: Sequence[LockedBlock], known: Collection[str]) -> None:
    """Hold the names of locked windows and their cities against the configuration.

    Raises:
        ConfigError: two windows of one name, or a city that is not configured.
    """
    names = [window.name for window in locked]
    for window in locked:
        if names.count(window.name) > 1:
            raise ConfigError(f"[[locked]]: two windows are called {window.name!r}; give each a name of its own")
        if strange := sorted(set(window.cities) - set(known)):
            raise ConfigError(f"[[locked]] {window.name}: no city {', '.join(strange)}; known: {', '.join(known)}")
