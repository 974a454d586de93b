"""All that is assumed of a run, in words: how fills are granted, and the settings that made it what it is."""

from __future__ import annotations

from collections.abc import Iterator

from drybulb.app import wiring
from drybulb.app.config import Config
from drybulb.app.terms import Terms
from drybulb.engine.fills import Fills
from drybulb.strategy.anchor_weights import PHASES
from drybulb.strategy.flat import STAKE

_TAPE = "a print on the same side fills a taker later, inside the limit, up to its size; the taker pays the limit"
_DEAREST = "of prints at one instant the dearest is met first"
_NEXT = "the next quote recorded after latency fills a taker inside the limit, up to its size where known, or ends it"
_CARRIED = "carried prices never fill; nothing fills while the exchange is closed"
_REST = "orders rest and pay their limit and the maker's fee; one that would cross the last recorded quote is rejected"
_UNCROSSED = (
    "no opposite quote is recorded in a minute built from prints: there no order is rejected for crossing, though a"
    " book might have rejected it"
)
_THROUGH = (
    "a resting order is filled by a print of the other side's taker, or a recorded quote of the other side, strictly"
    " through its price, or by what such a print at its price has beyond the size known to stand before it"
)
_TOUCHED = (
    "a resting order is filled as soon as a print of the other side's taker, or a recorded quote of the other side,"
    " touches its price: it always was the first in the queue, which nobody is"
)
_AT_ONCE = (
    "every order is filled at once, whole, at the price it was decided on, carried or not: nobody can trade so, and the"
    " run shows what assuming it is worth"
)
_INSTEAD = "a fill takes the place of a recorded trade or quote"
_GRANTED: dict[Fills, tuple[str, ...]] = {
    Fills.TAKER: (
        "orders only take and pay the taker's fee; none rests in the book and earns the spread",
        *(_TAPE, _DEAREST, _NEXT, _CARRIED, _INSTEAD),
    ),
    Fills.MAKER_PESSIMISTIC: (_REST, _UNCROSSED, _THROUGH, _CARRIED, _INSTEAD),
    Fills.MAKER_OPTIMISTIC: (_REST, _UNCROSSED, _TOUCHED, _CARRIED, _INSTEAD),
    Fills.NAIVE: (_AT_ONCE,),
}
_ALWAYS = (
    "our orders move no price and nobody answers them",
    "collateral is not returned on exclusive markets; a NO contract keeps its whole cost until settlement",
)
_INFERRED = (
    "an event without a recorded settlement pays as the official high says: an inference, not the exchange's word"
)
#: What the calendar does not know of.
_UNSCHEDULED = (
    "special reports (SPECI) and whatever else comes at no set minute are outside the calendar: nothing stands aside"
    " for them"
)
#: Policies without thresholds of the settings, and without its calendar.
_NO_TRADER = ("never", "crossed")


def assumed(config: Config, terms: Terms) -> tuple[str, ...]:
    """Return how fills are granted, and the settings that made a run what it is, one sentence each."""
    inferred = (_INFERRED,) if terms.is_inferred else ()
    return (*_GRANTED[terms.fills], *_ALWAYS, *inferred, *_settings(config, terms))


def _settings(config: Config, terms: Terms) -> Iterator[str]:
    """The settings that made the run what it is."""
    yield _waiting(config, terms)
    for rule in config.fees:
        yield (
            f"fees of {'every series' if rule.series == '*' else rule.series} from {rule.starts}: {rule.fee_type},"
            f" multiplier {rule.multiplier}, rounding {rule.rounding}, {config.market.member} member"
        )
    if terms.policy in _NO_TRADER:
        return
    if wiring.needs_beliefs(terms.policy):
        yield from _believed(config, terms)
    yield from _anchor(config, terms)
    if terms.watched is not None:
        asked = terms.watched.registered
        yield (
            f"a city is not traded once the market's evidence against {asked.forecaster} reached {asked.level:g}: bets"
            f" of {asked.share:g} of what it has, each event at {asked.clock}, registered from {asked.starts},"
            f" begun on {terms.watched.began}; what is held then stays until it settles"
        )
    yield from _trading(config, terms)
    for city, own in config.strategy.city.items():
        yield f"for {city} instead: {own.model_dump(exclude_none=True)}"
    yield _limits(config)


def _waiting(config: Config, terms: Terms) -> str:
    """How long orders take and wait."""
    waits = config.backtest
    if terms.fills is Fills.NAIVE:
        return "no order waits: each is filled as it is decided"
    arrives = f"an order arrives {waits.latency_seconds} s after its decision and"
    ends = config.calendar and terms.policy not in _NO_TRADER
    if terms.fills.is_maker:
        window = ", until a second before the window of the next release" if ends else ""
        return (
            f"{arrives} rests until it is withdrawn{window} or until {config.strategy.min_minutes_to_close} min before"
            " the close, whichever is first; a withdrawal takes as long to arrive"
        )
    window = "; either ends, filled or not, a second before the window of the next release" if ends else ""
    return (
        f"{arrives} waits {waits.order_lifetime_min} min; decided on a polled, daily or book quote it waits for the"
        f" next one, at most {waits.poll_lifetime_min} min, and fills there whatever was learnt since{window}"
    )


def _believed(config: Config, terms: Terms) -> Iterator[str]:
    """When a belief is made and the policy asked."""
    oldest = config.strategy.max_belief_age_min
    if terms.clocks:
        said = " and ".join(map(str, terms.clocks))
        yield f"decided once at each of {said}, local standard time, on the first ladder from then on; at no other time"
        yield f"a belief at each of these, trusted for {oldest} min"
        return
    ends = " and at the end of each release" if config.calendar else ""
    yield f"a belief every {config.backtest.belief_cadence_min} min{ends}, trusted for {oldest} min"


def _sized(config: Config, terms: Terms, edges: tuple[float, float]) -> Iterator[str]:
    """How much is traded, and of which belief."""
    trade = config.strategy
    fractions, weight = trade.kelly_fraction, trade.weight
    yield (
        f"edge after fees of at least {edges[0]:g} ¢ at lead 0 and {edges[1]:g} ¢ at lead 1, and"
        f" {trade.hysteresis_cents:g} ¢ more against what is held"
    )
    drawdown = trade.drawdown
    share = "" if trade.budget == 1.0 else f"{trade.budget:g} of "
    less = (
        "" if drawdown is None else f", less where the chance to fall below {drawdown.share:g} is {drawdown.chance:g}"
    )
    yield (
        f"{fractions[0]:g} of Kelly at lead 0 and {fractions[1]:g} at lead 1, of {share}the cash, at first"
        f" ${trade.bankroll_usd:,}{less}; counts are multiples of {trade.contract_step} contract"
    )
    if weight < 1.0 and terms.policy not in (wiring.ANCHORED, wiring.MARKET):
        yield f"the belief is pooled with the market at a weight of {weight:g} in log odds"


def _trading(config: Config, terms: Terms) -> Iterator[str]:
    """What a trade must promise, how it is sized, and when there is none."""
    trade = config.strategy
    edges = trade.maker_min_edge_cents if terms.fills.is_maker else trade.min_edge_cents
    if terms.policy == wiring.FLAT:
        yield f"edge after fees of at least {edges[0]:g} ¢ at lead 0 and {edges[1]:g} ¢ at lead 1"
        yield f"{STAKE} contracts in each market, ordered once, whether that fills or not, and held until it settles"
    else:
        yield from _sized(config, terms, edges)
    is_once = terms.fills.is_maker or terms.policy == wiring.FLAT
    waits = "" if is_once else f"; {trade.cooldown_min} min between orders in a market"
    yield (
        f"quotes at most {trade.max_quote_age_min} min old and {trade.max_spread_cents:g} ¢ wide; none in the last"
        f" {trade.min_minutes_to_close} min{waits}"
    )
    for block in config.calendar:
        hours = ",".join(map(str, block.hours)) or "every hour"
        cities = f" in {', '.join(block.cities)}" if block.cities else ""
        yield (
            f"release {block.name} at {hours}:{block.minute:02} {block.zone}{cities}: nothing taken or resting from"
            f" {block.before_min} min before to {block.after_min} min after; then only on a belief made since"
        )
    yield _UNSCHEDULED if config.calendar else "no calendar: nothing stands aside for any release"


def _limits(config: Config) -> str:
    """The limits in force."""
    risk = config.risk
    return (
        f"at most ${risk.max_trade_usd:,} a trade, ${risk.max_event_usd:,} an event, ${risk.max_region_usd:,} a region,"
        f" ${risk.max_daily_loss_usd:,} lost a day, ${risk.max_open_exposure_usd:,} at stake,"
        f" ${risk.max_drawdown_usd:,} below the highest, {risk.max_positions} positions,"
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
