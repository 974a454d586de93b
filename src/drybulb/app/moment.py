"""What a policy sees of an event at one instant, and what the one loop lets it do about it with nothing held.

It stands on what a backtest replays: the recorded ladders, and the beliefs made at the backtest's own instants. So at
an instant at which a ladder was recorded it is what a replay of the same policy decides there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import count

import polars as pl

from drybulb.adapters.lake import Lake
from drybulb.app import wiring
from drybulb.app.asking import Asking, Believe
from drybulb.app.config import Config
from drybulb.app.recorded_ladders import recorded_ladders
from drybulb.domain.distribution import Belief
from drybulb.domain.market import Quote
from drybulb.engine.left import Left, left_of
from drybulb.engine.ports import BeliefMade, LadderQuote, Listing
from drybulb.engine.session import step
from drybulb.engine.state import State
from drybulb.frames.sessions import spans
from drybulb.strategy.decision import Decision, Proposal, Refusal
from drybulb.strategy.policy import Policy, View

_REACH = timedelta(days=3)
"""How far around an instant the exchange's hours are asked for [d]."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a proposal.

    Attributes:
        proposal: what the policy wants.
        sent: how much of it the limits leave [1/100 contract].
        refusal: why nothing is sent; None where something is.
        cut_by: the limit that kept it from being all, as the journal names it; None where it is all or nothing.
    """

    proposal: Proposal
    sent: int
    refusal: Refusal | None
    cut_by: str | None


@dataclass(frozen=True, slots=True)
class Moment:
    """One event at one instant.

    Attributes:
        listing: the event.
        at: the instant [UTC].
        ladder: its quotes, as old as they are at the instant; None where no side of any market stands.
        belief: the newest made by then, at an instant of the backtest; None where none was asked for.
        view: what the policy was shown; None where it was not asked.
        answers: what became of its proposals, best first.
        refusals: what it refused, or why it was not asked.
    """

    listing: Listing
    at: datetime
    ladder: LadderQuote | None
    belief: Belief | None
    view: View | None = None
    answers: tuple[Answer, ...] = ()
    refusals: tuple[Refusal, ...] = ()


@dataclass(slots=True)
class _Heard:
    """A policy that is overheard: its proposals are kept from the loop, to be looked at one by one."""

    policy: Policy
    view: View | None = None
    decision: Decision = field(default_factory=Decision)

    @property
    def name(self) -> str:
        return self.policy.name

    def decide(self, view: View) -> Decision:
        self.view, self.decision = view, self.policy.decide(view)
        return Decision(refusals=self.decision.refusals)


@dataclass(frozen=True, slots=True)
class Looking:
    """How an instant is looked at.

    Attributes:
        config: the settings.
        policy: makes the policy that is asked, anew for each event: a policy may remember.
        believe: makes beliefs; None where the policy needs none.
    """

    config: Config
    policy: Callable[[], Policy]
    believe: Believe | None


def moments(lake: Lake, looking: Looking, listings: Mapping[str, Listing], at: datetime) -> list[Moment]:
    """Return what there is of each event at an instant, and what would be done about it alone.

    Args:
        lake: the tables.
        looking: how.
        listings: events by ticker.
        at: nothing known later is used [aware].

    Raises:
        LakeError: a file that cannot be read.
        ModelError: an instant the models must not speak about.
    """
    ladders = _ladders(lake, listings, at)
    beliefs = _beliefs(looking, listings, at)
    return [_moment(looking, made, at, ladders.get(name), beliefs.get(name)) for name, made in listings.items()]


def _moment(
    looking: Looking, listing: Listing, at: datetime, ladder: LadderQuote | None, belief: Belief | None
) -> Moment:
    """Show one event to the loop, with nothing held and nothing else open."""
    seen = Moment(listing, at, ladder, belief)
    if ladder is None:
        return seen
    heard = _Heard(looking.policy())
    costs = wiring.charges(looking.config)
    state = wiring.new_state(looking.config, {listing.event.ticker: listing}, heard, costs)
    if belief is not None:
        step(state, BeliefMade(belief.at, 0, listing.event.ticker, belief))
    step(state, ladder)
    refusals = heard.decision.refusals if heard.view is not None else _refused(state, ladder.event)
    if heard.view is None:
        return replace(seen, refusals=refusals)
    left = left_of(state, state.event(ladder.event), heard.view, heard.decision)
    answers = tuple(_answer(*pair) for pair in zip(heard.decision.proposals, left, strict=True))
    return replace(seen, view=heard.view, answers=answers, refusals=refusals)


def _answer(proposal: Proposal, found: Left) -> Answer:
    """What the loop would make of one proposal, beside the others of its ladder."""
    cut_by = None if found.stake is None or found.limit is None else str(found.limit.reason)
    return Answer(proposal, 0 if found.stake is None else found.stake.count, found.refusal, cut_by)


def _refused(state: State, event: str) -> tuple[Refusal, ...]:
    return tuple(count.first for count in state.event(event).refusals.values())


def _ladders(lake: Lake, listings: Mapping[str, Listing], at: datetime) -> dict[str, LadderQuote]:
    """The newest ladder of each event known by the instant, as old as it is then; none where no side stands."""
    if not listings:
        return {}
    days = [listing.event.day for listing in listings.values()]
    found: dict[str, LadderQuote] = {}
    is_open = _is_in_session(lake, at)
    for part in recorded_ladders(lake, listings, min(days), max(days)):
        for today in sorted(day for day in part.by_date if day <= at.date()):
            for ladder in part.take(today, count()):
                if ladder.known_at <= at:
                    found[ladder.event] = ladder
    # Whether an empty ladder is recorded at all depends on whether anybody quotes the event later.
    stands = (ladder for ladder in found.values() if any(map(_is_quoted, ladder.quotes)))
    return {ladder.event: _aged(ladder, at, is_open=is_open) for ladder in stands}


def _is_quoted(quote: Quote) -> bool:
    return quote.yes_bid is not None or quote.yes_ask is not None


def _aged(ladder: LadderQuote, at: datetime, *, is_open: bool) -> LadderQuote:
    """The ladder as it stands at a later instant: older, and open only if the exchange is open then too."""
    if ladder.known_at == at:
        return ladder
    minutes = (at - ladder.known_at) // timedelta(minutes=1)
    quotes = tuple(
        replace(quote, bid_age=quote.bid_age + minutes, ask_age=quote.ask_age + minutes) for quote in ladder.quotes
    )
    return replace(ladder, known_at=at, quotes=quotes, is_trading=ladder.is_trading and is_open)


def _is_in_session(lake: Lake, at: datetime) -> bool:
    """Whether the exchange is open at an instant, as was known by then."""
    hours = spans(lake.read("sessions"), at - _REACH, at + _REACH)
    return not hours.filter("is_trading", pl.col("from") <= at, pl.col("to") > at).is_empty()


def _beliefs(looking: Looking, listings: Mapping[str, Listing], at: datetime) -> dict[str, Belief]:
    """The newest belief about each event that a backtest would have made by the instant."""
    ask = looking.believe
    if ask is None:
        return {}

    def newest(requests: pl.DataFrame) -> list[Belief]:
        by = requests.filter(pl.col("at") <= at).sort("at").group_by("city", "day", maintain_order=True).last()
        return [] if by.is_empty() else ask(by.select(requests.columns))

    cadence = timedelta(minutes=looking.config.backtest.belief_cadence_min)
    made = Asking("", newest, cadence, releases=wiring.releases(looking.config)).beliefs(listings)
    names = {(listing.event.city, listing.event.day): name for name, listing in listings.items()}
    return {names[belief.city, belief.day]: belief for belief in made}
