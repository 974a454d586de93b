"""`drybulb scan`: at one instant, every leg of every open event with its edges, and what the policy would do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl

from drybulb.adapters.lake import Lake
from drybulb.app import anchor_store, wiring
from drybulb.app.asking import BeliefMaker
from drybulb.app.config import Config
from drybulb.app.forecaster import Forecaster
from drybulb.app.listings import listed_events
from drybulb.app.moment import Answer, Looking, Moment, moments
from drybulb.domain.city import City
from drybulb.domain.distribution import Belief
from drybulb.domain.ledger import Side
from drybulb.domain.market import Quote
from drybulb.domain.money import CENTICENTS_PER_CENT, CENTICENTS_PER_DOLLAR, COUNT_PER_CONTRACT
from drybulb.engine.ports import Listing
from drybulb.errors import ConfigError, LakeError
from drybulb.strategy.charges import Charges
from drybulb.strategy.decision import Refusal
from drybulb.strategy.edge import edge

_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Edge:
    """One leg of an open event.

    Attributes:
        moment: its event at the instant.
        leg: index of the market in its ladder.
        quote: what stands, with its age [centicents, min].
        probability: of YES, as the policy was shown it; None where nobody spoke.
        yes: expected gain of buying one contract of YES at the ask, after its fee [centicents]; None without both.
        no: the same of buying NO at the bid.
        answer: what became of the policy's proposal; None where it made none.
        refusal: why there is no order; None where there is one, or where nothing was there to be wanted.
        sized: edge of the order, for all its contracts [centicents per contract]; None where there is no order.
    """

    moment: Moment
    leg: int
    quote: Quote
    probability: float | None
    yes: float | None
    no: float | None
    answer: Answer | None
    refusal: Refusal | None
    sized: float | None

    @property
    def best(self) -> float | None:
        """The better of the two edges [centicents]; None where there is neither."""
        return max((value for value in (self.yes, self.no) if value is not None), default=None)

    def to_json(self) -> dict[str, Any]:
        """Return it as plain values: prices and edges in cents, counts in contracts."""
        event = self.moment.listing.event
        market, quote = event.markets[self.leg], self.quote
        return {
            "event": event.ticker,
            "ticker": market.ticker,
            "bracket": str(market.bracket),
            "yes_bid": _cents(quote.yes_bid),
            "bid_age_min": None if quote.yes_bid is None else quote.bid_age,
            "yes_ask": _cents(quote.yes_ask),
            "ask_age_min": None if quote.yes_ask is None else quote.ask_age,
            "probability": self.probability,
            "edge_yes": _cents(self.yes),
            "edge_no": _cents(self.no),
            "order": None if self.answer is None else _order(self.answer, self.sized),
            "refusal": None if self.refusal is None else _refused(self.refusal),
        }


@dataclass(frozen=True, slots=True)
class ScanResult:
    """What there is at an instant, the best edge first.

    Attributes:
        at: the instant [UTC].
        policy: name of the policy.
        moments: the open events.
        edges: their legs, ranked.
        notes: what a reader must know.
    """

    at: datetime
    policy: str
    moments: tuple[Moment, ...]
    edges: tuple[Edge, ...]
    notes: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the document ``scan/1``."""
        return {
            "schema": "scan/1",
            "at": self.at.isoformat(),
            "policy": self.policy,
            "events": [_event(moment) for moment in self.moments],
            "rows": [edge.to_json() for edge in self.edges],
            "notes": list(self.notes),
        }


def now() -> datetime:
    """Return the time of the machine [UTC]."""
    return datetime.now(UTC)


def scan(
    lake: Lake,
    config: Config,
    at: datetime,
    cities: Sequence[str],
    policy: str = "hybrid",
    forecaster: BeliefMaker | None = None,
) -> ScanResult:
    """Rank the edges of all open events at an instant, by what was known by then.

    Args:
        lake: the tables and the stored models.
        config: the settings.
        at: nothing known later is used [aware].
        cities: city keys.
        policy: ``anchored``, or a forecaster, whose beliefs are then traded.
        forecaster: makes the beliefs; of the stored models those that may speak at ``at`` when None.

    Raises:
        ConfigError: a city that is not configured, or a policy that looks at no belief.
        LakeError: no event is open, none is quoted or the exchange is closed at ``at``; or a file cannot be read.
        ModelError: no stored model may speak at ``at``, or ``anchored`` has no weights.
    """
    at = at.astimezone(UTC)
    places = {key: config.find_city(key) for key in cities}
    listings = _open(lake, places, at)
    found = moments(lake, _looking(lake, config, at, policy, forecaster), listings, at)
    quoted = [moment for moment in found if moment.ladder is not None]
    if not quoted:
        raise LakeError(f"{_names(found)}: nobody had quoted by {_clock(at)}; {_quoted_until(lake, cities)}")
    if not any(moment.ladder is not None and moment.ladder.is_trading for moment in quoted):
        raise LakeError(f"the exchange is closed at {_clock(at)}; ask --at an instant of its hours (table sessions)")
    costs = wiring.charges(config)
    edges = [edge for moment in quoted for edge in _edges(moment, costs)]
    edges.sort(key=lambda found: (-_rank(found), found.moment.listing.event.ticker, found.leg))
    silent = [moment for moment in found if moment.ladder is None]
    notes = (f"{_names(silent)}: nobody had quoted by then",) if silent else ()
    return ScanResult(at, policy, tuple(found), tuple(edges), notes)


def _looking(lake: Lake, config: Config, at: datetime, policy: str, forecaster: BeliefMaker | None) -> Looking:
    if policy not in wiring.POLICIES or not wiring.needs_beliefs(policy):
        names = ", ".join(name for name in wiring.POLICIES if wiring.needs_beliefs(name))
        raise ConfigError(f"policy {policy!r} looks at no belief, so it sees no edge; use one of {names}")
    source = wiring.forecaster_of(policy)
    weights = anchor_store.newest(lake, source).weights if policy == wiring.ANCHORED else None
    # The belief that stands was made up to one cadence ago.
    first = at - timedelta(minutes=config.backtest.belief_cadence_min)
    maker = Forecaster.load(lake, config, first) if forecaster is None else forecaster

    def believe(requests: pl.DataFrame) -> list[Belief]:
        return maker.beliefs(requests, source)

    return Looking(config, lambda: wiring.policy(config, policy, weights), believe)


def _open(lake: Lake, places: Mapping[str, City], at: datetime) -> dict[str, Listing]:
    """The events that can be traded at an instant.

    Raises:
        LakeError: there are none.
    """
    near = listed_events(lake, places, at.date() - _ONE_DAY, at.date() + 2 * _ONE_DAY, known_by=at)
    found = {name: made for name, made in near.items() if made.opens_at <= at < made.closes_at}
    if not found:
        raise LakeError(f"no event of {', '.join(places)} is open at {_clock(at)}; {_listed_until(lake, places)}")
    return found


def _edges(moment: Moment, costs: Charges) -> list[Edge]:
    """The legs of a quoted event, in the ladder's order."""
    if moment.ladder is None:
        return []
    answers = {answer.proposal.leg: answer for answer in moment.answers}
    refusals = {refusal.ticker: refusal for refusal in reversed(moment.refusals)}
    ladder_wide = refusals.get(moment.listing.event.ticker)
    shown = None if moment.view is None else moment.view.probabilities
    found = []
    for leg, (market, quote) in enumerate(zip(moment.listing.event.markets, moment.ladder.quotes, strict=True)):
        probability, answer = None if shown is None else shown[leg], answers.get(leg)
        refusal = refusals.get(market.ticker, ladder_wide) if answer is None else answer.refusal
        yes, no = (_edge(moment, costs, probability, side, quote) for side in (Side.BID, Side.ASK))
        found.append(Edge(moment, leg, quote, probability, yes, no, answer, refusal, _sized(moment, costs, answer)))
    return found


def _sized(moment: Moment, costs: Charges, answer: Answer | None) -> float | None:
    """Edge of an order at its own size and fee [centicents per contract]."""
    if answer is None or not answer.sent or answer.proposal.probability is None:
        return None
    intent = answer.proposal.intent
    fee = costs.in_one_fill(moment.listing.series, moment.at, intent.price, answer.sent)
    return edge(answer.proposal.probability, intent.side, intent.price, answer.sent, fee)


def _edge(moment: Moment, costs: Charges, probability: float | None, side: Side, quote: Quote) -> float | None:
    """Edge of one contract taken from the side that stands opposite [centicents]."""
    price = quote.yes_ask if side.is_buy else quote.yes_bid
    if probability is None or price is None:
        return None
    fee = costs.in_one_fill(moment.listing.series, moment.at, price, COUNT_PER_CONTRACT)
    return edge(probability, side, price, COUNT_PER_CONTRACT, fee)


def _rank(found: Edge) -> float:
    best = found.best
    return -float(CENTICENTS_PER_DOLLAR) * 2 if best is None else best


def _event(moment: Moment) -> dict[str, Any]:
    event, belief = moment.listing.event, moment.belief
    spread = None if belief is None else belief.distribution
    return {
        "event": event.ticker,
        "city": event.city,
        "day": event.day.isoformat(),
        "lead": 0 if moment.at >= moment.listing.climate_day.start else 1,
        "closes_at": moment.listing.closes_at.isoformat(),
        "quoted_at": None if moment.ladder is None else moment.ladder.at.isoformat(),
        "is_trading": moment.ladder is not None and moment.ladder.is_trading,
        "belief": None
        if belief is None
        else {
            "at": belief.at.isoformat(),
            "source": belief.source,
            "reason": belief.reason,
            "model": belief.model,
            "mean": None if spread is None else spread.mean(),
        },
        "refusals": [_refused(refusal) for refusal in moment.refusals],
    }


def _order(answer: Answer, sized: float | None) -> dict[str, Any]:
    proposal = answer.proposal
    return {
        "side": "yes" if proposal.intent.side.is_buy else "no",
        "yes_price": proposal.intent.price / CENTICENTS_PER_CENT,
        "wanted": proposal.intent.count / COUNT_PER_CONTRACT,
        "contracts": answer.sent / COUNT_PER_CONTRACT,
        "edge": _cents(sized),
        "cut_by": answer.cut_by,
    }


def _refused(refusal: Refusal) -> dict[str, Any]:
    """A refusal as the journal has it; seen and bound in the limit's own unit."""
    return {"ticker": refusal.ticker, "reason": str(refusal.reason), "seen": refusal.seen, "bound": refusal.bound}


def _cents(centicents: float | None) -> float | None:
    return None if centicents is None else round(centicents / CENTICENTS_PER_CENT, 4)


def _clock(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%MZ}"


def _names(found: Sequence[Moment]) -> str:
    return ", ".join(moment.listing.event.ticker for moment in found)


def _listed_until(lake: Lake, places: Mapping[str, City]) -> str:
    """What the lake lists, so that a person knows what to ask."""
    days = lake.read("markets", places, columns=["day"])["day"]
    if days.is_empty():
        return "the lake lists no market of theirs; run `drybulb import` first"
    first, last = (str(day) for day in (days.min(), days.max()))
    return f"the lake lists event days from {first} to {last}: ask --at an instant while one is open"


def _quoted_until(lake: Lake, cities: Sequence[str]) -> str:
    """When the lake's newest quote is of, so that a person knows what to ask."""
    newest = [lake.read(name, cities, columns=["known_at"])["known_at"].max() for name in ("quotes", "books", "dense")]
    known = [at for at in newest if isinstance(at, datetime)]
    if not known:
        return "the lake has no quotes of theirs; import them, then run `drybulb dense`"
    return f"the lake's newest quote is of {_clock(max(known))}: ask --at an instant with quotes"
