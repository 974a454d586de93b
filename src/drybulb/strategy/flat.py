"""The flat policy: the same stake on every market, once, at the first price that a belief thinks wrong by enough.

It is what the screen (``drybulb.research.screen``) can follow without a replay: no sizing, no shared limits, nothing
sold before settlement. A market is *touched* by the first order in it, whether that fills or not, and is left alone
from then on.
"""

from __future__ import annotations

from drybulb.domain.ledger import Intent, Side
from drybulb.domain.money import COUNT_PER_CONTRACT
from drybulb.strategy.decision import Decision, Proposal, Reason, Refusal
from drybulb.strategy.edge import edge
from drybulb.strategy.execution import Execution
from drybulb.strategy.gates import bad_probabilities, ladder_refusal
from drybulb.strategy.policy import View, quote_refusal
from drybulb.strategy.rules import Rules

#: What is staked on a market where nobody says otherwise [contracts].
STAKE = 10


class Flat:
    """Take the first price of each market that promises enough after fees, always the same count, and hold it.

    Of the rules it keeps the thresholds of taking, the gates and the calendar; a cooldown, a weight and whatever sizes
    have nothing to do here. Where both sides of a market promise enough at one instant, which needs a negative
    threshold, YES is bought.

    Args:
        name: name for commands, journals and reports.
        rules: what is traded by.
        contracts: size of every order [contracts].
    """

    execution = Execution.TAKER

    def __init__(self, name: str, rules: Rules, contracts: int = STAKE) -> None:
        self.name = name
        self.rules = rules
        self.count = contracts * COUNT_PER_CONTRACT

    def decide(self, view: View) -> Decision:
        """Return an order for each market touched at this instant, and why others with an edge are not."""
        barred = ladder_refusal(view, self.rules) or bad_probabilities(
            view.event.ticker, view.probabilities or (), len(view.event.markets)
        )
        if barred is not None:
            return Decision(refusals=(barred,))
        proposals: list[Proposal] = []
        refusals: list[Refusal] = []
        for leg, market in enumerate(view.event.markets):
            if leg in view.book.ordered_at:
                refusals.append(Refusal(Reason.TOUCHED, market.ticker))
                continue
            answers = [self._weigh(view, leg, side) for side in Side]
            found = [answer for answer in answers if isinstance(answer, Proposal)]
            proposals += found[:1]
            refusals += [answer for answer in answers if isinstance(answer, Refusal) and not found]
        if not proposals and not refusals:
            refusals.append(Refusal(Reason.NO_EDGE, view.event.ticker))
        return Decision(tuple(proposals), tuple(refusals))

    def _weigh(self, view: View, leg: int, side: Side) -> Proposal | Refusal | None:
        """An order on one side of a market, why it is not to be trusted, or nothing where it promises too little."""
        quote = view.quotes[leg]
        price = quote.yes_ask if side.is_buy else quote.yes_bid
        if price is None or view.probabilities is None:
            return None
        probability = view.probabilities[leg]
        least = self.rules.threshold(view.event.city, view.lead, is_taker=True).min_edge
        fee = view.charges.in_one_fill(view.series, view.now, price, self.count)
        promised = edge(probability, side, price, self.count, fee)
        if promised < least:
            return None
        ticker = view.event.markets[leg].ticker
        refusal = quote_refusal(ticker, quote, side, self.rules.gates)
        until = self.rules.releases.orders_end(view.event.city, view.now)
        return refusal or Proposal(
            leg, Intent(ticker, side, price, self.count), probability, promised, least, until=until
        )
