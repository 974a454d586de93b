"""Random books of one event, and what a convex solver makes of them: the oracle of the sizing."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from math import exp
from random import Random
from typing import Any

import numpy as np

from drybulb.domain.money import CENTICENTS_PER_DOLLAR
from drybulb.strategy.curve import Curve
from drybulb.strategy.sizing import Offer, curves_of

#: Fee of a contract at each price, the exchange's model for takers [centicents].
FEES = [0.07 * price * (CENTICENTS_PER_DOLLAR - price) / CENTICENTS_PER_DOLLAR for price in range(10_001)]
#: Cash of every book [dollars].
CASH = 100.0
_CENT = 100


@dataclass(frozen=True, slots=True)
class Book:
    """One event as a policy may meet it.

    Attributes:
        probabilities: of each leg.
        offers: levels of each leg; both sides of most, sizes on some books.
        held: signed counts, all 0 on half of the books [1/100 contract].
        risk_aversion: 1, 2 or 4.
    """

    probabilities: tuple[float, ...]
    offers: tuple[Offer, ...]
    held: tuple[int, ...]
    risk_aversion: float

    @property
    def curves(self) -> list[Curve]:
        """What trading each leg costs, with fees."""
        return curves_of(self.offers, FEES.__getitem__)


def books(count: int, seed: int, legs: int = 6) -> list[Book]:
    """Return random books without a riskless set: by turns with and without holdings, with and without depth."""
    random = Random(seed)  # noqa: S311 - books, no secrets
    found: list[Book] = []
    while len(found) < count:
        turn = len(found)
        book = _book(random, legs, is_held=turn % 2 == 1, is_deep=turn // 2 % 2 == 1, gamma=(1.0, 2.0, 4.0)[turn % 3])
        curves = book.curves
        best = [[curve.price(0.0, way) for curve in curves] for way in (1, -1)]
        if sum(best[0]) >= 1.0 >= sum(best[1]):
            found.append(book)
    return found


def _book(random: Random, legs: int, *, is_held: bool, is_deep: bool, gamma: float) -> Book:
    """Draw beliefs, a market that disagrees by a factor of about 1.8 a leg, and spreads of 1 to 5 cents."""
    weights = [random.gammavariate(0.7, 1.0) + 1e-4 for _ in range(legs)]
    believed = [weight / sum(weights) for weight in weights]
    market = [chance * exp(random.gauss(0.0, 0.6)) for chance in believed]
    offers = []
    for middle in (value / sum(market) * 100 for value in market):
        half = random.uniform(0.2, 2.0)
        ask, bid = int(middle + half) + 1, int(middle - half)
        offers.append(Offer(_levels(random, ask, 1, is_deep=is_deep), _levels(random, bid, -1, is_deep=is_deep)))
    held = tuple(random.choice((0, 0, random.randint(-60, 60) * 100)) if is_held else 0 for _ in range(legs))
    return Book(tuple(believed), tuple(offers), held, gamma)


def _levels(random: Random, best: int, way: int, *, is_deep: bool) -> tuple[tuple[int, int | None], ...]:
    count = random.randint(1, 4) if is_deep else 1
    prices = [best + way * level for level in range(count)]
    return tuple(
        (price * _CENT, random.randint(1, 100) * 100 if is_deep else None) for price in prices if 0 < price < 100
    )


def oracle(book: Book) -> list[float]:
    """Return the wealth if each leg wins that a convex solver reaches, each level a variable of its own [dollars]."""
    # Fetched when it is asked: it takes a second to load, and its types do not show what it exports.
    cp: Any = import_module("cvxpy")
    held = np.array(book.held) / 100
    levels = [
        (leg, way, price, size)
        for leg, offer in enumerate(book.offers)
        for side, way in ((offer.buy, 1), (offer.sell, -1))
        for price, size in side
    ]
    ways = np.zeros((len(held), len(levels)))
    for column, (leg, way, _, _) in enumerate(levels):
        ways[leg, column] = way
    net = np.array([way * (price + way * FEES[price]) / CENTICENTS_PER_DOLLAR for _, way, price, _ in levels])
    ends = [column for column, (_, _, _, size) in enumerate(levels) if size is not None]
    count = cp.Variable(len(levels), nonneg=True)
    position = ways @ count + held
    money = CASH + float(np.maximum(-held, 0.0).sum()) - net @ count
    limits = [money - cp.sum(cp.neg(position)) >= 0.0]
    if ends:
        limits.append(count[ends] <= np.array([levels[column][3] for column in ends], float) / 100)
    wealth = money + position
    # In units of the cash, so that the powers stay near 1.
    gamma, share = book.risk_aversion, wealth / CASH
    worth = cp.log(share) if gamma == 1.0 else -cp.power(share, 1.0 - gamma) / (gamma - 1.0)
    cp.Problem(cp.Maximize(np.array(book.probabilities) @ worth), limits).solve(solver=cp.CLARABEL)
    return [float(value) for value in np.asarray(wealth.value)]


def old_kelly(book: Book) -> list[float]:
    """Return what Kelly's share of each leg alone would trade, its bets made side by side [contracts].

    A leg's share of the cash is f = (p - c) / (1 - c) over the risk aversion, of the side with an edge at the best
    price; holdings and other legs are not looked at.
    """
    found = []
    for chance, offer in zip(book.probabilities, book.offers, strict=True):
        count = 0.0
        for levels, way in ((offer.buy, 1), (offer.sell, -1)):
            if levels:
                price = levels[0][0]
                cost = ((price if way > 0 else CENTICENTS_PER_DOLLAR - price) + FEES[price]) / CENTICENTS_PER_DOLLAR
                wins = chance if way > 0 else 1.0 - chance
                if cost < wins:
                    count = way * (wins - cost) / (1.0 - cost) / book.risk_aversion * CASH / cost
        found.append(count)
    return found
