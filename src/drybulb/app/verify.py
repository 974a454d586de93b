"""`drybulb verify`: how good every forecaster was in a window, side by side with the market.

Within a pairing every forecaster is scored on the same events. An event's score is its
mean over the clocks asked for, then events are averaged; intervals resample calendar
days, with all cities of a day together.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import polars as pl

from drybulb.adapters.lake import Lake
from drybulb.app.clocked import ALL, clock_rows
from drybulb.app.forecaster import Forecaster
from drybulb.app.scored import MARKET, QUOTE_CLOCK, load_truth, market_at, score_market, score_prediction
from drybulb.domain.city import City
from drybulb.domain.climateday import ClimateDay
from drybulb.errors import OutsideEvent
from drybulb.verification import day_bootstrap

#: Forecasters that always stand in the table; the ladder's centre joins where the market is.
MODELS = ("climatology", "persistence", "guidance_error", "emos", "S", "hybrid")
#: Forecasters that are compared, pair by pair, with every other; each also with those before it here.
COMPARED = ("S", "hybrid")
LADDER_CENTRE = "ladder_centre"
METRICS = ("crps", "rps", "log_score", "mae", "within_1", "within_2")
REPLICATES = 1000

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class VerifyResult:
    """Rows of the verification table, with what was left out.

    Attributes:
        window: first and last event day.
        rows: one row a city, clock, forecaster and pairing; see docs/reference/verify.md.
        comparisons: paired differences of CRPS (or, against the market, of RPS) of S, of the hybrid and each reference.
        notes: what a reader must know, such as ladders left out because their legs are hours apart.
    """

    window: tuple[date, date]
    rows: list[dict[str, Any]]
    comparisons: list[dict[str, Any]]
    notes: list[str]

    def to_json(self) -> dict[str, Any]:
        """The document of schema ``verify/1``."""
        return {
            "schema": "verify/1",
            "window": [self.window[0].isoformat(), self.window[1].isoformat()],
            "rows": self.rows,
            "comparisons": self.comparisons,
            "notes": self.notes,
        }


def _quote_rows(quoted: pl.DataFrame, cities: Mapping[str, City]) -> pl.DataFrame:
    """Requests at the earliest leg of each daily quote; one before D-1 is left out."""
    leads: list[int | None] = []
    for key, day, at in quoted.select("city", "day", "at").iter_rows():
        try:
            leads.append(ClimateDay(day, cities[key].standard_offset_hours).lead_at(at))
        except OutsideEvent:
            leads.append(None)
    return quoted.with_columns(pl.Series("lead", leads, dtype=pl.Int8), pl.lit(QUOTE_CLOCK).alias("clock")).filter(
        pl.col("lead").is_not_null()
    )


def _common(scores: pl.DataFrame, names: Sequence[str]) -> pl.DataFrame:
    """Rows of the events and clocks that every one of ``names`` was scored on."""
    mine = scores.filter(pl.col("forecaster").is_in(list(names)))
    where = mine.group_by("city", "day", "lead", "clock").len().filter(pl.col("len") == len(names))
    return mine.join(where.drop("len"), on=["city", "day", "lead", "clock"], how="semi")


def _event_means(scores: pl.DataFrame, log_column: str) -> pl.DataFrame:
    columns = {metric: (log_column if metric == "log_score" else metric) for metric in METRICS}
    return scores.group_by("city", "day", "forecaster").agg(
        [pl.col(column).mean().alias(metric) for metric, column in columns.items()]
    )


def _summarise(events: pl.DataFrame, names: Sequence[str], head: dict[str, Any], seed: int) -> list[dict[str, Any]]:
    """Means and intervals of every forecaster over the same events, with shared draws."""
    first = events.filter(pl.col("forecaster") == names[0]).sort("city", "day")
    days = np.array([d.toordinal() for d in first["day"]], dtype=np.int64)
    cells: list[tuple[str, str]] = []
    columns = []
    for name in names:
        mine = events.filter(pl.col("forecaster") == name).sort("city", "day")
        for metric in METRICS:
            if mine[metric].null_count() == 0:
                cells.append((name, metric))
                columns.append(mine[metric].to_numpy())
    interval = day_bootstrap(days, np.column_stack(columns), seed, replicates=REPLICATES)
    found = {cell: i for i, cell in enumerate(cells)}
    rows = []
    for name in names:
        row: dict[str, Any] = {**head, "forecaster": name, "n_events": len(days)}
        row.update(dict.fromkeys(METRICS))
        row["ci90"] = dict.fromkeys(METRICS)
        for metric in METRICS:
            if (i := found.get((name, metric))) is not None:
                row[metric] = round(float(interval.mean[i]), 6)
                row["ci90"][metric] = [round(float(interval.low[i]), 6), round(float(interval.high[i]), 6)]
        rows.append(row)
    return rows


def _compare(
    events: pl.DataFrame,
    names: Sequence[str],
    head: dict[str, Any],
    metric: str,
    seed: int,
    compared: Sequence[str],
) -> list[dict[str, Any]]:
    """Paired differences of each compared forecaster minus each reference; below zero, it is better."""
    # A forecaster is called city: its scores must not meet the column of that name.
    named = events.rename({"city": "_place"})
    wide = named.pivot("forecaster", index=["_place", "day"], values=metric).sort("_place", "day")
    days = np.array([d.toordinal() for d in wide["day"]], dtype=np.int64)
    found = []
    for number, mine in enumerate(compared):
        references = [
            name for name in names if name not in compared[number:] and name in wide and not wide[name].null_count()
        ]
        if mine not in names or not references or wide[mine].null_count():
            continue
        differences = np.column_stack([(wide[mine] - wide[name]).to_numpy() for name in references])
        paired = day_bootstrap(days, differences, seed, replicates=REPLICATES)
        found += [
            {
                **head,
                "forecaster": mine,
                "reference": name,
                "metric": metric,
                "n_events": wide.height,
                "difference": round(float(paired.mean[i]), 6),
                "ci90": [round(float(paired.low[i]), 6), round(float(paired.high[i]), 6)],
            }
            for i, name in enumerate(references)
        ]
    return found


def _pairings(present: set[str]) -> list[tuple[str | None, list[str], str, str]]:
    """(paired_with, forecasters, log column, metric to compare) of each table that can be made."""
    asked = [*MODELS, *sorted(present - {*MODELS, MARKET, LADDER_CENTRE})]
    models = [name for name in asked if name in present]
    found: list[tuple[str | None, list[str], str, str]] = []
    if models:
        found.append((None, models, "log_degrees", "crps"))
    if MARKET in present:
        extra = [LADDER_CENTRE] if LADDER_CENTRE in present else []
        found.append((MARKET, [*models, *extra, MARKET], "log_brackets", "rps"))
    return found


def tables(
    scores: pl.DataFrame, seed: int, compared: Sequence[str] = COMPARED
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return the rows of the verification table and the paired differences, by city, lead and clock.

    Args:
        scores: one row an event, clock and forecaster, of every forecaster that is to be in the tables.
        seed: seed of the bootstrap.
        compared: forecasters compared, pair by pair, with every one that is not here and with those before them here.
    """
    rows: list[dict[str, Any]] = []
    comparisons: list[dict[str, Any]] = []
    for city in [*sorted(scores["city"].unique()), ALL]:
        of_city = scores if city == ALL else scores.filter(pl.col("city") == city)
        groups = of_city.select("lead", "clock").unique().sort("lead", "clock", descending=[True, False]).rows()
        leads = sorted({lead for lead, _ in groups}, reverse=True)
        for lead, clock in [*groups, *((lead, ALL) for lead in leads)]:
            cut = of_city.filter((pl.col("lead") == lead) & (pl.lit(clock == ALL) | (pl.col("clock") == clock)))
            cut = cut.filter(pl.col("clock") != QUOTE_CLOCK) if clock == ALL else cut
            for paired_with, names, log_column, metric in _pairings(set(cut["forecaster"])):
                events = _event_means(_common(cut, names), log_column)
                if events.is_empty():
                    continue
                head = {"city": city, "clock": clock, "lead": lead, "paired_with": paired_with}
                rows += _summarise(events, names, head, seed)
                comparisons += _compare(events, names, head, metric, seed, compared)
    return rows, comparisons


def score_window(
    lake: Lake,
    cities: Mapping[str, City],
    forecaster: Forecaster,
    start: date,
    end: date,
    progress: Progress = lambda _: None,
    names: Sequence[str] = MODELS,
) -> tuple[pl.DataFrame, list[str]]:
    """Score forecasters and the market at every clock of the event days from ``start`` to ``end`` inclusive.

    Args:
        lake: the tables.
        cities: cities to score, by key.
        forecaster: fitted forecasters; each must have been trained before ``start``.
        start: first event day.
        end: last event day, inclusive.
        progress: told which part of the work begins.
        names: forecasters to score.

    Returns:
        One row an event, clock and forecaster (see :data:`drybulb.app.scored.SCHEMA`), and what a reader must know.

    Raises:
        ModelError: a name nobody has, or a forecaster that knows things from inside the window.
    """
    truth = load_truth(lake, cities, start, end)
    days = pl.date_range(start, end, eager=True).to_list()
    requests = clock_rows(cities, days)
    progress("market")
    clocks, quoted, apart = market_at(lake, cities, requests, start, end)
    quotes = _quote_rows(quoted, cities)
    rows = pl.concat([requests, quotes.select(requests.columns)])
    progress("forecasters")
    predictions = forecaster.predictions(rows.select("city", "day", "at"), [*names, LADDER_CENTRE])
    progress("scores")
    scored = [score_prediction(name, rows, prediction, truth) for name, prediction in predictions.items()]
    at_clocks = requests.join(clocks, on=["city", "day", "at"], how="inner")
    scored += [score_market(at_clocks, truth), score_market(quotes, truth)]
    notes = [
        f"{key}: {n} daily quotes left out, their legs are more than an hour apart" for key, n in sorted(apart.items())
    ]
    missing = sorted(set(cities) - set(truth.labels["city"]))
    notes += [f"{key}: no label in the window" for key in missing]
    return pl.concat(scored), notes


def verify(
    lake: Lake,
    cities: Mapping[str, City],
    forecaster: Forecaster,
    start: date,
    end: date,
    seed: int,
    progress: Progress = lambda _: None,
    names: Sequence[str] = MODELS,
) -> VerifyResult:
    """Score every forecaster and the market, and compare them; see :func:`score_window`.

    Args:
        lake: the tables.
        cities: cities to score, by key.
        forecaster: fitted forecasters; each must have been trained before ``start``.
        start: first event day.
        end: last event day, inclusive.
        seed: seed of the bootstrap.
        progress: told which part of the work begins.
        names: forecasters to score; in a table all are scored on the events and clocks all of them spoke about.

    Raises:
        ModelError: a name nobody has, or a forecaster that knows things from inside the window.
    """
    scores, notes = score_window(lake, cities, forecaster, start, end, progress, names)
    rows, comparisons = tables(scores, seed)
    return VerifyResult((start, end), rows, comparisons, notes)
