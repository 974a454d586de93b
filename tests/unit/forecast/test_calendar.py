"""Normals, climatology and persistence: what the calendar and yesterday say."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest

from drybulb.errors import ModelError
from drybulb.forecast.baselines.climatology import Climatology
from drybulb.forecast.baselines.persistence import Persistence
from drybulb.forecast.model import GRID, GRID_LOW
from drybulb.forecast.normals import Normals
from tests.unit.forecast.made import rows

YEAR = np.arange(1.0, 366.0)


def _at(pmf: np.ndarray, degree: int) -> float:
    return float(pmf[degree - GRID_LOW])


def test_normals_find_the_seasons() -> None:
    """Two harmonics are recovered from the highs they made."""
    angle = 2 * np.pi * YEAR / 365.25
    highs = 60.0 - 20.0 * np.cos(angle) + 3.0 * np.sin(2 * angle)
    normals = Normals.fit({"KMDW": (YEAR, highs)})
    assert normals.at("KMDW", np.array([1.0, 183.0])) == pytest.approx([highs[0], highs[182]], abs=1e-4)
    assert "KMIA" not in normals
    with pytest.raises(ModelError, match="KMIA"):
        normals.at("KMIA", YEAR)


def test_half_a_year_has_no_normals() -> None:
    """A station with fewer than 180 labels gets no normals."""
    assert "KMDW" not in Normals.fit({"KMDW": (YEAR[:179], YEAR[:179])})
    assert "KMDW" in Normals.fit({"KMDW": (YEAR[:180], YEAR[:180])})


def test_climatology_counts_the_days_around() -> None:
    """With highs of 70 °F up to 15 days before a day and 90 °F after it, 70 gets 16 of 31 days, smoothed 1-2-3-2-1."""
    highs = np.where(YEAR <= 184, 70.0, 90.0)
    model = Climatology.fit({"KMIA": (YEAR, highs)}, 15)
    found = model.predict(rows({"day_of_year": 184}))
    kept = 0.999
    assert found.available.all()
    assert _at(found.pmf[0], 70) == pytest.approx(kept * 16 / 31 * 3 / 9 + 0.001 / 201)
    assert _at(found.pmf[0], 71) == pytest.approx(kept * 16 / 31 * 2 / 9 + 0.001 / 201)
    assert _at(found.pmf[0], 92) == pytest.approx(kept * 15 / 31 * 1 / 9 + 0.001 / 201)
    assert _at(found.pmf[0], -20) == pytest.approx(0.001 / 201)


def test_climatology_reaches_over_new_year() -> None:
    """The days around the first of January are half in December."""
    highs = np.where(YEAR > 300, 50.0, 80.0)
    years = [(np.append(YEAR, 366.0), np.append(highs, 50.0))]
    model = Climatology.fit({"KMIA": years[0]}, 15)
    found = model.predict(rows({"day_of_year": 1}))
    assert _at(found.pmf[0], 50) == pytest.approx(0.999 * 15 / 31 * 3 / 9 + 0.001 / 201)


def test_climatology_is_silent_without_enough_years() -> None:
    """Fewer than 30 highs around a day of the year, or none of a station, and it says so."""
    model = Climatology.fit({"KMIA": (YEAR[:100], YEAR[:100])}, 15)
    found = model.predict(rows({"day_of_year": 300}, {"station": "KPHL"}, {"day_of_year": 50}))
    assert found.available.tolist() == [False, False, True]
    assert found.pmf[:2].sum() == 0.0
    assert "fewer than 30 official highs of KMIA" in found.reason[0]
    assert found.reason[1] == "no official highs of KPHL known"


def test_climatology_survives_being_written() -> None:
    """Written and read, it predicts the same to the last bit."""
    model = Climatology.fit({"KMIA": (YEAR, 60.0 + np.floor(20 * np.sin(YEAR)))}, 10)
    again = Climatology.from_json(model.to_json())
    asked = rows({"day_of_year": 3}, {"day_of_year": 366})
    assert np.array_equal(model.predict(asked).pmf, again.predict(asked).pmf)
    assert again.half_window == 10


def _rising(start: date, days: int, per_day: int) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "station": ["KMIA"] * days,
            "day": [start + timedelta(days=n) for n in range(days)],
            "high": [40 + per_day * n % 90 for n in range(days)],
        },
        schema_overrides={"high": pl.Int32},
    )


def test_persistence_adds_the_change_of_as_many_days() -> None:
    """Where highs rise a degree a day, the high two days after 70 is centred on 72, a quarter on either side."""
    model = Persistence.fit(_rising(date(2024, 5, 1), 40, 1))
    found = model.predict(rows({"last_high": 70, "last_high_lag": 2}))
    assert _at(found.pmf[0], 72) == pytest.approx(0.999 * 0.5 + 0.001 / 201)
    assert _at(found.pmf[0], 71) == pytest.approx(0.999 * 0.25 + 0.001 / 201)
    assert found.pmf[0] @ GRID == pytest.approx(72.0, abs=0.05)


def test_persistence_keeps_the_halves_of_the_year_apart() -> None:
    """Changes of April to September say nothing about winter."""
    labels = pl.concat([_rising(date(2024, 5, 1), 40, 1), _rising(date(2024, 12, 1), 40, 3)])
    found = Persistence.fit(labels).predict(
        rows({"last_high": 70, "last_high_lag": 1}, {"last_high": 70, "last_high_lag": 1, "day_of_year": 350})
    )
    assert int(GRID[found.pmf[0].argmax()]) == 71
    assert int(GRID[found.pmf[1].argmax()]) == 73


def test_persistence_says_why_it_is_silent() -> None:
    """Without a high, with one older than a week, or at a station without a record, it does not speak."""
    model = Persistence.fit(_rising(date(2024, 5, 1), 40, 1))
    found = model.predict(
        rows(
            {},
            {"last_high": 70, "last_high_lag": 8},
            {"last_high": 70, "last_high_lag": 7},
            {"last_high": 70, "last_high_lag": 1, "station": "KPHL"},
        )
    )
    assert found.available.tolist() == [False, False, True, False]
    assert found.reason[0] == "no official high known"
    assert "more than 7 days old" in found.reason[1]
    assert "KPHL" in found.reason[3]


def test_persistence_survives_being_written() -> None:
    """Written and read, it predicts the same to the last bit."""
    model = Persistence.fit(_rising(date(2024, 5, 1), 40, 7))
    again = Persistence.from_json(model.to_json())
    asked = rows({"last_high": 70, "last_high_lag": 1}, {"last_high": 60, "last_high_lag": 5})
    assert np.array_equal(model.predict(asked).pmf, again.predict(asked).pmf)
