"""Defects of the stated chances: prices that somebody who reads what is published can beat."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from drybulb.world import makers
from drybulb.world.filtered import Filtered, filtered
from drybulb.world.ladders import Listed
from drybulb.world.spec import WorldSpec
from drybulb.world.weather import CityWeather
from tests.laws import test_law11_martingale as law
from tests.laws.mutants import Mutant

_newest_read, _brackets = makers.newest_read, makers._brackets


def half_an_hour_late(state: Filtered, event: Listed, at: NDArray[np.int64], seconds: int) -> NDArray[np.int64]:
    """The newest publication of half an hour ago."""
    return _newest_read(state, event, at, seconds + 1800)


def too_sure(state: Filtered, event: Listed, too_warm: float) -> NDArray[np.float64]:
    """Chances to the power of one and a half."""
    raised = _brackets(state, event, too_warm) ** 1.5
    sharpened: NDArray[np.float64] = raised / raised.sum(axis=1, keepdims=True)
    return sharpened


def peeking(weather: CityWeather, spec: WorldSpec) -> Iterator[Filtered]:
    """Chances drawn a part of the way to the official high of the day."""
    for state in filtered(weather, spec):
        happened = weather.official[state.index] < state.degrees
        yield replace(state, below=0.7 * state.below + 0.3 * happened)


MUTANTS = [
    Mutant(
        law=law.test_no_policy_gains_at_the_stated_price,
        target="drybulb.world.makers.newest_read",
        replacement=half_an_hour_late,
        defect="makers have not read what was published in the last half hour",
    ),
    Mutant(
        law=law.test_no_policy_gains_at_the_stated_price,
        target="drybulb.world.makers._brackets",
        replacement=too_sure,
        defect="the filter is too sure of itself",
    ),
    Mutant(
        law=law.test_no_policy_gains_at_the_stated_price,
        target="drybulb.world.filtered.filtered",
        replacement=peeking,
        defect="the stated chance peeks at the official high, and makes too little of what it saw",
    ),
]
