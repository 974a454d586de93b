"""The terms of a run: who is asked, when, and who settles; and all that is assumed, in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from drybulb.app import wiring
from drybulb.app.anchor_store import StoredAnchor
from drybulb.app.config import Config
from drybulb.app.watched import Watched
from drybulb.engine.ports import Value
from drybulb.strategy.anchor_weights import PHASES
from drybulb.strategy.decision_clock import DecisionClock

_ALWAYS = (
    "orders are taken only; none rests in the book and earns the spread",
    "prints only: filled by a later print on the same side, inside the limit, up to its size, and pays the limit",
    "of prints at one instant the dearest is met first",
    "recorded quotes: filled at the next quote recorded after latency, inside the limit, up to its size where known",
    "carried prices never fill; nothing fills while the exchange is closed",
    "a fill takes the place of a recorded trade or quote; our orders move no price and nobody answers them",
    "collateral is not returned on exclusive markets; a NO contract keeps its whole cost until settlement",
)
_INFERRED = (
    "an event without a recorded settlement pays as the official high says: an inference, not the exchange's word"
)


@dataclass(frozen=True, slots=True)
class Terms:
    """What a person asked of a run, beside its window and cities.

    Attributes:
        policy: its name.
        clocks: the only times at which it is asked, in order; none where it is asked at any time.
        is_inferred: whether the official high settles an event whose settlement is not recorded.
        anchor: weights of the belief beside the market, where the policy pools the two.
        watched: the bets whose stops hold, where they do.
    """

    policy: str
    clocks: tuple[DecisionClock, ...] = ()
    is_inferred: bool = False
    anchor: StoredAnchor | None = None
    watched: Watched | None = None

    def fields(self) -> dict[str, Value]:
        """Return what the first line of the journal says of them; what was not asked for is not there."""
        fields: dict[str, Value] = {"policy": self.policy}
        if self.clocks:
            fields["decide_at"] = [str(clock) for clock in self.clocks]
        if self.is_inferred:
            fields["settled_by"] = "official high"
        if self.anchor is not None:
            fields["anchor"] = self.anchor.id
        if self.watched is not None:
            fields["watch"] = self.watched.to_json()
        return fields


def assumed(config: Config, terms: Terms) -> tuple[str, ...]:
    """Return how fills are granted, and the settings that made a run what it is, one sentence each."""
    return (*_ALWAYS, *([_INFERRED] if terms.is_inferred else []), *_settings(config, terms))


def _settings(config: Config, terms: Terms) -> Iterator[str]:
    """The settings that made the run what it is."""
    waits = config.backtest
    yield (
        f"an order arrives {waits.latency_seconds} s after its decision and waits {waits.order_lifetime_min} min; where"
        f" quotes are polled it meets the next one, at most {waits.poll_lifetime_min} min later, whatever was learnt"
    )
    for rule in config.fees:
        yield (
            f"fees of {'every series' if rule.series == '*' else rule.series} from {rule.starts}: {rule.fee_type},"
            f" multiplier {rule.multiplier}, rounding {rule.rounding}, {config.market.member} member"
        )
    if not wiring.needs_beliefs(terms.policy):
        return
    trade = config.strategy
    edges, fractions = trade.min_edge_cents, trade.kelly_fraction
    if terms.clocks:
        said = " and ".join(map(str, terms.clocks))
        yield f"decided once at each of {said}, local standard time, on the first ladder from then on; at no other time"
        yield f"a belief at each of these, trusted for {trade.max_belief_age_min} min"
    else:
        yield f"a belief every {waits.belief_cadence_min} min, trusted for {trade.max_belief_age_min} min"
    yield from _anchor(config, terms)
    if terms.watched is not None:
        asked = terms.watched.registered
        yield (
            f"a city is not traded once the market's evidence against {asked.forecaster} reached {asked.level:g}: bets"
            f" of {asked.share:g} of what it has, each event at {asked.clock}, registered from {asked.starts},"
            f" begun on {terms.watched.began}; what is held then stays until it settles"
        )
    yield f"edge after fees of at least {edges[0]:g} ¢ at lead 0 and {edges[1]:g} ¢ at lead 1"
    yield f"{fractions[0]:g} of Kelly at lead 0 and {fractions[1]:g} at lead 1, of ${trade.bankroll_usd:,}"
    yield (
        f"quotes at most {trade.max_quote_age_min} min old and {trade.max_spread_cents:g} ¢ wide; none in the last"
        f" {trade.min_minutes_to_close} min; {trade.cooldown_min} min between orders in a market"
    )
    for city, own in trade.city.items():
        yield f"for {city} instead: {own.model_dump(exclude_none=True)}"
    risk = config.risk
    yield (
        f"at most ${risk.max_trade_usd:,} a trade, ${risk.max_daily_loss_usd:,} lost a day,"
        f" ${risk.max_open_exposure_usd:,} at stake, {risk.max_positions} positions,"
        f" {risk.max_positions_per_event} an event"
    )


def _anchor(config: Config, terms: Terms) -> Iterator[str]:
    """What a pooled belief is made of."""
    if terms.anchor is None:
        return
    rules, weights = config.anchor, terms.anchor.weights
    yield (
        f"the belief of {terms.anchor.source} is pooled with the market by the weights of anchor {terms.anchor.id},"
        " each from the day on which it was known; where the weight is 0 or none is in force, nothing is traded"
    )
    yield (
        f"the market is the mids of a ladder whose every leg is quoted on both sides, at most"
        f" {rules.max_spread_cents:g} ¢ wide and {config.strategy.max_quote_age_min} min old, within"
        f" {rules.max_span_min} min of each other"
    )
    for phase in sorted({row.phase for row in weights.rows}, key=PHASES.index):
        found = [row.weight for row in weights.rows if row.phase == phase]
        above = sum(weight > 0.0 for weight in found)
        yield f"stored weights of {phase}: {above} of {len(found)} above 0, the largest {max(found):.2f}"
