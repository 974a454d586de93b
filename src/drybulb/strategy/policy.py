"""What to trade: a policy looks at one ladder at one instant and proposes or refuses.

A policy knows the belief's probabilities, never how they were made, and has no say over
risk: what it proposes is admitted, cut or refused afterwards.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from drybulb.domain.ledger import Intent, Side
from drybulb.domain.market import Event, Quote
from drybulb.domain.money import COUNT_PER_CONTRACT
from drybulb.strategy.charges import Charges, leg_price
from drybulb.strategy.decision import Decision, Proposal, Reason, Refusal
from drybulb.strategy.edge import Bounds, bounds, edge, unrounded_cost
from drybulb.strategy.risk import EventBook
from drybulb.strategy.sizing import kelly_count


@dataclass(frozen=True, slots=True)
class View:
    """All a policy may look at.

    Attributes:
        event: the ladder's markets.
        series: whose fees apply.
        now: the instant [UTC].
        lead: 1 on the day before, 0 on the day.
        minutes_to_close: until the market closes [min].
        quotes: one per market, in the ladder's order.
        probabilities: of YES, one per market, or None where nobody spoke.
        belief_age: minutes since the belief was made [min].
        book: what is held and ordered.
        bankroll: cash that can be spent [microdollars].
        charges: what a trade will be charged.
    """

    event: Event
    series: str
    now: datetime
    lead: int
    minutes_to_close: float
    quotes: tuple[Quote, ...]
    probabilities: tuple[float, ...] | None
    belief_age: float
    book: EventBook
    bankroll: int
    charges: Charges


class Policy(Protocol):
    """Something that decides."""

    @property
    def name(self) -> str:
        """Name for commands, journals and reports."""
        ...

    def decide(self, view: View) -> Decision:
        """Return what to trade and what was refused, for one ladder while its market is open."""
        ...


@dataclass(frozen=True, slots=True)
class NeverTrade:
    """Propose nothing: the baseline every policy must beat."""

    name: str = "never"

    def decide(self, view: View) -> Decision:  # noqa: ARG002 - it looks at nothing, on purpose
        """Return an empty decision."""
        return Decision()


@dataclass(frozen=True, slots=True)
class Threshold:
    """What a trade must promise, and how much of Kelly's share it gets.

    Attributes:
        min_edge: expected value after fees [centicents per contract].
        kelly_fraction: of Kelly's share.
    """

    min_edge: float
    kelly_fraction: float


@dataclass(frozen=True, slots=True)
class Gates:
    """When a belief or a quote is not good enough to trade on.

    Attributes:
        max_belief_age: [min].
        max_quote_age: of the side hit [min].
        max_spread: ask less bid, where both stand [centicents].
        min_minutes_to_close: [min].
        cooldown: between orders in one market [min].
    """

    max_belief_age: int
    max_quote_age: int
    max_spread: int
    min_minutes_to_close: int
    cooldown: int


class BeliefPolicy:
    """Take every price that a belief thinks wrong by enough, sized by fractional Kelly.

    Args:
        name: name for commands, journals and reports.
        thresholds: by city key, at lead 0 and at lead 1.
        gates: what a belief and a quote must be.
    """

    def __init__(self, name: str, thresholds: Mapping[str, tuple[Threshold, Threshold]], gates: Gates) -> None:
        self.name = name
        self.thresholds = thresholds
        self.gates = gates
        # Bounds of a belief, kept while it stands: it changes every few minutes, a quote every minute.
        self._bounds: dict[str, tuple[tuple[float, ...], int, tuple[Bounds, ...]]] = {}

    def decide(self, view: View) -> Decision:
        """Return proposals, best edge first, and why each price with an edge was not taken."""
        barred = self._barred(view)
        if barred is not None:
            return Decision(refusals=(barred,))
        proposals: list[Proposal] = []
        refusals: list[Refusal] = []
        for leg, (quote, bound) in enumerate(zip(view.quotes, self._bounds_of(view), strict=True)):
            if quote.yes_ask is not None and quote.yes_ask <= bound.max_ask:
                answer = self._weigh(view, leg, Side.BID, quote.yes_ask)
            elif quote.yes_bid is not None and quote.yes_bid >= bound.min_bid:
                answer = self._weigh(view, leg, Side.ASK, quote.yes_bid)
            else:
                continue
            if isinstance(answer, Refusal):
                refusals.append(answer)
            else:
                proposals.append(answer)
        if not proposals and not refusals:
            refusals.append(Refusal(Reason.NO_EDGE, view.event.ticker))
        proposals.sort(key=lambda proposal: (-(proposal.edge or 0.0), proposal.leg))
        return Decision(tuple(proposals), tuple(refusals))

    def _barred(self, view: View) -> Refusal | None:
        """Why nothing in this ladder may be traded now, if so."""
        gates, ticker = self.gates, view.event.ticker
        if view.minutes_to_close < gates.min_minutes_to_close:
            return Refusal(Reason.NEAR_CLOSE, ticker, view.minutes_to_close, gates.min_minutes_to_close)
        if view.probabilities is None:
            return Refusal(Reason.NO_BELIEF, ticker)
        if view.belief_age > gates.max_belief_age:
            return Refusal(Reason.STALE_BELIEF, ticker, view.belief_age, gates.max_belief_age)
        return None

    def _bounds_of(self, view: View) -> tuple[Bounds, ...]:
        known = self._bounds.get(view.event.ticker)
        if known is not None and known[0] is view.probabilities and known[1] == view.lead:
            return known[2]
        rule = view.charges.rule(view.series, view.now)
        least = self.thresholds[view.event.city][view.lead].min_edge
        probabilities = view.probabilities or ()
        made = tuple(bounds(probability, least, rule) for probability in probabilities)
        self._bounds[view.event.ticker] = (probabilities, view.lead, made)
        return made

    def _weigh(self, view: View, leg: int, side: Side, price: int) -> Proposal | Refusal:
        """Size a price that may have an edge, or say why it is not taken."""
        ticker = view.event.markets[leg].ticker
        quote = view.quotes[leg]
        bad = quote_refusal(ticker, quote, side, self.gates)
        bad = bad or self._held_back(view, leg, ticker)
        if bad is not None:
            return bad
        threshold = self.thresholds[view.event.city][view.lead]
        probability = (view.probabilities or ())[leg]
        paid = leg_price(price, is_buy=side.is_buy)
        chance = probability if side.is_buy else 1.0 - probability
        cost = unrounded_cost(view.charges.rule(view.series, view.now), paid)
        target = kelly_count(chance, cost, threshold.kelly_fraction, view.bankroll)
        held = view.book.counts[leg] * side.sign
        count = (target - held) // COUNT_PER_CONTRACT * COUNT_PER_CONTRACT
        if target == 0 or count <= 0:
            return Refusal(Reason.HOLDING if target else Reason.TOO_SMALL, ticker, max(held, 0), target)
        fee = view.charges.in_one_fill(view.series, view.now, price, count)
        promised = edge(probability, side, price, count, fee)
        if promised < threshold.min_edge:
            return Refusal(Reason.NO_EDGE, ticker, promised, threshold.min_edge)
        return Proposal(leg, Intent(ticker, side, price, count), probability, promised, threshold.min_edge)

    def _held_back(self, view: View, leg: int, ticker: str) -> Refusal | None:
        """Why market ``leg`` is not to be ordered again yet, if so."""
        if view.book.is_working(leg):
            return Refusal(Reason.WORKING, ticker)
        last = view.book.ordered_at.get(leg)
        if last is not None:
            waited = (view.now - last).total_seconds() / 60.0
            if waited < self.gates.cooldown:
                return Refusal(Reason.COOLDOWN, ticker, waited, self.gates.cooldown)
        return None


def quote_refusal(ticker: str, quote: Quote, side: Side, gates: Gates) -> Refusal | None:
    """Return why the side of ``quote`` that an order would hit is not to be trusted, if so.

    Only the side hit must be fresh. The other side must not cross it; where it stands, the
    spread must not be wide. A market with one side only may be traded on that side.

    Args:
        ticker: the market.
        quote: its quote.
        side: of the order: bid hits the ask, ask hits the bid.
        gates: the bounds.
    """
    if quote.is_crossed:
        return Refusal(Reason.CROSSED, ticker)
    age = quote.ask_age if side.is_buy else quote.bid_age
    if age > gates.max_quote_age:
        return Refusal(Reason.STALE_QUOTE, ticker, age, gates.max_quote_age)
    if quote.yes_bid is not None and quote.yes_ask is not None:
        spread = quote.yes_ask - quote.yes_bid
        if spread > gates.max_spread:
            return Refusal(Reason.WIDE_SPREAD, ticker, spread, gates.max_spread)
    return None
