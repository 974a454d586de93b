"""Coverage: what the lake holds, where it has gaps, and how many days each model could use.

It is printed after every import, so that what is missing is known before anything is trained.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import polars as pl

from drybulb.adapters.lake import Lake
from drybulb.app.config import Config
from drybulb.domain.city import City
from drybulb.domain.money import CENTICENTS_PER_DOLLAR
from drybulb.frames.ladders import whole_ladders
from drybulb.frames.schema import PARTITION_TIME

HOURS_OF_AN_OBSERVED_DAY = 12
"""In how many hours of a climate day a station must have been read for the day to count as observed."""

LONGEST_GAPS = 10
"""How many of the longest gaps are listed."""

_NOT_DAILY = {"sessions", "series", "ingest_ledger", "market_changes"}


@dataclass(frozen=True, slots=True)
class Gap:
    """Days without a row between two days with rows, both ends included."""

    first: date
    last: date

    @property
    def days(self) -> int:
        """How many days are missing."""
        return (self.last - self.first).days + 1


@dataclass(frozen=True, slots=True)
class Holding:
    """What one table holds for one city, station, series or exchange.

    Attributes:
        table: its name.
        key: city key, station, series or exchange.
        rows: how many.
        first: first day [of the event, or UTC].
        last: last day.
        months: months with rows, ``YYYY-MM``.
        missing_months: months without rows between the first and the last; none for tables that are not daily.
        missing_days: days without rows between the first and the last; 0 for tables that are not daily.
        gaps: the longest runs of such days, in order of time.
    """

    table: str
    key: str
    rows: int
    first: date
    last: date
    months: tuple[str, ...]
    missing_months: tuple[str, ...]
    missing_days: int
    gaps: tuple[Gap, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the holding with dates as text."""
        return {
            "table": self.table,
            "key": self.key,
            "rows": self.rows,
            "first": self.first.isoformat(),
            "last": self.last.isoformat(),
            "months": list(self.months),
            "missing_months": list(self.missing_months),
            "missing_days": self.missing_days,
            "gaps": [{"first": str(g.first), "last": str(g.last), "days": g.days} for g in self.gaps],
        }


@dataclass(frozen=True, slots=True)
class Usable:
    """How many days of a city each kind of model could use [days or events].

    Attributes:
        labelled_days: with an official high or a settled value.
        observed_days: with readings of the city's own station in 12 hours or more.
        neighbour_days: the same of its neighbour.
        guidance_days: with guidance for the city's own station.
        climatology: labelled, which is all that climatology and persistence need.
        guidance_models: labelled and with guidance: EMOS, guidance + error, S on the day before.
        city_model: labelled and observed: S and the city models on the day itself.
        city_model_by_neighbour: labelled and observed at the neighbour only.
        events: with a whole ladder.
        settled_events: with a whole ladder and exactly one market that paid.
        labelled_events: with a whole ladder, whose day is labelled; these can be scored.
        quoted_events: of the settled or labelled, those with quotes.
        traded_events: of the settled or labelled, those with prints.
    """

    labelled_days: int
    observed_days: int
    neighbour_days: int
    guidance_days: int
    climatology: int
    guidance_models: int
    city_model: int
    city_model_by_neighbour: int
    events: int
    settled_events: int
    labelled_events: int
    quoted_events: int
    traded_events: int

    def to_json(self) -> dict[str, int]:
        """Return the counts by name."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Coverage:
    """What the lake holds, and what each model could use of it, by city."""

    tables: tuple[Holding, ...]
    usable: dict[str, Usable]

    def to_json(self) -> dict[str, Any]:
        """Return the document ``coverage/1``."""
        return {
            "schema": "coverage/1",
            "tables": [holding.to_json() for holding in self.tables],
            "usable": {city: days.to_json() for city, days in self.usable.items()},
        }


def coverage(lake: Lake, config: Config) -> Coverage:
    """Return what the lake holds by table and key, and what each model could use by city.

    Raises:
        LakeError: a file of the lake cannot be read.
    """
    holdings = [_holding(lake, table, key) for table in lake.tables() for key in lake.keys(table)]
    return Coverage(tuple(holding for holding in holdings if holding is not None), usable(lake, config))


def _holding(lake: Lake, table: str, key: str) -> Holding | None:
    time = PARTITION_TIME.get(table, "day")
    days = lake.read(table, [key], columns=[time])[time].cast(pl.Date)
    present = days.unique().sort().to_list()
    if not present:
        return None
    months = tuple(lake.months(table, key))
    gaps = [] if table in _NOT_DAILY else _gaps(present)
    longest = sorted(sorted(gaps, key=lambda gap: -gap.days)[:LONGEST_GAPS], key=lambda gap: gap.first)
    return Holding(
        table,
        key,
        days.len(),
        present[0],
        present[-1],
        months,
        () if table in _NOT_DAILY else tuple(sorted(set(_months(present[0], present[-1])) - set(months))),
        sum(gap.days for gap in gaps),
        tuple(longest),
    )


def _gaps(present: list[date]) -> list[Gap]:
    day = timedelta(days=1)
    return [Gap(before + day, after - day) for before, after in pairwise(present) if after - before > day]


def _months(first: date, last: date) -> list[str]:
    count = (last.year - first.year) * 12 + last.month - first.month + 1
    return [f"{first.year + (first.month - 1 + n) // 12}-{(first.month - 1 + n) % 12 + 1:02}" for n in range(count)]


def usable(lake: Lake, config: Config) -> dict[str, Usable]:
    """Return, by city, how many days and events each kind of model could use.

    Raises:
        LakeError: a file of the lake cannot be read.
    """
    return {key: _usable(lake, city) for key, city in config.cities().items()}


def _usable(lake: Lake, city: City) -> Usable:
    settled = lake.read("settlements", [city.key])
    labelled = _days(lake, "official", city.station) | set(settled.drop_nulls("value")["day"])
    observed = _observed(lake, city.station, city.standard_offset_hours)
    nearby = _observed(lake, city.neighbour, city.standard_offset_hours) if city.neighbour else set()
    guided = _days(lake, "guidance", city.station)
    markets = whole_ladders(lake.read("markets", [city.key]))
    events = set(markets["day"])
    paid = settled.filter(pl.col("ticker").is_in(markets["ticker"].implode()))
    # A whole payout of one market, or fractions over several: an event is settled when they sum to one.
    sums = paid.group_by("day").agg(pl.col("payout").sum())
    complete = set(sums.filter(pl.col("payout") == CENTICENTS_PER_DOLLAR)["day"])
    scorable = events & (labelled | complete)
    return Usable(
        labelled_days=len(labelled),
        observed_days=len(observed),
        neighbour_days=len(nearby),
        guidance_days=len(guided),
        climatology=len(labelled),
        guidance_models=len(labelled & guided),
        city_model=len(labelled & observed),
        city_model_by_neighbour=len(labelled & nearby - observed),
        events=len(events),
        settled_events=len(complete),
        labelled_events=len(events & labelled),
        quoted_events=len(scorable & _days(lake, "quotes", city.key)),
        traded_events=len(scorable & _days(lake, "prints", city.key)),
    )


def _days(lake: Lake, table: str, key: str) -> set[date]:
    return set(lake.read(table, [key], columns=["day"])["day"].unique())


def _observed(lake: Lake, station: str, offset_hours: int) -> set[date]:
    """Climate days on which a station was read in enough hours."""
    readings = lake.read("observations", [station], columns=["valid_at", "temp"]).drop_nulls("temp")
    hours = (pl.col("valid_at") + pl.duration(hours=offset_hours)).dt.truncate("1h").unique()
    per_day = readings.select(hours.alias("hour")).group_by(pl.col("hour").dt.date().alias("day")).len()
    return set(per_day.filter(pl.col("len") >= HOURS_OF_AN_OBSERVED_DAY)["day"])
