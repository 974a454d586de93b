"""What the air tells of the regime is told exactly."""

from __future__ import annotations

import numpy as np
import pytest

from drybulb.world import air, regimes
from drybulb.world.air import Air, Before
from drybulb.world.clock import Floats
from tests.unit.world.conftest import CITIES

CHICAGO = regimes.sky_of(CITIES["chicago"]).regimes
BEFORE = Before(dewpoint=50, pressure=10_150, wind=30, wind_from=20, ceiling=0)


def _one(**changed: int) -> Air:
    """A single report: dew point 50 °F, 1015 hPa, 3 m/s from 200°, no ceiling, but for what is changed."""
    values = {"dewpoint": 50, "pressure": 10_150, "wind": 30, "wind_from": 20, "ceiling": 0} | changed
    return Air(**{name: np.array([value]) for name, value in values.items()}, height=np.array([air.UNLIMITED]))


def _chances(warm: int = 60, **changed: int) -> Floats:
    return air.likelihood(CHICAGO, _one(**changed), BEFORE, np.array([70.0]), np.array([warm]))[0, :]


def _sum(element: str, values: range) -> Floats:
    """Chances of all values of one element, the others as they are."""
    total: Floats = np.sum([_chances(**{element: value}) for value in values], axis=0)
    return total


def test_chances_of_all_that_can_be_published_sum_to_one() -> None:
    """Chances sum to 1 over dew points, pressures, directions, ceilings and speeds; a calm has no direction."""
    one = _chances()
    direction = one / _sum("wind_from", range(1, 37))
    calm = _chances(wind=0, wind_from=air.NO_DIRECTION) * direction
    parts = {
        "dewpoint": one / _sum("dewpoint", range(30, 61)),
        "pressure": one / _sum("pressure", range(10_050, 10_251)),
        "ceiling": one / _sum("ceiling", range(5)),
        "wind": one / (_sum("wind", range(10, 150)) + calm),
        "wind_from": direction,
    }
    # If each is the chance of one element, by itself, then together they are the chance of the report.
    np.testing.assert_allclose(np.prod(list(parts.values()), axis=0), one, rtol=1e-6)


def test_a_dew_point_at_the_temperature_stands_for_all_above() -> None:
    """At 50 °F a dew point of 50 has the chance of 50, 51, 52 and so on at 80 °F."""
    above = np.sum([_chances(warm=80, dewpoint=value) for value in range(50, 70)], axis=0)
    np.testing.assert_allclose(_chances(warm=50), above, rtol=1e-9)


def test_one_chance_by_hand() -> None:
    """Ahead of a front, pressure goes a tenth of the way to 1003 hPa, with 0.7 hPa of noise, to the nearest tenth."""
    ahead = [regime.name for regime in CHICAGO].index("ahead")
    ratio = _chances(pressure=10_138)[ahead] / _chances(pressure=10_124)[ahead]
    # 1015 - 0.1 x 12 = 1013.8: the mean against two standard deviations below it.
    assert ratio == pytest.approx(np.exp(2.0), rel=0.01)


def test_what_is_believed_of_the_regime_comes_true() -> None:
    """Of 8,000 reports in regimes drawn at random, those said to be storms with any chance are so as often as that."""
    rng = np.random.default_rng(8)
    regime = rng.integers(0, len(CHICAGO), 8_000)
    level, warm = np.full(regime.size, 70.0), rng.integers(45, 70, regime.size)
    drawn, first = air.draw(CHICAGO, regime, level, warm, rng)
    chances = air.likelihood(CHICAGO, drawn, first, level, warm)
    chances /= chances.sum(axis=1, keepdims=True)
    for number in range(len(CHICAGO)):
        stated, happened = chances[:, number], regime == number
        for low in np.arange(0.0, 1.0, 0.2):
            within = (stated >= low) & (stated < low + 0.2)
            error = (happened - stated)[within].sum()
            assert abs(error) < 4.0 * np.sqrt((stated * (1.0 - stated))[within].sum()) + 1.0
    assert chances[np.arange(regime.size), regime].mean() > 2.0 / len(CHICAGO)
