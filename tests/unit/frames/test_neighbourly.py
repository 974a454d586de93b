"""The neighbour's decaying bias, by hand: O'Hare for Midway, whose climate day begins at 06Z."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import polars as pl
import pytest

from drybulb.frames import neighbourly, published
from drybulb.frames.reports import ReadingRules
from tests.laws.records import tables, utc

DAY = date(2024, 7, 15)
RULES = ReadingRules(poll_lag_hours=1.5, max_age_hours=6.0)
OWN = pl.DataFrame({"city": ["chicago"], "station": ["KMDW"], "offset": [-6]}, schema_overrides={"offset": pl.Int32})


def _read(hour: float, back: int, temp: float, *, group: float | None = None, delay: float = 0.2) -> tuple[Any, ...]:
    """A METAR of O'Hare `hour` hours after midnight UTC of `back` days before DAY, known `delay` hours later."""
    day = DAY - timedelta(days=back)
    return ("KORD", utc(day, hour), "metar", temp, group, None, utc(day, hour + delay))


def _day(back: int, highest: float, readings: int = 8) -> list[tuple[Any, ...]]:
    """Hourly readings from 15Z, the last of them the day's highest [°C], the others 20.0."""
    return [_read(15 + n, back, highest if n == readings - 1 else 20.0) for n in range(readings)]


def _final(high: int, back: int, *, version: int = 1, hours: float = 37.0, is_final: bool = True) -> tuple[Any, ...]:
    day = DAY - timedelta(days=back)
    return ("KMDW", day, "cli", version, high, is_final, utc(day, hours))


def _see(
    reports: list[tuple[Any, ...]],
    finals: list[tuple[Any, ...]],
    *at: datetime,
    neighbour: str | None = "KORD",
    half_life: float = 20.0,
) -> list[float | None]:
    asked = pl.DataFrame(
        [("chicago", neighbour, -6, DAY, instant) for instant in at],
        schema={
            "city": pl.String,
            "neighbour": pl.String,
            "offset": pl.Int32,
            "day": pl.Date,
            "at": pl.Datetime("us", "UTC"),
        },
        orient="row",
    )
    known = tables(observations=reports, official=finals)
    highs = published.standing_highs(known.official, OWN)
    found = neighbourly.attach(asked, known.observations, highs, RULES, half_life)
    assert found.columns == ["neighbour_bias"]
    return found["neighbour_bias"].to_list()


def test_one_error_moves_the_bias_by_its_share() -> None:
    """30.6 °C is 87 °F; against a high of 82 twenty days ago that is +5, of weight 1/2 against the prior's 4."""
    assert _see(_day(20, 30.6), [_final(82, 20)], utc(DAY, 12)) == [pytest.approx(2.5 / 4.5)]


def test_what_is_measured_is_the_neighbour_less_the_high() -> None:
    """A neighbour that reads 87 where the high is 89 has a bias below zero: less its bias it reads more."""
    assert _see(_day(20, 30.6), [_final(89, 20)], utc(DAY, 12)) == [pytest.approx(-1 / 4.5)]


def test_an_error_counts_once_the_final_high_is_known() -> None:
    """The final of D-1 comes at 13Z on D: a minute before there is no bias, then 5 w / (4 + w) for one day's age."""
    weight = 0.5 ** (1 / 20)
    seen = _see(_day(1, 30.6), [_final(82, 1)], utc(DAY, 12.98), utc(DAY, 13))
    assert seen == [None, pytest.approx(5 * weight / (4 + weight))]


def test_a_preliminary_high_makes_no_error() -> None:
    """Only a final high measures the neighbour."""
    assert _see(_day(2, 30.6), [_final(82, 2, is_final=False)], utc(DAY, 12)) == [None]


def test_a_correction_moves_the_bias_when_it_is_known() -> None:
    """A final of 82 corrected to 84 two days later makes the error of 5 one of 3 from then on, still one error."""
    finals = [_final(82, 3), _final(84, 3, version=2, hours=24 * 3 + 6)]
    weight = 0.5 ** (3 / 20)
    seen = _see(_day(3, 30.6), finals, utc(DAY, 5.99), utc(DAY, 6))
    assert seen == [pytest.approx(error * weight / (4 + weight)) for error in (5, 3)]


def test_days_are_weighed_by_their_age() -> None:
    """Errors of +5 and -1 °F, ten and thirty days old with a half life of ten, weigh 1/2 and 1/8."""
    reports = [*_day(10, 30.6), *_day(30, 27.2)]
    seen = _see(reports, [_final(82, 10), _final(82, 30)], utc(DAY, 12), half_life=10.0)
    assert seen == [pytest.approx((5 / 2 - 1 / 8) / (4 + 5 / 8))]


@pytest.mark.parametrize(("readings", "counts"), [(7, False), (8, True)])
def test_a_day_of_few_readings_does_not_count(readings: int, *, counts: bool) -> None:
    """Seven readings of a day are none, with their correction too; eight make an error."""
    finals = [_final(82, 20), _final(81, 20, version=2, hours=60)]
    seen = _see(_day(20, 30.6, readings), finals, utc(DAY, 12))
    assert seen == [pytest.approx(3 / 4.5) if counts else None]


def test_a_group_speaks_for_the_readings_it_covers() -> None:
    """The group of 23:51Z says 28.3 °C, 83 °F, and the reading of 87 within its six hours is not counted."""
    reports = [*_day(20, 30.6), _read(23.85, 20, 20.0, group=28.3)]
    assert _see(reports, [_final(82, 20)], utc(DAY, 12)) == [pytest.approx(0.5 / 4.5)]


def test_a_reading_outside_the_groups_counts_beside_them() -> None:
    """A reading of 90 °F at 17Z, before the group's six hours, is the maximum although the group says 83."""
    reports = [*_day(20, 30.6), _read(17.2, 20, 32.2), _read(23.85, 20, 20.0, group=28.3)]
    assert _see(reports, [_final(82, 20)], utc(DAY, 12)) == [pytest.approx(4 / 4.5)]


def test_the_report_at_midnight_speaks_for_the_day_that_ends() -> None:
    """The group of 06Z, midnight at Midway, counts for the day before it, on the last day with a final as on any."""
    reports = [*_day(20, 20.0), _read(30, 20, 20.0, group=30.6)]
    assert _see(reports, [_final(82, 20)], utc(DAY, 12)) == [pytest.approx(2.5 / 4.5)]


def test_a_correction_of_the_neighbour_after_the_final_changes_nothing() -> None:
    """The neighbour's maximum is that known when the final came: a reading corrected an hour later was not."""
    late = _read(22, 20, 35.0, delay=37 - 22 + 1)
    in_time = _read(22, 20, 35.0, delay=37 - 22)
    assert _see([*_day(20, 30.6), late], [_final(82, 20)], utc(DAY, 12)) == [pytest.approx(2.5 / 4.5)]
    assert _see([*_day(20, 30.6), in_time], [_final(82, 20)], utc(DAY, 12)) == [pytest.approx(6.5 / 4.5)]


def test_who_has_no_neighbour_has_no_bias() -> None:
    """Null without a neighbour, one a request."""
    seen = _see(_day(20, 30.6), [_final(82, 20)], utc(DAY, 12), utc(DAY, 13), neighbour=None)
    assert seen == [None, None]
