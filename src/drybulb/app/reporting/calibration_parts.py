"""Calibration on a page: reliability and PIT drawn, and how often the high lay where it should."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from drybulb.app.charts import DESK, LINES, canvas, svg
from drybulb.app.reporting.calibration_panels import lead_title, pit, reliability
from drybulb.app.reporting.documents import CalibrationDocument, CalibrationRow
from drybulb.app.reporting.parts import Picture, Table
from drybulb.app.reporting.sentences import ALL, city_name, listed, spaced, span

#: Whom a picture compares the policy's forecaster with, as far as it was judged: with more, their intervals cover
#: each other.
_BESIDE = ("S", "emos", "climatology")
_MOST = 3


def calibration_tables(found: CalibrationDocument, policy: str) -> list[Table]:
    """Return every forecaster over all cities, and the policy's in every city; an event's clocks together."""
    order = {name: place for place, name in enumerate((policy, *LINES))}
    rows = [row for row in found.rows if row.clock == ALL]
    rows.sort(key=lambda row: order.get(row.forecaster, len(order)))
    everybody = [row for row in rows if row.city == ALL]
    ours = [row for row in rows if row.forecaster == policy and row.city != ALL]
    tables = [
        _table("Calibration of every forecaster, all cities", everybody, lambda row: spaced(row.forecaster)),
        _table(f"Calibration of {spaced(policy)} by city", ours, lambda row: city_name(row.city)),
    ]
    return [table for table in tables if table.rows]


def _table(caption: str, rows: Sequence[CalibrationRow], head: Callable[[CalibrationRow], str]) -> Table:
    ordered = sorted(rows, key=lambda row: -row.lead)
    levels = [f"in {100 * one.level:.0f}\u00a0%" for one in ordered[0].coverage] if ordered else []
    names = ("", "events", *levels, "spread [°F]", "80 % width [°F]", "PIT off", "by chance", "gamma")
    return Table(
        caption, names, [_row(f"{head(row)}, {'D' if row.lead == 0 else 'D−1'}", row) for row in ordered], "scroll"
    )


def _row(name: str, row: CalibrationRow) -> list[str]:
    gamma = "–" if row.gamma is None else f"{row.gamma:.2f}"
    return [
        name,
        f"{row.n_events:,}",
        *(f"{100 * one.covered:.0f}\u00a0%\n{_percent(one.covered_ci90)}" for one in row.coverage),
        f"{row.sd:.2f}",
        f"{row.width_80:.2f}",
        f"{100 * row.pit_deviation:.0f}\u00a0%",
        f"{100 * row.pit_deviation_chance:.0f}\u00a0%",
        gamma + ("" if row.gamma_ci90 is None else f"\n{span(row.gamma_ci90, 2)}"),
    ]


def _percent(interval: tuple[float, float]) -> str:
    return span((100 * interval[0], 100 * interval[1]), 0)


def calibration_picture(found: CalibrationDocument, policy: str) -> Picture | None:
    """Return reliability and PIT of the policy's forecaster beside those a reader compares it with, lead by lead."""
    judged = [row for row in found.rows if row.clock == ALL and row.city == ALL]
    known = {row.forecaster for row in judged}
    names = [name for name in dict.fromkeys((policy, *_BESIDE, *sorted(known))) if name in known][:_MOST]
    rows = [row for name in names for row in judged if row.forecaster == name]
    if not rows:
        return None
    said = listed([spaced(name) for name in names])
    return Picture.drawn(
        f"Reliability and PIT of {said}, all cities, an event's clocks together; bars are 90 % intervals. Reliable is"
        " on the diagonal; a calibrated forecast has a tenth of the outcomes in each part.",
        lambda width: _drawn(
            rows, names, width, f"Reliability and PIT of {said}; the figures stand in the table below."
        ),
    )


def _drawn(rows: Sequence[CalibrationRow], names: Sequence[str], width: int, says: str) -> str:
    """A column a lead on a desk, one below the other on a phone."""
    leads = sorted({row.lead for row in rows}, reverse=True)
    wide = width > DESK
    with canvas(width, 740 if wide else 600 * len(leads) + 60) as figure:
        shape = (2, len(leads)) if wide else (2 * len(leads), 1)
        panels = figure.subplots(*shape, squeeze=False)
        for number, lead in enumerate(leads):
            of_lead = [row for row in rows if row.lead == lead]
            upper, lower = panels[:, number] if wide else panels[2 * number : 2 * number + 2, 0]
            reliability(upper, of_lead, names)
            pit(lower, of_lead, names)
            upper.set_title(lead_title(lead, of_lead), loc="left", fontweight="bold", fontsize=10)
            if number == 0 or not wide:
                upper.set_ylabel("how often it was so")
                lower.set_ylabel("part of the outcomes")
        handles, labels = panels[0][0].get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside upper left", ncols=3, handlelength=3.2, fontsize=9)
        return svg(figure, f"calibration{width}", says)
