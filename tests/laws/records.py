"""Small records of weather, forecasts and listings, drawn or laid out, with late rows and corrections among them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from operator import itemgetter
from typing import Any

import polars as pl
from hypothesis import strategies as st

from drybulb.app import config
from drybulb.frames.asof import INSTANT
from drybulb.frames.grid import REQUEST_SCHEMA
from drybulb.frames.snapshot import SnapshotTables

_ALL = config.load().cities()

#: Two cities: one with a neighbour, one with a station of its own alone.
CITIES = {key: _ALL[key] for key in ("chicago", "miami")}

#: The clocks change on the second of these days.
DAYS = [date(2024, 3, 9) + timedelta(days=n) for n in range(3)]

_OBSERVATIONS = {
    "station": pl.String(),
    "valid_at": INSTANT,
    "kind": pl.String(),
    "temp": pl.Float64(),
    "max_6h": pl.Float64(),
    "max_24h": pl.Float64(),
    "known_at": INSTANT,
    "dewpoint": pl.Float64(),
    "wind": pl.Float64(),
    "wind_dir": pl.Float64(),
    "ceiling": pl.Float64(),
    "cover": pl.Float64(),
    "pressure": pl.Float64(),
}
_GUIDANCE = {
    "station": pl.String(),
    "day": pl.Date(),
    "source": pl.String(),
    "issued_at": INSTANT,
    "high": pl.Float64(),
    "known_at": INSTANT,
    "percentiles": pl.List(pl.Struct({"level": pl.Float64(), "high": pl.Float64()})),
    "curve": pl.List(pl.Struct({"at": INSTANT, "temp": pl.Float64()})),
}
_OFFICIAL = {
    "station": pl.String(),
    "day": pl.Date(),
    "source": pl.String(),
    "version": pl.Int32(),
    "high": pl.Int32(),
    "is_final": pl.Boolean(),
    "known_at": INSTANT,
}
_MARKETS = {
    "ticker": pl.String(),
    "city": pl.String(),
    "day": pl.Date(),
    "low": pl.Int32(),
    "high": pl.Int32(),
    "known_at": INSTANT,
    "open_at": INSTANT,
    "close_at": INSTANT,
}


def utc(day: date, hours: float = 0.0) -> datetime:
    """Return the instant `hours` after midnight UTC of `day`."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(hours=hours)


def percentiles(*highs: float) -> list[dict[str, Any]]:
    """Return percentiles of evenly spread levels, the first 5 % [°F]."""
    return [{"level": 5 + 90 * n / max(len(highs) - 1, 1), "high": float(high)} for n, high in enumerate(highs)]


def curve(start: datetime, *temps: float) -> list[dict[str, Any]]:
    """Return a curve of a temperature an hour [°F]."""
    return [{"at": start + timedelta(hours=n), "temp": float(temp)} for n, temp in enumerate(temps)]


def tables(
    observations: list[tuple[Any, ...]] | None = None,
    guidance: list[tuple[Any, ...]] | None = None,
    official: list[tuple[Any, ...]] | None = None,
    markets: list[tuple[Any, ...]] | None = None,
) -> SnapshotTables:
    """Return tables of rows given as tuples in the order of the columns; what is left out at their end is null."""
    given = zip(
        (observations, guidance, official, markets), (_OBSERVATIONS, _GUIDANCE, _OFFICIAL, _MARKETS), strict=True
    )
    return SnapshotTables(*(_frame(rows or [], schema) for rows, schema in given))


def _frame(rows: list[tuple[Any, ...]], schema: dict[str, pl.DataType]) -> pl.DataFrame:
    whole = [(*row, *[None] * (len(schema) - len(row))) for row in rows]
    return pl.DataFrame(whole, schema=schema, orient="row")


def requests(rows: list[tuple[str, date, datetime]]) -> pl.DataFrame:
    """Return requests given as (city, day, at)."""
    return pl.DataFrame(rows, schema=REQUEST_SCHEMA, orient="row")


_TEMPS = st.sampled_from([None, 10.0, 17.2, 18.3, 19.4, 20.0, 21.0, 22.0, 23.3, 25.6])
_DELAYS = st.sampled_from([0.0, 0.2, 1.0, 9.0, 31.0])
_HOURS = st.integers(-30, 78)
#: Dew point, wind, its direction, ceiling, cover and pressure.
_ELEMENTS = st.sampled_from(
    [
        (None,) * 6,
        (14.4, 3.1, 120.0, 750.0, 0.75, 1016.2),
        (18.0, 0.0, None, None, 0.0, 1009.4),
        (21.1, 7.7, 340.0, 1500.0, 1.0, None),
    ]
)


@st.composite
def _observation(draw: st.DrawFn) -> tuple[Any, ...]:
    valid_at = utc(DAYS[0], draw(_HOURS) + draw(st.sampled_from([0.0, 0.4, 53 / 60])))
    group = draw(st.sampled_from([(None, None), (22.8, None), (24.4, None), (None, 25.0)]))
    return (
        draw(st.sampled_from(["KMIA", "KORD"])),
        valid_at,
        draw(st.sampled_from(["metar", "metar", "speci", "poll"])),
        draw(_TEMPS),
        *group,
        valid_at + timedelta(hours=draw(_DELAYS)),
        *draw(_ELEMENTS),
    )


@st.composite
def _forecast(draw: st.DrawFn) -> tuple[Any, ...]:
    day = draw(st.sampled_from(DAYS))
    issued_at = utc(day, draw(st.sampled_from([-80, -24, -12, 0, 6, 12])))
    return (
        draw(st.sampled_from(["KMIA", "KMDW"])),
        day,
        draw(st.sampled_from(["mos:gfs", "mos:nam"])),
        issued_at,
        float(draw(st.integers(60, 75))),
        issued_at + timedelta(hours=draw(_DELAYS)),
        draw(st.sampled_from([None, percentiles(60, 66, 71.5), percentiles(50, 70)])),
        draw(st.sampled_from([None, curve(utc(day, 3.3), 65, 70.25, 68), curve(issued_at, 61)])),
    )


@st.composite
def _official(draw: st.DrawFn) -> tuple[Any, ...]:
    day = draw(st.sampled_from(DAYS))
    return (
        draw(st.sampled_from(["KMIA", "KMDW"])),
        day,
        draw(st.sampled_from(["cli", "ghcn"])),
        draw(st.integers(1, 3)),
        draw(st.integers(60, 75)),
        draw(st.booleans()),
        utc(day, draw(st.sampled_from([5, 18, 22, 26, 30, 36, 50]))),
    )


@st.composite
def _market(draw: st.DrawFn) -> tuple[Any, ...]:
    day = draw(st.sampled_from(DAYS))
    low = draw(st.integers(60, 75))
    bounds = draw(st.sampled_from([(None, low), (low, None), (low, low + 1)]))
    return (
        f"T{draw(st.integers(0, 99))}",
        draw(st.sampled_from(list(CITIES))),
        day,
        *bounds,
        utc(day, draw(st.sampled_from([-10, -9, 5]))),
        draw(st.sampled_from([None, utc(day, -10.3), utc(day, -9)])),
        draw(st.sampled_from([None, utc(day, 28.99), utc(day, 30)])),
    )


@st.composite
def drawn_tables(draw: st.DrawFn) -> SnapshotTables:
    """Draw tables of a few rows, keys unique, crowded into three days."""
    kinds: tuple[tuple[st.SearchStrategy[tuple[Any, ...]], int, Callable[..., Any]], ...] = (
        (_observation(), 24, itemgetter(0, 1, 2, 6)),
        (_forecast(), 14, itemgetter(0, 1, 2, 3)),
        (_official(), 12, itemgetter(0, 1, 2, 3)),
        (_market(), 5, itemgetter(0)),
    )
    rows = [draw(st.lists(kind, max_size=most, unique_by=key)) for kind, most, key in kinds]
    return tables(*rows)


@st.composite
def drawn_requests(draw: st.DrawFn) -> pl.DataFrame:
    """Draw requests of both cities and leads, in no order, some twice."""
    rows = []
    for _ in range(draw(st.integers(1, 6))):
        city, day = draw(st.sampled_from(list(CITIES.values()))), draw(st.sampled_from(DAYS))
        minutes = draw(st.integers(-24 * 60, 24 * 60 - 1))
        rows.append((city.key, day, utc(day, minutes / 60 - city.standard_offset_hours)))
    return requests(rows)


def asked_at(at: datetime) -> pl.DataFrame:
    """Return the requests of every city that can be made at `at`: the day it is there, and the next."""
    days = {key: (at + timedelta(hours=city.standard_offset_hours)).date() for key, city in CITIES.items()}
    return requests([(key, day + timedelta(days=lead), at) for key, day in days.items() for lead in (0, 1)])


#: The first day of the laid-out week; the clocks change on its fourth.
WEEK = date(2024, 3, 7)


def week() -> SnapshotTables:
    """Return a week as a real record would hold it: hourly METARs with groups, two MOS sources, finals, corrections."""
    days = [WEEK + timedelta(days=n) for n in range(7)]
    observations: list[tuple[Any, ...]] = []
    for station, offset in (("KMIA", -5), ("KORD", -6)):
        for hour in range(7 * 24):
            valid_at = utc(WEEK, hour + 53 / 60)
            local = (hour + 1 + offset) % 24
            temp = round(20 + 5 * (1 - abs(local - 15) / 12) + (hour * 7 % 5) / 10, 1)
            group = round(temp + 1.3, 1) if hour % 6 == 5 else None
            whole_day = 27.2 if local == 0 else None
            wind = (None if hour % 11 == 0 else 10.0 * (hour % 36 + 1), 450.0 if hour % 3 else None)
            elements = (round(temp - 6.4, 1), 0.5 * (hour % 13), *wind, 1015.0 + hour * 5 % 7 / 10)
            known_at = valid_at + timedelta(minutes=10)
            observations.append((station, valid_at, "metar", temp, group, whole_day, known_at, *elements))
            for every, delay in ((17, 4), (5, 30)):  # a correction, hours or a day later
                if hour % every == 0:
                    late = valid_at + timedelta(hours=delay)
                    observations.append((station, valid_at, "metar", temp + 3, group, None, late, *elements))
            if hour % 8 == 0:  # a feed in whole °C
                observations.append((station, valid_at, "five_minute", float(round(temp)), None, None, known_at))
    guidance = [
        (
            *(station, day, source, utc(day, -12 + run), 70.0 + n + run / 6 + spread, utc(day, -7 + run)),
            # One source says how sure it is, one how the day will go, every second run.
            percentiles(66 - run / 7, 70, 75) if spread else None,
            curve(utc(day, run - 6), *(60 + 7 * hour % 13 for hour in range(30))) if run % 12 == 0 and n % 3 else None,
        )
        for station in ("KMIA", "KMDW")
        for n, day in enumerate(days)
        for source, spread in (("mos:gfs", 0.0), ("mos:nam", 1.5))
        for run in (0, 6, 12, 18)
    ]
    official = [
        (station, day, "cli", version, 74 + 2 * n % 5 + version, True, utc(day, 36 + 30 * (version - 1)))
        for station in ("KMIA", "KMDW")
        for n, day in enumerate(days)
        for version in ((1, 2) if n % 3 == 0 else (1,))
    ]
    # The high so far of the afternoon and of the evening; on every third day the second takes back a degree.
    official += [
        (station, day, "dsm", version, 76 + n % 7 - (version - 1) * (1 - n % 3), False, utc(day, 17.6 + 3 * version))
        for station in ("KMIA", "KMDW")
        for n, day in enumerate(days)
        for version in (1, 2)
    ]
    # The last leg is listed on the day itself, with hours of its own.
    markets = [
        (f"{city}-{day}-{leg}", city, day, *bounds, utc(day, known), utc(day, -9.4 - leg / 7), utc(day, 28.3 + leg / 7))
        for city in CITIES
        for n, day in enumerate(days)
        for leg, (known, *bounds) in enumerate([(-9.5, None, 69 + n), (-9.5, 70 + n, 71 + n), (5.0, 72 + n, None)])
    ]
    return tables(observations, guidance, official, markets)
