"""Preliminary reports: the official high so far, as published on the event's own day.

The climate report of an afternoon and a DSM (the station's own summary of its day) give the high of every minute up to
where they were closed, in the degrees that settle. A report therefore speaks for the readings taken before it was
closed, unless they stand above it. When that was is in no table: it is taken to be :data:`REPORT_LAG_HOURS` before the
report was known, so that a reading in between speaks for itself.

Only the station that settles has a report. Its neighbour's would be the official high of another place, which the
neighbour's readings tell as well, and its bias is one of readings.
"""

from __future__ import annotations

import polars as pl

from drybulb.frames.asof import INSTANT, best_alive, lookup
from drybulb.frames.reports import DAY, HOUR

#: Features of a report with their types, in order.
SCHEMA = pl.Schema({"report_max": pl.Int32(), "report_max_at": INSTANT, "reading_since_report": pl.Int32()})

REPORT_LAG_HOURS = 1.0
"""A report is known within this time of being closed [h]."""


def attach(requests: pl.DataFrame, official: pl.DataFrame) -> pl.DataFrame:
    """Return the preliminary report of each event's own day that stands, in request order.

    Of each source the newest known, so that its correction downward replaces what it corrects; of several sources the
    highest, for each gives a high *so far* and none corrects another. One known before its day began cannot be a high
    so far, and says nothing.

    Args:
        requests: ``station``, ``offset`` [h], ``day``, ``at`` [UTC].
        official: rows of the table, of any stations, in any order.

    Returns:
        ``report_max`` [whole °F] and ``report_max_at``, when it was known [UTC]; null on the day before.
    """
    log = _standing(official.join(requests.select("station", "offset").unique(), on="station"))
    found = lookup(requests.select("station", "offset", "day", "at"), log, by=["station", "offset", "day"])
    return found.select("report_max", "report_max_at")


def _midnight() -> pl.Expr:
    return pl.col("day").cast(INSTANT) - pl.duration(hours="offset")


def _standing(official: pl.DataFrame) -> pl.DataFrame:
    """Log what stands of each climate day from each report on: ``report_max`` and since when, ``report_max_at``."""
    day = ["station", "offset", "day"]
    said = (
        official.filter(~pl.col("is_final") & (pl.col("known_at") >= _midnight()))
        .sort("known_at", "version", "source", "high")
        .with_row_index("report")
        .select("report", *day, "source", "known_at", "high")
    )
    by_then = said.select("report", *day, "known_at").join(said.drop("known_at"), on=day, suffix="_of")
    of_each = (
        by_then.filter(pl.col("report_of") <= pl.col("report"))
        .sort("report", "report_of")
        .unique(["report", "source"], keep="last", maintain_order=True)
    )
    told = of_each.join(said.select(report_of="report", told_at="known_at"), on="report_of")
    return (
        told.sort("report", "high", "told_at")
        .unique("report", keep="last", maintain_order=True)
        .select(*day, "known_at", report_max="high", report_max_at="told_at")
    )


def since(requests: pl.DataFrame, readings: pl.DataFrame) -> pl.DataFrame:
    """Return what was read since the report of each request was closed, in request order.

    Args:
        requests: ``station``, ``offset``, ``day``, ``at`` and ``report_max_at`` [UTC].
        readings: as :func:`drybulb.frames.reports.readings_of_the_day` returns them.

    Returns:
        ``reading_since_report``, the highest, and ``upper_since_report``, the most a vague one may mean [whole °F];
        null without a report.
    """
    by = [*DAY, "closed_at"]
    asked = requests.select(*DAY, "at", closed_at=pl.col("report_max_at") - REPORT_LAG_HOURS * HOUR)
    closings = asked.select(by).drop_nulls("closed_at").unique()
    later = readings.join(closings, on=[*DAY]).filter(pl.col("valid_at") > pl.col("closed_at"))
    vague = later.filter(pl.col("upper") > pl.col("high"))
    for items, column, name in ((later, "high", "reading_since_report"), (vague, "upper", "upper_since_report")):
        ranked = items.sort(column).select(*by, "known_at", "until", pl.col(column).alias(name))
        asked = lookup(asked, best_alive(ranked, by), by=by)
    return asked.select("reading_since_report", "upper_since_report")
