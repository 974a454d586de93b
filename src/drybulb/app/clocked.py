"""At which clocks forecasters are judged: the same instants of every event, for scores and for calibration alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import polars as pl

from drybulb.domain.city import City
from drybulb.frames.grid import clock_requests

#: Local standard hours at which forecasters are judged, by lead.
CLOCKS: Mapping[int, tuple[int, ...]] = {1: (10, 16, 22), 0: (6, 10, 12, 14, 16, 18)}
#: The clock of rows that average an event's clocks, and the city of rows that hold every city.
ALL = "all"


def clock_rows(cities: Mapping[str, City], days: Sequence[date]) -> pl.DataFrame:
    """Return requests at every clock of every event, with the lead and the clock they are.

    Args:
        cities: cities by key.
        days: climate days of the events.

    Returns:
        ``city``, ``day``, ``at`` [UTC], ``lead``, ``clock`` such as ``16:00`` of local standard time.
    """
    requests = clock_requests(cities, days, {lead: list(hours) for lead, hours in CLOCKS.items()})
    offsets = {key: city.standard_offset_hours for key, city in cities.items()}
    local = pl.col("at").dt.offset_by("0h") + pl.duration(
        hours=pl.col("city").replace_strict(offsets, return_dtype=pl.Int64)
    )
    return requests.with_columns(
        (pl.col("day") - local.dt.date()).dt.total_days().cast(pl.Int8).alias("lead"),
        local.dt.strftime("%H:%M").alias("clock"),
    )
