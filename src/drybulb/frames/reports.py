"""What a station's reports say: versions with their lives, readings of a climate day, groups and what they cover."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from drybulb.frames.asof import with_lives
from drybulb.frames.degrees import ceil_fahrenheit, floor_fahrenheit

#: A climate day at a station, cut by a standard offset [h]: a neighbour's days are cut by the city's.
DAY = ("station", "offset", "day")

#: What else a report measured: dew point [°C], wind [m/s] and its direction [degrees], ceiling [m], cover of low cloud
#: [share of the sky], pressure [hPa].
ELEMENTS = ("dewpoint", "wind", "wind_dir", "ceiling", "cover", "pressure")

#: A climate day with fewer readings counts as one without reports.
MIN_READINGS = 8

HOUR = pl.duration(hours=1)


@dataclass(frozen=True, slots=True)
class ReadingRules:
    """How far back a reading reaches.

    Attributes:
        poll_lag_hours: a poll may show a reading this much older than itself [h].
        max_age_hours: an older reading is nobody's last reading; at most 24 [h].
    """

    poll_lag_hours: float
    max_age_hours: float


def local(instant: pl.Expr) -> pl.Expr:
    """Local standard time of an instant, by the row's ``offset``, as if it were UTC."""
    return instant + pl.col("offset") * HOUR


def reports_in_reach(requests: pl.DataFrame, observations: pl.DataFrame) -> pl.DataFrame:
    """Return every version of the reports the requests could look at, with its life.

    Returns:
        ``station``, ``offset``, ``day`` (the climate day of ``valid_at``), ``valid_at``, ``kind``,
        ``temp``, ``max_6h``, ``max_24h`` [°C], the ``ELEMENTS``, ``known_at``, ``until`` [UTC].
    """
    # Three days back: D-1 begins 24 hours after D-2, where the last reading may still be that of D-3.
    reach = requests.select(first=pl.col("day").min().dt.offset_by("-3d"), last=pl.col("day").max())
    rows = (
        observations.join(requests.select("station", "offset").unique(), on="station")
        .with_columns(day=local(pl.col("valid_at")).dt.date())
        .filter(pl.col("day").is_between(reach["first"].item(), reach["last"].item()))
        .select(*DAY, "valid_at", "kind", "temp", "max_6h", "max_24h", *ELEMENTS, "known_at")
    )
    return with_lives(rows, ["station", "offset", "valid_at", "kind"])


def readings_of_the_day(readings: pl.DataFrame, rules: ReadingRules) -> pl.DataFrame:
    """Return the readings surely taken on their climate day, with the least and the most they can mean.

    A poll just after midnight may show a reading of the evening before: it is no witness.

    Returns:
        ``station``, ``offset``, ``day``, ``valid_at``, ``high``, ``upper`` [whole °F], ``known_at``, ``until``.
    """
    lag = pl.when(pl.col("kind") == "poll").then(rules.poll_lag_hours).otherwise(0.0)
    earliest = local(pl.col("valid_at") - lag * HOUR).dt.date()
    return readings.filter(earliest == pl.col("day")).select(
        *DAY,
        "valid_at",
        "known_at",
        "until",
        high=floor_fahrenheit(pl.col("temp")),
        upper=ceil_fahrenheit(pl.col("temp")),
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
    kinds = (("max_6h", 6, end.dt.hour() % 6 == 0), ("max_24h", 24, local(end).dt.hour() == 0))
    found = [
        reports.filter(pl.col(column).is_not_null() & on_time)
        .with_columns(
            # Midnight ends a day: it is the instant before it that says which.
            day=local(end - pl.duration(microseconds=1)).dt.date(),
            start=end - pl.duration(hours=length),
            high=floor_fahrenheit(pl.col(column)),
        )
        .filter(local(pl.col("start")).dt.date() == pl.col("day"))
        .select(*DAY, "start", "valid_at", "high", "known_at", "until")
        for column, length, on_time in kinds
    ]
    return pl.concat(found)


def outside(readings: pl.DataFrame, groups: pl.DataFrame) -> pl.DataFrame:
    """Return the readings with their life cut at the first group that speaks for them.

    A special report between a group's own report and the full hour is not covered by it.
    """
    covered = (
        readings.select(*DAY, "valid_at")
        .unique()
        .join(groups.select(*DAY, "start", end="valid_at", covered_at="known_at"), on=DAY)
        .filter(pl.col("valid_at").is_between("start", "end"))
        .group_by(*DAY, "valid_at")
        .agg(pl.col("covered_at").min())
    )
    return (
        readings.join(covered, on=[*DAY, "valid_at"], how="left")
        .with_columns(pl.min_horizontal("until", "covered_at").alias("until"))
        .filter(pl.col("known_at") < pl.col("until"))
        .drop("covered_at")
    )
