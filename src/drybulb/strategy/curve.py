"""What trading one leg costs, as a convex function of how much, and what wealth is worth."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from math import inf, log
from typing import NamedTuple

Levels = Sequence[tuple[float, float | None]]
"""Price with fee [dollars] and size [contracts], or None without end; best first."""

# No outcome's dollar is worth more than a dollar: above this price nothing is ever bought.
_NEVER_BOUGHT = 2.0
#: Wealth so small that only rounding leaves it: no power of it is taken [dollars].
NOTHING = 1e-12


class Curve(NamedTuple):
    """What trading one leg costs: a convex function made of straight pieces.

    Attributes:
        kinks: traded counts at which the price changes, 0 among them, rising [contracts].
        prices: of YES on the pieces between them, one more than kinks, rising [dollars].
        costs: of trading to each kink, negative where it brings money [dollars].
        origin: which kink is 0.
    """

    kinks: tuple[float, ...]
    prices: tuple[float, ...]
    costs: tuple[float, ...]
    origin: int

    @classmethod
    def of(cls, buy: Levels, sell: Levels) -> Curve:
        """Return the curve of a leg's levels, prices net of fees."""
        kinks, prices, costs = [0.0], [], [0.0]
        for price, size in sell:
            prices.append(price)
            if size is None:
                break
            kinks.append(kinks[-1] - size)
            costs.append(costs[-1] - price * size)
        else:
            prices.append(0.0)
        kinks.reverse()
        prices.reverse()
        costs.reverse()
        origin = len(kinks) - 1
        for price, size in buy:
            prices.append(price)
            if size is None:
                break
            kinks.append(kinks[-1] + size)
            costs.append(costs[-1] + price * size)
        else:
            prices.append(_NEVER_BOUGHT)
        return cls(tuple(kinks), tuple(prices), tuple(costs), origin)

    def price(self, traded: float, way: int) -> float:
        """Return what the next contract costs, or brings where ``way`` is -1, after a signed count [dollars]."""
        pieces = bisect_right if way > 0 else bisect_left
        return self.prices[pieces(self.kinks, traded)]

    def reaches(self, traded: float) -> bool:
        """Whether the levels suffice to trade a signed count."""
        has_sellers = self.prices[-1] != _NEVER_BOUGHT or traded <= self.kinks[-1]
        return has_sellers and (self.prices[0] > 0.0 or traded >= self.kinks[0])

    def cost(self, traded: float) -> float:
        """Return what trading a signed count costs [dollars]; counts beyond the last level are not asked for."""
        if len(self.kinks) == 1:
            return self.prices[traded > 0.0] * traded
        for kink, price, spent in zip(self.kinks, self.prices, self.costs, strict=False):
            if traded <= kink:
                return spent - price * (kink - traded)
        return self.costs[-1] + self.prices[-1] * (traded - self.kinks[-1])


def utility(probabilities: Sequence[float], wealths: Sequence[float], risk_aversion: float) -> float:
    """Return the expected utility of wealth [dollars], minus infinity where an outcome leaves nothing."""
    least = min(wealths)
    if risk_aversion == 1.0 and least > 0.0:
        return sum([chance * log(wealth) for chance, wealth in zip(probabilities, wealths, strict=True)])
    if least <= NOTHING:
        return -inf
    power = risk_aversion - 1.0
    total: float = sum([chance / wealth**power for chance, wealth in zip(probabilities, wealths, strict=True)])
    return -total / power
