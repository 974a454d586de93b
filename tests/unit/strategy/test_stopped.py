"""Standing down in a city: from when on, and what is said."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from drybulb.domain.ledger import Side
from drybulb.strategy.charges import FeeBound
from drybulb.strategy.decision import Decision, Reason, Refusal
from drybulb.strategy.policy import View
from drybulb.strategy.stake import EventBook, Stake
from drybulb.strategy.stopped import Stop, Stopped
from tests.trading import CHARGES, DAY, at, belief_policy, listing, quote, usd

LISTED = listing()


def decide(clock: str, book: EventBook | None = None, **stops: Stop) -> Decision:
    """What a policy that buys what is cheap in Chicago decides at a clock [UTC]."""
    made: dict[str, Any] = {"event": LISTED.event, "series": LISTED.series, "now": at(clock), "lead": 0}
    quotes = (quote(48, 50), quote(29, 31), quote(9, 11))
    view = View(
        **made,
        minutes_to_close=360.0,
        quotes=quotes,
        probabilities=(0.6, 0.3, 0.1),
        belief_age=0.0,
        book=book or EventBook("chicago", DAY, [0, 0, 0]),
        bankroll=usd(10_000),
        charges=CHARGES,
    )
    return Stopped(belief_policy(), stops).decide(view)


def test_a_city_is_not_traded_from_its_stop_on() -> None:
    """Traded a microsecond before, refused at the instant itself, with the evidence and what it had to stay below."""
    stop = Stop(at("16:00"), 23.5, 20.0)
    refused = Decision(refusals=(Refusal(Reason.STOPPED, LISTED.event.ticker, 23.5, 20.0),))
    assert decide("16:00", chicago=stop) == refused
    assert decide("21:00", chicago=stop) == refused
    assert decide("16:00", chicago=Stop(at("16:00") + timedelta(microseconds=1), 23.5, 20.0)).proposals


def test_other_cities_trade_on() -> None:
    """A stop in Miami is none in Chicago."""
    assert decide("16:00", miami=Stop(at("15:00"), 23.5, 20.0)).proposals


def test_the_name_is_that_of_the_policy() -> None:
    """Journals and reports speak of the policy that decides."""
    assert Stopped(belief_policy(), {}).name == belief_policy().name


def test_what_works_is_withdrawn() -> None:
    """At the stop an order that was sent before it does not go on working."""
    book = EventBook("chicago", DAY, [0, 0, 0])
    book.order("a", Stake(0, Side.BID, 5000, 100, FeeBound(0, 0)), at("15:58"))
    decision = decide("16:00", book, chicago=Stop(at("16:00"), 23.5, 20.0))
    assert [withdrawn.order_id for withdrawn in decision.withdrawals] == ["a"]
