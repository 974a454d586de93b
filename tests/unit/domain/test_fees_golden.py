"""The golden table of fees, both ways: what a purchase costs and what the mirror sale of YES at its price costs.

Model fees and net fees stand in dollars, as they are published. A sale of YES at P rounds on P C less the fee, where a
purchase rounds on -P C less the fee: whole cents of premium make no difference, anything finer does.
"""

from __future__ import annotations

from decimal import Decimal

import pytest

from drybulb.domain.fees import FeeAccumulator, FeeRule, FeeType, MemberType, trade_fee
from drybulb.domain.money import complement
from tests.unit.domain.test_fees import rule

DOLLAR = 1_000_000
WHOLE = [
    (100, 5_000, "0.017500", "0.0175", "0.02"),
    (1_000, 5_000, "0.175000", "0.1750", "0.18"),
    (10_000, 3_500, "1.592500", "1.5925", "1.60"),
    (100, 300, "0.002037", "0.0021", "0.01"),
    (700, 4_300, "0.120099", "0.1201", "0.13"),
    (2_500, 9_200, "0.128800", "0.1288", "0.13"),
    (500, 4_300, "0.085785", "0.0858", "0.09"),
]


def micro(dollars: str) -> int:
    """An amount in dollars as whole microdollars."""
    return int(Decimal(dollars) * DOLLAR)


def net(count: int, price: int, member: MemberType, *, is_buy: bool, of: FeeRule | None = None) -> int:
    """The net fee of one taken fill of a new order."""
    return FeeAccumulator(of or rule(), member).charge(price, count, is_buy=is_buy, is_taker=True).net_fee


@pytest.mark.parametrize(("count", "price", "model", "direct", "non_direct"), WHOLE)
def test_whole_contracts_cost_the_same_both_ways(
    count: int, price: int, model: str, direct: str, non_direct: str
) -> None:
    """Whole contracts at whole cents cost the golden fee bought, sold, and bought as NO at the mirror price."""
    assert trade_fee(rule(), price, count, is_taker=True) == micro(model)
    for is_buy in (True, False):
        for leg in (price, complement(price)):
            assert net(count, leg, MemberType.DIRECT, is_buy=is_buy) == micro(direct)
            assert net(count, leg, MemberType.NON_DIRECT, is_buy=is_buy) == micro(non_direct)


@pytest.mark.parametrize(
    ("is_buy", "direct", "non_direct", "change"),
    # Bought: -0.1591 - 0.006349 = -0.165449, down to -0.1655 and -0.17. Sold: 0.1591 - 0.006349 = 0.152751, down to
    # 0.1527 and 0.15.
    [(True, "0.0064", "0.0109", "-0.17"), (False, "0.0064", "0.0091", "0.15")],
)
def test_hundredths_round_against_whoever_trades_them(is_buy: bool, direct: str, non_direct: str, change: str) -> None:
    """0.37 contracts at 43 cents cost 1.09 cents bought and 0.91 cents sold; a direct member pays 0.64 either way."""
    assert net(37, 4_300, MemberType.DIRECT, is_buy=is_buy) == micro(direct)
    assert net(37, 4_300, MemberType.NON_DIRECT, is_buy=is_buy) == micro(non_direct)
    charge = FeeAccumulator(rule(), MemberType.NON_DIRECT).charge(4_300, 37, is_buy=is_buy, is_taker=True)
    assert charge.balance_change == micro(change)


def test_the_published_example_both_ways() -> None:
    """$0.055 bought costs 0.003639 + 0.001361 = 0.005; so does the sale, whose 0.051361 are floored to 5 cents."""
    sold = FeeAccumulator(rule(), MemberType.NON_DIRECT).charge(550, 100, is_buy=False, is_taker=True)
    assert (sold.revenue, sold.trade_fee, sold.rounding_fee) == (55_000, 3_639, 1_361)
    assert (sold.net_fee, sold.balance_change) == (5_000, 50_000)
    for is_buy in (True, False):
        assert net(100, 550, MemberType.DIRECT, is_buy=is_buy) == micro("0.0037")


@pytest.mark.parametrize("is_buy", [True, False])
def test_five_one_lots_of_one_order_both_ways(is_buy: bool) -> None:
    """Sold as bought, a non-direct member gets a cent back on the fourth, a direct one $0.0001 on third and fifth."""
    for member, golden in (
        (MemberType.DIRECT, ["0.0172", "0.0172", "0.0171", "0.0172", "0.0171"]),
        (MemberType.NON_DIRECT, ["0.02", "0.02", "0.02", "0.01", "0.02"]),
    ):
        order = FeeAccumulator(rule(), member)
        paid = [order.charge(4_300, 100, is_buy=is_buy, is_taker=True).net_fee for _ in range(5)]
        assert paid == [micro(each) for each in golden]


@pytest.mark.parametrize("fee_type", list(FeeType))
def test_a_taker_pays_the_golden_fee_under_every_fee_type(fee_type: FeeType) -> None:
    """What makers pay is no business of takers: 7 contracts at 43 cents cost 13 cents under each fee type."""
    assert net(700, 4_300, MemberType.NON_DIRECT, is_buy=True, of=rule(fee_type)) == micro("0.13")


@pytest.mark.parametrize(("count", "price", "model", "direct", "non_direct"), WHOLE)
def test_the_cent_era_charges_the_golden_model_rounded_up_once(
    count: int, price: int, model: str, direct: str, non_direct: str
) -> None:
    """Before 2026 a fill cost the model rounded up to the cent, whoever clears, as a non-direct member pays now."""
    assert micro(direct) >= micro(model)
    for member in MemberType:
        assert net(count, price, member, is_buy=True, of=rule(rounding="cent")) == micro(non_direct)
