"""The most that fills of an event could have lost or won, whichever of its legs had paid."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from drybulb.app.settled import gain
from drybulb.domain.ledger import Side
from drybulb.domain.money import CENTICENTS_PER_DOLLAR


class Extremes(NamedTuple):
    """What fills could come to.

    Attributes:
        lost: at worst, 0 where they gain in any case [microdollars].
        won: at best, 0 where they lose in any case [microdollars].
    """

    lost: int
    won: int

    def beside(self, other: Extremes) -> Extremes:
        """Add another event's: the worst of both may come on one day, for weather is shared."""
        return Extremes(self.lost + other.lost, self.won + other.won)


NO_EXTREMES = Extremes(0, 0)


def extremes(fills: Iterable[tuple[object, Side, int, int, int]], legs: int) -> Extremes:
    """Return the worst and the best of an event's fills over its outcomes: one leg pays a dollar, the others nothing.

    Args:
        fills: market, side, price of YES [centicents], count [1/100 contract] and fee [microdollars] of each.
        legs: number of the event's legs.
    """
    none_pays, more = 0, dict[object, int]()
    for market, side, price, count, fee in fills:
        lost = gain(side, price, count, fee, 0)
        none_pays += lost
        more[market] = more.get(market, 0) + gain(side, price, count, fee, CENTICENTS_PER_DOLLAR) - lost
    outcomes = [none_pays + one for one in more.values()]
    if len(more) < legs:  # a leg that was not traded may pay
        outcomes.append(none_pays)
    return Extremes(max(-min(outcomes), 0), max(*outcomes, 0))
