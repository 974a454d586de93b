"""A small world, built once for every test that only looks at it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import polars as pl
import pytest

from drybulb.app.config import load
from drybulb.world import build, weather
from drybulb.world.spec import WorldSpec
from drybulb.world.weather import CityWeather

Tables = dict[str, pl.DataFrame]

CONFIG = load()
CITIES = CONFIG.cities()


def small(seed: int = 1) -> WorldSpec:
    """Two months of weather, of which the last three days have markets."""
    return WorldSpec(date(2024, 1, 1), 60, 3, seed, CONFIG.latency.model_dump())


def draw(keys: Iterable[str], spec: WorldSpec) -> Tables:
    """Every table of a world of ``keys``, all cities together."""
    parts: dict[str, list[pl.DataFrame]] = {}
    for table, rows in build.build([CITIES[key] for key in keys], spec):
        parts.setdefault(table, []).append(rows)
    return {table: pl.concat(frames) for table, frames in parts.items()}


@pytest.fixture(scope="session")
def spec() -> WorldSpec:
    """What the small world was asked for."""
    return small()


@pytest.fixture(scope="session")
def world(spec: WorldSpec) -> Tables:
    """Chicago and Miami; to be looked at, not changed."""
    return draw(["chicago", "miami"], spec)


@pytest.fixture(scope="session")
def chicago() -> CityWeather:
    """A year of Chicago's weather."""
    return weather.simulate(CITIES["chicago"], WorldSpec(date(2023, 1, 1), 365, 2, 7, CONFIG.latency.model_dump()))
