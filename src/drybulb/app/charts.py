"""How every picture looks, and how it becomes SVG: the same bytes for the same figures.

Blue and vermillion are those of Okabe and Ito (2008), Color Universal Design; the colours beside them were chosen by
search so that all stand out from white by 3 to 1 or more (WCAG 2.2, 1.4.11) and from each other in everybody's sight.
Each line also has a dash and a marker of its own, so that a print in grey can be read. Text stays text: it can be
searched, and scales with the page.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from html import escape
from io import StringIO
from typing import Any

from matplotlib import rc_context, rcdefaults, rcParams
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.typing import RcKeyType

BLACK, BLUE, VERMILLION, GREY = "#000000", "#0072B2", "#D55E00", "#767676"

#: Colour, dash and marker of a line, the same in every picture.
LINES = {
    "hybrid": (VERMILLION, "-", "o"),
    "S": (BLUE, (0, (8, 1.5)), "s"),
    "market": (BLACK, "--", "x"),
    "emos": ("#8736D8", (0, (3, 1, 1, 1, 1, 1)), "D"),
    "guidance_error": ("#661952", (0, (5, 1, 1, 1)), "v"),
    "climatology": (GREY, (0, (1, 1)), "h"),
    "persistence": ("#B28150", "-.", "^"),
    "ladder_centre": ("#07078C", (0, (6, 2)), "P"),
    "global": ("#8C2807", (0, (4, 1, 1, 1, 1, 1)), "<"),
    "city": ("#3F3A29", (0, (2, 1)), ">"),
}
DESK = 500  # a picture wider than this is for a desk or for paper [px]
#: Of lines that have no name above, in the order in which they come.
_OTHERS = (
    ("#117733", (0, (2, 2)), "*"),
    ("#AA4499", (0, (8, 3)), "p"),
    ("#332288", (0, (4, 4)), "X"),
    ("#997700", (0, (1, 3)), "d"),
)

_FONT = "DejaVu Sans"
_SETTINGS: dict[RcKeyType, Any] = {
    "svg.hashsalt": "drybulb",
    "svg.fonttype": "none",
    "path.simplify": False,
    "text.parse_math": False,
    "font.family": [_FONT],  # comes with matplotlib, so every machine lays out alike; shown in the page's own font
    "font.size": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": GREY,
    "axes.grid": True,
    "axes.grid.axis": "y",
    "grid.color": "#dddddd",
    "grid.linewidth": 0.6,
    "axes.axisbelow": True,
    "xtick.color": "#333333",
    "ytick.color": "#333333",
    "legend.frameon": False,
}
_NO_METADATA = dict.fromkeys(("Date", "Creator", "Format", "Type"))
#: Beyond hundredths of a point no eye can follow a coordinate, and thousands of them make a page heavy.
_LONG = re.compile(r"(\d\.\d\d)\d+(?=[ \n,)\"])")
_POINT = re.compile(r"([ML]) (-?[\d.]+) (-?[\d.]+)")
_POINTS = 0.75  # of a pixel, in which a page is measured


def line_style(name: str, names: Sequence[str]) -> tuple[str, Any, str]:
    """Colour, dash and marker of a line among the lines of a picture; those of :data:`LINES` never change."""
    if name in LINES:
        return LINES[name]
    unnamed = [each for each in names if each not in LINES]
    return _OTHERS[unnamed.index(name) % len(_OTHERS)]


@contextmanager
def canvas(width: int, height: int) -> Iterator[Figure]:
    """Yield an empty figure of a size [px], drawn under our settings whatever the user's own are."""
    with rc_context():
        rcdefaults()
        rcParams.update(_SETTINGS)
        figure = Figure(figsize=(width * _POINTS / 72, height * _POINTS / 72), layout="constrained")
        FigureCanvasSVG(figure)
        yield figure


def svg(figure: Figure, name: str, says: str) -> str:
    """Return the figure as an element of a page; ``name`` keeps its ids apart from those of other figures."""
    held = StringIO()
    figure.savefig(held, format="svg", metadata=_NO_METADATA, transparent=True)
    text = held.getvalue()
    text = text[text.index("<svg") :].replace("*{", "svg *{").replace(f"font-family: '{_FONT}'", "font-family: inherit")
    text = re.sub(r"\b(id=\"|url\(#|href=\"#)", rf"\g<1>{name}-", text)
    text = re.sub(r"<[^>]+>", lambda tag: _LONG.sub(r"\1", tag[0]), text)
    text = re.sub(r' d="([^"]+)"', lambda path: f' d="{_short(path[1])}"', text)
    return text.replace("<svg ", f'<svg role="img" aria-label="{escape(says)}" class="chart" ', 1).strip()


def _short(path: str) -> str:
    """Write a path of straight lines with H and V where a line is level or upright, as those of steps are."""
    points = _POINT.findall(path)
    if _POINT.sub("", path).strip() not in ("", "z"):
        return path  # it has curves, or several parts that close
    parts: list[str] = []
    before = ("", "")
    for letter, x, y in points:
        if letter == "L" and (x, y) == before:
            continue
        level, upright = letter == "L" and y == before[1], letter == "L" and x == before[0]
        parts.append(f"H{x}" if level else f"V{y}" if upright else f"{letter}{x} {y}")
        before = (x, y)
    return "".join(parts) + ("z" if path.rstrip().endswith("z") else "")


def file_svg(figure: Figure, says: str) -> str:
    """Return the figure as a file that stands alone, on white; ``says`` is read out where it cannot be seen."""
    held = StringIO()
    figure.savefig(held, format="svg", metadata=_NO_METADATA, facecolor="white")
    label = f'<svg role="img" aria-label="{escape(says)}" '
    return held.getvalue().replace(f"'{_FONT}'", f"'{_FONT}', sans-serif").replace("<svg ", label, 1)
