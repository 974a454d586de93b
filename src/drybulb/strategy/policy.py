"""What to trade: a policy looks at one ladder at one instant and proposes or refuses.

A policy knows the belief's probabilities, never how they were made, and has no say over
risk: what it proposes is admitted, cut or refused afterwards.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from drybulb.domain.ledger import Side
from drybulb.domain.market import Event, Quote
from drybulb.strategy.charges import Charges
from drybulb.strategy.decision import Decision, Reason, Refusal
from drybulb.strategy.stake import EventBook


# Not frozen, though nobody changes one: one is made every minute of every event, and freezing it would cost as much
# again as looking at it; a test seals it and runs the loop.
@dataclass(slots=True)
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
        kelly_fraction: of Kelly's bet.
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
