"""S: the greater of what was reached and of what the rest of the day brings."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl
import pytest

from drybulb.forecast.forms import BASES, NOTHING_KNOWN
from drybulb.forecast.gaps import GAP_LOW, Gap, Gaps, fit_gaps
from drybulb.forecast.logistic import LogisticFit
from drybulb.forecast.model import GRID, GRID_LOW, Floats, Prediction
from drybulb.forecast.normals import Normals
from drybulb.forecast.parts import POOLED, Part
from drybulb.forecast.structural import BORROWED, Structural
from drybulb.frames import reported
from tests.unit.forecast.made import material, rows

NORMALS = Normals({"KMIA": (85.0, 0.0, 0.0, 0.0, 0.0)})
EXACT = Gap(tuple(100 if gap == 0 else 0 for gap in range(GAP_LOW, 9)))
ABOVE = Gap(tuple({0: 30, 1: 60, 2: 10}.get(gap, 0) for gap in range(GAP_LOW, 9)))
GAPS = dict.fromkeys(("*", "KMIA"), Gaps(EXACT, ABOVE, EXACT))
FRESH = {"last_temp": 84.0, "last_temp_age": 0.4}


def _part(basis: str, lead: int, shift: float, scale: float = 1.0, score: float = 2.0) -> Part:
    """A fit that puts R ``shift`` above its anchor, whatever else is known, for a whole lead."""
    form = next(found for found in BASES if found.name == basis).form_at(-24.0 if lead else 0.0)
    features = len(form.relative) + len(form.absolute)
    fit = LogisticFit((shift, *[0.0] * features), (math.log(scale), *[0.0] * len(form.scale), *[1.0] * len(form.given)))
    return Part(basis, -24.0 if lead else 0.0, 0.0 if lead else 24.0, -12.0 if lead else 12.0, 500, score, fit)


def _model(*parts: Part) -> Structural:
    return Structural(NORMALS, GAPS, {"KMIA": list(parts)})


def _cdf(found: Prediction, degree: int, row: int = 0) -> float:
    return float(found.pmf[row, : degree - GRID_LOW + 1].sum())


def _logistic(degree: int, location: float, scale: float) -> float:
    return 1.0 / (1.0 + math.exp(-(degree + 0.5 - location) / scale))


def test_the_high_is_below_k_if_both_parts_are() -> None:
    """P(high ≤ 86) is P(M ≤ 86) · P(R ≤ 86): gap at most 0 above 86, gap at most 2 above 84, and a logistic at 85."""
    found = _model(_part("guidance+observations", 0, 1.0, 1.5)).predict(
        rows({"guidance": 86.0, "group_max": 86, "reading_max": 84, "running_max": 86, **FRESH})
    )
    so_far = EXACT.cdf(np.array([0.0]))[0] * ABOVE.cdf(np.array([2.0]))[0]
    assert _cdf(found, 86) == pytest.approx(so_far * _logistic(86, 85.0, 1.5))
    assert found.reason == ["guidance+observations"]


def test_after_the_heat_only_the_gap_is_left() -> None:
    """When R lies far below the maximum so far, the distribution is that of the maximum and its gap."""
    found = _model(_part("guidance+observations", 0, -30.0)).predict(
        rows({"guidance": 88.0, "reading_max": 90, "running_max": 90, "hours": 22.0, **FRESH})
    )
    assert found.pmf[0, 90 - GRID_LOW : 93 - GRID_LOW] == pytest.approx(ABOVE.pmf()[-GAP_LOW : 3 - GAP_LOW])


def test_a_report_speaks_for_what_stands_no_higher() -> None:
    """Under a report of 90 °F a group of 90 °F and a reading of 89 °F from before it say nothing, a reading of 89 °F
    since then has its gap of at most 1 below 90; a reading of 91 °F speaks though it is older.
    """
    reached = {"guidance": 88.0, "report_max": 90, "hours": 22.0, **FRESH}
    asked = rows(
        {**reached, "group_max": 90, "reading_max": 89},
        {**reached, "group_max": 90, "reading_max": 89, "reading_since_report": 89},
        {**reached, "reading_max": 91, "reading_since_report": 85},
    )
    found = _model(_part("guidance+observations", 0, -30.0)).predict(asked)
    exact, above = (gap.cdf(np.array([0.0, 1.0])) for gap in (EXACT, ABOVE))
    assert _cdf(found, 90, 0) == pytest.approx(exact[0])
    assert _cdf(found, 90, 1) == pytest.approx(exact[0] * above[1])
    assert _cdf(found, 91, 2) == pytest.approx(exact[1] * above[0])


def test_on_the_day_before_nothing_has_been_reached() -> None:
    """At lead 1 there is no floor, whatever the columns of the maximum hold."""
    asked = {"guidance": 80.0, "lead": 1, "hours": -5.0, **FRESH}
    found = _model(_part("guidance+observations", 1, 0.0)).predict(rows(asked, {**asked, "reading_max": 95}))
    assert np.array_equal(found.pmf[0], found.pmf[1])
    assert _cdf(found, 79) == pytest.approx(_logistic(79, 80.0, 1.0))


def test_a_neighbours_maximum_is_no_floor() -> None:
    """A neighbour's maximum moves the location, but mass below it is not cut."""
    part = _part("guidance+neighbour", 0, 0.0)
    asked = {"guidance": 80.0, "neighbour_last_temp": 80.0, "neighbour_last_temp_age": 0.5, "neighbour_running_max": 95}
    found = _model(part).predict(rows(asked))
    assert found.reason == ["guidance+neighbour"]
    assert _cdf(found, 79) == pytest.approx(_logistic(79, 80.0, 1.0))


def test_a_silent_station_leaves_the_guidance() -> None:
    """Readings older than three hours do not count as observations, but what they reached stays a floor."""
    model = _model(_part("guidance+observations", 0, 0.0), _part("guidance", 0, 0.0))
    found = model.predict(
        rows(
            {"guidance": 80.0, "last_temp": 84.0, "last_temp_age": 3.1, "reading_max": 82, "running_max": 82},
            {"guidance": 80.0, "last_temp": 84.0, "last_temp_age": 2.9, "reading_max": 82, "running_max": 82},
        )
    )
    assert found.reason == ["guidance", "guidance+observations"]
    assert 0.0 < _cdf(found, 81) <= ABOVE.cdf(np.array([-1.0]))[0]


def test_of_two_bases_the_better_scored_speaks() -> None:
    """Where guidance and observations were never fitted together, that speaks whose fit scored better in training."""
    asked = rows({"guidance": 80.0, **FRESH})
    warm = _model(_part("guidance", 0, 0.0, score=1.9), _part("observations", 0, 0.0, score=2.1)).predict(asked)
    late = _model(_part("guidance", 0, 0.0, score=1.9), _part("observations", 0, 0.0, score=0.7)).predict(asked)
    assert (warm.reason, late.reason) == (["guidance"], ["observations"])


def test_a_joint_basis_is_preferred_whatever_its_score() -> None:
    """A fit on guidance and observations together knows all that each knows, on other days; scores are not compared."""
    model = _model(_part("guidance+observations", 0, 0.0, score=2.5), _part("observations", 0, 0.0, score=0.7))
    assert model.predict(rows({"guidance": 80.0, **FRESH})).reason == ["guidance+observations"]


def _mean(found: Prediction, row: int) -> float:
    return float(found.pmf[row] @ GRID)


def test_between_two_hours_it_moves_and_does_not_jump() -> None:
    """A reading taken between the centres of two fits is answered in proportion, on both sides of the cut."""
    early, late = (replace(_part("guidance+observations", 0, shift), score=2.0) for shift in (6.0, 2.0))
    early = replace(early, start=5.0, end=6.0, centre=5.9)
    late = replace(late, start=6.0, end=7.0, centre=6.9)
    read_at = (5.9, 5.999, 6.001, 6.4, 6.9, 6.99)
    asked = [{"guidance": 90.0, "hours": at + 0.5, **FRESH, "last_temp_age": 0.5} for at in read_at]
    found = _model(early, late).predict(rows(*asked))
    means = [_mean(found, row) - 84.0 for row in range(len(read_at))]
    assert means == pytest.approx([6.0, 5.604, 5.596, 4.0, 2.0, 2.0], abs=0.01)


def test_an_hour_without_a_fit_is_not_answered_by_another() -> None:
    """A fit of the afternoon says nothing about the morning."""
    late = replace(_part("observations", 0, 2.0), start=14.0, end=15.0, centre=14.9)
    found = _model(late).predict(rows({"hours": 9.5, **FRESH}, {"hours": 14.9, **FRESH}))
    assert found.available.tolist() == [False, True]


def test_it_says_why_it_is_silent() -> None:
    """With nothing known, or without a fit for what is known, there is no distribution but a reason."""
    found = _model(_part("guidance", 0, 0.0)).predict(
        rows({}, dict(FRESH), {"guidance": 80.0, "station": "KPHL"}, {"guidance": 80.0, "lead": 1, "hours": -3.0})
    )
    assert found.available.tolist() == [False] * 4
    assert found.pmf.sum() == 0.0
    assert found.reason[0] == NOTHING_KNOWN == "no guidance and no observations known"
    assert "no fit for KMIA" in found.reason[1]
    assert "no fit for KPHL" in found.reason[2]
    assert "no fit for KMIA" in found.reason[3]


@pytest.fixture(scope="module")
def world() -> tuple[pl.DataFrame, Structural]:
    """The snapshots of a small world with their highs, and S fitted on them."""
    made = material()
    highs = made.official.select("station", "day", "high")
    seen = made.rows.join(highs, on=["station", "day"]).sort("station", "day", "at")
    normals = Normals.fit({"KMIA": _year(made.official)})
    return seen, Structural.fit(normals, fit_gaps(seen), seen, 120)


def _year(official: pl.DataFrame) -> tuple[Floats, Floats]:
    days = official["day"].dt.ordinal_day().cast(pl.Float64).to_numpy()
    return days, official["high"].cast(pl.Float64).to_numpy()


def _error(seen: pl.DataFrame, found: Prediction, hour: float) -> float:
    at = (seen["hours"] >= hour) & (seen["hours"] < hour + 1) & pl.Series(found.available)
    kept = at.to_numpy()
    return float(np.abs(found.pmf[kept] @ GRID - seen["high"].to_numpy()[kept]).mean())


def test_it_learns_the_day(world: tuple[pl.DataFrame, Structural]) -> None:
    """The later in the day, the closer it comes: within a degree at 16 h, closer than half that at 22 h."""
    seen, model = world
    found = model.predict(seen)
    early, late, night = (_error(seen, found, hour) for hour in (8.0, 16.0, 22.0))
    assert early > late > night
    assert late < 1.0
    assert night < 0.5


def test_it_is_fitted_for_every_part_of_the_day(world: tuple[pl.DataFrame, Structural]) -> None:
    """With guidance and observations it has fits of both together and of each alone, by the hour of the day."""
    parts = world[1].parts["KMIA"]
    together = sorted(part.start for part in parts if part.basis == "guidance+observations")
    # The routine reading of the last hour is known only after the day, so the last two hours share a fit.
    assert together[-23:] == [float(n) for n in range(23)]
    assert max(part.end for part in parts) == 24.0
    assert {part.basis for part in parts} == {"guidance+observations", "guidance", "observations"}
    assert max(part.days for part in parts) <= 120


def test_a_special_report_of_the_last_hour_is_listened_to(world: tuple[pl.DataFrame, Structural]) -> None:
    """A reading of 23:12, later than any routine one, does not make it forget the observations of the day."""
    late = world[0].filter(pl.col("hours").is_between(23.4, 23.9) & pl.col("guidance").is_not_null())
    read = late.with_columns((pl.col("hours") - 23.2).alias("last_temp_age"))
    assert read.height > 0
    assert set(world[1].predict(read).reason) == {"guidance+observations"}


def test_a_neighbour_teaches_it_without_a_floor(world: tuple[pl.DataFrame, Structural]) -> None:
    """Where only a neighbour reports it is nearly as good by its readings as the station itself would be."""
    seen, own = world
    observed = [name for name in seen.columns if f"neighbour_{name}" in seen.columns]
    moved = seen.with_columns(
        *(pl.col(name).alias(f"neighbour_{name}") for name in observed),
        *(pl.lit(None, seen.schema[name]).alias(name) for name in (*observed, *reported.SCHEMA)),
    )
    model = Structural.fit(own.normals, fit_gaps(moved), moved, 120)
    found = model.predict(moved)
    assert set(found.reason) >= {"guidance+neighbour"}
    assert _error(moved, found, 16.0) < 1.0


def test_a_station_without_normals_has_no_fit(world: tuple[pl.DataFrame, Structural]) -> None:
    """Without half a year of labels a station gets no fit of its own; that of all speaks, if there are two."""
    seen = world[0]
    assert Structural.fit(Normals({}), fit_gaps(seen), seen, 120).parts == {}
    two = pl.concat([seen, seen.with_columns(station=pl.lit("KXYZ"))])
    found = Structural.fit(Normals({}), fit_gaps(two), two, 120)
    assert set(found.parts) == {POOLED}
    said = found.predict(seen)
    assert said.available.any()
    assert all(BORROWED in reason for reason, spoke in zip(said.reason, said.available, strict=True) if spoke)


def test_it_survives_being_written(world: tuple[pl.DataFrame, Structural]) -> None:
    """Written and read, it predicts the same to the last bit."""
    seen, model = world
    some = seen.gather_every(50)
    again: dict[str, Any] = model.to_json()
    assert np.array_equal(model.predict(some).pmf, Structural.from_json(again).predict(some).pmf)
