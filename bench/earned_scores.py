"""Means, paired differences, bias and calibration of forecasters over hours that a row of the page names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from bench.model_scores import LEVELS, Asked
from drybulb.forecast.model import GRID_LOW
from drybulb.verification import (
    coverage,
    day_replicates,
    median,
    pit_chance,
    pit_deviation,
    pit_parts,
    pit_spread,
)

Floats = NDArray[np.float64]
Row = dict[str, Any]

SEED = 20260101
_ENDS = (0.05, 0.95)
_PLACES = 4
_HOUR = ("city", "day", "lead", "hour")


class Span(NamedTuple):
    """Hours of an event's two days.

    Attributes:
        name: as the page says it.
        parts: lead, first hour, and first hour after, of local standard time [h].
    """

    name: str
    parts: tuple[tuple[int, int, int], ...]

    @property
    def hours(self) -> int:
        """How many they are."""
        return sum(end - start for _, start, end in self.parts)

    def of(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Rows of these hours."""
        inside = [
            (pl.col("lead") == lead) & pl.col("hour").is_between(start, end, closed="left")
            for lead, start, end in self.parts
        ]
        return rows.filter(pl.any_horizontal(inside))


WHOLE = Span("D−1 10 … D 23", ((1, 10, 24), (0, 0, 24)))
BEFORE = Span("D−1 10–23", ((1, 10, 24),))
EVENT = Span("D 00–23", ((0, 0, 24),))
DAYTIME = Span("D 10–23", ((0, 10, 24),))
MIDNIGHT = Span("D 00", ((0, 0, 1),))


def clock(hour: int) -> Span:
    """One hour of the event day."""
    return Span(f"D {hour:02d}", ((0, hour, hour + 1),))


def filled(scores: pl.DataFrame, name: str, substitute: str) -> tuple[pl.DataFrame, int]:
    """Scores in which a forecaster's silent hours are those of another, and how many they were.

    Args:
        scores: what :func:`bench.model_scores.scored` returns.
        name: the forecaster.
        substitute: who speaks for it.
    """
    mine = scores.filter(pl.col("forecaster") == name)
    lent = scores.filter(pl.col("forecaster") == substitute).join(mine, on=_HOUR, how="anti")
    return pl.concat([scores, lent.with_columns(pl.lit(name).alias("forecaster"))]), lent.height


def paired(scores: pl.DataFrame, names: Sequence[str], span: Span) -> dict[str, pl.DataFrame]:
    """Mean scores of each event by forecaster, over the hours of a span at which all of ``names`` spoke."""
    part = span.of(scores).filter(pl.col("forecaster").is_in(list(names)))
    where = part.group_by(_HOUR).len().filter(pl.col("len") == len(names))
    events = (
        part.join(where.drop("len"), on=_HOUR, how="semi")
        .sort(_HOUR)
        .group_by("city", "day", "forecaster", maintain_order=True)
        .agg(pl.col("crps", "log_score").mean(), pl.len())
    )
    return {name: events.filter(pl.col("forecaster") == name) for name in names}


def mean_of(scores: pl.DataFrame, name: str, span: Span, metric: str = "crps") -> Row:
    """Mean of a score over the hours of each event and then over events, with its 90 % interval by calendar day.

    Raises:
        SystemExit: the forecaster never spoke.
    """
    events = paired(scores, (name,), span)[name]
    _refuse_none(events, name, span)
    values = events[metric].to_numpy()
    drawn = day_replicates(_days(events), values, SEED)
    return {
        "value": rounded(values.mean()),
        "ci90": _interval(drawn),
        "events": events.height,
        "hours": rounded(events["len"].to_numpy().mean()),
    }


def below(scores: pl.DataFrame, first: str, reference: str, span: Span, metric: str = "crps") -> Row:
    """By how many percent a forecaster's mean score is below another's, with its 90 % interval by calendar day.

    Both are scored at the hours at which both spoke.

    Raises:
        SystemExit: they never spoke at the same hour.
    """
    events = paired(scores, (first, reference), span)
    _refuse_none(events[first], f"{first} beside {reference}", span)
    table = np.column_stack([events[name][metric].to_numpy() for name in (first, reference)])
    drawn, mean = day_replicates(_days(events[first]), table, SEED), table.mean(axis=0)
    return {
        "value": rounded(100.0 * (1.0 - mean[0] / mean[1])),
        "ci90": _interval(100.0 * (1.0 - drawn[:, 0] / drawn[:, 1])),
        "first": rounded(mean[0]),
        "reference": rounded(mean[1]),
        "events": events[first].height,
        "hours": rounded(events[first]["len"].to_numpy().mean()),
    }


def median_bias(asked: Asked, name: str, span: Span) -> Row:
    """Median of the belief less the official high, with its interval by calendar day, and the same by hour [°F]."""
    rows = span.of(asked.spoken(name))
    centre = median(asked.said[name].pmf[rows["row"].to_numpy()], GRID_LOW)
    rows = rows.with_columns(off=pl.Series(centre - rows["label"].to_numpy(), dtype=pl.Float64))
    events = rows.sort(_HOUR).group_by("city", "day", maintain_order=True).agg(pl.col("off").mean())
    hourly = rows.group_by("hour").agg(pl.col("off").mean()).sort("hour")
    values = events["off"].to_numpy()
    return {
        "value": rounded(values.mean()),
        "ci90": _interval(day_replicates(_days(events), values, SEED)),
        "events": events.height,
        "by_hour": {str(hour): rounded(off) for hour, off in hourly.iter_rows()},
    }


def calibration(asked: Asked, name: str, lead: int) -> Row | None:
    """PIT deviation with what chance alone would give, and coverage with its interval; None where nobody spoke.

    The hours of an event are averaged first: they see one outcome. Chance is that of a perfect forecaster of so many
    events, as :func:`drybulb.verification.pit_chance` has it.
    """
    rows = asked.spoken(name).filter(pl.col("lead") == lead)
    if rows.is_empty():
        return None
    pmf, high = asked.said[name].pmf[rows["row"].to_numpy()], rows["label"].to_numpy()
    parts = pit_parts(pmf, GRID_LOW, high)
    columns = np.column_stack([parts, coverage(pmf, GRID_LOW, high, levels=LEVELS), pit_spread(pmf)])
    days, event = np.unique(rows["day"].to_numpy(), return_inverse=True)
    hours = np.bincount(event)[:, None]
    means = np.stack([np.bincount(event, weights=column) for column in columns.T], axis=1) / hours
    pit, covered, spread = np.split(means, [parts.shape[1], parts.shape[1] + len(LEVELS)], axis=1)
    ordinals = days.astype("datetime64[D]").astype(np.int64)
    low, high_end = np.quantile(day_replicates(ordinals, covered, SEED), _ENDS, axis=0)
    return {
        "forecaster": name,
        "lead": lead,
        "events": len(hours),
        "pit": rounded(pit_deviation(pit.mean(axis=0))),
        "chance": rounded(pit_chance(spread)),
        "coverage": [rounded(level) for level in covered.mean(axis=0)],
        "coverage_ci90": [[rounded(a), rounded(b)] for a, b in zip(low, high_end, strict=True)],
        "coverage_se": [rounded(se) for se in covered.std(axis=0, ddof=1) / np.sqrt(len(hours))],
    }


def _refuse_none(events: pl.DataFrame, who: str, span: Span) -> None:
    if events.is_empty():
        raise SystemExit(f"{who}: nothing was said at {span.name}; look at the training that was asked")


def _days(events: pl.DataFrame) -> NDArray[np.int64]:
    return np.array([day.toordinal() for day in events["day"]], dtype=np.int64)


def _interval(drawn: Floats) -> list[float]:
    return [rounded(end) for end in np.quantile(drawn, _ENDS)]


def rounded(value: float | np.float64 | Floats) -> float:
    """A number as the documents keep it."""
    return round(float(value), _PLACES)
