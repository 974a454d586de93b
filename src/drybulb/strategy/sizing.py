"""How much of each leg to trade: the trade of one event that is best in expected utility, in whole lots.

``size`` takes what is believed, what can be traded, what is held and what can be spent, and
returns one signed count a leg. ``kelly`` finds the best trade, ``upfront`` keeps it within cash,
``lots`` makes lots of it. Fractional Kelly is a risk aversion above 1: gamma = 1 / fraction.

A drawdown constraint raises gamma until the stake is safe. With alpha a share of wealth and beta a
chance, lambda = log beta / log alpha; if every trade keeps E[(W / W0)^-lambda] at most 1, the chance
of ever falling below alpha of the start is below beta (where bets are as believed). gamma = 1 + lambda
minimises that mean, so some gamma between 1 and 1 + lambda keeps to it. W0 is the sure wealth that is worth as
much as what is held now: with nothing held, the cash.

Source: Busseti, Ryu and Boyd (2016), Risk-constrained Kelly gambling, J. of Investing 25, section 3.
``docs/explain/sizing.md`` has the whole of it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import inf, log

from drybulb.domain.money import CENTICENTS_PER_DOLLAR, COUNT_PER_CONTRACT, MICRODOLLARS_PER_DOLLAR
from drybulb.errors import DomainError
from drybulb.strategy.curve import NOTHING, Curve
from drybulb.strategy.lots import whole_lots
from drybulb.strategy.upfront import trades_within_cash, untraded

Level = tuple[int, int | None]
"""Price of YES [centicents] and size [1/100 contract], None where it has no end."""

Cost = Callable[[int], float]
"""Fee of a contract at a price of YES [centicents], unrounded [centicents]."""

#: Highest gamma: the powers of a thousandth of a microdollar, and of a billion dollars, are still floats.
MOST_RISK_AVERSE = 25.0

_SUM_TOLERANCE = 1e-6
# gamma to a thousandth of its range: the lots are coarser.
_HALVINGS = 10
# The only kink of a leg whose levels do not end is no trade, which costs nothing.
_NO_KINK = (0.0,)
# Of a wealth: a billionth is a part that floats tell from none.
_TOLD_APART = 1e-9
#: Relative slack of the drawdown's mean: what twelve powers lose to rounding.
ROUNDING = 1e-12


@dataclass(frozen=True, slots=True)
class Offer:
    """What can be traded of one leg now: levels of price of YES [centicents] and size [1/100 contract].

    Attributes:
        buy: asks, cheapest first; size None where it has no end; () where YES is not to be bought.
        sell: bids, dearest first, likewise.
    """

    buy: tuple[tuple[int, int | None], ...] = ()
    sell: tuple[tuple[int, int | None], ...] = ()


@dataclass(frozen=True, slots=True)
class Drawdown:
    """A chance that wealth ever falls below a share of what it is now.

    Attributes:
        share: alpha, between 0 and 1.
        chance: beta, between 0 and 1.
    """

    share: float
    chance: float

    def __post_init__(self) -> None:
        if not (0.0 < self.share < 1.0 and 0.0 < self.chance < 1.0):
            raise DomainError(f"drawdown share {self.share}, chance {self.chance}; give both between 0 and 1")
        if 1.0 + self.power > MOST_RISK_AVERSE:
            raise DomainError(
                f"drawdown share {self.share}, chance {self.chance} asks for risk aversion {1.0 + self.power:.0f},"
                f" at most {MOST_RISK_AVERSE} is possible; give a lower share or a higher chance"
            )

    @property
    def power(self) -> float:
        """Lambda = log beta / log alpha."""
        return log(self.chance) / log(self.share)


@dataclass(frozen=True, slots=True)
class SizingRules:
    """How boldly, and in which lots.

    Attributes:
        risk_aversion: gamma; 1 is Kelly, 1 / fraction a fraction of it.
        step: a lot, 100 or 1 [1/100 contract].
        drawdown: what must be kept to besides, if anything.
    """

    risk_aversion: float
    step: int
    drawdown: Drawdown | None = None

    def __post_init__(self) -> None:
        if not 1.0 <= self.risk_aversion <= MOST_RISK_AVERSE:
            raise DomainError(
                f"risk aversion {self.risk_aversion}; give 1 (Kelly) to {MOST_RISK_AVERSE} (a 25th of it)"
            )
        if type(self.step) is not int or self.step <= 0:
            raise DomainError(f"contract step {self.step!r}; give whole hundredths of a contract, 1 or more")


@dataclass(frozen=True, slots=True)
class Sizes:
    """What to trade.

    Attributes:
        counts: signed count of each leg, above 0 to buy YES [1/100 contract].
        growth: expected log of wealth after over wealth before; 0 where nothing is traded.
        riskless: whether the best bids sum to more than $1 after fees, or the best asks to less: counts are
            then 0, for the best trade has no end; such a set is traded as a set or not at all.
    """

    counts: tuple[int, ...]
    growth: float
    riskless: bool


def size(
    probabilities: Sequence[float],
    offers: Sequence[Offer],
    held: Sequence[int],
    cash: int,
    cost: Cost,
    rules: SizingRules,
) -> Sizes:
    """Return the trade that is best for one event.

    Args:
        probabilities: of each leg; they sum to 1.
        offers: of each leg.
        held: signed count of each leg, below 0 for NO [1/100 contract].
        cash: free to spend [microdollars].
        cost: fee of a contract, by price.
        rules: how boldly, and in which lots.

    Raises:
        DomainError: probabilities that are none, a missing leg, negative cash, crossed or unordered offers.
    """
    require_sizable(probabilities, offers, held, cash)
    curves = curves_of(offers, cost)
    if is_riskless(curves):
        return Sizes((0,) * len(curves), 0.0, riskless=True)
    owned = [count / COUNT_PER_CONTRACT for count in held]
    wallet = wallet_of(cash, owned)
    counts, wealths = _sized(probabilities, curves, owned, wallet, rules)
    if not any(counts):
        return Sizes(counts, 0.0, riskless=False)
    before = untraded(owned, wallet)
    growth = sum(
        [chance * log(new / old) for chance, old, new in zip(probabilities, before, wealths, strict=True) if chance]
    )
    return Sizes(counts, growth, riskless=False)


def wallet_of(cash: int, owned: Sequence[float]) -> float:
    """Return what ``cash`` [microdollars] is sized as, beside signed counts held [contracts], in [dollars]."""
    # A state without any wealth is worth minus infinity; a microdollar keeps what is held there tradable, or what
    # floats can still tell beside it.
    return max(max(cash, 1) / MICRODOLLARS_PER_DOLLAR, _TOLD_APART * sum([abs(count) for count in owned]))


def may_gain(
    probabilities: Sequence[float], offers: Sequence[Offer], cost: Cost, min_edges: Sequence[float]
) -> tuple[int, ...]:
    """Return the legs whose best price, after the fee, beats what is believed by its threshold; () is no trade.

    Exact: ``size`` buys nothing dearer than believed and sells nothing cheaper when nothing is held, but
    to hedge another leg that has an edge.

    Args:
        probabilities: of each leg.
        offers: of each leg.
        cost: fee of a contract, by price.
        min_edges: what each leg must promise [centicents per contract].
    """
    found = []
    for leg, (chance, offer, least) in enumerate(zip(probabilities, offers, min_edges, strict=True)):
        value = chance * CENTICENTS_PER_DOLLAR
        buys = offer.buy and value - offer.buy[0][0] - cost(offer.buy[0][0]) >= least
        if buys or (offer.sell and offer.sell[0][0] - cost(offer.sell[0][0]) - value >= least):
            found.append(leg)
    return tuple(found)


def curves_of(offers: Sequence[Offer], cost: Cost) -> list[Curve]:
    """Return what trading each leg costs, fees included."""
    return [_curve_of(offer.buy, offer.sell, cost) for offer in offers]


def _curve_of(buy: Sequence[Level], sell: Sequence[Level], cost: Cost) -> Curve:
    """Return what trading one leg costs; with a level a side that does not end, which is nearly every leg, at once."""
    if len(buy) == len(sell) == 1 and buy[0][1] is sell[0][1] is None:
        ask, bid = buy[0][0], sell[0][0]
        dear, cheap = (ask + cost(ask)) / CENTICENTS_PER_DOLLAR, (bid - cost(bid)) / CENTICENTS_PER_DOLLAR
        if dear < 1.0 and cheap > 0.0:
            return Curve(_NO_KINK, (cheap, dear), _NO_KINK, 0)
    return Curve.of(_net(buy, cost, 1), _net(sell, cost, -1))


def is_riskless(curves: Sequence[Curve]) -> bool:
    """Whether buying every leg costs less than the $1 one of them pays, or selling every leg brings more."""
    asks = bids = 0.0
    for curve in curves:
        asks += curve.prices[curve.origin + 1]
        bids += curve.prices[curve.origin]
    return asks < 1.0 - ROUNDING or bids > 1.0 + ROUNDING


def require_sizable(probabilities: Sequence[float], offers: Sequence[Offer], held: Sequence[int], cash: int) -> None:
    """Refuse what cannot be sized, naming it.

    Raises:
        DomainError: probabilities that are none, a missing leg, negative cash, crossed or unordered offers.
    """
    if not len(probabilities) == len(offers) == len(held) or not held:
        raise DomainError(
            f"{len(probabilities)} probabilities, {len(offers)} offers, {len(held)} holdings; give one of each a leg"
        )
    # Comparisons with NaN are false, so that it is refused as well.
    if not (min(probabilities) >= 0.0 and abs(sum(probabilities) - 1.0) <= _SUM_TOLERANCE):
        raise DomainError(f"probabilities {list(probabilities)} are not 0 or more with the sum 1; correct the belief")
    if cash < 0:
        raise DomainError(f"cash of {cash} microdollars; give 0 or more")
    for leg, offer in enumerate(offers):
        _require_ordered(leg, offer)


def _require_ordered(leg: int, offer: Offer) -> None:
    if offer.buy and offer.sell and offer.buy[0][0] < offer.sell[0][0]:
        raise DomainError(f"leg {leg}: ask {offer.buy[0][0]} below bid {offer.sell[0][0]}; a crossed book is none")
    for levels, way in ((offer.buy, 1), (offer.sell, -1)):
        before = 0 if way > 0 else CENTICENTS_PER_DOLLAR
        for price, count in levels:
            if not (0 < price < CENTICENTS_PER_DOLLAR and (price - before) * way > 0):
                raise DomainError(f"leg {leg}: level {price} after {before}; give levels within $1, best first")
            if count is not None and count <= 0:
                raise DomainError(f"leg {leg}: size {count} at {price}; leave a level out that has none")
            before = price


def _net(levels: Sequence[Level], cost: Cost, way: int) -> list[tuple[float, float | None]]:
    """Return levels with their fees in [dollars] and [contracts], as far as they can be worth anything."""
    found: list[tuple[float, float | None]] = []
    for price, count in levels:
        net = (price + way * cost(price)) / CENTICENTS_PER_DOLLAR
        if not 0.0 < net < 1.0:
            break
        found.append((net, None if count is None else count / COUNT_PER_CONTRACT))
    return found


def _sized(
    probabilities: Sequence[float], curves: Sequence[Curve], held: Sequence[float], cash: float, rules: SizingRules
) -> tuple[tuple[int, ...], list[float]]:
    """Return the counts, and the wealth if each leg wins, at the least risk aversion that keeps to the drawdown."""

    def at(gamma: float) -> tuple[tuple[int, ...], list[float]]:
        exact = trades_within_cash(probabilities, curves, held, cash, gamma)
        return whole_lots(probabilities, curves, held, cash, exact, rules.step, gamma)

    boldest = at(rules.risk_aversion)
    if rules.drawdown is None or not any(boldest[0]):
        return boldest
    power = rules.drawdown.power
    none = (0,) * len(curves)
    before = untraded(held, cash)
    bound = mean_power(probabilities, before, power) * (1.0 + ROUNDING)
    if mean_power(probabilities, boldest[1], power) <= bound:
        return boldest
    low, high = rules.risk_aversion, max(rules.risk_aversion, 1.0 + power)
    kept = at(high)
    if mean_power(probabilities, kept[1], power) > bound:
        return none, before
    for _ in range(_HALVINGS):
        middle = 0.5 * (low + high)
        found = at(middle)
        if mean_power(probabilities, found[1], power) <= bound:
            high, kept = middle, found
        else:
            low = middle
    return kept


def mean_power(probabilities: Sequence[float], wealths: Sequence[float], power: float) -> float:
    """Return E[W^-power] [dollars^-power], infinite where an outcome that can happen leaves nothing."""
    if any(wealth <= NOTHING for wealth, chance in zip(wealths, probabilities, strict=True) if chance):
        return inf
    return float(sum(chance / wealth**power for wealth, chance in zip(wealths, probabilities, strict=True) if chance))
