"""Pictures of a report: SVG that stands in the page itself and is the same, byte for byte, for the same figures.

Colours are those of Okabe and Ito (2008), Color Universal Design, which people with any
colour vision tell apart. Each line also has a dash and a marker of its own, so that a
print in grey can be read. Text stays text: it can be searched, and scales with the page.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from html import escape
from io import StringIO
from typing import Any

from matplotlib import rc_context, rcdefaults, rcParams
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator
from matplotlib.typing import RcKeyType

BLACK, VERMILLION, GREY = "#000000", "#D55E00", "#767676"

#: Colour, dash and marker of a line, the same in every picture; yellow is left out, on white it cannot be seen.
LINES = {
    "S": ("#0072B2", "-", "o"),
    "market": ("#000000", "--", "x"),
    "climatology": ("#D55E00", (0, (1, 1)), "s"),
    "persistence": ("#E69F00", "-.", "^"),
    "guidance_error": ("#009E73", (0, (5, 1, 1, 1)), "v"),
    "emos": ("#CC79A7", (0, (3, 1, 1, 1, 1, 1)), "D"),
    "ladder_centre": ("#56B4E9", (0, (6, 2)), "P"),
}
_DESK = 500  # a picture wider than this is for a desk or for paper [px]
#: Of lines that have no name above, in the order in which they come.
_OTHERS = (
    (GREY, (0, (2, 2)), "*"),
    ("#882255", (0, (8, 1)), "h"),
    ("#332288", (0, (4, 4)), "<"),
    ("#117733", (0, (1, 3)), ">"),
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
_POINTS = 0.75  # of a pixel, in which a page is measured


@dataclass(frozen=True, slots=True)
class Curve:
    """Scores of one forecaster over the clocks, with their intervals; None where it was not scored."""

    name: str
    means: Sequence[float | None]
    intervals: Sequence[Sequence[float] | None]


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


def _svg(figure: Figure, name: str, says: str) -> str:
    """Return the figure as an element of a page; ``name`` keeps its ids apart from those of other figures."""
    held = StringIO()
    figure.savefig(held, format="svg", metadata=_NO_METADATA, transparent=True)
    text = held.getvalue()
    text = text[text.index("<svg") :].replace("*{", "svg *{").replace(f"font-family: '{_FONT}'", "font-family: inherit")
    text = re.sub(r"\b(id=\"|url\(#|href=\"#)", rf"\g<1>{name}-", text)
    return text.replace("<svg ", f'<svg role="img" aria-label="{escape(says)}" class="chart" ', 1).strip()


def file_svg(figure: Figure, says: str) -> str:
    """Return the figure as a file that stands alone, on white; ``says`` is read out where it cannot be seen."""
    held = StringIO()
    figure.savefig(held, format="svg", metadata=_NO_METADATA, facecolor="white")
    label = f'<svg role="img" aria-label="{escape(says)}" '
    return held.getvalue().replace(f"'{_FONT}'", f"'{_FONT}', sans-serif").replace("<svg ", label, 1)


def _money(value: float, _: int | None = None) -> str:
    return f"{'−' if value < 0 else ''}${abs(value):,.0f}"


def _day_ticks(axes: Axes, days: Sequence[date], count: int) -> None:
    """Label at most ``count`` days, evenly apart from the first on, each in the middle of its step."""
    stride = max(1, -(-(len(days) - 1) // (count - 1)))
    chosen = days[::stride]
    axes.set_xticks([day.toordinal() - 0.5 for day in chosen], [day.isoformat() for day in chosen])
    axes.set_xlim(days[0].toordinal() - 1, days[-1].toordinal())


def _running(pnl: Sequence[float]) -> tuple[list[float], list[float]]:
    """Sum so far and its distance from the highest sum so far, both from 0 before the first day."""
    total, top, sums, drops = 0.0, 0.0, [0.0], [0.0]
    for gain in pnl:
        total += gain
        top = max(top, total)
        sums.append(total)
        drops.append(total - top)
    return sums, drops


def equity(days: Sequence[date], pnl: Sequence[float], *, width: int, name: str) -> str:
    """Draw profit and loss so far, and below it the drawdown.

    Args:
        days: event days, in order.
        pnl: profit or loss of each [dollars].
        width: of the picture [px].
        name: of the picture, once a page.
    """
    sums, drops = _running(pnl)
    at = [(days[0] - timedelta(days=1)).toordinal(), *(day.toordinal() for day in days)]
    with canvas(width, 330 if width > _DESK else 300) as figure:
        upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=(3, 1))
        upper.axhline(0, color=GREY, linewidth=0.8)
        upper.step(at, sums, where="pre", color=BLACK, linewidth=1.6)
        upper.set_ylabel("profit and loss")
        lower.fill_between(at, drops, step="pre", color=VERMILLION, linewidth=0)
        lower.set_ylabel("drawdown")
        for axes in (upper, lower):
            axes.yaxis.set_major_formatter(FuncFormatter(_money))
        upper.yaxis.set_major_locator(MaxNLocator(6))
        lower.yaxis.set_major_locator(MaxNLocator(2))
        _day_ticks(lower, days, 6 if width > _DESK else 3)
        figure.align_ylabels()
        says = f"Profit and loss so far ends at {_money(sums[-1])}; its deepest drawdown is {_money(-min(drops))}."
        return _svg(figure, name, says)


def small_equity(
    days: Sequence[date], pnl: Sequence[float], *, bounds: tuple[float, float], title: str, name: str
) -> str:
    """Draw profit and loss so far of one city; all cities share ``bounds``, so that they compare by eye [dollars]."""
    sums, _ = _running(pnl)
    at = [(days[0] - timedelta(days=1)).toordinal(), *(day.toordinal() for day in days)]
    with canvas(280, 170) as figure:
        axes = figure.subplots()
        axes.axhline(0, color=GREY, linewidth=0.8)
        axes.step(at, sums, where="pre", color=BLACK, linewidth=1.4)
        axes.set_title(f"{title}: {_money(sums[-1])}", loc="left", fontsize=10, fontweight="bold")
        axes.set_ylim(*bounds)
        axes.yaxis.set_major_formatter(FuncFormatter(_money))
        axes.yaxis.set_major_locator(MaxNLocator(3))
        _day_ticks(axes, days, 2)
        return _svg(figure, name, f"{title}: profit and loss so far ends at {_money(sums[-1])}.")


def shared_bounds(series: Mapping[str, Sequence[float]]) -> tuple[float, float]:
    """Return the lowest and highest sum so far of any of ``series``, with a margin [dollars]."""
    every = [value for pnl in series.values() for value in _running(pnl)[0]]
    low, high = min(every), max(every)
    margin = 0.06 * (high - low) or 1.0
    return low - margin, high + margin


def scores(clocks: Sequence[str], curves: Sequence[Curve], *, metric: str, width: int, name: str) -> str:
    """Draw a score by clock, a line a forecaster, with its interval as a bar; lower is better.

    Args:
        clocks: labels of the clocks, in order of time.
        curves: one per forecaster.
        metric: what is scored, with its unit.
        width: of the picture [px].
        name: of the picture, once a page.
    """
    with canvas(width, 320 if width > _DESK else 360) as figure:
        axes = figure.subplots()
        spread = 0.36 / max(len(curves), 1)
        for number, curve in enumerate(curves):
            colour, dash, marker = line_style(curve.name, [each.name for each in curves])
            known = [i for i, mean in enumerate(curve.means) if mean is not None]
            at = [i + (number - (len(curves) - 1) / 2) * spread for i in known]
            style = {"color": colour, "marker": marker, "markersize": 4.5, "linewidth": 1.4}
            axes.plot(at, [curve.means[i] for i in known], linestyle=dash, label=curve.name.replace("_", " "), **style)  # type: ignore[arg-type]
            for where, interval in zip(at, (curve.intervals[i] for i in known), strict=True):
                if interval is not None:
                    axes.plot([where, where], list(interval), color=colour, linewidth=0.9, alpha=0.7)
        hours = [clock.replace(" ", "\n") for clock in clocks]
        if width <= _DESK:
            hours = [hour.replace(":00", "h") for hour in hours]
            axes.tick_params(axis="x", labelsize=9)
        axes.set_xticks(range(len(clocks)), hours)
        axes.set_ylabel(metric)
        axes.set_ylim(bottom=0)
        columns = len(curves) if width > _DESK else 2
        figure.legend(loc="outside upper left", ncols=columns, fontsize=9, handlelength=3.2, columnspacing=1.2)
        names = ", ".join(curve.name for curve in curves)
        return _svg(figure, name, f"{metric} by clock of {names}; the figures stand in the table below.")
