"""The picture of a watch: the evidence against and for the belief of every city, event by event."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, NullLocator

from drybulb.app import charts
from drybulb.app.markdown import title
from drybulb.app.watch import WatchResult
from drybulb.app.watch_bets import CityWatch
from drybulb.errors import VerificationError

WIDTH, ROW_HEIGHT, HEAD = 900, 230, 90
_AGAINST = (charts.VERMILLION, "-", "against the belief, where the market bets on its own probabilities")
_FOR = (charts.BLUE, (0, (8, 1.5)), "for it, where the belief bets against the market")
#: What is drawn of evidence: further down or up, nothing more is learnt [times].
_SHOWN = (1e-3, 1e4)


def write(file: Path, result: WatchResult) -> None:
    """Draw a watch and write it as an SVG that stands alone, whole or not at all.

    Args:
        file: where to.
        result: what was watched.

    Raises:
        VerificationError: no city had an event to bet on.
    """
    content = picture(result).encode("utf-8")
    aside = file.with_name(f".{file.name}.{os.getpid()}.part")
    file.parent.mkdir(parents=True, exist_ok=True)
    aside.write_bytes(content)
    aside.replace(file)


def picture(result: WatchResult) -> str:
    """Draw the evidence, a panel a city.

    Args:
        result: what was watched.

    Raises:
        VerificationError: no city had an event to bet on.
    """
    bets = result.watched
    cities = [one for one in bets.cities if one.days]
    if not cities:
        raise VerificationError("no event could be bet on; choose days with markets, beliefs and outcomes")
    level, columns = bets.registered.level, min(2, len(cities))
    rows = -(-len(cities) // columns)
    with charts.canvas(WIDTH, HEAD + ROW_HEIGHT * rows) as figure:
        panels = figure.subplots(rows, columns, sharex=True, sharey=True, squeeze=False).ravel()
        for axes, one in zip(panels, cities, strict=False):
            _panel(axes, one, level, (bets.began, bets.end))
        for axes in panels[len(cities) :]:
            axes.set_visible(False)
        figure.legend(
            handles=panels[0].get_lines()[:2],
            title=f"Evidence on {bets.registered.forecaster}, {bets.began} to {bets.end}; at {level:g} a city stops",
            loc="outside upper left",
            alignment="left",
            ncols=2,
            handlelength=3.2,
        )
        ends = ", ".join(f"{title(one.city)} {one.against[-1]:.2g}" for one in cities)
        return charts.file_svg(
            figure, f"Evidence against {bets.registered.forecaster}, city by city; it ends at {ends}."
        )


def _panel(axes: Axes, one: CityWatch, level: float, window: tuple[date, date]) -> None:
    """Evidence after each event, on a scale of powers."""
    first, last = (day.toordinal() for day in window)
    at = [first - 1, *(day.toordinal() for day in one.days)]
    for (colour, dash, says), values in ((_AGAINST, one.against), (_FOR, one.proven)):
        axes.step(at, _within(values), where="post", color=colour, linestyle=dash, linewidth=1.6, label=says)
    axes.axhline(level, color=charts.BLACK, linewidth=0.8, linestyle=":")
    if one.stopped is not None:
        axes.plot([one.stopped.day.toordinal()], [min(one.stopped.e_value, _SHOWN[1])], "X", color=charts.BLACK)
    axes.set_yscale("log")
    axes.set_yticks([10.0**power for power in range(-3, 5)])
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,g}"))
    axes.yaxis.set_minor_locator(NullLocator())
    axes.set_ylim(*_SHOWN)
    axes.set_xlim(first - 1, last)
    verdict = "" if one.stopped is None else f", stopped {one.stopped.day}"
    axes.set_title(f"{title(one.city)}, {len(one.days)} events{verdict}", loc="left", fontsize=10, fontweight="bold")
    ticks = [first + round((last - first) * part / 3) for part in range(4)]
    axes.set_xticks(ticks, [date.fromordinal(tick).isoformat() for tick in ticks], fontsize=8)


def _within(values: Sequence[float]) -> list[float]:
    """Evidence from the 1 before any event on, cut off where the picture ends."""
    return [1.0, *(min(max(value, _SHOWN[0]), _SHOWN[1]) for value in values)]
