"""How good forecasters are on the days they were trained on: fitted on all of them, and out of fold.

Out of fold, each station's days are cut in contiguous blocks; a block is predicted by forecasters fitted without it and
without the two days on either side of it, climatology included.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from itertools import pairwise

import numpy as np
import polars as pl

from drybulb.forecast.baselines.point import POINTS
from drybulb.forecast.card import ForecasterCard
from drybulb.forecast.model import GRID_LOW, Floats, Model, Prediction, station_rows
from drybulb.verification import crps, log_score, outcome_probability

FOLDS = 4
"""Blocks of days; each still holds a season at the shortest record we train on."""

GUARD_DAYS = 2
"""Days left out on either side of a block: neighbouring days share weather [d]."""

_THIN = 3
"""Every third row of a day is scored: rows of a day are near copies."""

_BATCH = 16_384

Models = Mapping[str, Model]
Fit = Callable[[pl.DataFrame, pl.DataFrame], Models]
Scores = dict[tuple[str, str], Floats]
"""Day, CRPS and log score of each row spoken about, shape (3, n), by station and forecaster."""

#: Columns of which one must be known for a forecaster to speak; those without speak from labels alone.
_SPEAKS_FROM: dict[str, tuple[str, ...]] = {
    "guidance_error": ("guidance_raw",),
    "emos": ("guidance_raw",),
    "ladder_centre": ("ladder_centre",),
    "S": ("guidance", "last_temp", "neighbour_last_temp"),
}
_NEEDS = {
    "guidance_error": "guidance",
    "emos": "guidance",
    "ladder_centre": "a listed ladder",
    "S": "guidance or observations",
}


def evaluate(
    rows: pl.DataFrame, labels: pl.DataFrame, stations: Iterable[str], models: Models, fit: Fit
) -> tuple[ForecasterCard, ...]:
    """Score fitted forecasters on their own training days.

    Args:
        rows: snapshot rows with ``high`` [°F], sorted by station, day and instant.
        labels: ``station``, ``day``, ``high`` of all days that may train.
        stations: stations to card, with or without rows.
        models: forecasters fitted on ``rows`` and ``labels``.
        fit: fits all forecasters on some of the rows and labels.

    Returns:
        One card a station and forecaster.
    """
    scored = rows.gather_every(_THIN)
    within = _score(models, scored)
    outside = _out_of_fold(rows, scored, labels, fit)
    return tuple(_card(station, name, rows, labels, within, outside) for station in sorted(stations) for name in models)


def _out_of_fold(rows: pl.DataFrame, scored: pl.DataFrame, labels: pl.DataFrame, fit: Fit) -> Scores:
    blocks = _blocks(rows)
    parts: dict[tuple[str, str], list[Floats]] = {}
    for number in range(FOLDS):
        mine = {station: cuts[number] for station, cuts in blocks.items() if number < len(cuts)}
        if not mine:
            continue
        held_out = scored.filter(_in_blocks(mine, timedelta(0)))
        guard = _in_blocks(mine, timedelta(days=GUARD_DAYS))
        models = fit(rows.filter(~guard), labels.filter(~guard))
        for key, scores in _score(models, held_out).items():
            parts.setdefault(key, []).append(scores)
    return {key: np.concatenate(found, axis=1) for key, found in parts.items()}


def _blocks(rows: pl.DataFrame) -> dict[str, list[tuple[date, date]]]:
    """First and last day of each block of each station's days."""
    found = {}
    for station, where in station_rows(rows).items():
        days = rows["day"][where].unique().sort().to_list()
        cuts = [i * len(days) // FOLDS for i in range(FOLDS + 1)]
        found[station] = [(days[a], days[b - 1]) for a, b in pairwise(cuts) if a < b]
    return found


def _in_blocks(blocks: Mapping[str, tuple[date, date]], guard: timedelta) -> pl.Expr:
    inside = pl.lit(False)
    for station, (first, last) in blocks.items():
        inside = inside | ((pl.col("station") == station) & pl.col("day").is_between(first - guard, last + guard))
    return inside


def _score(models: Models, rows: pl.DataFrame) -> Scores:
    found: Scores = {}
    for station, where in station_rows(rows).items():
        mine = rows[where]
        for name, model in models.items():
            parts = [_row_scores(model.predict(batch), batch) for batch in mine.iter_slices(_BATCH)]
            found[station, name] = np.concatenate(parts, axis=1)
    return found


def _row_scores(prediction: Prediction, rows: pl.DataFrame) -> Floats:
    """Day, CRPS and log score of each row that was spoken about, shape (3, n)."""
    spoken = np.flatnonzero(prediction.available)
    high = rows["high"].to_numpy()[spoken]
    day = rows["day"].cast(pl.Int32).to_numpy()[spoken].astype(np.float64)
    pmf: Floats = prediction.pmf[spoken]
    return np.stack([day, crps(pmf, GRID_LOW, high), log_score(outcome_probability(pmf, GRID_LOW, high))])


def _means(scores: Floats | None, rows: int) -> tuple[float, float] | tuple[None, None]:
    """CRPS [°F] and log score [nats], over the rows of an event and then over events, summed in a fixed order.

    None where fewer than ``rows`` rows were spoken about: a mean over other rows would be read as a comparison.
    """
    if scores is None or scores.shape[1] == 0 or scores.shape[1] != rows:
        return None, None
    _, event, count = np.unique(scores[0], return_inverse=True, return_counts=True)
    crps_mean, log_mean = ((np.bincount(event, weights=row) / count).mean() for row in scores[1:])
    return float(crps_mean), float(log_mean)


def _card(
    station: str, name: str, rows: pl.DataFrame, labels: pl.DataFrame, within: Scores, outside: Scores
) -> ForecasterCard:
    of_station = pl.col("station") == station
    if name in _SPEAKS_FROM:
        known = pl.any_horizontal(*(pl.col(column).is_not_null() for column in _SPEAKS_FROM[name]))
        days = rows.filter(of_station & known)["day"].unique().sort()
    else:
        days = labels.filter(of_station)["day"].unique().sort()
    spoken = within.get((station, name), np.empty((3, 0)))
    inside = _means(spoken, spoken.shape[1])
    outside_fold = _means(outside.get((station, name)), spoken.shape[1])
    return ForecasterCard(
        station=station,
        forecaster=name,
        days=days.len(),
        first=days[0] if days.len() else None,
        last=days[-1] if days.len() else None,
        crps=inside[0],
        log_score=inside[1],
        crps_out_of_fold=outside_fold[0],
        log_score_out_of_fold=outside_fold[1],
        note=_note(name, days.len(), spoke=inside[0] is not None),
    )


def _note(name: str, days: int, *, spoke: bool) -> str:
    if days:
        return "" if spoke else f"too few labelled days ({days}) to speak"
    if name not in _NEEDS:
        return "no labelled day known"
    instead = ", so it uses the errors of all stations" if name in POINTS and POINTS[name].pooled else ""
    return f"no labelled day with {_NEEDS[name]} known{instead}"
