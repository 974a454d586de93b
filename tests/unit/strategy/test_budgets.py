"""What each city may stake of the bankroll."""

from __future__ import annotations

from math import nan
from typing import Any

import pytest

from drybulb.errors import DomainError
from drybulb.strategy.budgets import shares

FULL = (1.0, 1.0)


def test_one_city_is_mean_over_variance() -> None:
    """A mean of 2 c with a variance of 0.1 at risk aversion 4: 0.02 / 0.4."""
    assert shares((0.02,), ((0.1,),), 4.0, (1.0,), 1.0) == pytest.approx((0.05,))


def test_two_cities_share_what_they_have_in_common() -> None:
    """The inverse of ((2, 1), (1, 2)) / 10 times (0.3, 0.3) is (1, 1); at risk aversion 4 a quarter of it each."""
    assert shares((0.3, 0.3), ((0.2, 0.1), (0.1, 0.2)), 4.0, FULL, 1.0) == pytest.approx((0.25, 0.25))


def test_a_city_that_loses_gets_nothing() -> None:
    """A share is never below 0, even where another city would be hedged by it."""
    assert shares((0.3, -0.1), ((0.2, 0.19), (0.19, 0.2)), 4.0, FULL, 1.0) == pytest.approx((0.375, 0.0))


def test_a_cap_holds_and_the_other_city_takes_its_place() -> None:
    """With the first at 0.1 the second has (0.3 − 4 · 0.1 · 0.1) / 0.8."""
    found = shares((0.3, 0.3), ((0.2, 0.1), (0.1, 0.2)), 4.0, (0.1, 1.0), 1.0)
    assert found == pytest.approx((0.1, 0.325))


def test_the_cap_in_all_is_a_price_on_every_share() -> None:
    """Alone 0.5 and 0.25 with variance 1; at most 0.55 in all takes 0.1 off each."""
    found = shares((0.5, 0.25), ((1.0, 0.0), (0.0, 1.0)), 1.0, FULL, 0.55)
    assert found == pytest.approx((0.4, 0.15))


def test_the_cap_in_all_leaves_the_weaker_city_out() -> None:
    """With 0.2 in all the price is 0.3, above what the second city gains."""
    assert shares((0.5, 0.25), ((1.0, 0.0), (0.0, 1.0)), 1.0, FULL, 0.2) == pytest.approx((0.2, 0.0))


def test_a_gain_without_risk_goes_to_its_cap() -> None:
    """No variance, a gain: the cap; two alike under a cap in all share it."""
    assert shares((0.1,), ((0.0,),), 1.0, (0.3,), 1.0) == (0.3,)
    assert shares((0.1, 0.1), ((0.0, 0.0), (0.0, 0.0)), 1.0, FULL, 0.5) == pytest.approx((0.25, 0.25))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"mean": (nan, 0.1)}, "not finite"),
        ({"mean": (0.1,)}, "one of each"),
        ({"covariance": ((1.0, 2.0), (2.0, 1.0))}, "non-negative"),
        ({"covariance": ((1.0, 0.5), (0.0, 1.0))}, "symmetric"),
        ({"risk_aversion": 0.0}, "risk aversion 0"),
        ({"caps": (1.5, 1.0)}, "1.5"),
        ({"cap_in_all": -0.1}, "-0.1"),
    ],
)
def test_what_has_no_answer_is_refused(changes: dict[str, Any], words: str) -> None:
    """Numbers that are not finite, lengths that differ, caps outside 0 to 1: refused with the value."""
    given: dict[str, Any] = {
        "mean": (0.1, 0.1),
        "covariance": ((1.0, 0.0), (0.0, 1.0)),
        "risk_aversion": 1.0,
        "caps": FULL,
        "cap_in_all": 1.0,
    }
    with pytest.raises(DomainError, match=words):
        shares(**(given | changes))
