"""`drybulb lookahead`: law 1 asked of any lake, city, day and policy: does what was known later change anything?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime
from typing import Any

from drybulb.adapters.lake import Lake
from drybulb.app import anchor_store, wiring
from drybulb.app.config import Config
from drybulb.app.forecaster import Forecaster
from drybulb.app.lookahead_answers import PARTS, Answers, Foreseen, Question, answers, foreseen
from drybulb.app.lookahead_minutes import SOURCES, Minutes, first_difference
from drybulb.app.progress import Progress, silent
from drybulb.app.tampered import MODELS, Kept, Tampered, models_later, models_without, rows_later
from drybulb.domain.climateday import ClimateDay
from drybulb.errors import ConfigError
from drybulb.research.lookahead import Difference, Suspicion, Tampering, differences, suspicious
from drybulb.strategy.anchor_weights import Weights
from drybulb.strategy.decision_clock import DecisionClock

MINUTES = "minutes"
"""The part of what is compared that is not said at an instant but stored: the dense minutes known by it."""

WEIGHTS = "anchor weights"
"""Name under which the dated weights of ``anchored`` stand beside the tables."""

#: When it is asked where nothing is said: every three hours from the market's first morning to the evening of the day,
#: five minutes to the hour, when the hourly readings have been made and are not known yet.
CLOCKS = tuple(
    DecisionClock.parse(text)
    for text in (
        *("D-1T10:55", "D-1T13:55", "D-1T16:55", "D-1T19:55", "D-1T22:55", "DT01:55"),
        *("DT04:55", "DT07:55", "DT10:55", "DT13:55", "DT16:55", "DT19:55"),
    )
)


@dataclass(frozen=True, slots=True)
class Change:
    """Something that what was known later changed: look-ahead.

    Attributes:
        city: city key.
        at: the instant asked about [UTC].
        table: whose later rows were tampered with; ``registry`` are the stored models.
        how: what was done to them.
        difference: what changed.
    """

    city: str
    at: datetime
    table: str
    how: Tampering
    difference: Difference

    def to_json(self) -> dict[str, Any]:
        """Return it as plain values."""
        told = {"city": self.city, "at": self.at.isoformat(), "table": self.table, "how": str(self.how)}
        return told | asdict(self.difference)


@dataclass(slots=True)
class Tried:
    """What was tried on one table.

    Attributes:
        later: rows known after the instants, or models, all instants together.
        tamperings: how often something was tampered with and everything compared.
        changes: what changed.
    """

    later: int = 0
    tamperings: int = 0
    changes: int = 0


@dataclass(frozen=True, slots=True)
class LookaheadResult:
    """What was asked, what was tried, and what changed.

    Attributes:
        day: event day.
        policy: whose decisions, and its forecaster's beliefs.
        instants: asked about, by city [UTC].
        compared: values of snapshots, beliefs and decisions, and dense minutes, each compared after every tampering.
        tables: what was tried, by table; those that nothing reads are not in it.
        changes: look-ahead.
        suspicions: rows that contradict their own ``known_at``.
        notes: what a reader must know.
    """

    day: date
    policy: str
    instants: Mapping[str, tuple[datetime, ...]]
    compared: Mapping[str, int]
    tables: Mapping[str, Tried]
    changes: tuple[Change, ...]
    suspicions: tuple[Suspicion, ...]
    notes: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the document ``lookahead/1``."""
        return {
            "schema": "lookahead/1",
            "day": self.day.isoformat(),
            "policy": self.policy,
            "instants": {city: [at.isoformat() for at in instants] for city, instants in self.instants.items()},
            "compared": dict(self.compared),
            "tables": {name: asdict(tried) for name, tried in self.tables.items()},
            "changes": [change.to_json() for change in self.changes],
            "suspicious": [
                asdict(found) | {"first": None if found.first is None else found.first.isoformat()}
                for found in self.suspicions
            ],
            "notes": list(self.notes),
        }


def lookahead(
    lake: Lake,
    config: Config,
    cities: Sequence[str],
    day: date,
    policy: str = "hybrid",
    clocks: Sequence[DecisionClock] = (),
    progress: Progress = silent,
) -> LookaheadResult:
    """Compare what is said at instants of an event with what is said when all that was known later is tampered with.

    Args:
        lake: the tables and the stored models; nothing is written into it.
        config: the settings.
        cities: city keys.
        day: event day.
        policy: ``anchored``, or a forecaster, whose beliefs are then traded.
        clocks: when; every three hours when there are none.
        progress: told of each instant.

    Raises:
        ConfigError: a city that is not configured, or a policy that looks at no belief.
        LakeError: a file that cannot be read.
        ModelError: no stored model may speak at one of the instants, or ``anchored`` has no weights.
    """
    if policy not in wiring.POLICIES or not wiring.needs_beliefs(policy):
        names = ", ".join(name for name in wiring.POLICIES if wiring.needs_beliefs(name))
        raise ConfigError(f"policy {policy!r} looks at no belief; ask about one of {names}")
    own = {key: ClimateDay(day, config.find_city(key).standard_offset_hours) for key in cities}
    work = [(key, at) for key in own for at in sorted({clock.at(own[key]) for clock in clocks or CLOCKS})]
    found = _Found(Kept(lake), _weights(lake, policy))
    for done, (key, at) in enumerate(work):
        progress(f"lookahead: {key} {at:%m-%d %H:%M}Z", done, len(work))
        found.ask(Question(config, key, day, policy), at)
    progress("lookahead", len(work), len(work))
    suspicions = tuple(one for table in found.kept.tables() for one in suspicious(table, found.kept.whole(table)))
    return LookaheadResult(
        day,
        policy,
        {key: tuple(at for asked, at in work if asked == key) for key in own},
        found.compared,
        dict(sorted(found.tried.items())),
        tuple(found.changes),
        suspicions,
        tuple(found.notes),
    )


def _weights(lake: Lake, policy: str) -> Weights | None:
    return anchor_store.newest(lake, wiring.forecaster_of(policy)).weights if policy == wiring.ANCHORED else None


@dataclass(slots=True)
class _Found:
    """What is found while asking; mutable."""

    kept: Kept
    weights: Weights | None
    compared: dict[str, int] = field(default_factory=lambda: dict.fromkeys((*PARTS, MINUTES), 0))
    tried: dict[str, Tried] = field(default_factory=dict)
    changes: list[Change] = field(default_factory=list)
    notes: dict[str, None] = field(default_factory=dict)

    def ask(self, question: Question, at: datetime) -> None:
        """Ask at one instant, on the lake as it is and with everything later tampered with."""
        whole = Tampered(self.kept, None, at, Tampering.DELETED)
        forecaster = Forecaster.load(whole, question.config, at)
        said = foreseen(question, forecaster, whole, at)
        honest = answers(question, said, whole, at, self.weights)
        for part, values in honest.parts.items():
            self.compared[part] += len(values)
        for table in sorted(honest.tables):
            count = rows_later(self.kept, table, at)
            for how in Tampering if count else (Tampering.CONTRADICTED,):
                other = Tampered(self.kept, table, at, how)
                # What never read the table stands on the same rows, and is not asked again.
                again = foreseen(question, forecaster, other, at) if table in said.tables else said
                made = answers(question, again, other, at, self.weights)
                self._compare(honest, made, question, at, (table, how))
            self._count(table, count)
        self._ask_models(question, honest, at)
        self._ask_weights(question, said, honest, at)
        self._ask_minutes(question, at)

    def _ask_models(self, question: Question, honest: Answers, at: datetime) -> None:
        gone = models_later(self.kept.lake, at)
        for how in (Tampering.DELETED, Tampering.CHANGED) if gone else ():
            with models_without(self.kept.lake, gone, how) as path:
                other = Tampered(self.kept, None, at, how, path)
                said = foreseen(question, Forecaster.load(other, question.config, at), other, at)
            self._compare(honest, answers(question, said, other, at, self.weights), question, at, (MODELS, how))
        self._count(MODELS, len(gone))

    def _ask_weights(self, question: Question, said: Foreseen, honest: Answers, at: datetime) -> None:
        if self.weights is None:
            return
        whole = Tampered(self.kept, None, at, Tampering.DELETED)
        known = tuple(row for row in self.weights.rows if row.known_at <= at)
        late = tuple(row for row in self.weights.rows if row.known_at > at)
        changed = tuple(replace(row, weight=1.0 - row.weight) for row in late)
        for how, rows in ((Tampering.DELETED, known), (Tampering.CHANGED, known + changed)):
            made = answers(question, said, whole, at, Weights(rows))
            self._compare(honest, made, question, at, (WEIGHTS, how))
        self._count(WEIGHTS, len(late))

    def _ask_minutes(self, question: Question, at: datetime) -> None:
        """Make the dense minutes known by then anew from what was known by then."""
        minutes = Minutes(question.config, question.city, question.day)
        whole = Tampered(self.kept, None, at, Tampering.DELETED)
        stored = minutes.stored(whole, at)
        if stored.is_empty():
            return
        made = minutes.made(whole, at)
        self.compared[MINUTES] += stored.height
        if not stored.equals(made):
            old = f"{question.city} {question.day}: the dense minutes are not what prints and candles make of them"
            self.notes[f"{old}; run `drybulb dense`"] = None
        for table in SOURCES:
            count = rows_later(self.kept, table, at)
            if count:
                other = minutes.made(Tampered(self.kept, table, at, Tampering.DELETED), at)
                self._add(first_difference(made, other), question, at, (table, Tampering.DELETED))
                self.tried[table].tamperings += 1
            if table in SOURCES[:2]:  # the others are counted where they are asked about for the decision
                self._count(table, count)

    def _compare(
        self, honest: Answers, made: Answers, question: Question, at: datetime, by: tuple[str, Tampering]
    ) -> None:
        for part, values in honest.parts.items():
            self._add(differences(part, values, made.parts[part]), question, at, by)
        self.tried.setdefault(by[0], Tried()).tamperings += 1

    def _add(self, found: Iterable[Difference], question: Question, at: datetime, by: tuple[str, Tampering]) -> None:
        made = [Change(question.city, at, *by, difference) for difference in found]
        self.changes += made
        self.tried.setdefault(by[0], Tried()).changes += len(made)

    def _count(self, table: str, later: int) -> None:
        self.tried.setdefault(table, Tried()).later += later
