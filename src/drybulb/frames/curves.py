"""The hourly curve of an issue of guidance, read at an instant.

Between two of its times a curve is a straight line; before the first and after the last it
says nothing. One that ends before the last hours of the climate day does not say how far
the day will go.
"""

from __future__ import annotations

from datetime import UTC, datetime

import polars as pl

from drybulb.frames.asof import INSTANT

#: A curve that lasts until so many hours before the end of the climate day has seen its warmest [h].
LAST_HOURS = 6

#: Stands before every point of a curve.
EARLY = datetime(1, 1, 1, tzinfo=UTC)


def attach(voices: pl.DataFrame, curves: pl.DataFrame, places: pl.DataFrame) -> pl.DataFrame:
    """Add what the curve of each voice says.

    Args:
        voices: ``issue``, ``city``, ``day``, ``at`` and ``read_at``, the time of the last reading (null: none) [UTC].
        curves: ``issue``, ``city``, ``day``, ``curve``.
        places: ``city``, ``offset`` [h].

    Returns:
        The voices in their order with ``curve_rest``, the highest from ``at`` to the end of the climate day, and
        ``curve_now``, the curve when the last reading was taken [°F]; null where the curve says nothing.
    """
    if curves.is_empty():
        return voices.with_columns(curve_rest=pl.lit(None, pl.Float64), curve_now=pl.lit(None, pl.Float64))
    begins = pl.col("day").cast(INSTANT) - pl.duration(hours="offset")
    points = _points(curves.join(places.select("city", "offset"), on="city").with_columns(begins=begins))
    placed = voices.join(places.select("city", "offset"), on="city", how="left", maintain_order="left").select(
        "issue", "read_at", start=pl.max_horizontal("at", begins)
    )
    rest, now = _read(placed, points, "start"), _read(placed, points, "read_at")
    late = pl.col("begins") + pl.duration(hours=24 - LAST_HOURS)
    lasting = points.group_by("issue").agg(lasts=(pl.col("time").max() >= late.first()).fill_null(value=False))
    lasts = placed.select("issue").join(lasting, on="issue", how="left", maintain_order="left")["lasts"]
    return voices.with_columns(
        curve_rest=pl.when(lasts).then(pl.max_horizontal(rest["value"], rest["after"])),
        curve_now=now["value"],
    )


def _points(curves: pl.DataFrame) -> pl.DataFrame:
    """Every point with the next one and the highest of all later ones of the day; and one long before the first."""
    said = (
        curves.explode("curve", empty_as_null=False, keep_nulls=False)
        .unnest("curve", separator="_")
        .rename({"curve_at": "time", "curve_temp": "temp"})
    )
    # Before the first point a curve has no value, but all of its points are still to come.
    before = curves.select("issue", "begins", time=pl.lit(None, INSTANT), temp=pl.lit(None, pl.Float64))
    lasting = pl.col("time") < pl.col("begins") + pl.duration(days=1)
    within = pl.when(lasting).then("temp").fill_null(float("-inf"))
    after = within.cum_max(reverse=True).over("issue").shift(-1).over("issue")
    return (
        pl.concat([before, said.select(before.columns)])
        .sort("issue", "time", nulls_last=False)
        .with_columns(
            next_time=pl.col("time").shift(-1).over("issue"),
            next_temp=pl.col("temp").shift(-1).over("issue"),
            after=after,
        )
        .with_columns(pl.when(pl.col("after") > float("-inf")).then("after").alias("after"))
        .with_columns(key=pl.col("time").fill_null(pl.lit(EARLY, INSTANT)))
    )


def _read(placed: pl.DataFrame, points: pl.DataFrame, at: str) -> pl.DataFrame:
    """Return ``value`` of the curve at an instant, and the highest ``after`` it in the day [°F]."""
    asked = placed.select("issue", asked=pl.col(at)).with_row_index("row")
    found = (
        asked.drop_nulls("asked")
        .sort("asked")
        .join_asof(points.sort("key"), left_on="asked", right_on="key", by="issue", check_sortedness=False)
    )
    gone = (pl.col("asked") - pl.col("time")).dt.total_microseconds().cast(pl.Float64)
    apart = (pl.col("next_time") - pl.col("time")).dt.total_microseconds().cast(pl.Float64)
    between = pl.col("temp") + (pl.col("next_temp") - pl.col("temp")) * (gone / apart)
    value = pl.when(gone == 0.0).then("temp").otherwise(between)
    return asked.select("row").join(
        found.select("row", "after", value=value), on="row", how="left", maintain_order="left"
    )
