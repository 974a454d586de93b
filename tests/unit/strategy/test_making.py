"""Orders of our own: at which price they wait, in which count, and when they are withdrawn."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from drybulb.domain.ledger import Side
from drybulb.domain.market import Quote
from drybulb.strategy.charges import FeeBound
from drybulb.strategy.decision import Decision, Reason, Refusal, Withdrawal
from drybulb.strategy.edge import Bounds
from drybulb.strategy.making import Maker, resting_price
from drybulb.strategy.policy import View
from drybulb.strategy.releases import Release, Releases
from drybulb.strategy.stake import EventBook, Stake
from tests.trading import CHARGES, DAY, at, listing, quote, rules, usd

LISTED = listing()
TICKERS = [market.ticker for market in LISTED.event.markets]
HOURLY = Releases([Release("metar", False, (), 53, 3, 11)])


def view(*quotes: Quote, book: EventBook | None = None, **changes: Any) -> View:
    """A ladder at 16:10, believed 60, 30 and 10 % a minute ago; those left away are empty."""
    made = View(
        event=LISTED.event,
        series=LISTED.series,
        now=at("16:10"),
        lead=0,
        minutes_to_close=350.0,
        quotes=(*quotes, *[quote()] * (3 - len(quotes))),
        probabilities=(0.6, 0.3, 0.1),
        belief_age=1.0,
        book=book or EventBook("chicago", DAY, [0, 0, 0]),
        bankroll=usd(10_000),
        charges=CHARGES,
    )
    return replace(made, **changes)


def maker(**changes: Any) -> Maker:
    """A maker that must promise 1.5 c and whose orders must be gone by :50."""
    return Maker("made", rules(releases=HOURLY, **changes))


def working(**prices: int) -> EventBook:
    """A book in which we wait in the first market, at ``bid`` and ``ask`` [cents]."""
    book = EventBook("chicago", DAY, [0, 0, 0])
    for side, price in prices.items():
        book.order(side, Stake(0, Side(side), 100 * price, 1000, FeeBound(0, 0)), at("16:05"))
    return book


@pytest.mark.parametrize(
    ("best", "side", "own", "price"),
    [
        ((50, 56), Side.BID, None, 51),  # a tick inside
        ((50, 56), Side.BID, 50, 50),  # which it is itself
        ((57, 62), Side.BID, None, 58),
        ((59, 64), Side.BID, None, 58),  # the highest with the edge, behind the best
        ((50, 51), Side.BID, None, 50),  # never at the ask
        ((54, 66), Side.ASK, None, 65),
        ((54, 66), Side.ASK, 66, 66),
        ((54, 60), Side.ASK, None, 62),
        ((63, 64), Side.ASK, None, 64),
    ],
)
def test_the_price_is_no_better_than_it_need_be(best: tuple[int, int], side: Side, own: int | None, price: int) -> None:
    """A tick inside the best of its side, no better than the edge allows (58 c, 62 c), never at the other side."""
    bound = Bounds(max_ask=5850, min_bid=6150)
    assert resting_price(quote(*best), bound, side, own and 100 * own) == 100 * price


def test_no_price_where_there_is_none_with_the_edge() -> None:
    """A belief of 1 % with an edge of 1.5 c has no bid, and one of 99.5 % no ask."""
    assert resting_price(quote(1, 3), Bounds(0, 250), Side.BID, None) is None
    assert resting_price(quote(97, 99), Bounds(9800, 10_000), Side.ASK, None) is None


def test_both_sides_are_quoted_where_both_have_an_edge() -> None:
    """Around 60 %, in 55-65 c, 56 c is bid with 4 c of edge and 64 c asked with 4 c; no fee is charged to makers."""
    decision = maker().decide(view(quote(55, 65)))
    assert [(p.intent.side, p.intent.price) for p in decision.proposals] == [(Side.ASK, 6400), (Side.BID, 5600)]
    assert [p.edge for p in decision.proposals] == pytest.approx([400.0, 400.0])
    assert all(p.intent.post_only and p.min_edge == 150.0 for p in decision.proposals)
    # Each as if it were alone: (0.6 * 0.44 / (0.4 * 0.56))^(1/4) = 1.041935; 419.35 / (0.44 + 1.041935 * 0.56).
    assert decision.proposals[1].intent.count == 410 * 100


def test_an_order_ends_before_the_next_release_or_near_the_close() -> None:
    """The exchange is told to end it a second before 16:50, or half an hour before the close if that is sooner."""
    (_, bid) = maker().decide(view(quote(55, 65))).proposals
    assert bid.until == at("16:49:59")
    (_, bid) = maker().decide(view(quote(55, 65), minutes_to_close=50.0)).proposals
    assert bid.until == at("16:10") + timedelta(minutes=20)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"now": at("16:50")}, Reason.RELEASE),
        ({"belief_age": 7.0}, Reason.BEFORE_RELEASE),
        ({"probabilities": None}, Reason.NO_BELIEF),
        ({"belief_age": 61.0}, Reason.STALE_BELIEF),
        ({"minutes_to_close": 29.0}, Reason.NEAR_CLOSE),
        ({"probabilities": (0.5, 0.3, 0.1)}, Reason.BAD_PROBABILITIES),
    ],
)
def test_everything_is_withdrawn(changes: dict[str, Any], reason: Reason) -> None:
    """Near a release or the close, and without a belief that can be traded, no order of ours goes on waiting."""
    decision = maker().decide(view(quote(55, 65), book=working(bid=56, ask=64), **changes))
    (found,) = decision.refusals
    assert found.reason is reason
    assert decision == Decision((), (found,), (Withdrawal("bid", found), Withdrawal("ask", found)))


@pytest.mark.parametrize(
    ("quoted", "reason"),
    [
        (quote(65, 55), Reason.CROSSED),
        (quote(50, 65), Reason.WIDE_SPREAD),
        (quote(55, 65, age=6), Reason.STALE_QUOTE),
        (quote(55, None), Reason.ONE_SIDED),
    ],
)
def test_a_market_is_left_when_its_quote_is_not_to_be_trusted(quoted: Quote, reason: Reason) -> None:
    """Crossed, wide, stale and one-sided quotes withdraw the orders of their market, and none is posted there."""
    decision = maker().decide(view(quoted, book=working(bid=56)))
    (withdrawn,) = decision.withdrawals
    assert (withdrawn.order_id, withdrawn.why.reason, withdrawn.why.ticker) == ("bid", reason, TICKERS[0])
    assert decision.proposals == ()


def test_an_order_is_moved_by_more_than_a_tick_only() -> None:
    """Wanted at 57 c, a bid of 56 c stays; wanted at 59 c it is withdrawn, and no other is posted beside it."""
    stays = maker().decide(view(quote(56, 65), book=working(bid=56, ask=64)))
    assert (stays.withdrawals, stays.proposals) == ((), ())
    moved = maker().decide(view(quote(57, 65), book=working(bid=56, ask=64)))
    assert moved.withdrawals == (Withdrawal("bid", Refusal(Reason.REPRICED, TICKERS[0], 5600, 5800)),)
    assert moved.proposals == ()


def test_one_order_a_side() -> None:
    """With a bid waiting, only an ask is posted."""
    (proposal,) = maker().decide(view(quote(56, 65), book=working(bid=56))).proposals
    assert proposal.intent.side is Side.ASK


def test_we_never_trade_with_ourselves() -> None:
    """While an ask of ours still stands at 57 c, no bid is posted at 58 c."""
    decision = maker().decide(view(quote(57, 65), book=working(ask=57)))
    assert decision.proposals == ()
    assert Refusal(Reason.WORKING, TICKERS[0], 5800, 5700) in decision.refusals


def test_against_what_is_held_the_edge_must_be_wider() -> None:
    """Long YES, the ask must promise 1.5 + 3 c: at 65 c where 64 c would do; the bid is what it was."""
    book = EventBook("chicago", DAY, [10_000, 0, 0])
    found = {p.intent.side: p for p in maker(hysteresis=300.0).decide(view(quote(55, 65), book=book)).proposals}
    assert (found[Side.ASK].intent.price, found[Side.ASK].min_edge) == (6500, 450.0)
    assert (found[Side.BID].intent.price, found[Side.BID].min_edge) == (5600, 150.0)


def test_what_is_held_counts() -> None:
    """With as much YES as is wanted at 56 c nothing more is bid for."""
    decision = maker().decide(view(quote(55, 65), book=EventBook("chicago", DAY, [50_000, 0, 0])))
    assert [p.intent.side for p in decision.proposals] == [Side.ASK]
    assert Refusal(Reason.HOLDING, TICKERS[0], 50_000, 100) in decision.refusals
