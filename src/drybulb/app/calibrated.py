"""What is known about the calibration of one forecaster: its forecasts beside what happened, and their summary.

An event counts once. Where several of its clocks are summarised together each has an equal part of it, and so has each
city a part of a day: intervals draw whole days.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from drybulb.forecast.model import GRID_LOW, Prediction
from drybulb.verification import (
    brier_decomposition,
    central_degrees,
    central_width,
    coverage,
    day_replicates,
    exceedance_sums,
    exceedances,
    exponent_replicates,
    isotonic,
    outcome_probability,
    pit_chance,
    pit_deviation,
    pit_parts,
    pit_spread,
    power_gradient,
    recalibration_exponent,
    standard_deviation,
)
from drybulb.verification.recalibration import EXPONENTS

Floats = NDArray[np.float64]
Pair = list[float]

#: Levels of the central intervals.
LEVELS = (0.5, 0.8, 0.9)
#: Parts of the PIT's histogram, and of the probabilities in the table of reliability.
BINS = 10
REPLICATES = 1000
_ENDS = (0.05, 0.95)


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """Forecasts of one forecaster and what happened, row by row.

    Attributes:
        rows: city, day, lead, clock of each forecast whose high is known, and as ``row`` its number among the requests.
        pmf: the forecasts on the grid, shape (n, 201).
        highs: what happened, shape (n,) [°F].
    """

    rows: pl.DataFrame
    pmf: Floats
    highs: NDArray[np.int64]

    @classmethod
    def of(cls, rows: pl.DataFrame, prediction: Prediction, labels: pl.DataFrame) -> Judged:
        """Keep the rows on which the forecaster spoke and the high is known.

        Args:
            rows: row, city, day, lead, clock of each row of the prediction.
            prediction: distributions on the grid.
            labels: city, day, label [°F].
        """
        spoken = (
            rows.select("row", "city", "day", "lead", "clock")
            .filter(pl.Series(prediction.available))
            .join(labels, on=["city", "day"], how="inner")
        )
        spoken = spoken.sort("city", "day", "row")
        pmf = prediction.pmf[np.searchsorted(rows["row"].to_numpy(), spoken["row"].to_numpy())]
        return cls(spoken.drop("label"), pmf, spoken["label"].to_numpy().astype(np.int64))

    def at(self, numbers: NDArray[np.int64]) -> Judged:
        """The forecasts of some requests."""
        kept = np.isin(self.numbers(), numbers)
        return Judged(self.rows.filter(kept), self.pmf[kept], self.highs[kept])

    def numbers(self) -> NDArray[np.int64]:
        """Numbers of the requests that have a forecast."""
        return self.rows["row"].to_numpy().astype(np.int64)

    def given_nothing(self) -> NDArray[np.bool_]:
        """Whether each forecast thought impossible what happened."""
        return outcome_probability(self.pmf, GRID_LOW, self.highs) <= 0.0


@dataclass(frozen=True, slots=True, eq=False)
class _Events:
    """Which rows belong to one event.

    Attributes:
        first: position of each event's first row; rows of an event follow each other.
        clocks: number of rows of each event.
        days: calendar day of each, as an ordinal [days].
    """

    first: NDArray[np.int64]
    clocks: NDArray[np.int64]
    days: NDArray[np.int64]

    @classmethod
    def of(cls, rows: pl.DataFrame) -> _Events:
        found = (
            rows.select("city", "day")
            .with_row_index()
            .group_by("city", "day", maintain_order=True)
            .agg(pl.col("index").min(), pl.len())
        )
        days = np.array([day.toordinal() for day in found["day"]], dtype=np.int64)
        return cls(found["index"].to_numpy().astype(np.int64), found["len"].to_numpy().astype(np.int64), days)

    def means(self, values: Floats) -> Floats:
        """Mean of each event over its clocks, (events, m)."""
        sums: Floats = np.add.reduceat(values, self.first, axis=0)
        return sums / self.clocks[:, None]

    def weights(self) -> NDArray[np.int64]:
        """How often each row counts, so that every event counts as often: least whole numbers."""
        each = np.lcm.reduce(self.clocks) // self.clocks
        return np.repeat(each, self.clocks)


def summarise(judged: Judged, seed: int) -> dict[str, Any]:
    """Calibration and sharpness of the forecasts, each event counting once.

    Args:
        judged: at least one forecast.
        seed: seed of the draws of days.

    Returns:
        ``n_events`` and the measures of ``calibration/1``.
    """
    events = _Events.of(judged.rows)
    pmf, highs = judged.pmf, judged.highs
    whole = central_degrees(pmf, GRID_LOW, LEVELS)
    hits = (whole.first <= highs[:, None]) & (highs[:, None] <= whole.last)
    found = exceedances(pmf, GRID_LOW, highs)
    sums = exceedance_sums(found, len(pmf), bins=BINS)
    drawn = {
        "pit": events.means(pit_parts(pmf, GRID_LOW, highs, bins=BINS)),
        "covered": events.means(coverage(pmf, GRID_LOW, highs, levels=LEVELS)),
        "hits": events.means(hits.astype(np.float64)),
        "sums": events.means(sums.reshape(len(pmf), -1)),
    }
    exponent = _exponent(judged, events)
    if exponent is not None:
        gradient = power_gradient(pmf, GRID_LOW, highs, exponent)
        drawn["gradient"] = events.means(np.column_stack(gradient))
    means = {name: values.mean(axis=0) for name, values in drawn.items()}
    resampled = _resample(events.days, drawn, seed)
    return {
        "n_events": len(events.days),
        "pit": _rounded(means["pit"]),
        "pit_ci90": _ends(resampled["pit"]),
        "pit_deviation": _round(pit_deviation(means["pit"])),
        # The clocks of an event see one outcome, so their chance parts do not cancel: the mean of the spreads.
        "pit_deviation_chance": _round(pit_chance(events.means(pit_spread(pmf, bins=BINS)))),
        "coverage": _coverage(means, resampled, events.means(whole.mass).mean(axis=0)),
        "sd": _round(events.means(standard_deviation(pmf)[:, None]).mean()),
        "width_80": _round(events.means(central_width(pmf, (0.8,))).mean()),
        "gamma": None if exponent is None else _round(exponent),
        "gamma_ci90": _exponent_ends(exponent, resampled),
        "reliability": _reliability(means["sums"], resampled["sums"], drawn["sums"], sums),
        "corp": _corp(found.probability, found.happened, events.weights()[found.row]),
    }


def _exponent(judged: Judged, events: _Events) -> float | None:
    """The best exponent; None where a forecast thought impossible what happened, which no exponent mends."""
    if judged.given_nothing().any():
        return None
    return recalibration_exponent(judged.pmf, GRID_LOW, judged.highs, weights=events.weights())


def _exponent_ends(exponent: float | None, resampled: dict[str, Floats]) -> Pair | None:
    """Interval of the exponent; None where it lies at an end of what was searched."""
    if exponent is None or not EXPONENTS[0] * 1.01 < exponent < EXPONENTS[1] / 1.01:
        return None
    return _ends(exponent_replicates(exponent, *resampled["gradient"].T)[:, None])[0]


def _resample(days: NDArray[np.int64], drawn: dict[str, Floats], seed: int) -> dict[str, Floats]:
    """Means of every column over the same draws of days."""
    replicates = day_replicates(days, np.column_stack(list(drawn.values())), seed, replicates=REPLICATES)
    cuts = np.cumsum([values.shape[1] for values in drawn.values()])[:-1]
    return dict(zip(drawn, np.split(replicates, cuts, axis=1), strict=True))


def _coverage(means: dict[str, Floats], resampled: dict[str, Floats], mass: Floats) -> list[dict[str, Any]]:
    covered, hits = _ends(resampled["covered"]), _ends(resampled["hits"])
    return [
        {
            "level": level,
            "covered": _round(means["covered"][i]),
            "covered_ci90": covered[i],
            "degrees": {"mass": _round(mass[i]), "hits": _round(means["hits"][i]), "hits_ci90": hits[i]},
        }
        for i, level in enumerate(LEVELS)
    ]


def _reliability(means: Floats, resampled: Floats, by_event: Floats, by_row: Floats) -> list[dict[str, Any]]:
    """Bins of forecast probability that hold any degree.

    Args:
        means: mean over events of the number of degrees, the sum of forecasts, how many happened, (3 · bins,).
        resampled: the same over resamples of days, (replicates, 3 · bins).
        by_event: the same of each event, (events, 3 · bins).
        by_row: the same of each forecast, (n, 3, bins).
    """
    number, forecast, happened = means.reshape(3, BINS)
    drawn = resampled.reshape(-1, 3, BINS)
    degrees = by_row[:, 0].sum(axis=0)
    occupied = (by_event.reshape(-1, 3, BINS)[:, 0] > 0.0).sum(axis=0)
    return [
        {
            "low": _round(i / BINS),
            "high": _round((i + 1) / BINS),
            "mean_forecast": _round(forecast[i] / number[i]),
            "frequency": _round(happened[i] / number[i]),
            # Where a draw of days can miss the bin altogether, its days are too few to say how sure the frequency is.
            "frequency_ci90": _ends((drawn[:, 2, i] / drawn[:, 0, i])[:, None])[0] if drawn[:, 0, i].all() else None,
            "n": int(degrees[i]),
            "n_events": int(occupied[i]),
        }
        for i in np.flatnonzero(number)
    ]


def _corp(probability: Floats, happened: NDArray[np.int64], weights: NDArray[np.int64]) -> dict[str, Any] | None:
    """Parts of the Brier score and the steps of the isotonic recalibration; None where no degree is in doubt."""
    if probability.size == 0:
        return None
    parts = brier_decomposition(probability, happened, weights=weights)
    fitted = isotonic(probability, happened, weights=weights)
    levels = np.unique(fitted)
    step = np.searchsorted(levels, fitted)
    first, last = np.full(levels.size, 1.0), np.zeros(levels.size)
    np.minimum.at(first, step, probability)
    np.maximum.at(last, step, probability)
    return {
        "brier": _round(parts.score),
        "miscalibration": _round(parts.miscalibration),
        "discrimination": _round(parts.discrimination),
        "uncertainty": _round(parts.uncertainty),
        "steps": [
            {"from": _round(a), "to": _round(b), "frequency": _round(level)}
            for a, b, level in zip(first, last, levels, strict=True)
        ],
    }


def _ends(replicates: Floats) -> list[Pair]:
    """Ends of the 90 % interval of each column."""
    low, high = np.quantile(replicates, _ENDS, axis=0)
    return [[_round(a), _round(b)] for a, b in zip(low, high, strict=True)]


def _rounded(values: Floats) -> list[float]:
    return [_round(value) for value in values]


def _round(value: float | np.float64) -> float:
    return round(float(value), 6)
