"""How the bench of what the forecasts reach fills, averages, compares and judges."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl
import pytest

from bench.earned_nowcast import kernel, linear_nowcast
from bench.earned_scores import DAYTIME, MIDNIGHT, WHOLE, below, calibration, clock, filled, mean_of, median_bias
from bench.model_scores import Asked, scored
from drybulb.forecast.model import GRID, GRID_LOW, Prediction

DAYS = (date(2024, 1, 1), date(2024, 1, 2))


def _sure(degrees: list[int | None]) -> Prediction:
    """All probability on one degree a row; None is silence."""
    pmf, speaks = np.zeros((len(degrees), GRID.size)), np.array([degree is not None for degree in degrees])
    for row, degree in enumerate(degrees):
        if degree is not None:
            pmf[row, degree - GRID_LOW] = 1.0
    return Prediction(pmf, speaks, [""] * len(degrees))


def _asked(said: dict[str, Prediction], hours: list[float]) -> Asked:
    """The same hours of two days; the high was 70 on the first and 80 on the second."""
    day = [day for day in DAYS for _ in hours]
    rows = pl.DataFrame({"city": ["miami"] * len(day), "day": day, "hours": hours * 2})
    rows = rows.with_columns(lead=pl.when(pl.col("hours") < 0).then(1).otherwise(0))
    return Asked.of(rows, said, pl.DataFrame({"city": ["miami"] * 2, "day": DAYS, "label": [70, 80]}))


def test_the_whole_of_an_event_is_38_hours() -> None:
    """From 10:00 of the day before to 23:00 of the event day, and each of the parts has its own hours."""
    assert (WHOLE.hours, DAYTIME.hours, MIDNIGHT.hours, clock(12).hours) == (38, 14, 1, 1)


def test_an_hour_of_silence_counts() -> None:
    """Where a forecaster said nothing, the substitute's score counts, and how often that was is told."""
    scores = scored(_asked({"hybrid": _sure([71, None, 81, 81]), "climatology": _sure([75] * 4)}, [-14.0, 10.0]))
    whole, silent = filled(scores, "hybrid", "climatology")
    assert silent == 1
    found = mean_of(whole, "hybrid", WHOLE)
    # The first day: 1 at the one hour, 5 lent at the other; the second day: 1 at both.
    assert (found["value"], found["events"], found["hours"]) == (pytest.approx((3.0 + 1.0) / 2), 2, 2.0)


def test_the_hours_of_both_days_are_told_apart() -> None:
    """Ten in the morning of the day before is not ten in the morning of the event day."""
    scores = scored(_asked({"S": _sure([72, 70, 82, 80])}, [-14.0, 10.0]))
    assert mean_of(scores, "S", WHOLE)["value"] == 1.0
    assert mean_of(scores, "S", DAYTIME)["value"] == 0.0


def test_below_is_a_percent_of_the_reference_at_common_hours() -> None:
    """An hour at which one of two was silent counts for neither."""
    said = {"hybrid": _sure([71, 99, 81, 81]), "emos": _sure([74, None, 84, 84])}
    found = below(scored(_asked(said, [10.0, 11.0])), "hybrid", "emos", DAYTIME)
    assert (found["value"], found["first"], found["reference"]) == (75.0, 1.0, 4.0)
    assert found["ci90"] == [75.0, 75.0]


def test_nothing_said_is_no_number() -> None:
    """A span at which nobody spoke is refused, not scored as 0."""
    with pytest.raises(SystemExit, match="nothing was said at D 00"):
        mean_of(scored(_asked({"S": _sure([70, 80])}, [10.0])), "S", MIDNIGHT)


def test_a_cold_median_has_a_negative_bias() -> None:
    """Bias is the median less the high, of each event first and then over events, and hour by hour."""
    found = median_bias(_asked({"S": _sure([68, 70, 80, 80])}, [10.0, 11.0]), "S", DAYTIME)
    assert found["value"] == -0.5
    assert found["by_hour"] == {"10": -1.0, "11": 0.0}


def test_chance_is_told_beside_the_distance_from_flat() -> None:
    """What is sure of a degree too low is 0.9 from flat and covers nothing; a lead nobody spoke at has no row.

    Sure, it fills all parts alike whatever the outcome drawn from it, so chance takes it nowhere.
    """
    found = calibration(_asked({"S": _sure([60, 60])}, [10.0]), "S", 0)
    assert found is not None
    assert found["pit"] == 0.9
    assert found["chance"] == 0.0
    assert found["coverage"] == [0.0, 0.0, 0.0]
    assert calibration(_asked({"S": _sure([60, 60])}, [10.0]), "S", 1) is None


def _past(highs: list[float]) -> pl.DataFrame:
    x = [float(i) for i in range(len(highs))]
    return pl.DataFrame({"x": x, "label": highs})


def test_the_nowcast_is_least_squares() -> None:
    """On days whose highs are a line, with errors of ±1 in turn, the median is on that line; no input, no word."""
    past = _past([60.0 + 2.0 * i + (1.0 if i % 2 else -1.0) for i in range(40)])
    found = linear_nowcast(past, pl.DataFrame({"x": [10.0, None]}), ["x"])
    assert found.available.tolist() == [True, False]
    assert GRID[np.searchsorted(np.cumsum(found.pmf[0]), 0.5)] == 80
    assert found.pmf[0].sum() == pytest.approx(1.0)
    assert not found.pmf[1].any()


def test_the_kernel_adds_what_past_days_added() -> None:
    """Past days on which guidance was as far above the running max say by how much the high ended above it."""
    past = pl.DataFrame(
        {
            "running_max": [70, 70, 60],
            "guidance_raw": [75.0, 75.0, 90.0],
            "day_of_year": [100, 101, 100],
            "label": [74, 74, 80],
        }
    )
    asked = past.select("running_max", "guidance_raw", "day_of_year")[:1].with_columns(
        running_max=80, guidance_raw=85.0
    )
    found = kernel(past, asked)
    assert GRID[int(found.pmf[0].argmax())] == 84
    assert found.pmf[0].max() == pytest.approx(0.999, abs=1e-3)
