"""What chance alone makes of a mean: drawn from the forecasts themselves."""

from __future__ import annotations

import numpy as np
import pytest

from drybulb import verification as v
from drybulb.errors import VerificationError

PMF = [[0.25, 0.75, 0.0], [0.0, 0.5, 0.5]]
#: The outcome itself, and whether it is the last.
VALUES = [[[0.0, 0.0], [1.0, 0.0], [2.0, 1.0]]] * 2


def test_worlds_are_drawn_from_the_forecasts() -> None:
    """Means over worlds come to what the forecasts expect: (0.75 + 1.5) / 2, and (0 + 0.5) / 2 of the last degree."""
    drawn = v.chance_means(PMF, VALUES, 1, draws=20_000)
    assert drawn.mean(axis=0) == pytest.approx([1.125, 0.25], abs=0.01)
    assert set(np.unique(drawn[:, 0])) <= {0.5, 1.0, 1.5}


def test_the_same_seed_draws_the_same_worlds() -> None:
    """Another seed draws others."""
    assert np.array_equal(v.chance_means(PMF, VALUES, 1), v.chance_means(PMF, VALUES, 1))
    assert not np.array_equal(v.chance_means(PMF, VALUES, 1), v.chance_means(PMF, VALUES, 2))


def test_a_sure_forecast_has_one_world() -> None:
    """Where there is no doubt there is no chance."""
    assert np.unique(v.chance_means([[0.0, 1.0, 0.0]], VALUES[:1], 1), axis=0).tolist() == [[1.0, 0.0]]


def test_p_counts_worlds_as_far_off() -> None:
    """Of four worlds two are as far off as 3; with the real one they are three of five."""
    assert v.chance_p([3.0], [[1.0], [2.0], [3.0], [4.0]]).tolist() == [0.6]
    assert v.chance_p([9.0], [[1.0], [2.0], [3.0], [4.0]]).tolist() == [0.2]


def test_what_has_no_chance_is_refused() -> None:
    """No forecast, no draws, and shapes that do not fit."""
    with pytest.raises(VerificationError, match="0 forecasts, 999 draws"):
        v.chance_means(np.empty((0, 3)), np.empty((0, 3, 1)), 1)
    with pytest.raises(VerificationError, match="2 forecasts, 0 draws"):
        v.chance_means(PMF, VALUES, 1, draws=0)
    with pytest.raises(VerificationError, match=r"values have shape \(1, 3, 2\)"):
        v.chance_means(PMF, VALUES[:1], 1)
    with pytest.raises(VerificationError, match="found has shape"):
        v.chance_p([1.0, 2.0], [[1.0]])
