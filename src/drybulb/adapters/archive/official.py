"""Official daily highs: whole °F of the local standard climate day, each the final report of its day.

The archive has one value a station and day. Preliminary reports (the high so far, in the late afternoon) are not in
it, so a value is known only when the final report is out, some hours after the end of the climate day.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl

from drybulb.adapters.archive.findings import Findings
from drybulb.adapters.archive.rules import Rules, climate_day_end
from drybulb.adapters.archive.sources import (
    Kind,
    missing,
    note_disorder,
    place_of_stations,
    read_source,
)

FILE = "official_daily_high.parquet"

COLUMNS = {"station": Kind.TEXT, "date": Kind.DAY, "tmax_f": Kind.NUMBER, "source": Kind.TEXT}

COLDEST_ANNUAL_HIGH = 50
"""A station whose highs stay below this for a year is not in the United States' lower part, or is not in °F [°F]."""


def in_celsius(rows: pl.DataFrame, day: str, high: str) -> bool:
    """Whether highs that should be °F are °C: a station's whole year stays below what every city exceeds."""
    years = rows.group_by("station", pl.col(day).dt.year().alias("year")).agg(
        pl.col(day).n_unique().alias("days"), pl.col(high).max().alias("top")
    )
    return years.filter((pl.col("days") >= 300) & (pl.col("top") < COLDEST_ANNUAL_HIGH)).height > 0


def read_official(folder: Path, rules: Rules, findings: Findings) -> pl.DataFrame | None:
    """Read official_daily_high as rows of ``official``; None where the file is refused."""
    rows = read_source(folder / FILE, COLUMNS, findings)
    if rows is None:
        return None
    rows = place_of_stations(rows.rename({"date": "day", "tmax_f": "high"}), rules.stations)
    if in_celsius(rows, "day", "high"):
        findings.refuse_file(FILE, "highs are °C, not °F", rows.height)
        return None
    note_disorder(FILE, rows, "station", "day", findings)
    findings.open(FILE, rows, "day")
    checks = [
        *missing(["station", "day", "high", "source"]),
        ("station is no city's and no neighbour", ~pl.col("station").is_in(list(rules.stations))),
        ("high is not a whole degree", pl.col("high") != pl.col("high").round()),
        ("high is not between -80 and 150 °F", ~pl.col("high").is_between(-80, 150)),
    ]
    good = findings.drop(FILE, rows, checks, ["station", "day"], unique=["station", "day", "source"])
    offset = pl.col("station").replace_strict(rules.offsets, default=None, return_dtype=pl.Int64)
    return good.select(
        "station",
        "day",
        "source",
        version=pl.lit(1, dtype=pl.Int32),
        high=pl.col("high").cast(pl.Int32),
        is_final=pl.lit(value=True),
        known_at=climate_day_end(pl.col("day"), offset) + pl.duration(seconds=rules.latency["official_final"]),
        known_from=pl.lit("latency"),
    )


def note_disagreements(official: pl.DataFrame, settlements: pl.DataFrame, rules: Rules, findings: Findings) -> None:
    """Note events that settled at another value than the official record; the settled value is the label."""
    stations = {key: city.station for key, city in rules.cities.items()}
    settled = settlements.drop_nulls("value").select("city", "day", "value").unique()
    settled = settled.with_columns(station=pl.col("city").replace_strict(stations, return_dtype=pl.String))
    both = settled.join(official.select("station", "day", "high"), on=["station", "day"])
    for (city,), group in (
        both.filter(pl.col("value") != pl.col("high")).sort("city", "day").group_by("city", maintain_order=True)
    ):
        some = [
            f"{row['day']}: settled {row['value']:g}, recorded {row['high']}" for row in group.iter_rows(named=True)
        ]
        findings.note(FILE, str(city), "settled value is not the official high", group.height, some[:3])
