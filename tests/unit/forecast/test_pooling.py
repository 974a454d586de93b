"""City model or global model: on the same rows, and the day is the city's unless the other is clearly better."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl
import pytest

from drybulb.forecast.model_card import Pooled
from drybulb.forecast.pooling import choose
from tests.unit.forecast.small_models import CITY, small_models
from tests.unit.forecast.spoken import instant

DAY = date(2024, 7, 2)
DAY_BEFORE = Pooled(1, "all", 0, {}, None, None, "global")

Row = tuple[int, float, float]
"""Number of the event, hours since its midnight, log score."""


def _scored(*given: Row) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "station": ["KMIA"] * len(given),
            "day": [DAY + timedelta(days=number) for number, _, _ in given],
            "at": [instant(24.0 * number + hours) for number, hours, _ in given],
            "lead": [int(hours < 0) for _, hours, _ in given],
            "hours": [hours for _, hours, _ in given],
            "log": [log for _, _, log in given],
        }
    )


def test_means_are_over_the_rows_of_each_event_and_then_over_events() -> None:
    """Of two events the first was asked three times: the city's mean is (1 + 2) / 2, the global one's (1.3 + 1.5) / 2,
    though over rows the city's is the lower. The differences of the two days are the ends of the interval.
    """
    own = _scored((0, 12.0, 1.0), (0, 12.5, 1.0), (0, 13.0, 1.0), (1, 12.0, 2.0))
    whole = _scored((0, 12.0, 1.3), (0, 12.5, 1.3), (0, 13.0, 1.3), (1, 12.0, 1.5))
    before, day, part = choose(own, whole, 1)
    assert before == DAY_BEFORE
    assert (day.lead, day.band, day.events) == (0, "all", 2)
    assert day.log_score == pytest.approx({"city": 1.5, "global": 1.4})
    assert day.difference == pytest.approx(0.1)
    assert day.ci90 == pytest.approx((-0.3, 0.5))
    assert (part.band, part.log_score, part.chosen) == ("10 … 14", day.log_score, None)


@pytest.mark.parametrize(
    ("city", "chosen"),
    [((1.1, 2.2), "global"), ((0.9, 2.5), "city"), ((1.0, 2.2), "city"), ((1.0, 2.0), "city"), ((0.5, 1.0), "city")],
)
def test_the_global_model_is_chosen_where_it_is_clearly_better(city: tuple[float, float], chosen: str) -> None:
    """Better on both days it takes the event day; better in the mean alone, level or worse it leaves it to the city's.
    The day before is its own in any case, and no part of a day is chosen by itself.
    """
    own = _scored((0, 12.0, city[0]), (1, 12.0, city[1]))
    found = choose(own, _scored((0, 12.0, 1.0), (1, 12.0, 2.0)), 1)
    assert [one.chosen for one in found] == ["global", chosen, None]


def test_only_rows_of_both_on_the_event_day_are_compared() -> None:
    """What one of them alone was scored on, and the day before, does not count; parts without rows are not there."""
    own = _scored((0, 2.0, 1.0), (0, 20.0, 9.0), (1, 2.0, 1.0))
    whole = _scored((0, -3.0, 9.0), (0, 2.0, 1.5), (1, 2.0, 1.5), (2, 2.0, 0.0))
    _, day, *parts = choose(own, whole, 1)
    assert (day.events, day.log_score) == (2, {"city": 1.0, "global": 1.5})
    assert [part.band for part in parts] == ["0 … 6"]


def test_without_a_global_model_or_a_common_row_the_day_is_the_citys() -> None:
    """Nothing to compare with is no reason to be silent; the card has no number then."""
    own = _scored((0, 2.0, 1.0))
    nothing = (DAY_BEFORE, Pooled(0, "all", 0, {}, None, None, "city"))
    assert choose(own, None, 1) == nothing
    assert choose(own, _scored((1, 2.0, 1.0)), 1) == nothing


def test_a_grown_city_model_is_compared_with_the_one_grown_beside_it() -> None:
    """Its card compares its very events, at the scores of its own bands; that of the global model compares nothing."""
    grown = small_models()
    assert grown["global"].card.pooling == ()
    card = grown[CITY].card
    before, day, *parts = card.pooling
    assert before == DAY_BEFORE
    whole = card.scores[0]
    assert day.events == whole.events
    assert day.log_score["city"] == pytest.approx(whole.log_score["model"])
    assert day.ci90 is not None
    assert day.chosen == ("global" if day.ci90[0] > 0.0 else "city")
    assert [part.band for part in parts] == [one.band for one in card.scores if one.band != "all"]
