"""Law 3: every pmf is one, P(high ≥ k) never rises with k, and the floor of what was observed is soft but real."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from drybulb.forecast.gaps import GAP_LOW, Gap
from drybulb.forecast.hybrid import Hybrid, Speaker
from drybulb.forecast.model import GRID, GRID_LOW, Prediction
from drybulb.forecast.structural import Structural
from tests.unit.forecast.made import MIAMI, UNTIL, fitted, rows
from tests.unit.forecast.small_models import CITY, small_models

DEGREES = st.floats(-40.0, 120.0)
NOW = datetime(2024, 8, 16, 5, tzinfo=UTC)


#: Fitted when the module is read, before any defect is planted.
FITTED = fitted()

#: The global model and Miami's, each change of S taken whole.
GROWN = {name: small_models(is_taken_whole=True)[name] for name in ("global", CITY)}
_SPEAKERS = [Speaker(name, one.model, frozenset({MIAMI.station}), UNTIL) for name, one in GROWN.items()]
HYBRID = Hybrid(_SPEAKERS[0], {MIAMI.key: _SPEAKERS[1]})


@st.composite
def drawn_rows(draw: st.DrawFn) -> pl.DataFrame:
    """Snapshots that may hold anything at all: no weather, a heat wave at midnight, guidance of another planet."""
    given_rows: list[dict[str, Any]] = []
    for _ in range(draw(st.integers(1, 6))):
        hours = draw(st.floats(-24.0, 23.99))
        reached = draw(st.none() | st.integers(-40, 120))
        group = draw(st.none() | st.integers(-40, 120))
        report = draw(st.none() | st.sampled_from([value for value in (reached, group, -10, 110) if value is not None]))
        known = [value for value in (reached, group, report) if value is not None]
        day = {
            "hours": hours,
            "at": NOW + timedelta(hours=hours),
            "lead": 0 if hours >= 0 else 1,
            "day_of_year": draw(st.integers(1, 366)),
            "last_temp": draw(st.none() | DEGREES),
            "last_temp_age": draw(st.floats(0.0, 6.0)),
            "temp_trend": draw(st.none() | st.floats(-30.0, 30.0)),
            "guidance": draw(st.none() | DEGREES),
            "guidance_raw": draw(st.none() | DEGREES),
            "guidance_spread": draw(st.none() | st.floats(0.0, 30.0)),
            "last_high": draw(st.none() | st.integers(-40, 120)),
            "last_high_lag": draw(st.integers(1, 9)),
            "ladder_centre": draw(st.none() | DEGREES),
        }
        if hours >= 0:
            day |= {"reading_max": reached, "group_max": group, "running_max": max(known, default=None)}
            day |= {"report_max": report, "reading_since_report": draw(st.sampled_from([None, reached]))}
            day |= {"neighbour_running_max": draw(st.none() | st.integers(-40, 120))}
        given_rows.append(day)
    return rows(*given_rows)


def _check_pmf(found: Prediction) -> None:
    """Check what must hold of every row of a prediction."""
    spoken = found.pmf[found.available]
    assert np.isfinite(found.pmf).all()
    assert (found.pmf >= 0.0).all()
    assert np.allclose(spoken.sum(axis=1), 1.0, rtol=0.0, atol=1e-9)
    survival = np.cumsum(spoken[:, ::-1], axis=1)[:, ::-1]
    assert (np.diff(survival, axis=1) <= 0.0).all()
    assert (found.pmf[~found.available] == 0.0).all()


@settings(max_examples=60)
@given(drawn_rows())
def test_every_pmf_is_one(asked: pl.DataFrame) -> None:
    """Whatever a snapshot holds, each pmf is finite, non-negative, sums to 1, and P(high ≥ k) never rises with k."""
    for model in FITTED.models.values():
        _check_pmf(model.predict(asked))


@settings(max_examples=40)
@given(drawn_rows())
def test_every_corrected_pmf_is_one(asked: pl.DataFrame) -> None:
    """The same holds of a city model, and of the global model and the hybrid of both, which speak wherever S does."""
    spoken = FITTED.models["S"].predict(asked).available
    for name in ("global", "city", "hybrid"):
        found = HYBRID.predict(name, asked)
        _check_pmf(found)
        assert name == "city" or (found.available == spoken).all()


def _below(gap: Gap) -> float:
    """P(gap < 0) of a fitted gap, from its counts: half a day ahead from -1 to +3, half of that a degree beyond."""
    days = {GAP_LOW + i: n + 0.5 * 0.5 ** max(-1 - (GAP_LOW + i), GAP_LOW + i - 3, 0) for i, n in enumerate(gap.days)}
    return sum(n for size, n in days.items() if size < 0) / sum(days.values())


@settings(max_examples=60)
@given(drawn_rows())
def test_the_floor_is_soft_and_real(asked: pl.DataFrame) -> None:
    """S gives the degrees below what was observed some mass, and at most what the gap of the highest witness gives; a
    report speaks for what stands no higher.
    """
    model = FITTED.models["S"]
    assert isinstance(model, Structural)
    found = model.predict(asked)
    gaps = model.gaps["KMIA"]
    for number in np.flatnonzero(found.available):
        row = asked.row(int(number), named=True)
        if row["running_max"] is None:
            continue
        held_by = [gaps.group] if row["group_max"] == row["running_max"] else []
        held_by += [gaps.reading] if row["reading_max"] == row["running_max"] else []
        held_by = [gaps.report] if row["report_max"] == row["running_max"] else held_by
        below = float(found.pmf[number, : row["running_max"] - GRID_LOW].sum())
        assert 0.0 < below <= min(_below(gap) for gap in held_by) + 1e-12


@settings(max_examples=40)
@given(drawn_rows())
def test_a_correction_leaves_the_floor_as_it_is(asked: pl.DataFrame) -> None:
    """Global and city models give each degree below the station's own running max what S gives it, however they correct
    the others: some mass, and at most what the fitted gap gives.
    """
    for grown in GROWN.values():
        of_s, found = grown.model.structural.predict(asked), grown.model.predict(asked)
        for number in np.flatnonzero(found.available):
            reached = asked["running_max"][int(number)]
            if reached is None:
                continue
            below = slice(0, reached - GRID_LOW)
            assert np.allclose(found.pmf[number, below], of_s.pmf[number, below], rtol=0.0, atol=1e-12)
            # Below the last digit of 1 a mass cannot be told from none once it has been through a survival.
            assert found.pmf[number, below].sum() > 0.0 or of_s.pmf[number, below].sum() < np.finfo(np.float64).eps


def test_an_evening_is_what_was_reached() -> None:
    """At 22 h of a hot day long past its peak nearly all mass lies from the observed maximum to three degrees above."""
    asked = rows(
        {
            "at": NOW + timedelta(hours=22),
            "hours": 22.0,
            "reading_max": 88,
            "running_max": 88,
            "last_temp": 78.0,
            "last_temp_age": 0.2,
            "guidance": 88.0,
            "last_high": 87,
            "last_high_lag": 1,
        }
    )
    found = FITTED.models["S"].predict(asked)
    reached = (GRID >= 88) & (GRID <= 91)
    assert float(found.pmf[0, reached].sum()) > 0.95
