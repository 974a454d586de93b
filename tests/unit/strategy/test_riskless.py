"""Riskless sets: traded whole where somebody stands behind every price at one instant, refused everywhere else."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from drybulb.domain.ledger import Side
from drybulb.domain.market import Quote
from drybulb.strategy.charges import FeeBound
from drybulb.strategy.decision import Reason, Refusal
from drybulb.strategy.policy import View
from drybulb.strategy.releases import Release, Releases
from drybulb.strategy.riskless import promised, riskless_set
from drybulb.strategy.stake import EventBook, Stake
from tests.trading import CHARGES, DAY, at, belief_policy, listing, quote, rules, usd

LISTED = listing()
EVENT = LISTED.event
CHEAP = (quote(48, 50, sizes=(9, 7)), quote(24, 26), quote(15, 17))
DEAR = (quote(52, 54), quote(33, 35), quote(22, 24))


def view(*quotes: Quote, **changes: Any) -> View:
    """A ladder at 16:00 believed 50, 30 and 20 %."""
    book = EventBook("chicago", DAY, [0, 0, 0])
    made = View(EVENT, LISTED.series, at("16:00"), 0, 360.0, quotes, (0.5, 0.3, 0.2), 1.0, book, usd(10_000), CHARGES)
    return replace(made, **changes)


def test_every_yes_for_less_than_a_dollar() -> None:
    """Asks of 50, 26 and 17 c with fees of 1.75, 1.3468 and 0.9877 c cost 97.0845 c of a dollar."""
    found = promised(view(*CHEAP))
    assert found is not None
    assert found[0] is Side.BID
    assert found[1] == pytest.approx(9708.45)


def test_every_no_for_less_than_it_pays() -> None:
    """Bids of 52, 33 and 22 c less fees of 1.7472, 1.5477 and 1.2012 c are 102.5039 c, for what pays a dollar less."""
    found = promised(view(*DEAR))
    assert found is not None
    assert found[0] is Side.ASK
    assert found[1] == pytest.approx(9749.61)


def test_fees_can_eat_it() -> None:
    """Asks that sum to 97 c cost 101 with their fees."""
    assert promised(view(quote(48, 50), quote(24, 26), quote(19, 21))) is None


def test_a_leg_without_an_ask() -> None:
    """A set of which a part is not offered is no set."""
    assert promised(view(quote(48, 50), quote(24, 26), quote(15, None))) is None


def test_the_whole_set_in_equal_counts() -> None:
    """Seven are offered of one leg, so seven are bought of each: 49 c short of $7, less fees of 13, 10 and 7 c."""
    decision = belief_policy().decide(view(*CHEAP))
    assert decision.is_set
    assert decision.refusals == ()
    assert [(p.leg, p.intent.side, p.intent.price, p.intent.count) for p in decision.proposals] == [
        (0, Side.BID, 5000, 700),
        (1, Side.BID, 2600, 700),
        (2, Side.BID, 1700, 700),
    ]
    # 7 * $0.07 less fees of $0.13, $0.10 and $0.07 is $0.19: 2.71 c a set, a third of it a leg.
    assert decision.proposals[0].edge == pytest.approx(190_000 / 700 / 3)
    assert (decision.proposals[0].probability, decision.proposals[0].min_edge) == (None, 0.0)


def test_a_set_ends_before_the_next_release() -> None:
    """Beside an hourly release at :53, its window from :50, every order of a set ends a second before 16:50."""
    hourly = Releases([Release("metar", is_standard=False, hours=(), minute=53, before=3, after=11)])
    decision = riskless_set(view(*CHEAP), (Side.BID, 9708.45), usd(10), rules(releases=hourly))
    assert [p.until for p in decision.proposals] == [at("16:49:59")] * 3


def test_cash_bounds_the_count() -> None:
    """For $10 five sets of NO at 48, 67 and 78 c, with up to 6 c of fees, are bought."""
    decision = riskless_set(view(*DEAR), (Side.ASK, 9749.61), usd(10), rules())
    assert {p.intent.count for p in decision.proposals} == {500}


def test_what_one_order_may_take_bounds_the_count() -> None:
    """With $4 an order five NO at up to 80 c would be one leg's share; with $2.50 it is three."""
    three = replace(rules(), max_trade=usd(2.5))
    decision = riskless_set(view(*DEAR), (Side.ASK, 9749.61), usd(10), three)
    assert {p.intent.count for p in decision.proposals} == {300}


@pytest.mark.parametrize(
    "odd",
    [
        quote(48, 50, age=1),
        quote(48, 50, source="prints"),
        Quote(4800, 5000, None, None, 3, 0, "exchange"),
        quote(None, 50),
    ],
)
def test_carried_printed_and_one_sided_quotes_promise_nothing(odd: Quote) -> None:
    """A leg carried for a minute, built from prints, or with nobody to sell it back to refuses the ladder."""
    (found,) = belief_policy().decide(view(odd, *CHEAP[1:])).refusals
    assert replace(found, seen=None) == Refusal(Reason.RISKLESS, EVENT.ticker, None, 10_000)
    assert found.seen == pytest.approx(9708.45)


def test_not_beside_an_order_of_ours_and_not_without_money() -> None:
    """While something works in the ladder, or with less than one set costs, the set is refused."""
    book = EventBook("chicago", DAY, [0, 0, 0])
    book.order("a", Stake(0, Side.BID, 5000, 100, FeeBound(0, 0)), at("15:50"))
    for changes in ({"book": book}, {"bankroll": usd(0.9)}):
        decision = belief_policy().decide(view(*CHEAP, **changes))
        assert (decision.proposals, decision.refusals[0].reason) == ((), Reason.RISKLESS)
