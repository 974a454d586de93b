"""Law 2: predicting a batch equals predicting its rows one by one, after a pmf is rounded for the belief."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, time
from functools import partial

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from drybulb.app.forecaster import distributions
from drybulb.forecast.fitted import NAMES
from drybulb.forecast.hybrid import SIDES, Hybrid, Speaker
from drybulb.forecast.model import Prediction
from tests.unit.forecast.made import FIRST, MIAMI, fitted, material
from tests.unit.forecast.small_models import CITY, small_models

#: Fitted when the module is read, before any defect is planted.
FITTED = fitted()

#: The global model and Miami's, who may speak of the days they were grown on: what is asked is how, not how well.
_KNOWN = datetime.combine(FIRST, time(), UTC)
_SPEAKERS = [Speaker(name, small_models()[name].model, frozenset({MIAMI.station}), _KNOWN) for name in ("global", CITY)]
HYBRID = Hybrid(_SPEAKERS[0], {MIAMI.key: _SPEAKERS[1]})


def _check(asked: pl.DataFrame, predict: Callable[[pl.DataFrame], Prediction]) -> None:
    """Compare a batch's distributions, in millionths, with those of its rows alone, and who gave them and why."""
    together = predict(asked)
    alone = [predict(asked.slice(n, 1)) for n in range(asked.height)]
    assert list(distributions(together)) == [next(distributions(one)) for one in alone]
    for what in ("reason", "source", "model"):
        said = getattr(together, what)
        assert (said or []) == [word for one in alone for word in getattr(one, what) or []]


@settings(max_examples=8)
@given(st.lists(st.integers(0, 10_000), min_size=2, max_size=20))
def test_a_prediction_stands_alone(numbers: list[int]) -> None:
    """Rows of a season, in any order and company, have the distributions they have alone, to the last millionth."""
    seen = material().rows
    for name in NAMES:
        _check(seen[[number % seen.height for number in numbers]], FITTED.models[name].predict)


def test_every_forecaster_keeps_rows_apart() -> None:
    """The same holds for each forecaster on the rows of two days, of which half have lost what may be missing."""
    rows = _two_days()
    for name in NAMES:
        _check(rows, FITTED.models[name].predict)


@settings(max_examples=4)
@given(st.lists(st.integers(0, 10_000), min_size=2, max_size=8))
def test_a_corrected_prediction_stands_alone(numbers: list[int]) -> None:
    """Rows of a season, in any order and company, have the same said of them by the same models, alone or together."""
    seen = material().rows
    for name in SIDES:
        _check(seen[[number % seen.height for number in numbers]], partial(HYBRID.predict, name))


def test_every_model_keeps_rows_apart() -> None:
    """The same holds for the global model, a city's and the hybrid on every third of those rows of two days, and of the
    first hours of a day, in which the hybrid blends.
    """
    seen = material().rows
    night = seen.filter((pl.col("lead") == 0) & pl.col("hours").is_between(0.0, 2.0)).tail(8)
    for name in SIDES:
        _check(pl.concat([_two_days().gather_every(3), night]), partial(HYBRID.predict, name))


def _two_days() -> pl.DataFrame:
    """The rows of the newest two days, every second one and then the others with less in them."""
    seen = material().rows
    days = seen["day"].unique().sort()[-2:]
    rows = seen.filter(pl.col("day").is_in(days.implode()))
    return pl.concat([rows.gather_every(2), _without(rows.gather_every(2, 1))])


def _without(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows with what a snapshot often lacks gone."""
    names = ("running_max", "group_max", "reading_max", "temp_trend", "last_high", "guidance_spread")
    return rows.with_columns(pl.lit(None, rows.schema[name]).alias(name) for name in names)
