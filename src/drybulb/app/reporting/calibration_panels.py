"""The two panels that show a calibration: reliability, and the histogram of the PIT."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes

from drybulb.app import charts
from drybulb.app.reporting.documents import CalibrationRow
from drybulb.app.reporting.pictures import upright
from drybulb.app.reporting.sentences import spaced

_PROBABILITIES = [0.0, 0.2, 0.4, 0.6, 0.8, 1.0]


def lead_title(lead: int, rows: Sequence[CalibrationRow]) -> str:
    """Write a lead and the number of its events."""
    counts = sorted({row.n_events for row in rows})
    events = f"{counts[0]:,}" if len(counts) == 1 else f"{counts[0]:,} to {counts[-1]:,}"
    return f"{'the day before (D-1)' if lead else 'the event day (D)'}, {events} events"


def reliability(axes: Axes, rows: Sequence[CalibrationRow], names: Sequence[str]) -> None:
    """Draw the observed frequency of `high ≥ k` against its forecast, with 90 % intervals; on the diagonal is reliable.

    Args:
        axes: to draw on.
        rows: a row a forecaster.
        names: of all forecasters of the picture.
    """
    axes.plot([0, 1], [0, 1], color=charts.GREY, linewidth=0.8)
    for row in rows:
        colour, dash, marker = charts.line_style(row.forecaster, names)
        at = [cell.mean_forecast for cell in row.reliability]
        upright(axes, at, [cell.frequency_ci90 for cell in row.reliability], color=colour, linewidth=0.9)
        axes.plot(
            at,
            [cell.frequency for cell in row.reliability],
            color=colour,
            linestyle=dash,
            marker=marker,
            markersize=4.5,
            linewidth=1.4,
            label=spaced(row.forecaster),
        )
    axes.set_aspect("equal", adjustable="box")
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 1)
    axes.set_xticks(_PROBABILITIES)
    axes.set_yticks(_PROBABILITIES)
    axes.set_xlabel("forecast P(high ≥ k), for all k where it is 0.01 to 0.99")


def pit(axes: Axes, rows: Sequence[CalibrationRow], names: Sequence[str]) -> None:
    """Draw the histogram of the PIT, with 90 % intervals; flat is calibrated.

    Args:
        axes: to draw on.
        rows: a row a forecaster.
        names: of all forecasters of the picture.
    """
    axes.axhline(0.1, color=charts.GREY, linewidth=0.8)
    for row in rows:
        colour, dash, marker = charts.line_style(row.forecaster, names)
        offset = (list(names).index(row.forecaster) - (len(names) - 1) / 2) * 0.06 / len(names)
        at = [(i + 0.5) / len(row.pit) + offset for i in range(len(row.pit))]
        upright(axes, at, row.pit_ci90, color=colour, linewidth=0.9)
        axes.plot(at, row.pit, color=colour, linestyle=dash, marker=marker, markersize=4.5, linewidth=1.0)
    axes.set_xlim(0, 1)
    axes.set_ylim(bottom=0)
    axes.set_xticks(_PROBABILITIES)
    axes.set_xlabel("PIT: where the high fell in the forecast, coldest to warmest")
