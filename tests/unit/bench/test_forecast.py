"""The bench of the speed: what breaks a bound, and when a row is told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import polars as pl

from bench import forecast
from bench.forecast import SERVED_FROM, Feed, Measured
from drybulb.adapters.lake import Lake
from drybulb.frames.schema import empty
from tests.unit.forecast.made import MIAMI


def test_a_bound_breaks_on_its_own_side() -> None:
    """A number may equal its bound; below what is asked, or above what is allowed, it is broken."""
    found = [Measured("rate", at, "rows/s", least=100.0).is_broken for at in (99.0, 100.0, 1e6)]
    assert found == [True, False, False]
    assert [Measured("time", at, "s", most=60.0).is_broken for at in (0.1, 60.0, 60.1)] == [False, False, True]
    assert not Measured("load", 1e9, "").is_broken


def test_a_row_states_its_bound() -> None:
    """A row of bench/1 has a name, a rounded number, its unit and the bound in words."""
    assert Measured("rate", 1234.56789, "rows/s", least=100_000).row() == {
        "name": "rate",
        "measured": 1234.568,
        "unit": "rows/s",
        "reference": "≥ 100,000",
    }
    assert Measured("load", 1.0, "").row()["reference"] == ""


def test_a_feed_tells_every_row_once(tmp_path: Path) -> None:
    """Rows are told in the order in which they became known, each once, and those known before serving never."""
    known = [SERVED_FROM + timedelta(hours=hours) for hours in (3, 0, 1, 2)]
    rows = pl.DataFrame(
        [
            {
                "station": MIAMI.station,
                "valid_at": at - timedelta(minutes=5),
                "kind": "metar",
                "known_at": at,
                "known_from": "latency",
                "temp": float(number),
                "source": "made",
            }
            for number, at in enumerate(known)
        ],
        schema=empty("observations").schema,
    )
    lake = Lake(tmp_path)
    lake.merge("observations", rows)
    feed, told = Feed(lake, [MIAMI]), []

    def learn(table: str, rows: pl.DataFrame, cities: Sequence[str]) -> None:
        told.append((table, rows["temp"].to_list(), list(cities)))

    assert feed.tell(learn, SERVED_FROM + timedelta(minutes=30)) == 0
    assert feed.tell(learn, SERVED_FROM + timedelta(hours=2)) == 2
    assert feed.tell(learn, SERVED_FROM + timedelta(hours=2)) == 0
    assert feed.tell(learn, SERVED_FROM + timedelta(hours=4)) == 1
    assert told == [("observations", [2.0, 3.0], ["miami"]), ("observations", [0.0], ["miami"])]


def test_the_world_is_of_the_size_it_says() -> None:
    """742 days of 36 snapshots in six cities are about as many as asked: the embargo leaves them and no more."""
    days = (forecast.UNTIL.date() - forecast.FIRST_DAY).days - 2
    assert days == 742
    assert abs(days * 36 * 6 - forecast.SNAPSHOTS) < forecast.NEAR * forecast.SNAPSHOTS
