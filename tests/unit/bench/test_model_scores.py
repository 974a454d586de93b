"""How the bench of the models scores, pairs and averages."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl
import pytest

from bench.model_scores import BANDS, WINDOW, Asked, calibrations, differences, means, scored, speakers
from drybulb.forecast.model import GRID, GRID_LOW, Prediction

DAYS = (date(2024, 1, 1), date(2024, 1, 2))


def _sure(degrees: list[int | None], source: list[str] | None = None) -> Prediction:
    """All probability on one degree a row; None is silence."""
    pmf, speaks = np.zeros((len(degrees), GRID.size)), np.array([degree is not None for degree in degrees])
    for row, degree in enumerate(degrees):
        if degree is not None:
            pmf[row, degree - GRID_LOW] = 1.0
    return Prediction(pmf, speaks, [""] * len(degrees), source)


def _asked(said: dict[str, Prediction], hours: list[float]) -> Asked:
    """The same hours of two days; the high was 70 on the first and 80 on the second."""
    day = [day for day in DAYS for _ in hours]
    rows = pl.DataFrame({"city": ["miami"] * len(day), "day": day, "hours": hours * 2})
    rows = rows.with_columns(lead=pl.when(pl.col("hours") < 0).then(1).otherwise(0))
    labels = pl.DataFrame({"city": ["miami"] * 2, "day": DAYS, "label": [70, 80]})
    return Asked.of(rows, said, labels)


def test_an_event_counts_once() -> None:
    """A mean is over the hours of each event first and then over events, however many hours an event has."""
    # Off by 2 at two hours of the first day, and by 5 at the one hour of the second.
    said = {"S": _sure([72, 72, 85, None]), "climatology": _sure([70, 70, 80, 80])}
    found = {row["forecaster"]: row for row in means(scored(_asked(said, [10.0, 11.0])), "miami")}
    assert found["S"]["events"] == 2
    assert found["S"]["hours"] == 1.5
    assert found["S"]["crps"] == pytest.approx((2 + 5) / 2)
    assert found["S"]["mae"] == pytest.approx((2 + 5) / 2)
    assert found["climatology"]["crps"] == 0.0
    # Nothing given to what happened: the floor of 0.1 %.
    assert found["S"]["log_score"] == pytest.approx(6.9078, abs=1e-4)


def test_a_line_holds_the_same_hours_for_all() -> None:
    """An hour at which one forecaster of a line was silent counts for none of them."""
    said = {"S": _sure([70, 75, 80, 80]), "emos": _sure([71, None, 80, 80])}
    found = {row["forecaster"]: row for row in means(scored(_asked(said, [10.0, 11.0])), "miami")}
    assert found["S"]["crps"] == 0.0
    assert found["emos"]["crps"] == 0.5


def test_hours_of_the_day_before_are_hours_of_a_clock() -> None:
    """Ten in the morning of the day before is in the band of the day before, and midnight in that of the night."""
    said = {"S": _sure([70, 70, 80, 80])}
    found = [row["band"] for row in means(scored(_asked(said, [-14.0, 0.0])), "miami")]
    assert found == ["D−1 10–24", "D 00–10"]


def test_bands_are_apart_but_for_the_window_of_the_original() -> None:
    """The event day's bands hold each of its hours once, and the original's window is the last three of them."""
    hours = [hour for band in BANDS if band.lead == 0 and band != WINDOW for hour in range(band.start, band.end)]
    assert hours == list(range(24))
    assert (WINDOW.start, WINDOW.end) == (10, 24)


def test_a_pair_is_compared_where_both_spoke() -> None:
    """The difference is of means over events at common hours, the percent of the reference's mean."""
    said = {"hybrid": _sure([71, None, 81, 81]), "original": _sure([74, 99, 84, 84])}
    (found,) = [r for r in differences(scored(_asked(said, [10.0, 11.0])), "miami", 1) if r["band"] == WINDOW.name]
    assert (found["forecaster"], found["reference"], found["events"]) == ("hybrid", "original", 2)
    assert found["crps"]["difference"] == -3.0
    assert found["percent"]["lower"] == 75.0
    # Each day says the same, so no draw of days says anything else.
    assert found["percent"]["ci90"] == [75.0, 75.0]


def test_what_is_certain_is_not_calibrated_where_it_is_wrong() -> None:
    """A forecast sure of a degree too low puts every outcome in the last part of the PIT, none in any interval."""
    (found,) = calibrations(_asked({"S": _sure([60, 60, 60, 60])}, [10.0, 11.0]), "miami")
    assert (found["lead"], found["events"]) == (0, 2)
    assert found["pit_deviation"] == 0.9
    assert found["coverage"] == [0.0, 0.0, 0.0]


def test_who_spoke_is_counted_by_lead() -> None:
    """The shares of a lead sum to 100 %, a blend is one speaker whatever its weights, and silence is nobody."""
    source = ["blend(global 0.50, city 0.50)", "city", "blend(global 0.25, city 0.75)", ""]
    found = speakers(_asked({"hybrid": _sure([70, 70, 80, None], source)}, [0.0, 5.0]), "miami")
    assert {row["speaker"]: row["percent"] for row in found} == {"blend": 50.0, "city": 25.0, "nobody": 25.0}
