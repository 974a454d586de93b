"""What cannot be scored is refused: the message names the thing and the value."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
import pytest

from drybulb import verification as v
from drybulb.errors import VerificationError

NAN = float("nan")
PMF = [[0.2, 0.5, 0.3]]

OF_A_PMF: list[Callable[..., object]] = [
    v.crps,
    v.outcome_probability,
    v.absolute_error,
    partial(v.within, degrees=1),
    partial(v.pit_cdf, at=[0.5]),
    v.pit_parts,
    v.pit_histogram,
    v.coverage,
    v.exceedances,
    partial(v.power_gradient, exponent=1.0),
    v.recalibration_exponent,
]
OF_A_LADDER = [v.rps, v.brier]
OF_EVENTS: list[Callable[..., object]] = [v.reliability_table, v.isotonic, v.brier_decomposition]


@pytest.mark.parametrize("score", OF_A_PMF)
@pytest.mark.parametrize(
    ("pmf", "observed", "message"),
    [
        ([[0.2, NAN, 0.8]], [70], r"pmf at \(0, 1\) is nan"),
        ([[0.2, float("inf"), 0.8]], [70], r"pmf at \(0, 1\) is inf"),
        ([[1.2, -0.2]], [70], "pmf row 0 holds -0.2 at column 1"),
        ([[0.5, 0.5], [0.5, 0.49]], [70, 70], "pmf row 1 sums to 0.99"),
        ([0.5, 0.5], [70, 70], r"pmf has shape \(2,\)"),
        (np.empty((1, 0)), [70], r"pmf has shape \(1, 0\)"),
        ([["0.5", "0.5"]], [70], "pmf has dtype <U3"),
        ([[None, 1.0]], [70], "pmf has dtype object"),
        ([[0.5, 0.5], [1.0]], [70, 70], "pmf is no array"),
        (PMF, [NAN], r"observed at \(0,\) is nan"),
        (PMF, [70.5], "observed at 0 is 70.5"),
        (PMF, [70, 71], r"observed has shape \(2,\)"),
        (PMF, 70, r"observed has shape \(\)"),
    ],
)
def test_a_pmf_or_a_high_that_cannot_be_scored(
    score: Callable[..., object], pmf: object, observed: object, message: str
) -> None:
    """A pmf that is no distribution, or a high that is missing or not whole, has no score."""
    with pytest.raises(VerificationError, match=message):
        score(pmf, 70, observed)


@pytest.mark.parametrize("score", OF_A_LADDER)
@pytest.mark.parametrize(
    ("ladder", "outcome", "message"),
    [
        ([[0.2, 0.5]], [0], "probabilities row 0 sums to 0.7"),
        (PMF, [3], "outcome at 0 is 3"),
        (PMF, [-1], "outcome at 0 is -1"),
        (PMF, [0.5], "outcome at 0 is 0.5"),
        (PMF, [0, 1], r"outcome has shape \(2,\)"),
    ],
)
def test_a_ladder_or_a_winner_that_cannot_be_scored(
    score: Callable[..., object], ladder: object, outcome: object, message: str
) -> None:
    """Bracket probabilities that do not sum to one, or a winner that is no bracket, have no score."""
    with pytest.raises(VerificationError, match=message):
        score(ladder, outcome)


@pytest.mark.parametrize("table", OF_EVENTS)
@pytest.mark.parametrize(
    ("forecast", "outcome", "message"),
    [
        ([], [], "forecast is empty"),
        ([[0.5]], [1], r"forecast has shape \(1, 1\)"),
        ([1.1], [1], "forecast at 0 is 1.1"),
        ([-0.1], [1], "forecast at 0 is -0.1"),
        ([0.5], [2], "outcome at 0 is 2"),
        ([0.5], [NAN], r"outcome at \(0,\) is nan"),
    ],
)
def test_events_that_cannot_be_tabled(
    table: Callable[..., object], forecast: object, outcome: object, message: str
) -> None:
    """Reliability needs probabilities, and outcomes that are 0 or 1."""
    with pytest.raises(VerificationError, match=message):
        table(forecast, outcome)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: v.median([[0.5, 0.4]], 70), "pmf row 0 sums to 0.9"),
        (lambda: v.log_score([1.1]), "probability at 0 is 1.1"),
        (lambda: v.log_score([0.5], floor=0.0), "floor 0.0"),
        (lambda: v.log_score([0.5], floor=1.0), "floor 1.0"),
        (lambda: v.within(PMF, 70, [70], -1), "within -1"),
        (lambda: v.within(PMF, 70, [70], NAN), "within nan"),
        (lambda: v.reliability_table([0.5], [1], bins=0), "0 bins"),
        (lambda: v.pit_cdf(PMF, 70, [70], [1.5]), "at at 0 is 1.5"),
        (lambda: v.pit_histogram(PMF, 70, [70], bins=0), "0 bins"),
        (lambda: v.pit_histogram(np.empty((0, 3)), 70, []), "pmf has no rows"),
        (lambda: v.pit_deviation([0.5, 0.4]), "histogram row 0 sums to 0.9"),
        (lambda: v.pit_deviation([[0.5, 0.5]]), r"histogram has shape \(1, 1, 2\)"),
        (lambda: v.coverage(PMF, 70, [70], levels=[0.5, 1.0]), "level 1.0"),
        (lambda: v.pit_spread([[0.5, 0.4]]), "pmf row 0 sums to 0.9"),
        (lambda: v.pit_spread(PMF, bins=0), "0 bins"),
        (lambda: v.pit_chance([0.1, 0.1]), r"spread has shape \(2,\)"),
        (lambda: v.standard_deviation([[0.5, 0.4]]), "pmf row 0 sums to 0.9"),
        (lambda: v.central_degrees(PMF, 70, [0.5, 1.0]), "level 1.0"),
        (lambda: v.central_width(PMF, [0.0]), "level 0.0"),
        (lambda: v.exceedances(PMF, 70, [70], doubt=(0.5, 0.5)), "doubt between 0.5 and 0.5"),
        (lambda: v.exceedances(PMF, 70, [70], doubt=(0.5, 1.5)), "doubt between 0.5 and 1.5"),
        (lambda: v.exceedance_sums(v.exceedances(PMF, 70, [70]), 1, bins=0), "0 bins"),
        (lambda: v.power_gradient(PMF, 70, [70], 0.0), "exponent 0.0"),
        (lambda: v.power_gradient(PMF, 70, [73], 1.0), "pmf row 0 gave nothing to 73 °F"),
        (lambda: v.recalibration_exponent([[0.5, 0.5, 0.0]], 70, [72]), "pmf row 0 gave nothing to 72 °F"),
        (lambda: v.recalibration_exponent(np.empty((0, 3)), 70, []), "pmf has no rows"),
        (lambda: v.recalibration_exponent(PMF, 70, [70], weights=[0.0]), r"weights of shape \(1,\)"),
        (lambda: v.recalibration_exponent(PMF, 70, [70], weights=[1.0, 1.0]), r"weights of shape \(2,\)"),
        (lambda: v.exponent_replicates(1.0, [0.1], [0.0]), "one step from exponent 1.0"),
        (lambda: v.exponent_replicates(1.0, [0.1], [1.0, 1.0]), "one step from exponent 1.0"),
        (lambda: v.isotonic([0.5], [1], weights=[0]), "weights hold 0"),
        (lambda: v.isotonic([0.5], [1], weights=[1.5]), "weights at 0 is 1.5"),
        (lambda: v.brier_decomposition([0.5], [1], weights=[1, 1]), r"weights has shape \(2,\)"),
        (lambda: v.skill_score(1.0, 0.0), "the reference scores 0.0"),
        (lambda: v.skill_score([1.0], [1.0, 2.0]), r"\(1,\) scores over \(2,\)"),
        (lambda: v.skill_score([], []), r"\(0,\) scores over \(0,\)"),
        (lambda: v.skill_score([NAN], [1.0]), r"score at \(0,\) is nan"),
    ],
)
def test_what_else_cannot_be_scored(call: Callable[[], object], message: str) -> None:
    """A value out of range is named, with what it was."""
    with pytest.raises(VerificationError, match=message):
        call()


@pytest.mark.parametrize(
    ("days", "values", "options", "message"),
    [
        ([1, 2], [0.5, NAN], {}, r"values at \(1,\) is nan"),
        ([1, 2], [0.5], {}, r"days has shape \(2,\)"),
        ([1.5], [0.5], {}, "days at 0 is 1.5"),
        (np.array(["2024-01-01"], dtype="datetime64[us]"), [0.5], {}, r"days has dtype datetime64\[us\]"),
        ([], [], {}, r"values have shape \(0,\)"),
        ([1], [[]], {}, r"values have shape \(1, 0\)"),
        ([1], [[[0.5]]], {}, r"values have shape \(1, 1, 1\)"),
        ([1], 0.5, {}, r"values have shape \(\)"),
        ([1, 2], [0.5, 0.5], {"seed": -1}, "seed -1"),
        ([1, 2], [0.5, 0.5], {"replicates": 0}, "0 replicates"),
        ([1, 2], [0.5, 0.5], {"block": 0}, "block of 0 days"),
        ([1, 2, 2], [0.5, 0.5, 0.5], {"block": 3}, "block of 3 days cannot be drawn from 2"),
        ([1, 2], [0.5, 0.5], {"level": 1.0}, "level 1.0"),
        ([1, 2], [0.5, 0.5], {"level": 0.0}, "level 0.0"),
    ],
)
def test_what_cannot_be_resampled(days: object, values: object, options: dict[str, int], message: str) -> None:
    """The bootstrap takes whole days, complete values and sensible options, or nothing."""
    arguments: dict[str, object] = {"days": days, "values": values, "seed": 1, **options}
    with pytest.raises(VerificationError, match=message):
        v.day_bootstrap(**arguments)  # type: ignore[arg-type]


def test_what_rounding_left_beside_one_is_put_back() -> None:
    """Sums of floats may miss 0 or 1 by a rounding error and are still probabilities."""
    assert v.log_score([1.0 + 1e-9]).tolist() == [0.0]
    assert v.isotonic([-1e-17, 1.0 + 1e-12], [0, 1]).tolist() == [0.0, 1.0]


def test_no_rows_have_no_scores() -> None:
    """Scores of an empty set of forecasts are empty, not an error."""
    assert v.crps(np.empty((0, 3)), 70, []).shape == (0,)
    assert v.rps(np.empty((0, 3)), []).shape == (0,)
