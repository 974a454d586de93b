"""The bench of fees: its own arithmetic by hand, and that it would notice."""

from __future__ import annotations

from fractions import Fraction
from random import Random

import pytest

from bench import fees
from bench.fees import Drawn, Part


def order(rounding: str = "accumulator", *parts: Part) -> Drawn:
    """A purchase by a non-direct member on a temperature market."""
    return Drawn("quadratic", "1", rounding, "non_direct", is_buy=True, parts=parts)


def test_the_documentation_s_example() -> None:
    """One contract at $0.055 costs half a cent, and the balance falls by six cents."""
    found = fees.documented(order("accumulator", Part(550, 100, is_taker=True)))
    assert found == [(Fraction(5, 1000), Fraction(-6, 100))]


def test_what_splitting_costs() -> None:
    """Five one-lots at 43 cents cost nine cents as one five-lot does, by the cent a cent more."""
    lots = [Part(4_300, 100, is_taker=True)] * 5
    assert fees.check(order("accumulator", *lots)) == 0
    assert fees.check(order("cent", *lots)) == 10_000
    assert fees.check(order("cent", Part(4_300, 100, is_taker=False))) is None


def test_random_orders_are_of_every_kind_and_agree() -> None:
    """A thousand orders hold every rule, member, side and kind, and each is charged as documented."""
    rows = list(fees.measure(1000, seed=1))
    assert rows[0]["measured"] == 1000
    random = Random(1)  # noqa: S311 - seeded orders, not secrets
    orders = [fees.drawn(random) for _ in range(1000)]
    kinds = {(one.fee_type, one.rounding, one.member, one.is_buy, one.is_whole) for one in orders}
    assert len(kinds) == 3 * 3 * 2 * 2 * 2
    assert {one.multiplier for one in orders} == set(fees.MULTIPLIERS)
    assert any(len({part.is_taker for part in one.parts}) == 2 for one in orders)


def test_a_microdollar_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A fee that is one microdollar off is an error that names the order."""
    monkeypatch.setattr(fees, "charged", lambda _: [(20_001, -450_001)])
    with pytest.raises(AssertionError, match="price=4300"):
        fees.check(order("cent", Part(4_300, 100, is_taker=True)))
