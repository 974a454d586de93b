"""What a page is put together from: tables, and pictures at two widths."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

_WIDE, _NARROW = 860, 350


@dataclass(frozen=True, slots=True)
class Table:
    """A table of a page; the first cell of each row names it."""

    caption: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture at two widths, one for desk and paper, one for a phone: text in it cannot shrink with the page."""

    caption: str
    wide: str
    narrow: str

    @classmethod
    def drawn(cls, caption: str, draw: Callable[[int], str]) -> Picture:
        """Draw a picture at both widths; ``draw`` is handed one of them [px]."""
        return cls(caption, draw(_WIDE), draw(_NARROW))
