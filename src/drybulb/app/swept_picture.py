"""The heat map of a sweep: what the screen ranks by, at each threshold of lead 0 and of lead 1, best over weights.

The colours get lighter with the gain and can be read in grey; a loss is hatched too, and every cell has its number.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from drybulb.app import charts
from drybulb.app.reporting.sentences import signed

Floats = NDArray[np.float64]

_COLOURS = "cividis"
#: Cells darker than this part of the scale have their number in white.
_DARK = 0.45
_WIDTH, _HEIGHT, _LOW = 720, 440, 330


def best_over_weights(found: Mapping[str, Any], edges: list[float]) -> Floats:
    """Return the flat stake's gain of an event day, lead 1 by lead 0, the best of all weights that traded [dollars].

    Where none traded it is not a number.

    Args:
        found: a city of the document ``sweep/1``.
        edges: the grid's thresholds, rising [cents].
    """
    table = np.full((len(edges), len(edges)), np.nan)
    for row in (row for row in found["screened"] if row["fills"]):
        first, second = (edges.index(edge) for edge in row["min_edge_cents"])
        table[second, first] = np.fmax(table[second, first], row["flat_gain_per_day_usd"])
    return table


def heat(document: Mapping[str, Any], city: str, *, width: int = _WIDTH, name: str = "") -> str:
    """Draw the heat map of a city as SVG: an element of a page under ``name``, or a file that stands alone.

    Args:
        document: ``sweep/1``.
        city: key of the city.
        width: of the picture [px].
        name: of the picture, once a page; a file when empty.
    """
    found, edges = document["cities"][city], document["grid"]["min_edge_cents"]
    table = best_over_weights(found, edges)
    known = table[np.isfinite(table)]
    low, high = (float(known.min()), float(known.max())) if known.size else (0.0, 0.0)
    said = f"Flat stake's gain of an event day by threshold, from ${signed(low, 2)} to ${signed(high, 2)}."
    with charts.canvas(width, _HEIGHT if width > charts.DESK else _LOW) as figure:
        axes = figure.subplots()
        axes.grid(visible=False)
        top = high if high > low else low + 1.0
        shade = axes.imshow(table, cmap=_COLOURS, origin="lower", aspect="auto", vmin=low, vmax=top)
        for (second, first), gain in np.ndenumerate(table):
            _cell(axes, (first, second), float(gain), is_dark=float(gain) - low < _DARK * (top - low))
        for row in found["replayed"][1:]:
            place = [edges.index(edge) - 0.44 for edge in row["min_edge_cents"]]
            axes.add_patch(Rectangle((place[0], place[1]), 0.88, 0.88, fill=False, edgecolor="black", linewidth=2.4))
        labels = [f"{edge:g}" for edge in edges]
        axes.set_xticks(range(len(edges)), labels)
        axes.set_yticks(range(len(edges)), labels)
        axes.set_xlabel("least edge on the event day, ¢ after fees")
        axes.set_ylabel("on the day before, ¢")
        if width > charts.DESK:  # a phone has no room for it, and every cell has its number
            figure.colorbar(shade, ax=axes).set_label("flat stake, $ an event day")
        return charts.svg(figure, name, said) if name else charts.file_svg(figure, said)


def _cell(axes: Any, place: tuple[int, int], gain: float, *, is_dark: bool) -> None:  # noqa: ANN401 - matplotlib's own
    """Write a cell's number; hatch it where it is a loss."""
    if np.isnan(gain):
        axes.text(*place, "–", ha="center", va="center", color="black", fontsize=10)
        return
    ink = "white" if is_dark else "black"
    if gain < 0.0:
        corner = (place[0] - 0.5, place[1] - 0.5)
        axes.add_patch(Rectangle(corner, 1.0, 1.0, fill=False, hatch="////", edgecolor=ink, linewidth=0.0, alpha=0.35))
    axes.text(*place, signed(gain, 2), ha="center", va="center", color=ink, fontsize=10)
