"""Fees follow the exchange's documented arithmetic, example by example."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drybulb.domain.fees import FeeAccumulator, FeeRule, FeeSchedule, FeeType, MemberType, Rounding, expected_fee
from drybulb.domain.money import complement
from drybulb.errors import FeeError, MoneyError

DAY = date(2026, 9, 16)
DIRECT = MemberType.DIRECT
NON_DIRECT = MemberType.NON_DIRECT


def rule(fee_type: str = "quadratic", multiplier: str = "1", rounding: str = "accumulator") -> FeeRule:
    """Return a rule for any series."""
    return FeeRule.parse("*", date(2026, 1, 1), fee_type, multiplier, rounding)


def buys(accumulator: FeeAccumulator, price: int, count: int, times: int = 1) -> list[int]:
    """Return the net fees of equal taker buys of one order."""
    return [accumulator.charge(price, count, is_buy=True, is_taker=True).net_fee for _ in range(times)]


@pytest.mark.parametrize(
    ("count", "price", "direct", "non_direct"),
    [
        (100, 5_000, 17_500, 20_000),
        (1_000, 5_000, 175_000, 180_000),
        (10_000, 3_500, 1_592_500, 1_600_000),
        (100, 300, 2_100, 10_000),
        (700, 4_300, 120_100, 130_000),
        (2_500, 9_200, 128_800, 130_000),
        (37, 4_300, 6_400, 10_900),
        (500, 4_300, 85_800, 90_000),
    ],
)
def test_one_fill_costs_what_the_worked_table_says(count: int, price: int, direct: int, non_direct: int) -> None:
    """Each worked example of a single taker buy comes out for both kinds of member."""
    assert buys(FeeAccumulator(rule(), DIRECT), price, count) == [direct]
    assert buys(FeeAccumulator(rule(), NON_DIRECT), price, count) == [non_direct]


def test_five_small_fills_of_one_order_cost_what_one_large_fill_costs() -> None:
    """The accumulator gives back what rounding five one-lots took, within the order."""
    direct = buys(FeeAccumulator(rule(), DIRECT), 4_300, 100, times=5)
    assert direct == [17_200, 17_200, 17_100, 17_200, 17_100]
    assert sum(direct) == 85_800
    non_direct = buys(FeeAccumulator(rule(), NON_DIRECT), 4_300, 100, times=5)
    assert non_direct == [20_000, 20_000, 20_000, 10_000, 20_000]
    assert sum(non_direct) == 90_000


def test_the_documentation_s_own_example_comes_out() -> None:
    """One contract at $0.055 pays 0.003639 + 0.001361 = $0.005, and the balance falls by 6 cents."""
    charge = FeeAccumulator(rule(), NON_DIRECT).charge(550, 100, is_buy=True, is_taker=True)
    assert (charge.revenue, charge.trade_fee, charge.rounding_fee, charge.rebate) == (-55_000, 3_639, 1_361, 0)
    assert charge.net_fee == 5_000
    assert charge.balance_change == -60_000


def test_a_fraction_of_a_contract_moves_the_balance_by_whole_cents() -> None:
    """0.37 contracts at 43 cents cost 16 cents of premium and fee, rounded down to -17 cents."""
    charge = FeeAccumulator(rule(), NON_DIRECT).charge(4_300, 37, is_buy=True, is_taker=True)
    assert charge.net_fee == 10_900
    assert charge.balance_change == -170_000


def test_a_sale_rounds_against_the_seller() -> None:
    """0.37 contracts sold at 43 cents bring 0.1591 - 0.006349 = 0.152751, of which 15 cents are kept."""
    charge = FeeAccumulator(rule(), NON_DIRECT).charge(4_300, 37, is_buy=False, is_taker=True)
    assert charge.rounding_fee == 2_751
    assert charge.balance_change == 150_000


def test_a_fee_does_not_depend_on_the_position() -> None:
    """Selling YES one holds and buying NO differ by whole cents, so both round alike."""
    for price in (1, 550, 4_300, 9_999):
        for count in (1, 37, 100, 12_345):
            sale, purchase_of_no = price * count, -complement(price) * count
            assert sale % NON_DIRECT.precision == purchase_of_no % NON_DIRECT.precision
            assert sale % DIRECT.precision == purchase_of_no % DIRECT.precision


def test_makers_pay_nothing_where_the_series_has_no_maker_fees() -> None:
    """A maker's fill on a temperature market is free, except for rounding below its precision."""
    accumulator = FeeAccumulator(rule(), NON_DIRECT)
    assert accumulator.charge(4_300, 100, is_buy=True, is_taker=False).net_fee == 0
    assert accumulator.charge(4_300, 37, is_buy=True, is_taker=False).net_fee == 900


@pytest.mark.parametrize(
    ("fee_type", "model"),
    [("quadratic_with_maker_fees", 437_500), ("quadratic_with_combo_maker_fees", 875_000)],
)
def test_makers_pay_a_share_of_the_taker_rate_elsewhere(fee_type: str, model: int) -> None:
    """100 contracts made at 50 cents cost a quarter of the taker's $1.75, or half of it."""
    charge = FeeAccumulator(rule(fee_type), DIRECT).charge(5_000, 10_000, is_buy=True, is_taker=False)
    assert charge.net_fee == model


def test_what_a_taker_overpaid_is_given_back_to_the_same_order_as_a_maker() -> None:
    """The accumulator carries 0.007963 from the taken fill into the made one, whose fee it pays."""
    accumulator = FeeAccumulator(rule("quadratic_with_maker_fees"), NON_DIRECT)
    assert buys(accumulator, 300, 100) == [10_000]
    assert accumulator.overpaid == 7_963
    made = accumulator.charge(4_300, 100, is_buy=True, is_taker=False)
    assert (made.trade_fee, made.rounding_fee, made.rebate, made.net_fee) == (4_290, 5_710, 10_000, 0)
    assert accumulator.overpaid == 3_673


def test_a_rebate_never_exceeds_what_was_charged() -> None:
    """Hundredths of a contract overpay without limit, for no fee may be negative nor a balance leave its precision."""
    accumulator = FeeAccumulator(rule(), NON_DIRECT)
    assert buys(accumulator, 4_300, 1, times=3) == [5_700, 5_700, 5_700]
    assert accumulator.overpaid == 3 * 5_528


def test_a_restored_accumulator_goes_on_where_it_was() -> None:
    """Handing back what was overpaid continues an order after a restart."""
    whole = FeeAccumulator(rule(), NON_DIRECT)
    before = buys(whole, 4_300, 100, times=3)
    restored = FeeAccumulator(rule(), NON_DIRECT, whole.overpaid)
    assert before + buys(restored, 4_300, 100, times=2) == [20_000, 20_000, 20_000, 10_000, 20_000]


def test_the_cent_era_rounds_the_exact_product_up() -> None:
    """100 contracts at 10 cents cost 63 cents: 0.07 x 100 x 0.1 x 0.9 is 0.63 exactly, though not in floats."""
    assert buys(FeeAccumulator(rule(rounding="cent")), 1_000, 10_000) == [630_000]
    assert buys(FeeAccumulator(rule(rounding="cent")), 1_000, 10_100) == [640_000]


def test_the_cent_era_has_no_rebates() -> None:
    """Five one-lots at 43 cents cost 2 cents each, whoever clears."""
    for member in MemberType:
        assert buys(FeeAccumulator(rule(rounding="cent"), member), 4_300, 100, times=5) == [20_000] * 5


def test_the_intermediate_era_rebates_whole_cents() -> None:
    """With trade fees of whole $0.0001 the fourth one-lot gets the cent back; a direct member has nothing to get."""
    era = rule(rounding="accumulator_cent")
    assert buys(FeeAccumulator(era, NON_DIRECT), 4_300, 100, times=5) == [20_000, 20_000, 20_000, 10_000, 20_000]
    assert buys(FeeAccumulator(era, DIRECT), 4_300, 100, times=5) == [17_200] * 5


def test_a_multiplier_scales_the_model_before_it_is_rounded() -> None:
    """At half the fee, one contract at 50 cents costs 0.875 cents; at a third, 0.5834 rounded up once."""
    assert buys(FeeAccumulator(rule(multiplier="0.5"), DIRECT), 5_000, 100) == [8_800]
    third = FeeAccumulator(rule(multiplier="1/3"), DIRECT).charge(5_000, 100, is_buy=True, is_taker=True)
    assert third.trade_fee == 5_834


@pytest.mark.parametrize(("price", "count"), [(0, 100), (10_000, 100), (5_000, 0)])
def test_a_fill_that_cannot_trade_is_not_charged(price: int, count: int) -> None:
    """A sure price or an empty fill is an error, and leaves the accumulator as it was."""
    accumulator = FeeAccumulator(rule(), NON_DIRECT, 123)
    with pytest.raises(MoneyError):
        accumulator.charge(price, count, is_buy=True, is_taker=True)
    assert accumulator.overpaid == 123


@pytest.mark.parametrize(("price", "count", "fee"), [(5_000, 100, 20_000), (4_300, 37, 10_900), (9_000, 100, 10_000)])
def test_the_expected_fee_is_that_of_one_taken_fill(price: int, count: int, fee: int) -> None:
    """Edge is judged after the fee of taking everything at once, on the dearer side."""
    assert expected_fee(rule(), price, count) == fee


@given(
    price=st.integers(1, 99).map(lambda cents: cents * 100),
    lots=st.lists(st.integers(1, 40), min_size=1, max_size=12),
    is_buy=st.booleans(),
    member=st.sampled_from(MemberType),
)
def test_the_expected_fee_bounds_every_split_into_whole_contracts(
    price: int, lots: list[int], is_buy: bool, member: MemberType
) -> None:
    """However whole contracts are split, they cost less than a precision and a microdollar a fill more."""
    accumulator = FeeAccumulator(rule(), member)
    fees = [accumulator.charge(price, 100 * lot, is_buy=is_buy, is_taker=True).net_fee for lot in lots]
    assert sum(fees) < expected_fee(rule(), price, 100 * sum(lots), member) + member.precision + len(lots)


def test_a_rule_holds_from_its_date_and_a_series_own_rule_comes_first() -> None:
    """The newest rule that has started holds; a rule of the series itself beats one for all."""
    old = FeeRule("*", date(2021, 1, 1), FeeType.QUADRATIC, Fraction(1), Rounding.CENT)
    new = FeeRule("*", date(2026, 8, 23), FeeType.QUADRATIC, Fraction(1), Rounding.ACCUMULATOR)
    own = FeeRule("KXHIGHNY", date(2026, 7, 1), FeeType.QUADRATIC, Fraction(2), Rounding.ACCUMULATOR_CENT)
    schedule = FeeSchedule((new, own, old))
    assert schedule.rule_for("KXHIGHCHI", date(2026, 8, 22)) == old
    assert schedule.rule_for("KXHIGHCHI", date(2026, 8, 23)) == new
    assert schedule.rule_for("KXHIGHNY", date(2026, 6, 30)) == old
    assert schedule.rule_for("KXHIGHNY", date(2026, 9, 1)) == own


def test_a_day_without_a_rule_is_refused_by_name() -> None:
    """Nothing is assumed to be free: the error names the series and the date."""
    with pytest.raises(FeeError, match="KXHIGHCHI on 2020-05-01"):
        FeeSchedule((rule(),)).rule_for("KXHIGHCHI", date(2020, 5, 1))
    with pytest.raises(FeeError, match="KXHIGHCHI on 2026-09-16"):
        FeeSchedule(()).rule_for("KXHIGHCHI", DAY)


def test_two_rules_of_one_series_and_date_are_refused() -> None:
    """A schedule that could answer twice is not a schedule."""
    with pytest.raises(FeeError, match="two fee rules"):
        FeeSchedule((rule(), rule(multiplier="2")))


@pytest.mark.parametrize(
    ("fee_type", "multiplier", "rounding", "word"),
    [
        ("flat", "1", "accumulator", "flat"),
        ("quadratic", "1", "nearest", "nearest"),
        ("quadratic", "one", "accumulator", "one"),
        ("quadratic", "1/0", "accumulator", "1, 0"),
        ("quadratic", "-1", "accumulator", "-1"),
    ],
)
def test_a_rule_that_is_not_understood_is_refused(fee_type: str, multiplier: str, rounding: str, word: str) -> None:
    """An unknown fee type, rounding or multiplier is never read as the usual one."""
    with pytest.raises(FeeError, match=word):
        rule(fee_type, multiplier, rounding)


def test_a_rule_names_its_series() -> None:
    """An empty series would silently match nothing."""
    with pytest.raises(FeeError, match="names no series"):
        FeeRule.parse("", DAY, "quadratic", "1", "accumulator")
