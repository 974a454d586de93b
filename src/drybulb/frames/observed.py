"""The observed part of a snapshot: maximum so far, last reading and trend, as known at an instant.

The maximum so far has three kinds of witness. A *group* is the 6- or 24-hour maximum in the
remarks of a METAR; it saw every minute of its window. A *reading* saw one moment. A group
whose window lies wholly in the climate day speaks for every reading of that window; the
readings outside all groups known by then speak for themselves. A *report* is the official high
so far (:mod:`drybulb.frames.reported`), which the station that settles alone has.

A whole °C may mean two degrees: its lower end is a floor for the day's high, its upper end
is the most that has been seen, and no ceiling. Of readings that a report speaks for it is not
even that.
"""

from __future__ import annotations

import polars as pl

from drybulb.frames import reported
from drybulb.frames.asof import INSTANT, best_alive, count_alive, lookup
from drybulb.frames.exact import hours
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
        "n_at_max": pl.Int32(),
        "max_span": pl.Float64(),
        "rise_to_max": pl.Float64(),
        "running_max_upper": pl.Int32(),
        "previous_max": pl.Int32(),
        "temp_day_before": pl.Float64(),
        "last_dewpoint": pl.Float64(),
        "last_wind": pl.Float64(),
        "last_wind_dir": pl.Float64(),
        "last_ceiling": pl.Float64(),
        "last_cover": pl.Float64(),
        "last_pressure": pl.Float64(),
        "pressure_trend": pl.Float64(),
    }
)


#: What the witnesses of a day say, and since when; the most a vague reading may mean, of all and since the report.
_WITNESSES = pl.Schema(
    {
        "group_max": pl.Int32(),
        "group_at": INSTANT,
        "reading_max": pl.Int32(),
        "reading_at": INSTANT,
        "most": pl.Int32(),
        "reading_since_report": pl.Int32(),
        "upper_since_report": pl.Int32(),
    }
)


def attach(requests: pl.DataFrame, observations: pl.DataFrame, rules: ReadingRules) -> pl.DataFrame:
    """Return the observed features of each request, in request order.

    Args:
        requests: ``station`` (null: nobody's readings), ``offset``, ``day``, ``at`` [UTC], and what
            :func:`drybulb.frames.reported.attach` found.
        observations: rows of the table, of any stations, in any order.
        rules: how far back a reading reaches.

    Returns:
        The columns of ``SCHEMA`` and ``reported.SCHEMA``.

        * ``group_max``: highest 6- or 24-hour maximum wholly in the climate day [whole °F];
          ``reading_max``: highest reading of the day that no such group covers [whole °F, the
          least it can mean]; ``running_max``: the highest of them and ``report_max``;
          ``running_max_at``: when the reading was taken, the group reported or the report known;
          ``running_max_upper``: the most the maximum so far can mean [whole °F], no ceiling.
        * ``n_readings`` of the climate day; ``n_at_max`` readings stand at ``reading_max``, the
          first of them ``max_span`` [h] before the last, and ``rise_to_max`` above what was the
          last reading an hour before it [°F].
        * ``previous_max``: maximum so far of the climate day before, without a report.
        * The rest is what :func:`drybulb.frames.latest.last_readings` returns.
    """
    reports = reports_in_reach(requests, observations)
    numbered = requests.select(*DAY, "at", "report_max", "report_max_at").with_row_index("request")
    # Without a report there is nothing to look up, and that is half of all requests: nobody's neighbour.
    asked = numbered.filter(pl.col("station").is_in(reports["station"].unique().to_list()))
    nothing = pl.DataFrame(schema={"request": pl.UInt32(), **SCHEMA, **_WITNESSES})
    found = nothing if asked.is_empty() else _see(asked, reports, rules)
    running = pl.max_horizontal("group_max", "reading_max", "report_max")
    return (
        numbered.join(found, on="request", how="left", maintain_order="left")
        .with_columns(running_max=running, running_max_at=_since(running))
        .with_columns(running_max_upper=pl.max_horizontal("running_max", _most_seen()))
        .with_columns(pl.col("n_readings").fill_null(0))
        .select(*SCHEMA, *reported.SCHEMA)
    )


def _see(asked: pl.DataFrame, reports: pl.DataFrame, rules: ReadingRules) -> pl.DataFrame:
    """Return what was read by requests about stations that have reports, by ``request``."""
    readings = reports.filter(pl.col("temp").is_not_null())
    of_the_day = readings_of_the_day(readings, rules)
    groups = usable_groups(reports)
    alone = outside(of_the_day, groups)
    logs = (_maxima(groups, "group"), _maxima(alone, "reading"))
    so_far = _so_far(asked, logs)
    parts = [
        asked.select("request"),
        so_far,
        _at_max(asked.hstack(so_far), alone),
        _look(asked, _most(alone)),
        reported.since(asked, alone),
        _so_far(_day_before(asked), logs).select(previous_max=pl.max_horizontal("group_max", "reading_max")),
        _look(asked, count_alive(of_the_day, DAY)).rename({"alive": "n_readings"}),
        last_readings(asked.hstack(so_far.select("reading_max", "reading_at")), readings, rules),
    ]
    return pl.concat(parts, how="horizontal")


def _at_max(asked: pl.DataFrame, alone: pl.DataFrame) -> pl.DataFrame:
    """Look up how many readings stand at the highest, and the hours from the first of them to the last."""
    high = [*DAY, "high"]
    at_max = asked.select(*DAY, "at", high="reading_max")
    last = best_alive(alone.sort("high", "valid_at").select(*DAY, "known_at", "until", last_at="valid_at"), DAY)
    return pl.concat([lookup(at_max, count_alive(alone, high), by=high), _look(asked, last)], how="horizontal").select(
        n_at_max="alive", max_span=hours(pl.col("last_at") - asked["reading_at"])
    )


def _look(asked: pl.DataFrame, log: pl.DataFrame) -> pl.DataFrame:
    """Look up what stood in a log by station and climate day; the columns of the log alone."""
    key = [*DAY, "at"]
    return lookup(asked.select(key), log, by=DAY).drop(key)


def _day_before(asked: pl.DataFrame) -> pl.DataFrame:
    """Ask the same of the climate day before, at the same instant."""
    return asked.with_columns(pl.col("day").dt.offset_by("-1d"))


def _so_far(asked: pl.DataFrame, logs: tuple[pl.DataFrame, pl.DataFrame]) -> pl.DataFrame:
    """Look up the maximum so far of the climate days asked about: of groups and of readings, and since when."""
    return pl.concat([_look(asked, log) for log in logs], how="horizontal")


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


def _since(running: pl.Expr) -> pl.Expr:
    """When the maximum so far was first seen: a group stands for its METAR, a report for when it was known."""
    seen = (("group_max", "group_at"), ("reading_max", "reading_at"), ("report_max", "report_max_at"))
    return pl.min_horizontal(*(pl.when(pl.col(high) == running).then(pl.col(at)) for high, at in seen))


def _most_seen() -> pl.Expr:
    """The most that a vague reading may mean which no report speaks for.

    A vague reading means two degrees at most. Where the highest reading stands above the report, the vaguest therefore
    does too, or means no more than the highest does.
    """
    is_spoken_for = pl.col("reading_max") <= pl.col("report_max")
    return pl.when(is_spoken_for).then("upper_since_report").otherwise("most")
