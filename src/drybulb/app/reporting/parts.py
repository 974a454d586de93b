"""What a page is put together from: tables, pictures at two widths, and figures that stand alone.

A page is a template that imports the macros of ``templates/parts.html`` and includes ``templates/page.css``;
:func:`template` finds it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

_WIDE, _NARROW = 880, 350


@dataclass(frozen=True, slots=True)
class Table:
    """A table of a page; the first cell of each row names it.

    Attributes:
        caption: what it shows.
        columns: their names.
        rows: their cells; what stands after a line break is shown small below it.
        kind: ``scroll`` to be moved sideways on a phone, its first column staying; ``words`` to become one block a row
            there, for its last column is text.
    """

    caption: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    kind: str = "scroll"


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


@dataclass(frozen=True, slots=True)
class Figure:
    """A number that stands alone, and what it is."""

    name: str
    value: str
    below: str = ""


def unbroken(sentence: str) -> str:
    """Join what no line may end within: a minus and its dollars, a number and its percent sign, an interval."""
    return sentence.replace("−$", "−\u2060$").replace(" %", "\u00a0%").replace(" … ", "\u00a0…\u00a0")


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a chapter: pictures, then tables, then tables that open on demand."""

    title: str
    pictures: Sequence[Picture]
    tables: Sequence[Table]
    folded: Sequence[Table] = ()


def template(name: str) -> Template:
    """Find a template of a page; what is put into it is escaped, and what it lacks is an error."""
    environment = Environment(
        loader=PackageLoader("drybulb.app"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(name)
