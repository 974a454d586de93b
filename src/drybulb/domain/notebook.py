"""What a value looks like in a notebook: small pieces of HTML that need nothing else and suit light and dark pages.

Every text is escaped here, once. Styles stand on the elements, because notebooks drop style sheets; colours are the
page's own, but for the bars.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

#: Three to one, at least, against white and against black.
_BAR_COLOUR = "#3b8ec2"
_FAINT = "rgba(128,128,128,.4)"
_TEXT = "max-width:60em;overflow-wrap:anywhere"
_CELL = f"padding:.1em .7em;border:0;border-bottom:1px solid {_FAINT};background:none;vertical-align:top"


def panel(title: str, lines: Iterable[str], *blocks: str) -> str:
    """A heading, lines of text under it, and blocks made by the functions below."""
    said = "".join(f'<div style="{_TEXT}">{escape(line)}</div>' for line in lines)
    return (
        '<div style="line-height:1.45;font-variant-numeric:tabular-nums">'
        f'<div style="font-weight:600;font-size:1.1em">{escape(title)}</div>{said}{"".join(blocks)}</div>'
    )


def table(caption: str, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; the first cell of each row names it."""
    return _table(caption, columns, ([escape(cell) for cell in row] for row in rows))


def bars(caption: str, columns: Sequence[str], rows: Sequence[tuple[str, float]]) -> str:
    """A bar for every probability, the greatest as wide as the column, with its number.

    Args:
        caption: of the table.
        columns: what the names and the numbers are.
        rows: name and probability, 0 … 1.
    """
    most = max((probability for _, probability in rows), default=0.0) or 1.0
    cells = ([escape(name), escape(percent(share)), _bar(share / most)] for name, share in rows)
    return _table(caption, [*columns, ""], cells)


def listed(lines: Iterable[str]) -> str:
    """A list of sentences."""
    items = "".join(f"<li>{escape(line)}</li>" for line in lines)
    return f'<ul style="margin:.3em 0;{_TEXT}">{items}</ul>'


def folded(summary: str, block: str) -> str:
    """A block that opens when its summary is clicked."""
    head = f'<summary style="cursor:pointer">{escape(summary)}</summary>'
    return f'<details style="margin:.5em 0">{head}{block}</details>'


def percent(probability: float) -> str:
    """Write a probability with one decimal; what rounds to nothing and is not nothing says so."""
    return "<0.1 %" if 0.0 < probability < 0.0005 else f"{100 * probability:.1f} %"


def _bar(share: float) -> str:
    style = f"height:.75em;margin-top:.3em;width:{100 * share:.1f}%;background:{_BAR_COLOUR}"
    return f'<div style="min-width:12em"><div style="{style}"></div></div>'


def _table(caption: str, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table of cells that are HTML already; one wider than the page is scrolled."""
    head = "".join(_cell("th", number, escape(name), "col") for number, name in enumerate(columns))
    body = "".join(
        f"<tr>{''.join(_cell('td' if number else 'th', number, cell, 'row') for number, cell in enumerate(row))}</tr>"
        for row in rows
    )
    return (
        '<div style="overflow-x:auto;margin:.5em 0"><table style="border-collapse:collapse;font-size:.95em">'
        f'<caption style="caption-side:top;text-align:left;white-space:nowrap">{escape(caption)}</caption>'
        f'<thead><tr style="background:none">{head}</tr></thead><tbody>{body}</tbody></table></div>'
    )


def _cell(tag: str, column: int, content: str, scope: str) -> str:
    """A cell; the first column is text, the others are numbers."""
    of = f' scope="{scope}"' if tag == "th" else ""
    return f'<{tag}{of} style="{_CELL};text-align:{"right" if column else "left"};white-space:nowrap">{content}</{tag}>'
