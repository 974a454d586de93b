"""The best trade of one event, against conditions solved by hand and against a convex solver."""

from __future__ import annotations

from math import log

import pytest

from bench.sizing import compared
from bench.sizing_books import CASH, Book, books
from drybulb.errors import DomainError
from drybulb.strategy.curve import Curve, utility
from drybulb.strategy.kelly import best_trades
from drybulb.strategy.upfront import after, trades_within_cash

GIVEN = books(60, seed=60)


def owned(book: Book) -> list[float]:
    """What a book holds [contracts]."""
    return [count / 100 for count in book.held]


def exact(book: Book) -> tuple[float, ...]:
    """The best trade, whatever it takes in cash."""
    short = sum(max(-count, 0.0) for count in owned(book))
    return best_trades(book.probabilities, book.curves, owned(book), CASH + short, book.risk_aversion)


def endless(ask: float, bid: float) -> Curve:
    """One price on each side, without end."""
    return Curve.of([(ask, None)], [(bid, None)])


def test_one_leg_bought_is_kellys_share() -> None:
    """YES at 50 c believed 60 %: (0.6 − 0.5) / 0.5 of $100, which buys 40 contracts."""
    traded = best_trades((0.6, 0.4), [Curve.of([(0.5, None)], []), Curve.of([], [])], (0, 0), 100.0, 1.0)
    assert traded == pytest.approx((40.0, 0.0))


def test_buying_yes_and_selling_no_of_two_legs_are_the_same_bet() -> None:
    """Of two legs, YES of one at 50 c and NO of the other at 50 c pay in the same outcome."""
    buy = best_trades((0.6, 0.4), [Curve.of([(0.5, None)], []), Curve.of([], [])], (0, 0), 100.0, 1.0)
    sell = best_trades((0.6, 0.4), [Curve.of([], []), Curve.of([], [(0.5, None)])], (0, 0), 100.0, 1.0)
    assert sell == pytest.approx((0.0, -buy[0]))


def test_three_legs_by_hand() -> None:
    """YES of the first and NO of the last trade, the middle does not: state prices 0.3, 0.4 and 0.3 sum to 1.

    With s p = 0.4 for the middle leg s is 1, so that M = C and W = p / q: 5/3, 1 and 1/3 of $30.
    """
    curves = [endless(0.3, 0.28), endless(0.5, 0.3), endless(0.32, 0.3)]
    traded = best_trades((0.5, 0.4, 0.1), curves, (0, 0, 0), 30.0, 1.0)
    assert traded == pytest.approx((20.0, 0.0, -20.0))
    assert after(curves, (0, 0, 0), 30.0, traded)[1] == pytest.approx([50.0, 30.0, 10.0])


def test_risk_aversion_takes_the_root_of_each_wealth() -> None:
    """At risk aversion 2 the same legs trade, and wealth over the middle leg's is the root of Kelly's 5/3 and 1/3."""
    curves = [endless(0.3, 0.28), endless(0.5, 0.3), endless(0.32, 0.3)]
    traded = best_trades((0.5, 0.4, 0.1), curves, (0, 0, 0), 30.0, 2.0)
    _, (first, middle, last) = after(curves, (0, 0, 0), 30.0, traded)
    assert (first / middle) ** 2 == pytest.approx(5 / 3)
    assert (last / middle) ** 2 == pytest.approx(1 / 3)


def test_no_trade_inside_the_spread() -> None:
    """Nothing is traded where each probability lies between bid and ask."""
    curves = [endless(0.62, 0.58), endless(0.32, 0.28), endless(0.12, 0.08)]
    assert best_trades((0.6, 0.3, 0.1), curves, (0, 0, 0), 100.0, 1.0) == (0.0, 0.0, 0.0)


def test_what_is_held_is_part_of_the_bet() -> None:
    """Who holds the 40 contracts that Kelly buys with $100 trades nothing more; with 60 and $70 he sells back to 40."""
    both = [endless(0.5, 0.5), Curve.of([], [])]
    assert best_trades((0.6, 0.4), both, (40.0, 0), 80.0, 1.0)[0] == pytest.approx(0.0, abs=1e-9)
    assert best_trades((0.6, 0.4), both, (60.0, 0), 70.0, 1.0)[0] == pytest.approx(-20.0)


def test_a_level_is_used_up_before_the_next() -> None:
    """Ten contracts at 50 c and the rest at 65 c, believed 60 %: ten are bought, for 65 c is too dear."""
    curves = [Curve.of([(0.5, 10.0), (0.65, None)], []), Curve.of([], [])]
    assert best_trades((0.6, 0.4), curves, (0, 0), 100.0, 1.0) == (10.0, 0.0)


def test_prices_that_sum_to_a_dollar_exactly_have_an_answer() -> None:
    """A set that costs what it pays leaves the money free; the answer that trades least is taken."""
    traded = best_trades((0.6, 0.4), [endless(0.5, 0.5), endless(0.5, 0.5)], (0, 0), 100.0, 1.0)
    _, wealths = after([endless(0.5, 0.5)] * 2, (0, 0), 100.0, traded)
    assert wealths == pytest.approx([120.0, 80.0])


def test_three_no_cost_more_cash_than_there_is() -> None:
    """Three NO at 90 c on legs believed 0.1 % each are cut to what $100 buys, all alike: 100 / 2.7 each."""
    curves = [Curve.of([], [])] + [Curve.of([], [(0.1, None)])] * 3
    given = ((0.997, 0.001, 0.001, 0.001), curves, (0.0, 0.0, 0.0, 0.0))
    free, bound = best_trades(*given, 100.0, 1.0), trades_within_cash(*given, 100.0, 1.0)
    assert after(curves, given[2], 100.0, free)[0] < 0.0
    assert bound == pytest.approx((0.0, *[-100.0 / 2.7] * 3))
    assert after(curves, given[2], 100.0, bound)[0] == pytest.approx(0.0, abs=1e-9)


@pytest.mark.parametrize("book", GIVEN, ids=range(len(GIVEN)))
def test_the_exact_trade_is_worth_what_a_convex_solver_reaches(book: Book) -> None:
    """On random books the growth agrees to 1e-6, cash suffices, and every outcome leaves wealth."""
    found = compared(book)
    assert abs(found["gap"]) < 1e-6
    assert found["left"] > -1e-9
    assert found["least"] > 0.0


def test_the_random_books_bind_cash_use_levels_up_and_hold() -> None:
    """The books of the test above have what they should try."""
    held = [book for book in GIVEN if any(book.held)]
    full = [
        book
        for book in GIVEN
        for curve, traded in zip(book.curves, exact(book), strict=True)
        if traded and traded in curve.kinks
    ]
    unpaid = [book for book in GIVEN if after(book.curves, owned(book), CASH, exact(book))[0] < 0.0]
    assert len(held) > 20
    assert len(full) > 10
    assert len(unpaid) > 0


def test_a_wealth_of_nothing_has_no_best_trade() -> None:
    """No money and nothing held: refused, with the wealth."""
    with pytest.raises(DomainError, match="wealth 0"):
        best_trades((0.6, 0.4), [endless(0.5, 0.4), endless(0.5, 0.4)], (0, 0), 0.0, 1.0)


def test_utility_of_wealth() -> None:
    """Log at 1, −1/W at 2, and minus infinity where an outcome leaves nothing."""
    assert utility((0.5, 0.5), (1.0, 4.0), 1.0) == pytest.approx(log(2.0))
    assert utility((0.5, 0.5), (1.0, 4.0), 2.0) == pytest.approx(-0.625)
    assert utility((0.5, 0.5), (0.0, 4.0), 2.0) == float("-inf")
