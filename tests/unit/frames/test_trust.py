"""How far each half-life is trusted, by hand."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import polars as pl
import pytest

from drybulb.frames import decay, trust
from drybulb.frames.asof import INSTANT
from tests.laws.records import utc

DAY = date(2024, 7, 15)
NOW = utc(DAY, 1)
BY = ("city", "source")
FOREVER = 1e9
"""A half-life in which nothing fades [d]."""


def _steps(*errors: tuple[int, float, float]) -> pl.DataFrame:
    """Errors of the days so many before DAY [°F], each known so many hours after its day began."""
    days = [DAY - timedelta(days=back) for back, _, _ in errors]
    known = [utc(day, hours) for day, (_, _, hours) in zip(days, errors, strict=True)]
    highs = pl.DataFrame(
        {"city": "miami", "day": days, "known_at": known, "high": 80, "is_final": True},
        schema_overrides={"known_at": INSTANT},
    )
    said = pl.DataFrame(
        {"day": days, "begins": [utc(day) for day in days], "said": [80 + error for _, error, _ in errors]},
        schema_overrides={"begins": INSTANT},
    ).select(pl.lit("miami").alias("city"), pl.lit("mos:gfs").alias("source"), pl.all())
    return decay.error_steps(highs, said, BY)


def _see(steps: pl.DataFrame, half_lives: tuple[float, ...], at: datetime = NOW) -> tuple[float, float]:
    asked = pl.DataFrame([("miami", "mos:gfs", DAY, at)], schema=["city", "source", "day", "at"], orient="row")
    found = trust.with_bias(asked.cast({"at": INSTANT}), steps, BY, half_lives)
    assert found.columns == [*asked.columns, "bias", "half_life"]
    bias, half_life = found.select("bias", "half_life").row(0)
    return bias, half_life


def test_half_lives_that_left_the_same_are_trusted_the_same() -> None:
    """Of one error of 10 °F nothing was corrected: two days on the bias is the mean of 2.5 / 4.25 and 5 / 4.5."""
    bias, half_life = _see(_steps((2, 10.0, 30)), (1.0, 2.0))
    assert bias == pytest.approx((2.5 / 4.25 + 5 / 4.5) / 2)
    assert half_life == pytest.approx(2**0.5)


def test_seventy_square_degrees_more_halve_the_trust() -> None:
    """An error of 30 °F would have corrected the next day's by 15 / 4.5 or by 6; of 17.79 °F that leaves the fading one
    70 °F² more, and half the weight.
    """
    error = (70 / (6 - 15 / 4.5) + 6 + 15 / 4.5) / 2
    bias, half_life = _see(_steps((4, 30.0, 12), (3, error, 30)), (1.0, FOREVER))
    fading = (30 / 16 + error / 8) / (1 / 16 + 1 / 8 + 4)
    assert bias == pytest.approx((fading + 2 * (30 + error) / 6) / 3)
    assert half_life == pytest.approx(FOREVER ** (2 / 3))


def test_a_day_is_corrected_by_what_was_known_when_it_began() -> None:
    """The same error, known an hour after the next day began, corrects nothing there: both are trusted the same."""
    late = _steps((4, 30.0, 25), (3, 20.0, 30))
    assert _see(late, (1.0, FOREVER))[1] == pytest.approx(FOREVER**0.5)
    assert _see(_steps((4, 30.0, 24), (3, 20.0, 30)), (1.0, FOREVER))[1] > FOREVER**0.6


def test_what_is_not_known_yet_judges_nobody() -> None:
    """A day whose final comes later tells the half-lives apart from then on."""
    steps = _steps((4, 30.0, 12), (3, 20.0, 73.5))
    assert _see(steps, (1.0, FOREVER))[1] == pytest.approx(FOREVER**0.5)
    assert _see(steps, (1.0, FOREVER), utc(DAY, 1.5))[1] > FOREVER**0.6


def test_half_lives_far_apart_share_a_record() -> None:
    """Over forty years of errors of +3 °F each candidate is 3 w / (4 + w) with its own weights."""
    half_lives, days = (0.5, 20.0, 4000.0), range(2, 14_600, 73)
    steps = _steps(*((back, 3.0, 30.0) for back in days))
    asked = pl.DataFrame({"step": [len(days) - 1], "day": [DAY]}, schema_overrides={"step": pl.UInt32})
    found = decay.candidates(asked, steps, BY, half_lives).drop("step", "day").row(0)
    weights = [sum(0.5 ** (back / half_life) for back in days) for half_life in half_lives]
    assert found == pytest.approx([3 * weight / (4 + weight) for weight in weights])
