"""The observed part of a snapshot: maximum so far, last reading and trend, as known at an instant.

The maximum so far has two kinds of witness. A *group* is the 6- or 24-hour maximum in the
remarks of a METAR; it saw every minute of its window. A *reading* saw one moment. A group
whose window lies wholly in the climate day speaks for every reading of that window; the
readings outside all groups known by then speak for themselves.

A whole °C may mean two degrees: its lower end is a floor for the day's high, its upper end
is the most that has been seen, and no ceiling.
"""

from __future__ import annotations

import polars as pl

from drybulb.frames.asof import INSTANT, best_alive, count_alive, lookup
from drybulb.frames.latest import last_readings
from drybulb.frames.reports import DAY, ReadingRules, outside, readings_of_the_day, reports_in_reach, usable_groups

#: Observed features with their types, in order.
SCHEMA = pl.Schema(
    {
        "group_max": pl.Int32(),
        "reading_max": pl.Int32(),
        "running_max": pl.Int32(),
        "running_max_at": INSTANT,
        "last_temp": pl.Float64(),
        "last_temp_age": pl.Float64(),
        "temp_trend": pl.Float64(),
        "n_readings": pl.Int32(),
        "running_max_upper": pl.Int32(),
        "previous_max": pl.Int32(),
        "temp_day_before": pl.Float64(),
        "last_dewpoint": pl.Float64(),
        "last_wind": pl.Float64(),
        "last_wind_dir": pl.Float64(),
        "last_ceiling": pl.Float64(),
        "last_pressure": pl.Float64(),
        "pressure_trend": pl.Float64(),
    }
)


def attach(requests: pl.DataFrame, observations: pl.DataFrame, rules: ReadingRules) -> pl.DataFrame:
    """Return the observed features of each request, in request order.

    Args:
        requests: ``station`` (null: nobody's readings), ``offset``, ``day``, ``at`` [UTC].
        observations: rows of the table, of any stations, in any order.
        rules: how far back a reading reaches.

    Returns:
        The columns of ``SCHEMA``: maxima [whole °F], ``running_max_at`` [UTC], ``n_readings``, and
        what :func:`drybulb.frames.latest.last_readings` returns.
    """
    reports = reports_in_reach(requests, observations)
    numbered = requests.select(*DAY, "at").with_row_index("request")
    # Without a report there is nothing to look up, and that is half of all requests: nobody's neighbour.
    asked = numbered.filter(pl.col("station").is_in(reports["station"].unique().to_list()))
    found = pl.DataFrame(schema={"request": pl.UInt32(), **SCHEMA}) if asked.is_empty() else _see(asked, reports, rules)
    return (
        numbered.select("request")
        .join(found, on="request", how="left", maintain_order="left")
        .select(pl.col(*SCHEMA).exclude("n_readings"), pl.col("n_readings").fill_null(0))
    )


def _see(asked: pl.DataFrame, reports: pl.DataFrame, rules: ReadingRules) -> pl.DataFrame:
    """Return the features of requests about stations that have reports, by ``request``."""
    readings = reports.filter(pl.col("temp").is_not_null())
    of_the_day = readings_of_the_day(readings, rules)
    groups = usable_groups(reports)
    alone = outside(of_the_day, groups)
    logs = (_maxima(groups, "group"), _maxima(alone, "reading"))
    parts = [
        asked.select("request"),
        _so_far(asked, logs),
        _look(asked, _most(alone)),
        _so_far(_day_before(asked), logs).select(previous_max="running_max"),
        _look(asked, count_alive(of_the_day, DAY)).rename({"alive": "n_readings"}),
        last_readings(asked, readings, rules),
    ]
    found = pl.concat(parts, how="horizontal")
    return found.with_columns(running_max_upper=pl.max_horizontal("running_max", "most"))


def _look(asked: pl.DataFrame, log: pl.DataFrame) -> pl.DataFrame:
    """Look up what stood in a log by station and climate day; the columns of the log alone."""
    key = [*DAY, "at"]
    return lookup(asked.select(key), log, by=DAY).drop(key)


def _day_before(asked: pl.DataFrame) -> pl.DataFrame:
    """Ask the same of the climate day before, at the same instant."""
    return asked.with_columns(pl.col("day").dt.offset_by("-1d"))


def _so_far(asked: pl.DataFrame, logs: tuple[pl.DataFrame, pl.DataFrame]) -> pl.DataFrame:
    """Look up the maximum so far of the climate days asked about: of groups, of readings, of both, and since when."""
    return pl.concat([_look(asked, log) for log in logs], how="horizontal").select(
        "group_max",
        "reading_max",
        pl.max_horizontal("group_max", "reading_max").alias("running_max"),
        _since().alias("running_max_at"),
    )


def _maxima(items: pl.DataFrame, name: str) -> pl.DataFrame:
    """Log the highest item alive; of equals the earliest."""
    ordered = items.sort("high", "valid_at", descending=[False, True])
    return best_alive(
        ordered.select(
            *DAY, "known_at", "until", pl.col("high").alias(f"{name}_max"), pl.col("valid_at").alias(f"{name}_at")
        ),
        DAY,
    )


def _most(readings: pl.DataFrame) -> pl.DataFrame:
    """Log the highest degree that a reading alive may mean beyond its least; of those that mean one degree, nothing."""
    vague = readings.filter(pl.col("upper") > pl.col("high")).sort("upper")
    return best_alive(vague.select(*DAY, "known_at", "until", most="upper"), DAY)


def _since() -> pl.Expr:
    """When the maximum so far was first seen: a group stands for its report."""
    group, reading = pl.col("group_max"), pl.col("reading_max")
    return (
        pl.when(group.is_null() | (reading > group))
        .then("reading_at")
        .when(reading.is_null() | (group > reading))
        .then("group_at")
        .otherwise(pl.min_horizontal("group_at", "reading_at"))
    )
