"""Whether a trade is better than none: in expected utility, with all that is held, and with the fees as charged.

Sizes are found with the fee model unrounded and may be cut afterwards. Both can turn the best trade into one that is
worse than nothing, most of all where a hedge goes and what it hedged stays; so what is left is judged as it stands.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from drybulb.domain.money import COUNT_PER_CONTRACT, MICRODOLLARS_PER_DOLLAR
from drybulb.strategy.curve import utility
from drybulb.strategy.policy import View
from drybulb.strategy.sizing import ROUNDING, SizingRules, mean_power, wallet_of
from drybulb.strategy.upfront import untraded


@dataclass(frozen=True, slots=True)
class Judge:
    """Judges the trades of one ladder at one instant.

    Attributes:
        view: the ladder.
        probabilities: of YES, as sized on.
        prices: of YES at which each leg would be traded [centicents].
        held: signed count of each leg, what works counted as held [1/100 contract].
        money: what the event is sized on [microdollars].
        rules: how boldly.
    """

    view: View
    probabilities: Sequence[float]
    prices: Mapping[int, int]
    held: Sequence[int]
    money: int
    rules: SizingRules

    def __call__(self, counts: tuple[int, ...]) -> bool:
        """Return whether trading signed counts [1/100 contract], each in one fill, is better than trading nothing."""
        owned = [count / COUNT_PER_CONTRACT for count in self.held]
        before = untraded(owned, wallet_of(self.money, owned))
        spent, view = 0, self.view
        for leg, count in enumerate(counts):
            if count:
                price = self.prices[leg]
                spent += price * count + view.charges.in_one_fill(view.series, view.now, price, abs(count))
        paid = spent / MICRODOLLARS_PER_DOLLAR
        then = [wealth - paid + count / COUNT_PER_CONTRACT for wealth, count in zip(before, counts, strict=True)]
        gamma, drawdown = self.rules.risk_aversion, self.rules.drawdown
        if utility(self.probabilities, then, gamma) <= utility(self.probabilities, before, gamma):
            return False
        if drawdown is None:
            return True
        bound = mean_power(self.probabilities, before, drawdown.power) * (1.0 + ROUNDING)
        return mean_power(self.probabilities, then, drawdown.power) <= bound
