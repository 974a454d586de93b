"""Snapshots: everything that was known about an event at an instant, one row per question.

The only way from the tables to a forecast. Each part (observed, guided, published, listed)
looks its rows up as of ``known_at``, newest version known, so that no row known after
``at`` can move a bit of the answer, and a row is the same whether it is asked for alone or
among a million.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl

from drybulb.domain.city import City
from drybulb.errors import DomainError, OutsideEvent, TableError
from drybulb.frames import guided, listed, neighbourly, observed, published, reported, reports
from drybulb.frames.asof import INSTANT
from drybulb.frames.exact import MICROSECONDS_PER_HOUR, hours
from drybulb.frames.grid import REQUEST_SCHEMA

_VOICES = pl.List(
    pl.Struct(
        {
            "source": pl.String(),
            "high": pl.Float64(),
            "bias": pl.Float64(),
            "half_life": pl.Float64(),
            "age": pl.Float64(),
        }
    )
)

#: Columns of a snapshot with their types, in order; see :func:`snapshots` for what they mean.
SNAPSHOT_SCHEMA = pl.Schema(
    {
        "city": pl.String(),
        "station": pl.String(),
        "day": pl.Date(),
        "at": INSTANT,
        "lead": pl.Int8(),
        "hours": pl.Float64(),
        "day_of_year": pl.Int16(),
        "latitude": pl.Float64(),
        "elevation": pl.Float64(),
        **observed.SCHEMA,
        **reported.SCHEMA,
        **{f"neighbour_{name}": dtype for name, dtype in observed.SCHEMA.items()},
        "neighbour_bias": pl.Float64(),
        "guidance": pl.Float64(),
        "guidance_raw": pl.Float64(),
        "guidance_n": pl.Int32(),
        "guidance_spread": pl.Float64(),
        "guidance_age": pl.Float64(),
        "guidance_width": pl.Float64(),
        "curve_rest": pl.Float64(),
        "curve_now": pl.Float64(),
        "guidance_by": _VOICES,
        "guidance_day_before": pl.Float64(),
        "last_high": pl.Int32(),
        "last_high_lag": pl.Int32(),
        "ladder_low": pl.Int32(),
        "ladder_high": pl.Int32(),
        "ladder_centre": pl.Float64(),
        "since_open": pl.Float64(),
        "to_close": pl.Float64(),
    }
)

_PLACE_SCHEMA = {
    "city": pl.String,
    "station": pl.String,
    "neighbour": pl.String,
    "offset": pl.Int32,
    "latitude": pl.Float64,
    "elevation": pl.Float64,
}

#: Columns a snapshot reads, by table.
READS: dict[str, tuple[str, ...]] = {
    "observations": ("station", "valid_at", "kind", "known_at", "temp", "max_6h", "max_24h", *reports.ELEMENTS),
    "guidance": ("station", "day", "source", "issued_at", "known_at", "high", "percentiles", "curve"),
    "official": ("station", "day", "source", "version", "known_at", "high", "is_final"),
    "markets": ("ticker", "city", "day", "known_at", "low", "high", "open_at", "close_at"),
}


@dataclass(frozen=True, slots=True)
class SnapshotTables:
    """The tables a snapshot is made from; any rows of them, in any order, possibly none."""

    observations: pl.DataFrame
    guidance: pl.DataFrame
    official: pl.DataFrame
    markets: pl.DataFrame

    def __post_init__(self) -> None:
        for table in READS:
            check_table(table, getattr(self, table))


def check_table(table: str, frame: pl.DataFrame) -> None:
    """Refuse rows that no snapshot can be made from.

    Raises:
        TableError: a table that snapshots do not read, or rows without its columns or their ``known_at``.
    """
    if table not in READS:
        raise TableError(f"no table {table!r} to learn from; a snapshot reads {', '.join(READS)}")
    present = set(frame.columns)
    if missing := [name for name in READS[table] if name not in present]:
        raise TableError(f"table {table} lacks {', '.join(missing)}; a snapshot cannot be made without")
    known_at = frame.get_column("known_at")
    if known_at.dtype != INSTANT or known_at.null_count():
        raise TableError(f"known_at of table {table} must be an instant in UTC on every row")


@dataclass(frozen=True, slots=True)
class SnapshotRules:
    """How long what was said stays worth hearing.

    Attributes:
        bias_half_lives_days: candidates for the calendar days in which an error's weight in a source's bias halves [d].
        neighbour_half_life_days: those of the neighbour's bias [d].
        guidance_max_age_hours: guidance issued longer ago is dropped [h].
        poll_lag_hours: a poll may show a reading this much older than itself [h].
        reading_max_age_hours: an older reading is nobody's last reading; at most 24 [h].
        market: when an event trades where its listing does not say.
    """

    bias_half_lives_days: tuple[float, ...] = (5.0, 10.0, 20.0, 40.0, 80.0, 160.0)
    neighbour_half_life_days: float = 20.0
    guidance_max_age_hours: float = 60.0
    poll_lag_hours: float = 1.5
    reading_max_age_hours: float = 6.0
    market: listed.MarketHours = field(default_factory=listed.MarketHours)

    def __post_init__(self) -> None:
        if not self.bias_half_lives_days or not all(days > 0 for days in self.bias_half_lives_days):
            raise DomainError(f"bias_half_lives_days {self.bias_half_lives_days} are not one or more positive numbers")
        for name in ("neighbour_half_life_days", "guidance_max_age_hours"):
            if not getattr(self, name) > 0:
                raise DomainError(f"{name} {getattr(self, name)} is not positive")
        for name in ("poll_lag_hours", "reading_max_age_hours"):
            if not 0 <= getattr(self, name) <= 24:
                raise DomainError(f"{name} {getattr(self, name)} is not in 0 … 24 hours")


def snapshots(
    requests: pl.DataFrame,
    cities: Mapping[str, City],
    tables: SnapshotTables,
    rules: SnapshotRules | None = None,
) -> pl.DataFrame:
    """Return what was known about each requested event at the requested instant.

    Args:
        requests: ``city``, ``day`` (climate day of the event), ``at`` [UTC].
        cities: cities by key.
        tables: what there is to know; rows known after ``at`` are not seen.
        rules: how long what was said stays worth hearing; the defaults when None.

    Returns:
        One row per request, in request order, with the columns of ``SNAPSHOT_SCHEMA``:

        * ``lead`` 0 on the day, 1 on the day before; ``hours`` since the day's local standard midnight [h];
          ``day_of_year`` of the event, 1 … 366; ``latitude`` [degrees north], ``elevation`` [m] of the station.
        * ``group_max`` … ``pressure_trend``: what the station reported, see :mod:`drybulb.frames.observed`;
          ``report_max`` …: the official high so far, see :mod:`drybulb.frames.reported`.
        * ``neighbour_…``: the same of the neighbour station, cut by the city's own day;
          ``neighbour_bias`` [°F], still in it: see :mod:`drybulb.frames.neighbourly`.
        * ``guidance``, ``guidance_raw`` [°F], ``guidance_n``, ``guidance_spread`` [°F],
          ``guidance_age`` [h]: mean over sources less decayed bias, and without; see
          :mod:`drybulb.frames.guided`. ``guidance_by``: ``source``, ``high``, ``bias`` [°F],
          ``half_life`` of the bias [d] and ``age`` [h] of each, sorted by source; empty where none is known.
        * ``guidance_width``: mean standard deviation by the sources' percentiles; ``curve_rest``, ``curve_now``: mean
          of their curves less their biases, the highest still to come in the day and as at the last reading [°F].
        * ``guidance_day_before``: on the day before, ``guidance`` of that day itself [°F].
        * ``last_high`` [whole °F], ``last_high_lag`` [d]: newest official high known.
        * ``ladder_low``, ``ladder_high``, ``ladder_centre`` [°F]: the listing's degrees
          between the tails; ``since_open`` and ``to_close`` [h]: from the event's open and to its
          close as listed by then, or as such events use to trade.

        What was not known is null; counts are 0.

    Raises:
        TableError: requests of other columns or types, or with nulls.
        DomainError: a city nobody knows.
        OutsideEvent: an instant neither on the event's day nor on the day before.
    """
    rules = rules or SnapshotRules()
    placed = _place(requests, cities)
    readings = reports.ReadingRules(rules.poll_lag_hours, rules.reading_max_age_hours)
    ageing = guided.GuidanceRules(rules.bias_half_lives_days, rules.guidance_max_age_hours)
    own = placed.select("city", "station", "offset").unique()
    asked = ["offset", "day", "at"]
    said = reported.attach(placed, tables.official)
    neighbours = placed.select("neighbour", *asked).rename({"neighbour": "station"})
    both = pl.concat([placed.select("station", *asked).hstack(said), neighbours], how="diagonal")
    seen = observed.attach(both, tables.observations, readings)
    highs = published.standing_highs(tables.official, own)
    parts = [
        placed,
        seen.head(placed.height),
        seen.tail(placed.height).select(pl.col(*observed.SCHEMA).name.prefix("neighbour_")),
        neighbourly.attach(placed, tables.observations, highs, readings, rules.neighbour_half_life_days),
        guided.attach_both_days(_with_read_at(placed, seen), tables.guidance, highs, own, ageing),
        published.attach(placed, highs),
        listed.attach(placed, tables.markets, rules.market),
    ]
    return pl.concat(parts, how="horizontal").select(
        pl.col(name).cast(dtype) for name, dtype in SNAPSHOT_SCHEMA.items()
    )


def _with_read_at(placed: pl.DataFrame, seen: pl.DataFrame) -> pl.DataFrame:
    """Add when the last reading was taken [UTC], null where there is none."""
    age = seen["last_temp_age"].head(placed.height)
    ago = (age * MICROSECONDS_PER_HOUR).round().cast(pl.Int64).cast(pl.Duration("us"))
    return placed.with_columns(read_at=placed["at"] - ago)


def _place(requests: pl.DataFrame, cities: Mapping[str, City]) -> pl.DataFrame:
    """Check the requests and place them in their event: stations, offset, lead, hours."""
    wrong = [name for name, dtype in REQUEST_SCHEMA.items() if requests.schema.get(name) != dtype]
    if wrong:
        raise TableError(f"requests need city (String), day (Date), at (Datetime us UTC); wrong: {', '.join(wrong)}")
    asked = requests.select(*REQUEST_SCHEMA)
    if any(asked.null_count().row(0)):
        raise TableError("requests have nulls; every one names a city, a day and an instant")
    if unknown := sorted(set(asked["city"].unique()) - set(cities)):
        raise DomainError(f"no city {', '.join(unknown)}; known: {', '.join(cities)}")
    rows = [
        (key, city.station, city.neighbour, city.standard_offset_hours, city.latitude, city.elevation_m)
        for key, city in cities.items()
    ]
    places = pl.DataFrame(rows, schema=_PLACE_SCHEMA, orient="row")
    midnight = pl.col("day").cast(INSTANT) - pl.duration(hours="offset")
    placed = asked.join(places, on="city", how="left", maintain_order="left").with_columns(
        hours=hours(pl.col("at") - midnight),
        day_of_year=pl.col("day").dt.ordinal_day(),
    )
    outside = placed.filter(~((pl.col("hours") >= -24) & (pl.col("hours") < 24)))
    if outside.height:
        city, day, at, since = outside.select("city", "day", "at", "hours").row(0)
        raise OutsideEvent(
            f"{city} {day}: {at.isoformat()} is {since:.1f} h from the day's local standard midnight;"
            f" ask from -24 to before 24 h ({outside.height} of {asked.height} requests are outside)"
        )
    return placed.with_columns(lead=pl.when(pl.col("hours") < 0).then(1).otherwise(0))
