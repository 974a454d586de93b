"""What guidance says beside the high, by hand: percentiles and hourly curves."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import polars as pl
import pytest

from drybulb.frames import guided, published
from drybulb.frames.schema import TABLES
from tests.laws.records import curve, percentiles, tables, utc

#: Midnight at Miami is 05Z.
DAY = date(2024, 7, 15)
PLACES = pl.DataFrame({"city": ["miami"], "station": ["KMIA"], "offset": [-5]}, schema_overrides={"offset": pl.Int32})
RULES = guided.GuidanceRules(half_lives_days=(20.0,), max_age_hours=60.0)


def _run(
    source: str, shares: list[dict[str, Any]] | None, points: list[dict[str, Any]] | None, back: int = 0
) -> tuple[Any, ...]:
    day = DAY - timedelta(days=back)
    return ("KMIA", day, source, utc(day, -12), 90.0, utc(day, -7), shares, points)


def _see(
    *runs: tuple[Any, ...], at: datetime | None = None, read_at: datetime | None = None, errs: bool = False
) -> dict[str, Any]:
    asked = pl.DataFrame(
        [("miami", DAY, at or utc(DAY, 17), read_at)],
        schema={"city": pl.String, "day": pl.Date, "at": pl.Datetime("us", "UTC"), "read_at": pl.Datetime("us", "UTC")},
        orient="row",
    )
    finals = [("KMIA", DAY - timedelta(days=20), "cli", 1, 85, True, utc(DAY, -24))] if errs else []
    known = tables(guidance=list(runs), official=finals)
    highs = published.standing_highs(known.official, PLACES)
    return guided.attach(asked, known.guidance, highs, PLACES, RULES).row(0, named=True)


@pytest.mark.parametrize(
    ("said", "width"),
    [
        ([(10.0, 84.0), (90.0, 94.0)], 10 / 2.563),
        # The tenth lies a quarter of the way from 5 to 25 %, the ninetieth halfway from 85 to 95 %.
        ([(5.0, 80.0), (25.0, 84.0), (85.0, 92.0), (95.0, 96.0)], (94 - 81) / 2.563),
        ([(10.0, 84.0), (50.0, 88.0)], None),
        ([(50.0, 88.0)], None),
    ],
)
def test_the_width_is_that_of_a_normal_between_the_tenth_and_the_ninetieth(
    said: list[tuple[float, float]], width: float | None
) -> None:
    """Ten to ninety percent of a normal are 2.563 deviations; what does not reach both levels has no width."""
    row = _see(_run("mos:gfs", [{"level": level, "high": high} for level, high in said], None))
    assert row["guidance_width"] == (None if width is None else pytest.approx(width, abs=1e-4))


def test_a_source_that_says_less_changes_nothing() -> None:
    """Width and curve are those of the sources that give them, and null where none does."""
    full = _run("mos:gfs", percentiles(80, 98), curve(utc(DAY, 5), *range(70, 94)))
    plain = _run("mos:nam", None, None)
    names = ("guidance_width", "curve_rest", "curve_now")
    both, alone = (_see(*runs, read_at=utc(DAY, 16.5)) for runs in ((full, plain), (full,)))
    assert [both[name] for name in names] == [alone[name] for name in names]
    assert alone["curve_now"] == 81.5
    assert [_see(plain, read_at=utc(DAY, 16.5))[name] for name in names] == [None] * 3


def test_the_curve_counts_from_now_to_the_end_of_the_day() -> None:
    """At half past the hour the curve lies halfway; of what is to come the highest counts, none of it of another day,
    and on the day before all of the day.
    """
    # 99 °F at 04Z is of the day before, and at 05Z of the next day; 91 °F at 19Z is the highest between.
    points = [{"at": utc(DAY, hour), "temp": float(temp)} for hour, temp in ((4, 99), (6, 75), (19, 91), (20, 85))]
    run = _run("mos:gfs", None, [*points, {"at": utc(DAY, 29), "temp": 99.0}])
    rest = {hour: _see(run, at=utc(DAY, hour))["curve_rest"] for hour in (-6, 12.5, 19, 19.5, 24.5)}
    assert rest == {-6: 91.0, 12.5: 91.0, 19: 91.0, 19.5: 88.0, 24.5: 92.0}
    assert _see(run, at=utc(DAY, 14), read_at=utc(DAY, 12.5))["curve_now"] == 83.0
    assert _see(run, at=utc(DAY, 14))["curve_now"] is None


def test_a_curve_says_nothing_outside_of_itself() -> None:
    """A curve from 12Z to 23Z has no value at 11Z, and after its end nothing is to come."""
    run = _run("mos:gfs", None, curve(utc(DAY, 12), 80, 82, *[81] * 10))
    before, after = (_see(run, at=utc(DAY, hour), read_at=utc(DAY, hour)) for hour in (11, 23.5))
    assert (before["curve_now"], before["curve_rest"]) == (None, 82.0)
    assert (after["curve_now"], after["curve_rest"]) == (None, None)


def test_a_curve_that_ends_early_does_not_say_how_far_the_day_goes() -> None:
    """One until 22Z, 17:00 at the station, has a value at 13Z and no rest; one until 23Z has both."""
    found = [
        _see(_run("mos:gfs", None, curve(utc(DAY, 12), *[80] * n)), at=utc(DAY, 13), read_at=utc(DAY, 13))
        for n in (11, 12)
    ]
    assert [(row["curve_now"], row["curve_rest"]) for row in found] == [(80.0, None), (80.0, 80.0)]


def test_a_curve_is_less_the_bias_of_its_source() -> None:
    """An error of 5 °F twenty days ago takes 2.5 / 4.5 from the curve as from the high, and nothing from the width."""
    run = _run("mos:gfs", percentiles(80, 98), curve(utc(DAY, 16), 80, 82, *[81] * 6))
    row = _see(run, _run("mos:gfs", None, None, back=20), read_at=utc(DAY, 16), errs=True)
    assert (row["curve_now"], row["curve_rest"]) == (round(80 - 2.5 / 4.5, 4), round(82 - 2.5 / 4.5, 4))
    assert row["guidance_width"] == _see(run)["guidance_width"]


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        ("percentiles", [(50.0, 80.0), (10.0, 85.0)], "percentile_levels_rise"),
        ("percentiles", [(10.0, 80.0), (10.0, 85.0)], "percentile_levels_rise"),
        ("percentiles", [(10.0, 85.0), (90.0, 84.0)], "percentile_highs_do_not_fall"),
        ("percentiles", [(10.0, 85.0), (101.0, 85.0)], "percentiles|inner_inner_level_max"),
        ("percentiles", [], "percentiles|min_length"),
        ("curve", [(13, 80.0), (12, 81.0)], "curve_times_rise"),
        ("curve", [(13, float("nan"))], "curve|inner_inner_temp_nan"),
        ("percentiles", [(10.0, 85.0), (90.0, 85.0)], None),
        ("curve", [(12, 81.0), (13, 80.0)], None),
        ("curve", None, None),
    ],
)
def test_rows_that_cannot_be_are_refused(column: str, value: list[Any] | None, reason: str | None) -> None:
    """Levels rise from 0 to 100, highs do not fall with them, times rise, temperatures are numbers; null is nothing
    said.
    """
    names = ("level", "high") if column == "percentiles" else ("at", "temp")
    said = value and [
        dict(zip(names, (a if column == "percentiles" else utc(DAY, a), b), strict=True)) for a, b in value
    ]
    row = tables(guidance=[_run("mos:gfs", None, None)]).guidance
    row = row.with_columns(pl.Series(column, [said], row.schema[column]), known_from=pl.lit("received"))
    good, refused = TABLES["guidance"].filter(row)
    assert (good.height, reason in refused.counts()) == ((1, False) if reason is None else (0, True))
