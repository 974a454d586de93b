"""What a model may learn from: labels known by an instant, and none of an embargoed day.

A label trains only if it was known by ``until``. Of the days whose label was known, the last ``embargo_days`` before
the climate day of ``until`` are left out as well: with two, the newest day that trains is the third before it. So
nothing a model is asked about shares weather, a decaying bias or a late correction with what it was fitted on.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

import polars as pl

from drybulb.domain.city import City
from drybulb.domain.climateday import ClimateDay
from drybulb.errors import ModelError


def newest_trainable(until: datetime, offset_hours: int, embargo_days: int) -> date:
    """Newest climate day that may train: ``embargo_days + 1`` before that of ``until``.

    Args:
        until: nothing known later is used [aware].
        offset_hours: local standard time minus UTC [h].
        embargo_days: days left out before the climate day of ``until`` [d].
    """
    return ClimateDay.at(until, offset_hours).date - timedelta(days=embargo_days + 1)


def known_labels(
    official: pl.DataFrame,
    settlements: pl.DataFrame,
    cities: Iterable[City],
    until: datetime,
    embargo_days: int,
) -> pl.DataFrame:
    """Labels of all days that may train.

    The settled value is the label where it was known, else the newest final official high known.

    Args:
        official: rows of the table.
        settlements: rows of the table.
        cities: whose labels.
        until: nothing known later is used [aware].
        embargo_days: see the module.

    Returns:
        ``station``, ``day``, ``high`` [whole °F, Int32], ``known_at`` [UTC], sorted by station and day.

    Raises:
        ModelError: no city was given.
    """
    parts = [_of_city(official, settlements, city, until, embargo_days) for city in cities]
    if not parts:
        raise ModelError("no city to train for; name at least one")
    return pl.concat(parts).sort("station", "day")


def newest_labels(official: pl.DataFrame, settlements: pl.DataFrame, city: City) -> pl.DataFrame:
    """Label of every day of a city: the settled value where there is one, else the newest final official high.

    A settled fraction of a degree is rounded to the nearest whole one.

    Args:
        official: rows of the table; only those given count.
        settlements: rows of the table, likewise.
        city: whose labels.

    Returns:
        ``station``, ``day``, ``high`` [whole °F, Int32], ``known_at`` [UTC].
    """
    published = (
        official.filter((pl.col("station") == city.station) & pl.col("is_final"))
        .sort("day", "known_at", "version", "source")
        .unique("day", keep="last", maintain_order=True)
        .select("day", "high", "known_at")
    )
    settled = (
        settlements.filter((pl.col("city") == city.key) & pl.col("value").is_not_null())
        .sort("day", "known_at", "version", "ticker")
        .unique("day", keep="last", maintain_order=True)
        .select("day", pl.col("value").round().cast(pl.Int32).alias("settled"), settled_at="known_at")
    )
    return published.join(settled, on="day", how="full", coalesce=True).select(
        pl.lit(city.station).alias("station"),
        "day",
        pl.coalesce("settled", "high").cast(pl.Int32).alias("high"),
        pl.when(pl.col("settled").is_not_null()).then("settled_at").otherwise("known_at").alias("known_at"),
    )


def _of_city(
    official: pl.DataFrame, settlements: pl.DataFrame, city: City, until: datetime, embargo_days: int
) -> pl.DataFrame:
    last = newest_trainable(until, city.standard_offset_hours, embargo_days)
    usable = (pl.col("known_at") <= until) & (pl.col("day") <= last)
    return newest_labels(official.filter(usable), settlements.filter(usable), city)
