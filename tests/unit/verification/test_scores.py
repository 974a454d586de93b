"""Scores: hand-computed tables, the `scores` library as an oracle, and what makes a score proper."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scores.probability import brier_score, crps_for_ensemble

from drybulb.domain.distribution import TemperatureDistribution
from drybulb.verification import (
    absolute_error,
    brier,
    crps,
    log_score,
    median,
    outcome_probability,
    rps,
    within,
)

Floats = NDArray[np.float64]

PMF = [0.2, 0.5, 0.3]  # of 70, 71 and 72 °F
LADDER = [0.1, 0.2, 0.4, 0.3]

weights = st.lists(st.integers(0, 1000), min_size=1, max_size=9).filter(any)
pairs = st.integers(1, 9).flatmap(
    lambda size: st.tuples(*[st.lists(st.integers(0, 1000), min_size=size, max_size=size).filter(any)] * 2)
)


def normalised(parts: list[int]) -> Floats:
    """Probabilities in proportion to whole parts."""
    return np.array(parts) / sum(parts)


@pytest.mark.parametrize(
    ("observed", "expected"),
    [
        (70, 0.8**2 + 0.3**2),
        (71, 0.2**2 + 0.3**2),
        (72, 0.2**2 + 0.7**2),
        (68, 2.0 + 0.8**2 + 0.3**2),
        (74, 0.2**2 + 0.7**2 + 1.0 + 1.0),
    ],
)
def test_crps_by_hand(observed: int, expected: float) -> None:
    """The CRPS sums the squared distance of two steps over whole degrees, on the grid and beyond it."""
    assert crps([PMF], 70, [observed]) == pytest.approx([expected])


@pytest.mark.parametrize(("outcome", "expected"), [(0, 1.39), (1, 0.59), (2, 0.19), (3, 0.59)])
def test_rps_by_hand(outcome: int, expected: float) -> None:
    """The RPS sums squared cumulative errors over the ladder and is not divided by its length."""
    assert rps([LADDER], [outcome]) == pytest.approx([expected])


@pytest.mark.parametrize(("outcome", "expected"), [(0, 1.10), (1, 0.90), (2, 0.50), (3, 0.70)])
def test_brier_by_hand(outcome: int, expected: float) -> None:
    """The Brier score sums squared errors over all brackets."""
    assert brier([LADDER], [outcome]) == pytest.approx([expected])


@pytest.mark.parametrize(
    ("probability", "expected"),
    [(1.0, 0.0), (0.5, math.log(2)), (0.001, math.log(1000)), (0.0004, math.log(1000)), (0.0, math.log(1000))],
)
def test_log_score_by_hand(probability: float, expected: float) -> None:
    """The log score counts nats, and no probability as less than one in a thousand."""
    assert log_score([probability]) == pytest.approx([expected])


def test_a_sure_and_right_forecast_costs_nothing() -> None:
    """The log score of certainty is 0, not the minus 0 that tables would print."""
    assert str(log_score([1.0])[0]) == "0.0"


def test_log_score_takes_another_floor() -> None:
    """The floor of the log score is the caller's to set."""
    assert log_score([0.0, 0.3], floor=0.25) == pytest.approx([math.log(4), -math.log(0.3)])


def test_outcome_probability_by_hand() -> None:
    """What a forecast gave to the outcome is read off its grid, and is zero outside it."""
    given_to = outcome_probability([PMF] * 5, 70, [69, 70, 71, 72, 73])
    assert given_to.tolist() == [0.0, 0.2, 0.5, 0.3, 0.0]


def test_outcome_probability_of_a_ladder() -> None:
    """A ladder is a pmf that starts at column 0."""
    assert outcome_probability([LADDER, LADDER], 0, [2, 0]).tolist() == [0.4, 0.1]


def test_median_error_and_hits_by_hand() -> None:
    """The error is the median's, and within counts the rows where it is small enough."""
    rows = [PMF, [0.5, 0.5, 0.0], [0.0, 0.0, 1.0]]
    assert median(rows, 70).tolist() == [71, 70, 72]
    assert absolute_error(rows, 70, [74, 70, 71]).tolist() == [3.0, 0.0, 1.0]
    assert within(rows, 70, [74, 70, 71], 1).tolist() == [0.0, 1.0, 1.0]


def test_median_reaches_a_half_that_rounding_left_short() -> None:
    """A half that is exact in millionths is a half, though its sum of floats falls short of it."""
    millionths = (50_000, 120_000, 150_000, 180_000, 500_000)
    rows = np.array([millionths]) / 1e6
    assert np.cumsum(rows)[3] < 0.5
    assert median(rows, 70).tolist() == [73]


@given(st.lists(st.integers(0, 1000), min_size=1, max_size=30).filter(any))
def test_median_is_the_distributions_own(parts: list[int]) -> None:
    """The median of a pmf is the 0.5 quantile of the distribution it becomes."""
    belief = TemperatureDistribution.from_pmf(-3, [float(p) for p in normalised(parts)])
    assert median([np.array(belief.millionths) / 1e6], belief.low).tolist() == [belief.quantile(0.5)]


def test_crps_agrees_with_the_oracle() -> None:
    """The CRPS of relative frequencies is the one the `scores` library gives the ensemble they were counted from."""
    rng = np.random.default_rng(20260101)
    members = rng.integers(60, 75, size=(200, 31))
    observed = rng.integers(55, 80, size=200)
    pmf = (members[:, :, None] == np.arange(60, 75)).mean(axis=1)
    oracle = crps_for_ensemble(
        xr.DataArray(members.astype(float), dims=["row", "member"]),
        xr.DataArray(observed.astype(float), dims=["row"]),
        "member",
        method="ecdf",
        preserve_dims="all",
    )
    assert crps(pmf, 60, observed) == pytest.approx(oracle.to_numpy())


def test_brier_and_rps_agree_with_the_oracle() -> None:
    """Brier score and RPS are sums over columns of the yes-or-no score of the `scores` library."""
    rng = np.random.default_rng(20260102)
    rows = rng.dirichlet(np.ones(6), 200)
    won = rng.integers(6, size=200)

    def oracle(forecast: Floats, happened: NDArray[np.bool_]) -> Floats:
        dims = ["row", "bracket"]
        cells = brier_score(
            xr.DataArray(forecast, dims=dims), xr.DataArray(happened.astype(float), dims=dims), preserve_dims="row"
        )
        return np.asarray(cells.to_numpy() * 6)

    assert brier(rows, won) == pytest.approx(oracle(rows, won[:, None] == np.arange(6)))
    cumulative = np.minimum(np.cumsum(rows, axis=1), 1.0)
    assert rps(rows, won) == pytest.approx(oracle(cumulative, won[:, None] <= np.arange(6)))


@given(st.integers(0, 8), st.integers(1, 9), st.integers(-20, 20))
def test_crps_of_a_sure_forecast_is_its_error(column: int, more: int, observed: int) -> None:
    """A forecast sure of one degree has a CRPS of exactly its absolute error, wherever the outcome is."""
    sure = np.zeros((1, column + more))
    sure[0, column] = 1.0
    assert crps(sure, -4, [observed])[0] == abs(observed - (column - 4))


@given(weights, st.integers(-20, 20), st.integers(0, 5), st.integers(0, 5))
def test_crps_does_not_depend_on_the_grid(parts: list[int], observed: int, below: int, above: int) -> None:
    """Zeros on either side of a pmf change no CRPS, which is never negative."""
    pmf = normalised(parts)
    score = crps([pmf], 0, [observed])
    assert score[0] >= 0.0
    assert score == pytest.approx(crps([np.pad(pmf, (below, above))], -below, [observed]), abs=1e-12)


@given(weights, st.data())
def test_rps_of_single_degrees_is_the_crps(parts: list[int], data: st.DataObject) -> None:
    """On a ladder whose brackets are single degrees the RPS is the CRPS."""
    outcome = data.draw(st.integers(0, len(parts) - 1))
    pmf = [normalised(parts)]
    assert rps(pmf, [outcome]) == pytest.approx(crps(pmf, 0, [outcome]))


@pytest.mark.parametrize("score", [rps, brier])
@given(two=pairs)
def test_scores_are_proper(score: Callable[..., Floats], two: tuple[list[int], list[int]]) -> None:
    """Whoever believes p expects no better score of any q than of p itself; the CRPS is an RPS of degrees."""
    p, q = (normalised(parts) for parts in two)
    honest, other = (p @ score(np.tile(row, (p.size, 1)), np.arange(p.size)) for row in (p, q))
    assert honest <= other + 1e-12


@given(pairs, st.sampled_from([1e-9, 1e-3, 0.05]))
def test_log_score_is_proper_but_for_its_floor(two: tuple[list[int], list[int]], floor: float) -> None:
    """No q has an expected log score better than p's by more than ln(1 + K · floor)."""
    p, q = (normalised(parts) for parts in two)
    honest, other = (p @ log_score(row, floor=floor) for row in (p, q))
    assert honest <= other + math.log1p(p.size * floor) + 1e-12
