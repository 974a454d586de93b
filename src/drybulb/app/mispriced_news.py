"""When something was published, and which way the belief has gone since: the columns of news of a price row."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from drybulb.adapters.lake import Lake
from drybulb.domain.city import City

_NEWS = 0.5  # a belief that moved by less has not moved [cents]
_TOLERANCE = "1h"  # how old the belief before a release may be


def releases(lake: Lake, cities: Mapping[str, City]) -> pl.DataFrame:
    """When something was published of a city or its neighbour.

    Args:
        lake: the tables.
        cities: by key.

    Returns:
        ``city``, ``kind`` (of ``RELEASES``) and ``released_at`` [UTC], in order of time.
    """
    stations = pl.DataFrame(
        [(station, key) for key, city in cities.items() for station in (city.station, city.neighbour) if station],
        schema={"station": pl.String, "city": pl.String},
        orient="row",
    )
    read = stations["station"].to_list()
    readings = lake.read("observations", read, columns=["station", "kind", "max_6h", "known_at"])
    official = lake.read("official", read, columns=["station", "known_at", "is_final"])
    parts = {
        "metar": readings.filter(pl.col("kind").is_in(["metar", "speci", "hourly"])),
        "group": readings.filter(pl.col("max_6h").is_not_null()),
        "guidance": lake.read("guidance", read, columns=["station", "known_at"]),
        "report": official.filter(~pl.col("is_final")),
    }
    return pl.concat(
        rows.join(stations, on="station")
        .select("city", pl.lit(kind).alias("kind"), pl.col("known_at").alias("released_at"))
        .unique()
        for kind, rows in parts.items()
    ).sort("released_at")


def with_news(rows: pl.DataFrame, heard: pl.DataFrame, known: pl.DataFrame, kind: str) -> pl.DataFrame:
    """Add ``since_<kind>`` and ``news_<kind>`` to price rows.

    Args:
        rows: price rows with ``city``, ``event``, ``leg``, ``at`` and ``belief``.
        heard: ``event``, ``leg``, ``at`` and ``belief`` of every instant at which somebody was asked.
        known: what :func:`releases` gives of the kind.
        kind: of release.
    """
    dated = rows.sort("at").join_asof(
        known.select("city", "released_at").sort("released_at"),
        left_on="at",
        right_on="released_at",
        by="city",
        check_sortedness=False,
    )
    before = dated.sort("released_at", nulls_last=True).join_asof(
        heard.rename({"belief": "_before", "at": "_before_at"}).sort("_before_at"),
        left_on="released_at",
        right_on="_before_at",
        by=["event", "leg"],
        tolerance=_TOLERANCE,
        allow_exact_matches=False,
        check_sortedness=False,
    )
    moved = pl.col("belief") - pl.col("_before")
    return before.with_columns(
        ((pl.col("at") - pl.col("released_at")).dt.total_seconds() / 60.0).alias(f"since_{kind}"),
        pl.when(moved.abs() >= _NEWS).then(moved.sign()).otherwise(0.0).cast(pl.Int8).alias(f"news_{kind}"),
    ).drop("released_at", "_before", "_before_at")
