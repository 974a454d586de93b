"""Money is integers: three units in which every price, count and amount is exact.

    price  [centicents]      $0.0001        10,000 to the dollar
    count  [1/100 contract]  0.01 contract  100 to the contract
    money  [microdollars]    $0.000001      1,000,000 to the dollar

They are chosen so that ``price * count`` *is* the amount, with nothing to round:
$0.0001 x 0.01 contract = $0.000001. A contract pays $1, so ``10_000 * count`` is what
``count`` winning contracts pay.

Decimals, fractions and their strings come in, integers go out. A float is refused: it
has already lost what this module protects. What a unit cannot hold exactly is refused
too, never rounded.
"""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from fractions import Fraction

from drybulb.errors import MoneyError

CENTICENTS_PER_CENT = 100
CENTICENTS_PER_DOLLAR = 10_000
COUNT_PER_CONTRACT = 100
MICRODOLLARS_PER_CENT = 10_000
MICRODOLLARS_PER_DOLLAR = 1_000_000

Exact = str | Decimal | Fraction
"""What an exact amount is read from."""


def centicents_from_dollars(dollars: Exact) -> int:
    """Return a price or payout in [centicents].

    Args:
        dollars: between 0 and 1, both included: ``"0.3200"`` [dollars].

    Raises:
        MoneyError: not a number, finer than $0.0001, or outside 0 to 1.
    """
    return _within_a_dollar(_exactly(dollars, CENTICENTS_PER_DOLLAR, "price"), dollars)


def centicents_from_cents(cents: int) -> int:
    """Return a price or payout in [centicents].

    Args:
        cents: between 0 and 100, both included [cents].

    Raises:
        MoneyError: not an integer, or outside 0 to 100.
    """
    return _within_a_dollar(_whole(cents, "cents") * CENTICENTS_PER_CENT, cents)


def microdollars_from_dollars(dollars: Exact) -> int:
    """Return an amount, which may be negative, in [microdollars].

    Args:
        dollars: an amount such as a balance or a fee: ``"-0.055"`` [dollars].

    Raises:
        MoneyError: not a number, or finer than $0.000001.
    """
    return _exactly(dollars, MICRODOLLARS_PER_DOLLAR, "amount")


def microdollars_from_cents(cents: int) -> int:
    """Return an amount, which may be negative, in [microdollars].

    Args:
        cents: whole cents, as the exchange still states balances [cents].

    Raises:
        MoneyError: not an integer.
    """
    return _whole(cents, "cents") * MICRODOLLARS_PER_CENT


def count_from_contracts(contracts: Exact) -> int:
    """Return a number of contracts in [1/100 contract].

    Args:
        contracts: zero or more, in hundredths at the finest: ``"10.00"`` [contracts].

    Raises:
        MoneyError: not a number, finer than 0.01, or negative.
    """
    count = _exactly(contracts, COUNT_PER_CONTRACT, "count")
    if count < 0:
        raise MoneyError(f"count of {contracts} contracts is negative; a side says which way, a count says how many")
    return count


def complement(price: int) -> int:
    """Return the price of the other leg: NO costs $1 less the price of YES [centicents]."""
    return CENTICENTS_PER_DOLLAR - price


def require_tradable(price: int, count: int) -> None:
    """Refuse a price or a count at which nothing can trade.

    Args:
        price: of either leg [centicents].
        count: how many [1/100 contract].

    Raises:
        MoneyError: a price that is not an integer strictly between 0 and $1, or a
            count that is not a positive integer.
    """
    # By exact type: a float would spread through every sum after it, and a fixed-width
    # integer of an array library would wrap around in the fee's product.
    if type(price) is not int or not 0 < price < CENTICENTS_PER_DOLLAR:
        raise MoneyError(f"price {price!r} cannot trade; give whole centicents between 1 and 9999")
    if type(count) is not int or count <= 0:
        raise MoneyError(f"count {count!r} cannot trade; give whole hundredths of a contract, 1 or more")


def dollars(microdollars: int) -> str:
    """Return an amount as plain decimal dollars, all six places: ``"-0.055000"``."""
    return str(Decimal(microdollars).scaleb(-6))


def price_dollars(centicents: int) -> str:
    """Return a price as the exchange writes it, in dollars: ``"0.3200"``."""
    return str(Decimal(centicents).scaleb(-4))


def contracts(count: int) -> str:
    """Return a count as the exchange writes it, in contracts: ``"10.00"``."""
    return str(Decimal(count).scaleb(-2))


def format_dollars(microdollars: int) -> str:
    """Return an amount for people, exact, with no more places than it needs beyond the cent.

    Args:
        microdollars: the amount [microdollars].

    Returns:
        ``"$1,234.50"``, ``"-$0.055"``, ``"$0.003639"``.
    """
    whole, fraction = divmod(abs(microdollars), MICRODOLLARS_PER_DOLLAR)
    places = f"{fraction:06d}".rstrip("0").ljust(2, "0")
    return f"{'-' if microdollars < 0 else ''}${whole:,}.{places}"


def _exactly(value: Exact, units: int, what: str) -> int:
    """Return ``value * units``, which must be whole."""
    if not isinstance(value, str | Decimal | Fraction):
        raise MoneyError(f"{what} {value!r} is a {type(value).__name__}; give a string, a Decimal or a Fraction")
    try:
        number = Decimal(value) if isinstance(value, str) else value
        numerator, denominator = number.as_integer_ratio()
    except (InvalidOperation, OverflowError, ValueError):
        raise MoneyError(f"{what} {value!r} is not a finite number; give decimal digits such as '0.32'") from None
    # Not number * units: decimal arithmetic rounds to its context, and would hide a far digit.
    whole, rest = divmod(numerator * units, denominator)
    if rest:
        raise MoneyError(f"{what} {value} is finer than 1/{units}; it cannot be held exactly, correct its source")
    return whole


def _whole(value: int, what: str) -> int:
    """Return ``value``, which must be an integer and no boolean."""
    if type(value) is not int:
        raise MoneyError(f"{what} {value!r} is a {type(value).__name__}; give an int")
    return value


def _within_a_dollar(price: int, given: Exact | int) -> int:
    """Return ``price`` [centicents], which must lie between 0 and $1."""
    if not 0 <= price <= CENTICENTS_PER_DOLLAR:
        raise MoneyError(f"price {given} is outside 0 to $1; check its unit")
    return price
