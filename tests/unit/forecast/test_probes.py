"""Probes: each way in which a model does not answer is found and said, and a model that answers has no fault."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, cast

import numpy as np
import polars as pl
import pytest

from drybulb.forecast import probes
from drybulb.forecast.corrected import Corrected, Correction
from drybulb.forecast.model import GRID, Prediction
from drybulb.forecast.normals import Normals
from drybulb.forecast.parts import Part
from drybulb.forecast.probes import faults
from drybulb.forecast.structural import Structural
from tests.unit.forecast.small_models import CITY, small_models

Row = Mapping[str, Any]

KMIA = Normals({"KMIA": (88.0, 0.0, 0.0, 0.0, 0.0)})

#: Standard deviation at each probe of a model that listens [°F].
WIDTHS = {-12.0: 4.0, 10.0: 3.0, 20.0: 1.0}


def _guidance(row: Row) -> float:
    return float(row["guidance"])


def _width(row: Row) -> float:
    return WIDTHS[row["hours"]]


class Answering(Structural):
    """S that answers with a bell of a mean and width of its own choice.

    Args:
        mean: what a row makes of the mean [°F]; None where it is silent.
        width: what a row makes of the standard deviation [°F].
        reason: what it says it stands on.
        normals: usual highs of the stations it knows.
    """

    def __init__(
        self,
        mean: Callable[[Row], float | None] = _guidance,
        width: Callable[[Row], float] = _width,
        reason: str = "guidance+observations",
        normals: Normals = KMIA,
    ) -> None:
        parts = {station: cast("list[Part]", ["fitted"]) for station in normals.coefficients}
        super().__init__(normals, {}, parts)
        self.mean, self.width, self.reason = mean, width, reason

    def predict(self, rows: pl.DataFrame) -> Prediction:
        found = Prediction.none(rows.height, "nothing known")
        for number, row in enumerate(rows.iter_rows(named=True)):
            mean = self.mean(row)
            if mean is not None:
                bell = np.exp(-0.5 * ((GRID - mean) / self.width(row)) ** 2)
                found.put(np.array([number]), bell / bell.sum(), self.reason)
        return found


def _faults(structural: Structural, name: str = "global") -> tuple[str, ...]:
    return faults(Corrected(name, structural, Correction(structural.normals, (), [])))


def test_a_model_that_answers_has_no_fault() -> None:
    """A model that follows what it is told and is surer in the evening passes, made up or grown, global or a city's."""
    assert _faults(Answering()) == ()
    assert _faults(Answering(), "city") == ()
    assert faults(small_models()["global"].model) == ()
    assert faults(small_models()[CITY].model) == ()


def test_a_model_that_says_what_s_says_passes() -> None:
    """Probes ask for a forecast, not for a better one: S without any correction is one."""
    structural = small_models()["global"].model.structural
    assert _faults(structural) == ()


def test_a_deaf_model_is_found_at_every_probe() -> None:
    """A mean that does not move when everything told is 3 °F more is said of each instant, with how far it moved."""
    assert _faults(Answering(mean=lambda row: 88.0)) == (
        "KMIA: at noon of the day before, told of 3 °F more, its mean moves by +0.00 °F",
        "KMIA: at ten in the morning, told of 3 °F more, its mean moves by +0.00 °F",
        "KMIA: at eight in the evening, told of 3 °F more, its mean moves by +0.00 °F",
    )


@pytest.mark.parametrize(("share", "moved"), [(0.15, "+0.45"), (-1.0, "-3.00"), (0.18, None)])
def test_too_small_an_answer_is_none(share: float, moved: str | None) -> None:
    """In the evening it follows by a share: 0.54 of 3 °F is an answer, 0.45 is none, and neither is the wrong way."""

    def mean(row: Row) -> float:
        return 88.0 + (share if row["hours"] == 20.0 else 1.0) * (_guidance(row) - 88.0)

    said = f"KMIA: at eight in the evening, told of 3 °F more, its mean moves by {moved} °F"
    assert _faults(Answering(mean=mean)) == ((said,) if moved else ())


def test_a_model_sure_of_a_degree_or_two_a_day_ahead_is_found() -> None:
    """Two degrees of at least 1 % are too few for the first probe, three are enough."""
    narrow = {-12.0: 0.3, 10.0: 0.25, 20.0: 0.2}
    assert _faults(Answering(mean=lambda row: row["guidance"] + 0.5, width=lambda row: narrow[row["hours"]])) == (
        "KMIA: at noon of the day before it thinks only 2 degrees possible",
    )
    wider = {**narrow, -12.0: 0.4}
    assert _faults(Answering(width=lambda row: wider[row["hours"]])) == ()


def test_a_model_no_surer_in_the_evening_is_found() -> None:
    """As wide at eight in the evening as at ten in the morning, it did not hear what the day has shown."""
    said = ("KMIA: no surer at eight in the evening (standard deviation 3.00 °F) than at ten in the morning (3.00 °F)",)
    assert _faults(Answering(width=lambda row: 3.0)) == said
    assert _faults(Answering(width=lambda row: 3.0, reason="neighbour")) == said


def test_guidance_alone_need_not_be_surer_in_the_evening() -> None:
    """A model that stands on guidance alone hears the same at every hour, and may be as unsure."""
    assert _faults(Answering(width=lambda row: 3.0, reason="guidance")) == ()


def test_a_model_silent_at_a_probe_is_found() -> None:
    """Silence where it was trained is a fault by itself, with what it said instead."""
    silent = Answering(mean=lambda row: None if row["hours"] == 10.0 else row["guidance"])
    assert _faults(silent) == ("KMIA: silent at a probe it was trained for (nothing known)",)
    only_warm = Answering(mean=lambda row: None if row["guidance"] > 90.0 else row["guidance"])
    (said,) = _faults(only_warm)
    assert said.startswith("KMIA: silent at a probe it was trained for")


def test_a_city_model_is_not_asked_about_the_day_before() -> None:
    """What is deaf on the day before is a fault of the global model, and no business of a city's."""

    def mean(row: Row) -> float:
        return 88.0 if row["hours"] < 0 else float(row["guidance"])

    assert len(_faults(Answering(mean=mean))) == 1
    assert _faults(Answering(mean=mean), "city") == ()


def test_every_station_is_asked_by_its_name() -> None:
    """Each station is probed around its own usual high, and a station without a fit or a usual high is not."""
    both = Normals({"KMIA": (88.0, 0.0, 0.0, 0.0, 0.0), "KPHL": (70.0, 0.0, 0.0, 0.0, 0.0)})
    deaf_in_the_cold = Answering(mean=lambda row: row["guidance"] if row["guidance"] > 80 else 70.0, normals=both)
    said = _faults(deaf_in_the_cold)
    assert len(said) == 3
    assert all(sentence.startswith("KPHL: ") for sentence in said)
    deaf_in_the_cold.parts["KPHL"] = []
    deaf_in_the_cold.parts["KXYZ"] = cast("list[Part]", ["fitted"])
    assert _faults(deaf_in_the_cold) == ()


def test_a_probe_is_an_ordinary_day_told_by_everybody() -> None:
    """Told of 3 °F more, every temperature of a row is 3 °F more and nothing else is another; both have all columns."""
    hours = list(WIDTHS)
    told, warmer = (probes._rows("KMIA", usual, hours) for usual in (88.0, 91.0))
    assert told.schema == warmer.schema
    assert told["hours"].to_list() == hours
    changed = {name for name in told.columns if not told[name].equals(warmer[name])}
    own = {"reading_max", "running_max", "running_max_upper", "last_temp", "previous_max", "temp_day_before"}
    guided = {"guidance", "guidance_raw", "guidance_day_before", "last_high"}
    assert changed == own | {f"neighbour_{name}" for name in own} | guided
    for name in changed:
        risen = (warmer[name] - told[name]).drop_nulls()
        assert risen.to_list() == [3] * len(risen)
