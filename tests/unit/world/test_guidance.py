"""What guidance says, and how likely each state makes it."""

from __future__ import annotations

from datetime import UTC, date, datetime

import numpy as np
import polars as pl
import pytest

from drybulb.world import guidance, reports
from drybulb.world.weather import CityWeather
from tests.unit.world.conftest import Tables


def test_early_guidance_is_the_level_and_its_bias(chicago: CityWeather) -> None:
    """It is a whole degree; less the level it is a bias of -2 °F, and at most 0.8 from that."""
    bias = chicago.early - chicago.level
    assert chicago.early.dtype == np.int64
    assert bias.mean() == pytest.approx(-2.0, abs=0.3)
    assert np.abs(bias + 2.0).max() <= 0.8


def test_the_bias_drifts_with_the_calendar() -> None:
    """Half a period of 120 days later each source's departure from its mean is the opposite."""
    days = np.arange(738_000, 738_240)
    drawn = guidance.biases(days, np.random.default_rng(1))
    np.testing.assert_allclose(drawn.early[60:] + 2.0, -(drawn.early[:-60] + 2.0), atol=1e-9)
    np.testing.assert_allclose(drawn.late[60:] + 0.3, -(drawn.late[:-60] + 0.3), atol=1e-9)


def test_chances_of_all_that_a_run_can_say_sum_to_one(chicago: CityWeather) -> None:
    """For each run, regime and departure."""
    said = np.arange(-40, 41)[:, None] + np.zeros((1, 3), dtype=np.int64)
    chances = guidance.likelihood(chicago.regimes, chicago.chain, said, np.zeros(81))
    np.testing.assert_allclose(chances.sum(axis=0), 1.0, rtol=1e-6)


def test_later_runs_err_less_and_fronts_make_all_err_more(chicago: CityWeather) -> None:
    """In dry air the errors spread by 2.4, 1.8 and 1.3 °F and a rounding; in a front by 1.7 times as much."""
    names = [regime.name for regime in chicago.regimes]
    drawn = []
    for name in ("dry", "front"):
        regime = np.full(40_000, names.index(name))
        said = guidance.draw_late(
            chicago.regimes, regime, np.full(40_000, -4.0), np.zeros(40_000), np.random.default_rng(2)
        )
        drawn.append((said.mean(axis=0), said.std(axis=0)))
    # Of a departure of -4 °F guidance sees all in dry air and four tenths in a front.
    np.testing.assert_allclose(drawn[0][0], -4.0, atol=0.06)
    np.testing.assert_allclose(drawn[1][0], -1.6, atol=0.1)
    wanted = np.array([2.4, 1.8, 1.3])
    np.testing.assert_allclose(drawn[0][1], np.sqrt(wanted**2 + 1 / 12), rtol=0.02)
    np.testing.assert_allclose(drawn[1][1], np.sqrt((1.7 * wanted) ** 2 + 1 / 12), rtol=0.02)


def test_late_guidance_says_how_sure_it_is_and_how_the_day_goes(chicago: CityWeather) -> None:
    """A dry day's 2.4 °F lie 1.28 deviations each way between the tenth, the median and the ninetieth; the curve is the
    base curve of the day, moved to what the run says at its peak. Early guidance says the high alone.
    """
    day = chicago.days[20]
    rows = reports.guided(chicago, 0).filter(day=day).sort("issued_at")
    early, first = rows.row(0, named=True), rows.row(1, named=True)
    assert (early["percentiles"], early["curve"]) == (None, None)
    shares = {point["level"]: point["high"] for point in first["percentiles"]}
    assert [shares[level] - first["high"] for level in (10, 50, 90)] == pytest.approx([-3.1, 0.0, 3.1])
    temps = [point["temp"] for point in first["curve"]]
    assert first["curve"][0]["at"] == datetime(day.year, day.month, day.day, 6, tzinfo=UTC)
    np.testing.assert_allclose(np.diff(temps), np.diff(chicago.base[20, ::12]), atol=0.11)
    assert max(temps) == pytest.approx(first["high"], abs=0.11)


def test_rows_are_issued_on_time(world: Tables) -> None:
    """Early guidance at 06 UTC of the day before, late at 18 UTC of it and at 00 and 06 UTC of the event's day."""
    rows = world["guidance"].filter(pl.col("day") == date(2024, 1, 20), pl.col("station") == "KMDW").sort("issued_at")
    assert rows["source"].to_list() == ["world:early", *["world:late"] * 3]
    assert rows["issued_at"].dt.strftime("%d %H").to_list() == ["19 06", "19 18", "20 00", "20 06"]
    assert rows["known_at"].dt.strftime("%d %H").to_list() == ["19 11", "19 23", "20 05", "20 11"]
