"""Law 14: a snapshot made from rows as they came equals the one a batch makes of all of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from datetime import datetime, timedelta
from operator import itemgetter
from random import Random
from typing import Any

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from drybulb.frames.live import Watch
from drybulb.frames.snapshot import SnapshotRules, SnapshotTables, snapshots
from tests.laws.records import CITIES, WEEK, asked_at, drawn_requests, drawn_tables, utc, week

#: One row of a table: the table's name, and the row as a frame.
_Row = tuple[str, pl.DataFrame]

_KEYS = {
    "observations": ("station", "valid_at", "kind", "known_at"),
    "guidance": ("station", "day", "source", "issued_at"),
    "official": ("station", "day", "source", "version"),
    "markets": ("ticker",),
}

#: Eras of four days, of which one begins within the week; and others of the rules moved.
_SHORT = SnapshotRules(
    bias_half_lives_days=(0.01, 0.02),
    neighbour_half_life_days=0.01,
    guidance_max_age_hours=30.5,
    poll_lag_hours=0.75,
    reading_max_age_hours=2.25,
)
_SINGLE = SnapshotRules(bias_half_lives_days=(3.0,), neighbour_half_life_days=3.0)


def _rows(tables: SnapshotTables) -> list[_Row]:
    """Every row on its own, in the order in which they became known."""
    named = [(field.name, getattr(tables, field.name)) for field in fields(tables)]
    rows = [(name, frame.slice(n, 1)) for name, frame in named for n in range(frame.height)]
    return sorted(rows, key=lambda row: row[1]["known_at"][0])


def _together(rows: list[_Row], like: SnapshotTables) -> SnapshotTables:
    """The tables of some rows, in their order."""
    frames = {
        field.name: pl.concat([getattr(like, field.name).clear(), *(row for name, row in rows if name == field.name)])
        for field in fields(like)
    }
    return SnapshotTables(**frames)


def _compare(
    watches: dict[str, Watch], asked: pl.DataFrame, tables: SnapshotTables, rules: SnapshotRules | None = None
) -> None:
    """Compare what the watches say with what a batch makes of the tables, cell by cell and bit by bit."""
    batch = snapshots(asked, CITIES, tables, rules)
    for city, watch in watches.items():
        mine = batch.filter(pl.col("city") == city)
        found = watch.snapshots(mine.select("day", "at").iter_rows())
        assert_frame_equal(found, mine, check_exact=True)


def _watches(rules: SnapshotRules | None = None) -> dict[str, Watch]:
    return {key: Watch(city, rules) for key, city in CITIES.items()}


def _through_the_week() -> pl.DataFrame:
    """Requests about all days of the week, every few hours and at odd minutes."""
    return pl.concat([asked_at(utc(WEEK, hours / 7)) for hours in range(40, 7 * 160, 37)])


def _shaken(seed: int) -> SnapshotTables:
    """A week whose record is in disorder: late rows, polls, whole degrees, lost values, corrections of all kinds."""
    draw = Random(seed)  # noqa: S311 - a seeded record, not a secret
    record = week()
    shaken: dict[str, pl.DataFrame] = {}
    for name, key in _KEYS.items():
        frame = getattr(record, name)
        rows = {itemgetter(*key)(row): row for row in _disturbed(list(frame.iter_rows(named=True)), name, draw)}
        shaken[name] = pl.DataFrame(list(rows.values()), schema=frame.schema)
    return SnapshotTables(**shaken)


def _disturbed(rows: list[dict[str, Any]], table: str, draw: Random) -> Iterator[dict[str, Any]]:
    for row in rows:
        late = timedelta(hours=draw.choice([0, 0, 0, 0.3, 3, 11, 26, 50]))
        yield {**row, "known_at": row["known_at"] + late}
        if draw.random() < 0.2:
            corrected = {**row, "known_at": row["known_at"] + late + timedelta(hours=draw.choice([1, 7, 30]))}
            yield {**corrected, **_correction(corrected, table, draw)}


def _correction(row: dict[str, Any], table: str, draw: Random) -> dict[str, Any]:
    """What a correction of a row says otherwise."""
    changed: dict[str, Any]
    match table:
        case "observations":
            changed = {"temp": round(draw.uniform(15, 30), draw.choice([0, 1, 1])), "max_6h": draw.choice([None, 27.8])}
            changed |= draw.choice([{"kind": "poll"}, {"kind": "speci"}, {"temp": None, "pressure": None}, {}])
        case "guidance":
            issued_at = row["issued_at"] + timedelta(hours=draw.choice([-3, 3]))
            changed = {"issued_at": issued_at, "high": draw.uniform(60, 80)}
        case "official":
            changed = {"version": row["version"] + draw.choice([1, 2]), "high": draw.randint(60, 85)}
            changed["is_final"] = draw.random() < 0.7
        case _:
            changed = {"ticker": f"{row['ticker']}-again", "close_at": None}
    return changed


@settings(max_examples=10)
@given(drawn_tables(), drawn_requests(), st.data())
def test_rows_learnt_as_they_become_known(tables: SnapshotTables, asked: pl.DataFrame, data: st.DataObject) -> None:
    """Rows learnt one by one, as they become known, say at every stop what a batch makes of those learnt."""
    rows = _rows(tables)
    watches = _watches()
    stop = data.draw(st.integers(0, len(rows)), label="stop")
    for start, end in ((0, stop), (stop, len(rows))):
        for name, row in rows[start:end]:
            for watch in watches.values():
                watch.learn(name, row)
        _compare(watches, asked, _together(rows[:end], tables))


@settings(max_examples=10)
@given(drawn_tables(), drawn_requests(), st.randoms(use_true_random=False))
def test_rows_learnt_in_any_order(tables: SnapshotTables, asked: pl.DataFrame, chance: Random) -> None:
    """Rows learnt in any order, in any company and some of them twice, say what a batch makes of them."""
    rows = _rows(tables)
    again = chance.sample(rows, len(rows) // 3)
    told = chance.sample([*rows, *again], len(rows) + len(again))
    watches = _watches(_SHORT)
    for start in range(0, len(told), 7):
        _learn(watches, _together(told[start : start + 7], tables))
    _compare(watches, asked, tables, _SHORT)


def test_a_week_out_of_order() -> None:
    """The same holds for a week of late rows and corrections, whenever one looks and however much has been learnt."""
    asked = _through_the_week()
    for seed, rules in enumerate((None, _SHORT, _SINGLE)):
        tables = _shaken(seed)
        rows = _rows(tables)
        Random(seed).shuffle(rows)  # noqa: S311 - a seeded record, not a secret
        watches = _watches(rules)
        for start, end in ((0, 500), (500, len(rows))):
            _learn(watches, _together(rows[start:end], tables))
            _compare(watches, asked, _together(rows[:end], tables), rules)


def test_a_week_as_it_happened() -> None:
    """A week learnt row by row, asked of at every sixth hour, says each time what a batch makes of the rows so far."""
    tables = week()
    watches = _watches()
    learnt = datetime.min.replace(tzinfo=utc(WEEK).tzinfo)
    asked, found = [], []
    for hours in range(30, 160, 6):
        at = utc(WEEK, hours)
        news = {
            field.name: getattr(tables, field.name).filter(pl.col("known_at").is_between(learnt, at, closed="right"))
            for field in fields(tables)
        }
        for name, frame in news.items():
            for n in range(frame.height):
                for watch in watches.values():
                    watch.learn(name, frame.slice(n, 1))
        learnt = at
        asked.append(asked_at(at))
        found += [watches[city].snapshots([(day, at)]) for city, day, at in asked[-1].iter_rows()]
    assert_frame_equal(pl.concat(found), snapshots(pl.concat(asked), CITIES, tables), check_exact=True)


def _learn(watches: dict[str, Watch], tables: SnapshotTables) -> None:
    for watch in watches.values():
        for field in fields(tables):
            watch.learn(field.name, getattr(tables, field.name))
