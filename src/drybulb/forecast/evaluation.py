"""How good forecasters are on the days they were trained on: fitted on all of them, and out of fold."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import polars as pl

from drybulb.forecast.baselines.point import POINTS
from drybulb.forecast.folds import Fold
from drybulb.forecast.model import GRID_LOW, Floats, Model, Prediction, station_rows
from drybulb.forecast.training_card import ForecasterCard
from drybulb.verification import crps, log_score, outcome_probability

THIN = 3
"""Every third row of a day is scored: rows of a day are near copies."""

_BATCH = 2048

Models = Mapping[str, Model]
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
    rows: pl.DataFrame, labels: pl.DataFrame, stations: Iterable[str], models: Models, folds: Sequence[Fold]
) -> tuple[ForecasterCard, ...]:
    """Score fitted forecasters on their own training days.

    Args:
        rows: snapshot rows with ``high`` [°F], sorted by station, day and instant.
        labels: ``station``, ``day``, ``high`` of all days that may train.
        stations: stations to card, with or without rows.
        models: forecasters fitted on ``rows`` and ``labels``.
        folds: the same forecasters, fitted without a block of days each.

    Returns:
        One card a station and forecaster.
    """
    within = _score(models, rows.gather_every(THIN))
    parts: dict[tuple[str, str], list[Floats]] = {}
    for fold in folds:
        for key, scores in _score(fold.models, fold.held_out_of(rows.gather_every(THIN))).items():
            parts.setdefault(key, []).append(scores)
    outside = {key: np.concatenate(found, axis=1) for key, found in parts.items()}
    return tuple(_card(station, name, rows, labels, within, outside) for station in sorted(stations) for name in models)


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
