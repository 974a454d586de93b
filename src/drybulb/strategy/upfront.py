"""Best trades that the cash at hand can pay for.

A NO costs 1 - b up front and nothing comes back before settlement, so several of them can need
more cash than the wealth they risk. Cash left is M less what is short, in contracts: with z_i the
position after trading, M - sum max(-z_i, 0).

Where that binds, let theta be the share of the budget's multiplier that falls on cash. The
conditions of ``kelly`` then hold with (price - theta) / (1 - theta) where z_i < 0, price /
(1 - theta) where z_i > 0, and wealth over 1 - theta: whatever is bought, YES or NO, costs
1 / (1 - theta) times its price, because cash does. Raising theta leaves more cash, so a bracketed
search finds it. Each end of the bracket is an answer to a looser problem, so an upper bound; the mix of
the two that leaves no cash is an answer to this one. The search ends where they are worth the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import inf, log
from typing import NamedTuple

from drybulb.errors import DomainError
from drybulb.strategy.curve import Curve, utility
from drybulb.strategy.kelly import best_trades

# Of growth, and of theta: a trade that doubles wealth once in a billion events is not worth looking for.
_NEAR = 1e-10
# After so many steps only halving is left, which ends.
_LAST_GUESS, _MAX_STEPS = 24, 60


def after(
    curves: Sequence[Curve], held: Sequence[float], cash: float, traded: Sequence[float]
) -> tuple[float, list[float]]:
    """Return cash, negative where it does not suffice, and the wealth if each leg wins, after trading [dollars].

    Args:
        curves: what trading each leg costs.
        held: signed counts before [contracts].
        cash: before [dollars].
        traded: signed counts [contracts].
    """
    money, short, positions = cash, 0.0, []
    for curve, own, count in zip(curves, held, traded, strict=True):
        if own < 0.0:
            money -= own
        position = own
        if count:
            money -= curve.cost(count)
            position += count
        if position < 0.0:
            short -= position
        positions.append(position)
    return money - short, [money + position for position in positions]


def untraded(held: Sequence[float], cash: float) -> list[float]:
    """Return the wealth if each leg wins without any trade: what ``after`` makes of none [dollars]."""
    money = cash
    for own in held:
        if own < 0.0:
            money -= own
    return [money + own for own in held]


def trades_within_cash(
    probabilities: Sequence[float], curves: Sequence[Curve], held: Sequence[float], cash: float, risk_aversion: float
) -> tuple[float, ...]:
    """Return the signed count to trade of each leg, the best that ``cash`` can pay for [contracts].

    Args:
        probabilities: of each leg.
        curves: what trading each leg costs; no riskless set among the best prices.
        held: signed counts [contracts].
        cash: above 0 [dollars].
        risk_aversion: gamma.

    Raises:
        DomainError: no optimum.
    """
    short = sum(-own for own in held if own < 0.0)
    trades = best_trades(probabilities, curves, held, cash + short, risk_aversion)
    left, wealths = after(curves, held, cash, trades)
    if left >= 0.0:
        return trades
    lower = _End(0.0, trades, left, *_bound(probabilities, wealths, left, risk_aversion))
    # Nothing traded needs no cash; as a bound it is none, so it meets the other's line nowhere.
    upper = _End(1.0, (0.0,) * len(held), cash, inf, 0.0)
    theta = 0.5
    for step in range(_MAX_STEPS):
        dear = [_dearer(curve, own, theta) for curve, own in zip(curves, held, strict=True)]
        wealth = (cash + short - theta * short) / (1.0 - theta)
        trades = best_trades(probabilities, dear, held, wealth, risk_aversion)
        left, _ = after(curves, held, cash, trades)
        _, wealths = after(dear, held, wealth - short, trades)
        end = _End(theta, trades, left, *_bound(probabilities, wealths, left / (1.0 - theta), risk_aversion))
        lower, upper = (end, upper) if left < 0.0 else (lower, end)
        share = upper.left / (upper.left - lower.left)
        mixed = tuple([more + share * (less - more) for more, less in zip(upper.trades, lower.trades, strict=True)])
        _, wealths = after(curves, held, cash, mixed)
        gap = min(lower.worth, upper.worth) - _bound(probabilities, wealths, 0.0, risk_aversion)[0]
        if gap <= _NEAR or upper.theta - lower.theta <= _NEAR:
            return mixed
        theta = _between(lower, upper, step)
    raise DomainError(f"no trades found that {cash} dollars pay for with {list(probabilities)}; the search did not end")


class _End(NamedTuple):
    """One end of the bracket: its trades, the cash they leave, and the bound on worth with its slope in theta."""

    theta: float
    trades: tuple[float, ...]
    left: float
    worth: float
    slope: float


def _between(lower: _End, upper: _End, step: int) -> float:
    """Return the next theta: where the bounds cross, where the cash left would be 0, and the middle, in turn.

    Cash jumps where every leg trades, and there the bounds cross; elsewhere it does not.
    """
    width = upper.theta - lower.theta
    guess = -inf
    if step < _LAST_GUESS and step % 3 == 0 and upper.worth < inf and lower.slope != upper.slope:
        guess = (upper.worth - upper.slope * upper.theta - lower.worth + lower.slope * lower.theta) / (
            lower.slope - upper.slope
        )
    elif step < _LAST_GUESS and step % 3 == 1:
        guess = lower.theta + width * lower.left / (lower.left - upper.left)
    return guess if lower.theta < guess < upper.theta else lower.theta + 0.5 * width


def _bound(probabilities: Sequence[float], wealths: Sequence[float], left: float, gamma: float) -> tuple[float, float]:
    """Return the log of the sure wealth that is worth as much, and how it changes with theta if ``left`` is freed."""
    if min(wealths) <= 0.0:
        return -inf, 0.0
    # In units of the least wealth that can be, so that no power leaves the range of a float.
    least = min([wealth for wealth, chance in zip(wealths, probabilities, strict=True) if chance])
    marginal = level = 0.0
    for chance, wealth in zip(probabilities, wealths, strict=True):
        if chance:
            part = chance * (least / wealth) ** gamma
            marginal += part
            level += part * wealth
    worth = utility(probabilities, wealths, 1.0) if gamma == 1.0 else log(level / least) / (1.0 - gamma) + log(least)
    return worth, left * marginal / level


def _dearer(curve: Curve, held: float, theta: float) -> Curve:
    """Return the curve of a leg as it looks where cash is scarce."""
    kinks, prices, costs = list(curve.kinks), list(curve.prices), list(curve.costs)
    if -held not in kinks:
        place = sum(kink < -held for kink in kinks)
        costs.insert(place, curve.cost(-held))
        kinks.insert(place, -held)
        prices.insert(place, prices[place])
    at_none = max(-held, 0.0)
    left = 1.0 - theta
    return Curve(
        tuple(kinks),
        tuple(
            _price(price, theta if j < len(kinks) and kinks[j] <= -held else 0.0, left)
            for j, price in enumerate(prices)
        ),
        tuple(
            (cost + theta * (max(-held - kink, 0.0) - at_none)) / left for kink, cost in zip(kinks, costs, strict=True)
        ),
        kinks.index(0.0),
    )


def _price(price: float, theta: float, left: float) -> float:
    """Scale a price; 0, at which nothing more can be sold, stays 0."""
    return (price - theta) / left if price > 0.0 else price
