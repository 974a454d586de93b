"""One snapshot made plainly: loops over rows, no joins, nothing shared with the code under test but its words."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from drybulb.domain.city import City
from drybulb.domain.climateday import ClimateDay
from drybulb.frames.guided import PRIOR_WEIGHT
from drybulb.frames.snapshot import SnapshotRules, SnapshotTables

Row = dict[str, Any]
HOUR = timedelta(hours=1)


def snapshot(city: City, day: date, at: datetime, tables: SnapshotTables, rules: SnapshotRules) -> Row:
    """Return the snapshot of one request as a dict of the features."""
    return {
        **_observed(_known(tables.observations, at), city.station, city.standard_offset_hours, day, at, rules),
        **{
            f"neighbour_{name}": value
            for name, value in _observed(
                _known(tables.observations, at), city.neighbour, city.standard_offset_hours, day, at, rules
            ).items()
        },
        **_guided(tables, city, day, at, rules),
        **_last_high(tables, city, day, at),
        **_listed(_known(tables.markets, at), city, day),
    }


def _known(frame: Any, at: datetime) -> list[Row]:
    return [row for row in frame.iter_rows(named=True) if row["known_at"] <= at]


def floor_f(celsius: float) -> int:
    """Return the lowest whole °F a reading can mean, from the two definitions."""
    if celsius == int(celsius):
        return math.ceil(round(1.8 * (celsius - 0.5) + 32, 6))
    return math.floor(round(1.8 * celsius + 32.5, 6))


def _best_f(celsius: float) -> float:
    return round(1.8 * celsius + 32, 6) if celsius == int(celsius) else float(floor_f(celsius))


@dataclass
class _Witness:
    high: int
    seen: datetime


def _newest_versions(known: Iterable[Row], station: str | None) -> list[Row]:
    newest: dict[tuple[datetime, str], Row] = {}
    for row in sorted(known, key=lambda row: row["known_at"]):
        if row["station"] == station:
            newest[row["valid_at"], row["kind"]] = row
    return list(newest.values())


def _group(row: Row, column: str, climate_day: ClimateDay) -> tuple[datetime, _Witness] | None:
    """Return the start of a group's window and what it says, if it lies in the climate day."""
    if row[column] is None:
        return None
    end = (row["valid_at"] + timedelta(minutes=30)).replace(minute=0, second=0, microsecond=0)
    start = end - (6 if column == "max_6h" else 24) * HOUR
    if column == "max_6h" and end.hour % 6:
        return None
    if start < climate_day.start or end > climate_day.end:
        return None
    return start, _Witness(floor_f(row[column]), row["valid_at"])


def _groups(rows: Iterable[Row], climate_day: ClimateDay) -> list[tuple[datetime, _Witness]]:
    found = (_group(row, column, climate_day) for row in rows for column in ("max_6h", "max_24h"))
    return [group for group in found if group is not None]


def _observed(known: list[Row], station: str | None, offset: int, day: date, at: datetime, rules: SnapshotRules) -> Row:
    climate_day = ClimateDay(day, offset)
    standing = _newest_versions(known, station)
    readings = [row for row in standing if row["temp"] is not None]
    mine = [
        row
        for row in readings
        if climate_day.contains(row["valid_at"])
        and (row["kind"] != "poll" or climate_day.contains(row["valid_at"] - rules.poll_lag_hours * HOUR))
    ]
    # A window once spoken for stays so, even if the group is corrected later.
    windows = _groups((row for row in known if row["station"] == station), climate_day)
    alone = [
        _Witness(floor_f(row["temp"]), row["valid_at"])
        for row in mine
        if not any(start <= row["valid_at"] <= said.seen for start, said in windows)
    ]
    groups = [said for _, said in _groups(standing, climate_day)]
    high = max((witness.high for witness in alone + groups), default=None)
    temp, age, taken_at = _last(readings, offset, at, rules)
    before, _, before_at = _last(
        [
            row
            for row in _newest_versions((r for r in known if r["known_at"] <= at - 3 * HOUR), station)
            if row["temp"] is not None
        ],
        offset,
        at - 3 * HOUR,
        rules,
    )
    trend = None
    if taken_at and before_at and taken_at - before_at >= HOUR:
        trend = (temp - before) / ((taken_at - before_at) / HOUR)
    return {
        "group_max": max((group.high for group in groups), default=None),
        "reading_max": max((reading.high for reading in alone), default=None),
        "running_max": high,
        "running_max_at": min((w.seen for w in alone + groups if w.high == high), default=None),
        "last_temp": temp,
        "last_temp_age": age,
        "temp_trend": trend,
        "n_readings": len(mine),
    }


def _last(readings: list[Row], offset: int, at: datetime, rules: SnapshotRules) -> tuple[Any, Any, Any]:
    today = ClimateDay.at(at, offset)
    reach = [row for row in readings if today.previous().start <= row["valid_at"] < today.end]
    if not reach:
        return None, None, None
    last = max(reach, key=lambda row: (row["valid_at"], row["kind"]))
    age = (at - last["valid_at"]) / HOUR
    return (_best_f(last["temp"]), age, last["valid_at"]) if age <= rules.reading_max_age_hours else (None, None, None)


def _high_of(tables: SnapshotTables, city: City, day: date, at: datetime, *, finals: bool = False) -> int | None:
    """Return the official high of a day as it stands at `at`, once the day is over."""
    if at < ClimateDay(day, city.standard_offset_hours).end:
        return None
    rows = [row for row in _known(tables.official, at) if (row["station"], row["day"]) == (city.station, day)]
    end = ClimateDay(day, city.standard_offset_hours).end
    rows.sort(key=lambda row: (row["is_final"], max(row["known_at"], end), row["version"], row["source"]))
    if not rows or (finals and not rows[-1]["is_final"]):
        return None
    high: int = rows[-1]["high"]
    return high


def _last_high(tables: SnapshotTables, city: City, day: date, at: datetime) -> Row:
    for lag in range(1, 40):
        high = _high_of(tables, city, day - timedelta(days=lag), at)
        if high is not None:
            return {"last_high": high, "last_high_lag": lag}
    return {"last_high": None, "last_high_lag": None}


def _newest_issue(tables: SnapshotTables, key: tuple[str, date, str], at: datetime, rules: SnapshotRules) -> Row | None:
    rows = [r for r in _known(tables.guidance, at) if (r["station"], r["day"], r["source"]) == key]
    newest = max(rows, key=lambda row: row["issued_at"], default=None)
    return newest if newest and at - newest["issued_at"] <= rules.guidance_max_age_hours * HOUR else None


def _bias(tables: SnapshotTables, city: City, source: str, day: date, at: datetime, rules: SnapshotRules) -> float:
    total, weights = 0.0, PRIOR_WEIGHT
    for lag in range(1, 40):
        past = day - timedelta(days=lag)
        begins = ClimateDay(past, city.standard_offset_hours).start
        forecast = _newest_issue(tables, (city.station, past, source), begins, rules)
        high = _high_of(tables, city, past, at, finals=True)
        if forecast is not None and high is not None:
            weight = 0.5 ** (lag / rules.bias_half_life_days)
            total += weight * (forecast["high"] - high)
            weights += weight
    return total / weights


def _guided(tables: SnapshotTables, city: City, day: date, at: datetime, rules: SnapshotRules) -> Row:
    sources = sorted(set(tables.guidance["source"]))
    issues = {source: _newest_issue(tables, (city.station, day, source), at, rules) for source in sources}
    said = {source: row for source, row in issues.items() if row is not None}
    raw = [row["high"] for row in said.values()]
    less = [row["high"] - _bias(tables, city, source, day, at, rules) for source, row in said.items()]
    return {
        "guidance": statistics.fmean(less) if less else None,
        "guidance_raw": statistics.fmean(raw) if raw else None,
        "guidance_n": len(raw),
        "guidance_spread": statistics.stdev(less) if len(less) > 1 else None,
        "guidance_age": min(((at - row["issued_at"]) / HOUR for row in said.values()), default=None),
    }


def _listed(known: list[Row], city: City, day: date) -> Row:
    mine = sorted(
        (r for r in known if (r["city"], r["day"]) == (city.key, day)), key=lambda r: (r["known_at"], r["ticker"])
    )
    low = [row["high"] + 1 for row in mine if row["low"] is None]
    high = [row["low"] - 1 for row in mine if row["high"] is None]
    return {
        "ladder_low": low[-1] if low else None,
        "ladder_high": high[-1] if high else None,
        "ladder_centre": (low[-1] + high[-1]) / 2 if low and high else None,
    }
