"""Regimes switch when and where they should."""

from __future__ import annotations

import numpy as np
import pytest

from drybulb.world import regimes
from drybulb.world.regimes import Sky
from tests.unit.world.conftest import CITIES


def _names(sky: Sky) -> list[str]:
    return [regime.name for regime in sky.regimes]


def _chance(sky: Sky, origin: str, goal: str) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """Chance of one switch by part of the year and quarter of an hour."""
    names = _names(sky)
    return sky.switching()[:, :, names.index(origin), names.index(goal)]


@pytest.mark.parametrize("key", CITIES)
def test_some_regime_always_follows(key: str) -> None:
    """The chances of what follows a regime sum to 1 at every quarter of the year, and none is negative."""
    switching = regimes.sky_of(CITIES[key]).switching()
    np.testing.assert_allclose(switching.sum(axis=3), 1.0, atol=1e-12)
    assert switching.min() >= 0.0


def test_hazards_are_chances() -> None:
    """Ahead of a front it comes at 0.11 an hour, humid air at 0.02: in a quarter one of them with 1 - exp(-0.0325)."""
    sky = regimes.sky_of(CITIES["chicago"])
    leaves = 1.0 - np.exp(-0.13 / 4.0)
    np.testing.assert_allclose(_chance(sky, "ahead", "front"), leaves * 11.0 / 13.0)
    np.testing.assert_allclose(_chance(sky, "ahead", "humid"), leaves * 2.0 / 13.0)


def test_storms_come_on_afternoons_of_summer() -> None:
    """None begins before 11:30 or after 18:00, and mid July has many times January's."""
    chance = _chance(regimes.sky_of(CITIES["austin"]), "humid", "storm")
    hours = (np.arange(96) + 0.5) / 4.0
    assert (chance[:, (hours < 11.5) | (hours > 18.0)] == 0.0).all()
    assert chance[20, 56] > 5.0 * chance[2, 56] > 0.0


def test_fronts_reach_the_north_and_the_marine_layer_the_coast() -> None:
    """Los Angeles has three regimes of its own; Chicago's fronts are likelier than Miami's, and most so in winter."""
    skies = {key: regimes.sky_of(city) for key, city in CITIES.items()}
    assert _names(skies["los_angeles"]) == ["dry", "thin", "thick"]
    chicago, miami = (_chance(skies[key], "dry", "ahead") for key in ("chicago", "miami"))
    assert chicago[2, 0] > 5.0 * miami[2, 0] > 0.0
    assert chicago[2, 0] > 2.0 * chicago[20, 0]


def test_a_marine_layer_forms_at_night_and_burns_off_before_noon() -> None:
    """From dry to thick only between 19 and 03, but for nothing; the thin one burns off most between 09 and 14."""
    sky = regimes.sky_of(CITIES["los_angeles"])
    forms, goes = _chance(sky, "dry", "thick"), _chance(sky, "thin", "dry")
    hours = (np.arange(96) + 0.5) / 4.0
    assert (forms[:, (hours > 3.0) & (hours < 19.0)] == 0.0).all()
    assert (forms[:, hours > 19.0] > 0.0).all()
    assert (goes[:, (hours > 9.0) & (hours < 14.0)] > 10.0 * goes[:, hours < 9.0].max()).all()


def test_parts_of_the_year_are_ten_days() -> None:
    """1 and 10 January are in the first, the 11th in the second, the 366th day in the last."""
    assert regimes.season_of(np.array([1.0, 10.0, 11.0, 360.0, 361.0, 366.0])).tolist() == [0, 0, 1, 35, 36, 36]
