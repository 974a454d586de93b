"""Pictures of gains, and of scores with their intervals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import nan

from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullFormatter

from drybulb.app.charts import BLACK, DESK, GREY, VERMILLION, canvas, line_style, svg
from drybulb.app.reporting.sentences import spaced


@dataclass(frozen=True, slots=True)
class Curve:
    """A figure of one forecaster, or of one part of a run, over several places of an axis; None where there is none.

    Attributes:
        name: whose.
        means: the figure at each place.
        intervals: its 90 % interval there.
    """

    name: str
    means: Sequence[float | None]
    intervals: Sequence[Sequence[float] | None]


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
    with canvas(width, 330 if width > DESK else 300) as figure:
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
        _day_ticks(lower, days, 6 if width > DESK else 3)
        figure.align_ylabels()
        says = f"Profit and loss so far ends at {_money(sums[-1])}; its deepest drawdown is {_money(-min(drops))}."
        return svg(figure, name, says)


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
        return svg(figure, name, f"{title}: profit and loss so far ends at {_money(sums[-1])}.")


def shared_bounds(series: Mapping[str, Sequence[float]]) -> tuple[float, float]:
    """Return the lowest and highest sum so far of any of ``series``, with a margin [dollars]."""
    every = [value for pnl in series.values() for value in _running(pnl)[0]]
    low, high = min(every), max(every)
    margin = 0.06 * (high - low) or 1.0
    return low - margin, high + margin


def scores(clocks: Sequence[str], curves: Sequence[Curve], *, metric: str, width: int, name: str) -> str:
    """Draw a score by clock, a line a forecaster, with its interval as a bar; lower is better.

    The axis is logarithmic: as far apart are two scores as one is a part of the other, late in the day as early.

    Args:
        clocks: labels of the clocks, in order of time.
        curves: one per forecaster.
        metric: what is scored, with its unit.
        width: of the picture [px].
        name: of the picture, once a page.
    """
    with canvas(width, 380 if width > DESK else 420) as figure:
        axes = figure.subplots()
        axes.set_yscale("log")
        axes.yaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
        axes.yaxis.set_minor_formatter(NullFormatter())
        _curves(axes, curves, joined=True)
        _places(axes, clocks, width)
        axes.set_ylabel(metric)
        lowest = min(mean for curve in curves for mean in curve.means if mean is not None)
        axes.set_ylim(bottom=max(axes.get_ylim()[0], lowest / 2.0))
        columns = 4 if width > DESK else 2
        figure.legend(loc="outside upper left", ncols=columns, fontsize=9, handlelength=3.6, columnspacing=1.4)
        names = ", ".join(spaced(curve.name) for curve in curves)
        return svg(figure, name, f"{metric} by clock of {names}; the figures stand in the table below.")


def around_zero(places: Sequence[str], curves: Sequence[Curve], *, what: str, width: int, name: str) -> str:
    """Draw figures about zero with their intervals, one mark for each curve at each place.

    Args:
        places: labels of the places, in order.
        curves: what is drawn at each.
        what: the figure, with its unit.
        width: of the picture [px].
        name: of the picture, once a page.
    """
    with canvas(width, 280 if width > DESK else 320) as figure:
        axes = figure.subplots()
        axes.axhline(0, color=BLACK, linewidth=1.0)
        _curves(axes, curves, joined=False)
        _places(axes, places, width)
        axes.set_xlim(-0.5, len(places) - 0.5)
        axes.set_ylabel(what)
        if len(curves) > 1:
            figure.legend(loc="outside upper left", ncols=4 if width > DESK else 2, fontsize=9, columnspacing=1.4)
        names = ", ".join(spaced(curve.name) for curve in curves)
        return svg(figure, name, f"{what} of {names}, with 90 % intervals; the figures stand in the table below.")


def _curves(axes: Axes, curves: Sequence[Curve], *, joined: bool) -> None:
    """Marks beside each other at every place, each with its interval; lines join those of a curve where asked."""
    names = [curve.name for curve in curves]
    spread = (0.36 if joined else 0.5) / max(len(curves), 1)
    for number, curve in enumerate(curves):
        colour, dash, marker = line_style(curve.name, names)
        known = [i for i, mean in enumerate(curve.means) if mean is not None]
        at = [i + (number - (len(curves) - 1) / 2) * spread for i in known]
        style = {"color": colour, "marker": marker, "markersize": 4.5 if joined else 6, "linewidth": 1.4}
        line = dash if joined else "none"
        axes.plot(at, [curve.means[i] for i in known], linestyle=line, label=spaced(curve.name), zorder=3, **style)  # type: ignore[arg-type]
        upright(axes, at, [curve.intervals[i] for i in known], color=colour, linewidth=0.9 if joined else 1.6)


def upright(
    axes: Axes, at: Sequence[float], intervals: Sequence[Sequence[float] | None], *, color: str, linewidth: float
) -> None:
    """Draw intervals as upright bars, all of a curve as one line with gaps, which keeps a page small."""
    bars = [(x, interval) for x, interval in zip(at, intervals, strict=True) if interval is not None]
    places = [value for x, _ in bars for value in (x, x, nan)]
    ends = [value for _, (low, high) in bars for value in (low, high, nan)]
    axes.plot(places, ends, color=color, linewidth=linewidth, alpha=0.75)


def _places(axes: Axes, labels: Sequence[str], width: int) -> None:
    """Labels below the axis, the first word of each above the others."""
    lines = [label.replace(" ", "\n", 1) for label in labels]
    if width <= DESK:
        lines = [line.replace(":00", "h") for line in lines]
        axes.tick_params(axis="x", labelsize=9)
    axes.set_xticks(range(len(labels)), lines)
