"""Which labels may train, and at which instants the days they label are looked at."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import polars as pl
import pytest

from drybulb.errors import ModelError
from drybulb.forecast.clocks import OBSERVED_HOURS, SPARSE_HOURS, TrainingDays, training_days, training_requests
from drybulb.forecast.labels import known_labels, newest_labels, newest_trainable
from drybulb.frames.schema import empty
from drybulb.frames.snapshot import READS, SnapshotTables
from tests.unit.forecast.made import CITIES, MIAMI

CHICAGO = CITIES["chicago"]
NOON = datetime(2024, 7, 20, 12, tzinfo=UTC)


def _official(*given: dict[str, Any]) -> pl.DataFrame:
    usual = {"station": "KMIA", "source": "cli", "version": 1, "is_final": True, "known_from": "latency"}
    made = [{**usual, "known_at": datetime(2024, 7, 11, tzinfo=UTC), "day": date(2024, 7, 10), **row} for row in given]
    return pl.DataFrame(made, schema=empty("official").schema)


def _settled(*given: dict[str, Any]) -> pl.DataFrame:
    usual = {"ticker": "T", "version": 1, "city": "miami", "payout": 0, "source": "exchange", "known_from": "latency"}
    made = [{**usual, "known_at": datetime(2024, 7, 11, tzinfo=UTC), "day": date(2024, 7, 10), **row} for row in given]
    return pl.DataFrame(made, schema=empty("settlements").schema)


def _high(official: pl.DataFrame, settlements: pl.DataFrame | None = None, until: datetime = NOON) -> list[int]:
    settled = _settled() if settlements is None else settlements
    return known_labels(official, settled, [MIAMI], until, 2)["high"].to_list()


def test_the_newest_final_version_known_is_the_label() -> None:
    """A correction counts from when it was known; a preliminary high never trains."""
    first = {"high": 90, "version": 1}
    corrected = {"high": 91, "version": 2, "known_at": datetime(2024, 7, 19, tzinfo=UTC)}
    late = {"high": 92, "version": 3, "known_at": datetime(2024, 7, 20, 12, 0, 1, tzinfo=UTC)}
    assert _high(_official(late, corrected, first)) == [91]
    assert _high(_official(corrected, first), until=datetime(2024, 7, 18, tzinfo=UTC)) == [90]
    assert _high(_official({"high": 88, "is_final": False})) == []


def test_the_settled_value_is_the_label_where_it_was_known() -> None:
    """What the exchange settled on outranks the official high, and stands where there is none."""
    assert _high(_official({"high": 90}), _settled({"value": 89.0})) == [89]
    assert _high(_official(), _settled({"value": 89.0})) == [89]
    assert _high(_official({"high": 90}), _settled({"value": 89.0, "known_at": NOON + timedelta(seconds=1)})) == [90]
    assert _high(_official({"high": 90}), _settled({"value": None})) == [90]


def test_a_settled_fraction_is_rounded() -> None:
    """A settled 88.6 is a high of 89, the same number for whoever trains and whoever scores."""
    settled = _settled({"value": 88.6})
    assert newest_labels(_official({"high": 90}), settled, MIAMI)["high"].to_list() == [89]
    assert _high(_official({"high": 90}), settled) == [89]


def test_the_label_is_known_from_when_its_version_was() -> None:
    """A label carries the instant at which the version that made it was known."""
    later = datetime(2024, 7, 12, tzinfo=UTC)
    labels = known_labels(_official({"high": 90}), _settled({"value": 89.0, "known_at": later}), [MIAMI], NOON, 2)
    assert labels.row(0) == ("KMIA", date(2024, 7, 10), 89, later)


def test_two_days_before_until_are_embargoed() -> None:
    """With an embargo of two, the newest day that trains is the third before the climate day of ``until``."""
    days = [{"high": 90, "day": date(2024, 7, n)} for n in (16, 17, 18, 19)]
    labels = known_labels(_official(*days), _settled(), [MIAMI], NOON, 2)
    assert labels["day"].to_list() == [date(2024, 7, 16), date(2024, 7, 17)]
    assert newest_trainable(NOON, -5, 0) == date(2024, 7, 19)
    # 03Z on the 20th is still the 19th in local standard time.
    assert newest_trainable(datetime(2024, 7, 20, 3, tzinfo=UTC), -5, 2) == date(2024, 7, 16)


def test_labels_are_of_the_station_that_settles() -> None:
    """Only the cities' own stations are labelled, sorted by station and day."""
    found = known_labels(
        _official({"high": 90, "station": "KORD"}, {"high": 80}), _settled(), [CHICAGO, MIAMI], NOON, 2
    )
    assert found["station"].to_list() == ["KMIA"]
    with pytest.raises(ModelError, match="at least one"):
        known_labels(_official(), _settled(), [], NOON, 2)


def _tables(guided: list[date], reported: dict[str, list[date]], listed: list[date]) -> SnapshotTables:
    known = datetime(2024, 1, 1, tzinfo=UTC)
    readings = [
        {"station": station, "valid_at": datetime(d.year, d.month, d.day, 12 + n, tzinfo=UTC), "temp": 20.0}
        for station, days in reported.items()
        for d in days
        for n in range(8)
    ]
    guidance = [{"station": "KMDW", "day": day, "source": "s", "issued_at": known, "high": 50.0} for day in guided]
    markets = [{"ticker": str(day), "city": "chicago", "day": day} for day in listed]
    made = {"observations": readings, "guidance": guidance, "official": [], "markets": markets}
    return SnapshotTables(
        **{
            name: pl.DataFrame([{"known_at": known, **row} for row in given], schema=_schema(name))
            for name, given in made.items()
        }
    )


def _schema(table: str) -> dict[str, pl.DataType]:
    whole = empty(table).schema
    return {name: whole[name] for name in READS[table]}


def _days(*numbers: int) -> list[date]:
    return [date(2024, 6, n) for n in numbers]


def test_the_window_counts_days_that_can_be_used() -> None:
    """Each input brings its newest labelled days: old reports stay although newer days have guidance."""
    known = _tables(guided=_days(20, 21, 22, 23), reported={"KMDW": _days(1, 2, 3)}, listed=[])
    found = training_days(pl.Series(_days(*range(1, 23))), known, CHICAGO, 2)
    assert found == TrainingDays(observed=tuple(_days(2, 3)), others=tuple(_days(21, 22)))


def test_a_neighbours_reports_make_an_observed_day() -> None:
    """Days on which the neighbour reported are looked at hourly, those with a ladder alone a few times."""
    known = _tables(guided=[], reported={"KORD": _days(5)}, listed=_days(5, 6))
    found = training_days(pl.Series(_days(5, 6, 7)), known, CHICAGO, 10)
    assert found == TrainingDays(observed=tuple(_days(5)), others=tuple(_days(6)))


def test_a_day_of_few_readings_is_not_observed() -> None:
    """A climate day, local standard, with fewer than eight readings has no reports to learn from."""
    known = _tables(guided=[], reported={"KMDW": _days(5)}, listed=[])
    fewer = SnapshotTables(known.observations.head(7), known.guidance, known.official, known.markets)
    assert training_days(pl.Series(_days(5)), fewer, CHICAGO, 10) == TrainingDays((), ())


def test_training_looks_within_the_two_days_of_an_event() -> None:
    """Each observed day is looked at in every hour, another at four, with a minute that changes from day to day."""
    found = training_requests(MIAMI, TrainingDays(tuple(_days(5, 6)), tuple(_days(9))))
    counts = found.group_by("day", maintain_order=True).len()["len"].to_list()
    assert counts == [len(OBSERVED_HOURS), len(OBSERVED_HOURS), len(SPARSE_HOURS)]
    assert found["at"].is_between(datetime(2024, 6, 4, 5, tzinfo=UTC), datetime(2024, 6, 10, 5, tzinfo=UTC)).all()
    minutes = found.group_by("day", maintain_order=True).agg(pl.col("at").first().dt.minute())["at"].to_list()
    assert len(set(minutes)) == 3
    assert found.equals(found.sort("day", "at"))
