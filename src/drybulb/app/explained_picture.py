"""The picture of a belief: what was known, what S and the belief think possible, and what made the difference."""

from __future__ import annotations

import os
from collections.abc import Sequence
from itertools import cycle
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from drybulb.app import charts
from drybulb.app.explain import Explained
from drybulb.app.explained_tables import signed, started
from drybulb.app.predict import PredictResult
from drybulb.domain.distribution import TemperatureDistribution
from drybulb.errors import ModelError
from drybulb.forecast.explanation import Explanation
from drybulb.forecast.model import GRID, Floats

WIDTH, HEIGHT, UPPER = 900, 840, 460
"""Size of the picture, and its height where nothing moved the mean [px]."""

_OWN, _NEIGHBOUR, _GUIDANCE = "#0072B2", "#E69F00", "#009E73"
_PALE_OWN, _PALE_NEIGHBOUR = "#a6cde6", "#f7dca3"
_S, _BELIEF = "#0072B2", charts.VERMILLION
_WARMER, _COOLER = charts.VERMILLION, "#0072B2"
_MARKERS = ("v", "^", "D", "P", "X", "*", "h", "<", ">", "p")

_BARS = 9
"""Features drawn one by one; the others are summed."""

_VISIBLE = 0.003
"""Degrees less probable than this at both ends are not drawn."""

_ONE_ROW = 19
"""With more degrees than this in view, the names of brackets stand in two rows, for in one they would run together."""

_LEAST_SPAN = 6.0
"""Temperatures closer together than this are not drawn as if they were far apart [°F]."""

_GUIDANCE_STEP = 1.4
"""Hours of the axis that each guidance source's mark takes [h]."""


_FREE = (4.0, 26.0, 48.0)
"""Where a title is free above no, one and two rows of names of brackets [points]."""

Bars = tuple[str, Floats, dict[str, Any]]
"""Name, distribution and style of a set of bars."""


def write(file: Path, result: PredictResult) -> None:
    """Draw a belief and write it as an SVG that stands alone, whole or not at all.

    Args:
        file: where to.
        result: the belief, explained.

    Raises:
        ModelError: it was not explained.
    """
    content = picture(result).encode("utf-8")
    aside = file.with_name(f".{file.name}.{os.getpid()}.part")
    file.parent.mkdir(parents=True, exist_ok=True)
    aside.write_bytes(content)
    aside.replace(file)


def picture(result: PredictResult) -> str:
    """Draw what was known and the distributions above, and below what moved the mean.

    Args:
        result: the belief, explained.

    Raises:
        ModelError: it was not explained.
    """
    known, seen = result.explanation, result.readings
    if known is None or seen is None:
        raise ModelError("this belief was not explained; ask for the explanation, then draw it")
    belief = result.belief
    where = f"{belief.city.replace('_', ' ')} {belief.day.isoformat()}"
    spread = belief.distribution
    mean = "nobody spoke" if spread is None else f"{belief.source}, mean {spread.mean():.1f} °F"
    moved = known.parts is not None and bool(known.parts.contributions)
    with charts.canvas(WIDTH, HEIGHT if moved else UPPER) as figure:
        above, *below = figure.subfigures(
            2 if moved else 1, 1, squeeze=False, height_ratios=(1.2, 1.0)[: 1 + moved]
        ).flat
        left, right = above.subplots(1, 2)
        bars = _pmfs(known.parts, spread)
        pad = _distributions(right, bars, result)
        _known(left, seen, known, result)
        _title(left, "what was known", pad)
        for under in below:
            _changes(under.subplots(), known)
        title = f"{where}, as of {belief.at:%Y-%m-%d %H:%M} UTC: {mean}"
        figure.suptitle(title, x=0.01, ha="left", fontsize=11)
        return charts.file_svg(figure, f"How the belief about {where} as of {belief.at.isoformat()} came about: {mean}")


def _known(axes: Axes, seen: pl.DataFrame, known: Explained, result: PredictResult) -> None:
    """Readings and the maximum so far over the hours of the day, guidance beside them."""
    begins, now = -24.0 * result.lead, float(result.inputs["hours"])
    axes.axvline(now, color=charts.GREY, linestyle="--", linewidth=0.9)
    _readings(axes, seen)
    for of, colour in ((known.neighbour, _PALE_NEIGHBOUR), (known.observed, _PALE_OWN)):
        if of is not None:
            since = now - (result.belief.at - of.reached.since).total_seconds() / 3600.0
            low, high, label = of.reached.low, of.reached.high, f"{of.station} max so far"
            # The edge is as wide as a mark, so that an interval of one degree is seen too.
            axes.fill_between([since, now], low, high, color=colour, linewidth=5.0, label=label, zorder=1.5)
    strip = begins + 25.5
    for number, (said, marker) in enumerate(zip(known.guidance, cycle(_MARKERS), strict=False)):
        label = f"{said['source']} {said['forecast']:.1f}°"
        at = [strip + _GUIDANCE_STEP * number]
        axes.plot(at, [said["forecast"]], marker, color=_GUIDANCE, markersize=7, label=label)
    if known.guidance_mean is not None:
        label = f"guidance, mean {known.guidance_mean:.1f}°"
        axes.axhline(known.guidance_mean, color=_GUIDANCE, linewidth=1.0, linestyle=":", label=label)
    ticks = [begins + 6.0 * n for n in range(5)]
    axes.set_xticks(ticks, [f"{6 * n:02d}" for n in range(5)])
    axes.set_xlim(begins - 0.5, strip + _GUIDANCE_STEP * max(len(known.guidance), 1))
    beside = "; guidance to the right" if known.guidance else ""
    axes.set_xlabel(f"local standard hour of the {'day before' if result.lead else 'day'}{beside}")
    axes.set_ylabel("°F")
    if not axes.get_legend_handles_labels()[0]:
        axes.set_yticks([])
        axes.text(0.5, 0.5, "nothing was known", transform=axes.transAxes, ha="center", color=charts.GREY)
        return
    bottom, top = axes.get_ylim()
    margin = max(_LEAST_SPAN - (top - bottom), 0.0) / 2
    axes.set_ylim(bottom - margin, top + margin)
    axes.yaxis.set_major_locator(MaxNLocator(8, integer=True))
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.17), ncols=2, fontsize=8)


def _title(axes: Axes, words: str, pad: float) -> None:
    axes.set_title(words, loc="left", fontweight="bold", fontsize=10, pad=pad)


def _readings(axes: Axes, seen: pl.DataFrame) -> None:
    """Each reading from the least to the most it can mean; the neighbour's as it reads."""
    for (station, is_neighbour), mine in seen.group_by("station", "is_neighbour", maintain_order=True):
        colour, marker = (_NEIGHBOUR, "s") if is_neighbour else (_OWN, "o")
        hours, low, high = (mine[name].to_list() for name in ("hours", "low", "high"))
        axes.vlines(hours, low, high, color=colour, linewidth=2.0)
        axes.plot(hours, high, marker, color=colour, markersize=3.5)
        label = f"{station}, the neighbour" if is_neighbour else f"{station}"
        axes.plot(hours, low, marker, color=colour, markersize=3.5, label=label)


def _distributions(axes: Axes, bars: Sequence[Bars], result: PredictResult) -> float:
    """S and the belief degree by degree, with the listed brackets; how far above the axes a title is free [points]."""
    if not bars:
        _title(axes, "nobody spoke", _FREE[0])
        axes.set_axis_off()
        return _FREE[0]
    likely = GRID[np.any([pmf >= _VISIBLE for _, pmf, _ in bars], axis=0)]
    first, last = likely.min() - 0.5, likely.max() + 0.5
    within = (first < GRID) & (last > GRID)
    width = 0.84 / len(bars)
    for number, (name, pmf, style) in enumerate(bars):
        at = GRID[within] + (number - (len(bars) - 1) / 2) * width
        label = f"{name}, mean {GRID @ pmf:.1f}°"
        axes.bar(at, pmf[within], width=width, label=label, linewidth=0.8, **style)
    lines = _brackets(axes, result.ladder, first, last)
    _title(axes, f"what {' and '.join(name for name, _, _ in bars)} held possible", _FREE[lines])
    axes.set_xlim(first, last)
    axes.set_xlabel("official high [°F]")
    axes.set_ylabel("probability")
    axes.xaxis.set_major_locator(MaxNLocator(10, integer=True))
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.17), ncols=2, fontsize=8)
    return _FREE[lines]


def _pmfs(parts: Explanation | None, spread: TemperatureDistribution | None) -> list[Bars]:
    """Name, distribution and style of each set of bars; of a forecaster that stands not on S, its own alone."""
    outlined = {"facecolor": "#cfe4f2", "edgecolor": _S, "hatch": "////"}
    solid = {"facecolor": _BELIEF, "edgecolor": _BELIEF}
    if parts is not None:
        corrected = any(voice.members for voice in parts.voices)
        return [("S", parts.s, outlined), *([("the belief", parts.belief, solid)] if corrected else [])]
    if spread is None:
        return []
    return [("the belief", np.array([spread.probability(int(degree), int(degree)) for degree in GRID]), solid)]


def _brackets(axes: Axes, ladder: list[dict[str, Any]], first: float, last: float) -> int:
    """Edges of the brackets in view, each named above with the belief's probability, in so many rows."""
    rows = 0 if not ladder else 1 if last - first <= _ONE_ROW else 2
    for number, leg in enumerate(ladder):
        low = first if leg["low"] is None else max(leg["low"] - 0.5, first)
        high = last if leg["high"] is None else min(leg["high"] + 0.5, last)
        if low >= high:
            continue
        if low > first:
            axes.axvline(low, color=charts.GREY, linewidth=0.8, linestyle=(0, (4, 2)))
        chance = "" if leg["probability"] is None else f"{100 * leg['probability']:.0f} %"
        axes.annotate(
            f"{leg['bracket']}\n{chance}",
            ((low + high) / 2, 1.0),
            xycoords=axes.get_xaxis_transform(),
            xytext=(0, _FREE[number % rows]),
            textcoords="offset points",
            ha="center",
            va="bottom",
            fontsize=7.5,
            color="#333333",
        )
    return rows


def _changes(axes: Axes, known: Explained) -> None:
    """What moved the mean from S's, the greatest above; what belongs to no one feature in grey."""
    parts = known.parts
    if parts is None:
        return
    _title(axes, "what moved the mean from S's [°F]", _FREE[0])
    shown, others = parts.contributions[:_BARS], parts.contributions[_BARS:]
    bars = [(one.feature + _value(one.value), one.change, True) for one in shown]
    bars += [(f"{len(others)} others", sum(one.change for one in others), False)] if others else []
    bars += [(name, change, False) for name, change in started(known.to_json()["voices"])]
    bars += [("change of the mean", parts.change, False)]
    for place, (_, change, is_feature) in enumerate(bars):
        colour = (_WARMER if change > 0 else _COOLER) if is_feature else charts.GREY
        axes.barh(place, change, height=0.7, color=colour, linewidth=0)
        axes.annotate(
            signed(change),
            (change, place),
            xytext=(3 if change >= 0 else -3, 0),
            textcoords="offset points",
            ha="left" if change >= 0 else "right",
            va="center",
            fontsize=8,
        )
    axes.axvline(0, color=charts.GREY, linewidth=0.8)
    axes.set_yticks(range(len(bars)), [name for name, _, _ in bars], fontsize=8)
    axes.invert_yaxis()
    axes.margins(x=0.12, y=0.01)
    axes.grid(visible=False, axis="y")
    axes.grid(visible=True, axis="x")


def _value(value: float | None) -> str:
    return "" if value is None else f" ({value:.1f})"
