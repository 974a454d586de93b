"""Sharpness: standard deviations, and central intervals on whole degrees and between them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from drybulb.verification import central_degrees, central_width, coverage, standard_deviation

PMF = [0.2, 0.5, 0.3]  # of 70, 71 and 72 °F

pmfs = st.lists(st.integers(0, 50), min_size=1, max_size=8).filter(any).map(lambda parts: np.array(parts) / sum(parts))


def test_standard_deviation_by_hand() -> None:
    """The standard deviation is about the mean, 71.1 °F here: variance 0.242 + 0.005 + 0.243 = 0.49."""
    assert standard_deviation([PMF, [0.0, 1.0, 0.0]]) == pytest.approx([0.7, 0.0])


def test_central_degrees_by_hand() -> None:
    """The interval runs from the first degree that reaches the lower tail to the first that leaves the upper one."""
    found = central_degrees([PMF, [0.0, 1.0, 0.0]], 70, [0.5, 0.8])
    assert found.first.tolist() == [[71, 70], [71, 71]]
    assert found.last.tolist() == [[72, 72], [71, 71]]
    assert found.mass == pytest.approx(np.array([[0.8, 1.0], [1.0, 1.0]]))


def test_a_tail_that_is_reached_exactly_ends_there() -> None:
    """A degree at which the cdf is exactly the tail is the quantile, whatever the sum of floats says."""
    tenths = central_degrees([[0.1] * 10], 0, [0.8])
    assert (tenths.first.tolist(), tenths.last.tolist()) == ([[0]], [[8]])
    assert tenths.mass[0, 0] == pytest.approx(0.9)


def test_central_width_by_hand() -> None:
    """Spread over its degree, 70 °F holds 0.2 from 69.5 to 70.5: the tenths lie at 70 and at 71.5 + 2/3."""
    assert central_width([PMF], [0.8]) == pytest.approx(np.array([[71.5 + 0.2 / 0.3 - 70.0]]))
    assert central_width([[0.0, 1.0, 0.0]], [0.5, 0.9]) == pytest.approx(np.array([[0.5, 0.9]]))


@given(pmfs, st.sampled_from([0.5, 0.8, 0.9]))
def test_whole_degrees_hold_the_level_and_the_spread_interval(pmf: np.ndarray, level: float) -> None:
    """The interval of whole degrees holds at least the level, no end can be left away, and it is the wider one."""
    found = central_degrees([pmf], 0, [level])
    first, last = int(found.first[0, 0]), int(found.last[0, 0])
    assert found.mass[0, 0] == pytest.approx(pmf[first : last + 1].sum())
    assert found.mass[0, 0] >= level - 1e-9
    tail = (1 - level) / 2
    assert pmf[:first].sum() < tail
    assert pmf[:last].sum() < 1 - tail
    assert central_width([pmf], [level])[0, 0] <= last - first + 1 + 1e-9


@given(pmfs, st.sampled_from([0.5, 0.8, 0.9]))
def test_the_spread_interval_is_the_one_that_is_covered(pmf: np.ndarray, level: float) -> None:
    """A forecast expects to cover exactly the level of its own spread interval."""
    each = coverage([pmf] * len(pmf), 0, np.arange(len(pmf)), levels=[level])[:, 0]
    assert float(pmf @ each) == pytest.approx(level)
