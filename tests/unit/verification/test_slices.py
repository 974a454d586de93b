"""Means over overlapping slices, worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from drybulb.errors import VerificationError
from drybulb.verification import (
    SliceSums,
    holm,
    price_variance,
    slice_errors,
    slice_intervals,
    slice_sums,
    without_slice,
)

#: Four rows on two days; the second slice takes the last row's opposite, the third takes nothing.
DAYS = [7, 7, 9, 9]
VALUES = [1.0, 3.0, 5.0, -4.0]
DIRECTIONS = np.array([[1, 0, 0], [1, 1, 0], [1, 0, 0], [0, -1, 0]], dtype=np.int8)


def sums() -> SliceSums:
    """The sums of the four rows."""
    return slice_sums(DAYS, VALUES, DIRECTIONS)


def test_sums_by_hand() -> None:
    """A slice sums the rows it takes, those it takes the opposite of with the other sign, and counts both."""
    found = sums()
    assert found.days.tolist() == [7, 9]
    assert found.total.tolist() == [[4.0, 3.0, 0.0], [5.0, 4.0, 0.0]]
    assert found.rows.tolist() == [[2.0, 1.0, 0.0], [1.0, 1.0, 0.0]]
    assert found.means.tolist() == [3.0, 3.5, 0.0]
    assert found.shared[0].tolist() == [[2.0, 1.0, 0.0], [1.0, 1.0, 0.0], [0.0, 0.0, 0.0]]


def test_the_order_of_rows_does_not_matter() -> None:
    """Rows shuffled give the same sums."""
    order = [3, 1, 0, 2]
    shuffled = slice_sums(np.array(DAYS)[order], np.array(VALUES)[order], DIRECTIONS[order])
    for one, other in zip(sums(), shuffled, strict=True):
        assert np.array_equal(one, other)


def test_errors_by_hand() -> None:
    """Days leave 4 − 2·3 and 5 − 3 around the mean of 3: √(2/1 · (4 + 4)) / 3; a slice without rows has no error."""
    errors = slice_errors(sums())
    assert errors[0] == pytest.approx(4.0 / 3.0)
    assert errors[1] == pytest.approx(0.5)
    assert np.isinf(errors[2])


def test_taking_a_slice_out_leaves_what_is_its_own() -> None:
    """The mean of 3 off each of its rows leaves 0 in the first slice and (3 − 3 + 4) / 2 in the second."""
    left = without_slice(sums(), 0)
    assert left.means.tolist() == [0.0, 2.0, 0.0]
    assert left.rows.tolist() == sums().rows.tolist()


def test_an_interval_draws_whole_days() -> None:
    """Of two days with means of 2 and 5, the interval reaches from one to the other; without rows there is none."""
    interval = slice_intervals(sums(), seed=1)
    assert (interval.mean[0], interval.low[0], interval.high[0]) == (3.0, 2.0, 5.0)
    assert np.isnan(interval.low[2])


def test_a_resample_without_a_row_does_not_count() -> None:
    """A slice with rows on one day of two has that day's mean in every resample that drew it."""
    one_day = slice_sums([1, 2], [4.0, 0.0], np.array([[1], [0]], dtype=np.int8))
    interval = slice_intervals(one_day, seed=1)
    assert (float(interval.low[0]), float(interval.high[0])) == (4.0, 4.0)


@pytest.mark.parametrize(
    ("prices", "expected"),
    [
        ([[0.5, 0.5]], 0.25),
        ([[0.5, 0.5], [0.5, 0.5]], 1.0),
        ([[0.5, 0.5], [0.9, 0.1]], 0.52),
        ([[0.5, 0.5], [1.0, 0.0]], 0.25),
    ],
)
def test_the_variance_that_prices_imply_by_hand(prices: list[list[float]], expected: float) -> None:
    """One leg held through moving prices: half a chance moving to 0.9 or 0.1 leaves E(2Y − 0.5 − p)² = 0.52."""
    weights = np.zeros((len(prices), 2, 1))
    weights[:, 0, 0] = 1.0
    assert price_variance(prices, weights) == pytest.approx([expected])


def test_legs_of_one_event_offset_each_other() -> None:
    """Both legs of an event held together pay for sure; one held against the other varies twice as much."""
    weights = np.array([[[1.0, 1.0], [1.0, -1.0]]])
    assert price_variance([[0.5, 0.5]], weights) == pytest.approx([0.0, 1.0])


def test_the_variance_is_that_of_simulated_prices() -> None:
    """Over 20,000 martingales of three legs, the mean variance implied is that of the sums that came about."""
    rng = np.random.default_rng(4)
    weights = rng.integers(-1, 2, size=(3, 3, 1)).astype(np.float64)
    squares, implied = [], []
    for _ in range(20_000):
        steps = rng.normal(size=4).cumsum()
        chances = np.array([_thirds(steps[t], 4 - 1 - t) for t in range(3)])
        paid = _thirds(steps[3], 0)
        squares.append(float((weights[:, :, 0] * (paid - chances)).sum()) ** 2)
        implied.append(float(price_variance(chances, weights)[0]))
    assert np.mean(squares) == pytest.approx(np.mean(implied), rel=0.03)


def _thirds(at: float, left: int) -> np.ndarray:
    """Chances that a normal walk with ``left`` steps to go ends below −1, between −1 and 1, above 1."""
    from math import erf, sqrt

    if not left:
        return np.array([at < -1.0, -1.0 <= at <= 1.0, at > 1.0], dtype=np.float64)
    low, high = (0.5 * (1.0 + erf((cut - at) / sqrt(2.0 * left))) for cut in (-1.0, 1.0))
    return np.array([low, high - low, 1.0 - high])


def test_holm_by_hand() -> None:
    """Three p-values count three, two and one times, and never fall below the one before."""
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    assert holm([0.5, 0.9]) == pytest.approx([1.0, 1.0])


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: slice_sums([], [], np.zeros((0, 1), dtype=np.int8)), "must be"),
        (lambda: slice_sums(DAYS, VALUES, DIRECTIONS[:3]), "must be"),
        (lambda: slice_sums(DAYS, VALUES, DIRECTIONS * np.int8(2)), "direction"),
        (lambda: price_variance([[0.5, 0.5]], np.zeros((2, 2, 1))), "must be"),
        (lambda: holm([0.5, 1.5]), "between 0 and 1"),
    ],
)
def test_what_is_no_slice_is_refused(call: object, words: str) -> None:
    """Shapes that do not fit, other directions and what is no p-value are named."""
    assert callable(call)
    with pytest.raises(VerificationError, match=words):
        call()
