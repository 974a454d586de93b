"""The edge: expected value after fees, and the prices beyond which there is none."""

from __future__ import annotations

from datetime import date

import pytest

from drybulb.domain.fees import FeeRule
from drybulb.domain.ledger import Side
from drybulb.strategy.edge import Bounds, bounds, edge, expected_value, ladder_bounds, unrounded_cost

RULE = FeeRule.parse("*", date(2021, 1, 1), "quadratic", "1", "cent")


def test_buying_yes() -> None:
    """Ten YES at 50 c believed 60 % with a fee of 18 c are expected to gain 82 c, 8.2 c each."""
    assert expected_value(0.60, Side.BID, 5000, 1000, 180_000) == pytest.approx(820_000)
    assert edge(0.60, Side.BID, 5000, 1000, 180_000) == pytest.approx(820.0)


def test_buying_no() -> None:
    """Selling ten YES at 50 c believed 40 % is the same bet on NO."""
    assert edge(0.40, Side.ASK, 5000, 1000, 180_000) == pytest.approx(820.0)


def test_a_fair_price_loses_the_fee() -> None:
    """At the believed price the edge is minus the fee: 1.8 c a contract."""
    assert edge(0.50, Side.BID, 5000, 1000, 180_000) == pytest.approx(-180.0)
    assert edge(0.50, Side.ASK, 5000, 1000, 180_000) == pytest.approx(-180.0)


def test_unrounded_cost() -> None:
    """At 50 c the model charges 1.75 c: a contract costs 51.75 c."""
    assert unrounded_cost(RULE, 5000) == pytest.approx(5175.0)


def test_bounds_of_a_belief() -> None:
    """Believing 60 % and asking 3 c, 55.26 c is the dearest ask: 55.26 + 1.7306 = 56.9906, a tick more is 57.0006."""
    found = bounds(0.60, 300.0, RULE)
    assert found.max_ask == 5526
    assert found.min_bid == 10_000 - bounds(0.40, 300.0, RULE).max_ask


def test_bounds_never_hide_an_edge() -> None:
    """Whatever price has the edge before rounding lies within the bounds, and no other does."""
    for probability in (0.0, 0.02, 0.35, 0.5, 0.97, 1.0):
        found = bounds(probability, 200.0, RULE)
        for price in range(100, 10_000, 100):
            promised = 10_000 * probability - unrounded_cost(RULE, price)
            assert (promised >= 200.0) == (price <= found.max_ask)
            promised = 10_000 * (1.0 - probability) - unrounded_cost(RULE, 10_000 - price)
            assert (promised >= 200.0) == (price >= found.min_bid)


def test_no_bounds_where_nothing_is_worth_it() -> None:
    """A belief of nothing buys no YES at any price, one of certainty no NO."""
    assert bounds(0.0, 0.0, RULE).max_ask == 0
    assert bounds(1.0, 0.0, RULE) == Bounds(max_ask=10_000, min_bid=10_000)


def test_a_maker_is_charged_its_own_rate() -> None:
    """Makers pay nothing, or a quarter of what takers pay: 43.75 hundredths of a cent at 50 c."""
    shared = FeeRule.parse("*", date(2021, 1, 1), "quadratic_with_maker_fees", "1", "cent")
    assert unrounded_cost(RULE, 5000, is_taker=False) == 5000.0
    assert unrounded_cost(shared, 5000, is_taker=False) == pytest.approx(5043.75)
    assert bounds(0.60, 150.0, RULE, is_taker=False) == Bounds(5850, 6150)


def test_a_ladders_bounds_are_those_of_its_legs() -> None:
    """Whether a leg is asked alone or with its ladder."""
    chances = (0.05, 0.35, 0.6)
    for is_taker in (True, False):
        alone = tuple(bounds(chance, 150.0, RULE, is_taker=is_taker) for chance in chances)
        assert ladder_bounds(chances, 150.0, RULE, is_taker=is_taker) == alone
