"""Law 1, of the command that asks it: `lookahead` finds whoever joins on another time than `known_at`, and where."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from unittest import mock

import polars as pl

from drybulb.adapters.archive.sessions import sessions
from drybulb.adapters.lake import Lake
from drybulb.adapters.registry import Registry
from drybulb.app import recorded_ladders
from drybulb.app.ingest import rules_of
from drybulb.app.lookahead import lookahead
from drybulb.domain.city import City
from drybulb.frames import snapshot
from drybulb.frames.snapshot import SnapshotRules, SnapshotTables
from drybulb.strategy.decision_clock import DecisionClock
from tests.unit.forecast.made import CONFIG, fitted, tables

CITY = "miami"
#: An event after all that the models know.
EVENT = date(2024, 8, 15)
#: Fitted when the module is read, before any defect is planted.
FITTED = fitted()

#: 17:30 UTC, when readings, guidance and quotes have been made that are not known yet.
CLOCK = DecisionClock.parse("DT12:30")

_snapshots, _quotes = snapshot.snapshots, recorded_ladders._quotes


def _lake(folder: Path) -> Lake:
    """A lake of one synthetic city, its models, and quotes known three quarters of an hour after they were made."""
    lake, made = Lake(folder), tables(CITY)
    recent = {"observations": pl.col("valid_at").dt.date(), "guidance": pl.col("day"), "official": pl.col("day")}
    for table, day in recent.items():
        lake.merge(table, made[table].filter(day > EVENT - timedelta(days=20)))
    lake.merge("markets", made["markets"])
    lake.merge("sessions", sessions(rules_of(CONFIG)))
    Registry(lake.path).save(FITTED.card.name, FITTED.to_json(), FITTED.card.until, FITTED.card.last_known_at)
    lake.merge("quotes", _late_quotes(made["markets"].filter(pl.col("day") == EVENT)))
    return lake


def _late_quotes(markets: pl.DataFrame) -> pl.DataFrame:
    opened = pl.datetime(EVENT.year, EVENT.month, EVENT.day, 15, time_zone="UTC")
    parts = [
        markets.select(
            *("ticker", "city", "day"),
            (opened + timedelta(minutes=15 * quarter)).alias("at"),
            pl.lit("poll").alias("source"),
            pl.lit(1000 + 100 * quarter, pl.Int32).alias("yes_bid"),
            pl.lit(1500 + 100 * quarter, pl.Int32).alias("yes_ask"),
            pl.lit(None, pl.Int64).alias("bid_size"),
            pl.lit(None, pl.Int64).alias("ask_size"),
            (opened + timedelta(minutes=15 * quarter + 45)).alias("known_at"),
            pl.lit("latency").alias("known_from"),
        )
        for quarter in range(20)
    ]
    return pl.concat(parts)


def _read_when_valid(
    requests: pl.DataFrame, cities: Mapping[str, City], known: SnapshotTables, rules: SnapshotRules
) -> pl.DataFrame:
    """A defect: a reading counts from when it was read, not from when it was known."""
    early = known.observations.with_columns(known_at="valid_at")
    return _snapshots(requests, cities, replace(known, observations=early), rules)


def _quoted_when_made(lake: Lake, key: str, start: date, end: date) -> pl.DataFrame:
    """A defect: a quote counts from when it was made."""
    columns = _quotes(lake, key, start, end).columns
    return lake.read("quotes", [key], start, end).with_columns(known_at="at").select(columns)


def _found(lake: Lake) -> dict[str, set[str]]:
    """The tables that the command names, with the parts of what is said that they change."""
    result = lookahead(lake, CONFIG, [CITY], EVENT, "S", [CLOCK])
    assert result.compared["snapshot"] > 50
    assert result.compared["decision"] > 10
    assert all(result.tables[table].later for table in ("observations", "guidance", "official", "quotes"))
    named: dict[str, set[str]] = {}
    for change in result.changes:
        named.setdefault(change.table, set()).add(change.difference.part)
    return named


def test_the_command_names_the_tables_that_are_joined_on_another_time() -> None:
    """Nothing is named where all is joined on `known_at`; where two tables are not, those are, and no other."""
    with tempfile.TemporaryDirectory() as folder:
        lake = _lake(Path(folder))
        assert _found(lake) == {}
        with (
            mock.patch("drybulb.app.forecaster.snapshots", _read_when_valid),
            mock.patch("drybulb.app.recorded_ladders._quotes", _quoted_when_made),
        ):
            named = _found(lake)
        assert named.keys() == {"observations", "quotes"}
        assert "snapshot" in named["observations"]
        assert named["quotes"] == {"decision"}
