"""What a dollar at stake brings a day: the ratio by hand, its interval, and what has none."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
import pytest

from drybulb import verification as v
from drybulb.errors import VerificationError


def test_the_ratio_is_of_the_sums() -> None:
    """Gains of 1 and 3 on 10 and 30 dollar-days are a tenth a day, and so is every resample of them."""
    found = v.return_on_capital([1, 2], [1.0, 3.0], [10.0, 30.0], 1)
    assert found is not None
    assert tuple(map(float, found)) == pytest.approx((0.1, 0.1, 0.1))


def test_days_are_drawn_with_their_capital() -> None:
    """Of two days with ratios 0 and 1/2, resamples have 0, 1/2, or 1 gained on 3 dollar-days."""
    found = v.return_on_capital([1, 2], [0.0, 1.0], [1.0, 2.0], 1, level=0.4)
    assert found is not None
    assert tuple(map(float, found)) == pytest.approx((1 / 3, 1 / 3, 1 / 3))


def test_idle_days_weigh_nothing() -> None:
    """A day without anything at stake changes no ratio; a resample of such days alone is left out."""
    found = v.return_on_capital([1, 2, 3], [1.0, 0.0, 0.0], [4.0, 0.0, 0.0], 1)
    assert found is not None
    assert tuple(map(float, found)) == (0.25, 0.25, 0.25)
    assert v.return_on_capital([1, 2], [0.0, 0.0], [0.0, 0.0], 1) is None


def test_the_interval_holds_the_truth_as_often_as_said() -> None:
    """In nine worlds of ten the interval holds the true return on capital."""
    rng = np.random.default_rng(5)
    held = 0
    for world in range(200):
        staked = rng.gamma(2.0, 10.0, size=60)
        found = v.return_on_capital(range(60), 0.01 * staked + rng.normal(size=60), staked, world, replicates=300)
        assert found is not None
        held += float(found.low) <= 0.01 <= float(found.high)
    assert held / 200 == pytest.approx(0.9, abs=0.06)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (partial(v.return_on_capital, [1], [1.0], [-2.0], 1), "capital at 0 is -2.0"),
        (partial(v.return_on_capital, [1], [1.0], [2.0, 3.0], 1), r"gains have shape \(1,\), capital \(2,\)"),
        (partial(v.return_on_capital, [1], [1.0], [2.0], 1, level=0.0), "level 0.0"),
    ],
)
def test_what_cannot_be_at_stake_is_refused(call: Callable[[], object], message: str) -> None:
    """Capital below zero, columns of two lengths, a level that is none."""
    with pytest.raises(VerificationError, match=message):
        call()
