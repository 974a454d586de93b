"""Several desks on one feed: what was recorded is read once, and beliefs are made once for all who trade them.

Each desk has its own settings, policy and fills, and leaves a complete run folder behind. The first is the champion; no
other can change anything of it.
"""

from __future__ import annotations

import gc
import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from drybulb.adapters.lake import Lake
from drybulb.app import anchor_store, wiring
from drybulb.app.asking import Asking, BeliefMaker, Believe
from drybulb.app.assumed import assumed
from drybulb.app.config import Config
from drybulb.app.halted import halts_said
from drybulb.app.hindsight import hindsight
from drybulb.app.listings import NO_QUOTES, Playable, load_playable
from drybulb.app.progress import Progress, silent
from drybulb.app.recorded import Recorded
from drybulb.app.run import Run
from drybulb.app.runfolder import Origin, write_run
from drybulb.app.seated import believe_of, heading, policy_of, shut_of
from drybulb.app.tally import tally
from drybulb.app.terms import Terms
from drybulb.app.watched import enforced
from drybulb.engine.beside import Desk, run_beside
from drybulb.engine.fills import Fills
from drybulb.engine.replay import MemoryJournal
from drybulb.errors import ConfigError, EngineError
from drybulb.strategy.decision_clock import DecisionClock

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


@dataclass(frozen=True, slots=True)
class DeskSpec:
    """What a desk is to be.

    Attributes:
        name: of its folder, and among the others.
        policy: ``never``, ``crossed``, ``anchored``, or the name of a forecaster, whose beliefs are then traded.
        fills: what the simulated exchange grants it; where makers fill, the policy makes.
        config: its settings, of the same cities as the run's; the run's own when None.
        clocks: the only times at which it is asked; at any time when there are none.
    """

    name: str
    policy: str
    fills: Fills = Fills.TAKER
    config: Config | None = None
    clocks: tuple[DecisionClock, ...] = ()


@dataclass(frozen=True, slots=True)
class _Placed:
    """A desk in its place, before the replay: what it was to be, and what it is made of."""

    name: str
    config: Config
    terms: Terms
    asking: Asking | None
    shut: tuple[str, ...]
    desk: Desk
    journal: MemoryJournal

    def says(self) -> Iterator[str]:
        """What a reader must know of it alone."""
        yield from self.shut
        if self.terms.watched is not None:
            yield from self.terms.watched.says()


@dataclass(frozen=True, slots=True)
class _Ground:
    """What all desks stand on."""

    lake: Lake
    config: Config
    window: tuple[date, date]
    cities: tuple[str, ...]
    playable: Playable
    forecaster: BeliefMaker | None
    is_watched: bool | None
    askings: dict[object, Asking]

    def asking(self, config: Config, terms: Terms, believe: Believe) -> Asking:
        """Return who is asked for a desk, and when: the same for all desks that ask the same at the same times."""
        name, minutes = wiring.forecaster_of(terms.policy), config.backtest.belief_cadence_min
        key = (name, minutes, terms.clocks, config.calendar)
        if key not in self.askings:
            others = sum(one.name.partition("/")[0] == name for one in self.askings.values())
            own = f"{name}/{others}" if others else name
            cadence, releases = timedelta(minutes=minutes), wiring.releases(config)
            self.askings[key] = Asking(own, believe, cadence, terms.clocks, releases)
        return self.askings[key]


def run_desks(  # noqa: PLR0913 - a use case is asked for as many things as its command has options
    lake: Lake,
    config: Config,
    start: date,
    end: date,
    cities: Sequence[str] | None,
    specs: Sequence[DeskSpec],
    forecaster: BeliefMaker | None = None,
    *,
    settle_by_official: bool = False,
    watch: bool | None = None,
    out: Path | None = None,
    notes: Sequence[str] = (),
    progress: Progress = silent,
) -> dict[str, Run]:
    """Replay the event days from ``start`` to ``end`` inclusive once, for every desk.

    Args:
        lake: the tables.
        config: of the run, and of every desk without its own; by its calendar fills near releases are told in all.
        start: first event day.
        end: last event day, inclusive.
        cities: keys of the cities to trade; all when None.
        specs: the champion, then its challengers.
        forecaster: makes the beliefs; not needed where no policy looks at any.
        settle_by_official: whether the official high settles an event whose settlement is not recorded.
        watch: whether ``[watch]`` stops a city whose belief the market refutes; as it says itself when None.
        out: folder of the champion's run; ``runs/<first digits of its digest>`` in the lake when None. A challenger's
            is ``challengers/<name>`` in it.
        notes: what a reader must know of the lake, put before what the runs themselves have to say.
        progress: told of each month begun.

    Returns:
        The runs by the name of their desk, in the order of ``specs``.

    Raises:
        ConfigError: a city that is not configured, an empty window, no forecaster for a policy that needs one, a clock
            to decide at for one that does not, or at which no market of the window is open, a watch that is not of
            what is traded or not from its registered day on, or desks that cannot run beside each other.
        LakeError: a file that cannot be read or written.
        ModelError: ``anchored`` is asked for, and no weights are stored.
        EngineError: a challenger failed; the others' runs are written before it is raised.
    """
    known = config.cities()
    asked = _asked(known if cities is None else cities, known)
    _check_window(start, end)
    _check_specs(config, specs)
    playable = load_playable(lake, known, asked, start, end, by_official=settle_by_official)
    ground = _Ground(lake, config, (start, end), tuple(asked), playable, forecaster, watch, {})
    placed = [_place(ground, spec, by_official=settle_by_official) for spec in specs]
    recorded = Recorded(lake, playable.listings, playable.payouts, tuple(ground.askings.values()), progress)
    ports = wiring.connect(wiring.Mode.BACKTEST, recorded.events())
    with _no_search_for_cycles():
        failed = run_beside([one.desk for one in placed], ports.feed, ports.clock)
    _refuse_unquoted(playable, recorded)
    home = out or lake.path / "runs" / placed[0].journal.digest()[:12]
    folders = {one.name: home if one is placed[0] else home / "challengers" / one.name for one in placed}
    beside = {name: folder for name, folder in folders.items() if name != placed[0].name and name not in failed}
    origin = Origin.of(lake)
    runs = {}
    for one in placed:
        if one.name not in failed:
            said = (*notes, *one.says(), *halts_said(one.journal.records), *_notes(playable, recorded.once))
            run = _finished(ground, one, folders[one.name], said, beside if one is placed[0] else {})
            later = hindsight(recorded, one.asking, one.config, wiring.releases(config), one.journal.records)
            write_run(run.folder, run.to_json(), one.journal.lines, run.tallies, origin, one.config, later)
            runs[one.name] = run
    for name, error in failed.items():
        raise EngineError(f"desk {name} failed and has no run: {error}; the others are in {home}") from error
    return runs


def _place(ground: _Ground, spec: DeskSpec, *, by_official: bool) -> _Placed:
    """Make a desk, its journal begun."""
    config, lake = spec.config or ground.config, ground.lake
    places = {key: city for key, city in config.cities().items() if key in ground.cities}
    clocks = tuple(sorted(set(spec.clocks), key=lambda clock: (-clock.lead, clock.time)))
    anchor = anchor_store.newest(lake, wiring.forecaster_of(spec.policy)) if spec.policy == wiring.ANCHORED else None
    believe = believe_of(ground.forecaster, spec.policy)
    bets = enforced(lake, config.watch, places, spec.policy, believe, ground.window, is_asked=ground.is_watched)
    terms = Terms(spec.policy, clocks, by_official, anchor, bets, spec.fills)
    shut = shut_of(terms, ground.playable.listings)
    asking = None if believe is None else ground.asking(config, terms, believe)
    costs, listings, journal = wiring.charges(config), ground.playable.listings, MemoryJournal()
    heard = "" if asking is None else asking.name
    state = wiring.new_state(config, listings, policy_of(config, terms), costs, heard)
    journal.write(heading(config, *ground.window, ground.cities, terms))
    broker = wiring.simulated(config, listings, costs, spec.fills)
    return _Placed(spec.name, config, terms, asking, shut, Desk(spec.name, state, broker, journal), journal)


def _finished(ground: _Ground, one: _Placed, folder: Path, notes: tuple[str, ...], beside: Mapping[str, Path]) -> Run:
    """What a desk did, counted from its journal."""
    return Run(
        folder=folder,
        window=ground.window,
        policy=one.terms.policy,
        fills=one.terms.fills,
        decide_at=one.terms.clocks,
        tallies=tally(one.journal.records, one.config.cities()),
        refused=ground.playable.refused,
        assumptions=assumed(one.config, one.terms),
        notes=notes,
        digest=one.journal.digest(),
        seed=one.config.training.seed,
        bankroll=one.config.strategy.bankroll_usd,
        challengers=beside,
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


def _check_specs(config: Config, specs: Sequence[DeskSpec]) -> None:
    """Refuse desks that cannot run beside each other."""
    names = [spec.name for spec in specs]
    if not specs:
        raise ConfigError("no desk to run; give the champion at least")
    for spec in specs:
        if not _NAME.fullmatch(spec.name) or names.count(spec.name) > 1:
            raise ConfigError(f"desk {spec.name!r} names a folder: give each its own name, of letters, digits, . _ -")
        if spec.config is not None and spec.config.cities() != config.cities():
            raise ConfigError(
                f"desk {spec.name} has other cities than the run; desks share a feed, so give it the same"
            )


def _notes(playable: Playable, once: set[str]) -> Iterator[str]:
    """What a reader must know: events whose payout is inferred, or whose one quote leaves nothing to fill against."""
    for city, count in sorted(playable.inferred.items()):
        yield f"{city}: {count} events are settled by the official high"
    single = Counter(playable.listings[name].event.city for name in once)
    for city, count in sorted(single.items()):
        yield f"{city}: {count} events have quotes at one instant only; an order finds no later quote to fill against"
