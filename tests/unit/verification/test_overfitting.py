"""What the best of many trials is worth: published examples, tables by hand, and worlds without and with an edge."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from math import log, sqrt

import numpy as np
import pytest

from drybulb import verification as v
from drybulb.errors import VerificationError

#: A Sharpe ratio of 2.5 a year of 250 days, as in the paper's example.
SHARPE = 2.5 / sqrt(250)
NAN = float("nan")


def test_the_best_of_a_hundred_as_published() -> None:
    """A hundred trials whose yearly ratios vary by 1/2 promise 0.1132 a day by luck (Bailey, López de Prado 2014)."""
    assert v.expected_maximum_sharpe(100, 0.5 / 250) == pytest.approx(0.1132, abs=5e-5)


@pytest.mark.parametrize(
    ("trials", "skew", "kurtosis", "published"), [(100, -3, 10, 0.9004), (46, -3, 10, 0.9505), (88, 0, 3, 0.9505)]
)
def test_the_deflated_ratio_as_published(trials: int, skew: float, kurtosis: float, published: float) -> None:
    """Five years at 2.5 are worth 0.9004 after a hundred trials; 46 are the most, and 88 of normal gains, for 0.95."""
    luck = v.expected_maximum_sharpe(trials, 0.5 / 250)
    assert v.probabilistic_sharpe(SHARPE, luck, 1250, skew, kurtosis) == pytest.approx(published, abs=5e-5)


def test_few_trials_have_little_luck() -> None:
    """One trial has no best; of two the formula gives g · Φ⁻¹(1 - 1 / 2e) = 0.5197; of hardly more, nothing."""
    assert v.expected_maximum_sharpe(1, 1.0) == 0.0
    assert v.expected_maximum_sharpe(1.05, 1.0) == 0.0
    assert v.expected_maximum_sharpe(2, 1.0) == pytest.approx(0.5772156649 * 0.9004, abs=2e-4)


def test_a_ratio_by_hand() -> None:
    """Gains of 1, 2 and 3 have mean 2 and deviation 1; gains always alike have no ratio but 0."""
    assert v.sharpe_ratio([1.0, 2.0, 3.0]) == pytest.approx(2.0)
    assert v.sharpe_ratio([5.0, 5.0]) == 0.0


def test_effective_trials_by_hand() -> None:
    """Two uncorrelated trials are two; a copy and one that never trades add none; with r = 1/2 of two, 1.5 are left."""
    one, other = [1.0, 1.0, -1.0, -1.0], [1.0, -1.0, 1.0, -1.0]
    assert v.effective_trials(np.column_stack([one, other, one, np.zeros(4)])) == pytest.approx(2.0)
    # Of one and one + √3 other the correlation is 1/2.
    assert v.effective_trials(np.column_stack([one, np.add(one, sqrt(3) * np.array(other))])) == pytest.approx(1.5)
    assert v.effective_trials(np.zeros((4, 3))) == 0.0


def test_opposite_trials_are_no_more_than_they_are() -> None:
    """Trials that mirror each other count as two, not as three."""
    one = np.array([1.0, 1.0, -1.0, -1.0])
    assert v.effective_trials(np.column_stack([one, -one])) == 2.0


def test_one_trial_is_not_deflated() -> None:
    """A trial alone is held against zero, with its own skew and kurtosis."""
    gains = np.array([3.0, 1.0, -1.0, 2.0, 0.0, 1.0])
    found = v.deflated_sharpe(gains)
    standard = (gains - gains.mean()) / gains.std()
    alone = v.probabilistic_sharpe(
        v.sharpe_ratio(gains), 0.0, 6, float((standard**3).mean()), float((standard**4).mean())
    )
    assert (found.best, found.trials, found.by_chance) == (0, 1.0, 0.0)
    assert found.probability == alone


def test_a_trial_whose_gains_are_lost_counts() -> None:
    """Of ten tried and one kept, the kept one is held against the best of ten, scattered as chance scatters them."""
    gains = np.random.default_rng(3).normal(0.2, 1.0, size=101)
    found = v.deflated_sharpe(gains, tried=10)
    assert found.trials == 10.0
    assert found.by_chance == v.expected_maximum_sharpe(10, 1 / 100)


def test_the_best_is_named_by_its_place_among_all() -> None:
    """Copies and idle trials take no part, and do not move the place of the best."""
    rng = np.random.default_rng(4)
    table = np.column_stack([np.zeros(50), rng.normal(0, 1, 50), rng.normal(1, 1, 50), np.zeros(50)])
    assert v.deflated_sharpe(table).best == 2


def test_a_chosen_trial_is_held_against_the_same_luck() -> None:
    """Judging a trial that is not the best changes its own ratio and moments, not what chance would have made."""
    table = np.random.default_rng(12).normal(size=(60, 4))
    best, chosen = v.deflated_sharpe(table), v.deflated_sharpe(table, chosen=1)
    assert best.best != 1
    assert (chosen.best, chosen.by_chance, chosen.trials) == (1, best.by_chance, best.trials)
    assert chosen.sharpe == pytest.approx(v.sharpe_ratio(table[:, 1]))
    assert chosen.probability < best.probability


@pytest.mark.parametrize(("shared", "trials"), [(0.0, 20), (0.6, 5), (0.9, 5)])
def test_noise_is_seldom_taken_for_skill(shared: float, trials: int) -> None:
    """The best of worthless trials has a deflated ratio above 0.95 in at most 5 % of worlds, however alike they are."""
    rng = np.random.default_rng(5)
    worlds = 300
    taken = 0
    for _ in range(worlds):
        gains = sqrt(1 - shared) * rng.normal(size=(120, trials)) + sqrt(shared) * rng.normal(size=(120, 1))
        taken += v.deflated_sharpe(gains).probability > 0.95
    # The bound is met to within the chance of three hundred worlds.
    assert taken / worlds <= 0.05 + 1.645 * sqrt(0.05 * 0.95 / worlds)


def test_a_planted_edge_is_found_among_worthless_trials() -> None:
    """One trial of twenty that earns 0.4 deviations a day is nearly always named, with a deflated ratio above 0.95."""
    rng = np.random.default_rng(6)
    found = []
    for _ in range(50):
        gains = rng.normal(size=(250, 20))
        gains[:, 7] += 0.4
        best = v.deflated_sharpe(gains)
        found.append(best.best == 7 and best.probability > 0.95)
    assert np.mean(found) >= 0.9


def test_overfitting_by_hand() -> None:
    """A wins the first half and loses the second, B is alike in both: whichever is chosen is the worse one after."""
    gains = np.column_stack([[1.0, 3.0, -1.0, -3.0], [0.0, 1.0, 0.0, 1.0]])
    found = v.backtest_overfitting([1, 2, 3, 4], gains, blocks=2)
    assert found.probability == 1.0
    assert found.loses == 0.5
    assert found.logits.tolist() == pytest.approx([log(0.5), log(0.5)])


def test_what_is_best_everywhere_is_not_overfitted() -> None:
    """A trial that is better in each block is so after it was chosen, in all six ways of halving four blocks."""
    days = np.array([7, 8, 1, 2, 3, 4, 5, 6])
    table = np.column_stack([[2.0, 3.0] * 4, [0.0, 1.0] * 4, [2.0, 3.0] * 4, np.full(8, 9.0)])
    found = v.backtest_overfitting(days, table, blocks=4)
    assert (found.probability, found.loses) == (0.0, 0.0)
    assert found.logits.tolist() == pytest.approx([log(2)] * 6)


def test_days_are_put_in_order() -> None:
    """The blocks are of successive days, in whatever order the rows come."""
    rng = np.random.default_rng(8)
    days, gains = np.arange(40), rng.normal(size=(40, 6))
    order = rng.permutation(40)
    sorted_, shuffled = v.backtest_overfitting(days, gains, 8), v.backtest_overfitting(days[order], gains[order], 8)
    assert sorted_.logits.tolist() == shuffled.logits.tolist()


def test_choosing_among_worthless_trials_helps_every_other_time() -> None:
    """Under noise alone the probability of overfitting is one half on average."""
    rng = np.random.default_rng(9)
    found = [v.backtest_overfitting(range(80), rng.normal(size=(80, 10)), 8).probability for _ in range(300)]
    # One world's is known to ±0.22, the mean of 300 to ±0.013.
    assert np.mean(found) == pytest.approx(0.5, abs=0.04)


def test_choosing_helps_where_one_trial_has_an_edge() -> None:
    """Where one trial of ten earns half a deviation a day, the choice of one half of the days holds on the other."""
    rng = np.random.default_rng(10)
    found = []
    for _ in range(20):
        gains = rng.normal(size=(160, 10))
        gains[:, 3] += 0.5
        found.append(v.backtest_overfitting(range(160), gains, 8).probability)
    assert np.mean(found) < 0.05


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (partial(v.sharpe_ratio, [1.0]), r"gains have shape \(1,\)"),
        (partial(v.sharpe_ratio, [1.0, NAN]), r"gains at \(1,\) is nan"),
        (partial(v.expected_maximum_sharpe, 0.5, 1.0), "0.5 trials"),
        (partial(v.expected_maximum_sharpe, 2, -1.0), "variance of -1.0"),
        (partial(v.probabilistic_sharpe, 0.1, 0.0, 1), "on 1 days"),
        (partial(v.probabilistic_sharpe, 1.0, 0.0, 9, 5.0, 1.0), "skew 5.0"),
        (partial(v.deflated_sharpe, np.zeros((3, 2))), "none of the 2 trials varies"),
        (partial(v.deflated_sharpe, [[1.0, 2.0], [2.0, 4.0]], 1), "1 tried, the gains of 2 given"),
        (partial(v.deflated_sharpe, [[1.0, 2.0], [2.0, 2.0]], chosen=1), "trial 1 is none of the 2 that varies"),
        (partial(v.deflated_sharpe, [[1.0, 2.0], [2.0, 2.0]], chosen=2), "trial 2 is none"),
        (partial(v.backtest_overfitting, [1, 1, 2, 3], np.eye(4), 2), "4 days, 3 of them different"),
        (partial(v.backtest_overfitting, range(4), np.eye(4), 3), "3 blocks of 4 days"),
        (partial(v.backtest_overfitting, range(4), np.eye(4), 4), "4 blocks of 4 days"),
        (partial(v.backtest_overfitting, range(4), np.ones((4, 3)), 2), "fewer than two trials vary and differ"),
    ],
)
def test_what_cannot_be_judged_is_refused(call: Callable[[], object], message: str) -> None:
    """Too few days, no trial that varies, a count that cannot be: each is named with its value."""
    with pytest.raises(VerificationError, match=message):
        call()
