"""Law 2: predicting a batch equals predicting its rows one by one, after a pmf is rounded for the belief."""

from __future__ import annotations

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from drybulb.app.forecaster import distributions
from drybulb.forecast.fitted import NAMES
from tests.unit.forecast.made import fitted, material

#: Fitted when the module is read, before any defect is planted.
FITTED = fitted()


def _check(asked: pl.DataFrame, name: str) -> None:
    """Compare a batch's distributions, in millionths, with those of its rows alone."""
    model = FITTED.models[name]
    together = model.predict(asked)
    alone = [model.predict(asked.slice(n, 1)) for n in range(asked.height)]
    assert list(distributions(together)) == [next(distributions(one)) for one in alone]
    assert together.reason == [one.reason[0] for one in alone]


@settings(max_examples=8)
@given(st.lists(st.integers(0, 10_000), min_size=2, max_size=20))
def test_a_prediction_stands_alone(numbers: list[int]) -> None:
    """Rows of a season, in any order and company, have the distributions they have alone, to the last millionth."""
    seen = material().rows
    for name in NAMES:
        _check(seen[[number % seen.height for number in numbers]], name)


def test_every_forecaster_keeps_rows_apart() -> None:
    """The same holds for each forecaster on the rows of two days, of which half have lost what may be missing."""
    seen = material().rows
    days = seen["day"].unique().sort()[-2:]
    rows = seen.filter(pl.col("day").is_in(days.implode()))
    for name in NAMES:
        _check(pl.concat([rows.gather_every(2), _without(rows.gather_every(2, 1))]), name)


def _without(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows with what a snapshot often lacks gone."""
    names = ("running_max", "group_max", "reading_max", "temp_trend", "last_high", "guidance_spread")
    return rows.with_columns(pl.lit(None, rows.schema[name]).alias(name) for name in names)
