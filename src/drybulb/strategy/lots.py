"""From the exact counts to whole lots: what is lost is less than a lot is worth.

Each count is cut to lots toward nothing. What that left over is then spent: leg by leg, first the
one whose marginal utility is highest, one lot more is traded at the next level of its book where
that adds to the expected utility and cash can pay for it. Only legs that the exact answer trades
are asked, and only in its direction, one lot each.

Fees are those of the unrounded model. What their rounding adds in one fill is looked at by ``judged.Judge``, and what
it can add at most is bounded by ``charges.FeeBound`` when risk admits the order.
"""

from __future__ import annotations

from collections.abc import Sequence

from drybulb.domain.money import COUNT_PER_CONTRACT
from drybulb.strategy.curve import NOTHING, Curve, utility
from drybulb.strategy.upfront import after, untraded

# A count this close below a lot is one that a float missed [lots].
_MISSED = 1e-7


def whole_lots(
    probabilities: Sequence[float],
    curves: Sequence[Curve],
    held: Sequence[float],
    cash: float,
    exact: Sequence[float],
    step: int,
    risk_aversion: float,
) -> tuple[tuple[int, ...], list[float]]:
    """Return the signed count to trade of each leg [1/100 contract], and the wealth if each leg wins [dollars].

    Args:
        probabilities: of each leg.
        curves: what trading each leg costs.
        held: signed counts [contracts].
        cash: before [dollars].
        exact: signed counts of the exact answer [contracts].
        step: a lot [1/100 contract].
        risk_aversion: gamma.
    """
    lot = step / COUNT_PER_CONTRACT
    counts = [int(count / lot + (_MISSED if count > 0.0 else -_MISSED)) * lot if count else 0.0 for count in exact]
    left, wealths = after(curves, held, cash, counts)
    if left < 0.0 or min(wealths) < 0.0:
        counts = _payable(curves, held, cash, counts, lot)
        left, wealths = after(curves, held, cash, counts)
    best = utility(probabilities, wealths, risk_aversion)
    for leg, way in _by_marginal(probabilities, curves, wealths, exact, counts, risk_aversion):
        count, curve = counts[leg] + way * lot, curves[leg]
        if not curve.reaches(count):
            continue
        position = held[leg] + counts[leg]
        spent = curve.cost(count) - curve.cost(counts[leg])
        left_then = left - spent - max(-position - way * lot, 0.0) + max(-position, 0.0)
        if left_then < 0.0:
            continue
        then = [wealth - spent for wealth in wealths]
        then[leg] += way * lot
        reached = utility(probabilities, then, risk_aversion)
        if reached > best:
            counts[leg], left, wealths, best = count, left_then, then, reached
    before = untraded(held, cash)
    if best <= utility(probabilities, before, risk_aversion):
        # What is left of a trade after cutting, or of one made out of the doubt that kelly leaves, may be none.
        return (0,) * len(counts), before
    return tuple([round(count / lot) * step for count in counts]), wealths


def _payable(
    curves: Sequence[Curve], held: Sequence[float], cash: float, counts: list[float], lot: float
) -> list[float]:
    """Give lots back, as long as a cut hedge leaves an outcome without wealth or the account without cash."""

    def least(given: list[float]) -> float:
        left, wealths = after(curves, held, cash, given)
        return min(left, *wealths)

    while any(counts) and least(counts) < 0.0:
        fewer = []
        for leg, count in enumerate(counts):
            if count:
                less = count - lot if count > 0.0 else count + lot
                fewer.append([*counts[:leg], less if abs(less) > 0.5 * lot else 0.0, *counts[leg + 1 :]])
        counts = max(fewer, key=least)
    return counts


def _by_marginal(
    probabilities: Sequence[float],
    curves: Sequence[Curve],
    wealths: Sequence[float],
    exact: Sequence[float],
    counts: Sequence[float],
    risk_aversion: float,
) -> list[tuple[int, int]]:
    """Return legs that were cut and whose next contract adds utility, with its sign, best first."""
    if min(wealths) <= NOTHING:
        return []
    values = [chance / wealth**risk_aversion for chance, wealth in zip(probabilities, wealths, strict=True)]
    dollar = sum(values)
    found = []
    for leg, (wanted, count) in enumerate(zip(exact, counts, strict=True)):
        if wanted == count or abs(wanted) < abs(count):
            continue
        way = 1 if wanted > 0.0 else -1
        gain = way * (values[leg] - curves[leg].price(count, way) * dollar)
        if gain > 0.0:
            found.append((-gain, leg, way))
    return [(leg, way) for _, leg, way in sorted(found)]
