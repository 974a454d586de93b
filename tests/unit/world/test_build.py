"""The tables of a world: complete, of the lake's classes, and drawn from the seed and the city alone."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from drybulb.errors import ConfigError
from drybulb.frames.schema import TABLES
from drybulb.world.spec import WorldSpec
from tests.unit.world.conftest import CITIES, Tables, draw, small

DRAWN = {"observations", "guidance", "official", "markets", "settlements", "prints", "candles", "books"}


def test_rows_are_of_the_lakes_classes(world: Tables) -> None:
    """Every row of a world satisfies the class of its table, keys unique over all cities."""
    assert set(world) == DRAWN
    for table, rows in world.items():
        good, refused = TABLES[table].filter(rows)
        assert refused.counts() == {}, table
        assert good.height == rows.height > 0


def test_every_day_is_there(world: Tables, spec: WorldSpec) -> None:
    """Readings, four runs of guidance and two reports of the high cover every day; markets the last ones."""
    assert world["official"].height == 2 * 60 * 2
    assert world["guidance"].height == 2 * 60 * 4
    assert world["observations"].height == 2 * 60 * (24 + 288)
    days = world["markets"].group_by("city", "day").len()
    assert days.height == 2 * 3
    assert days["len"].unique().to_list() == [6]
    assert (days["day"].min(), days["day"].max()) == (spec.first_market_day, spec.last_day)
    assert (spec.first_market_day, spec.last_day) == (date(2024, 2, 27), date(2024, 2, 29))


def test_the_same_seed_is_the_same_world(world: Tables, spec: WorldSpec) -> None:
    """Drawn again with the same seed, every frame is equal in every cell."""
    again = draw(["chicago", "miami"], spec)
    assert all(again[table].equals(rows) for table, rows in world.items())


def test_a_city_is_its_own(world: Tables, spec: WorldSpec) -> None:
    """A city drawn alone is the city drawn among others, though the others took draws before it."""
    alone = draw(["miami"], spec)
    station = CITIES["miami"].station
    for table, rows in alone.items():
        mine = pl.col("city") == "miami" if "city" in rows.columns else pl.col("station") == station
        assert rows.equals(world[table].filter(mine)), table


def test_another_seed_is_another_world(world: Tables) -> None:
    """With another seed the temperatures, the forecasts and the prices all differ."""
    other = draw(["chicago", "miami"], small(seed=2))
    for table, column in (("observations", "temp"), ("guidance", "high"), ("official", "high")):
        assert (other[table][column] != world[table][column]).mean() > 0.5, table  # type: ignore[operator]
    assert not other["candles"].equals(world["candles"])


def test_everything_is_known_after_it_happened(world: Tables) -> None:
    """No row is known before its own time, and settlements only after the climate day has ended."""
    for table, own in (
        ("observations", "valid_at"),
        ("guidance", "issued_at"),
        ("prints", "at"),
        ("candles", "end_at"),
    ):
        assert (world[table]["known_at"] >= world[table][own]).all(), table
    closing = world["markets"].select("ticker", "close_at")
    settled = world["settlements"].join(closing, on="ticker", validate="1:1")
    assert settled.height == 36
    assert (settled["known_at"] > settled["close_at"]).all()


@pytest.mark.parametrize(("weather", "markets"), [(10, 9), (10, 1), (3, 3)])
def test_a_world_too_small_is_refused(weather: int, markets: int) -> None:
    """Fewer than two days of markets, or of weather before them, is an error that names both numbers."""
    with pytest.raises(ConfigError, match=f"{weather} days of weather cannot have {markets} days of markets"):
        WorldSpec(date(2024, 1, 1), weather, markets, 1, {})
