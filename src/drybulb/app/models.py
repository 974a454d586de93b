"""`drybulb models`: every stored model, whether it serves, and if not, why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from drybulb.adapters.lake import Lake
from drybulb.adapters.model_manifest import ModelManifest
from drybulb.adapters.registry import Registry
from drybulb.app.anchor_store import NAME as ANCHOR
from drybulb.app.config import Config
from drybulb.app.roster import examine, gate_rules, roles, unusable
from drybulb.domain.climateday import require_aware
from drybulb.errors import ModelError
from drybulb.forecast import gate
from drybulb.forecast.fitted import FittedForecasters
from drybulb.forecast.gate import GateRules
from drybulb.forecast.model_card import CITY, GLOBAL, BandScore, Pooled
from drybulb.forecast.training import NAME
from drybulb.forecast.training_card import TrainingCard, instant_text

SERVES = "serves"
NEXT = "next in line"
REFUSED = "refused"

_PLACES = 6
_UNASKED = "No configured city asks for a model of this name."


@dataclass(frozen=True, slots=True)
class ModelRow:
    """One stored model.

    Attributes:
        name: its name in the registry.
        id: its id.
        manifest: what is known about it without reading it; None where that cannot be read.
        events: events it was fitted on; None where it cannot be read.
        score: its scores out of fold over all rows, beside S's; None where it cannot be read, or is not corrected S.
        pooling: of a city model: who speaks at each lead, it or the global one, and by which scores out of fold.
        verdict: ``serves``, ``next in line`` or ``refused``.
        reasons: why it is refused, one sentence each.
    """

    name: str
    id: str
    manifest: ModelManifest | None
    events: int | None
    score: BandScore | None
    pooling: tuple[Pooled, ...]
    verdict: str
    reasons: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """One row of the document."""
        known, score = self.manifest, self.score
        return {
            "name": self.name,
            "id": self.id,
            "until": None if known is None else instant_text(known.until),
            "last_known_at": None if known is None else instant_text(known.last_known_at),
            "events": self.events,
            "log_score": None if score is None else round(score.log_score["model"], _PLACES),
            "log_score_s": None if score is None else round(score.log_score["S"], _PLACES),
            "gain": None if score is None else round(score.gain(), _PLACES),
            "pooling": [_pooled(one) for one in self.pooling],
            "verdict": self.verdict,
            "reasons": list(self.reasons),
        }


def _pooled(one: Pooled) -> dict[str, Any]:
    """Who speaks at one lead, or the scores of a part of it."""
    return {
        "lead": one.lead,
        "hours": one.band,
        "events": one.events,
        **{name: round(one.log_score[name], _PLACES) if name in one.log_score else None for name in (CITY, GLOBAL)},
        "difference": None if one.difference is None else round(one.difference, _PLACES),
        "ci90": None if one.ci90 is None else [round(end, _PLACES) for end in one.ci90],
        "chosen": one.chosen,
        "why": None if one.chosen is None else one.why(),
    }


@dataclass(frozen=True, slots=True)
class ModelsResult:
    """Every stored model.

    Attributes:
        at: the instant they would be asked about first [UTC].
        rules: what the gate asks.
        rows: the stored models; by name, the newest ``until`` first.
        missing: why nobody serves, by the name of each model asked for that has none that does.
        is_explained: whether a person wants to read why.
    """

    at: datetime
    rules: GateRules
    rows: tuple[ModelRow, ...]
    missing: dict[str, str]
    is_explained: bool

    def to_json(self) -> dict[str, Any]:
        """The document of schema ``models/1``."""
        return {
            "schema": "models/1",
            "at": instant_text(self.at),
            "rules": {
                "min_events": self.rules.min_events,
                "max_loss": self.rules.max_loss,
                "max_model_age_days": self.rules.max_age_days,
            },
            "rows": [row.to_json() for row in self.rows],
            "missing": self.missing,
            "why": self.is_explained,
        }


def list_models(lake: Lake, config: Config, at: datetime, *, is_explained: bool = False) -> ModelsResult:
    """Examine every stored model as if it were asked from an instant on.

    Args:
        lake: the stored models are beside its tables.
        config: the configuration: ``[models]``, the cities, and ``[training] max_model_age_days``.
        at: the earliest instant that would be asked about [aware].
        is_explained: whether a person wants to read why.
    """
    instant = require_aware(at, "at")
    registry, rules = Registry(lake.path), gate_rules(config)
    asked = [NAME, *roles(config)]
    others = [name for name in registry.names() if name not in (*asked, ANCHOR)]
    rows: list[ModelRow] = []
    for name in asked:
        examined = _floor if name == NAME else _corrected
        rows += _seat([*_unreadable(registry, name), *examined(registry, name, instant, rules)], instant)
    rows += [
        replace(row, reasons=(_UNASKED, *row.reasons))
        for name in others
        for row in (*_unreadable(registry, name), *_corrected(registry, name, instant, rules))
    ]
    floor = _serving(NAME, rows)
    ungrown = {} if floor is None else TrainingCard.from_json(registry.read(NAME, floor.id).model["card"]).missing
    missing = {name: _why_nobody(name, rows, ungrown) for name in asked if _serving(name, rows) is None}
    return ModelsResult(instant, rules, tuple(rows), missing, is_explained)


def _unreadable(registry: Registry, name: str) -> list[ModelRow]:
    """Models of which nothing is known but that they are there."""
    stock = registry.stock(name)
    return [ModelRow(name, i, None, None, None, (), REFUSED, (unusable(why),)) for i, why in stock.unreadable.items()]


def _corrected(registry: Registry, name: str, at: datetime, rules: GateRules) -> Iterator[ModelRow]:
    """Global or city models of a name, the newest ``until`` first, all as if refused."""
    for manifest in reversed(registry.stock(name).manifests):
        found = examine(registry, manifest, at, rules, is_thorough=True)
        card = None if found.fitted is None else found.fitted.card
        events = None if card is None else card.n_events
        score = None if card is None or not card.scores else card.scores[0]
        pooling = () if card is None else card.pooling
        yield ModelRow(name, manifest.id, manifest, events, score, pooling, REFUSED, found.reasons)


def _floor(registry: Registry, name: str, at: datetime, rules: GateRules) -> Iterator[ModelRow]:
    """Baselines and S, the newest ``until`` first, all as if refused; no gate is before them but time and wholeness."""
    for manifest in reversed(registry.stock(name).manifests):
        reasons = gate.untimely(manifest.until, manifest.last_known_at, at, rules)
        events = None
        try:
            events = FittedForecasters.from_json(registry.read(name, manifest.id).model).card.n_events
        except ModelError as error:
            reasons = (*reasons, unusable(str(error)))
        yield ModelRow(name, manifest.id, manifest, events, None, (), REFUSED, reasons)


def _seat(rows: list[ModelRow], at: datetime) -> list[ModelRow]:
    """Give each of a name's models its verdict.

    The newest baselines and S of the time are asked or nobody is: no older ones stand in for them when they are broken.
    """
    found, is_seated = [], False
    for row in rows:
        is_past = row.manifest is not None and row.manifest.last_known_at <= at
        verdict = REFUSED if row.reasons else NEXT if is_seated else SERVES
        is_seated = is_seated or verdict == SERVES or (row.name == NAME and is_past)
        found.append(replace(row, verdict=verdict))
    return found


def _serving(name: str, rows: list[ModelRow]) -> ModelRow | None:
    return next((row for row in rows if row.name == name and row.verdict == SERVES), None)


def _why_nobody(name: str, rows: list[ModelRow], ungrown: Mapping[str, str]) -> str:
    """Why no model of a name serves; of one that was not grown the baselines of the same training say why."""
    stored = [row for row in rows if row.name == name]
    if not stored:
        return f"none is stored: {ungrown[name]}" if name in ungrown else "none is stored"
    if any(row.verdict == NEXT for row in stored):
        return "the newest of its time was refused, and older ones do not stand in for it"
    return f"each of the {len(stored)} stored was refused" if len(stored) > 1 else "the one stored was refused"
