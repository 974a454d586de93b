"""Which fee rule holds, and the most an order can be charged."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drybulb.app import config, wiring
from drybulb.domain.fees import FeeAccumulator, FeeRule, MemberType, Rounding
from drybulb.errors import FeeError
from drybulb.strategy.charges import Charges, FeeBound, leg_price
from tests.trading import CHARGES, EASTERN


def test_a_rule_starts_at_the_exchanges_midnight() -> None:
    """On 1 June 2026 at 03:59Z it is still May in New York; a minute later the new rule holds."""
    before, after = (datetime(2026, 6, 1, 3, 59, tzinfo=UTC), datetime(2026, 6, 1, 4, 0, tzinfo=UTC))
    assert CHARGES.rule("KXHIGHCHI", before).rounding is Rounding.CENT
    assert CHARGES.rule("KXHIGHCHI", after).rounding is Rounding.ACCUMULATOR


def test_a_rule_does_not_depend_on_the_zone_an_instant_is_given_in() -> None:
    """02:00 of 1 June in New York is June; in UTC, still May in New York; so is 09:29 in Kolkata, and 09:30 is June."""
    costs = Charges(CHARGES.schedule, CHARGES.member, CHARGES.zone)
    for at, rounding in (
        (datetime(2026, 6, 1, 2, tzinfo=EASTERN), Rounding.ACCUMULATOR),
        (datetime(2026, 6, 1, 2, tzinfo=UTC), Rounding.CENT),
        (datetime(2026, 6, 1, 9, 29, tzinfo=ZoneInfo("Asia/Kolkata")), Rounding.CENT),
        (datetime(2026, 6, 1, 9, 30, tzinfo=ZoneInfo("Asia/Kolkata")), Rounding.ACCUMULATOR),
    ):
        assert costs.rule("KXHIGHCHI", at).rounding is rounding


def test_the_default_eras() -> None:
    """A cent at a time before June 2026, whole cents given back to the end of August, then whole precisions."""
    costs = wiring.charges(config.load())
    noon = {day: datetime.combine(day, time(16), UTC) for day in (date(2026, 5, 31), date(2026, 6, 1))}
    noon |= {day: datetime.combine(day, time(16), UTC) for day in (date(2026, 8, 31), date(2026, 9, 1))}
    assert [str(costs.rule("KXHIGHNY", at).rounding) for at in noon.values()] == [
        "cent",
        "accumulator_cent",
        "accumulator_cent",
        "accumulator",
    ]


def test_no_rule() -> None:
    """A date before the first rule is refused."""
    with pytest.raises(FeeError, match="no fee rule covers"):
        CHARGES.rule("KXHIGHCHI", datetime(2020, 1, 1, tzinfo=UTC))


def test_in_one_fill() -> None:
    """Ten at 50 c cost 17.5 c, rounded up to 18 c."""
    assert CHARGES.in_one_fill("KXHIGHCHI", datetime(2024, 11, 20, tzinfo=UTC), 5000, 1000) == 180_000


def test_leg_price() -> None:
    """NO costs a dollar less the price of YES."""
    assert (leg_price(3000, is_buy=True), leg_price(3000, is_buy=False)) == (3000, 7000)


@given(
    st.sampled_from(["cent", "accumulator_cent", "accumulator"]),
    st.sampled_from(MemberType),
    st.integers(1, 99),
    st.booleans(),
    st.lists(st.tuples(st.integers(1, 12), st.integers(0, 98)), min_size=1, max_size=8),
)
def test_no_split_costs_more_than_the_bound(
    rounding: str, member: MemberType, cents: int, is_buy: bool, fills: list[tuple[int, int]]
) -> None:
    """However whole contracts are split and however much better they fill, price and fee stay within the bound."""
    rule = FeeRule.parse("*", date(2021, 1, 1), "quadratic", "1", rounding)
    paid = 100 * cents
    bound = FeeBound.of(rule, member, paid)
    fees = FeeAccumulator(rule, member)
    cost = count = 0
    for contracts, better in fills:
        leg = max(100, paid - 100 * better)
        charge = fees.charge(leg_price(leg, is_buy=is_buy), 100 * contracts, is_buy=is_buy, is_taker=True)
        cost += leg * 100 * contracts + charge.net_fee
        count += 100 * contracts
    assert cost <= paid * count + bound.fee(count)


@given(
    st.sampled_from(["cent", "accumulator_cent", "accumulator"]),
    st.sampled_from(MemberType),
    st.sampled_from([1, 10, 50]),
    st.integers(1, 99),
    st.booleans(),
    st.lists(st.tuples(st.integers(1, 40), st.integers(0, 98), st.booleans()), min_size=1, max_size=8),
)
def test_no_split_into_parts_of_contracts_costs_more_than_their_bound(
    rounding: str, member: MemberType, lot: int, cents: int, is_buy: bool, fills: list[tuple[int, int, bool]]
) -> None:
    """Where parts of a contract fill, taken or made, what was charged and the bound of the rest keep the first one."""
    rule = FeeRule.parse("*", date(2021, 1, 1), "quadratic_with_maker_fees", "1", rounding)
    paid, count = 100 * cents, lot * sum(lots for lots, _, _ in fills)
    bound = FeeBound.of(rule, member, paid, lot)
    fees, cost, left = FeeAccumulator(rule, member), 0, count
    for lots, better, is_taker in fills:
        leg = max(100, paid - 100 * better) if is_taker else paid
        charge = fees.charge(leg_price(leg, is_buy=is_buy), lot * lots, is_buy=is_buy, is_taker=is_taker)
        cost += leg * lot * lots + charge.net_fee
        left -= lot * lots
        assert cost + paid * left + bound.fee(left) <= paid * count + bound.fee(count)


@given(
    st.sampled_from(["accumulator_cent", "accumulator"]),
    st.sampled_from(MemberType),
    st.sampled_from([1, 37, 100]),
    st.integers(101, 9_899).filter(lambda paid: paid % 100 != 0),
    st.booleans(),
    st.lists(st.tuples(st.integers(1, 40), st.integers(0, 9_800)), min_size=1, max_size=40),
)
def test_no_split_at_parts_of_a_cent_costs_more_than_the_bound(
    rounding: str, member: MemberType, lot: int, paid: int, is_buy: bool, fills: list[tuple[int, int]]
) -> None:
    """Lot by lot: each fill at parts of a cent can be rounded up to a whole one, and none need be given back."""
    rule = FeeRule.parse("*", date(2021, 1, 1), "quadratic", "1", rounding)
    bound, fees = FeeBound.of(rule, member, paid, lot), FeeAccumulator(rule, member)
    charged = count = 0
    for lots, better in fills:
        price = leg_price(max(1, paid - better), is_buy=is_buy)
        charged += fees.charge(price, lot * lots, is_buy=is_buy, is_taker=True).net_fee
        count += lot * lots
        assert charged <= bound.fee(count)
