"""From decisions to commands: withdrawals, sets that are sent whole or not at all, and how long orders are to live."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime

import pytest

from drybulb.domain.ledger import Intent, Side
from drybulb.engine.ports import Cancel, Command, Submit
from drybulb.engine.session import step
from drybulb.engine.state import State
from drybulb.errors import EngineError
from drybulb.strategy.decision import Decision, Proposal, Reason, Refusal, Withdrawal
from drybulb.strategy.policy import View
from tests.trading import NO_LIMITS, at, believed, ladder, listing, quote, state, usd

LISTED = listing()
TICKERS = [market.ticker for market in LISTED.event.markets]
MOVED = Refusal(Reason.REPRICED, TICKERS[0], 4200, 4500)


@dataclass
class Says:
    """Decides as it was told."""

    decision: Decision = field(default_factory=Decision)
    name: str = "says"

    def decide(self, view: View) -> Decision:
        """Return it, whatever is seen."""
        assert view.event is LISTED.event
        return self.decision


def rests(leg: int = 0, contracts: int = 10, *, post_only: bool = True, until: datetime | None = None) -> Proposal:
    """Ten contracts bid for at 42 c, whatever they are worth."""
    intent = Intent(TICKERS[leg], Side.BID, 4200, 100 * contracts, post_only=post_only)
    return Proposal(leg, intent, None, None, 0.0, until=until)


def told(made: State, clock: str, decision: Decision) -> list[Command]:
    """Commands of a ladder on which so much is decided."""
    assert isinstance(made.policy, Says)
    made.policy.decision = decision
    return step(made, ladder(LISTED, clock, quote(40, 45), quote(40, 45), quote(40, 45)))


def ordered(made: State, clock: str, *proposals: Proposal) -> list[Submit]:
    """Orders sent for proposals."""
    return [sent for sent in told(made, clock, Decision(proposals)) if isinstance(sent, Submit)]


def test_an_order_is_asked_back_once_and_counts_until_its_end() -> None:
    """A withdrawal is a cancel and a line with its reason; repeated it is nothing; the stake stays."""
    made = state([LISTED], Says())
    (sent,) = ordered(made, "16:00", rests())
    back = Decision(withdrawals=(Withdrawal(sent.order.order_id, MOVED),))
    made.take_records()
    assert told(made, "16:01", back) == [Cancel(sent.order.order_id)]
    (record,) = made.take_records()
    assert (record.kind, record.known_at) == ("withdrawal", at("16:01"))
    said = (record.fields["reason"], record.fields["seen"], record.fields["bound"], record.fields["order_id"])
    assert said == ("repriced", 4200, 4500, sent.order.order_id)
    assert list(made.portfolio.books[LISTED.event.ticker].stakes) == [sent.order.order_id]
    assert (told(made, "16:02", back), made.take_records()) == ([], [])


def test_only_what_works_is_asked_back() -> None:
    """The withdrawal of an order that nobody sent is an error of the policy, and named."""
    with pytest.raises(EngineError, match="order X of KXHIGHCHI-24NOV20 is not working"):
        told(state([LISTED], Says()), "16:00", Decision(withdrawals=(Withdrawal("X", MOVED),)))


def test_how_long_orders_are_to_live() -> None:
    """One that makes rests to the close, one that takes for five minutes, both to their own end where it is before."""
    made = state([LISTED], Says())
    soon = at("16:03")
    (makes, takes) = ordered(made, "16:00", rests(), rests(1, post_only=False))
    assert (makes.expires_at, takes.expires_at) == (at("22:00"), at("16:05"))
    (makes, takes) = ordered(made, "16:01", rests(until=soon), rests(1, post_only=False, until=soon))
    assert (makes.expires_at, takes.expires_at) == (soon, soon)
    assert (makes.order.post_only, takes.order.post_only) == (True, False)


def test_a_set_is_sent_whole_or_not_at_all() -> None:
    """Three legs of $4.20 fit $20 a trade and are sent; under $4 a trade none is, and nothing is left of the trial."""
    legs = tuple(rests(leg, post_only=False) for leg in range(3))
    whole = state([LISTED], Says(), replace(NO_LIMITS, max_trade=usd(20)))
    assert len(told(whole, "16:00", Decision(legs, is_set=True))) == 3
    narrow = state([LISTED], Says(), replace(NO_LIMITS, max_positions_per_event=2))
    assert told(narrow, "16:00", Decision(legs, is_set=True)) == []
    book = narrow.portfolio.books[LISTED.event.ticker]
    assert (book.stakes, book.ordered_at, book.worst_loss()) == ({}, {}, 0)
    refused = narrow.open_events[LISTED.event.ticker].refusals
    assert [(reason, count.times) for reason, count in refused.items()] == [(Reason.MAX_POSITIONS_PER_EVENT, 1)]


def test_what_limits_leave_is_judged_together() -> None:
    """Of three legs two positions are left: if only the second alone is better than nothing, it alone is sent."""
    legs = tuple(rests(leg, post_only=False) for leg in range(3))
    made = state([LISTED], Says(), replace(NO_LIMITS, max_positions_per_event=2))
    asked: list[tuple[int, ...]] = []

    def only_the_second(counts: tuple[int, ...]) -> bool:
        asked.append(counts)
        return counts == (0, 1000, 0)

    (sent,) = told(made, "16:00", Decision(legs, judge=only_the_second))
    assert isinstance(sent, Submit)
    assert (sent.order.ticker, sent.order.count) == (TICKERS[1], 1000)
    assert asked == [(1000, 1000, 0), (1000, 0, 0), (0, 1000, 0)]
    refused = made.open_events[LISTED.event.ticker].refusals
    first = refused[Reason.WORSE_THAN_NOTHING].first
    assert (first.ticker, first.seen, first.bound) == (TICKERS[0], 1000, 1000)
    assert refused[Reason.MAX_POSITIONS_PER_EVENT].first.ticker == TICKERS[2]


def test_what_is_worse_than_nothing_is_not_sent() -> None:
    """Where neither all that is left nor any leg alone is better, nothing is sent, and nothing is left of the trial."""
    legs = tuple(rests(leg, post_only=False) for leg in range(3))
    made = state([LISTED], Says())
    assert told(made, "16:00", Decision(legs, judge=lambda _: False)) == []
    book = made.portfolio.books[LISTED.event.ticker]
    assert (book.stakes, book.ordered_at, book.worst_loss(), made.take_records()) == ({}, {}, 0, [])
    refused = made.open_events[LISTED.event.ticker].refusals
    assert [(reason, count.times) for reason, count in refused.items()] == [(Reason.WORSE_THAN_NOTHING, 3)]


def test_a_belief_of_another_forecaster_is_not_heard() -> None:
    """Who listens to one forecaster hears nobody else; who listens to none in particular hears all."""
    said = replace(believed(LISTED, "16:00", 0.6, 0.3, 0.1), forecaster="S")
    for heard, beliefs in (("S", {"made": 1}), ("hybrid", None), (None, {"made": 1})):
        made = replace(state([LISTED], Says()), forecaster=heard)
        step(made, said)
        opened = made.open_events.get(LISTED.event.ticker)
        assert (opened and opened.beliefs) == beliefs
