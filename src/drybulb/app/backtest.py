"""`drybulb backtest`: replay what was recorded through the one engine, and keep what it did."""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any, Protocol

import polars as pl

from drybulb.adapters.lake import Lake
from drybulb.app import anchor_store, wiring
from drybulb.app.config import Config
from drybulb.app.hindsight import hindsight
from drybulb.app.listings import NO_QUOTES, NOT_ASKED, Playable, load_playable
from drybulb.app.progress import Progress, silent
from drybulb.app.recorded import Believe, Recorded, open_clocks
from drybulb.app.run_html import run_html
from drybulb.app.runfolder import config_digest, write_run
from drybulb.app.tally import Tallies, Tally, tally
from drybulb.app.terms import Terms, assumed
from drybulb.app.watched import enforced
from drybulb.domain.distribution import Belief
from drybulb.engine.ports import Listing, Record, Value
from drybulb.engine.replay import MemoryJournal
from drybulb.engine.session import run
from drybulb.errors import ConfigError
from drybulb.strategy.decision_clock import AtClocks, DecisionClock
from drybulb.strategy.policy import Policy
from drybulb.strategy.stopped import Stopped


class BeliefMaker(Protocol):
    """Whoever turns requests into beliefs."""

    def beliefs(self, requests: pl.DataFrame, source: str) -> list[Belief]:
        """Return a belief of ``source`` for every request (city, day, at)."""
        ...


@dataclass(frozen=True, slots=True)
class Run:
    """A finished run.

    Attributes:
        folder: where run.json, journal.jsonl and equity.csv are.
        window: first and last event day.
        policy: name of the policy.
        decide_at: the only clocks it was asked at; none where it was asked at any time.
        tallies: counts and gains.
        refused: events not replayed, by city and reason.
        assumptions: how fills were granted, and the settings in words.
        notes: what a reader must know.
        digest: SHA-256 of the journal.
        seed: of the run.
        bankroll: what it began with [dollars].
    """

    folder: Path
    window: tuple[date, date]
    policy: str
    decide_at: tuple[DecisionClock, ...]
    tallies: Tallies
    refused: dict[str, Counter[str]]
    assumptions: tuple[str, ...]
    notes: tuple[str, ...]
    digest: str
    seed: int
    bankroll: int

    def _repr_html_(self) -> str:
        """What a notebook shows: results by city and lead with intervals, and what was assumed."""
        return run_html(self.to_json())

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
            "bankroll_usd": self.bankroll,
            "decide_at": [str(clock) for clock in self.decide_at],
            "cities": {
                key: {**self._part(part, self.refused[key]), "by_lead": self._leads(self.tallies.city_leads(key))}
                for key, part in self.tallies.cities.items()
            },
            "total": self._part(self.tallies.total, sum(self.refused.values(), Counter())),
            "by_lead": self._leads(self.tallies.by_lead),
            "assumptions": list(self.assumptions),
            "notes": list(self.notes),
            "not_traded": dict(sorted(self.tallies.total.refusals.items())),
            "digest": self.digest,
        }

    def _leads(self, parts: Mapping[int, Tally]) -> dict[str, Any]:
        return {str(lead): part.to_json(self.seed) for lead, part in sorted(parts.items())}

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
    decide_at: Sequence[DecisionClock] = (),
    settle_by_official: bool = False,
    watch: bool | None = None,
    out: Path | None = None,
    notes: Sequence[str] = (),
    progress: Progress = silent,
) -> Run:
    """Replay the event days from ``start`` to ``end`` inclusive; each is traded from the day before.

    Args:
        lake: the tables.
        config: the settings.
        start: first event day.
        end: last event day, inclusive.
        cities: keys of the cities to trade; all when None.
        policy: ``never``, ``crossed``, ``anchored``, or the name of a forecaster, whose beliefs are then traded.
        forecaster: makes the beliefs; not needed by the first two.
        decide_at: the only clocks at which beliefs are made and the policy is asked; at any time when there are none.
        settle_by_official: whether the official high settles an event whose settlement is not recorded.
        watch: whether ``[watch]`` stops a city whose belief the market refutes; as it says itself when None.
        out: folder of the run; ``runs/<first digits of the digest>`` in the lake when None.
        notes: what a reader must know of the lake, put before what the run itself has to say.
        progress: told of each month begun.

    Raises:
        ConfigError: a city that is not configured, an empty window, no forecaster for a policy that needs one,
            a clock to decide at for one that does not, or at which no market of the window is open, or a watch that
            is not of what is traded or not from its registered day on.
        LakeError: a file that cannot be read or written.
        ModelError: ``anchored`` is asked for, and no weights are stored.
    """
    known = config.cities()
    asked = _asked(known if cities is None else cities, known)
    _check_window(start, end)
    clocks = tuple(sorted(set(decide_at), key=lambda clock: (-clock.lead, clock.time)))
    anchor = anchor_store.newest(lake, wiring.forecaster_of(policy)) if policy == wiring.ANCHORED else None
    believe = _believe(forecaster, policy)
    places = {key: known[key] for key in asked}
    bets = enforced(lake, config.watch, places, policy, believe, (start, end), is_asked=watch)
    terms = Terms(policy, clocks, settle_by_official, anchor, bets)
    playable = load_playable(lake, known, asked, start, end, by_official=settle_by_official)
    shut = _shut(terms, playable.listings)
    cadence = timedelta(minutes=config.backtest.belief_cadence_min)
    recorded = Recorded(lake, playable.listings, playable.payouts, cadence, believe, progress, clocks)
    costs = wiring.charges(config)
    ports = wiring.connect(wiring.Mode.BACKTEST, config, playable.listings, recorded.events(), costs)
    state = wiring.new_state(config, playable.listings, _policy(config, terms), costs)
    ports.journal.write(_heading(config, start, end, asked, terms))
    with _no_search_for_cycles():
        run(state, ports.feed, ports.broker, ports.clock, ports.journal)
    _refuse_unquoted(playable, recorded)
    said = (*notes, *shut, *(bets.says() if bets else ()), *_notes(playable, recorded.once))
    result = _finished(lake, config, terms, (start, end), ports.journal, playable, said, out)
    beside = hindsight(recorded, config, ports.journal.records)
    write_run(result.folder, result.to_json(), ports.journal.lines, result.tallies, lake, config, beside)
    return result


def _finished(
    lake: Lake,
    config: Config,
    terms: Terms,
    window: tuple[date, date],
    journal: MemoryJournal,
    playable: Playable,
    notes: tuple[str, ...],
    out: Path | None,
) -> Run:
    """What a run did, counted from its journal."""
    digest = journal.digest()
    return Run(
        folder=lake.path / "runs" / digest[:12] if out is None else out,
        window=window,
        policy=terms.policy,
        decide_at=terms.clocks,
        tallies=tally(journal.records, config.cities()),
        refused=playable.refused,
        assumptions=assumed(config, terms),
        notes=notes,
        digest=digest,
        seed=config.training.seed,
        bankroll=config.strategy.bankroll_usd,
    )


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


def _refuse_unquoted(playable: Playable, recorded: Recorded) -> None:
    """Count the events that were never quoted among the refused."""
    for name, listing in playable.listings.items():
        if name not in recorded.quoted:
            playable.refused[listing.event.city][NO_QUOTES] += 1


def _check_window(start: date, end: date) -> None:
    if end < start:
        raise ConfigError(f"the window ends on {end}, before it starts on {start}; swap them")


def _asked(cities: Collection[str], known: Mapping[str, object]) -> list[str]:
    """Keys of the cities to trade, each once and sorted: how they were named must not change a run."""
    check_cities(cities, known)
    return sorted(set(cities))


def check_cities(cities: Collection[str], known: Mapping[str, object]) -> None:
    """Refuse what is no list of known cities.

    Raises:
        ConfigError: one text, no city at all, or a city that is not configured.
    """
    if isinstance(cities, str):
        raise ConfigError(f"cities is the text {cities!r}; give a list, such as [{cities!r}]")
    if not cities:
        raise ConfigError(f"no city asked; known: {', '.join(known)}")
    if unknown := sorted(set(cities) - set(known)):
        raise ConfigError(f"no city {', '.join(unknown)}; known: {', '.join(known)}")


def _shut(terms: Terms, listings: Mapping[str, Listing]) -> tuple[str, ...]:
    """How many events of each city cannot be decided about at a clock, for their market is not open then."""
    if terms.clocks and not wiring.needs_beliefs(terms.policy):
        raise ConfigError(
            f"policy {terms.policy} has no belief to decide on at {terms.clocks[0]}; let it decide at any time"
        )
    notes = []
    for clock in terms.clocks:
        shut = Counter(made.event.city for made in listings.values() if not any(open_clocks([clock], made)))
        if listings and shut.total() == len(listings):
            first = min(listings.values(), key=lambda made: (made.opens_at, made.event.ticker))
            raise ConfigError(
                f"no market of the window is open at {clock}; {first.event.ticker} is from {first.opens_at:%F %H:%M}Z"
                f" to {first.closes_at:%F %H:%M}Z: give a clock of local standard time in between"
            )
        notes += [f"{city}: {count} events are not open at {clock}" for city, count in sorted(shut.items())]
    return tuple(notes)


def _policy(config: Config, terms: Terms) -> Policy:
    """The policy asked for, to be asked at its clocks only if there are any."""
    policy = wiring.policy(config, terms.policy, terms.anchor.weights if terms.anchor else None)
    policy = policy if terms.watched is None else Stopped(policy, terms.watched.stops())
    if not terms.clocks:
        return policy
    return AtClocks(policy, terms.clocks, {key: city.standard_offset_hours for key, city in config.cities().items()})


def _believe(forecaster: BeliefMaker | None, policy: str) -> Believe | None:
    """What makes the beliefs of a policy, if it looks at any."""
    if not wiring.needs_beliefs(policy):
        return None
    if forecaster is None:
        raise ConfigError(f"policy {policy} trades the beliefs of a forecaster; train one, or use policy never")

    def believe(requests: pl.DataFrame) -> list[Belief]:
        return forecaster.beliefs(requests, wiring.forecaster_of(policy))

    return believe


def _heading(config: Config, start: date, end: date, asked: Sequence[str], terms: Terms) -> Record:
    """First line of the journal: what makes this run this run."""
    fields: dict[str, Value] = {
        "window": [start, end],
        "cities": list(asked),
        **terms.fields(),
        "config": config_digest(config),
        "seed": config.training.seed,
    }
    return Record(datetime.combine(start, time(), UTC) - timedelta(days=2), "run", fields)


def _notes(playable: Playable, once: set[str]) -> Iterator[str]:
    """What a reader must know: events whose payout is inferred, or whose one quote leaves nothing to fill against."""
    for city, count in sorted(playable.inferred.items()):
        yield f"{city}: {count} events are settled by the official high"
    single = Counter(playable.listings[name].event.city for name in once)
    for city, count in sorted(single.items()):
        yield f"{city}: {count} events have quotes at one instant only; an order finds no later quote to fill against"
