"""Guidance: forecasts of the daily high by others, with when a trader could have had each.

What the stamp of a row means differs by source, so the delay does too:

    model_run_time               the cycle time of the model; its output came hours later
    asof_12Z_day_before          one value a day stamped 12Z, not proven free of the 12Z run
    capture_time                 when it was captured: received
    capture_approx_08-09Z        captured in that hour, stored at its end
    safe_upper_bound_known_from  known by then at the latest
    capture_time_tz_uncertain    read as Eastern; it may have been later
"""

from __future__ import annotations

from pathlib import Path

import polars as pl

from drybulb.adapters.archive.findings import Findings
from drybulb.adapters.archive.official import in_celsius
from drybulb.adapters.archive.rules import Rules, climate_day_end
from drybulb.adapters.archive.sources import (
    Kind,
    missing,
    note_disorder,
    place_of_stations,
    read_source,
)
from drybulb.frames.schema import empty

FILE = "forecast_daily_high.parquet"

COLUMNS = {
    "station": Kind.TEXT,
    "target_date": Kind.DAY,
    "issued_utc": Kind.INSTANT,
    "source": Kind.TEXT,
    "high_f": Kind.NUMBER,
    "issue_kind": Kind.TEXT,
}

DELAYS = {
    "model_run_time": "guidance_model_run_time",
    "asof_12Z_day_before": "guidance_asof_12z",
    "capture_approx_08-09Z": "guidance_capture_approx",
    "safe_upper_bound_known_from": "guidance_safe_upper_bound",
    "capture_time_tz_uncertain": "guidance_tz_uncertain",
}
"""Which delay of the latency table each kind of stamp has; ``capture_time`` has none."""

RECEIVED = "capture_time"

SCHEMA = empty("guidance").schema


def read_guidance(folder: Path, rules: Rules, findings: Findings) -> pl.DataFrame | None:
    """Read forecast_daily_high as rows of ``guidance``; None where the file is refused."""
    rows = read_source(folder / FILE, COLUMNS, findings)
    if rows is None:
        return None
    renamed = rows.rename({"target_date": "day", "issued_utc": "issued_at", "high_f": "high"})
    rows = place_of_stations(renamed, rules.stations)
    if in_celsius(rows, "day", "high"):
        findings.refuse_file(FILE, "highs are °C, not °F", rows.height)
        return None
    note_disorder(FILE, rows.with_columns(_of=pl.concat_str("station", "source", "day")), "_of", "issued_at", findings)
    findings.open(FILE, rows, "day")
    offset = pl.col("station").replace_strict(rules.offsets, default=None, return_dtype=pl.Int64)
    checks = [
        *missing(["station", "day", "issued_at", "source", "high"]),
        ("station is no city's and no neighbour", ~pl.col("station").is_in(list(rules.stations))),
        ("kind of issue time is unknown", ~pl.col("issue_kind").is_in([*DELAYS, RECEIVED]).fill_null(value=False)),
        ("high is not between -80 and 150 °F", ~pl.col("high").is_between(-80, 150)),
        ("issued after the day", pl.col("issued_at") >= climate_day_end(pl.col("day"), offset)),
    ]
    key = ["station", "day", "source", "issued_at"]
    good = findings.drop(FILE, rows, checks, key, unique=key)
    delays = {RECEIVED: 0} | {kind: rules.latency[name] for kind, name in DELAYS.items()}
    delay = pl.col("issue_kind").replace_strict(delays, return_dtype=pl.Int64)
    return good.select(
        "station",
        "day",
        "source",
        "issued_at",
        "high",
        known_at=pl.col("issued_at") + pl.duration(seconds=delay),
        known_from=pl.when(pl.col("issue_kind") == RECEIVED).then(pl.lit("received")).otherwise(pl.lit("latency")),
        # The archive has the high alone, of no issue its percentiles or its hours.
        **{name: pl.lit(None, SCHEMA[name]) for name in ("percentiles", "curve")},
    )
