"""What is believed of a ladder, checked once, pooled with the market where it has to be, and the prices it is worth."""

from __future__ import annotations

from dataclasses import dataclass

from drybulb.strategy.anchor import market_probabilities, pool
from drybulb.strategy.decision import Reason, Refusal
from drybulb.strategy.edge import Bounds, ladder_bounds
from drybulb.strategy.gates import bad_probabilities
from drybulb.strategy.policy import View
from drybulb.strategy.rules import Rules


@dataclass(frozen=True, slots=True)
class Believed:
    """What a ladder is traded on.

    Attributes:
        probabilities: of YES, one a market.
        bounds: of each market's prices, beyond which there is no edge.
    """

    probabilities: tuple[float, ...]
    bounds: tuple[Bounds, ...]


class Believing:
    """Turns a view into what is traded on, and keeps that while the belief stands.

    A belief changes every few minutes, a quote every minute. One that is pooled with the market changes with it.

    Args:
        rules: thresholds and weights.
        is_taker: whether orders take, or wait in the book.
    """

    def __init__(self, rules: Rules, *, is_taker: bool) -> None:
        self._rules = rules
        self._is_taker = is_taker
        self._kept: dict[str, tuple[tuple[float, ...], int, Believed | Refusal]] = {}

    def of(self, view: View) -> Believed | Refusal:
        """Return what the ladder is traded on, or why on nothing."""
        probabilities = view.probabilities
        if probabilities is None:
            return Refusal(Reason.NO_BELIEF, view.event.ticker)
        weight = self._rules.cities[view.event.city].weight
        kept = self._kept.get(view.event.ticker)
        if kept is not None and kept[0] is probabilities and kept[1] == view.lead:
            found = kept[2]
        else:
            bad = bad_probabilities(view.event.ticker, probabilities, len(view.event.markets))
            found = bad or self._valued(view, probabilities)
            self._kept[view.event.ticker] = (probabilities, view.lead, found)
        return found if weight == 1.0 or isinstance(found, Refusal) else self._pooled(view, probabilities, weight)

    def _pooled(self, view: View, probabilities: tuple[float, ...], weight: float) -> Believed | Refusal:
        if weight == 0.0:
            return Refusal(Reason.NO_WEIGHT, view.event.ticker, weight)
        market = market_probabilities(view.event, view.quotes, self._rules.anchor)
        return market if isinstance(market, Refusal) else self._valued(view, pool(probabilities, market, weight))

    def _valued(self, view: View, probabilities: tuple[float, ...]) -> Believed:
        rule = view.charges.rule(view.series, view.now)
        least = self._rules.threshold(view.event.city, view.lead, is_taker=self._is_taker).min_edge
        return Believed(probabilities, ladder_bounds(probabilities, least, rule, is_taker=self._is_taker))
