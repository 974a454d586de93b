"""`drybulb backtest`: replay what was recorded through the one engine, and keep what it did."""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any, Protocol

import polars as pl

from drybulb.adapters.lake import Lake
from drybulb.app import wiring
from drybulb.app.config import Config
from drybulb.app.listings import NO_QUOTES, NOT_ASKED, load_playable
from drybulb.app.progress import Progress, silent
from drybulb.app.recorded import Believe, Recorded
from drybulb.app.runfolder import config_digest, write_run
from drybulb.app.tally import Tallies, Tally, tally
from drybulb.domain.distribution import Belief
from drybulb.engine.ports import Listing, Record, Value
from drybulb.engine.session import run
from drybulb.errors import ConfigError

ASSUMPTIONS = (
    "orders are taken only; none rests in the book and earns the spread",
    "prints only: filled by a later print on the same side, inside the limit, up to its size, and pays the limit",
    "of prints at one instant the dearest is met first",
    "recorded quotes: filled at the next quote recorded after latency, inside the limit, up to its size where known",
    "carried prices never fill; nothing fills while the exchange is closed",
    "a fill takes the place of a recorded trade or quote; our orders move no price and nobody answers them",
    "collateral is not returned on exclusive markets; a NO contract keeps its whole cost until settlement",
)


class BeliefMaker(Protocol):
    """Whoever turns requests into beliefs."""

    def beliefs(self, requests: pl.DataFrame, source: str) -> list[Belief]:
        """Return a belief of ``source`` for every request (city, day, at)."""
        ...


@dataclass(frozen=True, slots=True)
class BacktestResult:
    """A finished run.

    Attributes:
        folder: where run.json, journal.jsonl and equity.csv are.
        window: first and last event day.
        policy: name of the policy.
        tallies: counts and gains.
        refused: events not replayed, by city and reason.
        assumptions: how fills were granted, and the settings in words.
        notes: what a reader must know.
        digest: SHA-256 of the journal.
        seed: of the run.
    """

    folder: Path
    window: tuple[date, date]
    policy: str
    tallies: Tallies
    refused: dict[str, Counter[str]]
    assumptions: tuple[str, ...]
    notes: tuple[str, ...]
    digest: str
    seed: int

    @property
    def has_refusals(self) -> bool:
        """Whether an event that was asked for could not be replayed."""
        return any(reason != NOT_ASKED for reasons in self.refused.values() for reason in reasons)

    def to_json(self) -> dict[str, Any]:
        """Return the document ``backtest/1``."""
        return {
            "schema": "backtest/1",
            "run": str(self.folder),
            "window": [day.isoformat() for day in self.window],
            "policy": self.policy,
            "cities": {key: self._part(part, self.refused[key]) for key, part in self.tallies.cities.items()},
            "total": self._part(self.tallies.total, sum(self.refused.values(), Counter())),
            "by_lead": {str(lead): part.to_json(self.seed) for lead, part in sorted(self.tallies.by_lead.items())},
            "assumptions": list(self.assumptions),
            "notes": list(self.notes),
            "not_traded": dict(sorted(self.tallies.total.refusals.items())),
            "digest": self.digest,
        }

    def _part(self, part: Tally, refused: Counter[str]) -> dict[str, Any]:
        return {
            "events": part.events,
            "refused": dict(sorted(refused.items())),
            "beliefs": dict(sorted(part.beliefs.items())),
            **part.to_json(self.seed),
        }


def backtest(  # noqa: PLR0913 - a use case is asked for as many things as its command has options
    lake: Lake,
    config: Config,
    start: date,
    end: date,
    *,
    cities: Sequence[str] | None = None,
    policy: str = "S",
    forecaster: BeliefMaker | None = None,
    out: Path | None = None,
    notes: Sequence[str] = (),
    progress: Progress = silent,
) -> BacktestResult:
    """Replay the event days from ``start`` to ``end`` inclusive; each is traded from the day before.

    Args:
        lake: the tables.
        config: the settings.
        start: first event day.
        end: last event day, inclusive.
        cities: keys of the cities to trade; all when None.
        policy: ``never``, ``crossed``, or the name of a forecaster, whose beliefs are then traded.
        forecaster: makes the beliefs; not needed by the first two.
        out: folder of the run; ``runs/<first digits of the digest>`` in the lake when None.
        notes: what a reader must know of the lake, put before what the run itself has to say.
        progress: told of each month begun.

    Raises:
        ConfigError: a city that is not configured, an empty window, or no forecaster for a policy that needs one.
        LakeError: a file that cannot be read or written.
    """
    known = config.cities()
    asked = _asked(known if cities is None else cities, known)
    if end < start:
        raise ConfigError(f"the window ends on {end}, before it starts on {start}; swap them")
    playable = load_playable(lake, known, asked, start, end)
    recorded = Recorded(
        lake=lake,
        listings=playable.listings,
        payouts=playable.payouts,
        cadence=timedelta(minutes=config.backtest.belief_cadence_min),
        believe=_believe(forecaster, policy),
        progress=progress,
    )
    costs = wiring.charges(config)
    ports = wiring.connect(wiring.Mode.BACKTEST, config, playable.listings, recorded.events(), costs)
    state = wiring.new_state(config, playable.listings, wiring.policy(config, policy), costs)
    ports.journal.write(_heading(config, start, end, asked, policy))
    with _no_search_for_cycles():
        run(state, ports.feed, ports.broker, ports.clock, ports.journal)
    for name, listing in playable.listings.items():
        if name not in recorded.quoted:
            playable.refused[listing.event.city][NO_QUOTES] += 1
    digest = ports.journal.digest()
    result = BacktestResult(
        folder=lake.path / "runs" / digest[:12] if out is None else out,
        window=(start, end),
        policy=policy,
        tallies=tally(ports.journal.records, known),
        refused=playable.refused,
        assumptions=(*ASSUMPTIONS, *_settings(config, policy)),
        notes=(*notes, *_notes(playable.listings, recorded.once)),
        digest=digest,
        seed=config.training.seed,
    )
    write_run(result.folder, result.to_json(), ports.journal.lines, result.tallies, lake, config)
    return result


@contextmanager
def _no_search_for_cycles() -> Iterator[None]:
    """Keep the collector from searching millions of values that refer to nothing: a fifth of a run's time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _asked(cities: Iterable[str], known: Mapping[str, object]) -> list[str]:
    """Keys of the cities to trade, each once and sorted: how they were named must not change a run."""
    unknown = sorted(set(cities) - set(known))
    if unknown:
        raise ConfigError(f"no city {', '.join(unknown)}; known: {', '.join(known)}")
    return sorted(set(cities))


def _settings(config: Config, policy: str) -> Iterator[str]:
    """The settings that made the run what it is, in words."""
    waits = config.backtest
    yield f"an order arrives {waits.latency_seconds} s after its decision and waits {waits.order_lifetime_min} min"
    for rule in config.fees:
        yield (
            f"fees of {'every series' if rule.series == '*' else rule.series} from {rule.starts}: {rule.fee_type},"
            f" multiplier {rule.multiplier}, rounding {rule.rounding}, {config.market.member} member"
        )
    if not wiring.needs_beliefs(policy):
        return
    trade = config.strategy
    edges, fractions = trade.min_edge_cents, trade.kelly_fraction
    yield f"a belief every {waits.belief_cadence_min} min, trusted for {trade.max_belief_age_min} min"
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


def _believe(forecaster: BeliefMaker | None, policy: str) -> Believe | None:
    """What makes the beliefs of a policy, if it looks at any."""
    if not wiring.needs_beliefs(policy):
        return None
    if forecaster is None:
        raise ConfigError(f"policy {policy} trades the beliefs of a forecaster; train one, or use policy never")

    def believe(requests: pl.DataFrame) -> list[Belief]:
        return forecaster.beliefs(requests, policy)

    return believe


def _heading(config: Config, start: date, end: date, asked: Sequence[str], policy: str) -> Record:
    """First line of the journal: what makes this run this run."""
    fields: dict[str, Value] = {
        "window": [start, end],
        "cities": list(asked),
        "policy": policy,
        "config": config_digest(config),
        "seed": config.training.seed,
    }
    return Record(datetime.combine(start, time(), UTC) - timedelta(days=2), "run", fields)


def _notes(listings: Mapping[str, Listing], once: set[str]) -> tuple[str, ...]:
    """What a reader must know: events whose one quote leaves nothing to fill against."""
    single = Counter(listings[name].event.city for name in once)
    return tuple(
        f"{city}: {count} events have quotes at one instant only; an order finds no later quote to fill against"
        for city, count in sorted(single.items())
    )
