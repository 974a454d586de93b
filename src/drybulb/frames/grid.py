"""Requests for snapshots: which events are looked at, at which instants."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta

import polars as pl

from drybulb.domain.city import City
from drybulb.domain.climateday import ClimateDay
from drybulb.errors import DomainError
from drybulb.frames.asof import INSTANT

#: What a request is: an event, named by its city and climate day, and an instant.
REQUEST_SCHEMA = pl.Schema({"city": pl.String(), "day": pl.Date(), "at": INSTANT})


def clock_requests(
    cities: Mapping[str, City], days: Iterable[date], lead_hours: Mapping[int, Sequence[int]]
) -> pl.DataFrame:
    """Return requests at fixed clocks of local standard time.

    Args:
        cities: cities by key.
        days: climate days of the events.
        lead_hours: clock hours [h] by lead, such as ``{1: [10, 22], 0: [6, 12]}``: those of
            lead 1 are hours of the day before the event.

    Returns:
        ``city``, ``day``, ``at`` [UTC], by city in the order given, day and instant.

    Raises:
        DomainError: a lead other than 0 and 1, or an hour outside 0 … 23.
    """
    for lead, hours in lead_hours.items():
        if lead not in (0, 1):
            raise DomainError(f"lead {lead} is not 0 (the event day) or 1 (the day before)")
        if wrong := [hour for hour in hours if not 0 <= hour < 24]:
            raise DomainError(f"clock hours {wrong} of lead {lead} are not in 0 … 23")
    clocks = sorted(hour - 24 * lead for lead, hours in lead_hours.items() for hour in hours)
    return _cross(cities, days, [timedelta(hours=hour) for hour in clocks])


def one_request(city: str, day: date, at: datetime) -> pl.DataFrame:
    """Return the request about one event at one instant [UTC]."""
    return pl.DataFrame([(city, day, at)], schema=REQUEST_SCHEMA, orient="row")


def _cross(cities: Mapping[str, City], days: Iterable[date], since_midnight: Sequence[timedelta]) -> pl.DataFrame:
    starts = [
        (key, day, ClimateDay(day, city.standard_offset_hours).start)
        for day in sorted(set(days))
        for key, city in cities.items()
    ]
    events = pl.DataFrame(starts, schema=REQUEST_SCHEMA, orient="row")
    instants = pl.DataFrame({"since": list(since_midnight)}, schema={"since": pl.Duration("us")})
    order = pl.DataFrame({"city": list(cities)}, schema={"city": pl.String}).with_row_index("order")
    return (
        events.join(instants, how="cross")
        .with_columns(pl.col("at") + pl.col("since"))
        .join(order, on="city")
        .sort("order", "day", "at")
        .select(*REQUEST_SCHEMA)
    )
