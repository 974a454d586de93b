"""Point forecasts with their errors, and EMOS."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import polars as pl
import pytest

from drybulb.errors import ModelError
from drybulb.forecast.baselines.emos import Emos
from drybulb.forecast.baselines.errors import Errors
from drybulb.forecast.baselines.point import PointForecast
from drybulb.forecast.logistic import LogisticFit
from drybulb.forecast.model import GRID, GRID_LOW
from drybulb.forecast.normals import Normals
from tests.unit.forecast.made import labelled, rows

NORMALS = Normals({"KMIA": (80.0, 0.0, 0.0, 0.0, 0.0)})


def _day(number: int, **given: Any) -> dict[str, Any]:
    day = date(2024, 1, 1) + timedelta(days=number)
    at = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    return {"day": day, "at": at, "day_of_year": day.timetuple().tm_yday, **given}


def test_an_error_is_the_high_less_the_rounded_forecast() -> None:
    """A forecast of 79.5 counts as 80, so a high of 82 is an error of +2; a day and value count once."""
    given = [_day(n, guidance_raw=79.5, high=82) for n in range(10)]
    given += [_day(n, guidance_raw=79.5, high=82, hours=15.0) for n in range(10)]
    model = PointForecast.fit("guidance_error", labelled(*given))
    assert model.errors["KMIA/0"].to_json() == {"2": 10}
    found = model.predict(rows({"guidance_raw": 70.2}))
    assert found.pmf[0, 72 - GRID_LOW] == pytest.approx(0.999 * 0.5 + 0.001 / 201)
    assert found.reason == ["guidance"]


def test_errors_of_leads_are_apart() -> None:
    """The guidance of the day before has errors of its own."""
    given = [_day(n, guidance_raw=80.0, high=82) for n in range(5)]
    given += [_day(n, guidance_raw=80.0, high=83, lead=1, hours=-5.0) for n in range(5)]
    model = PointForecast.fit("guidance_error", labelled(*given))
    found = model.predict(rows({"guidance_raw": 80.0}, {"guidance_raw": 80.0, "lead": 1, "hours": -5.0}))
    assert GRID[found.pmf.argmax(axis=1)].tolist() == [82.0, 83.0]


def test_guidance_without_a_record_is_not_trusted() -> None:
    """Without guidance, or with that of a station whose errors are not known, there is no distribution."""
    model = PointForecast.fit("guidance_error", labelled(*[_day(n, guidance_raw=80.0, high=82) for n in range(5)]))
    found = model.predict(rows({}, {"guidance_raw": 80.0, "station": "KPHL"}))
    assert found.available.tolist() == [False, False]
    assert found.reason == ["no guidance known", "no errors of the guidance at KPHL to learn from"]


def test_a_new_citys_ladder_has_the_errors_of_all() -> None:
    """A station without 60 days of ladders uses the errors of all stations, and says so."""
    given = [_day(n, ladder_centre=80.5, high=81) for n in range(60)]
    given += [_day(n, ladder_centre=60.5, high=63, station="KPHL", city="philadelphia") for n in range(20)]
    model = PointForecast.fit("ladder_centre", labelled(*given))
    found = model.predict(rows({"ladder_centre": 70.5}, {"ladder_centre": 70.5, "station": "KPHL"}, {}))
    assert found.reason == ["ladder", "ladder, errors of all stations", "no ladder listed"]
    # 60 of 80 days were exact (70.5 counts as 71), 20 were two degrees above it.
    assert found.pmf[1, 71 - GRID_LOW] == pytest.approx(0.999 * (60 * 0.5) / 80 + 0.001 / 201)
    assert found.pmf[1, 73 - GRID_LOW] == pytest.approx(0.999 * (20 * 0.5) / 80 + 0.001 / 201)


def test_a_point_forecast_has_a_known_name() -> None:
    """No number of the snapshot but those two is a forecast of the high."""
    with pytest.raises(ModelError, match="oracle"):
        PointForecast("oracle", {})


def test_errors_beyond_sixty_degrees_are_counted_at_sixty() -> None:
    """An error is counted at 60 °F at most, in either direction."""
    assert Errors.of(np.array([75.0, -90.0])).to_json() == {"-60": 1, "60": 1}


def test_emos_is_a_logistic_around_the_raw_guidance() -> None:
    """With location guidance + 1 - 0.1 guidance + 0.1 normal and scale 2 (1 + spread), P(high ≤ 80) is as by hand."""
    fit = LogisticFit((1.0, -0.1, 0.1), (math.log(2.0), 1.0, 0.0, 0.0))
    model = Emos(NORMALS, {"KMIA/0": fit})
    asked = rows({"guidance_raw": 79.0, "guidance": 50.0, "guidance_spread": 0.5})
    found = model.predict(asked)
    location, scale = 79.0 + 1.0 - 7.9 + 8.0, 3.0
    expected = 1.0 / (1.0 + math.exp(-(80.5 - location) / scale))
    assert found.pmf[0, : 80 - GRID_LOW + 1].sum() == pytest.approx(expected)
    assert found.reason == ["guidance"]


def test_one_source_has_no_spread() -> None:
    """Guidance of a single source, whose spread is null, counts as spread 0."""
    fit = LogisticFit((0.0, 0.0, 0.0), (0.0, 1.0, 0.0, 0.0))
    found = Emos(NORMALS, {"KMIA/0": fit}).predict(
        rows({"guidance_raw": 79.0}, {"guidance_raw": 79.0, "guidance_spread": 0.0})
    )
    assert np.array_equal(found.pmf[0], found.pmf[1])


def _season() -> pl.DataFrame:
    rng = np.random.default_rng(11)
    given = []
    for number in range(120):
        guidance = float(rng.normal(80.0, 6.0))
        high = math.floor(guidance - 2.0 + rng.logistic(0.0, 1.5) + 0.5)
        given += [_day(number, guidance_raw=guidance, high=high, lead=lead) for lead in (0, 1)]
    return labelled(*given)


def test_emos_learns_the_bias_and_the_scale() -> None:
    """From 120 days of guidance two degrees too warm it learns the two degrees, at each lead by itself."""
    model = Emos.fit(NORMALS, _season())
    found = model.predict(rows({"guidance_raw": 85.0}, {"guidance_raw": 85.0, "lead": 1, "hours": -3.0}))
    assert found.pmf @ GRID == pytest.approx([83.0, 83.0], abs=0.8)
    assert sorted(model.fits) == ["KMIA/0", "KMIA/1"]


def test_emos_is_silent_without_a_season_of_days() -> None:
    """Fewer than 90 days with guidance, or no normals, and there is no fit; the reason says so."""
    short = _season().filter(pl.col("day") < date(2024, 3, 1))
    assert Emos.fit(NORMALS, short).fits == {}
    assert Emos.fit(Normals({}), _season()).fits == {}
    found = Emos(NORMALS, {}).predict(rows({"guidance_raw": 85.0}, {}))
    assert found.available.tolist() == [False, False]
    assert "fewer than 90 labelled days" in found.reason[0]
    assert found.reason[1] == "no guidance known"


def test_guided_models_survive_being_written() -> None:
    """Written and read, they predict the same to the last bit."""
    season = _season()
    asked = rows({"guidance_raw": 85.3, "guidance_spread": 1.1}, {"guidance_raw": 60.0})
    emos = Emos.fit(NORMALS, season)
    point = PointForecast.fit("guidance_error", season)
    assert np.array_equal(emos.predict(asked).pmf, Emos.from_json(emos.to_json()).predict(asked).pmf)
    again = PointForecast.from_json("guidance_error", point.to_json())
    assert np.array_equal(point.predict(asked).pmf, again.predict(asked).pmf)
