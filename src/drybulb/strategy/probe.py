"""A policy that only looks for holes in the simulator."""

from __future__ import annotations

from drybulb.domain.ledger import Intent, Side
from drybulb.domain.money import COUNT_PER_CONTRACT
from drybulb.strategy.decision import Decision, Proposal
from drybulb.strategy.policy import View


class CrossedMinutes:
    """Hit the vanished side of crossed minutes, and nothing else: a probe, not a strategy.

    When a print goes through the carried opposite side, that side is gone, and the quote
    shows it as empty. A simulator that still fills at it pays this policy, which has no
    belief at all; an honest one does not (the exchange's tape: hitting the stale side of a
    crossed minute "earns" five cents with no model, taken at the next real print it loses).

    Args:
        contracts: size of every order.
    """

    def __init__(self, contracts: int = 1) -> None:
        self.name = "crossed"
        self._count = contracts * COUNT_PER_CONTRACT
        self._stood: dict[str, tuple[int | None, int | None]] = {}

    def decide(self, view: View) -> Decision:
        """Return an order at the vanished price of each leg crossed in this minute."""
        proposals = []
        for leg, (market, quote) in enumerate(zip(view.event.markets, view.quotes, strict=True)):
            bid, ask = self._stood.get(market.ticker, (None, None))
            self._stood[market.ticker] = (quote.yes_bid, quote.yes_ask)
            if view.book.is_working(leg):
                continue
            if ask is not None and quote.yes_ask is None and quote.yes_bid is not None and quote.yes_bid >= ask:
                proposals.append(self._at(leg, market.ticker, Side.BID, ask))
            elif bid is not None and quote.yes_bid is None and quote.yes_ask is not None and quote.yes_ask <= bid:
                proposals.append(self._at(leg, market.ticker, Side.ASK, bid))
        return Decision(tuple(proposals))

    def _at(self, leg: int, ticker: str, side: Side, price: int) -> Proposal:
        return Proposal(leg, Intent(ticker, side, price, self._count), None, None, float("-inf"))
