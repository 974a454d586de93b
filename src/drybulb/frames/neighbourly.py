"""The neighbour's bias: how far its maxima have been standing above the station's official highs.

Two stations differ by an amount that drifts over months: where each stands, what grew or
was built around it, which way the wind has been. A model fitted in one year is wrong by the
drift in another, so what the neighbour reads is corrected by the errors it has been making
(:mod:`drybulb.frames.decay`), with one half-life: fitted as those of guidance are
(:mod:`drybulb.frames.trust`), it left O'Hare's errors of the two years before 2024 larger by
2 %. Its error of a climate day is its maximum, of
groups and readings as the maximum so far of a snapshot is, less the official high; the
maximum is that known when the first final high was.
"""

from __future__ import annotations

import polars as pl

from drybulb.frames import decay
from drybulb.frames.asof import INSTANT
from drybulb.frames.reports import (
    DAY,
    MIN_READINGS,
    ReadingRules,
    outside,
    readings_of_the_day,
    reports_in_reach,
    usable_groups,
)

_BY = ("city",)


def attach(
    requests: pl.DataFrame,
    observations: pl.DataFrame,
    highs: pl.DataFrame,
    rules: ReadingRules,
    half_life_days: float,
) -> pl.DataFrame:
    """Return the bias of each request's neighbour, in request order.

    Args:
        requests: ``city``, ``neighbour`` (null: none), ``offset`` [h], ``day``, ``at`` [UTC].
        observations: rows of the table, of any stations, in any order.
        highs: what :func:`drybulb.frames.published.standing_highs` returns.
        rules: which readings are of a day.
        half_life_days: calendar days in which the weight of an error halves [d].

    Returns:
        ``neighbour_bias`` [°F], to be taken from what the neighbour reads; null where there is
        no neighbour or none of its errors is known.
    """
    places = requests.select("city", "offset", station="neighbour").drop_nulls("station").unique()
    if places.is_empty():
        return requests.select(neighbour_bias=pl.repeat(None, pl.len(), dtype=pl.Float64))
    steps = errors(observations, highs, places, rules)
    asked = decay.newest_step(requests.select("city", "day", "at"), steps, _BY).select("step", "day")
    return decay.candidates(asked, steps, _BY, (half_life_days,)).select(neighbour_bias="bias_0")


def errors(observations: pl.DataFrame, highs: pl.DataFrame, places: pl.DataFrame, rules: ReadingRules) -> pl.DataFrame:
    """Return every step of a neighbour's errors, as :func:`drybulb.frames.decay.error_steps` does.

    Args:
        observations: rows of the table.
        highs: what :func:`drybulb.frames.published.standing_highs` returns.
        places: ``city``, ``station`` of the neighbour, ``offset`` [h] of the city.
        rules: which readings are of a day.
    """
    first = highs.filter("is_final").unique(["city", "day"], keep="first", maintain_order=True)
    begins = pl.col("day").cast(INSTANT) - pl.duration(hours="offset")
    asked = first.join(places, on="city").select("city", *DAY, at="known_at", begins=begins)
    maxima = _maxima(asked, observations, rules).join(asked.select("city", "day", "begins"), on=["city", "day"])
    return decay.error_steps(highs, maxima, _BY)


def _maxima(asked: pl.DataFrame, observations: pl.DataFrame, rules: ReadingRules) -> pl.DataFrame:
    """Return the maximum of each climate day known at its instant, of days with enough readings.

    Returns:
        ``city``, ``day``, ``said`` [whole °F].
    """
    # A report at midnight belongs to the next day, and its groups speak for the day that ends.
    reports = reports_in_reach(asked.with_columns(pl.col("day").dt.offset_by("1d")), observations)
    readings = readings_of_the_day(reports.filter(pl.col("temp").is_not_null()), rules)
    groups = usable_groups(reports)
    day = ["city", "day"]
    shown = _alive(asked, readings).with_columns(count=pl.len().over(day)).filter(pl.col("count") >= MIN_READINGS)
    highest = _alive(asked, groups).group_by(day).agg(group_max=pl.col("high").max())
    # Only a reading above the groups matters; they are few, and whether a group covers them is dear to find out.
    above = (
        shown.join(highest, on=day, how="left")
        .filter((pl.col("high") > pl.col("group_max")) | pl.col("group_max").is_null())
        .select(readings.columns)
        .pipe(outside, groups)
    )
    maxima = _alive(asked, above).group_by(day).agg(reading_max=pl.col("high").max())
    return (
        shown.select(day)
        .unique()
        .join(highest, on=day, how="left")
        .join(maxima, on=day, how="left")
        .select(*day, said=pl.max_horizontal("group_max", "reading_max"))
        # Readings under a group that was corrected away since: nothing stands that says how warm the day was.
        .drop_nulls("said")
    )


def _alive(asked: pl.DataFrame, items: pl.DataFrame) -> pl.DataFrame:
    """Return the items of each climate day that stand at its instant."""
    return asked.join(items, on=DAY).filter(pl.col("at").is_between("known_at", "until", closed="left"))
