"""Defects of honesty: filling at prices that are gone, and trusting quotes that nobody stands behind."""

from __future__ import annotations

from drybulb.domain.ledger import Side
from drybulb.domain.market import Quote
from drybulb.engine.ports import LadderQuote, Print
from drybulb.engine.simulated import SimulatedBroker
from drybulb.strategy.decision import Reason, Refusal
from drybulb.strategy.policy import Gates
from tests.laws import test_law15_crossed as law
from tests.laws.mutants import Mutant


def carried_prices_fill(broker: SimulatedBroker, quoted: LadderQuote) -> None:
    """Fill every order at its own limit in the next minute, as if the price it saw still stood."""
    for working in list(broker._working.get(quoted.event, {}).values()):
        price = working.order.price
        broker._fill(working, f"{quoted.at}", price, working.remaining, quoted.at, quoted.known_at)


def any_print_fills(broker: SimulatedBroker, tape: Print) -> None:
    """Fill at the limit from the next print of the market, whichever side its taker took."""
    for working in list(broker._working.get(tape.event, {}).values()):
        if working.order.ticker == tape.ticker and working.arrives_at < tape.at:
            broker._fill(working, tape.trade_id, working.order.price, tape.count, tape.at, tape.known_at)


def crossing_overlooked(ticker: str, quote: Quote, side: Side, gates: Gates) -> Refusal | None:
    """Only the age is looked at."""
    age = quote.ask_age if side.is_buy else quote.bid_age
    return Refusal(Reason.STALE_QUOTE, ticker, age, gates.max_quote_age) if age > gates.max_quote_age else None


def wrong_side_fresh(ticker: str, quote: Quote, side: Side, gates: Gates) -> Refusal | None:
    """The age of the other side is looked at."""
    if quote.is_crossed:
        return Refusal(Reason.CROSSED, ticker)
    age = quote.bid_age if side.is_buy else quote.ask_age
    return Refusal(Reason.STALE_QUOTE, ticker, age, gates.max_quote_age) if age > gates.max_quote_age else None


MUTANTS = [
    Mutant(
        law=law.test_crossed_minutes_pay_nobody,
        target="drybulb.engine.simulated.SimulatedBroker._on_quotes",
        replacement=carried_prices_fill,
        defect="a carried price fills in the next minute",
    ),
    Mutant(
        law=law.test_crossed_minutes_pay_nobody,
        target="drybulb.engine.simulated.SimulatedBroker._on_print",
        replacement=any_print_fills,
        defect="a print fills an order on either side at its limit",
    ),
    Mutant(
        law=law.test_only_what_stands_is_traded,
        target="drybulb.strategy.taking.quote_refusal",
        replacement=crossing_overlooked,
        defect="a crossed quote is traded if it is fresh",
    ),
    Mutant(
        law=law.test_only_what_stands_is_traded,
        target="drybulb.strategy.taking.quote_refusal",
        replacement=wrong_side_fresh,
        defect="freshness is asked of the side that is not hit",
    ),
    Mutant(
        law=law.test_only_what_stands_is_traded,
        target="drybulb.engine.session.is_open",
        replacement=lambda listing, quoted: listing.opens_at <= quoted.known_at < listing.closes_at,
        defect="a pause of the exchange is overlooked",
    ),
    Mutant(
        law=law.test_only_what_stands_is_traded,
        target="drybulb.engine.session.is_open",
        replacement=lambda listing, quoted: quoted.is_trading,
        defect="the market's own hours are overlooked",
    ),
]
