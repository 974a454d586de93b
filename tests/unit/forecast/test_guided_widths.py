"""What S makes of the width of guidance, of its curve, and of a source that is missing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import polars as pl
import pytest

from drybulb.forecast.gaps import fit_gaps
from drybulb.forecast.model import GRID_LOW, Floats
from drybulb.forecast.normals import Normals
from drybulb.forecast.structural import Structural
from tests.unit.forecast.made import labelled

NORMALS = Normals({"KMIA": (85.0, 0.0, 0.0, 0.0, 0.0)})
_DAYS = 500


def _days(hours: float, say: Callable[[np.random.Generator], dict[str, Any]]) -> pl.DataFrame:
    """Days of Miami at one hour, each with guidance of two sources."""
    rng = np.random.default_rng(11)
    rows = []
    for number in range(_DAYS):
        day = date(2022, 1, 1) + timedelta(days=number)
        at = datetime(day.year, day.month, day.day, 5, tzinfo=UTC) + timedelta(hours=hours)
        place = {"day": day, "at": at, "hours": hours, "lead": 1 if hours < 0 else 0, "guidance_n": 2}
        rows.append({**place, "guidance_spread": 1.0, **say(rng)})
    return labelled(*rows)


def _fit(rows: pl.DataFrame) -> Structural:
    return Structural.fit(NORMALS, fit_gaps(rows), rows, _DAYS)


def _score(rows: pl.DataFrame) -> float:
    """Mean log score of S on the rows it was fitted on [nats]."""
    chance = _fit(rows).predict(rows).pmf[np.arange(rows.height), rows["high"].to_numpy() - GRID_LOW]
    return float(-np.log(chance).mean())


def _deviation(pmf: Floats) -> Floats:
    degrees = np.arange(pmf.shape[1], dtype=np.float64)
    mean = pmf @ degrees
    return np.sqrt(pmf @ degrees**2 - mean**2)


def _wide_or_narrow(rng: np.random.Generator) -> dict[str, Any]:
    """Guidance that errs by 1 °F where it says so, and by 4 °F where it says so."""
    width, guidance = float(rng.choice([1.0, 4.0])), float(rng.uniform(75, 95))
    return {"guidance": guidance, "guidance_width": width, "high": round(guidance + rng.logistic(0.0, width / 1.81))}


@pytest.fixture(scope="module")
def sure() -> pl.DataFrame:
    """The day before at noon."""
    return _days(-12.0, _wide_or_narrow)


def test_a_width_that_is_true_is_listened_to(sure: pl.DataFrame) -> None:
    """Two widths of 1 and 4 °F told apart are worth more than a fifth of a nat, and S is wider where guidance is."""
    told = sure.with_columns(guidance_width=pl.lit(None, pl.Float64))
    assert _score(sure) < _score(told) - 0.2
    narrow, wide = (sure.filter(guidance_width=width).head(1) for width in (1.0, 4.0))
    model = _fit(sure)
    assert _deviation(model.predict(wide).pmf) > 2 * _deviation(model.predict(narrow).pmf)


def test_a_width_that_is_missing_is_as_usual(sure: pl.DataFrame) -> None:
    """Where no source says how sure it is, S is as wide as it would be of the usual width."""
    model = _fit(sure)
    usual = float(np.expm1(np.log1p(sure["guidance_width"].to_numpy()).mean()))
    asked = sure.head(1).with_columns(guidance_width=pl.lit(usual))
    # That there is none says nothing either: no row it learnt from lacked one.
    without = asked.with_columns(guidance_width=pl.lit(None, pl.Float64))
    assert model.predict(without).pmf == pytest.approx(model.predict(asked).pmf, abs=1e-9)


def test_a_missing_source_widens(sure: pl.DataFrame) -> None:
    """S learnt from two sources; of one whose errors correlate with the other's by 0.7 the deviation is
    √(1 / 0.85) of theirs.
    """
    plain = sure.with_columns(guidance_width=pl.lit(None, pl.Float64))
    both = plain.head(1)
    one = both.with_columns(guidance_n=pl.lit(1, pl.Int32), guidance_spread=pl.lit(None, pl.Float64))
    model = _fit(plain)
    found = _deviation(model.predict(one).pmf) / _deviation(model.predict(both).pmf)
    assert found == pytest.approx((1 / 0.85) ** 0.5, abs=0.01)


def _off_the_curve(rng: np.random.Generator) -> dict[str, Any]:
    """A morning whose high is guidance plus all that the last reading is off the curve, and an error of 1 °F."""
    off, climb, last = rng.normal(0.0, 3.0), rng.uniform(5, 15), float(rng.uniform(65, 80))
    return {
        "guidance": last - off + climb,
        "last_temp": last,
        "last_temp_age": 0.2,
        "reading_max": int(last),
        "running_max": int(last),
        "curve_now": last - off,
        "curve_rest": last - off + climb,
        "high": max(round(last + climb + rng.normal(0.0, 1.0)), int(last)),
    }


def test_a_morning_off_the_curve_moves_the_high() -> None:
    """Where the high follows the reading off the curve, the curve is worth half a nat; without it S leans nowhere."""
    rows = _days(9.0, _off_the_curve)
    told = rows.with_columns(curve_now=pl.lit(None, pl.Float64), curve_rest=pl.lit(None, pl.Float64))
    assert _score(rows) < _score(told) - 0.5
    said = _fit(rows).predict(told)
    assert said.available.all()
    mean = said.pmf @ np.arange(GRID_LOW, GRID_LOW + said.pmf.shape[1])
    assert abs(float(np.mean(mean - rows["high"].to_numpy()))) < 0.5
