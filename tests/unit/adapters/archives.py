"""A small archive, made by hand: eight files in order, which a test then spoils in one place."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl

from drybulb.adapters.archive import read_archive
from drybulb.adapters.archive.findings import Findings
from drybulb.adapters.lake import Lake
from drybulb.app.config import Config, load
from drybulb.app.ingest import ImportResult, import_archive, rules_of
from drybulb.frames.schema import TABLES, empty

Frames = dict[str, pl.DataFrame]
INSTANT = pl.Datetime("us", "UTC")

MARKETS = "kalshi_markets"
TRADES = "kalshi_trades"
DAILY = "kalshi_daily_quotes"
POLLS = "kalshi_quote_polls"
BOOKS = "kalshi_order_books"
OFFICIAL = "official_daily_high"
GUIDANCE = "forecast_daily_high"
OBSERVATIONS = "station_observations"

Leg = tuple[str, str, float | None, float | None, str]
"""Suffix of the ticker, strike type, floor, cap, result."""

WARM: list[Leg] = [
    ("T40", "less", None, 40.0, "no"),
    ("B40.5", "between", 40.0, 41.0, "yes"),
    ("B42.5", "between", 42.0, 43.0, "no"),
    ("T43", "greater", 43.0, None, "no"),
]
COLD: list[Leg] = [
    ("T-4", "less", None, -4.0, "no"),
    ("B-3.5", "between", -4.0, -3.0, "no"),
    ("T-3", "greater", -3.0, None, "yes"),
]


def utc(text: str) -> datetime:
    """An instant from ``2024-11-20T15:00``."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def _frame(rows: list[dict[str, Any]], **types: Any) -> pl.DataFrame:
    return pl.DataFrame(rows, schema_overrides=types, infer_schema_length=None)


def listing(
    event: str, city: str, day: date, legs: list[Leg], times: tuple[str, str] | None, value: float | None
) -> list[dict[str, Any]]:
    """Rows of kalshi_markets for one event."""
    return [
        {
            "ticker": f"{event}-{suffix}",
            "event_ticker": event,
            "city": city,
            "event_date": day,
            "strike_type": strike_type,
            "floor_strike": floor,
            "cap_strike": cap,
            "open_time": utc(times[0]) if times else None,
            "close_time": utc(times[1]) if times else None,
            "status": "finalized" if times else None,
            "result": result,
            "expiration_value": value,
            "volume": 100,
            "source": "kalshi-rest-events" if times else "listing",
        }
        for suffix, strike_type, floor, cap, result in legs
    ]


def markets() -> pl.DataFrame:
    """Two events of Chicago with their hours, one of Philadelphia without."""
    hours = ("2024-11-19T15:00", "2024-11-21T04:59")
    rows = listing("KXHIGHCHI-24NOV20", "CHI", date(2024, 11, 20), WARM, hours, 41.0)
    hours = ("2024-11-20T15:00", "2024-11-22T04:59")
    rows += listing("KXHIGHCHI-24NOV21", "CHI", date(2024, 11, 21), WARM, hours, 40.0)
    rows += listing("KXHIGHPHIL-24DEC01", "PHIL", date(2024, 12, 1), WARM, None, None)
    return _frame(rows, floor_strike=pl.Float64, cap_strike=pl.Float64, open_time=INSTANT, close_time=INSTANT)


def daily() -> pl.DataFrame:
    """One event of old Chicago below zero that only the daily quotes list, and Philadelphia's."""
    rows = []
    for event, city, day, legs, at in (
        ("HIGHCHI-24JAN16", "CHI", date(2024, 1, 16), COLD, "2024-01-16T05:00"),
        ("KXHIGHPHIL-24DEC01", "PHIL", date(2024, 12, 1), WARM, "2024-12-01T05:00"),
    ):
        for number, (suffix, strike_type, floor, cap, result) in enumerate(legs):
            rows.append(
                {
                    "ticker": f"{event}-{suffix}",
                    "event_ticker": event,
                    "city": city,
                    "event_date": day,
                    "strike_type": strike_type,
                    "yes_bid": [0.0, 55.0, 3.0, 20.0][number],
                    "yes_ask": [2.0, 58.0, 100.0, 24.0][number],
                    "volume": 10.0,
                    "open_interest": 20.0,
                    "quoted_at": utc(at),
                    "result": result,
                    "floor_strike": floor,
                    "cap_strike": cap,
                }
            )
    return _frame(rows, floor_strike=pl.Float64, cap_strike=pl.Float64)


def polls() -> pl.DataFrame:
    """April's wording for Austin with a close; July's for Los Angeles without."""
    rows = []
    question = "Will the high temp in Austin be {} on Apr 7, 2026?"
    for suffix, said, bid, ask in (
        ("T73", "<73°", 0.0, 1.0),
        ("B73.5", "73-74°", 88.0, 89.0),
        ("T74", ">74°", 9.0, 12.0),
    ):
        ticker = f"KXHIGHAUS-26APR07-{suffix}"
        times = ("2026-04-07T15:00", "2026-04-07T16:02")
        rows += [_poll(ticker, "AUS", question.format(said), bid, ask, at) for at in times]
    for event in ("KXHIGHLAX-26JUL15", "KXHIGHLAX-26JUL16"):
        for suffix, said, bid, ask in (
            ("T74", "73° or below", 1.0, 3.0),
            ("B74.5", "74° to 75°", 60.0, 66.0),
            ("T75", "76° or above", 99.0, 100.0),
        ):
            rows.append(_poll(f"{event}-{suffix}", "LAX", said, bid, ask, "2026-07-15T20:00"))
    close = pl.when(pl.col("city") == "AUS").then(pl.lit(utc("2026-04-08T05:59"), dtype=INSTANT))
    return _frame(rows).with_columns(close_time=close)


def _poll(ticker: str, city: str, title: str, bid: float, ask: float, at: str) -> dict[str, Any]:
    day = datetime.strptime(ticker.split("-")[1].title(), "%y%b%d").replace(tzinfo=UTC).date()
    return {
        "quoted_at": utc(at),
        "ticker": ticker,
        "city": city,
        "title": title,
        "yes_bid": bid,
        "yes_ask": ask,
        "source": "rest-poll",
        "event_date": day,
    }


def books() -> pl.DataFrame:
    """One capture of the three markets of Los Angeles on 15 July, with their close."""
    sides: list[tuple[str, str, int | None, int | None, list[list[float]], list[list[float]]]] = [
        ("T74", "less", None, 74, [[0.02, 10.5], [0.01, 100.0]], [[0.97, 3.25]]),
        ("B74.5", "between", 74, 75, [], [[0.9, 7.0], [0.5, 1.0]]),
        ("T75", "greater", 75, None, [[0.4, 2.0]], []),
    ]
    rows = [
        {
            "captured_at": utc("2026-07-15T21:30"),
            "ticker": f"KXHIGHLAX-26JUL15-{suffix}",
            "city": "LAX",
            "strike_type": strike_type,
            "floor_strike": floor,
            "cap_strike": cap,
            "close_time": utc("2026-07-16T07:59"),
            "yes_bids": yes_bids,
            "no_bids": no_bids,
            "event_date": date(2026, 7, 15),
        }
        for suffix, strike_type, floor, cap, yes_bids, no_bids in sides
    ]
    levels = pl.List(pl.List(pl.Float64))
    return _frame(rows, floor_strike=pl.Int64, cap_strike=pl.Int64, yes_bids=levels, no_bids=levels)


def trade(number: int, ticker: str, at: str, price: int = 41, count: int = 3) -> dict[str, Any]:
    """One row of kalshi_trades; its city and day are those of the ticker."""
    series, day, *_ = ticker.split("-")
    return {
        "trade_id": f"t{number:03}",
        "ticker": ticker,
        "city": series.removeprefix("KX").removeprefix("HIGH"),
        "event_date": datetime.strptime(day.title(), "%y%b%d").replace(tzinfo=UTC).date(),
        "created_time": utc(at),
        "yes_price": price,
        "count": count,
        "taker_side": "yes" if number % 2 else "no",
    }


def trades() -> pl.DataFrame:
    """Prints of the listed days of Chicago, and of the old day below zero."""
    rows = [
        trade(1, "KXHIGHCHI-24NOV20-B40.5", "2024-11-19T15:30"),
        trade(2, "KXHIGHCHI-24NOV20-B40.5", "2024-11-20T18:00", price=99),
        trade(3, "KXHIGHCHI-24NOV20-T40", "2024-11-20T18:00", price=1, count=1000),
        trade(4, "KXHIGHCHI-24NOV21-T43", "2024-11-21T14:00"),
        trade(5, "HIGHCHI-24JAN16-B-3.5", "2024-01-16T14:00"),
    ]
    return _frame(rows, yes_price=pl.Int16, count=pl.Int32)


def official() -> pl.DataFrame:
    """Highs of Chicago (Midway) and Philadelphia."""
    rows = [("KMDW", date(2024, 11, 20), 41), ("KMDW", date(2024, 11, 21), 40), ("KPHL", date(2024, 12, 1), 41)]
    return pl.DataFrame(rows, schema=["station", "date", "tmax_f"], orient="row").with_columns(source=pl.lit("ghcn"))


def guidance() -> pl.DataFrame:
    """One row of each kind of stamp, all for Chicago or its neighbour on 21 November 2024."""
    rows = [
        ("KORD", "2024-11-20T12:00", "mos:gfs-run", "model_run_time"),
        ("KMDW", "2024-11-20T12:00", "mos:gfs", "asof_12Z_day_before"),
        ("KMDW", "2024-11-20T11:30", "nws:gridpoint", "capture_time"),
        ("KMDW", "2024-11-20T09:00", "nws:point", "capture_approx_08-09Z"),
        ("KMDW", "2024-11-21T04:00", "open-meteo", "safe_upper_bound_known_from"),
        ("KMDW", "2024-11-20T13:00", "nws:point-log", "capture_time_tz_uncertain"),
    ]
    return _frame(
        [
            {
                "station": station,
                "target_date": date(2024, 11, 21),
                "issued_utc": utc(at),
                "source": source,
                "lead_days": 1,
                "high_f": 41.5,
                "issue_kind": kind,
            }
            for station, at, source, kind in rows
        ]
    )


def observations() -> pl.DataFrame:
    """A METAR of Miami with its 6-hour maximum, a SPECI of O'Hare, an hourly of Denver, a poll of Los Angeles."""
    rows: list[dict[str, Any]] = [
        {"station": "KMIA", "valid_at": utc("2024-11-20T17:53"), "temp_c": 25.0, "max_6h_c": 26.7, "report": "METAR"},
        {"station": "KMIA", "valid_at": utc("2024-11-20T23:53"), "temp_c": None, "max_6h_c": 27.2, "report": "METAR"},
        {"station": "KORD", "valid_at": utc("2024-11-20T12:10"), "temp_c": 3.3, "report": "SPECI"},
        {"station": "KDEN", "valid_at": utc("2015-06-01T18:53"), "temp_c": 21.67, "source": "lcd-hourly-whole-F"},
        {"station": "KLAX", "polled_at": utc("2026-07-15T20:00"), "temp_c": 23.0, "source": "nws-latest-poll"},
    ]
    empty = ("dewpoint_c", "wind_dir_deg", "wind_ms", "slp_hpa", "ceiling_m", "visibility_m", "max_6h_c", "max_24h_c")
    defaults = dict.fromkeys(("valid_at", "polled_at", "temp_c", *empty, "raw", "report"))
    types = dict.fromkeys(empty, pl.Float64)
    return _frame(
        [{**defaults, "source": "metar", **row} for row in rows],
        **types,
        valid_at=INSTANT,
        polled_at=INSTANT,
        raw=pl.String,
    )


def small_archive() -> Frames:
    """All eight files; nothing in them is refused."""
    return {
        MARKETS: markets(),
        TRADES: trades(),
        DAILY: daily(),
        POLLS: polls(),
        BOOKS: books(),
        OFFICIAL: official(),
        GUIDANCE: guidance(),
        OBSERVATIONS: observations(),
    }


def write(folder: Path, frames: Frames) -> Path:
    """Write the files of an archive."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, frame in frames.items():
        frame.write_parquet(folder / f"{name}.parquet")
    return folder


@cache
def config() -> Config:
    """The packaged settings, with the exchange's hours from 2024 on only: years of sessions would slow every test."""
    packaged = load()
    first, *later = packaged.sessions
    return packaged.model_copy(
        update={"sessions": (first.model_copy(update={"starts": date(2024, 1, 1)}), *later)},
    )


def read(frames: Frames) -> tuple[dict[str, pl.DataFrame], Findings]:
    """The tables of an archive, sorted by key and not yet in a lake, and what became of its rows."""
    rules = rules_of(config())
    findings = Findings(rules.stations)
    tables: dict[str, pl.DataFrame] = {}
    with tempfile.TemporaryDirectory() as scratch:
        for part in read_archive(write(Path(scratch), frames), rules, findings):
            before = tables.get(part.table, empty(part.table))
            both = pl.concat([before, part.frame.select(before.columns)])
            tables[part.table] = both.sort(TABLES[part.table].primary_key())
    return tables, findings


@cache
def sound() -> tuple[dict[str, pl.DataFrame], Findings]:
    """The small archive, read."""
    return read(small_archive())


@contextmanager
def imported(frames: Frames) -> Iterator[tuple[Lake, ImportResult]]:
    """The lake and the result of importing an archive."""
    with tempfile.TemporaryDirectory() as scratch:
        lake = Lake(Path(scratch) / "lake")
        yield lake, import_archive(write(Path(scratch) / "archive", frames), lake, config())


def plus(name: str, rows: list[dict[str, Any]]) -> Frames:
    """The small archive with rows added to one file; what a row leaves out is null."""
    frames = small_archive()
    return frames | {name: pl.concat([frames[name], pl.DataFrame(rows, schema=frames[name].schema)])}


def spoiled(name: str, **columns: pl.Expr | pl.Series) -> Frames:
    """The small archive with some columns of one file replaced."""
    frames = small_archive()
    return frames | {name: frames[name].with_columns(**columns)}


def refusals(result: ImportResult | Findings) -> set[tuple[str, str, str, int]]:
    """File (without its ending), city, reason and count of every refusal."""
    return {(r.file.removesuffix(".parquet"), r.city, r.reason, r.count) for r in result.refusals}
