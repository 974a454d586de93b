"""The picture of a comparison: profit and loss so far, a line a run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from itertools import accumulate

from matplotlib.ticker import FuncFormatter, MaxNLocator

from drybulb.app.charts import DESK, GREY, canvas, line_style, svg


def gains(days: Sequence[date], runs: Mapping[str, Sequence[float]], *, width: int, name: str) -> str:
    """Draw profit and loss so far of every run.

    Args:
        days: event days, in order.
        runs: gain of each day [dollars], by the run's name.
        width: of the picture [px].
        name: of the picture, once a page.
    """
    at = [(days[0] - timedelta(days=1)).toordinal(), *(day.toordinal() for day in days)]
    sums = {run: [0.0, *accumulate(gained)] for run, gained in runs.items()}
    with canvas(width, 320) as figure:
        axes = figure.subplots()
        axes.axhline(0, color=GREY, linewidth=0.8)
        for run, so_far in sums.items():
            colour, dash, _ = line_style(run, list(runs))
            axes.step(at, so_far, where="pre", color=colour, linestyle=dash, linewidth=1.7, label=run)
        axes.set_ylabel("profit and loss")
        axes.yaxis.set_major_formatter(FuncFormatter(_dollars))
        axes.yaxis.set_major_locator(MaxNLocator(6))
        axes.set_xlim(at[0], at[-1])
        shown = 6 if width > DESK else 3
        ticks = days[:: max(1, -(-(len(days) - 1) // (shown - 1)))]
        axes.set_xticks([day.toordinal() - 0.5 for day in ticks], [day.isoformat() for day in ticks])
        figure.legend(loc="outside upper left", ncols=4 if width > DESK else 2, fontsize=9, handlelength=3.6)
        ends = ", ".join(f"{run} {_dollars(so_far[-1])}" for run, so_far in sums.items())
        return svg(figure, name, f"Profit and loss so far of each run; they end at {ends}.")


def _dollars(value: float, _: int | None = None) -> str:
    return f"{'−' if value < 0 else ''}${abs(value):,.0f}"
