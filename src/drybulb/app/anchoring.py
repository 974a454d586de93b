"""`drybulb anchor`: what a belief is worth beside the market, fitted walk-forward, scored and stored."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from drybulb.adapters.lake import Lake
from drybulb.app import anchor_scores, anchor_store
from drybulb.app.anchor_beliefs import Eras
from drybulb.app.anchor_evidence import USABLE, BeliefMaker, Pairing, Quoted, pairings, scored, usable
from drybulb.app.anchor_walk import Fitted, Outcomes, Walk
from drybulb.app.config import Config
from drybulb.app.progress import Progress, silent
from drybulb.app.wiring import anchor_rules
from drybulb.domain.city import City
from drybulb.domain.climateday import require_aware
from drybulb.errors import ConfigError
from drybulb.strategy.anchor_fit import FitRules
from drybulb.strategy.anchor_weights import PHASES, Weight, monthly

REPLICATES = 500
_PLACES = 6


@dataclass(frozen=True, slots=True)
class AnchorScores:
    """The pool against the market.

    Attributes:
        rows: one a class of spread, city, year, lead and clock; see docs/reference/schemas/anchor.json.
        notes: what a reader must know.
    """

    rows: list[dict[str, Any]]
    notes: list[str]


@dataclass(frozen=True, slots=True)
class AnchorResult:
    """Weights fitted walk-forward, and what they were worth.

    Attributes:
        window: first and last event day.
        until: of the last refit [UTC].
        source: the forecaster whose beliefs were weighed.
        model: identity of the stored weights, empty where they were not stored.
        weights: dated.
        scores: of the pool against the market.
    """

    window: tuple[date, date]
    until: datetime
    source: str
    model: str
    weights: tuple[Weight, ...]
    scores: AnchorScores

    def to_json(self) -> dict[str, Any]:
        """The document of schema ``anchor/1``."""
        rows = [anchor_store.row_of(weight) for weight in self.weights]
        return {
            "schema": "anchor/1",
            "window": [day.isoformat() for day in self.window],
            "until": self.until.isoformat(),
            "source": self.source,
            "model": self.model,
            "weights": [{**row, "gain": round(row["gain"], _PLACES)} for row in rows],
            "scores": self.scores.rows,
            "notes": self.scores.notes,
        }


@dataclass(frozen=True, slots=True)
class _Gathered:
    """Pairings by class of spread, what happened, and what was left out."""

    pairs: Mapping[str, Sequence[Pairing]]
    outcomes: Outcomes
    notes: list[str]


@dataclass(frozen=True, slots=True)
class _Walked:
    """Pairings of one class, with the weights of every refit on the past of that class."""

    walk: Walk
    sequence: list[tuple[datetime, Fitted]]


def fit_rules(config: Config) -> FitRules:
    """Return what a weight must stand on, as configured in ``[anchor]``."""
    anchor = config.anchor
    return FitRules(
        min_events=anchor.min_events,
        city_events=anchor.city_events,
        prior_events=anchor.prior_events,
        coverage=anchor.coverage,
        replicates=REPLICATES,
        seed=config.training.seed,
    )


def anchor(  # noqa: PLR0913 - a use case is asked for as many things as its command has options
    lake: Lake,
    config: Config,
    start: date,
    end: date,
    until: datetime,
    *,
    now: datetime,
    cities: Mapping[str, City] | None = None,
    source: str = "hybrid",
    beliefs: BeliefMaker | None = None,
    is_stored: bool = True,
    progress: Progress = silent,
) -> AnchorResult:
    """Fit the weights on the first of every month and at ``until``, score the pool, and store the weights.

    The first refit that knows all outcomes of the window is the last: another would only lend old evidence a new date.

    Args:
        lake: the tables and the stored models.
        config: the configuration, ``[anchor]`` above all.
        start: first event day.
        end: last event day, inclusive.
        until: nothing known later is used for any weight [aware].
        now: the time; of what is known later nobody can say that it was used [aware].
        cities: whose events, by key; all when None.
        source: the forecaster whose beliefs are weighed.
        beliefs: makes them; of each instant the newest stored models that could speak when None.
        is_stored: whether the weights are stored.
        progress: told which part of the work begins.

    Raises:
        ConfigError: an empty window, one that begins after ``until``, or an ``until`` after ``now``.
        ModelError: no model is stored, one cannot be read, or nobody is called ``source``.
    """
    instant = require_aware(until, "until").astimezone(UTC)
    _check(start, end, instant)
    if instant > require_aware(now, "now"):
        raise ConfigError(f"--until {instant.isoformat()} is still to come; give an instant up to {now.isoformat()}")
    gathered = _gather(lake, config, cities or config.cities(), start, end, source, beliefs, progress)
    instants = _refits(start, instant, gathered.outcomes.newest())
    progress("fit and score", 0, 1)
    walked = _walked(gathered, config, instants)
    weights = tuple(_weights(walked[USABLE].sequence)) if USABLE in walked else ()
    scores = _scores(walked, config, gathered.notes)
    progress("fit and score", 1, 1)
    model = ""
    if is_stored:
        about = {"start": start.isoformat(), "end": end.isoformat(), "cities": sorted(cities or config.city)}
        model = anchor_store.save(lake, source, weights, instants[-1], about).id
    return AnchorResult((start, end), instants[-1], source, model, weights, scores)


def score_pool(
    lake: Lake,
    config: Config,
    cities: Mapping[str, City],
    start: date,
    end: date,
    *,
    source: str = "hybrid",
    beliefs: BeliefMaker | None = None,
    progress: Progress = silent,
) -> AnchorScores:
    """Score the pool against the market, each ladder with the weight that was known then; nothing is stored.

    Args:
        lake: the tables and the stored models.
        config: the configuration.
        cities: whose events, by key.
        start: first event day.
        end: last event day, inclusive.
        source: the forecaster whose beliefs are weighed.
        beliefs: makes them; of each instant the newest stored models that could speak when None.
        progress: told which part of the work begins.

    Raises:
        ConfigError: an empty window.
        ModelError: no model is stored, one cannot be read, or nobody is called ``source``.
    """
    last = datetime.combine(end, time(), UTC) + timedelta(days=2)
    _check(start, end, last)
    gathered = _gather(lake, config, cities, start, end, source, beliefs, progress)
    progress("fit and score", 0, 1)
    instants = _refits(start, last, gathered.outcomes.newest())
    found = _scores(_walked(gathered, config, instants), config, gathered.notes)
    progress("fit and score", 1, 1)
    return found


def _check(start: date, end: date, until: datetime) -> None:
    if end < start:
        raise ConfigError(f"the window ends on {end}, before it starts on {start}; swap them")
    if until.date() <= start:
        raise ConfigError(f"nothing of a window from {start} had settled by {until.isoformat()}; give a later --until")


def _refits(start: date, until: datetime, newest: datetime | None) -> list[datetime]:
    """The first of every month after ``start``, and the end; none after the first that knows the newest outcome."""
    instants = sorted({*monthly(datetime.combine(start, time(), UTC), until), until})
    if newest is None:
        return instants
    return instants[: bisect_left(instants, newest) + 1]


def _gather(
    lake: Lake,
    config: Config,
    cities: Mapping[str, City],
    start: date,
    end: date,
    source: str,
    beliefs: BeliefMaker | None,
    progress: Progress,
) -> _Gathered:
    """Read ladders a quarter of a year at a time, and ask for the beliefs of their instants."""
    maker = Eras.stored(lake, config) if beliefs is None else beliefs
    rules, apart = anchor_rules(config), dict.fromkeys(cities, 0)
    quoted: list[Quoted] = []
    parts = list(_parts(start, end))
    for number, (first, last) in enumerate(parts):
        progress(f"ladders: {first:%Y-%m}", number, len(parts))
        quoted += usable(lake, cities, first, last, rules)
        found, left_out = scored(lake, cities, first, last, rules)
        quoted += found
        for key, count in left_out.items():
            apart[key] += count
    progress("ladders", len(parts), len(parts))
    progress("beliefs", 0, 1)
    pairs: dict[str, list[Pairing]] = {}
    found_pairs, nobody = pairings(quoted, maker, source)
    for pair in found_pairs:
        pairs.setdefault(pair.quoted.spread, []).append(pair)
    progress("beliefs", 1, 1)
    notes = [
        f"{key}: {n} daily quotes left out, their legs are more than an hour apart" for key, n in apart.items() if n
    ]
    asked = Counter(row.city for row in quoted)
    for key, reasons in sorted(nobody.items()):
        ((reason, _),) = reasons.most_common(1)
        notes.append(f"{key}: {reasons.total()} of {asked[key]} ladders have no belief, mostly: {reason}")
    if not quoted:
        notes.append(f"no ladder of {start} to {end} is quoted; import quotes, or give another window")
    elif not pairs:
        notes.append(f"no ladder of {start} to {end} has a belief, so there is nothing to weigh or to score")
    return _Gathered(pairs, Outcomes.read(lake, cities, start, end), notes)


def _parts(start: date, end: date) -> Iterator[tuple[date, date]]:
    """Cut a window into pieces of about a quarter: minutes of a year would not fit in memory."""
    first = start
    while first <= end:
        last = min(end, (first.replace(day=1) + timedelta(days=95)).replace(day=1) - timedelta(days=1))
        yield first, last
        first = last + timedelta(days=1)


def _walked(gathered: _Gathered, config: Config, instants: Sequence[datetime]) -> dict[str, _Walked]:
    """Fit each class of spread at every refit, on its own past."""
    found = {}
    for spread, pairs in sorted(gathered.pairs.items()):
        walk = Walk(pairs, gathered.outcomes, fit_rules(config))
        found[spread] = _Walked(walk, list(walk.sequence(instants)))
    return found


def _scores(walked: Mapping[str, _Walked], config: Config, notes: list[str]) -> AnchorScores:
    found = [one for each in walked.values() for one in anchor_scores.score(each.walk, each.sequence)]
    return AnchorScores(anchor_scores.rows(found, config.training.seed), notes)


def _weights(sequence: Iterable[tuple[datetime, Fitted]]) -> Iterator[Weight]:
    """The fits as dated weights of the phases."""
    for instant, fitted in sequence:
        for phase in PHASES:
            for (_, clock, city), found in fitted.items():
                if clock == str(phase):
                    yield Weight(instant, phase, city, found.weight, found.fitted, found.high, found.events, found.gain)
