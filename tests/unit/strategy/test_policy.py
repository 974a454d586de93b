"""What is traded on a belief, what is refused, and with which value and bound."""

from __future__ import annotations

from dataclasses import replace
from math import log
from time import thread_time
from typing import Any

import pytest

from drybulb.domain.ledger import Side
from drybulb.domain.market import Quote
from drybulb.strategy.charges import FeeBound
from drybulb.strategy.decision import Decision, Reason, Refusal, Withdrawal
from drybulb.strategy.policy import NeverTrade, View
from drybulb.strategy.probe import CrossedMinutes
from drybulb.strategy.releases import Release, Releases
from drybulb.strategy.stake import EventBook, Stake
from drybulb.strategy.taking import BeliefPolicy
from tests.trading import CHARGES, DAY, at, belief_policy, listing, quote, rules, usd

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
        book=EventBook("chicago", DAY, [0, 0, 0]),
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
    """YES at 50 c believed 60 % is bought at 51.75 c with $10,000 and a risk aversion of four, with 8.25 c of edge."""
    (proposal,) = belief_policy().decide(view(quote(48, 50))).proposals
    assert (proposal.leg, proposal.intent.side, proposal.intent.price) == (0, Side.BID, 5000)
    # Best where wealth after YES over that after NO is (0.6 * 0.4825 / (0.4 * 0.5175))^(1/4) = 1.087476:
    # 10,000 * 0.087476 / (0.4825 + 1.087476 * 0.5175) = 836.9 contracts.
    assert proposal.intent.count == 837 * 100
    # 837 contracts are charged $14.6475, rounded up to $14.65.
    assert proposal.edge == pytest.approx(1000 - 14_650_000 / 83_700)
    # E[log] of 1 + 837 * 0.4825 / 10,000 at 60 %, of 1 - 837 * 0.5175 / 10,000 at 40 %.
    assert proposal.growth == pytest.approx(0.6 * log(1.040385) + 0.4 * log(0.956685), abs=1e-6)
    assert proposal.probability == pytest.approx(0.6)


def test_a_dear_bid_is_sold() -> None:
    """YES at 45 c believed 30 % is sold: NO at 55 c believed 70 %."""
    (proposal,) = belief_policy().decide(view(quote(), quote(45, 47))).proposals
    assert (proposal.leg, proposal.intent.side, proposal.intent.price) == (1, Side.ASK, 4500)
    # (0.7 * 0.432675 / (0.3 * 0.567325))^(1/4) = 1.154986:
    # 10,000 * 0.154986 / (0.432675 + 1.154986 * 0.567325) = 1424.6 contracts.
    assert proposal.intent.count == 1425 * 100


def test_the_best_edge_comes_first() -> None:
    """Proposals come by falling edge, whatever their leg."""
    ladder = (quote(48, 50), quote(29, 31), quote(20, 22))
    decision = belief_policy().decide(view(*ladder, probabilities=(0.55, 0.3, 0.15)))
    assert [proposal.leg for proposal in decision.proposals] == [2, 0]


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


def test_a_leg_that_fees_eat_is_not_sized_with() -> None:
    """Of 4, 3 and no contracts the second leg's fee leaves 0.33 c: the others are sized anew, as if it had no price."""
    first, second, third = quote(49, 52), quote(25, 28), quote(14, 16)
    decision = belief_policy(min_edge=50.0).decide(view(first, second, third, bankroll=usd(30)))
    (found,) = decision.refusals
    # 7 % of 3 * 0.28 * 0.72 is 4.2336 c, charged 5 c: 30 - 28 - 5/3 c.
    assert (found.reason, found.ticker) == (Reason.NO_EDGE, TICKERS[1])
    assert found.seen == pytest.approx(100 / 3)
    without = belief_policy(min_edge=50.0).decide(view(first, quote(), third, bankroll=usd(30)))
    assert decision.proposals == without.proposals
    assert [(p.leg, p.intent.side, p.intent.count) for p in decision.proposals] == [
        (0, Side.BID, 200),
        (2, Side.ASK, 100),
    ]


def test_counts_are_judged_as_they_are_charged() -> None:
    """Of $20, three YES at 50 c believed 60 % are better than nothing; thirty are worse, fifty cannot be paid."""
    judge = belief_policy().decide(view(quote(48, 50), bankroll=usd(20))).judge
    assert judge is not None
    assert [judge((count, 0, 0)) for count in (300, 3000, 5000)] == [True, False, False]


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
    book = EventBook("chicago", DAY, [0, 0, 0])
    book.order("a", Stake(0, Side.BID, 5000, 100, FeeBound(0, 0)), at("15:50"))
    assert refusal(quote(48, 50), book=book).reason is Reason.WORKING
    book.expect("a", 0)
    found = refusal(quote(48, 50), book=book)
    assert (found.reason, found.seen, found.bound) == (Reason.COOLDOWN, 10.0, 15)
    assert belief_policy().decide(view(quote(48, 50), book=book, now=at("16:05"))).proposals


def test_what_is_held_counts() -> None:
    """With 700 contracts held and $10,000 in cash, 867 are wanted: 167 are ordered; with 900 held, none."""
    some = EventBook("chicago", DAY, [70_000, 0, 0])
    (proposal,) = belief_policy().decide(view(quote(48, 50), book=some)).proposals
    # Best where 10,700 + 0.4825 n is 1.087476 times 10,000 - 0.5175 n: 174.76 / 1.04527 = 167.2 contracts.
    assert proposal.intent.count == 16_700
    found = refusal(quote(48, 50), book=EventBook("chicago", DAY, [90_000, 0, 0]))
    assert (found.reason, found.seen, found.bound) == (Reason.HOLDING, 90_000, 100)


def test_the_other_side_held_is_closed_first() -> None:
    """Holding 100 NO where 841 YES are wanted of the $10,048.25 left when these are closed, 941 YES are ordered."""
    (proposal,) = belief_policy().decide(view(quote(48, 50), book=EventBook("chicago", DAY, [-10_000, 0, 0]))).proposals
    assert proposal.intent.count == 94_100


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


def near_releases() -> BeliefPolicy:
    """A policy beside an hourly release at :53, with a window from :50 to before :04."""
    return BeliefPolicy("made", rules(releases=Releases([Release("metar", False, (), 53, 3, 11)])))


def test_nothing_is_taken_near_a_release() -> None:
    """Seven minutes into a window of fourteen nothing is taken, and what works is withdrawn for the same reason."""
    book = EventBook("chicago", DAY, [0, 0, 0])
    book.order("a", Stake(0, Side.BID, 5000, 100, FeeBound(0, 0)), at("15:46"))
    decision = near_releases().decide(view(quote(48, 50), now=at("15:57"), book=book))
    found = Refusal(Reason.RELEASE, LISTED.event.ticker, 7.0, 14.0)
    assert decision == Decision(refusals=(found,), withdrawals=(Withdrawal("a", found),))


def test_a_belief_made_before_the_last_release_is_not_traded() -> None:
    """Six minutes after a window a belief of seven minutes ago has not heard of it, one of six has."""
    policy = near_releases()
    (found,) = policy.decide(view(quote(48, 50), now=at("16:10"), belief_age=7.0)).refusals
    assert found == Refusal(Reason.BEFORE_RELEASE, LISTED.event.ticker, 7.0, 6.0)
    assert policy.decide(view(quote(48, 50), now=at("16:10"), belief_age=6.0)).proposals


@pytest.mark.parametrize("source", ["prints", "exchange", "daily", "poll", "book"])
def test_an_order_ends_before_the_next_release(source: str) -> None:
    """Whatever showed the price it was decided on, it ends a second before 16:50; with no calendar it need not."""
    fresh = {"now": at("16:10"), "belief_age": 1.0}
    (ends,) = near_releases().decide(view(quote(48, 50, source=source), **fresh)).proposals
    (lives,) = BeliefPolicy("made", rules()).decide(view(quote(48, 50, source=source), **fresh)).proposals
    assert (ends.until, lives.until) == (at("16:49:59"), None)


def test_trading_against_what_is_held_must_promise_more() -> None:
    """An edge of 8.25 c closes NO for a threshold of 3 c and a hysteresis of 5, but not for one of 5.5."""
    book = EventBook("chicago", DAY, [-10_000, 0, 0])
    seen = view(quote(48, 50), book=book)
    assert BeliefPolicy("made", rules(hysteresis=500.0)).decide(seen).proposals[0].min_edge == 800.0
    (found,) = BeliefPolicy("made", rules(hysteresis=550.0)).decide(seen).refusals
    assert (found.reason, found.ticker, found.bound) == (Reason.HYSTERESIS, TICKERS[0], 850.0)
    assert found.seen == pytest.approx(825.0)


@pytest.mark.parametrize(
    ("probabilities", "reason", "seen", "bound"),
    [
        ((0.6, 0.3, 0.2), Reason.BAD_PROBABILITIES, pytest.approx(1.1), 1.0),
        ((1.2, -0.1, -0.1), Reason.BAD_PROBABILITIES, 1.2, 1.0),
        ((float("nan"), 0.3, 0.1), Reason.BAD_PROBABILITIES, None, 1.0),
        ((0.7, 0.3), Reason.MISSING_LEG, 2, 3),
    ],
)
def test_what_are_no_probabilities(
    probabilities: tuple[float, ...], reason: Reason, seen: object, bound: float
) -> None:
    """A sum of 1.1, a probability of 120 %, a NaN and a missing leg are refused, with what was seen."""
    found = refusal(quote(48, 50), probabilities=probabilities)
    assert (found.reason, found.ticker, found.seen, found.bound) == (reason, LISTED.event.ticker, seen, bound)


def test_a_ladder_with_a_leg_too_few_and_a_negative_balance() -> None:
    """Two quotes for three markets, and a debt of a dollar, are refused."""
    short = replace(view(quote(48, 50)), quotes=(quote(48, 50), quote()))
    (found,) = belief_policy().decide(short).refusals
    assert found == Refusal(Reason.MISSING_LEG, LISTED.event.ticker, 2, 3)
    assert refusal(quote(48, 50), bankroll=-usd(1)) == Refusal(Reason.CASH, LISTED.event.ticker, -usd(1), 0)


def test_a_size_that_is_shown_bounds_the_count() -> None:
    """Of 837 contracts wanted 5 are offered: 5 are ordered; of half a contract offered, none."""
    (proposal,) = belief_policy().decide(view(quote(48, 50, sizes=(None, 5)))).proposals
    assert proposal.intent.count == 500
    found = refusal(Quote(4800, 5000, None, 50, 0, 0, "poll"))
    assert found == Refusal(Reason.TOO_SMALL, TICKERS[0], 50, 100)


def test_a_weight_below_one_pools_with_the_market_first() -> None:
    """Half way in log odds from 49 % to 60 % the edge of 8.25 c shrinks to 3.2, below 4.5; a weight of 0 is a pass."""
    market = view(quote(48, 50), quote(29, 31), quote(20, 22))
    assert BeliefPolicy("made", rules(450.0, weight=1.0)).decide(market).proposals
    # (0.49 * 0.6)^(1/2) over the sum of the three such roots is 0.549.
    assert BeliefPolicy("made", rules(300.0, weight=0.5)).decide(market).proposals[1].probability == pytest.approx(
        0.549286
    )
    (found,) = BeliefPolicy("made", rules(450.0, weight=0.5)).decide(market).refusals
    assert found == Refusal(Reason.NO_EDGE, LISTED.event.ticker)
    (found,) = BeliefPolicy("made", rules(weight=0.0)).decide(market).refusals
    assert found == Refusal(Reason.NO_WEIGHT, LISTED.event.ticker, 0.0)
    (found,) = BeliefPolicy("made", rules(weight=0.5)).decide(view(quote(48, 50))).refusals
    assert (found.reason, found.ticker) == (Reason.ONE_SIDED, TICKERS[1])


def test_what_does_not_change_is_not_sized_again() -> None:
    """Asked twice of the same ladder the policy answers the same, and another answer where cash has changed."""
    policy, seen = belief_policy(), view(quote(48, 50))
    assert policy.decide(seen) == policy.decide(replace(seen, now=at("16:01")))
    assert policy.decide(replace(seen, bankroll=usd(1000))).proposals[0].intent.count == 8400


def test_a_ladder_without_an_edge_costs_little() -> None:
    """Three markets without an edge take less than 100 µs of this thread's own time, in the best of ten hundreds."""
    policy, seen = belief_policy(), view(quote(59, 61), quote(29, 31), quote(9, 11))
    hundreds = []
    for _ in range(10):
        began = thread_time()
        for _ in range(100):
            policy.decide(seen)
        hundreds.append(thread_time() - began)
    assert min(hundreds) < 0.01
