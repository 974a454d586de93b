"""Reliability: the binned table, isotonic recalibration and the decomposition it gives."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scores.processing import isotonic_fit

from drybulb.verification import brier_decomposition, isotonic, reliability_table

events = st.lists(st.tuples(st.integers(0, 20), st.integers(0, 1)), min_size=1, max_size=40).map(
    lambda rows: (np.array([p for p, _ in rows]) / 20, np.array([y for _, y in rows]))
)


def test_table_by_hand() -> None:
    """Each occupied bin gives its mean forecast, its observed frequency and its count."""
    table = reliability_table([0.35, 0.05, 0.3, 1.0, 0.05, 0.3], [1, 0, 0, 1, 1, 1])
    assert table.low.tolist() == [0.0, 0.3, 0.9]
    assert table.high.tolist() == [0.1, 0.4, 1.0]
    assert table.mean_forecast == pytest.approx([0.05, 0.95 / 3, 1.0])
    assert table.observed_frequency == pytest.approx([1 / 2, 2 / 3, 1.0])
    assert table.count.tolist() == [2, 3, 1]


def test_a_forecast_on_an_edge_belongs_to_the_bin_it_opens() -> None:
    """Every multiple of a tenth lies in the bin it is the lower edge of; one lies in the last."""
    tenths = [0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0]
    assert reliability_table(tenths, [0] * 11).count.tolist() == [1] * 9 + [2]


def test_table_takes_another_number_of_bins() -> None:
    """The number of bins is the caller's to set."""
    table = reliability_table([0.2, 0.6, 0.7], [0, 1, 0], bins=2)
    assert table.high.tolist() == [0.5, 1.0]
    assert table.observed_frequency.tolist() == [0.0, 0.5]


@pytest.mark.parametrize(
    ("forecast", "outcome", "expected"),
    [
        ([0.1, 0.2, 0.3, 0.4], [0, 1, 0, 1], [0, 1 / 2, 1 / 2, 1]),
        ([0.4, 0.1, 0.3, 0.2], [1, 0, 0, 1], [1, 0, 1 / 2, 1 / 2]),
        ([0.2, 0.2, 0.1], [1, 0, 1], [2 / 3, 2 / 3, 2 / 3]),
        ([0.9, 0.8, 0.7], [0, 0, 1], [1 / 3, 1 / 3, 1 / 3]),
        ([0.5], [1], [1]),
    ],
)
def test_isotonic_by_hand(forecast: list[float], outcome: list[int], expected: list[float]) -> None:
    """Recalibration pools equal forecasts and falling frequencies, and answers in the order it was asked."""
    assert isotonic(forecast, outcome).tolist() == expected


def test_isotonic_agrees_with_the_oracle() -> None:
    """Recalibration is the isotonic regression of the `scores` library."""
    rng = np.random.default_rng(20260103)
    forecast = rng.integers(0, 60, size=500) / 60
    outcome = (rng.random(500) < forecast**2).astype(int)
    oracle = isotonic_fit(forecast, outcome.astype(float))
    levels, where = np.unique(forecast, return_index=True)
    assert levels.tolist() == oracle["fcst_sorted"].tolist()
    assert isotonic(forecast, outcome)[where] == pytest.approx(oracle["regression_values"])


def test_decomposition_by_hand() -> None:
    """Score, miscalibration, discrimination and uncertainty of four events."""
    parts = brier_decomposition([0.1, 0.2, 0.3, 0.4], [0, 1, 0, 1])
    assert parts.score == pytest.approx((0.01 + 0.64 + 0.09 + 0.36) / 4)
    assert parts.miscalibration == pytest.approx(0.275 - 0.125)
    assert parts.discrimination == pytest.approx(0.25 - 0.125)
    assert parts.uncertainty == pytest.approx(0.25)


@given(events)
def test_isotonic_is_monotone_and_reliable(rows: tuple[np.ndarray, np.ndarray]) -> None:
    """Recalibrated forecasts rise with the forecast, and each value happens exactly as often as it says."""
    forecast, outcome = rows
    fitted = isotonic(forecast, outcome)
    assert (np.diff(fitted[np.argsort(forecast, kind="stable")]) >= 0.0).all()
    for value in np.unique(fitted):
        assert outcome[fitted == value].mean() == value


@given(events)
def test_recalibrating_twice_is_recalibrating_once(rows: tuple[np.ndarray, np.ndarray]) -> None:
    """A recalibrated forecast has no miscalibration left."""
    forecast, outcome = rows
    once = isotonic(forecast, outcome)
    assert isotonic(once, outcome).tolist() == once.tolist()
    assert brier_decomposition(once, outcome).miscalibration == 0.0


@given(events)
def test_decomposition_adds_up(rows: tuple[np.ndarray, np.ndarray]) -> None:
    """The parts give the score, and neither miscalibration nor discrimination is negative."""
    parts = brier_decomposition(*rows)
    assert parts.miscalibration - parts.discrimination + parts.uncertainty == pytest.approx(parts.score, abs=1e-12)
    assert parts.miscalibration >= -1e-12
    assert parts.discrimination >= -1e-12


@given(events, st.integers(1, 30))
def test_table_keeps_every_event(rows: tuple[np.ndarray, np.ndarray], bins: int) -> None:
    """No event is lost in the table, and each bin's mean forecast lies between its edges."""
    forecast, outcome = rows
    table = reliability_table(forecast, outcome, bins=bins)
    assert table.count.sum() == forecast.size
    assert table.count @ table.observed_frequency == pytest.approx(outcome.sum())
    assert (table.low - 1e-12 <= table.mean_forecast).all()
    assert (table.mean_forecast <= table.high + 1e-12).all()


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(0, 1), st.integers(1, 4)), min_size=1, max_size=20))
def test_a_weight_is_a_number_of_times(rows: list[tuple[int, int, int]]) -> None:
    """An event of weight three counts as three events, in the recalibration and in the decomposition."""
    forecast, outcome, times = (np.array(part) for part in zip(*rows, strict=True))
    again = (np.repeat(forecast / 20, times), np.repeat(outcome, times))
    assert np.repeat(isotonic(forecast / 20, outcome, weights=times), times).tolist() == isotonic(*again).tolist()
    weighted, repeated = brier_decomposition(forecast / 20, outcome, weights=times), brier_decomposition(*again)
    for part in ("score", "miscalibration", "discrimination", "uncertainty"):
        assert getattr(weighted, part) == pytest.approx(getattr(repeated, part), abs=1e-12)
