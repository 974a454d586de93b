"""One-minute temperatures agree with the five-minute means they stand beneath."""

from __future__ import annotations

import numpy as np

from drybulb.world.minutes import minutes
from drybulb.world.weather import CityWeather


def test_the_mean_of_five_minutes_is_the_path(chicago: CityWeather) -> None:
    """1,440 minutes a day, each five with exactly the mean of the path, and none far from it."""
    path = chicago.path[:3]
    drawn = minutes(path, np.random.default_rng(1))
    assert drawn.shape == (3, 1440)
    fives = drawn.reshape(3, 288, 5)
    np.testing.assert_allclose(fives.mean(axis=2), path, rtol=0.0, atol=1e-9)
    assert 0.05 < np.abs(fives - path[:, :, None]).mean() < 0.5


def test_minutes_do_not_jump_where_a_mean_ends(chicago: CityWeather) -> None:
    """The step from one five to the next is no wider than a degree more than the steps within them."""
    drawn = minutes(chicago.path[:30], np.random.default_rng(2)).reshape(-1)
    steps = np.abs(np.diff(drawn))
    assert steps[4::5].max() < np.delete(steps, np.s_[4::5]).max() + 1.0
