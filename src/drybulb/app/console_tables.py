"""A table and notes on a terminal: numbers to the right and never broken."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from textwrap import fill
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.table import Table

_NUMBER = frozenset("0123456789+-–.,… ")
_MOST_UNBROKEN = 32
"""Longer words than this may be broken to fit a terminal [characters]."""


def _cell(value: Any) -> str:  # noqa: ANN401 - a cell of any JSON document
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:,.3f}"
    if isinstance(value, int):
        return f"{value:,}"
    return str(value)


def print_table(console: Console, title: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Print rows under their title; nothing where there are none."""
    rows = list(rows)
    if not rows:
        return
    table = Table(
        title=title,
        title_justify="left",
        title_style="bold",
        box=SIMPLE_HEAD,
        padding=0,
        show_edge=False,
        highlight=False,
    )
    cells = [[_cell(value) for value in row] for row in rows]
    for index, name in enumerate(columns):
        column = [row[index] for row in cells]
        numeric = all(_NUMBER.issuperset(cell) for cell in column)
        least = min(_MOST_UNBROKEN, max(_unbroken(cell) for cell in (name, *column)))
        if numeric:  # never broken: a number in two lines is two numbers
            table.add_column(fill(name, least, break_long_words=False), justify="right", no_wrap=True)
        else:
            table.add_column(name, overflow="fold", min_width=least)
    for row in cells:
        table.add_row(*(escape(cell) for cell in row))
    console.print(table)
    console.print()


def _unbroken(text: str) -> int:
    """Width below which a cell would be broken inside a word, a number or an interval."""
    return len(text) if "…" in text else max((len(word) for word in text.split()), default=0)


def print_notes(console: Console, notes: Iterable[str]) -> None:
    """Print one line a note."""
    for note in notes:
        # Not as markup: "[watch]" is a block of the configuration, and would be taken for a style and swallowed.
        console.print(f"note: {note}", highlight=False, markup=False, soft_wrap=True)
