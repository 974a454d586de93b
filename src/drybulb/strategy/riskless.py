"""Riskless sets: every YES of a ladder for less than the dollar that one of them pays, or every NO likewise.

With n legs, fees included::

    all YES    costs  sum of asks + fees                 and pays $1
    all NO     costs  n * $1 - (sum of bids - fees)      and pays (n - 1) * $1

Such prices are there only if somebody stands behind each of them at one instant. Carried quotes and quotes built from
prints promise them every day, because their legs are not of one time; what they promise is refused.
"""

from __future__ import annotations

from drybulb.domain.ledger import Intent, Side
from drybulb.domain.market import Quote
from drybulb.domain.money import CENTICENTS_PER_DOLLAR
from drybulb.strategy.charges import FeeBound, leg_price
from drybulb.strategy.decision import Decision, Proposal, Reason, Refusal
from drybulb.strategy.edge import unrounded_fees
from drybulb.strategy.policy import View
from drybulb.strategy.rules import Rules
from drybulb.strategy.stake import Stake

#: Source of quotes that show what was taken, not what stands.
EVIDENCE_ONLY = "prints"


def promised(view: View) -> tuple[Side, float] | None:
    """Return which side's prices of the whole ladder promise a sure gain, and what the set costs; None elsewhere.

    The cost is to be set against a dollar [centicents]: for all NO it is less the dollars that any winner leaves.

    Args:
        view: the ladder.
    """
    bids = asks = 0
    for quote in view.quotes:
        bids += quote.yes_bid or 0  # a leg that nobody bids for only makes the set dearer
        asks += quote.yes_ask or CENTICENTS_PER_DOLLAR
    # Nearly every ladder ends here: before fees neither side promises anything.
    if bids <= CENTICENTS_PER_DOLLAR <= asks:
        return None
    side = Side.BID if asks < CENTICENTS_PER_DOLLAR else Side.ASK
    total = asks if side.is_buy else 2 * CENTICENTS_PER_DOLLAR - bids
    fees = unrounded_fees(view.charges.rule(view.series, view.now))
    cost = total + sum(fees[price] for price in _prices(view, side))
    return (side, cost) if cost < CENTICENTS_PER_DOLLAR else None


def riskless_set(view: View, found: tuple[Side, float], money: int, rules: Rules) -> Decision:
    """Return the orders of a set that was promised, in equal counts, or why it is not to be had.

    Args:
        view: the ladder.
        found: side and cost, of :func:`promised`.
        money: what may be spent [microdollars].
        rules: what the ladder is traded by.
    """
    side, cost = found
    refused = Decision(refusals=(Refusal(Reason.RISKLESS, view.event.ticker, cost, CENTICENTS_PER_DOLLAR),))
    prices = _prices(view, side)
    if view.book.stakes or len(prices) < len(view.quotes) or not all(map(_is_real, view.quotes)):
        return refused
    count = _count(view, side, prices, (money, rules))
    if count == 0:
        return refused
    fees = sum(view.charges.in_one_fill(view.series, view.now, price, count) for price in prices)
    gained = (CENTICENTS_PER_DOLLAR - sum(prices)) * side.sign - fees / count
    if gained <= 0.0:  # exact fees are above the model's
        return refused
    markets, until = view.event.markets, rules.releases.orders_end(view.event.city, view.now)
    made = (
        Proposal(leg, Intent(markets[leg].ticker, side, price, count), None, gained / len(prices), 0.0, until=until)
        for leg, price in enumerate(prices)
    )
    return Decision(proposals=tuple(made), is_set=True)


def _prices(view: View, side: Side) -> list[int]:
    """The prices a set would be traded at, of the legs that have one."""
    found = (quote.yes_ask if side.is_buy else quote.yes_bid for quote in view.quotes)
    return [price for price in found if price is not None]


def _is_real(quote: Quote) -> bool:
    """Whether somebody stood on both sides of a market at this instant."""
    both = quote.yes_bid is not None and quote.yes_ask is not None
    return both and not quote.is_crossed and quote.source != EVIDENCE_ONLY and quote.bid_age == quote.ask_age == 0


def _count(view: View, side: Side, prices: list[int], most: tuple[int, Rules]) -> int:
    """How many sets there are and can be paid for, in whole steps [1/100 contract]."""
    money, rules = most
    rule, step = view.charges.rule(view.series, view.now), rules.step
    paid = [leg_price(price, is_buy=side.is_buy) for price in prices]
    # The bounds that risk admits orders by, so that none of the set is cut and all of it refused.
    fees = [FeeBound.of(rule, view.charges.member, price, step) for price in paid]
    sizes = [quote.ask_size if side.is_buy else quote.bid_size for quote in view.quotes]
    # No winner takes more of a set than all of it cost.
    money = money if rules.max_event is None else min(money, rules.max_event)
    each = sum(paid) * step + sum(fee.each for fee in fees)
    room = [(money - sum(fee.once for fee in fees)) // each * step, *(size for size in sizes if size is not None)]
    if rules.max_trade is not None:
        legs = (Stake(leg, side, price, step, fee) for leg, (price, fee) in enumerate(zip(prices, fees, strict=True)))
        room += [stake.affordable(rules.max_trade) for stake in legs]
    return max(0, min(room)) // step * step
