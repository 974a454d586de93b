"""Scores of every forecaster at every verification clock: one row an event, clock and forecaster."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import polars as pl
from numpy.typing import NDArray

from drybulb.adapters.lake import Lake
from drybulb.domain.bracket import Bracket
from drybulb.domain.city import City
from drybulb.forecast.labels import newest_labels
from drybulb.forecast.model import GRID_LOW, Prediction
from drybulb.frames.consensus import DENSE_AGE_MIN, consensus, daily_consensus
from drybulb.frames.ladders import whole_ladders
from drybulb.verification import absolute_error, crps, log_score, outcome_probability, rps, within

MARKET = "market"
#: The clock of ladders quoted once a day; its belief is the one at the earliest leg.
QUOTE_CLOCK = "quote"

SCORES = ("crps", "log_degrees", "mae", "within_1", "within_2", "rps", "log_brackets")
SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    "city": pl.String,
    "day": pl.Date,
    "lead": pl.Int8,
    "clock": pl.String,
    "forecaster": pl.String,
    **dict.fromkeys(SCORES, pl.Float64),
}


@dataclass(frozen=True, slots=True)
class Truth:
    """What happened and what was listed, for scoring only; never an input of a forecast.

    Attributes:
        labels: city, day, label [°F]: the settled value where there is one, else the official high.
        ladders: city, day, event, lows, highs [°F] of events whose ladder tiles.
    """

    labels: pl.DataFrame
    ladders: pl.DataFrame


def load_labels(lake: Lake, cities: Mapping[str, City], start: date, end: date) -> pl.DataFrame:
    """Return city, day and label [°F] of every day that has one; see :func:`~drybulb.forecast.labels.newest_labels`."""
    stations = {city.station for city in cities.values()}
    official = lake.read("official", stations, start, end)
    settlements = lake.read("settlements", cities, start, end)
    found = [
        newest_labels(official, settlements, city).select(
            pl.lit(key).alias("city"), "day", pl.col("high").alias("label")
        )
        for key, city in cities.items()
    ]
    return pl.concat(found).sort("city", "day")


def load_truth(lake: Lake, cities: Mapping[str, City], start: date, end: date) -> Truth:
    """Load labels and listed ladders of the window."""
    markets = whole_ladders(lake.read("markets", cities, start, end))
    ladders = (
        markets.sort("event", pl.col("low").fill_null(-1000))
        .group_by("city", "day", "event", maintain_order=True)
        .agg(pl.col("low").alias("lows"), pl.col("high").alias("highs"))
        .unique(["city", "day"], keep="first", maintain_order=True)
    )
    return Truth(load_labels(lake, cities, start, end), ladders)


def market_at(
    lake: Lake, cities: Mapping[str, City], requests: pl.DataFrame, start: date, end: date
) -> tuple[pl.DataFrame, pl.DataFrame, dict[str, int]]:
    """Return the market's consensus at the requests and at the daily quotes, with the ladders left out per city."""
    at_clocks, at_quotes, apart = [], [], {}
    for key in cities:
        markets = whole_ladders(lake.read("markets", [key], start, end))
        quotes = lake.read("quotes", [key], start, end)
        instants = requests.filter(pl.col("city") == key)
        dense = _minutes_before(lake.read("dense", [key], start, end), instants["at"])
        at_clocks.append(consensus(instants, markets, dense, quotes.filter(pl.col("source") != "daily")))
        daily, left_out = daily_consensus(markets, quotes.filter(pl.col("source") == "daily"))
        at_quotes.append(daily)
        if left_out:
            apart[key] = left_out
    return pl.concat(at_clocks), pl.concat(at_quotes), apart


def _minutes_before(dense: pl.DataFrame, instants: pl.Series) -> pl.DataFrame:
    """The few dense minutes that can be the newest known at one of ``instants``."""
    asked = [instants - timedelta(minutes=age) for age in range(DENSE_AGE_MIN + 1)]
    # By when it was known and not by its end: the tape's latency is the user's to set.
    first = (pl.col("known_at") + timedelta(minutes=1, microseconds=-1)).dt.truncate("1m")
    return dense.filter(first.is_in(pl.concat(asked).unique().implode()))


def _bracket_probabilities(pmf: NDArray[np.float64], ladders: pl.DataFrame) -> list[NDArray[np.float64]]:
    """Probability of each bracket of each row's ladder, from pmfs on the grid."""
    cumulative = np.concatenate([np.zeros((pmf.shape[0], 1)), np.cumsum(pmf, axis=1)], axis=1)
    last = cumulative.shape[1] - 1
    found = []
    for row, (lows, highs) in enumerate(ladders.select("lows", "highs").iter_rows()):
        first = [0 if low is None else min(max(low - GRID_LOW, 0), last) for low in lows]
        after = [last if high is None else min(max(high - GRID_LOW + 1, 0), last) for high in highs]
        parts = cumulative[row, after] - cumulative[row, first]
        found.append(parts / parts.sum())
    return found


def _won(ladders: pl.DataFrame) -> list[int]:
    rows = ladders.select("lows", "highs", "label").iter_rows()
    return [
        next(i for i, (low, high) in enumerate(zip(lows, highs, strict=True)) if Bracket(low, high).contains(label))
        for lows, highs, label in rows
    ]


def _ladder_scores(parts: list[NDArray[np.float64]], won: list[int]) -> tuple[list[float], list[float]]:
    ranked = [float(rps(p[None, :], [w])[0]) for p, w in zip(parts, won, strict=True)]
    given = np.array([p[w] for p, w in zip(parts, won, strict=True)], dtype=np.float64)
    return ranked, [float(s) for s in log_score(given)] if given.size else []


def score_prediction(name: str, rows: pl.DataFrame, prediction: Prediction, truth: Truth) -> pl.DataFrame:
    """Score one forecaster where it spoke and the label is known.

    Args:
        name: the forecaster.
        rows: city, day, lead, clock of each row of the prediction.
        prediction: pmfs on the grid.
        truth: labels and ladders.
    """
    indexed = rows.select("city", "day", "lead", "clock").with_row_index("row")
    spoken = indexed.filter(pl.Series(prediction.available)).join(truth.labels, on=["city", "day"], how="inner")
    spoken = spoken.join(truth.ladders.drop("event"), on=["city", "day"], how="left").sort("row")
    if spoken.is_empty():
        return pl.DataFrame(schema=SCHEMA)
    pmf = prediction.pmf[spoken["row"].to_numpy()]
    label = spoken["label"].to_numpy()
    scored = spoken.with_columns(
        pl.lit(name).alias("forecaster"),
        pl.Series("crps", crps(pmf, GRID_LOW, label)),
        pl.Series("log_degrees", log_score(outcome_probability(pmf, GRID_LOW, label))),
        pl.Series("mae", absolute_error(pmf, GRID_LOW, label)),
        pl.Series("within_1", within(pmf, GRID_LOW, label, 1)),
        pl.Series("within_2", within(pmf, GRID_LOW, label, 2)),
    ).with_row_index("at_row")
    listed = scored.filter(pl.col("lows").is_not_null())
    ranked, logged = _ladder_scores(_bracket_probabilities(pmf[listed["at_row"].to_numpy()], listed), _won(listed))
    ladder = pl.DataFrame(
        {"at_row": listed["at_row"], "rps": ranked, "log_brackets": logged},
        schema_overrides={"rps": pl.Float64, "log_brackets": pl.Float64},
    )
    return scored.join(ladder, on="at_row", how="left").select(*SCHEMA)


def score_market(rows: pl.DataFrame, truth: Truth) -> pl.DataFrame:
    """Score the market's consensus; it has no degrees, so CRPS and errors are null.

    Args:
        rows: city, day, lead, clock, lows, highs, probabilities of whole ladders.
        truth: labels.
    """
    spoken = rows.join(truth.labels, on=["city", "day"], how="inner")
    if spoken.is_empty():
        return pl.DataFrame(schema=SCHEMA)
    parts = [np.array(p, dtype=np.float64) for p in spoken["probabilities"]]
    ranked, logged = _ladder_scores(parts, _won(spoken))
    blank = [pl.lit(None, dtype=pl.Float64).alias(s) for s in SCORES if s not in ("rps", "log_brackets")]
    return spoken.with_columns(
        pl.lit(MARKET).alias("forecaster"), *blank, pl.Series("rps", ranked), pl.Series("log_brackets", logged)
    ).select(*SCHEMA)
