"""The picture of an example day: temperatures and the belief above, the ladder's quotes and our trades below.

Everything stands at the instant at which it was known, but readings, which stand where the thermometer was read: they
draw the path of the day. Time runs in local standard hours.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from itertools import groupby
from math import ceil
from typing import Any

from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from drybulb.app.charts import BLACK, BLUE, DESK, GREY, VERMILLION, canvas, svg
from drybulb.app.reporting import day_ladder, day_temperatures
from drybulb.app.reporting.day_document import BeliefAt, DayDocument
from drybulb.app.reporting.day_hours import Hours

#: Colour and hatch of who spoke, by the first word of the source.
SPEAKERS = {
    "global": ("#8C2807", ""),
    "blend": ("#8A5F2E", "//"),
    "city": ("#3F3A29", ""),
    "fallback": ("#7A2FC4", "xx"),
    "none": ("#ffffff", ".."),
}
_OTHER = (BLUE, "")
_LEFT, _RIGHT, _AXIS = 58, 10, 60  # room beside the panels, and below them for the hours [px]
_LINE = 19  # height of a line of a legend [px]
_LEGEND: dict[str, Any] = {
    "fontsize": 9,
    "handlelength": 2.2,
    "columnspacing": 1.2,
    "borderaxespad": 0.1,
    "labelspacing": 0.35,
}
_ROW = 42  # height of a row of the ladder that is as high as its ratio of 1 says [px]


def speaker(source: str) -> str:
    """First word of a source: ``global``, ``blend``, ``city``, ``fallback``, ``none``, or a forecaster's name."""
    return source.split(":", maxsplit=1)[0].split("(", maxsplit=1)[0]


def draw(day: DayDocument, *, width: int, name: str, says: str) -> str:
    """Draw a day.

    Args:
        day: what was known, believed, quoted and done.
        width: of the picture [px].
        name: of the picture, once a page.
        says: read out where it cannot be seen.
    """
    wide, legs = width > DESK, len(day.brackets)
    rows = [day_ladder.height(day, number) for number in reversed(range(legs))]
    ratios = [260 / _ROW, 0.4, *rows]
    columns = 5 if wide else 2
    keys = day_temperatures.key(day), _key()
    over, under = (_LINE * ceil(len(key) / columns) for key in keys)
    under += _AXIS
    height = int(_ROW * sum(ratios) + over + under)
    with canvas(width, height) as figure:
        # Laid out by hand: the hours of all days of a page then stand below each other, and it takes half the time.
        figure.set_layout_engine("none")
        room = {"left": _LEFT / width, "right": 1 - _RIGHT / width, "top": 1 - over / height, "bottom": under / height}
        grid = {**room, "height_ratios": ratios, "hspace": 0.12}
        above, strip, *ladder = panels = figure.subplots(legs + 2, 1, sharex=True, gridspec_kw=grid)
        hours = Hours.of(day, width - _LEFT - _RIGHT)
        day_temperatures.draw(above, day, hours)
        _speakers(strip, day.beliefs, hours)
        for axes, number in zip(ladder, reversed(range(legs)), strict=True):
            day_ladder.draw(axes, day, number, hours)
        _hour_axis(panels, day, hours, 3 if wide else 6)
        for axes in panels:
            axes.yaxis.set_label_coords(-46 / (width - _LEFT - _RIGHT), 0.5)
        figure.legend(handles=keys[0], loc="upper left", bbox_to_anchor=(0, 1), ncols=columns, **_LEGEND)
        figure.legend(handles=keys[1], loc="lower left", bbox_to_anchor=(0, 0), ncols=columns, **_LEGEND)
        return svg(figure, name, says)


def _speakers(axes: Axes, beliefs: Sequence[BeliefAt], hours: Hours) -> None:
    """A strip of who spoke, named where the name has room."""
    at = hours.steps([belief.at for belief in beliefs])
    spans = zip([speaker(belief.source) for belief in beliefs], at, at[1:], strict=False)
    for who, part in groupby(spans, key=lambda span: span[0]):
        pieces = list(part)
        begins, ends = pieces[0][1], pieces[-1][2]
        colour, hatch = SPEAKERS.get(who, _OTHER)
        axes.barh(0, ends - begins, left=begins, height=1.0, color=colour, hatch=hatch, edgecolor=GREY, linewidth=0.5)
        said = "silent" if who == "none" else who
        if (ends - begins) / hours.pixel > 7.5 * len(said):
            ink, paper = (BLACK, "white") if who == "none" else ("white", colour)
            box = {"facecolor": paper, "edgecolor": "none", "pad": 0.6}
            middle = (begins + ends) / 2
            axes.text(middle, -0.05, said, ha="center", va="center", fontsize=8.5, color=ink, bbox=box)
    axes.set_ylim(-0.5, 0.5)
    axes.set_yticks([])
    axes.spines[:].set_visible(False)
    axes.grid(visible=False)


def _hour_axis(panels: Sequence[Axes], day: DayDocument, hours: Hours, step: int) -> None:
    """Label every few hours, with the date where a day begins, and mark the event day's beginning."""
    ticks = list(range(step * ceil(hours.first / step), int(hours.last) + 1, step))
    dated = {ticks[0] if ticks else 0, 0}
    labels = []
    for tick in ticks:
        date = day.day + timedelta(days=tick // 24)
        labels.append(f"{tick % 24:02d}" + (f"\n{date.isoformat()}" if tick in dated else ""))
    for axes in panels:
        axes.axvline(0.0, color=GREY, linewidth=1.0)
        axes.tick_params(axis="x", bottom=False)
    panels[-1].set_xticks(ticks, labels)
    panels[-1].set_xlim(hours.first, hours.last)
    panels[-1].set_xlabel("hour, local standard time")


def _key() -> list[Patch | Line2D]:
    """Say what the ladder's marks mean."""
    mark = {"color": VERMILLION, "linestyle": "none"}
    return [
        Patch(facecolor=day_ladder.BAND, edgecolor=GREY, label="bid to ask"),
        Line2D([], [], color=GREY, linewidth=0.9, linestyle=day_ladder.CARRIED, label="bid or ask, carried"),
        Line2D([], [], color=BLUE, linewidth=1.4, linestyle=day_ladder.BELIEVED, label="belief's probability"),
        Line2D([], [], marker="^", markersize=6.5, label="YES bought", **mark),  # type: ignore[arg-type]
        Line2D([], [], marker="v", markersize=6.5, label="YES sold", **mark),  # type: ignore[arg-type]
        Line2D([], [], marker="^", markersize=4.5, markerfacecolor="none", label="order to buy", **mark),  # type: ignore[arg-type]
        Line2D([], [], marker="v", markersize=4.5, markerfacecolor="none", label="order to sell", **mark),  # type: ignore[arg-type]
    ]
