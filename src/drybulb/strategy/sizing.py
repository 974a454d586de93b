"""How much: a fraction of Kelly's bet on one bracket.

A contract that costs c (fee included) and pays $1 with probability p grows wealth
fastest when the share f* of it is staked::

    f* = (p - c) / (1 - c)          contracts = floor(fraction * f* * bankroll / c)

Source: Kelly (1956), A new interpretation of information rate, Bell System Technical
Journal 35, with odds (1 - c) / c. Brackets of one event are exclusive, so bets on
several of them together are more than each alone would be; the limits of ``risk``
bound that.
"""

from __future__ import annotations

from drybulb.domain.money import CENTICENTS_PER_DOLLAR, COUNT_PER_CONTRACT


def kelly_share(probability: float, cost: float) -> float:
    """Return the share of wealth that Kelly stakes, 0 where there is no edge.

    Args:
        probability: that the leg bought wins.
        cost: of one contract of it, fee included [dollars].
    """
    if not 0.0 < cost < 1.0 or probability <= cost:
        return 0.0
    return (probability - cost) / (1.0 - cost)


def kelly_count(probability: float, cost: float, fraction: float, bankroll: int) -> int:
    """Return how much of one leg to hold, in whole contracts [1/100 contract].

    Args:
        probability: that the leg wins.
        cost: of one contract of it, fee included [centicents].
        fraction: of Kelly's share.
        bankroll: free cash the share is of [microdollars]; what is at stake already is not counted.
    """
    share = fraction * kelly_share(probability, cost / CENTICENTS_PER_DOLLAR)
    if share <= 0.0:
        return 0
    return int(share * bankroll / (cost * COUNT_PER_CONTRACT)) * COUNT_PER_CONTRACT
