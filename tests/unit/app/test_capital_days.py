"""What a journal had at stake, and for how long: dollars times days, by hand."""

from __future__ import annotations

from typing import Any

import pytest

from drybulb.app.capital_days import AtStake
from drybulb.engine.ports import Record
from tests.trading import at, usd


def record(kind: str, hour: str, order: str = "1", **more: Any) -> Record:
    """A record about an order of market A of event E."""
    return Record(at(hour), kind, {"event": "E", "ticker": "A", "order_id": order, **more})


def ordered(hour: str, cents: int, contracts: int, side: str = "bid", order: str = "1") -> Record:
    """An order."""
    return record("order", hour, order, side=side, price=100 * cents, count=100 * contracts)


def filled(hour: str, cents: int, contracts: int, fee: float = 0.0, order: str = "1") -> Record:
    """A fill of it."""
    return record("fill", hour, order, price=100 * cents, count=100 * contracts, fee=usd(fee))


def ended(hour: str, contracts: int, order: str = "1", status: str = "canceled") -> Record:
    """A report on it."""
    return record("report", hour, order, status=status, filled=100 * contracts)


def hours(*records: Record, until: str = "22:00") -> float:
    """Dollar hours of event E, which pays at ``until``."""
    followed = AtStake()
    for each in records:
        followed.take(each)
    return 24.0 * followed.settle("E", at(until))


def test_a_working_order_keeps_its_price_back() -> None:
    """Ten contracts at 40 c for an hour are four dollar hours; canceled, they are nothing."""
    assert hours(ordered("16:00", 40, 10), ended("17:00", 0)) == pytest.approx(4.0)
    assert hours(ordered("16:00", 40, 10), ended("16:00", 0, status="rejected")) == 0.0
    assert hours(ordered("16:00", 40, 10), ended("17:00", 0, status="resting")) == pytest.approx(24.0)


def test_a_position_ties_up_what_it_cost_until_it_pays() -> None:
    """NO at 60 c costs 60 c: ten of them with 10 c of fees from 17:00 to 22:00, after an hour as an order."""
    found = hours(ordered("16:00", 40, 10, "ask"), filled("17:00", 40, 10, 0.1))
    assert found == pytest.approx(6.0 + 5 * 6.1)


def test_a_better_fill_frees_the_difference() -> None:
    """Of ten contracts wanted at 40 c, four filled at 30 c cost $1.20, six keep $2.40 back until they are canceled."""
    found = hours(ordered("16:00", 40, 10), filled("17:00", 30, 4), ended("18:00", 4), until="20:00")
    assert found == pytest.approx(4.0 + 3.6 + 2 * 1.2)


def test_a_fill_that_is_reported_after_the_end_is_kept_back_for() -> None:
    """Canceled at 17:00 with four filled, of which none is reported yet: $1.60 stay back until they are."""
    found = hours(ordered("16:00", 40, 10), ended("17:00", 4), filled("18:00", 40, 4), until="19:00")
    assert found == pytest.approx(4.0 + 1.6 + 1.6)


def test_selling_what_is_held_keeps_nothing_back_and_frees_its_cost() -> None:
    """Ten YES at 40 c with 20 c of fees; an order to sell four frees four tenths of both when it fills."""
    found = hours(
        ordered("16:00", 40, 10),
        filled("16:00", 40, 10, 0.2),
        ordered("17:00", 50, 4, "ask", "2"),
        filled("18:00", 50, 4, 0.1, "2"),
        until="20:00",
    )
    assert found == pytest.approx(2 * 4.2 + 2 * 0.6 * 4.2)


def test_a_sale_beyond_what_is_held_opens_the_other_side() -> None:
    """Of twelve NO at 40 c against two YES, ten keep $4 back; filled, they cost $4 and ten twelfths of the fee."""
    found = hours(
        ordered("16:00", 50, 2),
        filled("16:00", 50, 2),
        ordered("17:00", 60, 12, "ask", "2"),
        filled("18:00", 60, 12, 0.12, "2"),
        until="20:00",
    )
    assert found == pytest.approx(1.0 + (1.0 + 4.0) + 2 * (4.0 + 0.1))


def test_an_event_that_was_not_traded_ties_up_nothing() -> None:
    """No record, no capital; other kinds of records change nothing."""
    followed = AtStake()
    followed.take(Record(at("16:00"), "run", {"policy": "S"}))
    assert followed.settle("E", at("22:00")) == 0.0
