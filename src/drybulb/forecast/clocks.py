"""At which instants of a training day a model looks: hourly where a station reports, rarely where only guidance moves.

The minute within the hour changes from day to day by a fixed rule, so that a fit sees every phase between two reports
and no random number is drawn.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

from drybulb.domain.city import City
from drybulb.domain.climateday import ClimateDay
from drybulb.frames.grid import REQUEST_SCHEMA
from drybulb.frames.reports import MIN_READINGS
from drybulb.frames.snapshot import SnapshotTables

OBSERVED_HOURS = (*range(-24, 0, 2), *range(24))
"""Hours since the event's local standard midnight on days with reports."""

SPARSE_HOURS = (-10, -2, 10, 18)
"""The same on days with none; guidance that comes at 17Z is known at the first of them in every city."""


def phase_minutes(day: date, hour: int) -> int:
    """Minute of the hour at which ``day`` is looked at; neighbouring days and hours are far apart."""
    return (37 * day.toordinal() + 11 * hour) % 60


@dataclass(frozen=True, slots=True)
class TrainingDays:
    """Days a city's models are fitted on.

    Attributes:
        observed: days on which the station or its neighbour reported.
        others: further days, with guidance or a ladder only.
    """

    observed: tuple[date, ...]
    others: tuple[date, ...]


def training_days(labelled: pl.Series, tables: SnapshotTables, city: City, window_days: int) -> TrainingDays:
    """The newest labelled days that have the inputs some model needs, counted for each input by itself.

    The window counts days that can be used and not the calendar: a station whose reports end years before its guidance
    begins is fitted on both.

    Args:
        labelled: days with a label.
        tables: what was known by then.
        city: whose days.
        window_days: days for each input [d].
    """
    guided = set(tables.guidance.filter(pl.col("station") == city.station)["day"])
    listed = set(tables.markets.filter(pl.col("city") == city.key)["day"])
    own, nearby = (_reported(tables.observations, city, station) for station in (city.station, city.neighbour))
    inputs = (guided, listed, own, nearby, own & guided, nearby & guided)
    newest = sorted(set(labelled), reverse=True)
    used = {day for found in inputs for day in [day for day in newest if day in found][:window_days]}
    observed = used & (own | nearby)
    return TrainingDays(tuple(sorted(observed)), tuple(sorted(used - observed)))


def _reported(observations: pl.DataFrame, city: City, station: str | None) -> set[date]:
    if station is None:
        return set()
    local = pl.col("valid_at") + pl.duration(hours=city.standard_offset_hours)
    days = (
        observations.filter((pl.col("station") == station) & pl.col("temp").is_not_null())
        .group_by(local.dt.date().alias("day"))
        .len()
        .filter(pl.col("len") >= MIN_READINGS)
    )
    return set(days["day"])


def training_requests(city: City, days: TrainingDays) -> pl.DataFrame:
    """Requests for the snapshots a city's models are fitted on.

    Args:
        city: whose events.
        days: their days.

    Returns:
        ``city``, ``day``, ``at`` [UTC], sorted by day and instant.
    """
    hours = dict.fromkeys(days.others, SPARSE_HOURS) | dict.fromkeys(days.observed, OBSERVED_HOURS)
    starts = {day: ClimateDay(day, city.standard_offset_hours).start for day in sorted(hours)}
    rows = [(city.key, day, start + _since(day, hour)) for day, start in starts.items() for hour in hours[day]]
    return pl.DataFrame(rows, schema=REQUEST_SCHEMA, orient="row")


def _since(day: date, hour: int) -> timedelta:
    return timedelta(hours=hour, minutes=phase_minutes(day, hour))
