"""What is traded on a belief, what is refused, and with which value and bound."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from drybulb.domain.ledger import Side
from drybulb.domain.market import Quote
from drybulb.strategy.charges import FeeBound
from drybulb.strategy.decision import Reason, Refusal
from drybulb.strategy.policy import NeverTrade, View
from drybulb.strategy.probe import CrossedMinutes
from drybulb.strategy.risk import EventBook, Stake
from tests.trading import CHARGES, DAY, at, belief_policy, listing, quote, usd

LISTED = listing()
TICKERS = [market.ticker for market in LISTED.event.markets]


def view(*quotes: Quote, **changes: Any) -> View:
    """A ladder at 16:00, six hours before its close, believed 60, 30 and 10 % ten minutes ago."""
    made = View(
        event=LISTED.event,
        series=LISTED.series,
        now=at("16:00"),
        lead=0,
        minutes_to_close=360.0,
        quotes=(*quotes, *[quote()] * (3 - len(quotes))),
        probabilities=(0.6, 0.3, 0.1),
        belief_age=10.0,
        book=EventBook(DAY, [0, 0, 0]),
        bankroll=usd(10_000),
        charges=CHARGES,
    )
    return replace(made, **changes)


def refusal(*quotes: Quote, **changes: Any) -> Refusal:
    """The one refusal of a ladder in which nothing is proposed."""
    decision = belief_policy().decide(view(*quotes, **changes))
    assert decision.proposals == ()
    (found,) = decision.refusals
    return found


def test_a_cheap_ask_is_bought() -> None:
    """YES at 50 c believed 60 %: a quarter of Kelly's share of $10,000 at 51.75 c, with 8.25 c of edge."""
    (proposal,) = belief_policy().decide(view(quote(48, 50))).proposals
    assert (proposal.leg, proposal.intent.side, proposal.intent.price) == (0, Side.BID, 5000)
    # f* = (0.6 - 0.5175) / 0.4825 = 0.170984; a quarter of it is $427.46, at 51.75 c 826 contracts.
    assert proposal.intent.count == 826 * 100
    # 826 contracts are charged $14.455, rounded up to $14.46.
    assert proposal.edge == pytest.approx(1000 - 14_460_000 / 82_600)
    assert proposal.probability == pytest.approx(0.6)


def test_a_dear_bid_is_sold() -> None:
    """YES at 45 c believed 30 % is sold: NO at 55 c believed 70 %."""
    (proposal,) = belief_policy().decide(view(quote(), quote(45, 47))).proposals
    assert (proposal.leg, proposal.intent.side, proposal.intent.price) == (1, Side.ASK, 4500)
    # f* = (0.7 - 0.567325) / 0.432675 = 0.306639; a quarter is $766.60, at 56.7325 c 1351 contracts.
    assert proposal.intent.count == 1351 * 100


def test_the_best_edge_comes_first() -> None:
    """Proposals come by falling edge, whatever their leg."""
    decision = belief_policy().decide(view(quote(54, 55), quote(50, 52), quote(1, 2)))
    assert [proposal.leg for proposal in decision.proposals] == [1, 2, 0]


def test_no_edge() -> None:
    """A ladder priced as believed is refused once, as a whole."""
    assert refusal(quote(59, 61), quote(29, 31), quote(9, 11)).reason is Reason.NO_EDGE


def test_a_fee_can_eat_the_edge() -> None:
    """One contract at 55 c pays 2 c where the model says 1.7325 c: 3 c of edge are left, and 3.1 c were asked."""
    decision = belief_policy(min_edge=310.0).decide(view(quote(53, 55), bankroll=usd(40)))
    assert decision.proposals == ()
    (found,) = decision.refusals
    assert (found.reason, found.ticker, found.bound) == (Reason.NO_EDGE, TICKERS[0], 310.0)
    assert found.seen == pytest.approx(300.0)


@pytest.mark.parametrize(
    ("changes", "reason", "seen", "bound"),
    [
        ({"probabilities": None}, Reason.NO_BELIEF, None, None),
        ({"belief_age": 60.5}, Reason.STALE_BELIEF, 60.5, 60),
        ({"minutes_to_close": 29.0}, Reason.NEAR_CLOSE, 29.0, 30),
    ],
)
def test_the_whole_ladder_is_refused(changes: dict[str, Any], reason: Reason, seen: float, bound: float) -> None:
    """No belief, a stale one, or a close that is near refuse everything, with what was seen and allowed."""
    found = refusal(quote(48, 50), **changes)
    assert (found.reason, found.ticker, found.seen, found.bound) == (reason, LISTED.event.ticker, seen, bound)


def test_the_side_hit_must_be_fresh() -> None:
    """An ask six minutes old is not bought; a bid that old does not matter to a buyer."""
    old_ask = Quote(4800, 5000, None, None, 0, 6, "prints")
    found = refusal(old_ask)
    assert (found.reason, found.ticker, found.seen, found.bound) == (Reason.STALE_QUOTE, TICKERS[0], 6, 5)
    assert belief_policy().decide(view(Quote(4800, 5000, None, None, 600, 5, "prints"))).proposals


def test_crossed_quotes_are_refused() -> None:
    """A bid at or above the ask means that somebody's price is gone."""
    assert refusal(quote(50, 50)).reason is Reason.CROSSED
    assert refusal(quote(55, 50)).reason is Reason.CROSSED


def test_wide_spreads_are_refused() -> None:
    """Eleven cents between bid and ask are more than ten."""
    found = refusal(quote(39, 50))
    assert (found.reason, found.seen, found.bound) == (Reason.WIDE_SPREAD, 1100, 1000)


def test_one_side_is_enough() -> None:
    """An ask without a bid beside it may be taken."""
    assert belief_policy().decide(view(quote(None, 50))).proposals


def test_an_order_working_or_just_sent() -> None:
    """A market with an order working is left alone, and for a quarter of an hour after the last one was sent."""
    book = EventBook(DAY, [0, 0, 0])
    book.order("a", Stake(0, Side.BID, 5000, 100, FeeBound(0, 0)), at("15:50"))
    assert refusal(quote(48, 50), book=book).reason is Reason.WORKING
    book.expect("a", 0)
    found = refusal(quote(48, 50), book=book)
    assert (found.reason, found.seen, found.bound) == (Reason.COOLDOWN, 10.0, 15)
    assert belief_policy().decide(view(quote(48, 50), book=book, now=at("16:05"))).proposals


def test_what_is_held_counts() -> None:
    """Of 826 contracts wanted 800 are held: 26 are ordered; with 826 held, none."""
    some = EventBook(DAY, [80_000, 0, 0])
    (proposal,) = belief_policy().decide(view(quote(48, 50), book=some)).proposals
    assert proposal.intent.count == 2600
    found = refusal(quote(48, 50), book=EventBook(DAY, [82_600, 0, 0]))
    assert (found.reason, found.seen, found.bound) == (Reason.HOLDING, 82_600, 82_600)


def test_the_other_side_held_is_closed_first() -> None:
    """Holding 100 NO where 826 YES are wanted, 926 YES are ordered."""
    (proposal,) = belief_policy().decide(view(quote(48, 50), book=EventBook(DAY, [-10_000, 0, 0]))).proposals
    assert proposal.intent.count == 92_600


def test_less_than_one_contract() -> None:
    """A bankroll whose share buys no contract trades nothing."""
    assert refusal(quote(48, 50), bankroll=usd(5)).reason is Reason.TOO_SMALL


def test_never() -> None:
    """The policy that never trades neither proposes nor refuses."""
    decision = NeverTrade().decide(view(quote(1, 2)))
    assert (decision.proposals, decision.refusals) == ((), ())


def test_the_probe_hits_what_vanished() -> None:
    """An ask of 40 c that a bid of 43 c went through is hit at 40 c, and only in that minute."""
    probe = CrossedMinutes()
    assert not probe.decide(view(quote(38, 40))).proposals
    (proposal,) = probe.decide(view(quote(43, None))).proposals
    assert (proposal.intent.side, proposal.intent.price, proposal.intent.count) == (Side.BID, 4000, 100)
    assert not probe.decide(view(quote(43, None))).proposals


def test_the_probe_hits_a_vanished_bid() -> None:
    """A bid of 38 c that an ask of 35 c went through is hit at 38 c."""
    probe = CrossedMinutes()
    probe.decide(view(quote(38, 40)))
    (proposal,) = probe.decide(view(quote(None, 35))).proposals
    assert (proposal.intent.side, proposal.intent.price) == (Side.ASK, 3800)


def test_the_probe_leaves_a_side_that_was_only_forgotten() -> None:
    """A side that is no longer carried, with nothing through it, is no crossed minute."""
    probe = CrossedMinutes()
    probe.decide(view(quote(38, 40)))
    assert not probe.decide(view(quote(38, None))).proposals
