"""The picture of a calibration: reliability and PIT of every forecaster, an event's clocks together, lead by lead."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from matplotlib.axes import Axes

from drybulb.app import charts
from drybulb.app.calibrate import CalibrationResult
from drybulb.app.clocked import ALL
from drybulb.errors import VerificationError

Row = dict[str, Any]

WIDTH, HEIGHT = 900, 820
_PROBABILITIES = [0.0, 0.2, 0.4, 0.6, 0.8, 1.0]


def write(file: Path, result: CalibrationResult) -> None:
    """Draw a calibration and write it as an SVG that stands alone, whole or not at all.

    Args:
        file: where to.
        result: what was measured; of several cities, all together are drawn.

    Raises:
        VerificationError: nothing was measured.
    """
    content = picture(result).encode("utf-8")
    aside = file.with_name(f".{file.name}.{os.getpid()}.part")
    file.parent.mkdir(parents=True, exist_ok=True)
    aside.write_bytes(content)
    aside.replace(file)


def picture(result: CalibrationResult) -> str:
    """Draw reliability above and PIT below, a column a lead, a line a forecaster.

    Args:
        result: what was measured; of several cities, all together are drawn.

    Raises:
        VerificationError: nothing was measured.
    """
    cities = sorted({row["city"] for row in result.rows} - {ALL})
    if not cities:
        raise VerificationError(
            "there is no forecast to draw; choose days that have labels, and forecasters that speak"
        )
    city = cities[0] if len(cities) == 1 else ALL
    rows = [row for row in result.rows if row["city"] == city and row["clock"] == ALL]
    leads = sorted({row["lead"] for row in rows}, reverse=True)
    names = list(dict.fromkeys(row["forecaster"] for row in rows))
    where = "all cities" if city == ALL else city.replace("_", " ")
    first, last = result.window
    with charts.canvas(WIDTH, HEIGHT) as figure:
        panels = figure.subplots(2, len(leads), sharey="row", squeeze=False)
        for column, lead in enumerate(leads):
            of_lead = [row for row in rows if row["lead"] == lead]
            _reliability(panels[0][column], of_lead, names)
            _pit(panels[1][column], of_lead, names)
            panels[0][column].set_title(_title(lead, of_lead), loc="left", fontweight="bold", fontsize=10)
        panels[0][0].set_ylabel("how often it was so")
        panels[1][0].set_ylabel("part of the outcomes")
        handles = {line.get_label(): line for axes in panels[0] for line in axes.get_lines()}
        figure.legend(
            handles=[handles[_label(name)] for name in names],
            title=f"Calibration, {where}, {first} to {last}",
            loc="outside upper left",
            alignment="left",
            ncols=4,
            handlelength=3.2,
        )
        said = ", ".join(_label(name) for name in names)
        return charts.file_svg(figure, f"Reliability and PIT of {said}, {where}, {first} to {last}.")


def _title(lead: int, rows: Sequence[Row]) -> str:
    counts = sorted({row["n_events"] for row in rows})
    events = f"{counts[0]:,}" if len(counts) == 1 else f"{counts[0]:,} to {counts[-1]:,}"
    return f"{'the day before (D-1)' if lead else 'the event day (D)'}, {events} events"


def _reliability(axes: Axes, rows: Sequence[Row], names: Sequence[str]) -> None:
    """Observed frequency of `high ≥ k` against its forecast, with 90 % intervals; on the diagonal is reliable."""
    axes.plot([0, 1], [0, 1], color=charts.GREY, linewidth=0.8)
    for row in rows:
        colour, dash, marker = charts.line_style(row["forecaster"], names)
        bins = row["reliability"]
        at = [cell["mean_forecast"] for cell in bins]
        for x, interval in zip(at, (cell["frequency_ci90"] for cell in bins), strict=True):
            if interval is not None:
                axes.plot([x, x], interval, color=colour, linewidth=0.9, alpha=0.7)
        axes.plot(
            at,
            [cell["frequency"] for cell in bins],
            color=colour,
            linestyle=dash,
            marker=marker,
            markersize=4.5,
            linewidth=1.4,
            label=_label(row["forecaster"]),
        )
    axes.set_aspect("equal", adjustable="box")
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 1)
    axes.set_xticks(_PROBABILITIES)
    axes.set_yticks(_PROBABILITIES)
    axes.set_xlabel("forecast P(high ≥ k), for all k where it is 0.01 to 0.99")


def _pit(axes: Axes, rows: Sequence[Row], names: Sequence[str]) -> None:
    """Histogram of the PIT, with 90 % intervals; flat is calibrated."""
    axes.axhline(0.1, color=charts.GREY, linewidth=0.8)
    for row in rows:
        colour, dash, marker = charts.line_style(row["forecaster"], names)
        parts = row["pit"]
        offset = (names.index(row["forecaster"]) - (len(names) - 1) / 2) * 0.06 / len(names)
        at = [(i + 0.5) / len(parts) + offset for i in range(len(parts))]
        for x, interval in zip(at, row["pit_ci90"], strict=True):
            axes.plot([x, x], interval, color=colour, linewidth=0.9, alpha=0.7)
        axes.plot(at, parts, color=colour, linestyle=dash, marker=marker, markersize=4.5, linewidth=1.0)
    axes.set_xlim(0, 1)
    axes.set_ylim(bottom=0)
    axes.set_xticks(_PROBABILITIES)
    axes.set_xlabel("PIT: where the high fell in the forecast, coldest to warmest")


def _label(name: str) -> str:
    return name.replace("_", " ")
