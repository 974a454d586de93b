"""One snapshot made plainly: loops over rows, no joins, nothing shared with the code under test but its words."""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from drybulb.domain.city import City
from drybulb.domain.climateday import ClimateDay
from drybulb.frames.decay import PRIOR_WEIGHT
from drybulb.frames.reported import REPORT_LAG_HOURS
from drybulb.frames.reports import MIN_READINGS
from drybulb.frames.snapshot import READS, SnapshotRules, SnapshotTables
from drybulb.frames.trust import HALVING

Row = dict[str, Any]
Errors = dict[date, float]
HOUR = timedelta(hours=1)


@dataclass
class Rows:
    """The tables as rows."""

    observations: list[Row]
    guidance: list[Row]
    official: list[Row]
    markets: list[Row]

    @classmethod
    def of(cls, tables: SnapshotTables) -> Rows:
        """Read the tables once for many questions."""
        return cls(*(list(getattr(tables, name).iter_rows(named=True)) for name in READS))


def snapshot(city: City, day: date, at: datetime, tables: Rows, rules: SnapshotRules) -> Row:
    """Return the snapshot of one request as a dict of the features."""
    report = _report(_known(tables.official, at), city, day)
    return {
        **_observed(_known(tables.observations, at), city.station, city.standard_offset_hours, day, at, rules, report),
        "report_max": report["high"] if report else None,
        "report_max_at": report["known_at"] if report else None,
        **{
            f"neighbour_{name}": value
            for name, value in _observed(
                _known(tables.observations, at), city.neighbour, city.standard_offset_hours, day, at, rules, None
            ).items()
            if name != "reading_since_report"
        },
        "neighbour_bias": _neighbour_bias(tables, city, day, at, rules),
        **_guided(tables, city, day, at, rules),
        **_guided_day_before(tables, city, day, at, rules),
        **_last_high(tables, city, day, at),
        **_listed(_known(tables.markets, at), city, day, at, rules),
    }


def _known(rows: list[Row], at: datetime) -> list[Row]:
    return [row for row in rows if row["known_at"] <= at]


def floor_f(celsius: float) -> int:
    """Return the lowest whole °F a reading can mean, from the two definitions."""
    if celsius == int(celsius):
        return math.ceil(round(1.8 * (celsius - 0.5) + 32, 6))
    return math.floor(round(1.8 * celsius + 32.5, 6))


def _upper_f(celsius: float) -> int:
    """Return the highest whole °F a reading can mean, by trying."""
    if celsius == int(celsius):
        return max(f for f in range(-100, 200) if f < round(1.8 * (celsius + 0.5) + 32, 6))
    return floor_f(celsius)


def _best_f(celsius: float) -> float:
    return round(1.8 * celsius + 32, 6) if celsius == int(celsius) else float(floor_f(celsius))


@dataclass
class _Witness:
    high: int
    seen: datetime
    upper: int


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
    high = floor_f(row[column])
    return start, _Witness(high, row["valid_at"], high)


def _groups(rows: Iterable[Row], climate_day: ClimateDay) -> list[tuple[datetime, _Witness]]:
    found = (_group(row, column, climate_day) for row in rows for column in ("max_6h", "max_24h"))
    return [group for group in found if group is not None]


def _report(official: list[Row], city: City, day: date) -> Row | None:
    """Return the preliminary report of the day itself that stands: of each source the newest, of them the highest."""
    mine = [row for row in official if (row["station"], row["day"], row["is_final"]) == (city.station, day, False)]
    begins = ClimateDay(day, city.standard_offset_hours).start
    newest: dict[str, Row] = {}
    for row in sorted(mine, key=lambda row: (row["known_at"], row["version"], row["source"])):
        if row["known_at"] >= begins:
            newest[row["source"]] = row
    return max(newest.values(), key=lambda row: (row["high"], row["known_at"]), default=None)


def _readings(known: Iterable[Row], station: str | None) -> list[Row]:
    return [row for row in _newest_versions(known, station) if row["temp"] is not None]


def _so_far(
    known: list[Row], station: str | None, climate_day: ClimateDay, rules: SnapshotRules, report: Row | None = None
) -> Row:
    """Return the maximum so far of a climate day and what belongs to it."""
    mine = [
        row
        for row in _readings(known, station)
        if climate_day.contains(row["valid_at"])
        and (row["kind"] != "poll" or climate_day.contains(row["valid_at"] - rules.poll_lag_hours * HOUR))
    ]
    # A window once spoken for stays so, even if the group is corrected later.
    windows = _groups((row for row in known if row["station"] == station), climate_day)
    alone = [
        _Witness(floor_f(row["temp"]), row["valid_at"], _upper_f(row["temp"]))
        for row in mine
        if not any(start <= row["valid_at"] <= said.seen for start, said in windows)
    ]
    groups = [said for _, said in _groups(_newest_versions(known, station), climate_day)]
    since = alone
    if report:
        since = [reading for reading in alone if reading.seen > report["known_at"] - REPORT_LAG_HOURS * HOUR]
    of_report = [_Witness(report["high"], report["known_at"], report["high"])] if report else []
    everybody = alone + groups + of_report
    # The report speaks for the readings before it that do not stand above it.
    heard = [reading for reading in alone if not report or reading in since or reading.high > report["high"]]
    high = max((witness.high for witness in everybody), default=None)
    highest = max((reading.high for reading in alone), default=None)
    return {
        "group_max": max((group.high for group in groups), default=None),
        "reading_max": highest,
        "running_max": high,
        "running_max_at": min((w.seen for w in everybody if w.high == high), default=None),
        "running_max_upper": max((witness.upper for witness in heard + groups + of_report), default=None),
        "reading_since_report": max((reading.high for reading in since), default=None) if report else None,
        "n_readings": len(mine),
        "reading_max_seen": [reading.seen for reading in alone if reading.high == highest],
    }


def _observed(
    known: list[Row],
    station: str | None,
    offset: int,
    day: date,
    at: datetime,
    rules: SnapshotRules,
    report: Row | None,
) -> Row:
    climate_day = ClimateDay(day, offset)
    last, before, day_before = (
        _last(_readings((row for row in known if row["known_at"] <= then), station), offset, then, rules)
        for then in (at, at - 3 * HOUR, at - 24 * HOUR)
    )
    dewpoint = last["dewpoint"] if last else None
    so_far = _so_far(known, station, climate_day, rules, report)
    at_max = so_far.pop("reading_max_seen")
    then = min(at_max, default=at) - HOUR
    rising = _last(_readings((row for row in known if row["known_at"] <= then), station), offset, then, rules)
    return {
        **so_far,
        "n_at_max": len(at_max) or None,
        "max_span": (max(at_max) - min(at_max)) / HOUR if at_max else None,
        "rise_to_max": so_far["reading_max"] - _best_f(rising["temp"]) if at_max and rising else None,
        "previous_max": _so_far(known, station, climate_day.previous(), rules)["running_max"],
        "last_temp": _best_f(last["temp"]) if last else None,
        "last_temp_age": (at - last["valid_at"]) / HOUR if last else None,
        "temp_trend": _trend(last, before, lambda row: _best_f(row["temp"])),
        "temp_day_before": _best_f(day_before["temp"]) if day_before else None,
        "last_dewpoint": None if dewpoint is None else _best_f(dewpoint),
        **{
            f"last_{name}": last[name] if last else None
            for name in ("wind", "wind_dir", "ceiling", "cover", "pressure")
        },
        "pressure_trend": _trend(last, before, lambda row: row["pressure"]),
    }


def _trend(last: Row | None, before: Row | None, measured: Callable[[Row], float | None]) -> float | None:
    if last is None or before is None or last["valid_at"] - before["valid_at"] < HOUR:
        return None
    now, then = measured(last), measured(before)
    return None if now is None or then is None else (now - then) / ((last["valid_at"] - before["valid_at"]) / HOUR)


def _last(readings: list[Row], offset: int, at: datetime, rules: SnapshotRules) -> Row | None:
    today = ClimateDay.at(at, offset)
    reach = [row for row in readings if today.previous().start <= row["valid_at"] < today.end]
    last = max(reach, key=lambda row: (row["valid_at"], row["kind"]), default=None)
    return last if last and (at - last["valid_at"]) / HOUR <= rules.reading_max_age_hours else None


def _high_of(tables: Rows, city: City, day: date, at: datetime, *, finals: bool = False) -> int | None:
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


def _first_final(tables: Rows, city: City, day: date) -> datetime | None:
    """Return the instant from which the official high of a day is final."""
    end = ClimateDay(day, city.standard_offset_hours).end
    mine = (row for row in tables.official if (row["station"], row["day"]) == (city.station, day))
    return min((max(row["known_at"], end) for row in mine if row["is_final"]), default=None)


def _neighbour_bias(tables: Rows, city: City, day: date, at: datetime, rules: SnapshotRules) -> float | None:
    total, weights = 0.0, 0.0
    for lag in range(1, 40):
        past = day - timedelta(days=lag)
        then = _first_final(tables, city, past)
        if then is None or then > at:
            continue
        climate_day = ClimateDay(past, city.standard_offset_hours)
        shown = _so_far(_known(tables.observations, then), city.neighbour, climate_day, rules)
        high = _high_of(tables, city, past, at, finals=True)
        if shown["n_readings"] >= MIN_READINGS and high is not None:
            weight = 0.5 ** (lag / rules.neighbour_half_life_days)
            total += weight * (shown["running_max"] - high)
            weights += weight
    return total / (weights + PRIOR_WEIGHT) if weights else None


def _last_high(tables: Rows, city: City, day: date, at: datetime) -> Row:
    for lag in range(1, 40):
        high = _high_of(tables, city, day - timedelta(days=lag), at)
        if high is not None:
            return {"last_high": high, "last_high_lag": lag}
    return {"last_high": None, "last_high_lag": None}


def _newest_issue(tables: Rows, key: tuple[str, date, str], at: datetime, rules: SnapshotRules) -> Row | None:
    rows = [r for r in _known(tables.guidance, at) if (r["station"], r["day"], r["source"]) == key]
    newest = max(rows, key=lambda row: row["issued_at"], default=None)
    return newest if newest and at - newest["issued_at"] <= rules.guidance_max_age_hours * HOUR else None


def _errors(tables: Rows, city: City, source: str, day: date, at: datetime, rules: SnapshotRules) -> Errors:
    """Return the errors of a source known at `at`, of days before `day`."""
    found = {}
    for past in sorted({row["day"] for row in tables.official}):
        if past >= day:
            break
        begins = ClimateDay(past, city.standard_offset_hours).start
        forecast = _newest_issue(tables, (city.station, past, source), begins, rules)
        high = _high_of(tables, city, past, at, finals=True)
        if forecast is not None and high is not None:
            found[past] = forecast["high"] - high
    return found


def _decayed(errors: Errors, day: date, half_life: float) -> float:
    weights = {past: 0.5 ** ((day - past).days / half_life) for past in errors}
    total = math.fsum(weights[past] * error for past, error in errors.items())
    return total / (math.fsum(weights.values()) + PRIOR_WEIGHT)


def _bias(
    tables: Rows, city: City, source: str, day: date, at: datetime, rules: SnapshotRules
) -> tuple[float, float | None]:
    """Return the bias of a source and its half-life: every candidate weighed by what it would have left."""
    errors = _errors(tables, city, source, day, at, rules)
    if not errors:
        return 0.0, None
    left = dict.fromkeys(rules.bias_half_lives_days, 0.0)
    for past, error in errors.items():
        begins = ClimateDay(past, city.standard_offset_hours).start
        known = _errors(tables, city, source, past, begins, rules)
        for half_life in left:
            left[half_life] += (error - _decayed(known, past, half_life)) ** 2
    trust = {half_life: 0.5 ** ((squares - min(left.values())) / HALVING) for half_life, squares in left.items()}
    total = sum(trust.values())
    bias = sum(trusted * _decayed(errors, day, half_life) for half_life, trusted in trust.items()) / total
    return bias, math.prod(half_life ** (trusted / total) for half_life, trusted in trust.items())


def _width(percentiles: list[Row] | None) -> float | None:
    """Return the deviation between the tenth and the ninetieth percentile, which lie on straight lines."""
    if percentiles is None or percentiles[0]["level"] > 10 or percentiles[-1]["level"] < 90:
        return None
    levels, highs = [point["level"] for point in percentiles], [point["high"] for point in percentiles]
    tenth, ninetieth = np.interp([10.0, 90.0], levels, highs)
    return float(ninetieth - tenth) / 2.563


def _on_curve(points: list[Row], at: datetime) -> list[float]:
    """Return the value of a curve at an instant, nothing outside of it."""
    if not points or not points[0]["at"] <= at <= points[-1]["at"]:
        return []
    times = [(point["at"] - points[0]["at"]) / HOUR for point in points]
    return [float(np.interp((at - points[0]["at"]) / HOUR, times, [point["temp"] for point in points]))]


def _guided(tables: Rows, city: City, day: date, at: datetime, rules: SnapshotRules) -> Row:
    sources = sorted({row["source"] for row in tables.guidance})
    issues = {source: _newest_issue(tables, (city.station, day, source), at, rules) for source in sources}
    said = {source: row for source, row in issues.items() if row is not None}
    raw = [row["high"] for row in said.values()]
    biases = {source: _bias(tables, city, source, day, at, rules) for source in said}
    less = [row["high"] - biases[source][0] for source, row in said.items()]
    widths = [width for row in said.values() if (width := _width(row["percentiles"])) is not None]
    begins = ClimateDay(day, city.standard_offset_hours).start
    last = _last(_readings(_known(tables.observations, at), city.station), city.standard_offset_hours, at, rules)
    rest, now = [], []
    for source, row in said.items():
        start, points = max(at, begins), row["curve"] or []
        to_come = [point["temp"] for point in points if start < point["at"] < begins + timedelta(days=1)]
        here = [value - biases[source][0] for value in _on_curve(points, start)]
        lasts = bool(points) and points[-1]["at"] >= begins + timedelta(hours=18)
        rest += [max([*(temp - biases[source][0] for temp in to_come), *here])] if lasts and (to_come or here) else []
        now += [value - biases[source][0] for value in (_on_curve(points, last["valid_at"]) if last else [])]
    return {
        "guidance": statistics.fmean(less) if less else None,
        "guidance_raw": statistics.fmean(raw) if raw else None,
        "guidance_n": len(raw),
        "guidance_spread": statistics.stdev(less) if len(less) > 1 else None,
        "guidance_age": min(((at - row["issued_at"]) / HOUR for row in said.values()), default=None),
        "guidance_width": statistics.fmean(widths) if widths else None,
        "curve_rest": statistics.fmean(rest) if rest else None,
        "curve_now": statistics.fmean(now) if now else None,
        "guidance_by": [
            {
                "source": source,
                "high": row["high"] - biases[source][0],
                "bias": biases[source][0],
                "half_life": biases[source][1],
                "age": (at - row["issued_at"]) / HOUR,
            }
            for source, row in said.items()
        ],
    }


def _guided_day_before(tables: Rows, city: City, day: date, at: datetime, rules: SnapshotRules) -> Row:
    is_today = at >= ClimateDay(day, city.standard_offset_hours).start
    before = _guided(tables, city, day - timedelta(days=1), at, rules)["guidance"]
    return {"guidance_day_before": None if is_today else before}


def _listed(known: list[Row], city: City, day: date, at: datetime, rules: SnapshotRules) -> Row:
    mine = sorted(
        (r for r in known if (r["city"], r["day"]) == (city.key, day)), key=lambda r: (r["known_at"], r["ticker"])
    )
    low = [row["high"] + 1 for row in mine if row["low"] is None]
    high = [row["low"] - 1 for row in mine if row["high"] is None]
    zone = ZoneInfo(rules.market.zone)
    usual_open = datetime.combine(day - timedelta(days=1), rules.market.open_time, zone)
    usual_close = datetime.combine(day, rules.market.close_time, zone)
    if day >= rules.market.midnight_close_from:
        usual_close = ClimateDay(day, city.standard_offset_hours).end
    open_at = min((row["open_at"] for row in mine if row["open_at"]), default=usual_open)
    close_at = max((row["close_at"] for row in mine if row["close_at"]), default=usual_close)
    return {
        "ladder_low": low[-1] if low else None,
        "ladder_high": high[-1] if high else None,
        "ladder_centre": (low[-1] + high[-1]) / 2 if low and high else None,
        "since_open": (at - open_at) / HOUR,
        "to_close": (close_at - at) / HOUR,
    }
