"""Calibration of forecasters: whom it judges on what, and what it says of forecasts worked out by hand."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import polars as pl
import pytest

from drybulb.app import config
from drybulb.app.calibrate import CalibrationResult, calibrate
from drybulb.app.calibrated import Judged, summarise
from drybulb.app.calibration_picture import picture, write
from drybulb.errors import VerificationError
from drybulb.forecast.model import GRID, GRID_LOW, Prediction
from tests.meta.repository import ROOT
from tests.unit.app.lakes import DAY, at, lake_at, merge

CITIES = {key: config.load().cities()[key] for key in ("chicago", "miami")}
TWO = DAY + timedelta(days=1)
Speaks = Callable[[str, date, int], dict[int, float] | None]


def usual(city: str, day: date, hour: int) -> dict[int, float] | None:
    """Believe in 70, 71 and 72 °F, always."""
    del city, day, hour
    return {70: 0.2, 71: 0.5, 72: 0.3}


class Made:
    """Forecasters that say what they are told to, by the hour of the day."""

    def __init__(self, **names: Speaks) -> None:
        self.names = names

    def predictions(self, requests: pl.DataFrame, forecasters: Sequence[str]) -> dict[str, Prediction]:
        """What each says to every request."""
        return {name: self._prediction(requests, self.names[name]) for name in forecasters}

    def _prediction(self, requests: pl.DataFrame, speaks: Speaks) -> Prediction:
        found = Prediction.none(requests.height, "silent")
        for row, (city, day, instant) in enumerate(requests.iter_rows()):
            local = instant + timedelta(hours=CITIES[city].standard_offset_hours)
            pmf = speaks(city, day, local.hour if local.date() == day else local.hour - 24)
            if pmf is not None:
                values = np.zeros((1, GRID.size))
                for degree, probability in pmf.items():
                    values[0, degree - GRID_LOW] = probability
                found.put(np.array([row]), values, "made")
        return found


def judge(folder: Path, highs: dict[tuple[str, date], int], **names: Speaks) -> CalibrationResult:
    """Judge made forecasters on the highs of two days."""
    lake = lake_at(folder)
    rows = [
        {
            "station": CITIES[city].station,
            "day": day,
            "source": "CLI",
            "version": 1,
            "high": high,
            "is_final": True,
            "known_at": at("12:00", day + timedelta(days=1)),
            "known_from": "latency",
        }
        for (city, day), high in highs.items()
    ]
    merge(lake, "official", rows)
    return calibrate(lake, CITIES, Made(**names), DAY, TWO, list(names), seed=1)  # type: ignore[arg-type]


def row(result: CalibrationResult, **head: object) -> dict[str, Any]:
    """The one row of a head."""
    (found,) = [row for row in result.rows if all(row[key] == value for key, value in head.items())]
    return found


MIAMI = {("miami", DAY): 70, ("miami", TWO): 71}


def test_one_clock_by_hand(tmp_path: Path) -> None:
    """Highs of 70 and 71 °F against 20, 50 and 30 % of 70, 71 and 72 °F, worked out by hand."""
    found = row(judge(tmp_path, MIAMI, steady=usual), city="miami", lead=0, clock="12:00")
    assert found["n_events"] == 2
    assert found["pit"] == pytest.approx([0.25, 0.25, 0.1, 0.1, 0.1, 0.1, 0.1, 0, 0, 0], abs=1e-6)
    assert found["pit_deviation"] == pytest.approx(0.3, abs=1e-6)
    assert [cell["covered"] for cell in found["coverage"]] == pytest.approx([0.45, 0.75, 0.875], abs=1e-6)
    assert [cell["degrees"]["mass"] for cell in found["coverage"]] == pytest.approx([0.8, 1.0, 1.0], abs=1e-6)
    assert [cell["degrees"]["hits"] for cell in found["coverage"]] == pytest.approx([0.5, 1.0, 1.0], abs=1e-6)
    assert found["sd"] == pytest.approx(0.7, abs=1e-6)
    assert found["width_80"] == pytest.approx(13 / 6, abs=1e-6)
    cells = [(c["low"], c["mean_forecast"], c["frequency"], c["n"], c["n_events"]) for c in found["reliability"]]
    assert cells == [(0.3, 0.3, 0.0, 2, 2), (0.8, 0.8, 0.5, 2, 2)]
    assert found["corp"]["steps"] == [
        {"from": 0.3, "to": 0.3, "frequency": 0.0},
        {"from": 0.8, "to": 0.8, "frequency": 0.5},
    ]
    # (0.8² + 0.2² + 0.3² + 0.3²) / 4, and after recalibration (0.5² + 0.5²) / 4.
    assert (found["corp"]["brier"], found["corp"]["miscalibration"]) == pytest.approx((0.215, 0.09), abs=1e-6)


def test_an_interval_draws_whole_days(tmp_path: Path) -> None:
    """Over two days, one covered and one not, the interval of a coverage reaches from one to the other."""
    found = row(judge(tmp_path, MIAMI, steady=usual), city="miami", lead=0, clock="12:00")["coverage"][0]
    assert found["degrees"]["hits_ci90"] == [0.0, 1.0]
    assert found["covered_ci90"] == pytest.approx([0.0, 0.9], abs=1e-6)


def test_an_event_counts_once_however_often_it_was_asked_about(tmp_path: Path) -> None:
    """A day with six clocks and a day with one have equal parts in the row of all clocks."""

    def seldom(city: str, day: date, hour: int) -> dict[int, float] | None:
        return usual(city, day, hour) if day == DAY or hour == 12 else None

    found = row(judge(tmp_path, MIAMI, steady=seldom), city="miami", lead=0, clock="all")
    assert found["n_events"] == 2
    assert found["coverage"][0]["degrees"]["hits"] == pytest.approx(0.5)
    assert found["pit"][0] == pytest.approx(0.25)
    assert [cell["frequency"] for cell in found["reliability"]] == [0.0, 0.5]
    assert [cell["n"] for cell in found["reliability"]] == [7, 7]
    assert found["corp"]["steps"][-1]["frequency"] == 0.5


def test_forecasters_are_judged_on_the_same_events(tmp_path: Path) -> None:
    """A row holds the events at which all its forecasters spoke; who never spoke there takes nothing away."""

    def late(city: str, day: date, hour: int) -> dict[int, float] | None:
        return usual(city, day, hour) if hour >= 12 and (city, day) != ("miami", TWO) else None

    highs = {**MIAMI, ("chicago", DAY): 71}
    result = judge(tmp_path, highs, always=usual, late=late)
    counts = {
        (r["city"], r["lead"], r["clock"], r["forecaster"]): r["n_events"] for r in result.rows if r["clock"] != "all"
    }
    assert counts["miami", 0, "12:00", "always"] == counts["miami", 0, "12:00", "late"] == 1
    assert counts["miami", 0, "10:00", "always"] == 2
    assert ("miami", 0, "10:00", "late") not in counts
    assert counts["all", 0, "12:00", "always"] == counts["all", 0, "12:00", "late"] == 2
    assert result.notes == [
        "late was silent at clocks of chicago D-1 3 of 3, chicago D 2 of 6, miami D-1 6 of 6, miami D 8 of 12"
    ]


def test_a_city_without_a_label_is_named(tmp_path: Path) -> None:
    """What has no label cannot be judged, and is said to be missing."""
    result = judge(tmp_path, MIAMI, steady=usual)
    assert result.notes == ["chicago: no label in the window"]
    assert {r["city"] for r in result.rows} == {"miami", "all"}


def test_rows_of_all_cities_come_last_and_leads_in_order_of_time(tmp_path: Path) -> None:
    """Cities in order, then all; the day before first; the clocks of a lead before their mean."""
    result = judge(tmp_path, {**MIAMI, ("chicago", DAY): 71}, steady=usual)
    heads = [(r["city"], r["lead"], r["clock"]) for r in result.rows]
    clocks = [(1, "10:00"), (1, "16:00"), (1, "22:00"), (1, "all")]
    clocks += [(0, f"{hour:02}:00") for hour in (6, 10, 12, 14, 16, 18)] + [(0, "all")]
    assert heads == [(city, *clock) for city in ("chicago", "miami", "all") for clock in clocks]


def test_what_was_thought_impossible_has_no_gamma(tmp_path: Path) -> None:
    """Where a forecast gave nothing to what happened there is no exponent, and a note says how often."""
    result = judge(tmp_path, {("miami", DAY): 75, ("miami", TWO): 71}, steady=usual)
    found = row(result, city="miami", lead=0, clock="12:00")
    assert (found["gamma"], found["gamma_ci90"]) == (None, None)
    assert "steady gave no probability to what happened at 9 clocks: no gamma where they are" in result.notes


def test_a_sure_forecast_leaves_no_degree_in_doubt(tmp_path: Path) -> None:
    """A forecast of one degree that comes true has no reliability to measure, and its exponent no interval."""
    result = judge(tmp_path, {("miami", DAY): 71, ("miami", TWO): 71}, sure=lambda *_: {71: 1.0})
    found = row(result, city="miami", lead=0, clock="all")
    assert (found["reliability"], found["corp"], found["gamma_ci90"]) == ([], None, None)
    assert (found["sd"], found["pit_deviation"]) == (0.0, pytest.approx(0.0))


def test_the_interval_of_gamma_holds_it_and_its_truth() -> None:
    """Of forecasts twice too sure, gamma is near a half and its interval does not reach 1."""
    rng = np.random.default_rng(20260107)
    true = rng.dirichlet(np.full(9, 2.0), size=400)
    highs = (rng.random((400, 1)) > np.cumsum(true, axis=1)[:, :-1]).sum(axis=1) + 60
    pmf = np.zeros((400, GRID.size))
    pmf[:, 60 - GRID_LOW : 69 - GRID_LOW] = true**2 / (true**2).sum(axis=1, keepdims=True)
    days = [DAY + timedelta(days=n) for n in range(400)]
    rows = pl.DataFrame({"city": "miami", "day": days, "lead": 0, "clock": "12:00"}).with_row_index("row")
    labels = pl.DataFrame({"city": "miami", "day": days, "label": highs})
    found = summarise(Judged.of(rows, Prediction(pmf, np.ones(400, dtype=np.bool_), ["made"] * 400), labels), 1)
    low, high = found["gamma_ci90"]
    assert 0.3 < low < found["gamma"] < high < 0.8
    assert found["pit_deviation"] > 2 * found["pit_deviation_chance"]
    assert found["coverage"][1]["covered_ci90"][1] < 0.8


def test_the_document_fits_its_schema(tmp_path: Path) -> None:
    """What is printed is described by the published schema, also where something is null."""
    schema = json.loads((ROOT / "docs" / "reference" / "schemas" / "calibration.json").read_text(encoding="utf-8"))
    result = judge(tmp_path, {**MIAMI, ("chicago", DAY): 75}, steady=usual, sure=lambda *_: {71: 1.0})
    jsonschema.validate(result.to_json(), schema)


def test_the_picture_says_whom_and_what_it_shows(tmp_path: Path) -> None:
    """A picture of one city names it; it is the same at every drawing, and text stays text."""
    result = judge(tmp_path / "lake", MIAMI, steady=usual, S=usual)
    write(tmp_path / "new" / "page.svg", result)
    drawn = (tmp_path / "new" / "page.svg").read_text(encoding="utf-8")
    assert drawn == picture(result)
    for text in ("Calibration, miami, 2024-11-20 to 2024-11-21", "steady", "the event day (D), 2 events"):
        assert f">{text}</text>" in drawn
    assert list((tmp_path / "new").iterdir()) == [tmp_path / "new" / "page.svg"]


def test_several_cities_are_drawn_together(tmp_path: Path) -> None:
    """A picture of several cities is of all their events."""
    drawn = picture(judge(tmp_path, {**MIAMI, ("chicago", DAY): 71}, steady=usual))
    assert ">Calibration, all cities, 2024-11-20 to 2024-11-21</text>" in drawn
    assert ">the day before (D-1), 3 events</text>" in drawn


def test_nothing_cannot_be_drawn(tmp_path: Path) -> None:
    """Where nobody spoke there is no picture, and the error says what to choose."""
    with pytest.raises(VerificationError, match="choose days that have labels"):
        picture(judge(tmp_path, MIAMI, mute=lambda *_: None))
