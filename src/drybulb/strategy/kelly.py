"""Exact Kelly over the legs of one event: YES and NO on all of them at once, beside what is held.

One leg wins. With W_i the wealth if leg i wins, h_i what is held of it (signed), x_i what is
traded, M the money left for every outcome, and c_i the convex cost of trading leg i::

    maximise  sum p_i U(W_i),   W_i = M + h_i + x_i,   M + sum c_i(x_i) = C,   U' = W^-gamma

gamma = 1 is Kelly's log. C is cash plus the dollar that each NO held keeps (``domain.ledger``).
At the optimum each leg has a state price r_i between what the next contract sold brings and what
the next one bought costs, so that, with 1/L^gamma the value of a dollar more::

    W_i = L (p_i / r_i)^(1/gamma),        sum r_i = 1

A leg that trades stands on a step of its book and r_i is that step's price; a leg that does not
stands on a kink (no trade, or a level used up) and r_i = p_i (L / W_i)^gamma. Both sums are
monotone: sum r_i falls in M, the budget used rises in L. So for an L the right M lies between two
breakpoints of the steps, which a bisection finds; there the steps are known, the two equations are
smooth, and a Newton iteration that cannot cycle solves them for M and L together. Where nothing
is held and no level ends, the state prices are clip(s p_i, b_i, a_i), and s is found at once.

Source: Smoczynski and Tomkins (2010), An explicit solution to the problem of optimizing the
allocations of a bettor's wealth when wagering on horse races, Math. Scientist 35 (YES only); the
conditions of Karush, Kuhn and Tucker for the rest.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import inf, isfinite
from typing import NamedTuple

from drybulb.errors import DomainError
from drybulb.strategy.curve import Curve

# An outcome said to be impossible still leaves somebody who said it this much doubt, so that its wealth stays above 0.
_DOUBT = 1e-9
_MAX_PASSES = 200
_CLOSE = 1e-13


class _Row(NamedTuple):
    """One leg in the solver: marks are wealth beyond M at each kink, wealths are W / L at each price."""

    chance: float
    marks: list[float]
    wealths: list[float]
    curve: Curve


def best_trades(
    probabilities: Sequence[float],
    curves: Sequence[Curve],
    held: Sequence[float],
    wealth: float,
    risk_aversion: float,
) -> tuple[float, ...]:
    """Return the signed count to trade of each leg, the best without regard to up-front cash [contracts].

    Args:
        probabilities: of each leg; they sum to 1.
        curves: what trading each leg costs; no riskless set among the best prices.
        held: signed counts [contracts].
        wealth: cash plus a dollar for each NO held; with ``held`` it leaves something in every outcome [dollars].
        risk_aversion: gamma, 1 or more.

    Raises:
        DomainError: no optimum, which a riskless set or a wealth of nothing causes.
    """
    if wealth > 0.0 and not any(held) and max([len(curve.kinks) for curve in curves]) == 1:
        trades = _at_once(probabilities, curves, wealth, risk_aversion)
        if trades is not None:
            return trades
    least = min(held)
    if least < 0.0:
        # A dollar more on every leg is a dollar: what NOs keep would else hide the cents beside it from the floats.
        held, wealth = [own - least for own in held], wealth + least
    inverse = 1.0 / risk_aversion
    rows = []
    scale = wealth
    for believed, curve, own in zip(probabilities, curves, held, strict=True):
        chance = max(_DOUBT, believed)
        marks = [own + kink for kink in curve.kinks]
        rows.append(
            _Row(chance, marks, [(chance / price) ** inverse if price > 0.0 else inf for price in curve.prices], curve)
        )
        scale += chance * own
    if not scale > 0.0:
        raise DomainError(f"wealth {wealth} with {list(held)} held leaves nothing to size; give cash above 0")
    low, high = 0.0, inf
    for _ in range(_MAX_PASSES):
        places, between = _face(rows, scale, risk_aversion)
        money, found = _solve(rows, places, between, wealth, risk_aversion)
        is_settled = found > 0.0 and _places(rows, money, found) == places
        if is_settled or abs(found - scale) <= _CLOSE * scale or high - low <= _CLOSE * scale:
            return tuple(
                row.curve.kinks[place // 2] if place % 2 else found * row.wealths[place // 2] - money - own
                for row, place, own in zip(rows, places, held, strict=True)
            )
        # The budget used rises in L, and `found` is where it would be right if no leg changed its place.
        if found > scale:
            low = scale
        else:
            high = scale
        if not low < found < high:
            found = 0.5 * (low + high) if isfinite(high) else 2.0 * scale
        scale = found
    raise DomainError(f"no best trades found at wealth {wealth} with {list(probabilities)}; look for a riskless set")


def _at_once(
    probabilities: Sequence[float], curves: Sequence[Curve], wealth: float, gamma: float
) -> tuple[float, ...] | None:
    """Return the best trades where nothing is held and no level ends: sum clip(s p_i, b_i, a_i) = 1, s = (L/M)^gamma.

    None where no leg is left untraded, so that s has no say: prices that sum to 1.
    """
    total = slope = 0.0
    turns = []
    for believed, curve in zip(probabilities, curves, strict=True):
        chance = max(_DOUBT, believed)
        bid, ask = curve.prices
        total += bid
        turns.append((bid / chance, chance, -bid))
        turns.append((ask / chance, -chance, ask))
    turns.sort()
    for turn, more, price in turns:
        if total + slope * turn >= 1.0:
            break
        slope += more
        total += price
    else:
        return None
    if slope <= _CLOSE:
        return None
    level = (1.0 - total) / slope
    inverse = 1.0 / gamma
    rest, spent, wealths = 1.0, 0.0, []
    for believed, curve in zip(probabilities, curves, strict=True):
        chance = max(_DOUBT, believed)
        bid, ask = curve.prices
        price = bid if level * chance < bid else ask if level * chance > ask else 0.0
        share = (chance / price) ** inverse if price else 0.0
        rest -= price
        spent += price * share
        wealths.append(share)
    money: float = level**-inverse
    scale = wealth / (money * rest + spent)
    return tuple([scale * (share - money) if share else 0.0 for share in wealths])


def _places(rows: Sequence[_Row], money: float, scale: float) -> list[int]:
    """Return where each leg stands at M and L: 2 j on piece j, 2 j + 1 on kink j."""
    places = []
    for _, marks, wealths, _ in rows:
        for j, mark in enumerate(marks):
            wealth = money + mark
            if wealth > scale * wealths[j]:
                places.append(2 * j)
                break
            if wealth >= scale * wealths[j + 1]:
                places.append(2 * j + 1)
                break
        else:
            places.append(2 * len(marks))
    return places


def _price_sum(rows: Sequence[_Row], money: float, scale: float, gamma: float) -> float:
    """Return the sum of the state prices at M and L."""
    total = 0.0
    for chance, marks, wealths, curve in rows:
        for j, mark in enumerate(marks):
            wealth = money + mark
            if wealth > scale * wealths[j]:
                total += curve.prices[j]
                break
            if wealth >= scale * wealths[j + 1]:
                total += chance * (scale / wealth) ** gamma
                break
        else:
            total += curve.prices[-1]
    return total


def _face(rows: Sequence[_Row], scale: float, gamma: float) -> tuple[list[int], tuple[float, float]]:
    """Return where each leg stands at the M that makes the state prices sum to 1, and between which M it stays so."""
    points = []
    for _, marks, wealths, _ in rows:
        for j, mark in enumerate(marks):
            points.append(scale * wealths[j] - mark)
            points.append(scale * wealths[j + 1] - mark)
    points.sort()
    first, last = 0, len(points)
    while first < last:
        middle = (first + last) // 2
        if points[middle] < inf and _price_sum(rows, points[middle], scale, gamma) > 1.0:
            first = middle + 1
        else:
            last = middle
    start = points[first - 1] if first else points[0] - 1.0
    end = points[first] if first < len(points) else inf
    inside = 0.5 * (start + end) if end < inf else start + max(scale, abs(start))
    return _places(rows, inside, scale), (start, end)


def _solve(
    rows: Sequence[_Row], places: Sequence[int], between: tuple[float, float], wealth: float, gamma: float
) -> tuple[float, float]:
    """Return M and L where every leg keeps its place.

    With A the sum of the trading legs' prices, B that of price times W/L, and K what the rest
    costs, the budget is M (1 - A) + L B + K = C; the state prices of the others must make up
    1 - A. Their power mean is concave in M, so Newton comes from below and cannot overshoot.
    """
    rest, slope, spent = 1.0, 0.0, 0.0
    still: list[tuple[float, float]] = []
    for row, place in zip(rows, places, strict=True):
        j = place // 2
        curve = row.curve
        if place % 2:
            still.append((row.chance, row.marks[j]))
            spent += curve.costs[j]
            continue
        price = curve.prices[j]
        anchor = j if j < len(curve.kinks) else j - 1
        rest -= price
        slope += price * row.wealths[j]
        spent += curve.costs[anchor] - price * row.marks[anchor]
    budget = wealth - spent
    if not still or rest <= _CLOSE:
        # Prices that sum to exactly 1: a set costs what it pays, so M is free; the one nearest to C trades least.
        money = min(max(budget, between[0]), between[1])
        return money, (budget - money * rest) / slope
    floor = -min(mark for _, mark in still)
    if budget <= floor * rest:
        # Here even an outcome left with nothing uses more than there is: the right L lies far below.
        return floor, 0.0
    if not slope:
        # Powers of shares of the least wealth, which is above 0: none of them leaves the range of a float.
        least = budget - floor
        total: float = sum([chance * (least / (budget + mark)) ** gamma for chance, mark in still])
        return budget, least * float(total ** (-1.0 / gamma))
    factor: float = rest ** (-1.0 / gamma)
    money = _newton(still, (budget / slope, rest / slope), factor, (floor, between[0]), gamma)
    return money, (budget - money * rest) / slope


def _newton(
    still: Sequence[tuple[float, float]],
    line: tuple[float, float],
    factor: float,
    above: tuple[float, float],
    gamma: float,
) -> float:
    """Solve power mean of (M + mark) = factor (line[0] - line[1] M) for M above a floor, from a start."""
    floor, start = above
    money, is_below = start if start > floor else floor + max(abs(floor), 1.0), False
    for _ in range(_MAX_PASSES):
        total = bend = 0.0
        least = money - floor
        for chance, mark in still:
            base = money + mark
            term = chance * (least / base) ** gamma
            total += term
            bend += term / base
        mean: float = least * total ** (-1.0 / gamma)
        step = (mean - factor * (line[0] - line[1] * money)) / (mean * bend / total + factor * line[1])
        # Only the first step may come from above; a later one that turns back is rounding.
        if step >= 0.0 and is_below:
            return money
        is_below = True
        following = money - step
        if following <= floor:
            following, is_below = 0.5 * (money + floor), False
        if abs(following - money) <= _CLOSE * (abs(money) + abs(following)):
            return following
        money = following
    raise DomainError(f"no wealth makes the state prices sum to 1 from {start}; look for a riskless set")
