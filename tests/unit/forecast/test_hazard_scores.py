"""Scores of a card: means over events, every forecaster of a part on the same rows."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest

from drybulb.forecast.hazard_scores import band_scores, row_scores
from drybulb.forecast.model import GRID, GRID_LOW
from drybulb.forecast.model_card import BandScore
from tests.unit.forecast.made import labelled, rows

NAN = float("nan")


def _rows(*given: tuple[str, int, float]) -> pl.DataFrame:
    """Rows of a station, a day of July and an hour; before midnight they are of lead 1."""
    day = date(2024, 7, 1)
    return rows(
        *(
            {"station": s, "day": day + timedelta(days=number), "hours": hours, "lead": int(hours < 0)}
            for s, number, hours in given
        )
    )


def _scored(*log: float) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """Log scores of rows, and a CRPS ten times as large."""
    return np.array([[10.0 * value for value in log], log])


def _by_part(found: tuple[BandScore, ...]) -> dict[tuple[str, int | None, str], dict[str, float]]:
    return {(one.station, one.lead, one.band): one.log_score for one in found}


def test_a_row_is_scored_by_its_high() -> None:
    """Half each at 85 and 86: CRPS 0.25 and ln 2 at 86 °F, 3.25 at 89, where the log score has its floor of 0.1 %."""
    pmf = np.zeros((2, GRID.size))
    pmf[:, [85 - GRID_LOW, 86 - GRID_LOW]] = 0.5
    asked = labelled({"high": 86}, {"high": 89})
    found = row_scores(asked, pmf)
    assert found[0] == pytest.approx([0.25, 3.25])
    assert found[1] == pytest.approx([0.693147, 6.907755])
    # However many rows there are, each has its own score.
    assert np.array_equal(row_scores(pl.concat([asked] * 1100), np.tile(pmf, (1100, 1))), np.tile(found, (1, 1100)))
    assert row_scores(labelled({"high": 86}).clear(), np.empty((0, GRID.size))).shape == (2, 0)


def test_means_are_over_the_rows_of_each_event_and_then_over_events() -> None:
    """Three rows of 1 on one day and one of 3 on the next are 2 together, and not 1.5; two events were scored."""
    asked = _rows(("KMIA", 0, 12.0), ("KMIA", 0, 12.5), ("KMIA", 0, 13.0), ("KMIA", 1, 12.0))
    whole, *_ = band_scores(asked, {"model": _scored(1.0, 1.0, 1.0, 3.0), "S": _scored(2.0, 2.0, 2.0, 5.0)})
    assert (whole.station, whole.lead, whole.band, whole.events) == ("all", None, "all", 2)
    assert whole.log_score == {"model": 2.0, "S": 3.5}
    assert whole.crps == {"model": 20.0, "S": 35.0}
    assert whole.gain() == 1.5


def test_a_card_has_all_then_leads_then_parts() -> None:
    """All rows come first, then lead 1 and its parts, then lead 0 and its parts; parts without rows are not there."""
    asked = _rows(("KMIA", 0, -13.0), ("KMIA", 0, -12.0), ("KMIA", 0, 5.9), ("KMIA", 0, 6.0), ("KMIA", 0, 23.9))
    score = _scored(1.0, 2.0, 3.0, 4.0, 5.0)
    assert {part: log["model"] for part, log in _by_part(band_scores(asked, {"model": score, "S": score})).items()} == {
        ("all", None, "all"): 3.0,
        ("all", 1, "all"): 1.5,
        ("all", 1, "-24 … -12"): 1.0,
        ("all", 1, "-12 … 0"): 2.0,
        ("all", 0, "all"): 4.0,
        ("all", 0, "0 … 6"): 3.0,
        ("all", 0, "6 … 10"): 4.0,
        ("all", 0, "18 … 24"): 5.0,
    }


def test_several_stations_are_scored_together_and_each() -> None:
    """Of two stations the same day is two events; each has its own scores after those of both."""
    asked = _rows(("KPHL", 0, 12.0), ("KMIA", 0, 12.0), ("KMIA", 1, 12.0))
    found = band_scores(asked, {"model": _scored(1.0, 2.0, 6.0), "S": _scored(0.0, 0.0, 0.0)})
    assert [(one.station, one.events, one.log_score["model"]) for one in found if one.lead is None] == [
        ("all", 3, 3.0),
        ("KMIA", 2, 4.0),
        ("KPHL", 1, 1.0),
    ]


def test_who_is_silent_on_a_row_of_a_part_is_not_in_that_part() -> None:
    """EMOS, silent on one row of the morning, is compared at noon only: elsewhere its rows are not the others'."""
    asked = _rows(("KMIA", 0, 8.0), ("KMIA", 0, 9.0), ("KMIA", 0, 12.0), ("KMIA", 1, 12.0))
    said = {
        "model": _scored(1.0, 1.0, 1.0, 1.0),
        "S": _scored(1.0, 1.0, 1.0, 1.0),
        "emos": _scored(NAN, 0.1, 2.0, 4.0),
        "climatology": _scored(5.0, 5.0, 5.0, 5.0),
    }
    found = _by_part(band_scores(asked, said))
    with_emos = {part for part, log in found.items() if "emos" in log}
    assert with_emos == {("all", 0, "10 … 14")}
    assert found["all", 0, "10 … 14"]["emos"] == 3.0
    assert all({"model", "S", "climatology"} <= set(log) for log in found.values())
