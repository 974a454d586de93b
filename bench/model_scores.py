"""How good each forecaster is: every hour of an event's two days scored, averaged per event and then over events."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from drybulb.forecast.model import GRID_LOW, Prediction
from drybulb.verification import (
    absolute_error,
    coverage,
    crps,
    day_replicates,
    log_score,
    outcome_probability,
    pit_chance,
    pit_deviation,
    pit_parts,
    pit_spread,
)

Floats = NDArray[np.float64]
Row = dict[str, Any]

METRICS = ("crps", "log_score", "mae")
LEVELS = (0.5, 0.8, 0.9)
#: Who is compared with whom; below zero the first is better.
PAIRS = (("hybrid", "S"), ("S", "emos"), ("hybrid", "original"), ("city", "global"))
#: The original recipe with fewer and shallower trees.
SMALLER = "smaller original"
_ENDS = (0.05, 0.95)
_PLACES = 4


class Band(NamedTuple):
    """Part of an event's two days.

    Attributes:
        name: as the page says it.
        lead: 1 the day before, 0 the event day.
        start: first local standard hour [h].
        end: first hour after it [h].
    """

    name: str
    lead: int
    start: int
    end: int

    def of(self, scores: pl.DataFrame) -> pl.DataFrame:
        """The scores of its hours."""
        inside = pl.col("hour").is_between(self.start, self.end, closed="left")
        return scores.filter((pl.col("lead") == self.lead) & inside)


#: The hours the original recipe was made for.
WINDOW = Band("D 10–24", 0, 10, 24)
BANDS = (
    Band("D−1 10–24", 1, 10, 24),
    Band("D 00–10", 0, 0, 10),
    Band("D 10–14", 0, 10, 14),
    Band("D 14–18", 0, 14, 18),
    Band("D 18–24", 0, 18, 24),
    WINDOW,
)


class Asked(NamedTuple):
    """What one city's forecasters were asked, and what they said.

    Attributes:
        rows: row, city, day, lead, hour of local standard time [h] and label [°F] of each request whose high is known.
        said: predictions of all requests, by forecaster; ``row`` counts in them.
    """

    rows: pl.DataFrame
    said: Mapping[str, Prediction]

    @classmethod
    def of(cls, rows: pl.DataFrame, said: Mapping[str, Prediction], labels: pl.DataFrame) -> Asked:
        """Join what is known of the requests.

        Args:
            rows: snapshot rows of the requests.
            said: predictions of them, by forecaster.
            labels: city, day, label [°F].
        """
        hour = (pl.col("hours") + 24 * pl.col("lead")).round().cast(pl.Int64).alias("hour")
        heads = rows.select("city", "day", "lead", hour).with_row_index("row")
        return cls(heads.join(labels, on=["city", "day"], how="inner").sort("row"), said)

    def spoken(self, name: str) -> pl.DataFrame:
        """Rows on which a forecaster spoke."""
        return self.rows.filter(pl.Series(self.said[name].available[self.rows["row"].to_numpy()]))


def scored(asked: Asked) -> pl.DataFrame:
    """Score every forecast whose high is known.

    Returns:
        One row a forecast: city, day, lead, hour, forecaster, crps [°F], log_score [nats], mae of the
        median [°F].
    """
    parts = []
    for name, prediction in asked.said.items():
        mine = asked.spoken(name)
        pmf, high = prediction.pmf[mine["row"].to_numpy()], mine["label"].to_numpy()
        parts.append(
            mine.select(
                *("city", "day", "lead", "hour"),
                pl.lit(name).alias("forecaster"),
                pl.Series("crps", crps(pmf, GRID_LOW, high)),
                pl.Series("log_score", log_score(outcome_probability(pmf, GRID_LOW, high))),
                pl.Series("mae", absolute_error(pmf, GRID_LOW, high)),
            )
        )
    return pl.concat(parts)


def means(scores: pl.DataFrame, where: str) -> list[Row]:
    """Mean scores by band, all forecasters at the hours at which each of them spoke that speaks there at all.

    Args:
        scores: what :func:`scored` returns.
        where: name of the city, or of several together.
    """
    found = []
    for band in BANDS:
        part = band.of(scores)
        names = part["forecaster"].unique(maintain_order=True).to_list()
        for name, events in _paired(part, names).items():
            head = {"city": where, "band": band.name, "forecaster": name, "events": events.height}
            values = {metric: _rounded(events[metric].to_numpy().mean()) for metric in METRICS}
            found.append({**head, "hours": _rounded(events["len"].to_numpy().mean()), **values})
    return found


def differences(scores: pl.DataFrame, where: str, seed: int) -> list[Row]:
    """Paired differences by band, each pair at the hours at which both spoke; intervals are 90 %, from resampled days.

    Args:
        scores: what :func:`scored` returns.
        where: name of the city, or of several together.
        seed: of the draws of days.

    Returns:
        One row a band and pair; ``percent`` is how much lower the first's mean CRPS is than the reference's.
    """
    found = []
    for band in BANDS:
        part = band.of(scores)
        for first, reference in (*PAIRS, ("hybrid", SMALLER)):
            paired = _paired(part, (first, reference))
            if paired:
                head = {"city": where, "band": band.name, "forecaster": first, "reference": reference}
                found.append({**head, **_compared(paired[first], paired[reference], seed)})
    return found


def calibrations(asked: Asked, where: str) -> list[Row]:
    """PIT deviation, what it would be by chance, and coverage of the central intervals, by lead."""
    found = []
    for lead in (1, 0):
        for name, prediction in asked.said.items():
            mine = asked.spoken(name).filter(pl.col("lead") == lead)
            if mine.height:
                found.append({"city": where, "lead": lead, "forecaster": name, **_calibration(mine, prediction)})
    return found


def speakers(asked: Asked, where: str) -> list[Row]:
    """Who spoke when the hybrid was asked, in percent of the hours of a lead."""
    sources = asked.said["hybrid"].source or []
    said = [sources[row].split("(")[0] or "nobody" for row in asked.rows["row"]]
    counted = asked.rows.select("lead", pl.Series("speaker", said)).group_by("lead", "speaker").len()
    percent = (100 * pl.col("len") / pl.col("len").sum().over("lead")).alias("percent")
    order = counted.select("lead", "speaker", percent).sort(
        "lead", "percent", "speaker", descending=[True, True, False]
    )
    return [
        {"city": where, "lead": lead, "speaker": speaker, "percent": round(share, 1)}
        for lead, speaker, share in order.iter_rows()
    ]


def _paired(part: pl.DataFrame, names: Sequence[str]) -> dict[str, pl.DataFrame]:
    """Mean scores of each event by forecaster, over the hours at which all of ``names`` spoke; empty where none is."""
    mine = part.filter(pl.col("forecaster").is_in(list(names)))
    hour = ["city", "day", "hour"]
    where = mine.group_by(hour).len().filter(pl.col("len") == len(names))
    events = (
        mine.join(where.drop("len"), on=hour, how="semi")
        .sort("city", "day", "hour")
        .group_by("city", "day", "forecaster", maintain_order=True)
        .agg(pl.col(METRICS).mean(), pl.len())
    )
    return {} if events.is_empty() else {name: events.filter(pl.col("forecaster") == name) for name in names}


def _compared(ours: pl.DataFrame, others: pl.DataFrame, seed: int) -> Row:
    """Differences of the means over events."""
    days = np.array([day.toordinal() for day in ours["day"]], dtype=np.int64)
    table = np.column_stack([ours.select(METRICS).to_numpy(), others.select(METRICS).to_numpy()])
    drawn, mean, size = day_replicates(days, table, seed), table.mean(axis=0), len(METRICS)
    low, high = np.quantile(drawn[:, :size] - drawn[:, size:], _ENDS, axis=0)
    row: Row = {
        metric: {"difference": _rounded(mean[i] - mean[size + i]), "ci90": [_rounded(low[i]), _rounded(high[i])]}
        for i, metric in enumerate(METRICS)
    }
    ends = np.quantile(100.0 * (1.0 - drawn[:, 0] / drawn[:, size]), _ENDS)
    percent = {"lower": _rounded(100.0 * (1.0 - mean[0] / mean[size])), "ci90": [_rounded(end) for end in ends]}
    return {"events": ours.height, **row, "percent": percent}


def _calibration(rows: pl.DataFrame, prediction: Prediction) -> Row:
    """Means over the hours of each event, then over events."""
    pmf, high = prediction.pmf[rows["row"].to_numpy()], rows["label"].to_numpy()
    parts = pit_parts(pmf, GRID_LOW, high)
    columns = np.column_stack([parts, coverage(pmf, GRID_LOW, high, levels=LEVELS), pit_spread(pmf)])
    _, event = np.unique(rows["day"].to_numpy(), return_inverse=True)
    hours = np.bincount(event)[:, None]
    sums = np.stack([np.bincount(event, weights=column) for column in columns.T], axis=1)
    pit, covered, spread = np.split(sums / hours, [parts.shape[1], parts.shape[1] + len(LEVELS)], axis=1)
    return {
        "events": len(hours),
        "pit_deviation": _rounded(pit_deviation(pit.mean(axis=0))),
        # The hours of an event see one outcome, so what chance does to them does not cancel: the mean of their spreads.
        "pit_deviation_chance": _rounded(pit_chance(spread)),
        "coverage": [_rounded(level) for level in covered.mean(axis=0)],
    }


def _rounded(value: float | np.float64) -> float:
    return round(float(value), _PLACES)
