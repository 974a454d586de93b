"""Beliefs beside the market at the one quote a day: ladder by ladder, each year by models that knew nothing of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from bench.earned_models import Kept, noon, together, trained
from bench.earned_scores import SEED, rounded
from drybulb.adapters.lake import Lake
from drybulb.app.config import Config
from drybulb.app.forecaster import Forecaster
from drybulb.app.scored import (
    MARKET,
    QUOTE_CLOCK,
    SCHEMA,
    Truth,
    load_labels,
    market_at,
    score_market,
    score_prediction,
)
from drybulb.domain.city import City
from drybulb.frames.grid import REQUEST_SCHEMA
from drybulb.frames.ladders import whole_ladders
from drybulb.verification import day_bootstrap

Row = dict[str, Any]

CITIES = ("chicago", "philadelphia")
YEARS = (2023, 2024, 2025, 2026)
NAMES = ("hybrid", "S", "emos")
ALL = "all"


def yearly(lake: Path, folder: Path, stock: Config) -> Lake:
    """A lake with a training until each first of January."""
    parts = []
    for year in YEARS:
        trained(Kept(str(year), noon(year)), lake, folder, stock)
        parts.append(folder / str(year))
    return together(lake, parts, folder / "years")


def ladder_rows(lake: Lake, stock: Config) -> Row:
    """RPS and log score of complete ladders at their earliest leg, by city and year, and over all years.

    Args:
        lake: what :func:`yearly` returns.
        stock: the configuration.
    """
    document: Row = {"years": list(YEARS), "cities": {}}
    for key in CITIES:
        city, parts, counts = stock.cities()[key], [], []
        for year in YEARS:
            window = (date(year, 1, 1), date(year, 12, 31))
            scores, count = _year(lake, stock, city, window)
            parts.append(scores)
            counts.append({"year": year, **count})
        whole = pl.concat(parts)
        rows = [*_rows(whole, ALL), *(row for year in YEARS for row in _rows(whole, str(year)))]
        document["cities"][key] = {"rows": rows, "counts": counts}
    return document


def _year(lake: Lake, stock: Config, city: City, window: tuple[date, date]) -> tuple[pl.DataFrame, Row]:
    """Scores of the ladders of one year, and how many events there were and how many were left out why."""
    cities = {city.key: city}
    listed = whole_ladders(lake.read("markets", cities, *window))
    daily = lake.read("quotes", [city.key], *window).filter(pl.col("source") == "daily")
    quoted = listed.filter(pl.col("ticker").is_in(daily["ticker"].unique().implode()))
    _, ladders, apart = market_at(lake, cities, pl.DataFrame(schema=REQUEST_SCHEMA), *window)
    count = {"events": quoted["event"].n_unique(), "apart": apart.get(city.key, 0)}
    if ladders.is_empty():
        return pl.DataFrame(schema=SCHEMA), {**count, "scored": 0}
    forecaster = Forecaster.load(lake, stock, window[0])
    requests = ladders.select("city", "day", "at")
    rows = ladders.with_columns(forecaster.snapshots(requests)["lead"], pl.lit(QUOTE_CLOCK).alias("clock"))
    truth = Truth(load_labels(lake, cities, *window), rows.select("city", "day", "event", "lows", "highs"))
    said = forecaster.predictions(requests, NAMES)
    found = [score_prediction(name, rows, said[name], truth) for name in NAMES]
    scores = pl.concat([*found, score_market(rows, truth)]).filter(pl.col("rps").is_not_null())
    # All at the same events: those of which each of them spoke.
    common = scores.group_by("day").len().filter(pl.col("len") == len(NAMES) + 1)
    scores = scores.join(common.drop("len"), on="day", how="semi")
    return scores, {**count, "scored": scores["day"].n_unique()}


def _rows(scores: pl.DataFrame, year: str) -> Iterator[Row]:
    """Mean RPS and log score of every forecaster, and of each less the market's."""
    part = scores if year == ALL else scores.filter(pl.col("day").dt.year() == int(year))
    if part.is_empty():
        return
    market = part.filter(pl.col("forecaster") == MARKET).sort("day")
    days = [day.toordinal() for day in market["day"]]
    for name in (*NAMES, MARKET):
        mine = part.filter(pl.col("forecaster") == name).sort("day")
        row: Row = {"year": year, "forecaster": name, "events": mine.height, "leads": _leads(mine)}
        for metric in ("rps", "log_brackets"):
            values = mine[metric].to_numpy()
            mean = day_bootstrap(days, values, SEED)
            less = day_bootstrap(days, values - market[metric].to_numpy(), SEED)
            row[metric] = {"value": rounded(mean.mean), "ci90": [rounded(mean.low), rounded(mean.high)]}
            row[metric] |= {"less_market": rounded(less.mean), "less_ci90": [rounded(less.low), rounded(less.high)]}
        yield row


def _leads(scores: pl.DataFrame) -> dict[str, int]:
    counted = scores.group_by("lead").len().sort("lead")
    return {str(lead): count for lead, count in counted.iter_rows()}
