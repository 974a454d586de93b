"""The recorded archive, as a user imports it: every trap is a refusal, a latency, a session or a label."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from drybulb.adapters.archive import FILES, read_archive
from drybulb.adapters.archive.findings import Findings
from drybulb.adapters.archive.rules import climate_day_end
from drybulb.adapters.lake import Lake
from drybulb.app.config import load
from drybulb.app.ingest import import_archive, rules_of
from drybulb.frames.schema import empty

WINDOW = date(2024, 11, 1)
"""First day of the part that is imported into a lake; reading covers the whole."""

DAYS = {
    "official_daily_high.parquet": pl.col("date"),
    "forecast_daily_high.parquet": pl.col("target_date"),
    "station_observations.parquet": pl.col("obs_date"),
}


@dataclass(frozen=True)
class Reading:
    """The whole archive, read."""

    tables: dict[str, pl.DataFrame]
    findings: Findings

    def count(self, file: str, reason: str) -> dict[str, tuple[int, int]]:
        """Count and total by city of what was refused of a file for a reason."""
        found = self.findings.refusals
        return {r.city: (r.count, r.of) for r in found if r.file == f"{file}.parquet" and r.reason == reason}

    def noted(self, file: str, what: str) -> dict[str, int]:
        """Count by city of what was noted of a file."""
        return {n.city: n.count for n in self.findings.notes if n.file == f"{file}.parquet" and n.what == what}


@pytest.fixture(scope="module")
def reading(archive: Path) -> Reading:
    """The whole archive read into tables, without a lake."""
    rules = rules_of(load())
    findings = Findings(rules.stations)
    tables: dict[str, pl.DataFrame] = {}
    for part in read_archive(archive, rules, findings):
        before = tables.get(part.table, empty(part.table))
        tables[part.table] = pl.concat([before, part.frame.select(before.columns)])
    return Reading(tables, findings)


@pytest.fixture(scope="module")
def recent(archive: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A copy of the archive from November 2024 on."""
    folder = tmp_path_factory.mktemp("recent")
    for name in FILES:
        rows = pl.read_parquet(archive / name)
        rows.filter(
            DAYS.get(name, pl.col("event_date" if "event_date" in rows.columns else "obs_date")) >= WINDOW
        ).write_parquet(folder / name)
    yield folder
    for name in FILES:
        (folder / name).unlink()


def test_incomplete_ladders_are_refused_to_the_event(reading: Reading) -> None:
    """Events whose ladder does not tile are refused: 240 of 930, 237 of 789 and 36 of 237 quoted, 25 of 238 listed."""
    assert reading.count("kalshi_daily_quotes", "ladder does not tile") == {
        "chicago": (240, 930),
        "austin": (237, 789),
        "philadelphia": (36, 237),
    }
    assert reading.count("kalshi_markets", "ladder does not tile") == {"philadelphia": (25, 238)}


def test_prints_without_strikes_are_refused(reading: Reading) -> None:
    """Prints of markets that no file lists are refused with their count, those of refused events apart."""
    strikes = reading.count("kalshi_trades", "strikes are nowhere")
    assert {city: count for city, (count, _) in strikes.items()} == {"miami": 24_378, "chicago": 369}
    event = reading.count("kalshi_trades", "its event was refused")
    assert {city: count for city, (count, _) in event.items()} == {"chicago": 8_002}
    assert reading.tables["prints"].height == 788_043 - 24_378 - 369 - 8_002


def test_nothing_else_of_the_exchange_is_refused(reading: Reading) -> None:
    """Of listings, quotes, polls, books and prints nothing else is refused: the tape agrees with the packaged hours."""
    reasons = {r.reason for r in reading.findings.refusals if r.file.startswith("kalshi_")}
    assert reasons == {"ladder does not tile", "strikes are nowhere", "its event was refused"}


def test_refusals_of_weather(reading: Reading) -> None:
    """Forecasts issued after their day, reports without a temperature and misread 6-hour groups are refused."""
    late = reading.count("forecast_daily_high", "issued after the day")
    assert sum(count for count, _ in late.values()) == 165
    silent = reading.count("station_observations", "no temperature")
    assert sum(count for count, _ in silent.values()) == 64
    misread = reading.count("station_observations", "6-hour maximum outside its hours")
    assert {city: count for city, (count, _) in misread.items()} == {"KORD": 1, "miami": 1}
    weather = {r.reason for r in reading.findings.refusals if not r.file.startswith("kalshi_")}
    assert weather == {"issued after the day", "no temperature", "6-hour maximum outside its hours"}


def test_every_row_is_accounted_for(archive: Path, reading: Reading) -> None:
    """For every file, rows answered and rows refused add up to the rows of the file."""
    ledger = reading.tables["ingest_ledger"].filter(pl.col("reason") == "")
    for name in FILES:
        rows = pl.scan_parquet(archive / name).select(pl.len()).collect().item()
        mine = ledger.filter(pl.col("source").str.starts_with(name))
        assert int(mine["asked"].sum()) == rows == int(mine["answered"].sum()) + int(mine["refused"].sum()), name


def test_asynchronous_ladders_are_noted(reading: Reading) -> None:
    """Events whose legs were quoted at different hours are kept and counted: 585 in Chicago."""
    noted = reading.noted("kalshi_daily_quotes", "event has legs quoted at different times")
    assert noted == {"chicago": 585, "austin": 422, "philadelphia": 68}


def test_settlements_that_differ_from_the_record_are_noted(reading: Reading) -> None:
    """The three days on which Miami settled at another value than the record are named."""
    noted = reading.noted("official_daily_high", "settled value is not the official high")
    assert noted == {"miami": 3}


def test_quotes_belong_to_whole_events(reading: Reading) -> None:
    """Every quote, book and print is of a market of a whole event, and lies between its open and its close."""
    life = reading.tables["markets"].select("ticker", "open_at", "close_at")
    for table in ("quotes", "books", "prints"):
        rows = reading.tables[table]
        joined = rows.join(life, on="ticker")
        assert joined.height == rows.height, table
        assert joined.filter((pl.col("at") < pl.col("open_at")) | (pl.col("at") > pl.col("close_at"))).is_empty(), table
    quotes = reading.tables["quotes"]
    assert set(quotes.group_by("source").len().iter_rows()) == {("daily", 8_655), ("poll", 37_908), ("book", 2_070)}


def test_polls_are_whole_events_of_all_six_cities(reading: Reading) -> None:
    """Strikes from titles give 60 or 61 whole events in every city, each with a close."""
    polled = reading.tables["markets"].filter(pl.col("source") == "poll")
    events = dict(polled.group_by("city").agg(pl.col("event").n_unique()).iter_rows())
    assert events == {"denver": 60} | dict.fromkeys(["chicago", "austin", "los_angeles", "miami", "philadelphia"], 61)
    assert polled["close_at"].null_count() == 0


def test_nothing_is_known_before_its_time(reading: Reading) -> None:
    """No high, settlement or forecast is known before it could be: highs and payouts after the climate day's end."""
    rules = rules_of(load())
    ends = {"official": ("station", rules.offsets), "settlements": ("city", rules.city_offsets)}
    for table, (column, offsets) in ends.items():
        offset = pl.col(column).replace_strict(offsets, return_dtype=pl.Int64)
        early = reading.tables[table].filter(pl.col("known_at") <= climate_day_end(pl.col("day"), offset))
        assert early.is_empty(), table
    guidance = reading.tables["guidance"]
    assert guidance.filter(pl.col("known_at") < pl.col("issued_at")).is_empty()
    runs = guidance.filter(pl.col("source").str.starts_with("mos:"))
    assert (runs["known_at"] - runs["issued_at"]).dt.total_hours().unique().to_list() == [5]
    polls = reading.tables["observations"].filter(pl.col("kind") == "poll")
    assert (polls["known_at"] == polls["valid_at"]).all()
    assert set(polls["known_from"]) == {"received"}


def test_ohare_stays_ohare(reading: Reading) -> None:
    """Readings and forecasts of O'Hare are under KORD; Chicago's own station has only the polls of 2026."""
    kinds = dict(reading.tables["observations"].group_by("station").agg(pl.col("kind").unique().sort()).iter_rows())
    assert kinds["KMDW"] == ["poll"]
    assert kinds["KORD"] == ["metar", "speci"]
    assert reading.tables["guidance"].filter(pl.col("station") == "KORD").height == 15_738


def test_maximum_groups_reach_the_official_high(reading: Reading) -> None:
    """At Miami readings alone find the high on a third of days, with the 6-hour groups on nearly all."""
    local = pl.col("valid_at") - pl.duration(hours=5)
    rows = reading.tables["observations"].filter((pl.col("station") == "KMIA") & (pl.col("kind") != "poll"))
    # A group of 23:53 covers the six hours before it; one just after midnight is of the day before.
    daily = rows.group_by((local - pl.duration(minutes=30)).dt.date().alias("day")).agg(
        pl.col("temp").max(), pl.col("max_6h").max()
    )
    official = reading.tables["official"].filter(pl.col("station") == "KMIA").select("day", "high")
    both = daily.join(official, on="day").drop_nulls()
    in_fahrenheit = [
        (pl.max_horizontal(c) * 1.8 + 32).round() == pl.col("high") for c in (["temp"], ["temp", "max_6h"])
    ]
    alone, grouped = both.select(
        pl.mean_horizontal(e.cast(pl.Float64)).mean().alias(str(n)) for n, e in enumerate(in_fahrenheit)
    ).row(0)
    assert alone < 0.32
    assert grouped > 0.95


def test_an_import_into_a_lake_twice(recent: Path, tmp_path: Path) -> None:
    """Importing fills the lake and says what each model could use; importing again adds nothing."""
    lake = Lake(tmp_path / "lake")
    first = import_archive(recent, lake, load())
    assert all(merged.added == merged.read for merged in first.tables.values())
    again = import_archive(recent, lake, load())
    assert all(merged.unchanged == merged.read for merged in again.tables.values())
    assert again.refusals == first.refusals
    # All 60 events of Los Angeles that have an official high; none has a result of its own.
    angeles = first.usable["los_angeles"]
    assert (angeles.labelled_events, angeles.settled_events, angeles.quoted_events) == (60, 0, 60)
    miami = first.usable["miami"]
    assert (miami.settled_events, miami.city_model) == (120, 120)
    assert first.usable["chicago"].city_model == 0
    assert first.usable["chicago"].city_model_by_neighbour == 120
