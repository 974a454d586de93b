"""Build a synthetic world: the same tables that real sources give, city by city."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
import polars as pl

from drybulb.domain.city import City
from drybulb.frames.schema import TABLES
from drybulb.world import exchange, guidance, reports, weather
from drybulb.world.spec import WorldSpec


def build(cities: Iterable[City], spec: WorldSpec) -> Iterator[tuple[str, pl.DataFrame]]:
    """Yield (table, rows) of every city; the rows satisfy the table's class.

    A city's draws depend on the seed and its own key alone, so leaving a city out or
    adding one changes no other.
    """
    for city in cities:
        rng = np.random.default_rng([spec.seed, *city.key.encode()])
        drawn = weather.simulate(city, spec, rng)
        said = guidance.forecasts(drawn, rng)
        rows = {
            "observations": reports.observations(drawn, spec),
            "guidance": guidance.guidance(drawn, said, spec),
            "official": weather.official(drawn, spec),
            **exchange.markets(drawn, said, spec, rng),
        }
        for table, frame in rows.items():
            schema = TABLES[table]
            yield table, schema.validate(frame.select(schema.column_names()), cast=True)
