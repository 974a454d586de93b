"""The observed part of a snapshot: maximum so far, last reading and trend, as known at an instant.

The maximum so far has two kinds of witness. A *group* is the 6- or 24-hour maximum in the
remarks of a METAR; it saw every minute of its window. A *reading* saw one moment. A group
whose window lies wholly in the climate day speaks for every reading of that window; the
readings outside all groups known by then speak for themselves.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from drybulb.frames.asof import best_alive, count_alive, lookup, with_lives
from drybulb.frames.degrees import fahrenheit, floor_fahrenheit
from drybulb.frames.exact import hours

TREND_HOURS = 3
MIN_TREND_HOURS = 1
_HOUR = pl.duration(hours=1)

#: A climate day at a station, cut by a standard offset [h]: a neighbour's days are cut by the city's.
_DAY = ("station", "offset", "day")


@dataclass(frozen=True, slots=True)
class ReadingRules:
    """How far back a reading reaches.

    Attributes:
        poll_lag_hours: a poll may show a reading this much older than itself [h].
        max_age_hours: an older reading is nobody's last reading; at most 24 [h].
    """

    poll_lag_hours: float
    max_age_hours: float


def attach(requests: pl.DataFrame, observations: pl.DataFrame, rules: ReadingRules) -> pl.DataFrame:
    """Return the observed features of each request, in request order.

    Args:
        requests: ``station`` (null: nobody's readings), ``offset``, ``day``, ``at`` [UTC].
        observations: rows of the table, of any stations, in any order.
        rules: how far back a reading reaches.

    Returns:
        ``group_max``, ``reading_max``, ``running_max`` [whole °F], ``running_max_at`` [UTC],
        ``last_temp`` [°F], ``last_temp_age`` [h], ``temp_trend`` [°F/h], ``n_readings``.
    """
    reports = reports_in_reach(requests, observations)
    readings = reports.filter(pl.col("temp").is_not_null())
    of_the_day = readings_of_the_day(readings, rules)
    groups = usable_groups(reports)
    found = (
        requests.select(*_DAY, "at")
        .pipe(lookup, _maxima(groups, "group"), by=_DAY)
        .pipe(lookup, _maxima(outside(of_the_day, groups), "reading"), by=_DAY)
        .pipe(lookup, count_alive(of_the_day, _DAY), by=_DAY)
        .select(
            "group_max",
            "reading_max",
            pl.max_horizontal("group_max", "reading_max").alias("running_max"),
            _since().alias("running_max_at"),
            pl.col("alive").fill_null(0).alias("n_readings"),
        )
    )
    return pl.concat([found, last_readings(requests, readings, rules)], how="horizontal")


def reports_in_reach(requests: pl.DataFrame, observations: pl.DataFrame) -> pl.DataFrame:
    """Return every version of the reports the requests could look at, with its life.

    Returns:
        ``station``, ``offset``, ``day`` (the climate day of ``valid_at``), ``valid_at``, ``kind``,
        ``temp``, ``max_6h``, ``max_24h`` [°C], ``known_at``, ``until`` [UTC].
    """
    # Three days back: the last reading before midnight on D-1, and the one its trend needs.
    reach = requests.select(first=pl.col("day").min().dt.offset_by("-3d"), last=pl.col("day").max())
    rows = (
        observations.join(requests.select("station", "offset").unique(), on="station")
        .with_columns(day=_local(pl.col("valid_at")).dt.date())
        .filter(pl.col("day").is_between(reach["first"].item(), reach["last"].item()))
        .select(*_DAY, "valid_at", "kind", "temp", "max_6h", "max_24h", "known_at")
    )
    return with_lives(rows, ["station", "offset", "valid_at", "kind"])


def readings_of_the_day(readings: pl.DataFrame, rules: ReadingRules) -> pl.DataFrame:
    """Return the readings surely taken on their climate day, with the least they can mean.

    A poll just after midnight may show a reading of the evening before: it is no witness.

    Returns:
        ``station``, ``offset``, ``day``, ``valid_at``, ``high`` [whole °F], ``known_at``, ``until``.
    """
    lag = pl.when(pl.col("kind") == "poll").then(rules.poll_lag_hours).otherwise(0.0)
    earliest = _local(pl.col("valid_at") - lag * _HOUR).dt.date()
    return readings.filter(earliest == pl.col("day")).select(
        *_DAY, "valid_at", "known_at", "until", high=floor_fahrenheit(pl.col("temp"))
    )


def usable_groups(reports: pl.DataFrame) -> pl.DataFrame:
    """Return the groups whose window lies wholly in a climate day.

    A 6-hour group comes some minutes before 00, 06, 12 or 18Z and covers the six hours up to
    that hour; a 24-hour group comes at local standard midnight and covers the day that ends.
    A group at any other hour is another remark misread, and one whose window began on the day
    before cannot tell which day its maximum belongs to: neither is used.

    Returns:
        ``station``, ``offset``, ``day``, ``start``, ``valid_at`` (of its report), ``high`` [whole °F],
        ``known_at``, ``until``.
    """
    end = pl.col("valid_at").dt.round("1h")
    kinds = (("max_6h", 6, end.dt.hour() % 6 == 0), ("max_24h", 24, _local(end).dt.hour() == 0))
    found = [
        reports.filter(pl.col(column).is_not_null() & on_time)
        .with_columns(
            # Midnight ends a day: it is the instant before it that says which.
            day=_local(end - pl.duration(microseconds=1)).dt.date(),
            start=end - pl.duration(hours=length),
            high=floor_fahrenheit(pl.col(column)),
        )
        .filter(_local(pl.col("start")).dt.date() == pl.col("day"))
        .select(*_DAY, "start", "valid_at", "high", "known_at", "until")
        for column, length, on_time in kinds
    ]
    return pl.concat(found)


def outside(readings: pl.DataFrame, groups: pl.DataFrame) -> pl.DataFrame:
    """Return the readings with their life cut at the first group that speaks for them.

    A special report between a group's own report and the full hour is not covered by it.
    """
    covered = (
        readings.select(*_DAY, "valid_at")
        .unique()
        .join(groups.select(*_DAY, "start", end="valid_at", covered_at="known_at"), on=_DAY)
        .filter(pl.col("valid_at").is_between("start", "end"))
        .group_by(*_DAY, "valid_at")
        .agg(pl.col("covered_at").min())
    )
    return (
        readings.join(covered, on=[*_DAY, "valid_at"], how="left")
        .with_columns(pl.min_horizontal("until", "covered_at").alias("until"))
        .filter(pl.col("known_at") < pl.col("until"))
        .drop("covered_at")
    )


def last_readings(requests: pl.DataFrame, readings: pl.DataFrame, rules: ReadingRules) -> pl.DataFrame:
    """Return the last reading of each request, its age, and the trend up to it.

    The trend compares the last reading with what was the last reading three hours ago; it
    is null where the two were taken less than an hour apart.

    Returns:
        ``last_temp`` [°F], ``last_temp_age`` [h], ``temp_trend`` [°F/h].
    """
    items = readings.sort("valid_at", "kind").select(
        *_DAY, "known_at", "until", taken_at="valid_at", temp=fahrenheit(pl.col("temp"))
    )
    log = best_alive(items, _DAY)
    asked = requests.select("station", "offset", "at")
    now = _last_at(asked, log, rules)
    before = _last_at(asked.with_columns(pl.col("at") - pl.duration(hours=TREND_HOURS)), log, rules)
    apart = hours(pl.col("taken_at") - pl.col("taken_at_before"))
    rise = pl.col("temp") - pl.col("temp_before")
    return pl.concat([now, before.select(pl.all().name.suffix("_before"))], how="horizontal").select(
        last_temp="temp",
        last_temp_age=hours(pl.col("at") - pl.col("taken_at")),
        temp_trend=pl.when(apart >= MIN_TREND_HOURS).then(rise / apart),
    )


def _last_at(asked: pl.DataFrame, log: pl.DataFrame, rules: ReadingRules) -> pl.DataFrame:
    """Look up the last reading on the climate day of ``at``; before its first, on the day before."""
    local_day = _local(pl.col("at")).dt.date()
    today = asked.select("station", "offset", "at", day=local_day).pipe(lookup, log, by=_DAY)
    yesterday = asked.select("station", "offset", "at", day=local_day.dt.offset_by("-1d")).pipe(lookup, log, by=_DAY)
    found = pl.concat(
        [today, yesterday.select("taken_at", "temp").select(pl.all().name.suffix("_y"))], how="horizontal"
    )
    is_fresh = pl.col("at") - pl.col("taken_at") <= rules.max_age_hours * _HOUR
    return found.select(
        "at", pl.coalesce("taken_at", "taken_at_y").alias("taken_at"), pl.coalesce("temp", "temp_y").alias("temp")
    ).with_columns(pl.when(is_fresh).then(pl.col("taken_at", "temp")))


def _local(instant: pl.Expr) -> pl.Expr:
    """Local standard time of an instant, by the row's ``offset``, as if it were UTC."""
    return instant + pl.col("offset") * _HOUR


def _maxima(items: pl.DataFrame, name: str) -> pl.DataFrame:
    """Log the highest item alive; of equals the earliest."""
    ordered = items.sort("high", "valid_at", descending=[False, True])
    return best_alive(ordered.select(*_DAY, "known_at", "until", high="high", taken_at="valid_at"), _DAY).rename(
        {"high": f"{name}_max", "taken_at": f"{name}_at"}
    )


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
