"""What was known of an event while it traded, read from the lake: readings, groups, guidance, and the official high."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import polars as pl

from drybulb.adapters.lake import Lake
from drybulb.domain.city import City
from drybulb.engine.ports import Listing
from drybulb.forecast.labels import newest_labels
from drybulb.frames.degrees import ceil_fahrenheit, fahrenheit, floor_fahrenheit
from drybulb.frames.reports import reports_in_reach, usable_groups
from drybulb.frames.snapshot import READS

#: Half of what a whole degree Celsius may mean [°F].
HALF_CELSIUS = 0.9
#: How far from its event a report may be dated and still be looked at, generously.
_REACH = timedelta(days=2)

Row = dict[str, Any]


def reports(lake: Lake, city: City, station: str, listing: Listing) -> tuple[list[Row], list[Row]]:
    """Return the readings and the groups of a station, between open and close and known by then.

    A reading is the whole degree the station kept, ``low`` equal to ``high``, or, where only a whole °C was
    published, all it may mean: from ``low`` to below ``high`` [°F]. A corrected report is there in both versions.

    Args:
        lake: the tables.
        city: of the event; its standard time cuts the days.
        station: its own or its neighbour.
        listing: day and hours of the event.
    """
    day = listing.event.day
    observations = lake.read("observations", [station], day - _REACH, day + _REACH, columns=list(READS["observations"]))
    # The climate day before is part of the event: it opens then.
    asked = pl.DataFrame(
        {"station": station, "offset": city.standard_offset_hours, "day": [day - timedelta(days=1), day]},
        schema_overrides={"offset": pl.Int32},
    )
    found = reports_in_reach(asked, observations)
    in_hours = pl.col("valid_at").is_between(listing.opens_at, listing.closes_at)
    is_known = pl.col("known_at") < listing.closes_at
    readings = found.filter(in_hours & is_known & pl.col("temp").is_not_null())
    groups = usable_groups(found).filter(in_hours & is_known)
    return _readings(readings), _groups(groups)


def _readings(reports_: pl.DataFrame) -> list[Row]:
    temp = pl.col("temp")
    is_whole = floor_fahrenheit(temp) == ceil_fahrenheit(temp)
    half = pl.when(is_whole).then(0.0).otherwise(HALF_CELSIUS)
    return _rows(
        reports_.sort("valid_at", "kind", "known_at").select(
            "valid_at",
            "known_at",
            "kind",
            low=(fahrenheit(temp) - half).round(1),
            high=(fahrenheit(temp) + half).round(1),
        )
    )


def _groups(groups: pl.DataFrame) -> list[Row]:
    ends = pl.col("valid_at").dt.round("1h")
    ordered = groups.sort("start", "valid_at", "known_at")
    return _rows(ordered.select("start", ends.alias("to"), "known_at", "high"), "start")


def guidance(lake: Lake, city: City, listing: Listing) -> list[Row]:
    """Return the guidance about an event: of each source the newest known at the open, and all until the close.

    Args:
        lake: the tables.
        city: of the event.
        listing: its day and hours.
    """
    day = listing.event.day
    rows = lake.read("guidance", [city.station], day, day).filter(pl.col("known_at") < listing.closes_at)
    ordered = rows.sort("source", "known_at", "issued_at")
    next_known = pl.col("known_at").shift(-1).over("source")
    is_heard = (next_known > listing.opens_at).fill_null(value=True)
    kept = ordered.filter(is_heard).sort("known_at", "source", "issued_at")
    return _rows(kept.select("source", "issued_at", "known_at", pl.col("high").round(2)))


def official_high(lake: Lake, city: City, day: date) -> int | None:
    """Return the official high: the settled value where one is recorded, else the newest final one; None where neither.

    Args:
        lake: the tables.
        city: of the event.
        day: event day.
    """
    official, settlements = (
        lake.read("official", [city.station], day, day),
        lake.read("settlements", [city.key], day, day),
    )
    found = newest_labels(official, settlements, city)
    return None if found.is_empty() else int(found["high"].item())


def _rows(frame: pl.DataFrame, start: str | None = None) -> list[Row]:
    """Rows as plain values, instants as text; ``start`` is called ``from``, which no keyword can be."""
    named = frame if start is None else frame.rename({start: "from"})
    instants = [name for name, dtype in named.schema.items() if isinstance(dtype, pl.Datetime)]
    return [
        {name: value.isoformat() if name in instants else value for name, value in row.items()}
        for row in named.iter_rows(named=True)
    ]
