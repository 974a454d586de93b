"""The hidden chain: sums over its states are sums over all its paths."""

from __future__ import annotations

from itertools import product
from unittest import mock

import numpy as np
import pytest

from drybulb.world import chain, regimes
from drybulb.world.chain import Chain
from tests.unit.world.conftest import CITIES


@pytest.fixture(scope="module")
def coast() -> Chain:
    """Five departures and three regimes."""
    with mock.patch.object(chain, "_LOWEST", -1.0), mock.patch.object(chain, "_HIGHEST", 1.0):
        return chain.chain_of(regimes.sky_of(CITIES["los_angeles"]))


def test_chances_are_chances() -> None:
    """No move has a negative chance, up and down together have at most 0.95, and none leaves the lattice."""
    made = chain.chain_of(regimes.sky_of(CITIES["chicago"]))
    assert made.up.min() >= 0.0
    assert made.down.min() >= 0.0
    assert (made.up + made.down).max() <= 0.95 + 1e-12
    assert (made.up[..., -1] == 0.0).all()
    assert (made.down[..., 0] == 0.0).all()
    np.testing.assert_allclose(made.moves().sum(axis=3), 1.0)


def test_a_move_has_the_drift_and_the_shock_it_should() -> None:
    """A dry afternoon, memory 7 h: at 1 °F below its target a departure drifts by 1/84 °F, with a variance of 0.42²."""
    made = chain.chain_of(regimes.sky_of(CITIES["philadelphia"]))
    memory = 2.5 + 4.5 * (39.87326 - 24.0) / 16.0
    at = int(np.flatnonzero(made.lattice == 0.0)[0])
    up, down = made.up[168, 0, at], made.down[168, 0, at]  # at 14:00 the target of dry air is 1 °F
    assert chain.SPACING * (up - down) == pytest.approx(1.0 / (12.0 * memory))
    drift = chain.SPACING * (up - down)
    assert chain.SPACING**2 * (up + down) - drift**2 == pytest.approx(0.42**2)


def test_the_law_is_the_sum_over_all_paths(coast: Chain) -> None:
    """Four five-minute means from 18:55 on, one switch among them: the law by sums over states is that by all paths."""
    first, regimes_count, size = 227, *coast.shape
    moves = coast.moves()
    law = np.zeros((regimes_count, size))
    states = list(product(range(regimes_count), range(size)))
    for path in product(range(size), repeat=3):
        for before, after in product(range(regimes_count), repeat=2):
            # Moves at 18:55, 19:00 and 19:05; the regime may switch at 19:00, the first mean after the first move.
            chance = moves[first, before, 2, path[0]]
            chance *= coast.switching[10, 228 // 3, before, after]
            chance *= moves[first + 1, after, path[0], path[1]] * moves[first + 2, after, path[1], path[2]]
            law[after, path[2]] += chance / regimes_count
    for regime, place in states:
        value = np.zeros((regimes_count, size))
        value[regime, place] = 1.0
        ahead = coast.look_ahead()
        chances = value.reshape(-1, 1)
        for step in (229, 228):
            chances = ahead[step] @ chances
        chances = (coast.switching[10, 76] @ chances.reshape(regimes_count, -1)).reshape(-1, 1)
        chances = ahead[227] @ chances
        assert chances.reshape(regimes_count, size)[:, 2].mean() == pytest.approx(law[regime, place], abs=1e-14)


def test_what_is_drawn_follows_the_chances(coast: Chain) -> None:
    """In 400 days of one season the moves up at 13:00 are as many as their chances say, within four deviations."""
    drawn, places = coast.draw(np.full(400, 20), np.random.default_rng(5))
    steps = np.arange(150, 156)  # within a quarter or two around 13:00, where targets hardly change
    regime, place = drawn[:, steps].ravel(), places[:, steps].ravel()
    rises = (places[:, steps + 1] > places[:, steps]).ravel()
    expected = np.array([coast.up[s, r, p] for r, p, s in zip(regime, place, np.tile(steps, 400), strict=True)])
    for number in range(3):
        mine = regime == number
        error = (rises[mine] - expected[mine]).sum() / np.sqrt((expected * (1.0 - expected))[mine].sum())
        assert abs(error) < 4.0
    follows = [coast.switching[20, 51, r] for r in drawn[:, 152]]
    for number in range(3):
        chance = np.array([row[number] for row in follows])
        happened = drawn[:, 153] == number
        assert abs((happened - chance).sum()) < 4.0 * np.sqrt((chance * (1.0 - chance)).sum()) + 1e-9


def test_a_longer_world_begins_as_a_shorter_one(coast: Chain) -> None:
    """The first 20 of 40 days are the 20 days drawn from the same stream."""
    short, long = (coast.draw(np.full(days, 3), np.random.default_rng(9)) for days in (20, 40))
    for one, other in zip(short, long, strict=True):
        np.testing.assert_array_equal(one, other[:20])
