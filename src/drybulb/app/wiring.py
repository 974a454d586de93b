"""From settings to parts: the only place that branches on the mode, and where settings become plain values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from drybulb.app.config import Config
from drybulb.domain.fees import FeeRule, FeeSchedule, MemberType
from drybulb.domain.ledger import Account
from drybulb.domain.money import CENTICENTS_PER_CENT, MICRODOLLARS_PER_DOLLAR, count_from_contracts
from drybulb.engine.fills import Fills
from drybulb.engine.ports import Broker, Clock, Feed, Listing, MarketEvent
from drybulb.engine.replay import ReplayClock, ReplayFeed
from drybulb.engine.simulated import SimulatedBroker
from drybulb.engine.state import RunRules, State
from drybulb.errors import ConfigError
from drybulb.forecast.fitted import NAMES
from drybulb.forecast.hybrid import NAME as HYBRID
from drybulb.forecast.hybrid import SIDES
from drybulb.strategy.anchor import AnchorRules
from drybulb.strategy.anchor_weights import Weights
from drybulb.strategy.anchored import Anchored
from drybulb.strategy.charges import Charges
from drybulb.strategy.execution import Execution
from drybulb.strategy.flat import Flat
from drybulb.strategy.limits import Limits
from drybulb.strategy.making import Maker
from drybulb.strategy.own_market import OwnMarket
from drybulb.strategy.policy import Gates, NeverTrade, Policy, Threshold
from drybulb.strategy.probe import CrossedMinutes
from drybulb.strategy.releases import Release, Releases
from drybulb.strategy.risk import Portfolio
from drybulb.strategy.rules import CityRules, Rules
from drybulb.strategy.sizing import Drawdown
from drybulb.strategy.taking import BeliefPolicy

#: Forecasters whose beliefs a person may ask for.
FORECASTERS = (*NAMES, *SIDES)
#: The policy that pools the hybrid's belief with the market.
ANCHORED = "anchored"
#: The policy that believes the quotes themselves.
MARKET = "market"
#: The policy that takes the same stake once in each market on the hybrid's belief; a screen can follow it.
FLAT = "flat"
#: Policies a person may ask for: trade nothing, the probe of crossed minutes, the market's own belief, the anchored
#: one, a flat stake on the hybrid's, or the belief of a forecaster.
POLICIES = ("never", "crossed", MARKET, ANCHORED, FLAT, *FORECASTERS)


class Mode(StrEnum):
    """How the engine is connected."""

    BACKTEST = "backtest"


@dataclass(frozen=True, slots=True)
class Ports:
    """What all desks of a run share."""

    feed: Feed
    clock: Clock


def connect(mode: Mode, events: Iterable[MarketEvent]) -> Ports:
    """Return the ports of ``mode`` that all desks share.

    Args:
        mode: how the engine is connected.
        events: what is recorded, in the total order.
    """
    match mode:
        case Mode.BACKTEST:
            return Ports(ReplayFeed(events), ReplayClock())


def simulated(config: Config, listings: Mapping[str, Listing], costs: Charges, fills: Fills) -> Broker:
    """Return the simulated exchange: the champion's in a backtest, every challenger's in any mode.

    Args:
        config: the settings.
        listings: the events that may be traded, by ticker.
        costs: what fills are charged.
        fills: what is granted.
    """
    latency = timedelta(seconds=config.backtest.latency_seconds)
    return SimulatedBroker(listings, costs, latency, fills, count_from_contracts(config.strategy.contract_step))


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
        max_event=risk.max_event_usd * MICRODOLLARS_PER_DOLLAR,
        max_region=risk.max_region_usd * MICRODOLLARS_PER_DOLLAR,
        max_daily_loss=risk.max_daily_loss_usd * MICRODOLLARS_PER_DOLLAR,
        max_open_exposure=risk.max_open_exposure_usd * MICRODOLLARS_PER_DOLLAR,
        max_drawdown=risk.max_drawdown_usd * MICRODOLLARS_PER_DOLLAR,
        max_positions=risk.max_positions,
        max_positions_per_event=risk.max_positions_per_event,
        regions={city: region for region, cities in risk.regions.items() for city in cities},
    )


def anchor_rules(config: Config) -> AnchorRules:
    """Return when the quotes of a ladder speak for the market."""
    return AnchorRules(
        max_spread=round(config.anchor.max_spread_cents * CENTICENTS_PER_CENT),
        max_quote_age=config.strategy.max_quote_age_min,
        max_span=config.anchor.max_span_min,
    )


def releases(config: Config) -> Releases:
    """Return the information calendar."""
    made = (
        Release(
            block.name,
            block.zone == "standard",
            block.hours,
            block.minute,
            block.before_min,
            block.after_min,
            block.cities,
        )
        for block in config.calendar
    )
    return Releases(made, _offsets(config))


def rules(config: Config) -> Rules:
    """Return what each city is traded by."""
    strategy, risk = config.strategy, limits(config)
    drawdown = strategy.drawdown
    return Rules(
        cities={city: _city_rules(config, city) for city in config.city},
        gates=Gates(
            max_belief_age=strategy.max_belief_age_min,
            max_quote_age=strategy.max_quote_age_min,
            max_spread=round(strategy.max_spread_cents * CENTICENTS_PER_CENT),
            min_minutes_to_close=strategy.min_minutes_to_close,
            cooldown=strategy.cooldown_min,
        ),
        anchor=anchor_rules(config),
        releases=releases(config),
        hysteresis=strategy.hysteresis_cents * CENTICENTS_PER_CENT,
        step=count_from_contracts(strategy.contract_step),
        drawdown=None if drawdown is None else Drawdown(drawdown.share, drawdown.chance),
        max_trade=risk.max_trade,
        max_event=risk.max_event,
    )


def policy(config: Config, name: str, weights: Weights | None = None, execution: Execution = Execution.TAKER) -> Policy:
    """Return the policy called ``name``, one of :data:`POLICIES`.

    Args:
        config: the settings.
        name: which.
        weights: of the belief beside the market; without any, ``anchored`` always passes.
        execution: how what is believed is traded; the first two have a way of their own.

    Raises:
        ConfigError: ``flat`` with orders that wait, or with a weight beside the market.
    """
    match name:
        case "never":
            return NeverTrade()
        case "crossed":
            return CrossedMinutes()
    by = rules(config)
    if name == FLAT:
        _check_flat(by, execution)
        return Flat(name, by)
    if name in (ANCHORED, MARKET):
        # These have a weight of their own: that of the settings is for the belief of a forecaster.
        by = replace(by, cities={city: replace(own, weight=1.0) for city, own in by.cities.items()})
    trades = BeliefPolicy(name, by) if execution is Execution.TAKER else Maker(name, by)
    match name:
        case "anchored":
            return Anchored(trades, weights or Weights(()), by.anchor, _offsets(config))
        case "market":
            return OwnMarket(trades)
    return trades


def _check_flat(by: Rules, execution: Execution) -> None:
    """Refuse what the flat policy would not heed."""
    if execution is Execution.MAKER:
        raise ConfigError(f"policy {FLAT} takes and never waits; trade it with --fills taker, or {HYBRID} as maker")
    for city, own in by.cities.items():
        if own.weight != 1.0:
            raise ConfigError(
                f"policy {FLAT} trades the belief as it is, and [strategy] weight of {city} is {own.weight}; set it to"
                f" 1, or trade {HYBRID}, which heeds it"
            )


def needs_beliefs(name: str) -> bool:
    """Whether the policy called ``name`` looks at beliefs."""
    return name not in ("never", "crossed", MARKET)


def forecaster_of(name: str) -> str:
    """Return whose beliefs the policy called ``name`` looks at."""
    return HYBRID if name in (ANCHORED, FLAT) else name


def new_state(
    config: Config, listings: Mapping[str, Listing], decides: Policy, costs: Charges, forecaster: str | None = None
) -> State:
    """Return the state of a run that has not begun, with the configured bankroll in cash.

    Args:
        config: the settings.
        listings: the events that may be traded, by ticker.
        decides: the policy.
        costs: what trades are charged.
        forecaster: the only one whose beliefs are heard; None hears everybody's.
    """
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
            lot=count_from_contracts(config.strategy.contract_step),
        ),
        forecaster=forecaster,
    )


def _offsets(config: Config) -> dict[str, int]:
    """Hours of standard time from UTC, by city key [h]."""
    return {key: city.standard_offset_hours for key, city in config.city.items()}


def _city_rules(config: Config, city: str) -> CityRules:
    """What a city is traded by: its own values over the general ones."""
    own = config.strategy.city.get(city)
    said = {} if own is None else own.model_dump(exclude_none=True)
    trade = config.strategy.model_copy(update=said)

    def thresholds(edges: tuple[float, float]) -> tuple[Threshold, Threshold]:
        first, second = zip(edges, trade.kelly_fraction, strict=True)
        return Threshold(first[0] * CENTICENTS_PER_CENT, first[1]), Threshold(
            second[0] * CENTICENTS_PER_CENT, second[1]
        )

    return CityRules(
        thresholds=thresholds(trade.min_edge_cents),
        making=thresholds(trade.maker_min_edge_cents),
        budget=trade.budget,
        weight=trade.weight,
    )
