"""Build a synthetic world: the same tables that real sources give, city by city."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import polars as pl

from drybulb.domain.city import City
from drybulb.frames.schema import TABLES
from drybulb.world import exchange, ladders, reports, weather
from drybulb.world.filtered import filtered
from drybulb.world.schedule import schedule
from drybulb.world.spec import WorldSpec
from drybulb.world.weather import CityWeather

_EXCHANGE = 6  # the part of a city's draws that follows those of its weather


def build(cities: Iterable[City], spec: WorldSpec) -> Iterator[tuple[str, pl.DataFrame]]:
    """Yield (table, rows) of every city; the rows satisfy the table's class.

    A city's draws depend on the seed and its own key alone, so leaving a city out or
    adding one changes no other.

    Raises:
        ConfigError: a latency of ``spec`` is one that the world cannot keep.
    """
    for city in cities:
        drawn = weather.simulate(city, spec)
        for table, frame in (published(drawn, spec) | traded(drawn, spec)).items():
            schema = TABLES[table]
            yield table, schema.validate(frame.select(schema.column_names()), cast=True)


def published(drawn: CityWeather, spec: WorldSpec) -> dict[str, pl.DataFrame]:
    """Return rows of ``observations``, ``guidance`` and ``official`` of one city."""
    when = schedule(drawn.city.standard_offset_hours, spec.latency)
    return {
        "observations": reports.observations(drawn, when, spec.latency),
        "guidance": reports.guided(drawn, spec.latency["guidance_model_run_time"]),
        "official": reports.official(drawn, when, spec.latency["official_final"]),
    }


def traded(drawn: CityWeather, spec: WorldSpec) -> dict[str, pl.DataFrame]:
    """Return rows of every table of the exchange of one city."""
    events = (
        (
            ladders.listed(drawn.city, drawn.days[state.index], int(drawn.consensus[state.index])),
            state,
            int(drawn.official[state.index]),
        )
        for state in filtered(drawn, spec)
    )
    return exchange.recorded(events, spec, spec.stream(drawn.city.key, _EXCHANGE))
