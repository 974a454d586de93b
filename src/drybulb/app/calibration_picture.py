"""The picture of a calibration: reliability and PIT of every forecaster, an event's clocks together, lead by lead."""

from __future__ import annotations

import os
from pathlib import Path

from drybulb.app import charts
from drybulb.app.calibrate import CalibrationResult
from drybulb.app.clocked import ALL
from drybulb.app.reporting.calibration_panels import lead_title, pit, reliability
from drybulb.app.reporting.documents import CalibrationRow
from drybulb.app.reporting.sentences import spaced
from drybulb.errors import VerificationError

WIDTH, HEIGHT = 900, 820


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
    found = [row for row in result.rows if row["city"] == city and row["clock"] == ALL]
    rows = [CalibrationRow.model_validate(row) for row in found]
    leads = sorted({row.lead for row in rows}, reverse=True)
    names = list(dict.fromkeys(row.forecaster for row in rows))
    where = "all cities" if city == ALL else city.replace("_", " ")
    first, last = result.window
    with charts.canvas(WIDTH, HEIGHT) as figure:
        panels = figure.subplots(2, len(leads), sharey="row", squeeze=False)
        for column, lead in enumerate(leads):
            of_lead = [row for row in rows if row.lead == lead]
            reliability(panels[0][column], of_lead, names)
            pit(panels[1][column], of_lead, names)
            panels[0][column].set_title(lead_title(lead, of_lead), loc="left", fontweight="bold", fontsize=10)
        panels[0][0].set_ylabel("how often it was so")
        panels[1][0].set_ylabel("part of the outcomes")
        handles = {line.get_label(): line for axes in panels[0] for line in axes.get_lines()}
        figure.legend(
            handles=[handles[spaced(name)] for name in names],
            title=f"Calibration, {where}, {first} to {last}",
            loc="outside upper left",
            alignment="left",
            ncols=4,
            handlelength=3.2,
        )
        said = ", ".join(spaced(name) for name in names)
        return charts.file_svg(figure, f"Reliability and PIT of {said}, {where}, {first} to {last}.")
