"""Guidance and its decaying bias, by hand: Miami, whose climate day begins at 05Z."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import polars as pl
import pytest

from drybulb.frames import guided, published
from tests.laws.records import tables, utc

DAY = date(2024, 7, 15)
RULES = guided.GuidanceRules(half_lives_days=(20.0,), max_age_hours=60.0)
PLACES = pl.DataFrame({"city": ["miami"], "station": ["KMIA"], "offset": [-5]}, schema_overrides={"offset": pl.Int32})


def _run(high: float, hour: float, *, source: str = "mos:gfs", back: int = 0, delay: float = 5.0) -> tuple[Any, ...]:
    """A run for `back` days before DAY, begun `hour` hours after that day's midnight UTC, known `delay` hours later."""
    day = DAY - timedelta(days=back)
    return ("KMIA", day, source, utc(day, hour), high, utc(day, hour + delay))


def _final(high: int, back: int, *, version: int = 1, hours: float = 37.0, is_final: bool = True) -> tuple[Any, ...]:
    day = DAY - timedelta(days=back)
    return ("KMIA", day, "cli", version, high, is_final, utc(day, hours))


def _see(runs: list[tuple[Any, ...]], finals: list[tuple[Any, ...]], *at: datetime, day: date = DAY) -> pl.DataFrame:
    asked = pl.DataFrame(
        {"city": ["miami"] * len(at), "day": [day] * len(at), "at": list(at), "read_at": list(at)},
        schema_overrides=dict.fromkeys(("at", "read_at"), pl.Datetime("us", "UTC")),
    )
    known = tables(guidance=runs, official=finals)
    return guided.attach(asked, known.guidance, published.standing_highs(known.official, PLACES), PLACES, RULES)


def test_the_newest_run_known_speaks() -> None:
    """At 16:59Z the run of 06Z speaks, at 17:00Z that of 12Z; its age is counted from when it was issued."""
    seen = _see([_run(90, -18), _run(92, -12)], [], utc(DAY, -7.02), utc(DAY, -7))
    assert seen["guidance"].to_list() == [90.0, 92.0]
    assert seen["guidance_age"].to_list() == pytest.approx([10.98, 5.0])


def test_an_old_run_that_comes_late_is_not_news() -> None:
    """A run of 06Z known after the run of 12Z changes nothing."""
    seen = _see([_run(92, -12), _run(80, -18, delay=14)], [], utc(DAY, 0))
    assert seen["guidance"].to_list() == [92.0]


def test_what_was_issued_long_ago_is_dropped() -> None:
    """A forecast issued 60 hours ago still speaks, a minute later it does not, and nobody is counted."""
    seen = _see([_run(92, -50, delay=0)], [], utc(DAY, 10), utc(DAY, 10 + 1 / 60))
    assert seen["guidance"].to_list() == [92.0, None]
    assert seen["guidance_n"].to_list() == [1, 0]


def test_sources_are_averaged() -> None:
    """The mean over sources is the guidance, their standard deviation its spread, the freshest its age."""
    runs = [_run(90, -12), _run(94, -18, source="mos:nam")]
    row = _see(runs, [], utc(DAY, 0)).row(0, named=True)
    assert (row["guidance"], row["guidance_raw"], row["guidance_n"], row["guidance_age"]) == (92.0, 92.0, 2, 12.0)
    assert row["guidance_spread"] == pytest.approx(8**0.5)


def test_the_sources_stand_beside_their_mean() -> None:
    """Each source is listed by name with its forecast less its bias, its bias and its age; before any there is an empty
    list.
    """
    runs = [_run(94, -18, source="mos:nam"), _run(90, -12), _run(95, -12, back=20)]
    said = _see(runs, [_final(90, 20)], utc(DAY, -14), utc(DAY, 0), utc(DAY, -1))["guidance_by"].to_list()
    assert said[0] == []
    gfs, nam = said[1]
    assert gfs == {"source": "mos:gfs", "high": 89.4444, "bias": 0.5556, "half_life": 20.0, "age": 12.0}
    assert nam == {"source": "mos:nam", "high": 94.0, "bias": 0.0, "half_life": None, "age": 18.0}
    assert [voice["age"] for voice in said[2]] == [11.0, 17.0]


def test_one_error_moves_the_bias_a_fifth_of_the_way() -> None:
    """An error of +5 °F twenty days ago has weight 1/2 against the prior's 4: the bias is 2.5 / 4.5."""
    seen = _see([_run(90, -12), _run(95, -12, back=20)], [_final(90, 20)], utc(DAY, 0))
    assert seen["guidance"].item() == pytest.approx(90 - 2.5 / 4.5, abs=1e-4)
    assert seen["guidance_raw"].item() == 90.0


def test_an_error_counts_once_its_official_high_is_known() -> None:
    """The final of D-1 comes at 13Z on D: a minute before the bias is 0, then it is 4 w / (4 + w) for one day's age."""
    seen = _see([_run(90, -12), _run(94, -12, back=1)], [_final(90, 1)], utc(DAY, 12.98), utc(DAY, 13))
    weight = 0.5 ** (1 / 20)
    assert seen["guidance"].to_list() == pytest.approx([90.0, 90 - 4 * weight / (4 + weight)], abs=1e-4)


def test_a_correction_moves_the_bias_when_it_is_known() -> None:
    """A final of 90 corrected to 92 two days later halves an error of 4 from then on, and counts as one error still."""
    finals = [_final(90, 3), _final(92, 3, version=2, hours=24 * 3 + 6)]
    seen = _see([_run(90, -12), _run(94, -12, back=3)], finals, utc(DAY, 5.99), utc(DAY, 6))
    weight = 0.5 ** (3 / 20)
    expected = [90 - error * weight / (4 + weight) for error in (4, 2)]
    assert seen["guidance"].to_list() == pytest.approx(expected, abs=1e-4)


def test_preliminary_highs_make_no_error() -> None:
    """The high so far, as reported in the afternoon, is no truth to measure a source by."""
    seen = _see([_run(90, -12), _run(94, -12, back=2)], [_final(80, 2, hours=21, is_final=False)], utc(DAY, 0))
    assert seen["guidance"].to_list() == [90.0]


def test_the_error_is_that_of_the_forecast_when_the_day_began() -> None:
    """The forecast of 04:59Z is measured, not the better one of 06Z: the day had begun."""
    runs = [_run(90, -12), _run(96, 4.9, back=5, delay=0), _run(90, 6, back=5, delay=0)]
    weight = 0.5 ** (5 / 20)
    seen = _see(runs, [_final(90, 5)], utc(DAY, 0))
    assert seen["guidance"].item() == pytest.approx(90 - 6 * weight / (4 + weight), abs=1e-4)


def test_a_source_that_speaks_only_during_the_day_has_no_bias() -> None:
    """Without a forecast by the beginning of the day there is no error, and the bias is 0."""
    seen = _see([_run(90, -12), _run(96, 9, back=5, delay=0)], [_final(90, 5)], utc(DAY, 0))
    assert seen["guidance"].to_list() == [90.0]


def test_biases_are_each_sources_own() -> None:
    """An error of one source leaves the other as it is."""
    runs = [_run(90, -12), _run(90, -12, source="mos:nam"), _run(95, -12, source="mos:nam", back=20)]
    row = _see(runs, [_final(90, 20)], utc(DAY, 0)).row(0, named=True)
    assert row["guidance"] == pytest.approx(90 - 2.5 / 4.5 / 2, abs=1e-4)


@pytest.mark.parametrize("half_life", [0.5, 20.0, 1000.0])
def test_no_half_life_overflows(half_life: float) -> None:
    """Over forty years of errors of +3 °F the bias is 3 w / (4 + w), for a half life of half a day and of years."""
    days = range(2, 14_600, 73)
    runs = [_run(90, -12), *(_run(93, -12, back=back) for back in days)]
    known = tables(guidance=runs, official=[_final(90, back) for back in days])
    rules = guided.GuidanceRules(half_lives_days=(half_life,), max_age_hours=60.0)
    asked = pl.DataFrame({"city": ["miami"], "day": [DAY], "at": [utc(DAY)], "read_at": [utc(DAY)]}).with_columns(
        pl.col("at", "read_at").dt.cast_time_unit("us")
    )
    highs = published.standing_highs(known.official, PLACES)
    weight = sum(0.5 ** (back / half_life) for back in days)
    seen = guided.attach(asked, known.guidance, highs, PLACES, rules)["guidance"].item()
    assert seen == pytest.approx(90 - 3 * weight / (4 + weight), abs=1e-4)
