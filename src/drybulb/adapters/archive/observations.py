"""Observations: METAR and SPECI with their maximum groups, hourly whole °F of old days, and the polls of 2026.

Readings at the hour miss the peak: at KMIA their maximum is the official high on 30.6 % of days, with the 6-hour
maximum groups it is on 98.2 %. So a report without a temperature is kept where it carries a group. A 6-hour group
belongs to the reports before 00, 06, 12 and 18 UTC; found anywhere else it is a misread remark and is emptied.
What a poll of 2026 read was taken at an unknown time: its ``valid_at`` is when it was polled, the latest it can be.
Rows of a neighbour (O'Hare for Chicago) stay under the neighbour's name and are never the city's own.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl

from drybulb.adapters.archive.findings import Findings
from drybulb.adapters.archive.rules import Rules
from drybulb.adapters.archive.sources import (
    Kind,
    missing,
    note_disorder,
    place_of_stations,
    read_source,
)

FILE = "station_observations.parquet"

COLUMNS = {
    "station": Kind.TEXT,
    "valid_at": Kind.INSTANT,
    "polled_at": Kind.INSTANT,
    "temp_c": Kind.NUMBER,
    "dewpoint_c": Kind.NUMBER,
    "wind_dir_deg": Kind.NUMBER,
    "wind_ms": Kind.NUMBER,
    "slp_hpa": Kind.NUMBER,
    "ceiling_m": Kind.NUMBER,
    "visibility_m": Kind.NUMBER,
    "max_6h_c": Kind.NUMBER,
    "max_24h_c": Kind.NUMBER,
    "raw": Kind.TEXT,
    "report": Kind.TEXT,
    "source": Kind.TEXT,
}

RENAMED = {
    "temp_c": "temp",
    "dewpoint_c": "dewpoint",
    "wind_dir_deg": "wind_dir",
    "wind_ms": "wind",
    "slp_hpa": "pressure",
    "ceiling_m": "ceiling",
    "visibility_m": "visibility",
    "max_6h_c": "max_6h",
    "max_24h_c": "max_24h",
}

KINDS = {"lcd-hourly-whole-F": "hourly", "nws-latest-poll": "poll"}
"""What a source holds; a ``metar`` row says itself whether it is a METAR or a SPECI."""

HOT = 50.0
"""What one in ten readings exceeds only if they are °F: no station of the table has seen it twice [°C]."""

_TEMPS = ("temp", "max_6h", "max_24h")

_EIGHTHS = {"OVC": 8.0, "VV": 8.0, "BKN": 6.0, "SCT": 3.5, "FEW": 1.5}
"""Middle of what each word for a layer means, the most first [eighths of the sky]."""

_LOW = r"(?:0\d\d|1[01]\d|120)"
"""Heights to 12,000 ft, in hundreds: what a ceilometer sees; higher cloud is told where a person looks."""


def low_cover(raw: pl.Expr) -> pl.Expr:
    """Share of the sky under the thickest layer of cloud below 12,000 ft, from the body of a METAR.

    Null where the report says nothing of the sky, 0 where it is clear or all its layers are higher.

    Args:
        raw: the report as it came.
    """
    body = raw.str.splitn(" RMK", 2).struct.field("field_0")
    says_sky = body.str.contains(r"\b(?:CLR|SKC|(?:FEW|SCT|BKN|OVC|VV)\d{3})")
    layers = [pl.when(body.str.contains(rf"\b{word}{_LOW}")).then(eighths / 8.0) for word, eighths in _EIGHTHS.items()]
    return pl.coalesce(*layers, pl.when(says_sky).then(0.0))


def _kind() -> pl.Expr:
    """Kind of each row, null where its source or report is unknown."""
    of_source = pl.col("source").replace_strict(KINDS, default=None, return_dtype=pl.String)
    reported = pl.col("report").str.to_lowercase()
    return pl.coalesce(of_source, pl.when(reported.is_in(["metar", "speci"])).then(reported))


def _off_hour() -> pl.Expr:
    """True where a 6-hour group stands in a report that is not within half an hour of 00, 06, 12 or 18 UTC."""
    nearest = (pl.col("valid_at") + pl.duration(minutes=30)).dt.hour()
    return pl.col("max_6h").is_not_null() & (nearest % 6 != 0)


def read_observations(folder: Path, rules: Rules, findings: Findings) -> pl.DataFrame | None:
    """Read station_observations as rows of ``observations``; None where the file is refused."""
    rows = read_source(folder / FILE, COLUMNS, findings)
    if rows is None:
        return None
    hot = rows["temp_c"].quantile(0.9)
    if hot is not None and hot > HOT:
        findings.refuse_file(FILE, "temperatures are °F, not °C", rows.height)
        return None
    rows = place_of_stations(rows.rename(RENAMED), rules.stations).with_columns(kind=_kind())
    polled = pl.col("kind") == "poll"
    rows = rows.with_columns(valid_at=pl.when(polled).then("polled_at").otherwise("valid_at"))
    note_disorder(FILE, rows.with_columns(_of=pl.concat_str("station", "source")), "_of", "valid_at", findings)
    findings.open(FILE, rows, "valid_at")
    key = ["station", "valid_at"]
    rows = findings.drop_values(FILE, rows, "max_6h", ("6-hour maximum outside its hours", _off_hour()), key)
    checks = [
        *missing(["station", "valid_at"]),
        ("station is no city's and no neighbour", ~pl.col("station").is_in(list(rules.stations))),
        ("kind of report is unknown", pl.col("kind").is_null()),
        ("no temperature", pl.all_horizontal(pl.col(name).is_null() for name in _TEMPS)),
        ("temperature is not between -60 and 60 °C", pl.any_horizontal(~pl.col(n).is_between(-60, 60) for n in _TEMPS)),
        ("a maximum is below the reading", pl.any_horizontal(pl.col(n) < pl.col("temp") - 0.6 for n in _TEMPS[1:])),
    ]
    good = findings.drop(FILE, rows, checks, key, unique=[*key, "kind"])
    delays = {"poll": 0, "hourly": rules.latency["hourly"], **dict.fromkeys(("metar", "speci"), rules.latency["metar"])}
    delay = pl.col("kind").replace_strict(delays, return_dtype=pl.Int64)
    return good.with_columns(
        cover=low_cover(pl.col("raw")),
        known_at=pl.col("valid_at") + pl.duration(seconds=delay),
        known_from=pl.when(polled).then(pl.lit("received")).otherwise(pl.lit("latency")),
    )
