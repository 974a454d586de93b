"""The bootstrap by calendar day: what moves together, and what the interval then says."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from drybulb.verification import bootstrap, day_bootstrap, day_replicates

rows = st.lists(
    st.tuples(st.integers(738_000, 738_005), st.floats(-1e6, 1e6, allow_subnormal=False)), min_size=1, max_size=20
)


def test_replicates_by_hand() -> None:
    """Of two days, one with a single 0 and one with three 1s, a resample has a mean of 0, 3/4 or 1."""
    means = day_replicates([5, 9, 9, 9], [0.0, 1.0, 1.0, 1.0], 1, replicates=4000)
    values, counts = np.unique(means, return_counts=True)
    assert values.tolist() == [0.0, 0.75, 1.0]
    assert counts / 4000 == pytest.approx([0.25, 0.5, 0.25], abs=0.03)


@pytest.mark.parametrize(("level", "low", "high"), [(0.9, 0.0, 1.0), (0.3, 0.75, 0.75)])
def test_interval_by_hand(level: float, low: float, high: float) -> None:
    """The interval holds the central part of the resampled means; the mean is that of all rows."""
    interval = day_bootstrap([5, 9, 9, 9], [0.0, 1.0, 1.0, 1.0], 1, level=level)
    assert tuple(map(float, interval)) == (0.75, low, high)


def test_ends_of_the_interval_are_quantiles() -> None:
    """An interval at level 0.8 leaves a tenth of the resampled means below it and a tenth above."""
    days, values = np.arange(50), np.random.default_rng(2).normal(size=50)
    means = day_replicates(days, values, 1, replicates=1001)
    interval = day_bootstrap(days, values, 1, replicates=1001, level=0.8)
    assert float(interval.low) == pytest.approx(np.sort(means)[100])
    assert float(interval.high) == pytest.approx(np.sort(means)[900])


def test_blocks_by_hand() -> None:
    """Runs of two days out of four, the first after the last, give the means of two runs and no others."""
    means = day_replicates([1, 2, 3, 4], [0.0, 1.0, 2.0, 3.0], 1, block=2)
    assert set(means.tolist()) == {0.5, 1.0, 1.5, 2.0, 2.5}


def test_a_block_that_does_not_divide_the_days_is_cut() -> None:
    """Every resample has as many days as there are: of three, a run of two and the first day of another."""
    means = day_replicates([1, 2, 3], [0.0, 1.0, 5.0], 1, block=2)
    runs = [(0.0, 1.0), (1.0, 5.0), (5.0, 0.0)]
    assert set(means.tolist()) == {(a + b + c) / 3 for a, b in runs for c in (0.0, 1.0, 5.0)}


def test_a_block_of_all_days_has_no_width() -> None:
    """Runs as long as the record can only be the record."""
    interval = day_bootstrap([1, 2, 3], [0.0, 1.0, 5.0], 1, block=3)
    assert tuple(map(float, interval)) == (2.0, 2.0, 2.0)


@pytest.mark.parametrize("block", [1, 7])
def test_spread_is_the_standard_error_of_days(block: int) -> None:
    """The resampled means spread as the mean of independent days does, and not as that of their many rows."""
    per_day = np.random.default_rng(3).normal(size=400)
    days = np.repeat(np.arange(400), 30)
    means = day_replicates(days, np.repeat(per_day, 30), 1, block=block)
    assert means.std() == pytest.approx(per_day.std() / 20, rel=0.15)


def test_blocks_widen_the_interval_of_correlated_days() -> None:
    """Where ten days in a row share one value, only runs of days show how little is known."""
    values = np.repeat(np.random.default_rng(4).normal(size=40), 10)
    single, runs = (day_replicates(np.arange(400), values, 1, block=block).std() for block in (1, 20))
    assert runs > 2.0 * single


def test_differences_are_paired() -> None:
    """A constant gain is certain, however much both scores swing from day to day."""
    days = np.repeat(np.arange(50), 4)
    score = np.random.default_rng(5).integers(0, 100, 200) / 64
    assert tuple(map(float, day_bootstrap(days, (score + 0.25) - score, 1))) == (0.25, 0.25, 0.25)


def test_columns_share_their_draws() -> None:
    """Each column has the interval it has alone, and doubling the values doubles it."""
    rng = np.random.default_rng(6)
    days, values = rng.integers(0, 40, 300), rng.normal(size=300)
    both = day_bootstrap(days, np.column_stack([values, 2 * values]), 1)
    alone = day_bootstrap(days, values, 1)
    assert both.mean.shape == both.low.shape == both.high.shape == (2,)
    for pair, one in zip(both, alone, strict=True):
        assert pair.tolist() == [float(one), 2 * float(one)]


def test_another_seed_is_another_draw() -> None:
    """The seed decides the draws."""
    days, values = np.arange(30), np.random.default_rng(7).normal(size=30)
    assert not np.array_equal(day_replicates(days, values, 1), day_replicates(days, values, 2))


@pytest.mark.parametrize("block", [1, 7])
def test_draws_in_parts_are_the_same_draws(monkeypatch: pytest.MonkeyPatch, block: int) -> None:
    """However few days are drawn at a time, the resampled means are the same, bit for bit."""
    days, values = np.arange(30), np.random.default_rng(9).normal(size=(30, 2))
    whole = day_replicates(days, values, 1, replicates=101, block=block)
    for at_once in (1, 60, 3000):
        monkeypatch.setattr(bootstrap, "_DRAWN_AT_ONCE", at_once)
        assert np.array_equal(day_replicates(days, values, 1, replicates=101, block=block), whole)


def test_copies_of_a_row_are_no_evidence() -> None:
    """Repeating every row a hundred times leaves mean and interval as they were."""
    rng = np.random.default_rng(8)
    days, values = rng.integers(0, 40, 300), rng.normal(size=300)
    once = day_bootstrap(days, values, 1)
    often = day_bootstrap(np.repeat(days, 100), np.repeat(values, 100), 1)
    assert list(map(float, often)) == pytest.approx(list(map(float, once)))


@given(rows, st.randoms(use_true_random=False))
def test_order_of_rows_is_irrelevant(table: list[tuple[int, float]], random: Random) -> None:
    """The same rows in another order give the same interval, bit for bit, and so does a second call."""
    shuffled = random.sample(table, len(table))
    first, again, other = (
        day_bootstrap([day for day, _ in part], [value for _, value in part], 11, replicates=20)
        for part in (table, table, shuffled)
    )
    assert list(map(float, first)) == list(map(float, again)) == list(map(float, other))


@given(rows)
def test_one_day_has_no_width(table: list[tuple[int, float]]) -> None:
    """All rows on one day are one piece of evidence: the interval is the mean."""
    interval = day_bootstrap([738_000] * len(table), [value for _, value in table], 11, replicates=20)
    assert interval.low == interval.mean == interval.high


@given(rows)
def test_means_stay_among_the_values(table: list[tuple[int, float]]) -> None:
    """No resampled mean leaves the range of the values."""
    values = [value for _, value in table]
    means = day_replicates([day for day, _ in table], values, 11, replicates=20)
    slack = 1e-9 * (1.0 + max(map(abs, values)))
    assert min(values) - slack <= means.min() <= means.max() <= max(values) + slack
