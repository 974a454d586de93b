"""How much of each leg is traded: what must hold on every book, and the bets that can be checked by hand."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from math import inf, log, nan
from typing import Any

import numpy as np
import pytest

from bench.sizing import sure
from bench.sizing_books import CASH, FEES, Book, books
from drybulb.errors import DomainError
from drybulb.strategy.curve import Curve
from drybulb.strategy.kelly import best_trades
from drybulb.strategy.lots import whole_lots
from drybulb.strategy.sizing import (
    Drawdown,
    Offer,
    Sizes,
    SizingRules,
    curves_of,
    is_riskless,
    may_gain,
    mean_power,
    size,
)
from drybulb.strategy.upfront import after, trades_within_cash

KELLY = SizingRules(1.0, 100)
HUNDRED = 100_000_000
GIVEN = books(40, seed=7)


def free(_: int) -> float:
    """No fee."""
    return 0.0


def sized(book: Book, rules: SizingRules | None = None, cash: int = HUNDRED) -> Sizes:
    """What is traded of a book."""
    rules = rules or SizingRules(book.risk_aversion, 100)
    return size(book.probabilities, book.offers, book.held, cash, FEES.__getitem__, rules)


def outcome(book: Book, counts: tuple[int, ...]) -> tuple[float, list[float]]:
    """Cash left, and the wealth if each leg wins."""
    held = [count / 100 for count in book.held]
    return after(book.curves, held, CASH, [count / 100 for count in counts])


def two(**changes: Any) -> Sizes:
    """YES at 50 c without a fee, believed 60 %."""
    given: dict[str, Any] = {
        "probabilities": (0.6, 0.4),
        "offers": (Offer(buy=((5000, None),)), Offer()),
        "held": (0, 0),
        "cash": HUNDRED,
        "cost": free,
        "rules": KELLY,
    }
    return size(**(given | changes))


def test_a_cheap_ask_is_bought_by_kellys_share() -> None:
    """A fifth of $100 at 50 c are 40 contracts; they grow wealth by 0.6 ln 1.2 + 0.4 ln 0.8."""
    found = two()
    assert (found.counts, found.riskless) == ((4000, 0), False)
    assert found.growth == pytest.approx(0.6 * log(1.2) + 0.4 * log(0.8))


def test_a_fraction_of_kelly_is_a_risk_aversion() -> None:
    """Half Kelly is risk aversion 2: W1 / W2 = sqrt(0.6 / 0.4) with W1 + W2 = 200 gives 10.10 and 10 contracts."""
    assert two(rules=SizingRules(2.0, 1)).counts[0] in (2020, 2021)
    assert two(rules=SizingRules(2.0, 100)).counts == (2000, 0)


def test_the_fee_is_part_of_the_price() -> None:
    """At 50 c and 1.75 c a contract Kelly stakes (0.6 − 0.5175) / 0.4825 of $100, 33.04 contracts."""
    assert two(cost=FEES.__getitem__, rules=replace(KELLY, step=1)).counts == (3304, 0)


def test_what_is_held_counts() -> None:
    """With 40 contracts held and the $80 they left nothing is traded."""
    assert two(held=(4000, 0), cash=80_000_000).counts == (0, 0)


def test_no_edge_no_trade() -> None:
    """A contract that costs what it is worth is not bought, nor one dearer."""
    assert two(probabilities=(0.5, 0.5)) == Sizes((0, 0), 0.0, riskless=False)
    assert two(probabilities=(0.4, 0.6)).counts == (0, 0)


def test_a_riskless_set_is_named_and_not_sized() -> None:
    """Asks that sum to 97 c, or bids that sum to $1.02: no count is best, for there is no end to it."""
    cheap = (Offer(buy=((5000, 100),)), Offer(buy=((4700, 100),)))
    dear = (Offer(sell=((5000, 100),)), Offer(sell=((5200, 100),)))
    assert two(offers=cheap) == Sizes((0, 0), 0.0, riskless=True)
    assert two(offers=dear) == Sizes((0, 0), 0.0, riskless=True)


def test_fees_can_take_a_riskless_set_away() -> None:
    """Asks that sum to 97 c cost $1.004 with 1.75 and 1.7437 c of fees."""
    cheap = (Offer(buy=((5000, 100),)), Offer(buy=((4700, 100),)))
    assert not two(offers=cheap, cost=FEES.__getitem__).riskless


def test_depth_ends_the_trade() -> None:
    """Where seven contracts are offered, seven are bought, and the next level only with an edge."""
    assert two(offers=(Offer(buy=((5000, 700),)), Offer())).counts == (700, 0)
    assert two(offers=(Offer(buy=((5000, 700), (6100, None))), Offer())).counts == (700, 0)
    assert two(offers=(Offer(buy=((5000, 730),)), Offer())).counts == (700, 0)
    assert two(offers=(Offer(buy=((5000, 30),)), Offer())).counts == (0, 0)
    assert two(offers=(Offer(buy=((5000, 700), (5100, None))), Offer())).counts[0] > 700


@pytest.mark.parametrize("step", [100, 1])
def test_no_outcome_ruins_and_cash_suffices(step: int) -> None:
    """On every book every outcome leaves wealth, cash is not overspent, and counts are whole lots."""
    for book in GIVEN:
        counts = sized(book, SizingRules(book.risk_aversion, step)).counts
        left, wealths = outcome(book, counts)
        assert min(wealths) > 0.0
        assert left >= 0.0
        assert not any(count % step for count in counts)


def test_the_order_of_legs_does_not_matter() -> None:
    """Legs turned round give the same counts turned round."""
    for book in GIVEN:
        turned = Book(book.probabilities[::-1], book.offers[::-1], book.held[::-1], book.risk_aversion)
        assert sized(turned).counts == sized(book).counts[::-1]


def test_the_exact_trade_scales() -> None:
    """Ten times the cash, holdings and sizes give ten times the trade."""
    for book in GIVEN:
        larger = Book(
            book.probabilities,
            tuple(Offer(_ten_times(offer.buy), _ten_times(offer.sell)) for offer in book.offers),
            tuple(10 * count for count in book.held),
            book.risk_aversion,
        )
        small, large = (
            trades_within_cash(one.probabilities, one.curves, [count / 100 for count in one.held], cash, 2.0)
            for one, cash in ((book, CASH), (larger, 10.0 * CASH))
        )
        assert large == pytest.approx([10.0 * count for count in small], rel=1e-4, abs=1e-3)


def _ten_times(levels: tuple[tuple[int, int | None], ...]) -> tuple[tuple[int, int | None], ...]:
    return tuple((price, None if count is None else 10 * count) for price, count in levels)


def test_a_sized_book_is_not_sized_again() -> None:
    """After its hundredths are filled at these prices, there is next to nothing left to trade."""
    for book in (book for book in GIVEN if not any(count for offer in book.offers for _, count in offer.buy)):
        rules = SizingRules(book.risk_aversion, 1)
        counts = sized(book, rules).counts
        left, _ = outcome(book, counts)
        then = replace(book, held=tuple(own + count for own, count in zip(book.held, counts, strict=True)))
        again = sized(then, rules, cash=int(left * 1e6)).counts
        assert max(abs(count) for count in again) <= 2


def test_a_better_price_buys_no_less() -> None:
    """The lower the ask, the more is bought of a leg alone."""
    bought = [two(offers=(Offer(buy=((price, None),)), Offer())).counts[0] for price in range(6500, 3000, -100)]
    assert bought == sorted(bought)
    assert bought[0] == 0 < bought[-1]


def test_more_risk_aversion_risks_less() -> None:
    """The worst outcome of a book without holdings improves with risk aversion."""
    for book in (book for book in GIVEN if not any(book.held)):
        worst = [min(outcome(book, sized(book, SizingRules(gamma, 1)).counts)[1]) for gamma in (1.0, 2.0, 4.0, 8.0)]
        assert worst == pytest.approx(sorted(worst))


def test_lots_are_the_best_whole_contracts_or_nearly() -> None:
    """Of all whole counts within three of the answer, the best of three legs adds less than 5 % of the growth."""
    for book in books(12, seed=8, legs=3):
        held = [count / 100 for count in book.held]
        given = (book.probabilities, book.curves, held, CASH)
        exact = trades_within_cash(*given, book.risk_aversion)
        counts, wealths = whole_lots(*given, exact, 100, book.risk_aversion)
        reached, none = sure(book, wealths), sure(book, after(book.curves, held, CASH, (0.0,) * 3)[1])
        best = reached
        for more in product(range(-3, 4), repeat=3):
            other = [count / 100 + change for count, change in zip(counts, more, strict=True)]
            left, then = after(book.curves, held, CASH, other)
            if left >= 0.0 and min(then) > 0.0:
                best = max(best, sure(book, then))
        assert best - reached <= 0.05 * (best - none) + 1e-12


def test_lots_lose_less_than_a_lot_is_worth() -> None:
    """What whole contracts lose of the growth is less than what the best single contract adds to it."""
    for book in (book for book in GIVEN if any(sized(book).counts)):
        held = [count / 100 for count in book.held]
        given = (book.probabilities, book.curves, held, CASH)
        exact = trades_within_cash(*given, book.risk_aversion)
        _, wealths = whole_lots(*given, exact, 100, book.risk_aversion)
        lost = sure(book, after(book.curves, held, CASH, exact)[1]) - sure(book, wealths)
        none = sure(book, after(book.curves, held, CASH, (0.0,) * 6)[1])
        singles = (
            after(book.curves, held, CASH, [way if leg == one else 0.0 for leg in range(6)])[1]
            for one, way in product(range(6), (1.0, -1.0))
        )
        assert lost < max(sure(book, single) - none for single in singles)


DRAWDOWN = Drawdown(share=0.7, chance=0.1)


def test_a_drawdown_keeps_its_mean() -> None:
    """E[(W / W0)^-lambda] is at most 1 on every book without holdings, binds on some, and trading goes on."""
    bound, traded = 0, 0
    power = DRAWDOWN.power
    for book in (book for book in GIVEN if not any(book.held)):
        bold, kept = (sized(book, SizingRules(1.0, 100, drawdown)) for drawdown in (None, DRAWDOWN))
        shares = [wealth / CASH for wealth in outcome(book, kept.counts)[1]]
        assert mean_power(book.probabilities, shares, power) <= 1.0 + 1e-9
        assert kept.growth <= bold.growth
        bound += kept.counts != bold.counts
        traded += any(kept.counts)
    assert bound > 5
    assert traded > 15


def test_wealth_falls_below_the_share_no_more_often_than_the_chance() -> None:
    """Of 2,000 runs of 300 such events fewer than 10 % ever fall below 70 %; with plain Kelly far more do."""
    book = next(book for book in GIVEN if not any(book.held) and sized(book, SizingRules(1.0, 100)).growth > 0.05)
    below = []
    for drawdown in (None, DRAWDOWN):
        shares = np.array(outcome(book, sized(book, SizingRules(1.0, 1, drawdown)).counts)[1]) / CASH
        winners = np.random.default_rng(5).choice(6, size=(2000, 300), p=book.probabilities)
        below.append(float((np.log(shares[winners]).cumsum(axis=1).min(axis=1) < log(DRAWDOWN.share)).mean()))
    assert below[1] < DRAWDOWN.chance < 0.3 < below[0]


def test_a_drawdown_that_is_kept_anyway_changes_nothing() -> None:
    """A small bet keeps to a lenient bound at the risk aversion asked."""
    lenient = Drawdown(share=0.5, chance=0.9)
    assert two(rules=SizingRules(4.0, 100, lenient)) == two(rules=SizingRules(4.0, 100))


def test_the_power_of_a_drawdown() -> None:
    """Half of wealth at a chance of a quarter: log 0.25 / log 0.5 is 2."""
    assert Drawdown(share=0.5, chance=0.25).power == pytest.approx(2.0)


def test_legs_that_may_gain() -> None:
    """YES at 50 c believed 60 % promises 8.25 c after its fee, NO of the second at 30 c believed 20 % 8.53 c."""
    offers = (Offer(buy=((5000, None),)), Offer(sell=((3000, None),)), Offer())
    given = ((0.6, 0.2, 0.2), offers, FEES.__getitem__)
    assert may_gain(*given, (800.0, 800.0, 800.0)) == (0, 1)
    assert may_gain(*given, (825.0, 854.0, 0.0)) == (0,)
    assert may_gain(*given, (825.1, 900.0, 0.0)) == ()


def test_without_a_gain_nothing_is_traded() -> None:
    """Where nothing is held and no leg beats a threshold of 0, the exact trade is none."""
    for book in books(60, seed=9):
        if any(book.held):
            continue
        near = replace(book, probabilities=_between(book))
        assert may_gain(near.probabilities, near.offers, FEES.__getitem__, [1e-9] * 6) == ()
        assert not any(sized(near).counts)


def _between(book: Book) -> tuple[float, ...]:
    """Probabilities between bid and ask of every leg."""
    low = [curve.price(0.0, -1) for curve in book.curves]
    high = [min(curve.price(0.0, 1), 1.0) for curve in book.curves]
    part = (1.0 - sum(low)) / (sum(high) - sum(low))
    return tuple(bid + part * (ask - bid) for bid, ask in zip(low, high, strict=True))


def test_an_outcome_held_impossible_still_leaves_something() -> None:
    """A belief of 0 sells that leg, but never down to nothing."""
    counts = two(probabilities=(1.0, 0.0), offers=(Offer(), Offer(sell=((3000, None),)))).counts
    assert counts[0] == 0
    # A NO costs 70 c, so $100 buy 142.85 of them.
    assert counts[1] == -14_200


def test_without_cash_only_what_is_held_is_sold() -> None:
    """With no cash nothing is bought; what is held and overpaid for is sold."""
    assert two(cash=0).counts == (0, 0)
    sold = two(cash=0, held=(1000, 0), probabilities=(0.2, 0.8), offers=(Offer(sell=((5000, None),)), Offer()))
    assert sold.counts[0] <= -1000


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"probabilities": (nan, 0.4)}, "nan"),
        ({"probabilities": (0.6, 0.5)}, "sum 1"),
        ({"probabilities": (1.2, -0.2)}, "-0.2"),
        ({"probabilities": (inf, 0.0)}, "inf"),
        ({"cash": -1}, "-1 microdollars"),
        ({"held": (0,)}, "1 holdings"),
        ({"offers": (Offer(),)}, "1 offers"),
        ({"probabilities": (), "offers": (), "held": ()}, "0 probabilities"),
        ({"offers": (Offer(buy=((4000, None),), sell=((5000, None),)), Offer())}, "ask 4000 below bid 5000"),
        ({"offers": (Offer(buy=((5000, 100), (4900, 100))), Offer())}, "level 4900 after 5000"),
        ({"offers": (Offer(sell=((5000, 100), (5000, 100))), Offer())}, "level 5000 after 5000"),
        ({"offers": (Offer(buy=((0, 100),)), Offer())}, "level 0"),
        ({"offers": (Offer(buy=((5000, 0),)), Offer())}, "size 0"),
    ],
)
def test_what_cannot_be_sized_is_refused(changes: dict[str, Any], words: str) -> None:
    """Probabilities that are none, a missing leg, negative cash and crossed books are refused with the value."""
    with pytest.raises(DomainError, match=words):
        two(**changes)


@pytest.mark.parametrize("rules", [(0.9, 100), (26.0, 100), (nan, 100), (1.0, 0), (1.0, 0.5)])
def test_rules_that_are_none_are_refused(rules: tuple[Any, Any]) -> None:
    """Risk aversion must be 1 to 25, a step whole hundredths."""
    with pytest.raises(DomainError):
        SizingRules(*rules)


@pytest.mark.parametrize("drawdown", [(0.0, 0.5), (1.0, 0.5), (0.5, 0.0), (0.5, nan), (0.95, 0.01)])
def test_drawdowns_that_are_none_are_refused(drawdown: tuple[float, float]) -> None:
    """A share and a chance lie between 0 and 1, and ask for no more risk aversion than there is."""
    with pytest.raises(DomainError):
        Drawdown(*drawdown)


@pytest.mark.parametrize(
    ("probabilities", "offers", "held", "cash", "gamma"),
    [
        # Bounds of the same slope at both ends of the bracket.
        (
            (1.0, 0.0, 0.0, 0.0, 0.0, 0.0),
            (
                ((9600, 10**8), None),
                ((500, None), None),
                ((200, 1000), (100, None)),
                ((100, 10**8), (100, 1)),
                ((100, None), (100, 100_000)),
                ((100, 250), None),
            ),
            (0, 0, 0, 0, 0, 0),
            0,
            1.0,
        ),
        # Powers of 25 of a wealth that only rounding leaves beside millions.
        ((0.99973, 0.00027), (((9600, 100), (9400, None)), ((500, 250), (300, 250))), (0, -983_495_430), 0, 25.0),
        # Thirty thousand dollars that a NO keeps, and a hundredth of a cent beside them.
        (
            (0.6463059392614467, 0.35369406073855325),
            (((5300, 100), (5200, None)), None),
            (0, -3_111_292),
            0,
            25.0,
        ),
        # Outcomes held impossible, cash that binds.
        (
            (0.202329, 0.791462, 0.006209, 0.0, 0.0, 0.0),
            tuple(((ask, None), (ask - 100, None)) for ask in (1500, 6000, 800, 500, 900, 1400)),
            (0, 0, 0, 0, 0, 0),
            9_139_800_000,
            1.0,
        ),
    ],
)
def test_odd_books_are_sized(
    probabilities: tuple[float, ...],
    offers: tuple[tuple[tuple[int, int | None] | None, tuple[int, int | None] | None] | None, ...],
    held: tuple[int, ...],
    cash: int,
    gamma: float,
) -> None:
    """Books on which an iteration could fail end, with whole contracts that the cash pays for."""
    made = tuple(Offer() if one is None else Offer(*((side,) if side else () for side in one)) for one in offers)
    counts = size(probabilities, made, held, cash, FEES.__getitem__, SizingRules(gamma, 100)).counts
    left, _ = after(
        curves_of(made, FEES.__getitem__),
        [count / 100 for count in held],
        cash / 1e6,
        [count / 100 for count in counts],
    )
    assert left >= 0.0
    assert not any(count % 100 for count in counts)


def test_what_nothing_is_held_of_is_sized_as_ever() -> None:
    """Books that are solved at once are solved alike by the search: as with a level of no bearing far behind."""
    for book in (book for book in GIVEN if not any(book.held)):
        curves = [curve for curve in book.curves if len(curve.kinks) == 1]
        if len(curves) < len(book.held):
            continue
        far = [Curve((-1e9, 0.0), (1e-6, *curve.prices), (-1e9 * curve.prices[0], 0.0), 1) for curve in curves]
        given = (book.probabilities, [0.0] * len(curves), CASH, book.risk_aversion)
        at_once = best_trades(given[0], curves, *given[1:])
        assert at_once == pytest.approx(best_trades(given[0], far, *given[1:]), rel=1e-9, abs=1e-7)


def test_random_books_hold_no_riskless_set() -> None:
    """The books of these tests are sized, not set aside."""
    assert not any(is_riskless(book.curves) for book in GIVEN)
