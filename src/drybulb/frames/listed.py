"""What the exchange's listing of an event tells a snapshot: where it put the ladder."""

from __future__ import annotations

import polars as pl

from drybulb.frames.asof import lookup


def attach(requests: pl.DataFrame, markets: pl.DataFrame) -> pl.DataFrame:
    """Return the ladder listed by then for each request, in request order.

    Args:
        requests: ``city``, ``day``, ``at`` [UTC].
        markets: rows of the table, in any order.

    Returns:
        ``ladder_low`` and ``ladder_high``, the first and the last whole degree between the
        tails [°F], and ``ladder_centre``, their middle [°F]; null where a tail is not listed.
    """
    listed = markets.sort("known_at", "ticker")
    low = listed.filter(pl.col("low").is_null() & pl.col("high").is_not_null())
    high = listed.filter(pl.col("low").is_not_null() & pl.col("high").is_null())
    event = ["city", "day"]
    return (
        requests.select(*event, "at")
        .pipe(lookup, low.select(*event, "known_at", ladder_low=pl.col("high") + 1), by=event)
        .pipe(lookup, high.select(*event, "known_at", ladder_high=pl.col("low") - 1), by=event)
        .select("ladder_low", "ladder_high", ladder_centre=(pl.col("ladder_low") + pl.col("ladder_high")) / 2)
    )
