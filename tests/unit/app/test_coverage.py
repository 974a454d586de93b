"""Coverage: gaps by hand, and days that a model could use."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import polars as pl

from drybulb.adapters.lake import Lake
from drybulb.app.coverage import HOURS_OF_AN_OBSERVED_DAY, Gap, Usable, coverage
from tests.unit.adapters.archives import (
    DAILY,
    OBSERVATIONS,
    OFFICIAL,
    config,
    imported,
    small_archive,
)


def _highs(days: list[date]) -> pl.DataFrame:
    frame = pl.DataFrame({"station": "KMDW", "date": days, "tmax_f": 70, "source": "ghcn"})
    return frame.cast({"tmax_f": pl.Int64})


def test_gaps_are_runs_of_missing_days() -> None:
    """A gap is a run of days without a row between two days with rows; months without any are named."""
    days = [date(2024, 1, 30), date(2024, 1, 31), date(2024, 2, 2), date(2024, 4, 1)]
    with imported({OFFICIAL: _highs(days)}) as (lake, _):
        found = coverage(lake, config())
    held = next(h for h in found.tables if h.table == "official")
    assert (held.key, held.rows, held.first, held.last) == ("KMDW", 4, days[0], days[-1])
    assert (held.months, held.missing_months) == (("2024-01", "2024-02", "2024-04"), ("2024-03",))
    assert held.gaps == (Gap(date(2024, 2, 1), date(2024, 2, 1)), Gap(date(2024, 2, 3), date(2024, 3, 31)))
    # 1 February, and 27 days of February (3 to 29) with 31 of March.
    assert [gap.days for gap in held.gaps] == [1, 58]
    assert held.missing_days == 59
    document = found.to_json()
    assert document["schema"] == "coverage/1"
    row = next(r for r in document["tables"] if r["table"] == "official")
    assert row["gaps"][0] == {"first": "2024-02-01", "last": "2024-02-01", "days": 1}
    assert (row["first"], row["missing_months"]) == ("2024-01-30", ["2024-03"])


def test_only_the_longest_gaps_are_listed() -> None:
    """Of many gaps the ten longest are listed, in order of time; all are counted."""
    days = [date(2024, 1, 1) + timedelta(days=2 * n) for n in range(13)] + [date(2024, 3, 1)]
    with imported({OFFICIAL: _highs(days)}) as (lake, _):
        held = next(h for h in coverage(lake, config()).tables if h.table == "official")
    assert len(held.gaps) == 10
    assert held.gaps[-1].days == 35
    assert held.missing_days == 12 + 35


def _readings(station: str, day: date, hours: int, offset: int) -> pl.DataFrame:
    """Hourly reports of a climate day from its midnight on, in local standard time."""
    columns = small_archive()[OBSERVATIONS].columns
    midnight = pl.datetime_range(
        pl.datetime(day.year, day.month, day.day, time_zone="UTC") - pl.duration(hours=offset),
        pl.datetime(day.year, day.month, day.day, time_zone="UTC") + pl.duration(hours=hours - 1 - offset),
        "1h",
    )
    made = pl.select(valid_at=midnight).with_columns(
        station=pl.lit(station), temp_c=pl.lit(20.0), report=pl.lit("METAR"), source=pl.lit("metar")
    )
    blank = small_archive()[OBSERVATIONS].schema
    others = [pl.lit(None, dtype=blank[name]).alias(name) for name in columns if name not in made.columns]
    return made.with_columns(others).select(columns).cast(blank)


def test_what_each_model_could_use() -> None:
    """Labelled, observed and guided days and whole events are counted by city, and where they meet."""
    enough, few = HOURS_OF_AN_OBSERVED_DAY, HOURS_OF_AN_OBSERVED_DAY - 1
    frames = small_archive()
    frames[OBSERVATIONS] = pl.concat(
        [
            _readings("KMDW", date(2024, 11, 20), enough, -6),
            _readings("KMDW", date(2024, 11, 21), few, -6),
            _readings("KORD", date(2024, 11, 20), enough, -6),
            _readings("KORD", date(2024, 11, 21), enough, -6),
            _readings("KPHL", date(2024, 12, 2), enough, -5),
        ]
    )
    with imported(frames) as (lake, result):
        assert coverage(lake, config()).usable == result.usable
    assert result.usable["chicago"] == Usable(
        labelled_days=2,  # 20 and 21 November; the event below zero of January settled at no stated value
        observed_days=1,
        neighbour_days=2,
        guidance_days=1,
        climatology=2,
        guidance_models=1,
        city_model=1,
        city_model_by_neighbour=1,
        events=3,
        settled_events=3,
        labelled_events=2,
        quoted_events=1,
        traded_events=3,
    )
    assert result.usable["philadelphia"] == Usable(1, 1, 0, 0, 1, 0, 0, 0, 1, 1, 1, 1, 0)
    # Two events whose markets are known, and nothing that would tell who won.
    assert result.usable["los_angeles"] == Usable(0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0)
    assert result.usable["miami"] == Usable(*[0] * 13)


def test_an_event_whose_label_comes_from_elsewhere_can_be_scored() -> None:
    """A poll's event without a result is scorable once its day has an official high."""
    frames = small_archive()
    highs = pl.DataFrame({"station": ["KLAX"], "date": [date(2026, 7, 15)], "tmax_f": [75], "source": ["ghcn"]})
    frames[OFFICIAL] = pl.concat([frames[OFFICIAL], highs])
    del frames[DAILY]
    with imported(frames) as (_, result):
        found = result.usable["los_angeles"]
    assert (found.events, found.settled_events, found.labelled_events, found.quoted_events) == (2, 0, 1, 1)


def test_an_empty_lake_holds_nothing(tmp_path: Path) -> None:
    """A lake without tables has no holdings, and no city has anything to use."""
    found = coverage(Lake(tmp_path), config())
    assert found.tables == ()
    assert set(found.usable.values()) == {Usable(*[0] * 13)}
