"""One city's snapshots as rows come in, by hand."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import polars as pl
import pytest

from drybulb.errors import DomainError, OutsideEvent, TableError
from drybulb.frames.live import Watch
from drybulb.frames.snapshot import READS, SNAPSHOT_SCHEMA, SnapshotRules, SnapshotTables
from tests.laws.records import CITIES, tables, utc

#: Midnight at Miami is 05Z, at Chicago 06Z.
DAY = date(2024, 7, 15)
BEFORE = DAY - timedelta(days=1)
_ONE_DAY = SnapshotRules(bias_half_lives_days=(1.0,), neighbour_half_life_days=1.0)


def _watch(known: SnapshotTables, city: str = "miami", rules: SnapshotRules | None = None) -> Watch:
    watch = Watch(CITIES[city], rules)
    for table in READS:
        watch.learn(table, getattr(known, table))
    return watch


def _metar(hour: float, temp: float | None, known: float, group: float | None = None) -> tuple[Any, ...]:
    return "KMIA", utc(DAY, hour), "metar", temp, group, None, utc(DAY, known)


def test_a_watch_that_knows_nothing_says_so() -> None:
    """Before any row, a snapshot has its place and its nominal hours, counts of 0, and nothing else."""
    row = Watch(CITIES["miami"]).snapshot(DAY, utc(DAY, 15))
    assert list(row) == list(SNAPSHOT_SCHEMA)
    said = {name: value for name, value in row.items() if value is not None}
    assert said == {
        "city": "miami",
        "station": "KMIA",
        "day": DAY,
        "at": utc(DAY, 15),
        "lead": 0,
        "hours": 10.0,
        "day_of_year": 197,
        "latitude": 25.78805,
        "elevation": 8.8,
        "n_readings": 0,
        "neighbour_n_readings": 0,
        "guidance_n": 0,
        "guidance_by": [],
        "since_open": 25.0,  # 10:00 of the day before in New York is 14Z
        "to_close": 12 + 59 / 60,  # 23:59 of the day is 03:59Z
    }


def test_several_snapshots_are_a_frame() -> None:
    """Several questions give a frame of the snapshot's columns and types, a row each in their order; none, no row."""
    watch = Watch(CITIES["miami"])
    asked = [(DAY, utc(DAY, 15)), (DAY, utc(BEFORE, 15))]
    made = watch.snapshots(asked)
    assert made.schema == SNAPSHOT_SCHEMA
    assert made["lead"].to_list() == [0, 1]
    assert made.row(0, named=True) == watch.snapshot(*asked[0])
    assert watch.snapshots([]).schema == SNAPSHOT_SCHEMA


def test_a_correction_counts_from_when_it_is_known() -> None:
    """A reading of 30.0 °C (86 °F), corrected an hour later to 31.1 °C (88 °F), is each in its time."""
    known = tables([_metar(15, 30.0, 15.2), _metar(15, 31.1, 16.2)])
    watch = _watch(known)
    assert [watch.snapshot(DAY, utc(DAY, hour))["running_max"] for hour in (15.1, 15.2, 16.1, 16.2)] == [
        None,
        86,
        86,
        88,
    ]


def test_the_order_of_learning_does_not_matter() -> None:
    """A correction learnt before what it corrects still stands, and a row learnt twice is one reading."""
    first, correction = tables([_metar(15, 31.1, 15.2)]), tables([_metar(15, 30.0, 16.2)])
    watch = _watch(correction)
    for _ in range(2):
        watch.learn("observations", first.observations)
    row = watch.snapshot(DAY, utc(DAY, 17))
    assert (row["running_max"], row["n_readings"]) == (86, 1)


def test_a_row_of_the_future_is_kept_for_later() -> None:
    """A row known at 17Z, learnt before anyone asks, is not in the answer about 16Z."""
    watch = _watch(tables([_metar(15, 30.0, 15.2), _metar(16, 32.2, 17)]))
    rows = [watch.snapshot(DAY, utc(DAY, hour)) for hour in (16, 17, 16)]
    assert [row["reading_max"] for row in rows] == [86, 90, 86]
    assert [row["n_readings"] for row in rows] == [1, 2, 1]


def test_a_group_speaks_for_its_window() -> None:
    """Of a reading of 90 °F at 16Z and one of 80 °F at 18:30Z, a group of 12-18Z with 91 °F leaves the second alone."""
    watch = _watch(
        tables([_metar(16, 32.2, 16.2), _metar(17.9, 31.7, 18, group=32.8), _metar(18.5, 26.7, 18.6)]),
    )
    row = watch.snapshot(DAY, utc(DAY, 19))
    assert (row["group_max"], row["reading_max"], row["running_max"]) == (91, 80, 91)
    assert row["running_max_at"] == utc(DAY, 17.9)


def test_the_last_reading_and_its_trend() -> None:
    """At 19Z the last reading is 86 °F of 18Z, an hour old, four degrees above that of 15Z, three hours before."""
    watch = _watch(tables([_metar(15, 27.8, 15.2), _metar(18, 30.0, 18.2)]))
    row = watch.snapshot(DAY, utc(DAY, 18.9))
    assert (row["last_temp"], row["last_temp_age"]) == (86.0, pytest.approx(0.9))
    assert row["temp_trend"] == pytest.approx(4 / 3)


def test_rows_of_other_places_are_left_out() -> None:
    """Readings, highs and forecasts of other stations, and listings of other cities, are not Miami's."""
    issued_at = utc(DAY, -12)
    known = tables(
        [("KJFK", *_metar(15, 30.0, 15.2)[1:])],
        [("KJFK", DAY, "mos:gfs", issued_at, 90.0, issued_at)],
        [("KJFK", BEFORE, "cli", 1, 88, True, utc(DAY, 9))],
        [("T1", "chicago", DAY, None, 80, utc(DAY, -10))],
    )
    asked = DAY, utc(DAY, 17)
    assert _watch(known).snapshot(*asked) == Watch(CITIES["miami"]).snapshot(*asked)


def _guided() -> SnapshotTables:
    """A source that said 95 and 90 °F on two days, of which the first had 90 °F, at first reported as 91 °F."""
    return tables(
        guidance=[
            ("KMIA", day, "mos:gfs", utc(day, -12), high, utc(day, -7)) for day, high in ((BEFORE, 95), (DAY, 90))
        ],
        official=[
            ("KMIA", BEFORE, "cli", 1, 91, True, utc(DAY, 12)),
            ("KMIA", BEFORE, "cli", 2, 90, True, utc(DAY, 14)),
        ],
    )


def test_a_bias_grows_with_what_is_known() -> None:
    """With a half life of one day, yesterday's error of 4 and then of 5 °F has weight 1/2 against 4 of the prior."""
    watch = _watch(_guided(), rules=_ONE_DAY)
    biases = [watch.snapshot(DAY, utc(DAY, hour))["guidance_by"][0]["bias"] for hour in (11, 12, 14)]
    assert biases == [0.0, round(2 / 4.5, 4), round(2.5 / 4.5, 4)]
    assert watch.snapshot(DAY, utc(DAY, 14))["guidance"] == round(90 - 2.5 / 4.5, 4)


def test_a_forecast_learnt_late_has_its_error() -> None:
    """Forecasts learnt after the finals they are measured by, or after a question, give the same bias."""
    known = _guided()
    watch = Watch(CITIES["miami"], _ONE_DAY)
    asked = DAY, utc(DAY, 14)
    watch.learn("official", known.official)
    watch.learn("guidance", known.guidance.filter(pl.col("day") == DAY))
    assert watch.snapshot(*asked)["guidance"] == 90.0
    watch.learn("guidance", known.guidance.filter(pl.col("day") == BEFORE))
    assert watch.snapshot(*asked)["guidance"] == round(90 - 2.5 / 4.5, 4)


def test_a_final_high_stands_before_a_preliminary_one() -> None:
    """A preliminary 91 °F counts from the day's end, a final 92 °F from when it is known, a later preliminary never."""
    watch = _watch(
        tables(
            official=[
                ("KMIA", BEFORE, "cli", 1, 91, False, utc(BEFORE, 22)),
                ("KMIA", BEFORE, "cli", 2, 92, True, utc(DAY, 12)),
                ("KMIA", BEFORE, "cli", 3, 93, False, utc(DAY, 13)),
            ]
        )
    )
    rows = [watch.snapshot(DAY, utc(DAY, hour)) for hour in (4.9, 5, 12, 14)]
    assert [(row["last_high"], row["last_high_lag"]) for row in rows] == [(None, None), (91, 1), (92, 1), (92, 1)]


def test_a_ladder_is_whole_when_both_tails_are_listed() -> None:
    """A lower tail to 84 °F and, two hours later, an upper from 91 °F leave 85 to 90 °F; the hours are the widest."""
    opens, closes = utc(DAY, -10), utc(DAY, 29)
    watch = _watch(
        tables(
            markets=[
                ("T1", "miami", DAY, None, 84, utc(DAY, -9), opens, closes),
                ("T2", "miami", DAY, 91, None, utc(DAY, -7), opens - timedelta(hours=1), closes - timedelta(hours=1)),
            ]
        )
    )
    columns = ("ladder_low", "ladder_high", "ladder_centre", "since_open", "to_close")
    rows = [watch.snapshot(DAY, utc(DAY, hour)) for hour in (-8, -7)]
    assert [tuple(row[name] for name in columns) for row in rows] == [
        (85, None, None, 2.0, 37.0),
        (85, 90, 87.5, 4.0, 36.0),
    ]


def _neighbour_day(day: date, temp: float) -> list[tuple[Any, ...]]:
    """Eight readings at O'Hare between 12 and 18Z."""
    taken = [utc(day, 12.1 + 0.7 * n) for n in range(8)]
    return [("KORD", at, "metar", temp, None, None, at) for at in taken]


def test_the_neighbours_bias_is_that_of_the_days_it_was_seen() -> None:
    """O'Hare's 72 °F against 70 °F two days ago weigh 2^-2 at a half life of a day; a day whose only maximum was
    corrected away before its final has no error.
    """
    report = utc(BEFORE, 17.9)
    known = tables(
        [
            *_neighbour_day(BEFORE - timedelta(days=1), 22.2),
            *_neighbour_day(BEFORE, 20.0),
            ("KORD", report, "metar", 20.0, 25.0, None, report),
            ("KORD", report, "metar", 20.0, None, None, utc(BEFORE, 20)),
        ],
        official=[("KMDW", BEFORE - timedelta(days=n), "cli", 1, 70, True, utc(DAY, 12 - 24 * n)) for n in (0, 1)],
    )
    watch = _watch(known, "chicago", _ONE_DAY)
    assert watch.snapshot(DAY, utc(DAY, 15))["neighbour_bias"] == 2 * 0.25 / 4.25
    assert _watch(known, "miami").snapshot(DAY, utc(DAY, 15))["neighbour_bias"] is None


def test_seven_readings_are_no_day_of_the_neighbour() -> None:
    """A neighbour's maximum counts when eight readings of its day were known by the final, and not at seven."""
    seen, final = _neighbour_day(BEFORE, 22.2), [("KMDW", BEFORE, "cli", 1, 70, True, utc(DAY, 12))]
    watch = _watch(tables(seen[:7], official=final), "chicago", _ONE_DAY)
    assert watch.snapshot(DAY, utc(DAY, 15))["neighbour_bias"] is None
    watch.learn("observations", tables(seen[7:]).observations)
    assert watch.snapshot(DAY, utc(DAY, 15))["neighbour_bias"] == 2 * 0.5 / 4.5


@pytest.mark.parametrize("hour", [-19.1, 29.0])
def test_a_question_outside_the_event_is_refused(hour: float) -> None:
    """An instant before local midnight of D-1 or from the end of D on is refused; both are told from midnight."""
    with pytest.raises(OutsideEvent, match=r"miami 2024-07-15: .* from the day's local standard midnight"):
        Watch(CITIES["miami"]).snapshot(DAY, utc(DAY, hour))


def test_an_instant_without_a_zone_is_refused() -> None:
    """An instant without a time zone is refused."""
    with pytest.raises(DomainError, match="has no time zone"):
        Watch(CITIES["miami"]).snapshot(DAY, datetime(2024, 7, 15, 12))  # noqa: DTZ001 - that is the case


def test_rows_that_are_not_of_a_table_are_refused() -> None:
    """A table that snapshots do not read, and rows without its columns, are refused by name."""
    watch = Watch(CITIES["miami"])
    with pytest.raises(TableError, match="no table 'prints' to learn from"):
        watch.learn("prints", tables().markets)
    with pytest.raises(TableError, match="table markets lacks ticker"):
        watch.learn("markets", tables().markets.drop("ticker"))
