"""The logistic interval likelihood: its gradient, what it finds, and the floor it takes into account."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.optimize import approx_fprime

from drybulb.errors import ModelError
from drybulb.forecast import logistic
from drybulb.forecast.logistic import FitData, LogisticFit, cdf, fit_logistic, least_squares, linear, log_likelihood


def _drawn(size: int, seed: int = 3) -> tuple[FitData, np.random.Generator]:
    """Highs drawn from a logistic with location 3 + 0.5 x and scale exp(0.2 + 0.4 z), rounded to whole degrees."""
    rng = np.random.default_rng(seed)
    x, z = rng.normal(0.0, 8.0, size), rng.normal(0.0, 1.0, size)
    high = np.floor(rng.logistic(3.0 + 0.5 * x, np.exp(0.2 + 0.4 * z)) + 0.5)
    return FitData.unobserved([x], [z], high), rng


def test_the_distribution_function_is_the_logistic_at_the_upper_edge_of_a_degree() -> None:
    """P(R ≤ k) is 1 / (1 + exp(-(k + ½ - location) / scale)): at 70 with location 70.5 a half, a scale below 0.2689."""
    found = cdf(np.array([70.0, 68.0]), np.array([70.5]), np.array([2.0]))
    assert found[0] == pytest.approx(0.5)
    assert found[1] == pytest.approx(1.0 / (1.0 + math.e))


def test_far_below_the_location_something_is_left() -> None:
    """However far below the location, the probability stays above zero."""
    assert cdf(np.array([-60.0]), np.array([140.0]), np.array([0.15]))[0] > 0.0


def test_a_sum_is_taken_feature_by_feature() -> None:
    """A location is the constant plus each coefficient times its feature."""
    found = linear([1.0, 2.0, -1.0], [np.array([10.0, 20.0]), np.array([3.0, 4.0])])
    assert found.tolist() == [18.0, 37.0]


def test_the_scale_is_cut_where_no_daily_high_can_be() -> None:
    """A scale stays between 0.15 and 20 °F whatever its features say."""
    fit = LogisticFit((0.0,), (0.0, 1.0))
    assert fit.scales([np.array([-50.0, 50.0, 0.0])]) == pytest.approx([0.15, 20.0, 1.0])


def test_the_gradient_is_that_of_the_likelihood() -> None:
    """The analytic gradient agrees with finite differences, with and without a floor."""
    data, rng = _drawn(60)
    floored = FitData(data.location, data.scale, data.high, rng.uniform(0.5, 1.0, 60), rng.uniform(0.0, 0.5, 60))
    theta, given = np.array([2.0, 3.0, 0.3, -0.2]), rng.uniform(-0.2, 0.2, 60)
    for some in (data, floored):
        location = np.column_stack([np.ones(60), some.location[0] / 8.0])
        scale = np.column_stack([np.ones(60), some.scale[0]])

        def value(
            at: np.ndarray, some: FitData = some, location: np.ndarray = location, scale: np.ndarray = scale
        ) -> float:
            return logistic._penalised(at, 2, location, (scale, given), some)[0]

        gradient = logistic._penalised(theta, 2, location, (scale, given), some)[1]
        assert gradient == pytest.approx(approx_fprime(theta, value, 1e-6), rel=1e-4, abs=1e-3)


def test_a_fit_finds_what_the_highs_were_drawn_from() -> None:
    """From 4,000 rounded draws the fit recovers location and scale to two standard errors or so."""
    data, _ = _drawn(4000)
    fit = fit_logistic(data)
    assert fit.location == pytest.approx((3.0, 0.5), abs=0.12)
    assert fit.scale == pytest.approx((0.2, 0.4), abs=0.04)


def test_a_feature_that_never_moves_changes_nothing() -> None:
    """Its coefficient is 0, and the others are what they are without it."""
    data, _ = _drawn(400)
    still = np.full(400, 3.0)
    fit = fit_logistic(FitData.unobserved([still, *data.location], [*data.scale, still], data.high))
    plain = fit_logistic(data)
    assert (fit.location[1], fit.scale[2]) == (0.0, 0.0)
    assert (fit.location[0], fit.location[2]) == pytest.approx(plain.location, rel=1e-9)
    assert fit.scale[:2] == pytest.approx(plain.scale, rel=1e-9)


def test_what_is_given_is_not_fitted() -> None:
    """Highs drawn twice as widely in every second row, which is given, are fitted as those of the other rows are."""
    rng = np.random.default_rng(5)
    given = np.where(np.arange(4000) % 2 == 0, math.log(2.0), 0.0)
    high = np.floor(rng.logistic(3.0, 2.0 * np.exp(given)) + 0.5)
    fit = fit_logistic(FitData((), (given,), high, np.ones(4000), np.ones(4000), given=1))
    assert fit.scale[0] == pytest.approx(math.log(2.0), abs=0.05)
    assert fit.scale[1] == 1.0


def test_what_is_not_known_is_as_usual() -> None:
    """A feature that is NaN counts as its mean where it is known, in a fit and after; as 0 if it never was."""
    data, _ = _drawn(400)
    some = np.where(np.arange(400) % 2 == 0, data.scale[0], np.nan)
    never = np.full(400, np.nan)
    mean = float(np.nanmean(some))
    filled = fit_logistic(FitData.unobserved(data.location, [np.nan_to_num(some, nan=mean), np.zeros(400)], data.high))
    fit = fit_logistic(FitData.unobserved(data.location, [some, never], data.high))
    assert (fit.location, fit.scale) == (filled.location, filled.scale)
    assert fit.usual[-2:] == pytest.approx((mean, 0.0))
    assert fit.usual[:-2] == pytest.approx([float(feature.mean()) for feature in data.location])
    there, here = (
        fit.locations([np.full(1, np.nan)] * len(data.location)),
        fit.locations([np.array([feature.mean()]) for feature in data.location]),
    )
    assert there == pytest.approx(here)
    unknown, known = fit.scales([np.array([np.nan, mean]), np.array([np.nan, 0.0])])
    assert unknown == known


def test_a_floor_explains_the_highs_it_made() -> None:
    """Where the high is the maximum so far, the rest of the day is not taken to have reached it."""
    rng = np.random.default_rng(5)
    rest = np.floor(rng.logistic(60.0, 2.0, 3000) + 0.5)
    so_far = np.full(3000, 64.0)
    high = np.maximum(rest, so_far)
    # The maximum so far is known exactly: P(M ≤ high) is 1, P(M ≤ high - 1) is 1 only above it.
    data = FitData((), (), high, np.ones(3000), (high > so_far).astype(np.float64))
    fit = fit_logistic(data)
    naive = fit_logistic(FitData.unobserved((), (), high))
    assert fit.location[0] == pytest.approx(60.0, abs=0.5)
    assert naive.location[0] > 63.0


def test_one_wrong_label_does_not_bend_a_fit() -> None:
    """A label fifty degrees off moves the location by less than a twentieth of a degree."""
    data, _ = _drawn(1000)
    wrong = data.high.copy()
    wrong[0] += 50.0
    clean, bent = fit_logistic(data), fit_logistic(FitData.unobserved(data.location, data.scale, wrong))
    assert bent.location[0] == pytest.approx(clean.location[0], abs=0.05)


def test_a_feature_that_never_moves_gets_no_weight() -> None:
    """A constant feature has coefficient zero and does not stop a fit."""
    data, _ = _drawn(500)
    fit = fit_logistic(FitData.unobserved([*data.location, np.full(500, 7.0)], data.scale, data.high))
    assert fit.location[2] == pytest.approx(0.0, abs=1e-6)


def test_the_likelihood_is_that_of_whole_degrees() -> None:
    """A row's log likelihood is that of its whole degree: about ln(tanh ¼) at the location with scale 1."""
    data = FitData.unobserved((), (), np.array([0.0]))
    found = log_likelihood(LogisticFit((0.0,), (0.0,)), data)
    assert found[0] == pytest.approx(math.log(math.tanh(0.25)), abs=1e-3)


def test_too_few_rows_are_refused() -> None:
    """Fewer rows than twice the coefficients, or a feature that is not finite, cannot be fitted."""
    data, _ = _drawn(7)
    with pytest.raises(ModelError, match="7 rows"):
        fit_logistic(data)
    with pytest.raises(ModelError, match="inf"):
        fit_logistic(FitData.unobserved([np.full(50, np.inf)], (), np.zeros(50)))


def test_least_squares_of_a_line() -> None:
    """Least squares through (0, 1), (1, 3), (2, 5) is 1 + 2 x."""
    matrix = np.column_stack([np.ones(3), np.arange(3.0)])
    assert least_squares(matrix, np.array([1.0, 3.0, 5.0])) == pytest.approx([1.0, 2.0])


def test_a_fit_survives_being_written() -> None:
    """Coefficients come back from JSON to the last bit."""
    fit = LogisticFit((0.1, 1 / 3), (-0.7, math.pi))
    assert LogisticFit.from_json(fit.to_json()) == fit
