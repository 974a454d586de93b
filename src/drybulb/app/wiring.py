"""From settings to parts: the only place that branches on the mode, and where settings become plain values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from drybulb.app.config import Config
from drybulb.domain.fees import FeeRule, FeeSchedule, MemberType
from drybulb.domain.ledger import Account
from drybulb.domain.money import CENTICENTS_PER_CENT, MICRODOLLARS_PER_DOLLAR
from drybulb.engine.ports import Broker, Clock, Feed, Listing, MarketEvent
from drybulb.engine.replay import MemoryJournal, ReplayClock, ReplayFeed
from drybulb.engine.simulated import SimulatedBroker
from drybulb.engine.state import RunRules, State
from drybulb.forecast.fitted import NAMES
from drybulb.forecast.hybrid import NAME as HYBRID
from drybulb.forecast.hybrid import SIDES
from drybulb.strategy.anchor import AnchorRules
from drybulb.strategy.anchor_weights import Weights
from drybulb.strategy.anchored import Anchored
from drybulb.strategy.charges import Charges
from drybulb.strategy.policy import BeliefPolicy, Gates, NeverTrade, Policy, Threshold
from drybulb.strategy.probe import CrossedMinutes
from drybulb.strategy.risk import Limits, Portfolio

#: Forecasters whose beliefs a person may ask for.
FORECASTERS = (*NAMES, *SIDES)
#: The policy that pools the hybrid's belief with the market.
ANCHORED = "anchored"
#: Policies a person may ask for: trade nothing, the probe of crossed minutes, the anchored belief, or the beliefs of a
#: forecaster as they are.
POLICIES = ("never", "crossed", ANCHORED, *FORECASTERS)


class Mode(StrEnum):
    """How the engine is connected."""

    BACKTEST = "backtest"


@dataclass(frozen=True, slots=True)
class Ports:
    """What the loop is connected to."""

    feed: Feed
    broker: Broker
    clock: Clock
    journal: MemoryJournal


def connect(
    mode: Mode, config: Config, listings: Mapping[str, Listing], events: Iterable[MarketEvent], costs: Charges
) -> Ports:
    """Return the ports of ``mode``.

    Args:
        mode: how the engine is connected.
        config: the settings.
        listings: the events that may be traded, by ticker.
        events: what is recorded, in the total order.
        costs: what fills are charged.
    """
    match mode:
        case Mode.BACKTEST:
            latency = timedelta(seconds=config.backtest.latency_seconds)
            broker = SimulatedBroker(listings, costs, latency)
            return Ports(ReplayFeed(events), broker, ReplayClock(), MemoryJournal())


def charges(config: Config) -> Charges:
    """Return the fee schedule of the settings, as the configured member meets it.

    Raises:
        FeeError: a fee block that cannot be understood.
    """
    rules = (FeeRule.parse(f.series, f.starts, f.fee_type, f.multiplier, f.rounding) for f in config.fees)
    return Charges(FeeSchedule(tuple(rules)), MemberType(config.market.member), ZoneInfo(config.market.time_zone))


def limits(config: Config) -> Limits:
    """Return the ``[risk]`` block in the ledger's units."""
    risk = config.risk
    return Limits(
        max_trade=risk.max_trade_usd * MICRODOLLARS_PER_DOLLAR,
        max_daily_loss=risk.max_daily_loss_usd * MICRODOLLARS_PER_DOLLAR,
        max_open_exposure=risk.max_open_exposure_usd * MICRODOLLARS_PER_DOLLAR,
        max_positions=risk.max_positions,
        max_positions_per_event=risk.max_positions_per_event,
    )


def anchor_rules(config: Config) -> AnchorRules:
    """Return when the quotes of a ladder speak for the market."""
    return AnchorRules(
        max_spread=round(config.anchor.max_spread_cents * CENTICENTS_PER_CENT),
        max_quote_age=config.strategy.max_quote_age_min,
        max_span=config.anchor.max_span_min,
    )


def policy(config: Config, name: str, weights: Weights | None = None) -> Policy:
    """Return the policy called ``name``: ``never``, ``crossed``, ``anchored``, or that of the forecaster of that name.

    Args:
        config: the settings.
        name: which.
        weights: of the belief beside the market; without any, ``anchored`` always passes.
    """
    match name:
        case "never":
            return NeverTrade()
        case "crossed":
            return CrossedMinutes()
    strategy = config.strategy
    gates = Gates(
        max_belief_age=strategy.max_belief_age_min,
        max_quote_age=strategy.max_quote_age_min,
        max_spread=round(strategy.max_spread_cents * CENTICENTS_PER_CENT),
        min_minutes_to_close=strategy.min_minutes_to_close,
        cooldown=strategy.cooldown_min,
    )
    trades = BeliefPolicy(name, {city: _thresholds(config, city) for city in config.city}, gates)
    if name != ANCHORED:
        return trades
    offsets = {key: city.standard_offset_hours for key, city in config.city.items()}
    return Anchored(trades, weights or Weights(()), anchor_rules(config), offsets)


def needs_beliefs(name: str) -> bool:
    """Whether the policy called ``name`` looks at beliefs."""
    return name not in ("never", "crossed")


def forecaster_of(name: str) -> str:
    """Return whose beliefs the policy called ``name`` looks at."""
    return HYBRID if name == ANCHORED else name


def new_state(config: Config, listings: Mapping[str, Listing], decides: Policy, costs: Charges) -> State:
    """Return the state of a run that has not begun, with the configured bankroll in cash."""
    return State(
        listings=listings,
        policy=decides,
        portfolio=Portfolio(limits(config)),
        account=Account(config.strategy.bankroll_usd * MICRODOLLARS_PER_DOLLAR),
        charges=costs,
        rules=RunRules(
            seed=config.training.seed,
            order_lifetime=timedelta(minutes=config.backtest.order_lifetime_min),
            poll_lifetime=timedelta(minutes=config.backtest.poll_lifetime_min),
        ),
    )


def _thresholds(config: Config, city: str) -> tuple[Threshold, Threshold]:
    """Thresholds of a city at lead 0 and at lead 1, its own over the general ones."""
    own = config.strategy.city.get(city)
    edges = (own.min_edge_cents if own else None) or config.strategy.min_edge_cents
    fractions = (own.kelly_fraction if own else None) or config.strategy.kelly_fraction
    first, second = (Threshold(e * CENTICENTS_PER_CENT, k) for e, k in zip(edges, fractions, strict=True))
    return first, second
