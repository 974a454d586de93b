"""Rows for the tests of the forecast room: single snapshots written by hand, and eight months of a small world."""

from __future__ import annotations

from datetime import UTC, date, datetime
from functools import cache
from typing import Any

import polars as pl

from drybulb.app import config
from drybulb.domain.city import City
from drybulb.forecast.clocks import training_days, training_requests
from drybulb.forecast.fitted import FittedForecasters
from drybulb.forecast.labels import known_labels
from drybulb.forecast.training import Material, TrainingRules, fit_forecasters
from drybulb.frames.snapshot import SNAPSHOT_SCHEMA, SnapshotTables, snapshots
from drybulb.world.build import build
from drybulb.world.spec import WorldSpec

CONFIG = config.load()
CITIES = CONFIG.cities()
MIAMI = CITIES["miami"]

#: The world's first day; it has DAYS days of weather.
FIRST = date(2024, 1, 1)
DAYS = 230

#: The world's last day but three, when the official high of the day before has just come.
UNTIL = datetime(2024, 8, 14, 14, tzinfo=UTC)

#: Few enough days that a fit takes a moment, more than any model asks for.
RULES = TrainingRules(window_days=150)


def rows(*given: dict[str, Any]) -> pl.DataFrame:
    """Snapshot rows of KMIA on 2 July 2024, at lead 0 and 12 h, with nothing known but what is given."""
    empty: dict[str, Any] = dict.fromkeys(SNAPSHOT_SCHEMA)
    usual = {
        "city": "miami",
        "station": "KMIA",
        "day": date(2024, 7, 2),
        "at": datetime(2024, 7, 2, 17, tzinfo=UTC),
        "lead": 0,
        "hours": 12.0,
        "day_of_year": 184,
        "n_readings": 0,
        "guidance_n": 0,
    }
    return pl.DataFrame([{**empty, **usual, **row} for row in given], schema=SNAPSHOT_SCHEMA)


def labelled(*given: dict[str, Any]) -> pl.DataFrame:
    """Snapshot rows as :func:`rows`, with their official ``high``."""
    highs = [row["high"] for row in given]
    bare = [{name: value for name, value in row.items() if name != "high"} for row in given]
    return rows(*bare).with_columns(pl.Series("high", highs, dtype=pl.Int32))


@cache
def tables(*cities: str) -> dict[str, pl.DataFrame]:
    """Every table of a world of some cities."""
    spec = WorldSpec(FIRST, weather_days=DAYS, market_days=4, seed=7, latency=CONFIG.latency.model_dump())
    found: dict[str, list[pl.DataFrame]] = {}
    for table, frame in build([CITIES[key] for key in cities], spec):
        found.setdefault(table, []).append(frame)
    return {table: pl.concat(frames) for table, frames in found.items()}


def snapshot_tables(*cities: str) -> SnapshotTables:
    """What snapshots of a world of some cities are made from."""
    made = tables(*cities)
    return SnapshotTables(made["observations"], made["guidance"], made["official"], made["markets"])


@cache
def material(key: str = "miami") -> Material:
    """Everything a city of the world can be trained on: the snapshots of its training days, and its labels."""
    made = tables(key)
    return Material(training_rows(CITIES[key], snapshot_tables(key)), made["official"], made["settlements"])


@cache
def fitted() -> FittedForecasters:
    """Every forecaster, fitted on the world's Miami."""
    return fit_forecasters(material(), {"miami": MIAMI}, UNTIL, RULES).fitted


def training_rows(city: City, known: SnapshotTables) -> pl.DataFrame:
    """Snapshots of the days a city is trained on, as ``train`` makes them."""
    nothing = tables(city.key)["settlements"].clear()
    labels = known_labels(known.official, nothing, [city], UNTIL, RULES.embargo_days)
    days = training_days(labels["day"], known, city, RULES.window_days)
    return snapshots(training_requests(city, days), {city.key: city}, known)
