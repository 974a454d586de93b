"""The official highs a snapshot may look back on."""

from __future__ import annotations

import polars as pl

from drybulb.frames.asof import lookup


def attach(requests: pl.DataFrame, highs: pl.DataFrame) -> pl.DataFrame:
    """Return the newest official high known to each request, in request order.

    Args:
        requests: ``city``, ``day``, ``at`` [UTC].
        highs: what :func:`standing_highs` returns.

    Returns:
        ``last_high`` [whole °F] and ``last_high_lag``, days from its day to the event's.
    """
    newest = highs.sort("known_at", "day").select("city", "known_at", last_day=pl.col("day").cum_max().over("city"))
    found = (
        requests.select("city", "day", "at")
        .pipe(lookup, newest, by=["city"])
        .pipe(lookup, highs.select("city", "known_at", "high", last_day="day"), by=["city", "last_day"])
    )
    return found.select(
        last_high="high", last_high_lag=(pl.col("day") - pl.col("last_day")).dt.total_days().cast(pl.Int32)
    )


def standing_highs(official: pl.DataFrame, places: pl.DataFrame) -> pl.DataFrame:
    """Log the official high of each climate day: its newest version, a final one before any preliminary.

    A day's high is the *high so far* until the day is over, so no version counts before then.

    Args:
        official: rows of the table, of any stations, in any order.
        places: ``city``, ``station``, ``offset`` [h] of the stations that settle.

    Returns:
        A log by ``city`` and ``day``: ``high`` [whole °F], ``is_final``.
    """
    end = pl.col("day").cast(pl.Datetime("us", "UTC")) + pl.duration(days=1) - pl.duration(hours="offset")
    return (
        official.join(places, on="station")
        .with_columns(pl.max_horizontal("known_at", end).alias("known_at"))
        .sort("city", "day", "known_at", "is_final", "version", "source")
        .filter(pl.col("is_final") | ~pl.col("is_final").cum_max().over("city", "day"))
        .select("city", "day", "known_at", "high", "is_final")
    )
