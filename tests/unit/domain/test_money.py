"""Conversions are exact, and what a unit cannot hold is refused."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from drybulb.domain import money
from drybulb.errors import MoneyError


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("0.32", 3_200),
        ("0.3200", 3_200),
        ("0", 0),
        ("1.0000", 10_000),
        ("0.0001", 1),
        (Decimal("0.055"), 550),
        (Fraction(1, 8), 1_250),
        ("5e-1", 5_000),
    ],
)
def test_a_price_in_dollars_is_whole_centicents(given: money.Exact, expected: int) -> None:
    """A price between 0 and $1 becomes the integer of centicents it is."""
    assert money.centicents_from_dollars(given) == expected


@pytest.mark.parametrize("given", ["0.00005", Fraction(1, 3), "0.3200000000000000000000000000000000000001"])
def test_a_price_finer_than_a_centicent_is_refused(given: money.Exact) -> None:
    """No digit is rounded away, however far behind the point it stands."""
    with pytest.raises(MoneyError, match="finer than 1/10000"):
        money.centicents_from_dollars(given)


@pytest.mark.parametrize("given", ["-0.01", "1.0001", "32"])
def test_a_price_outside_0_to_1_dollar_is_refused(given: str) -> None:
    """A price in cents read as dollars, or a negative one, is caught at the door."""
    with pytest.raises(MoneyError, match=r"outside 0 to \$1"):
        money.centicents_from_dollars(given)


@pytest.mark.parametrize("given", ["NaN", "Infinity", "-inf", "", "0,32", Decimal("NaN"), Decimal("Infinity")])
def test_what_is_no_finite_number_is_refused(given: money.Exact) -> None:
    """NaN, infinity and text are no prices."""
    with pytest.raises(MoneyError, match="not a finite number"):
        money.centicents_from_dollars(given)


@pytest.mark.parametrize("given", [0.32, 1, True, None])
def test_a_float_or_a_bare_integer_of_dollars_is_refused(given: Any) -> None:
    """A float has lost digits already, and a bare integer does not say its unit."""
    with pytest.raises(MoneyError, match="give a string, a Decimal or a Fraction"):
        money.microdollars_from_dollars(given)


def test_cents_become_centicents_and_microdollars() -> None:
    """A cent is 100 centicents and 10,000 microdollars."""
    assert money.centicents_from_cents(43) == 4_300
    assert money.microdollars_from_cents(-250) == -2_500_000


@pytest.mark.parametrize("given", [43.0, "43", True])
def test_cents_are_integers(given: Any) -> None:
    """Cents that are no int are refused, even a float that is whole."""
    with pytest.raises(MoneyError, match="give an int"):
        money.centicents_from_cents(given)


def test_cents_of_a_price_end_at_a_dollar() -> None:
    """A price of 101 cents is refused."""
    with pytest.raises(MoneyError, match="outside"):
        money.centicents_from_cents(101)


def test_an_amount_may_be_negative_and_has_six_places() -> None:
    """A balance change of -$0.055 is -55,000 microdollars, and a tenth of one is refused."""
    assert money.microdollars_from_dollars("-0.055000") == -55_000
    with pytest.raises(MoneyError, match="finer than 1/1000000"):
        money.microdollars_from_dollars("0.0000001")


def test_a_count_is_whole_hundredths_and_not_negative() -> None:
    """10.00 contracts are 1,000 hundredths; a thousandth of one and a negative count are refused."""
    assert money.count_from_contracts("10.00") == 1_000
    assert money.count_from_contracts(Decimal("0.37")) == 37
    with pytest.raises(MoneyError, match="finer"):
        money.count_from_contracts("0.375")
    with pytest.raises(MoneyError, match="negative"):
        money.count_from_contracts("-1.00")


def test_price_times_count_is_the_amount() -> None:
    """0.37 contracts at $0.43 are exactly $0.1591, without a conversion."""
    product = money.centicents_from_dollars("0.43") * money.count_from_contracts("0.37")
    assert product == money.microdollars_from_dollars("0.1591")


def test_the_two_legs_cost_a_dollar() -> None:
    """NO costs one dollar less the price of YES, and the complement of NO is YES."""
    assert money.complement(3_200) == 6_800
    assert money.complement(money.complement(1)) == 1


@pytest.mark.parametrize(
    ("price", "count"), [(0, 100), (10_000, 100), (-1, 100), (4_300.0, 100), (4_300, 0), (4_300, -100), (4_300, True)]
)
def test_nothing_trades_at_a_sure_price_or_in_no_number(price: Any, count: Any) -> None:
    """A price of 0 or $1, a count of none, and anything that is not an int cannot trade."""
    with pytest.raises(MoneyError, match="cannot trade"):
        money.require_tradable(price, count)


@pytest.mark.parametrize(
    ("microdollars", "text"),
    [
        (0, "$0.00"),
        (1_234_500_000, "$1,234.50"),
        (-55_000, "-$0.055"),
        (3_639, "$0.003639"),
        (-1, "-$0.000001"),
        (10_000_000, "$10.00"),
    ],
)
def test_an_amount_is_shown_exactly(microdollars: int, text: str) -> None:
    """People see the cents always and finer places only where there are any."""
    assert money.format_dollars(microdollars) == text


def test_amounts_are_written_as_the_exchange_writes_them() -> None:
    """Money has six places, a price four, a count two."""
    assert money.dollars(-55_000) == "-0.055000"
    assert money.dollars(1) == "0.000001"
    assert money.price_dollars(3_200) == "0.3200"
    assert money.contracts(1_000) == "10.00"
    assert money.count_from_contracts(money.contracts(37)) == 37
