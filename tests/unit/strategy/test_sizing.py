"""How much: Kelly's share, and the contracts it buys."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drybulb.strategy.sizing import kelly_count, kelly_share
from tests.trading import usd


@pytest.mark.parametrize(
    ("probability", "cost", "share"),
    [(0.6, 0.46, 0.14 / 0.54), (0.5, 0.10, 0.4 / 0.9), (0.5, 0.5, 0.0), (0.4, 0.5, 0.0), (1.0, 0.99, 1.0)],
)
def test_kelly_share(probability: float, cost: float, share: float) -> None:
    """f* is (p - c) / (1 - c), and nothing without an edge."""
    assert kelly_share(probability, cost) == pytest.approx(share)


@given(st.floats(0.05, 0.95), st.floats(0.05, 0.95))
def test_kelly_grows_fastest(probability: float, cost: float) -> None:
    """No other share between 0 and 1 grows wealth faster in the long run."""

    def growth(share: float) -> float:
        won, lost = 1.0 + share * (1.0 - cost) / cost, 1.0 - share
        return probability * math.log(won) + (1.0 - probability) * math.log(lost)

    best = growth(kelly_share(probability, cost))
    assert all(growth(step / 200) <= best + 1e-12 for step in range(200))


def test_count() -> None:
    """A quarter of a 20 % share of $10,004 is $500.20: a thousand contracts at 50 c."""
    assert kelly_count(0.6, 5000.0, 0.25, usd(10_004)) == 100_000


def test_whole_contracts() -> None:
    """What does not buy a whole contract is left: $5 at 51.75 c are nine contracts."""
    assert kelly_count(0.5 * (1 + 0.5175), 5175.0, 0.001, usd(10_000)) == 900


def test_nothing_without_an_edge() -> None:
    """A contract that costs what it is worth is not held."""
    assert kelly_count(0.5, 5000.0, 1.0, usd(10_000)) == 0
