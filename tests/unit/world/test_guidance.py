"""The world's two sources of guidance: how each errs, and what the makers know of it."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl
import pytest

from drybulb.world import guidance, weather
from drybulb.world.guidance import Forecasts
from drybulb.world.spec import WorldSpec
from drybulb.world.weather import CityWeather
from tests.unit.world.conftest import CITIES

# Ten periods of the guidance's slow drift, over which it cancels.
LONG = WorldSpec(date(2021, 1, 1), 1_200, 2, 7, {"guidance_model_run_time": 18_000})


@pytest.fixture(scope="module")
def drawn() -> CityWeather:
    """Three years of Chicago."""
    return weather.simulate(CITIES["chicago"], LONG, np.random.default_rng(7))


@pytest.fixture(scope="module")
def said(drawn: CityWeather) -> dict[str, Forecasts]:
    """What the sources said of it."""
    return {source.source: source for source in guidance.forecasts(drawn, np.random.default_rng(11))}


@pytest.mark.parametrize(
    ("source", "bias", "misses", "deviation"), [("world:early", -2.0, 0.65, 2.4), ("world:late", -0.3, 0.5, 1.5)]
)
def test_guidance_errs_as_stated(
    drawn: CityWeather, said: dict[str, Forecasts], source: str, bias: float, misses: float, deviation: float
) -> None:
    """Regressed on what the sky took, a source's error starts at its bias, and grows by the share it misses."""
    error = said[source].high - drawn.peak
    slope, start = np.polyfit(drawn.taken, error, 1)
    # Noise of a day on which 3 °F are taken, a sine's variance, rounding to whole degrees.
    spread = np.sqrt((deviation * (1.0 + 0.06 * 3.0)) ** 2 + 0.8**2 / 2 + 1 / 12)
    assert slope == pytest.approx(misses, abs=4 * spread / np.sqrt(error.size) / drawn.taken.std())
    assert start == pytest.approx(bias, abs=4 * spread * np.sqrt(2.5 / error.size))
    assert np.std(error - start - slope * drawn.taken) == pytest.approx(spread, rel=0.1)


def test_hard_days_are_hard_for_both(drawn: CityWeather, said: dict[str, Forecasts]) -> None:
    """The stated deviation is 6 % of a clear day's wider for each degree taken, up to ten, and errors are so."""
    hard = drawn.taken > np.quantile(drawn.taken, 0.8)
    easy = drawn.taken < np.quantile(drawn.taken, 0.2)
    for source in said.values():
        error = source.fair - drawn.peak
        assert error[hard].std() / error[easy].std() == pytest.approx(
            source.deviation[hard].mean() / source.deviation[easy].mean(), rel=0.2
        )
        assert error[hard].std() > 1.15 * error[easy].std()
    clearest = said["world:late"].deviation[drawn.taken.argmin()]
    assert clearest == pytest.approx(np.sqrt((1.5 * (1.0 + 0.06 * drawn.taken.min())) ** 2 + 1 / 12))
    assert said["world:late"].deviation.max() <= np.sqrt((1.5 * 1.6) ** 2 + 1 / 12)


def test_the_late_source_is_far_better(drawn: CityWeather, said: dict[str, Forecasts]) -> None:
    """With its mean error known, the late source's spread is at most three quarters of the early one's."""
    early, late = (np.std(said[name].high - drawn.peak) for name in ("world:early", "world:late"))
    assert late < 0.75 * early


def test_guidance_comes_the_day_before(drawn: CityWeather, said: dict[str, Forecasts]) -> None:
    """The early source speaks at 12 UTC and the late one at 18 UTC of the day before the event."""
    rows = guidance.guidance(drawn, list(said.values()), LONG)
    ahead = (rows["day"].cast(pl.Datetime("us", "UTC")) - rows["issued_at"]).dt.total_hours()
    assert rows.select("source", ahead).unique().sort("source").rows() == [("world:early", 12), ("world:late", 6)]


def test_the_makers_hear_guidance_without_what_they_know(drawn: CityWeather, said: dict[str, Forecasts]) -> None:
    """Less bias, drift and what it misses, a source's error has mean 0 and, day by day, the stated deviation."""
    for source in said.values():
        standard = (source.fair - drawn.peak) / source.deviation
        assert abs(standard.mean()) < 4 / np.sqrt(standard.size)
        assert standard.std() == pytest.approx(1.0, rel=0.1)
