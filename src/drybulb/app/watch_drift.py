"""Whether calibration drifts: a forecaster by city, lead, clock and period, beside what chance makes of as many events.

Four things are tested in each cell: the PIT's distance from flat, the 80 % interval's coverage, the median's bias, and
the log score. How each would be spread were the forecasts right is drawn from the forecasts themselves, so a month of
twenty events is not asked for more than twenty events can show. Many cells are looked at: by chance alone a share
:data:`LEVEL` of the tests raises a flag, and the document says how many that is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from drybulb.adapters.lake import Lake
from drybulb.app.calibrated import Judged
from drybulb.app.clocked import ALL, clock_rows
from drybulb.app.forecaster import Forecaster
from drybulb.app.progress import Progress, silent
from drybulb.app.scored import load_labels
from drybulb.domain.city import City
from drybulb.errors import VerificationError
from drybulb.forecast.model import GRID_LOW
from drybulb.verification import (
    chance_means,
    chance_p,
    coverage,
    log_score,
    median,
    outcome_probability,
    pit_deviation,
    pit_parts,
)

Floats = NDArray[np.float64]

#: Chance of a flag where the forecasts are right, of each test.
LEVEL = 0.01
#: Fewer events than this show nothing, and are not tested.
LEAST = 10
LEVELS = (0.5, 0.8, 0.9)
BINS = 10
#: What is tested, in the order of its columns.
TESTS = ("pit", "coverage_80", "median_bias", "log_score")
#: Periods of the calendar, by name, as polars has them.
PERIODS = {"month": "1mo", "quarter": "1q"}
_DRAWS = 999


@dataclass(frozen=True, slots=True)
class Drift:
    """Calibration over time.

    Attributes:
        rows: one a city, lead, clock and period; ``watch/1`` describes each field.
        notes: what a reader must know.
    """

    rows: list[dict[str, Any]]
    notes: list[str]

    def flags(self) -> dict[str, Any]:
        """How many tests there were, how many raised a flag, and how many chance would have."""
        tests = sum(len(row["p"]) for row in self.rows if row["p"] is not None)
        raised = sum(len(row["flags"]) for row in self.rows)
        return {"level": LEVEL, "tests": tests, "raised": raised, "by_chance": round(LEVEL * tests, 2)}


def drift(
    lake: Lake,
    cities: Mapping[str, City],
    forecaster: Forecaster,
    window: tuple[date, date],
    *,
    names: tuple[str, str],
    by: str,
    seed: int,
    progress: Progress = silent,
) -> Drift:
    """Measure the calibration of a forecaster, period by period, at the clocks of `drybulb verify`.

    Args:
        lake: the tables.
        cities: cities, by key.
        forecaster: fitted forecasters, trained before the window.
        window: first and last event day.
        names: the forecaster, and another whose log score is taken off on the events of which both spoke.
        by: ``month`` or ``quarter`` of the calendar.
        seed: seed of the draws of chance.
        progress: told which part of the work begins.

    Raises:
        ModelError: an unknown name, or a forecaster that knows things from inside the window.
        VerificationError: another period.
    """
    if by not in PERIODS:
        raise VerificationError(f"no period {by!r}; known: {', '.join(PERIODS)}")
    labels = load_labels(lake, cities, *window)
    requests = clock_rows(cities, pl.date_range(*window, eager=True).to_list()).with_row_index("row")
    progress("forecasters")
    found = forecaster.predictions(requests.select("city", "day", "at"), list(dict.fromkeys(names)))
    mine, other = (Judged.of(requests, found[name], labels) for name in names)
    cells = list(_cells(mine, PERIODS[by]))
    rows = []
    for done, (head, numbers) in enumerate(cells, start=1):
        rows.append({**head, **_cell(mine.at(numbers), other, seed)})
        progress("drift", done, len(cells))
    missing = sorted(set(cities) - set(labels["city"]))
    return Drift(rows, [f"{key}: no label in the window" for key in missing])


def _cells(judged: Judged, every: str) -> Iterator[tuple[dict[str, Any], NDArray[np.int64]]]:
    """Each cell's name and the numbers of its requests: a period after the other, then the whole window."""
    rows = judged.rows.with_columns(pl.col("day").dt.truncate(every).dt.strftime("%Y-%m").alias("period"))
    both = pl.concat([rows, rows.with_columns(pl.lit(ALL).alias("period"))])
    keys = ["city", "lead", "clock", "period"]
    grouped = both.group_by(keys).agg("row").sort(keys, descending=[False, True, False, False])
    for city, lead, clock, period, numbers in grouped.iter_rows():
        yield {"city": city, "lead": lead, "clock": clock, "period": period}, np.array(numbers, dtype=np.int64)


def _cell(judged: Judged, other: Judged, seed: int) -> dict[str, Any]:
    """One cell: an event a row."""
    pmf, highs = judged.pmf, judged.highs
    means = _statistics(pmf, highs).mean(axis=0)
    paired = other.at(judged.numbers())
    both = judged.at(paired.numbers())
    gain = _log(both.pmf, both.highs).mean() - _log(paired.pmf, paired.highs).mean() if len(both.pmf) else None
    row: dict[str, Any] = {
        "n_events": len(highs),
        "pit_deviation": _round(pit_deviation(means[:BINS])),
        "pit_deviation_chance": None,
        "coverage": [_round(value) for value in means[BINS : BINS + len(LEVELS)]],
        "median_bias": _round(means[-2]),
        "log_score": _round(means[-1]),
        "log_score_less_reference": None if gain is None else _round(gain),
        "p": None,
        "flags": [],
    }
    if len(highs) < LEAST:
        return row
    drawn = chance_means(*_by_outcome(pmf), seed, draws=_DRAWS)
    centre = drawn.mean(axis=0)
    p = chance_p(_how_far(means[None], centre)[0], _how_far(drawn, centre))
    row["pit_deviation_chance"] = _round(0.5 * np.abs(drawn[:, :BINS] - 1.0 / BINS).sum(axis=1).mean())
    row["p"] = {test: _round(value) for test, value in zip(TESTS, p, strict=True)}
    row["flags"] = [test for test, value in zip(TESTS, p, strict=True) if value <= LEVEL]
    return row


def _statistics(pmf: Floats, highs: NDArray[np.int64], low: int = GRID_LOW) -> Floats:
    """Of each forecast: parts of the PIT, coverage of each level, median less high [°F], log score; (n, 15)."""
    return np.column_stack(
        [
            pit_parts(pmf, low, highs, bins=BINS),
            coverage(pmf, low, highs, levels=LEVELS),
            median(pmf, low) - highs,
            _log(pmf, highs, low),
        ]
    )


def _by_outcome(pmf: Floats) -> tuple[Floats, Floats]:
    """The forecasts on the degrees that any of them thinks possible, and their statistics were each the outcome."""
    possible = np.flatnonzero(pmf.any(axis=0))
    first, last = int(possible[0]), int(possible[-1])
    cut = pmf[:, first : last + 1]
    cut = cut / cut.sum(axis=1, keepdims=True)
    low, width = GRID_LOW + first, cut.shape[1]
    highs = np.tile(np.arange(low, low + width), len(cut))
    values = _statistics(np.repeat(cut, width, axis=0), highs, low)
    return cut, values.reshape(len(cut), width, -1)


def _how_far(means: Floats, centre: Floats) -> Floats:
    """How far off each test's statistic is, (n, 4): up only for PIT and log score, either way for coverage and bias."""
    off = means - centre
    eighty = BINS + LEVELS.index(0.8)
    uneven = np.abs(means[:, :BINS] - 1.0 / BINS).sum(axis=1)
    return np.column_stack([uneven, np.abs(off[:, eighty]), np.abs(off[:, -2]), off[:, -1]])


def _log(pmf: Floats, highs: NDArray[np.int64], low: int = GRID_LOW) -> Floats:
    """Log score of the degree [nats]."""
    return log_score(outcome_probability(pmf, low, highs))


def _round(value: float | np.floating[Any]) -> float:
    return round(float(value), 6)
