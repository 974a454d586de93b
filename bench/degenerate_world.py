"""The synthetic world of `bench.degenerate`: fourteen months of six cities, and a few official highs too low."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

import polars as pl

from drybulb.app import config
from drybulb.domain.city import City
from drybulb.forecast.clocks import training_days, training_requests
from drybulb.forecast.labels import known_labels
from drybulb.forecast.thresholds import base
from drybulb.forecast.training import Material, Training, TrainingRules, fit_forecasters
from drybulb.frames.grid import clock_requests
from drybulb.frames.snapshot import SnapshotTables, snapshots
from drybulb.world.build import build
from drybulb.world.spec import WorldSpec

SEED = 20260101
FIRST, DAYS = date(2024, 1, 1), 420
#: The recipe's snapshots, local standard hours of the event day: the original's first eight.
HOURS = (10, 12, 14, 16, 18, 20, 22, 23)
#: The recipe trains on the days from the tenth on but the last sixty, which it is scored on.
SKIPPED, HELD_OUT = 10, 60
#: Events a city whose official high is LOWER less than what the thermometer had shown; one more in the city named.
LOWERED, LOWER, ONE_MORE = 2, 2, "chicago"
#: Whose global and city models are grown.
GROWN = "los_angeles"
#: Nothing known later trains them: the last day but three.
UNTIL = datetime.combine(FIRST + timedelta(days=DAYS - 3), time(16), UTC)

_SPREAD_OUT = 97
"""Days between two events of one city whose high is too low."""


@dataclass(frozen=True, slots=True)
class Made:
    """A synthetic world, as tables.

    Attributes:
        cities: by key.
        tables: what snapshots are made from.
        official: the official highs.
        settlements: what markets settled to.
    """

    cities: Mapping[str, City]
    tables: SnapshotTables
    official: pl.DataFrame
    settlements: pl.DataFrame

    def recipe_rows(self) -> pl.DataFrame:
        """Snapshots of the recipe's hours with ``high`` and ``base`` [°F], sorted by station, day and instant."""
        days = [FIRST + timedelta(days=number) for number in range(SKIPPED, DAYS)]
        rows = snapshots(clock_requests(self.cities, days, {0: list(HOURS)}), dict(self.cities), self.tables)
        highs = self.official.filter("is_final").select("station", "day", "high")
        rows = rows.join(highs, on=["station", "day"])
        rows = rows.sort("station", "day", "at")
        return rows.with_columns(base=pl.Series(base(rows)))

    def training(self, key: str, *, is_shuffled: bool = False) -> Training:
        """Every forecaster of one city, as `drybulb train` fits it.

        Args:
            key: of the city.
            is_shuffled: whether each day is given the official high of another.
        """
        city = self.cities[key]
        official = self.official.filter(pl.col("station") == city.station)
        if is_shuffled:
            official = official.with_columns(pl.col("high").shuffle(seed=SEED))
        labels = known_labels(official, self.settlements, [city], UNTIL, embargo_days=2)
        requests = training_requests(city, training_days(labels["day"], self.tables, city, DAYS))
        rows = snapshots(requests, {key: city}, self.tables)
        return fit_forecasters(Material(rows, official, self.settlements), {key: city}, UNTIL, TrainingRules(DAYS))


def make(*keys: str) -> Made:
    """Build the world and plant the official highs that are too low.

    Args:
        keys: of its cities, each the same whichever others there are; all when none is given.
    """
    settings = config.load()
    cities = {key: city for key, city in settings.cities().items() if not keys or key in keys}
    spec = WorldSpec(FIRST, weather_days=DAYS, market_days=2, seed=SEED, latency=settings.latency.model_dump())
    found: dict[str, list[pl.DataFrame]] = {}
    for table, frame in build(cities.values(), spec):
        found.setdefault(table, []).append(frame)
    tables = {table: pl.concat(frames) for table, frames in found.items()}
    known = (tables[name] for name in ("observations", "guidance", "official", "markets"))
    # The last two days have markets, whose settled values train before official highs do; they are far from the plants.
    return Made(cities, SnapshotTables(*known), _lowered(tables["official"], cities), tables["settlements"])


def training_part(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows the recipe is fitted on."""
    return rows.filter(pl.col("day") < FIRST + timedelta(days=DAYS - HELD_OUT))


def held_out(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows the recipe is scored on."""
    return rows.filter(pl.col("day") >= FIRST + timedelta(days=DAYS - HELD_OUT))


def _lowered(official: pl.DataFrame, cities: Mapping[str, City]) -> pl.DataFrame:
    chosen = pl.lit(value=False)
    for key, city in cities.items():
        number = LOWERED + (key == ONE_MORE)
        days = [FIRST + timedelta(days=SKIPPED + _SPREAD_OUT * (place + 1)) for place in range(number)]
        chosen = chosen | ((pl.col("station") == city.station) & pl.col("day").is_in(days))
    return official.with_columns(
        pl.when(chosen).then(pl.col("high") - LOWER).otherwise("high").cast(pl.Int32).alias("high")
    )
