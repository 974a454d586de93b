"""Making: orders of our own that wait in the book, no better than they need be, and only while we watch them.

For each market and side one order is wanted, at the worse for us to give of two prices: a tick inside the best quote of
that side, and the price at which the edge after the maker's fee is just what it must be::

    bid = min(best bid + tick, highest price of YES with the edge, best ask - tick)
    ask = max(best ask - tick, lowest price of YES with the edge, best bid + tick)

Each is sized as if it alone were filled; what all of them could lose together is the business of the limits.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from drybulb.domain.ledger import Intent, Side
from drybulb.domain.market import Quote
from drybulb.domain.money import CENTICENTS_PER_CENT, CENTICENTS_PER_DOLLAR
from drybulb.strategy.believed import Believed, Believing
from drybulb.strategy.decision import Decision, Proposal, Reason, Refusal, Withdrawal
from drybulb.strategy.edge import Bounds, bounds, edge, unrounded_fees
from drybulb.strategy.execution import Execution, stand_down
from drybulb.strategy.gates import ladder_refusal, resting_refusal
from drybulb.strategy.policy import View
from drybulb.strategy.rules import Rules
from drybulb.strategy.sizing import Offer, Sizes, size

#: Prices of whole cents: a finer tick, where there is one, only makes our orders a little worse than they could be.
TICK = CENTICENTS_PER_CENT

_NOTHING = Offer((), ())
_Answer = Proposal | Refusal | Withdrawal
#: Order id and price of our own order on each side of a market.
_Working = dict[Side, tuple[str, int]]


class Maker:
    """Quote both sides of every market around a belief, each order with an edge of its own.

    Args:
        name: name for commands, journals and reports.
        rules: what is traded by.
    """

    execution = Execution.MAKER

    def __init__(self, name: str, rules: Rules) -> None:
        self.name = name
        self.rules = rules
        self._believing = Believing(rules, is_taker=False)
        # What was sized last on each side of each market: where limits leave no room it is asked for every minute.
        self._sized: dict[tuple[str, Side], tuple[tuple[object, ...], Sizes]] = {}

    def decide(self, view: View) -> Decision:
        """Return the orders wanted and not there, best edge first, those to be withdrawn, and what was refused."""
        barred = ladder_refusal(view, self.rules)
        if barred is not None:
            return stand_down(view, barred, self.execution)
        believed = self._believing.of(view)
        if isinstance(believed, Refusal):
            return stand_down(view, believed, self.execution)
        answers = [answer for leg in range(len(view.quotes)) for answer in self._quoted(view, believed, leg)]
        proposals = [answer for answer in answers if isinstance(answer, Proposal)]
        proposals.sort(key=lambda proposal: (-(proposal.edge or 0.0), proposal.leg, proposal.intent.side))
        return Decision(
            tuple(proposals),
            tuple(answer for answer in answers if isinstance(answer, Refusal)),
            tuple(answer for answer in answers if isinstance(answer, Withdrawal)),
        )

    def _quoted(self, view: View, believed: Believed, leg: int) -> Iterator[_Answer]:
        """What to do about one market: at most one new order a side, never against one of our own."""
        quote, ticker = view.quotes[leg], view.event.markets[leg].ticker
        working: _Working = {
            stake.side: (order_id, stake.price) for order_id, stake in view.book.stakes.items() if stake.leg == leg
        }
        bad = resting_refusal(ticker, quote, self.rules.gates)
        if bad is not None:
            yield bad
            yield from (Withdrawal(order_id, bad) for order_id, _ in working.values())
            return
        for side in Side:
            bound = self._bound(view, believed, leg, side)
            own = working.get(side)
            price = resting_price(quote, bound, side, None if own is None else own[1])
            if own is not None:
                yield from _kept(ticker, own, price)
            elif price is None:
                yield Refusal(Reason.NO_EDGE, ticker)
            else:
                yield self._ordered(view, believed, (leg, side, price), working)

    def _bound(self, view: View, believed: Believed, leg: int, side: Side) -> Bounds:
        """Prices with the edge that must be had, which is more against what is held."""
        if view.book.counts[leg] * side.sign >= 0:
            return believed.bounds[leg]
        rule = view.charges.rule(view.series, view.now)
        return bounds(believed.probabilities[leg], self._least(view, leg, side), rule, is_taker=False)

    def _least(self, view: View, leg: int, side: Side) -> float:
        least = self.rules.threshold(view.event.city, view.lead, is_taker=False).min_edge
        return least + (self.rules.hysteresis if view.book.counts[leg] * side.sign < 0 else 0.0)

    def _ordered(
        self, view: View, believed: Believed, wanted: tuple[int, Side, int], working: _Working
    ) -> Proposal | Refusal:
        """A new order, if nothing of ours stands in its way and it is worth it in its very count."""
        leg, side, price = wanted
        ticker = view.event.markets[leg].ticker
        opposite = working.get(Side.ASK if side.is_buy else Side.BID)
        if opposite is not None and (opposite[1] - price) * side.sign <= 0:
            return Refusal(Reason.WORKING, ticker, price, opposite[1])
        sizes = self._sizes(view, believed, wanted)
        count = abs(sizes.counts[leg])
        if count == 0:
            held = view.book.counts[leg] * side.sign
            return Refusal(Reason.HOLDING if held > 0 else Reason.TOO_SMALL, ticker, max(held, 0), self.rules.step)
        fee = view.charges.in_one_fill(view.series, view.now, price, count, is_taker=False)
        least = self._least(view, leg, side)
        promised = edge(believed.probabilities[leg], side, price, count, fee)
        if promised < least:
            return Refusal(Reason.NO_EDGE, ticker, promised, least)
        intent = Intent(ticker, side, price, count, post_only=True)
        probability = believed.probabilities[leg]
        return Proposal(leg, intent, probability, promised, least, growth=sizes.growth, until=self._until(view))

    def _sizes(self, view: View, believed: Believed, wanted: tuple[int, Side, int]) -> Sizes:
        leg, side, price = wanted
        own = self.rules.cities[view.event.city]
        money = int(own.budget * view.bankroll)
        held, rule = tuple(view.book.counts), view.charges.rule(view.series, view.now)
        key = (believed.probabilities, price, held, money, view.lead, id(rule))
        ticker = view.event.markets[leg].ticker
        known = self._sized.get((ticker, side))
        if known is not None and known[0] == key:
            return known[1]
        offers = [_NOTHING] * len(view.quotes)
        offers[leg] = Offer(((price, None),), ()) if side.is_buy else Offer((), ((price, None),))
        rules = self.rules.sizing(self.rules.threshold(view.event.city, view.lead, is_taker=False))
        fee = unrounded_fees(rule, is_taker=False).__getitem__
        made = size(believed.probabilities, tuple(offers), held, money, fee, rules)
        self._sized[ticker, side] = (key, made)
        return made

    def _until(self, view: View) -> datetime:
        """When the exchange itself is to end an order, be we there or not: before a release, or near the close."""
        ends = view.now + timedelta(minutes=view.minutes_to_close - self.rules.gates.min_minutes_to_close)
        until = self.rules.releases.orders_end(view.event.city, view.now)
        return ends if until is None else min(ends, until)


def resting_price(quote: Quote, bound: Bounds, side: Side, own: int | None) -> int | None:
    """Return the price of YES at which an order is to wait, None where no price has the edge [centicents].

    Args:
        quote: of the market, both sides of which stand.
        bound: prices beyond which there is no edge.
        side: of the order.
        own: price of the order that waits there now; where it is the best quote itself, it is not to be bettered.
    """
    if quote.yes_bid is None or quote.yes_ask is None:
        return None
    if side.is_buy:
        best = quote.yes_bid if quote.yes_bid == own else quote.yes_bid + TICK
        price = min(best, bound.max_ask, quote.yes_ask - TICK) // TICK * TICK
    else:
        best = quote.yes_ask if quote.yes_ask == own else quote.yes_ask - TICK
        price = -(-max(best, bound.min_bid, quote.yes_bid + TICK) // TICK) * TICK
    return price if 0 < price < CENTICENTS_PER_DOLLAR else None


def _kept(ticker: str, own: tuple[str, int], price: int | None) -> Iterator[Withdrawal]:
    """Withdraw an order that stands more than a tick from where it is wanted, or is wanted no more."""
    order_id, stands = own
    if price is None:
        yield Withdrawal(order_id, Refusal(Reason.NO_EDGE, ticker, stands))
    elif abs(price - stands) > TICK:
        yield Withdrawal(order_id, Refusal(Reason.REPRICED, ticker, stands, price))
