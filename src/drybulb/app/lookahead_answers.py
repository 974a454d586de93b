"""All that is said about one event at one instant, as values with names, so that two answers can be compared."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime

import polars as pl

from drybulb.app import wiring
from drybulb.app.config import Config
from drybulb.app.forecaster import Forecaster
from drybulb.app.listings import listed_events
from drybulb.app.moment import Looking, Moment, moments
from drybulb.app.tampered import Tampered
from drybulb.domain.distribution import Belief
from drybulb.frames.grid import REQUEST_SCHEMA, one_request
from drybulb.research.lookahead import Part
from drybulb.strategy.anchor_weights import Weights
from drybulb.strategy.decision import Refusal

#: What an answer is made of, in the order in which each rests on those before.
PARTS = ("snapshot", "belief", "decision")


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked at every instant.

    Attributes:
        config: the settings.
        city: city key.
        day: event day.
        policy: name of the policy; its forecaster's belief is looked at too.
    """

    config: Config
    city: str
    day: date
    policy: str


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What a forecaster says, and what it read.

    Attributes:
        forecaster: who.
        snapshot: the row it stands on, by column.
        belief: the belief.
        tables: that were read for it.
    """

    forecaster: Forecaster
    snapshot: Part
    belief: Belief
    tables: frozenset[str]


@dataclass(frozen=True, slots=True)
class Answers:
    """All that is said about one event at one instant.

    Attributes:
        parts: values by name, by part.
        tables: that were read for them.
    """

    parts: dict[str, Part]
    tables: frozenset[str]


def foreseen(question: Question, forecaster: Forecaster, lake: Tampered, at: datetime) -> Foreseen:
    """Ask a forecaster of a lake what it says at an instant."""
    mine = replace(forecaster, lake=lake, _tables={})  # the models stay; what they read does not
    rows = mine.snapshots(one_request(question.city, question.day, at))
    belief = mine.beliefs_about(rows, wiring.forecaster_of(question.policy))[0]
    return Foreseen(mine, rows.row(0, named=True), belief, frozenset(lake.asked))


def answers(question: Question, said: Foreseen, lake: Tampered, at: datetime, weights: Weights | None) -> Answers:
    """Return what was foreseen, and what the policy decides on it.

    Args:
        question: what is asked.
        said: what the forecaster says.
        lake: the tables the policy looks at.
        at: when.
        weights: of ``anchored``; None for another policy.
    """
    config = question.config
    asked_already = pl.DataFrame([(question.city, question.day, at)], schema=REQUEST_SCHEMA, orient="row")

    def believe(requests: pl.DataFrame) -> list[Belief]:
        if requests.equals(asked_already):
            return [said.belief]
        return said.forecaster.beliefs(requests, wiring.forecaster_of(question.policy))

    looking = Looking(config, lambda: wiring.policy(config, question.policy, weights), believe)
    city = config.find_city(question.city)
    listings = listed_events(lake, {city.key: city}, question.day, question.day, known_by=at)
    decided: dict[str, object] = {}
    for moment in moments(lake, looking, listings, at):
        decided |= _decision(moment)
    parts = dict(zip(PARTS, (said.snapshot, _belief(said.belief), decided), strict=True))
    return Answers(parts, frozenset(said.tables | lake.asked))


def _belief(belief: Belief) -> dict[str, object]:
    spread = belief.distribution
    told: dict[str, object] = {"source": belief.source, "reason": belief.reason, "model": belief.model}
    degrees = () if spread is None else enumerate(spread.millionths, spread.low)
    return told | {f"millionths of {degree} °F": mass for degree, mass in degrees}


def _decision(moment: Moment) -> dict[str, object]:
    """Everything the policy was shown and said, by event or market and what it is."""
    event = moment.listing.event
    told: dict[str, object] = {f"{event.ticker}: hours": (moment.listing.opens_at, moment.listing.closes_at)}
    told |= {f"{market.ticker}: bracket": market.bracket for market in event.markets}
    if moment.ladder is not None:
        told[f"{event.ticker}: is open"] = moment.ladder.is_trading
        markets = zip(event.markets, moment.ladder.quotes, strict=True)
        told |= {f"{market.ticker}: quote": quote for market, quote in markets}
    if moment.view is not None:
        told[f"{event.ticker}: probabilities"] = moment.view.probabilities
    for answer in moment.answers:
        intent = answer.proposal.intent
        told[f"{intent.ticker}: order"] = (intent, answer.sent, answer.proposal.edge, answer.refusal, answer.cut_by)
    refused: dict[str, list[Refusal]] = {}
    for refusal in moment.refusals:
        refused.setdefault(refusal.ticker, []).append(refusal)
    return told | {f"{ticker}: refused": refusals for ticker, refusals in refused.items()}
