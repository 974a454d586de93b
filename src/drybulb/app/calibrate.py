"""`drybulb calibration`: whether forecasts mean what they say, and how much they say.

As in `drybulb verify`, the forecasters of a row's city, lead and clock are judged on the same events and clocks: those
at which every one of them spoke that spoke at any. Name one alone to see it on all of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import reduce
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from drybulb.adapters.lake import Lake
from drybulb.app.calibrated import Judged, summarise
from drybulb.app.clocked import ALL, clock_rows
from drybulb.app.forecaster import Forecaster
from drybulb.app.progress import Progress, silent
from drybulb.app.scored import load_labels
from drybulb.domain.city import City

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class CalibrationResult:
    """Calibration of forecasters in a window.

    Attributes:
        window: first and last event day.
        rows: one row a city, lead, clock and forecaster, with ``all`` for every city and for an event's mean over
            its clocks; docs/reference/schemas/calibration.json describes each field.
        notes: what a reader must know, such as where a forecaster was silent.
    """

    window: tuple[date, date]
    rows: list[Row]
    notes: list[str]

    def to_json(self) -> dict[str, Any]:
        """The document of schema ``calibration/1``."""
        return {
            "schema": "calibration/1",
            "window": [self.window[0].isoformat(), self.window[1].isoformat()],
            "rows": self.rows,
            "notes": self.notes,
        }


def calibrate(
    lake: Lake,
    cities: Mapping[str, City],
    forecaster: Forecaster,
    start: date,
    end: date,
    names: Sequence[str],
    seed: int,
    progress: Progress = silent,
) -> CalibrationResult:
    """Judge forecasters at the clocks of `drybulb verify` on the event days from ``start`` to ``end`` inclusive.

    Args:
        lake: the tables.
        cities: cities to judge, by key.
        forecaster: fitted forecasters, trained before ``start``.
        start: first event day.
        end: last event day, inclusive.
        names: forecasters to judge.
        seed: seed of the bootstrap.
        progress: told which part of the work begins.

    Raises:
        ModelError: an unknown name, or a forecaster that knows things from inside the window.
    """
    labels = load_labels(lake, cities, start, end)
    requests = clock_rows(cities, pl.date_range(start, end, eager=True).to_list()).with_row_index("row")
    progress("forecasters")
    predictions = forecaster.predictions(requests.select("city", "day", "at"), names)
    known = requests.join(labels, on=["city", "day"], how="semi")
    judged = {name: Judged.of(requests, prediction, labels) for name, prediction in predictions.items()}
    heads = list(_heads(known))
    rows: list[Row] = []
    for done, (city, lead, clock) in enumerate(heads, start=1):
        for name, part in _common(judged, known.filter(_fits(city, lead, clock))["row"].to_numpy()).items():
            head = {"city": city, "lead": lead, "clock": clock, "forecaster": name}
            rows.append({**head, **summarise(part, seed)})
        progress("calibration", done, len(heads))
    notes = [f"{key}: no label in the window" for key in sorted(set(cities) - set(labels["city"]))]
    return CalibrationResult((start, end), rows, [*notes, *_notes(known, judged)])


def _heads(known: pl.DataFrame) -> Iterator[tuple[str, int, str]]:
    """City, lead and clock of every row, cities in order and all of them last, the clocks before their mean."""
    for city in [*sorted(known["city"].unique()), ALL]:
        for lead in sorted(known["lead"].unique(), reverse=True):
            for clock in [*sorted(known.filter(pl.col("lead") == lead)["clock"].unique()), ALL]:
                yield city, lead, clock


def _fits(city: str, lead: int, clock: str) -> pl.Expr:
    fits = pl.col("lead") == lead
    if city != ALL:
        fits &= pl.col("city") == city
    if clock != ALL:
        fits &= pl.col("clock") == clock
    return fits


def _common(judged: Mapping[str, Judged], numbers: NDArray[np.int64]) -> dict[str, Judged]:
    """Forecasts of the requests at which every forecaster spoke that spoke at any."""
    spoken = {name: np.intersect1d(numbers, each.numbers()) for name, each in judged.items()}
    present = {name: found for name, found in spoken.items() if found.size}
    if not present:
        return {}
    common = reduce(np.intersect1d, present.values())
    return {name: judged[name].at(common) for name in present} if common.size else {}


def _notes(known: pl.DataFrame, judged: Mapping[str, Judged]) -> list[str]:
    """Where a forecaster was silent, and where it thought impossible what happened."""
    notes = []
    for name, found in judged.items():
        silent_at = known.join(found.rows, on="row", how="anti").group_by("city", "lead").len()
        asked = known.group_by("city", "lead").len("asked").join(silent_at, on=["city", "lead"], how="inner")
        where = [
            f"{city} D{'-1' if lead else ''} {missed:,} of {of:,}"
            for city, lead, of, missed in asked.sort("city", "lead", descending=[False, True]).iter_rows()
        ]
        if where:
            notes.append(f"{name} was silent at clocks of {', '.join(where)}")
        if nothing := int(found.given_nothing().sum()):
            notes.append(f"{name} gave no probability to what happened at {nothing:,} clocks: no gamma where they are")
    return notes
