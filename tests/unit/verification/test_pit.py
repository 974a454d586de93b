"""The probability integral transform of whole degrees: spread, not drawn."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st
from scores.probability import PitFcstAtObs

from drybulb.verification import coverage, pit_cdf, pit_chance, pit_deviation, pit_histogram, pit_parts, pit_spread

PMF = [0.2, 0.5, 0.3]  # of 70, 71 and 72 °F

pmfs = (
    st.lists(st.integers(0, 1000), min_size=1, max_size=9).filter(any).map(lambda parts: np.array(parts) / sum(parts))
)


def test_pit_cdf_by_hand() -> None:
    """An outcome's transform is spread evenly between the cdf below it and the cdf at it."""
    at = [0.0, 0.2, 0.45, 0.7, 1.0]
    rows = pit_cdf([PMF] * 3, 70, [70, 71, 72], at)
    assert rows == pytest.approx(np.array([[0, 1, 1, 1, 1], [0, 0, 0.5, 1, 1], [0, 0, 0, 0, 1]]), abs=1e-9)


def test_histogram_by_hand() -> None:
    """The histogram is the mean of the spread outcomes, and its deviation the part in the wrong bin."""
    histogram = pit_histogram([PMF] * 2, 70, [70, 71])
    assert histogram == pytest.approx([0.25, 0.25, 0.1, 0.1, 0.1, 0.1, 0.1, 0.0, 0.0, 0.0], abs=1e-9)
    assert pit_deviation(histogram) == pytest.approx(0.3)


@pytest.mark.parametrize(("observed", "expected"), [(69, [1, 0, 0, 0, 0]), (73, [0, 0, 0, 0, 1])])
def test_outcomes_beyond_the_grid_fill_the_outer_bins(observed: int, expected: list[int]) -> None:
    """An outcome a forecast thought impossible counts in full, in the bin on its side."""
    assert pit_histogram([PMF], 70, [observed], bins=5).tolist() == expected


@pytest.mark.parametrize(
    ("pmf", "expected"), [([0.6, 0.0, 0.4], [0.0, 0.0, 1.0, 0.0]), ([0.5, 0.0, 0.5], [0.0, 1.0, 0.0, 0.0])]
)
def test_an_impossible_degree_between_two_possible_ones(pmf: list[float], expected: list[float]) -> None:
    """An outcome of zero probability inside the grid counts in full where the cdf stands; an edge ends its bin."""
    assert pit_histogram([pmf], 70, [71], bins=4).tolist() == expected


@pytest.mark.parametrize("excess", [-9e-7, 0.0, 9e-7])
def test_pit_cdf_ends_at_one(excess: float) -> None:
    """However the sum of a pmf was rounded, no transform lies beyond 1."""
    rows = [[0.5, 0.5 + excess, 0.0]] * 5
    assert pit_cdf(rows, 70, [69, 70, 71, 72, 73], [1.0]).tolist() == [[1.0]] * 5


def test_coverage_by_hand() -> None:
    """Coverage is the part of the outcome's transform in the central half, eight and nine tenths."""
    covered = coverage([PMF] * 4, 70, [70, 71, 72, 99])
    expected = np.array([[0.0, 0.5, 0.75], [0.9, 1.0, 1.0], [0.05 / 0.3, 0.2 / 0.3, 0.25 / 0.3], [0.0, 0.0, 0.0]])
    assert covered == pytest.approx(expected, abs=1e-9)


def test_coverage_takes_other_levels() -> None:
    """The levels of coverage are the caller's to set."""
    assert coverage([PMF], 70, [71], levels=[0.2]) == pytest.approx(np.array([[0.2 / 0.5]]))


@pytest.mark.parametrize(
    ("histogram", "expected"),
    [([0.1] * 10, 0.0), ([1.0] + [0.0] * 9, 0.9), ([0.5, 0.5, 0.0, 0.0], 0.5), ([1.0], 0.0)],
)
def test_deviation_by_hand(histogram: list[float], expected: float) -> None:
    """The deviation is 0 when flat and 1 - 1/J when all is in one of J bins."""
    assert pit_deviation(histogram) == pytest.approx(expected)


def test_histogram_agrees_with_the_oracle() -> None:
    """The histogram is the one the `scores` library makes of the same intervals."""
    rng = np.random.default_rng(20260104)
    pmf = rng.dirichlet(np.full(15, 0.5), 300)
    observed = rng.integers(0, 15, 300)
    cdf = np.minimum(np.hstack([np.zeros((300, 1)), np.cumsum(pmf, axis=1)]), 1.0)
    rows = np.arange(300)
    oracle = PitFcstAtObs(
        xr.DataArray(cdf[rows, observed + 1], dims=["row"]),
        fcst_at_obs_left=xr.DataArray(cdf[rows, observed], dims=["row"]),
    )
    assert pit_histogram(pmf, 0, observed) == pytest.approx(oracle.hist_values(10).to_numpy())


@given(pmfs, st.lists(st.floats(0.0, 1.0), min_size=1, max_size=5))
def test_a_calibrated_forecast_is_flat(pmf: np.ndarray, at: list[float]) -> None:
    """Weighted by the forecast's own probabilities, its transforms are uniform on any grid."""
    outcomes = np.arange(pmf.size)
    rows = pit_cdf(np.tile(pmf, (pmf.size, 1)), 0, outcomes, at)
    assert pmf @ rows == pytest.approx(at, abs=1e-9)


@given(pmfs)
def test_a_calibrated_forecast_covers_its_level(pmf: np.ndarray) -> None:
    """Weighted by the forecast's own probabilities, coverage is exactly the level, however coarse the grid."""
    covered = coverage(np.tile(pmf, (pmf.size, 1)), 0, np.arange(pmf.size), levels=(0.5, 0.8, 0.9))
    assert pmf @ covered == pytest.approx([0.5, 0.8, 0.9], abs=1e-9)


@given(st.lists(st.tuples(pmfs, st.integers(-3, 12)), min_size=1, max_size=9), st.integers(1, 12))
def test_histogram_holds_everything_once(rows: list[tuple[np.ndarray, int]], bins: int) -> None:
    """The fractions of a histogram are not negative and sum to one, whatever was forecast and happened."""
    grid = np.array([np.pad(pmf, (0, 9 - pmf.size)) for pmf, _ in rows])
    histogram = pit_histogram(grid, 0, [observed for _, observed in rows], bins=bins)
    assert histogram.shape == (bins,)
    assert (histogram >= 0.0).all()
    assert histogram.sum() == pytest.approx(1.0)


def test_parts_average_to_the_histogram() -> None:
    """Each outcome's parts sum to 1, and the histogram is their mean, also beyond the grid."""
    parts = pit_parts([PMF] * 4, 70, [69, 70, 72, 73], bins=5)
    assert parts.sum(axis=1) == pytest.approx(np.ones(4))
    assert parts[1] == pytest.approx([1, 0, 0, 0, 0])
    assert pit_histogram([PMF] * 4, 70, [69, 70, 72, 73], bins=5) == pytest.approx(parts.mean(axis=0))


def test_spread_by_hand() -> None:
    """A part's spread is that of a value drawn from the forecast: one of two halves as likely varies by a half."""
    assert pit_spread([[0.5, 0.5], [1.0, 0.0]], bins=2) == pytest.approx(np.array([[0.5, 0.5], [0.0, 0.0]]))
    assert pit_chance([[0.5, 0.5]] * 4) == pytest.approx(np.sqrt(2 / np.pi) / 4)


def test_chance_is_what_calibrated_forecasts_show() -> None:
    """Outcomes drawn from the forecasts deviate on average by what is said to be chance."""
    rng = np.random.default_rng(20260104)
    pmf = rng.dirichlet(np.ones(8), size=120)
    cdf = np.cumsum(pmf, axis=1)
    seen = [pit_deviation(pit_histogram(pmf, 0, (rng.random((120, 1)) > cdf[:, :-1]).sum(axis=1))) for _ in range(200)]
    assert np.mean(seen) == pytest.approx(pit_chance(pit_spread(pmf)), rel=0.05)
