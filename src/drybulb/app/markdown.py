"""Numbers, intervals, paragraphs, lists and tables as a page in Markdown writes them."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence


def number(value: float | None, digits: int = 3) -> str:
    """A number with its sign as in print; a dash where there is none."""
    if value is None:
        return "–"
    # What rounds to nothing has no sign.
    return f"{round(value, digits) + 0.0:,.{digits}f}".replace("-", "−")


def interval(pair: Sequence[float] | None, digits: int = 3) -> str:
    """The ends of an interval."""
    return "–" if pair is None else f"{number(pair[0], digits)} … {number(pair[1], digits)}"


def table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """Lines of a table, the first column to the left, and an empty one."""
    rule = "|" + "|".join("---" if i == 0 else "---:" for i in range(len(columns))) + "|"
    return ["| " + " | ".join(columns) + " |", rule, *("| " + " | ".join(row) + " |" for row in rows), ""]


def paragraph(text: str) -> list[str]:
    """Lines of a paragraph, and an empty one."""
    return [*textwrap.wrap(text, 120, break_on_hyphens=False, break_long_words=False), ""]


def title(key: str) -> str:
    """A city's key as a person writes its name."""
    return key.replace("_", " ").title()


def item(text: str, indent: str = "") -> list[str]:
    """Lines of one item of a list."""
    return textwrap.wrap(
        f"- {text}",
        120,
        initial_indent=indent,
        subsequent_indent=f"{indent}  ",
        break_on_hyphens=False,
        break_long_words=False,
    )
