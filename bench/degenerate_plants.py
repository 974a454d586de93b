"""The gate before models planted with one fault each, all grown by the code that grows real ones."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from unittest import mock

import polars as pl

from bench.degenerate_world import GROWN, Made
from drybulb.adapters.lake import Lake
from drybulb.adapters.model_manifest import ModelManifest
from drybulb.adapters.registry import Registry
from drybulb.app import config
from drybulb.app.models import REFUSED, ModelRow, list_models
from drybulb.app.train import growing_rules
from drybulb.forecast import growing
from drybulb.forecast.artefact import to_artefact
from drybulb.forecast.growing import Ground, GrowingRules
from drybulb.forecast.grown import Grown
from drybulb.forecast.hazard import HazardRules
from drybulb.forecast.hybrid import Hybrid, Speaker
from drybulb.forecast.model_card import CITY, GLOBAL
from drybulb.forecast.shares import Shares
from drybulb.forecast.structural import Structural
from drybulb.forecast.training import Training

Row = dict[str, Any]

NAME = f"{CITY}-{GROWN}"

STUMPS = (
    HazardRules(name="H0", from_anchor=False, trees=2, events_in_leaf=10_000.0),
    HazardRules(name="H1", trees=2, events_in_leaf=10_000.0),
)
"""No leaf can hold so many events, so no tree has a branch: each says the same to everything."""

WILD = (HazardRules(name="H1", trees=20, leaves=63, learning_rate=1.0, events_in_leaf=0.1, ridge=0.0),)
"""Learns its own days by heart."""

SHUFFLED = "each day trained with the official high of another"
UNSEEN = "wrong labels"
"""Kind of the plant that may pass: what it learnt is wrong, but it learnt it."""

FEW = 50
"""Events of the thin model, evenly spread over the days."""

_OLDER = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Plant:
    """A model with one fault.

    Attributes:
        kind: of fault.
        how: it was made, in words.
        model: it.
        at: the instant it is asked about first [aware].
        flips: the file in which one bit is changed after it was stored; None where none is.
    """

    kind: str
    how: str
    model: Grown
    at: datetime
    flips: str | None = None


def sound_models(training: Training, made: Made) -> dict[str, Grown]:
    """The global and the city model of a city as `drybulb train` grows them, by name."""
    found, _ = growing.grow(_ground(training), _cities(made), growing_rules(config.load()))
    return {one.card.name: one for one in found}


def plants(training: Training, made: Made, sound: Grown) -> tuple[Plant, ...]:
    """A sound city model, one model for each kind of fault, and one whose fault the gate need not see.

    Args:
        training: what the sound one was grown on.
        made: the world.
        sound: the city model.
    """
    card, days = sound.card, config.load().training.max_model_age_days
    at, late = card.last_known_at, card.until + timedelta(days=days + 1)
    constant = _grown_wrongly(training, made, STUMPS)
    shuffled = _grown(made.training(GROWN, is_shuffled=True), made)
    thin = _grown(_thinned(training), made)[NAME]
    wild = _grown_wrongly(training, made, WILD)
    return (
        Plant("sound", "as `drybulb train` grows it", sound, at),
        Plant("constant", "trees without a branch", constant, at),
        Plant("insensitive", f"{SHUFFLED}: the global model", shuffled[GLOBAL], at),
        Plant("thin", f"{FEW} events of {card.n_events}", thin, at),
        Plant("worse than S", "trees that learn their own days by heart, taken whole", wild, at),
        Plant("flipped", "one bit of a stored file changed", sound, at, flips="H1.txt"),
        Plant("from the future", "asked about the day before it was trained", sound, at - timedelta(days=1)),
        Plant("out of date", f"asked {days + 1} days after it was trained", sound, late),
        Plant(UNSEEN, f"{SHUFFLED}: the city model", shuffled[NAME], at),
    )


def verdict(plant: Plant) -> Row:
    """What `drybulb models --why` says of a plant that is the only model stored."""
    with tempfile.TemporaryDirectory() as folder:
        lake = Lake(folder)
        stored = _store(lake, plant.model)
        if plant.flips is not None:
            _flip(lake, stored, plant.flips)
        (row,) = _listed(lake, plant.at, stored.name)
        # The folder and the id differ from one machine to the next, and the page must not.
        said = [reason.replace(f"{folder}/registry/{stored.name}/{stored.id}", "…") for reason in row.reasons]
    whole = plant.model.card.scores[0]
    return {
        "kind": plant.kind,
        "how": plant.how,
        "events": plant.model.card.n_events,
        "gain": whole.gain(),
        "verdict": row.verdict,
        "reasons": said,
    }


def ungrown(training: Training, made: Made) -> str:
    """What `drybulb train` says of the thin city instead of growing a model."""
    _, missing = growing.grow(_ground(_thinned(training)), _cities(made), growing_rules(config.load()))
    return missing[NAME]


def next_in_line(constant: Grown, sound: dict[str, Grown], rows: pl.DataFrame) -> Row:
    """Who speaks for a city whose newest model is refused.

    Args:
        constant: the newest model, which is refused.
        sound: the global model and the city's, by name.
        rows: snapshots of the event day.

    Returns:
        ``older``: the verdict on a sound model of thirty days before; ``nobody``: the sources of the hybrid's beliefs
        where there is none.
    """
    card = sound[NAME].card
    older = replace(card, until=card.until - _OLDER, last_known_at=card.last_known_at - _OLDER)
    with tempfile.TemporaryDirectory() as folder:
        lake = Lake(folder)
        _store(lake, constant)
        _store(lake, Grown(older, sound[NAME].model))
        verdicts = [row.verdict for row in _listed(lake, card.last_known_at, NAME)]
    whole = Speaker("", sound[GLOBAL].model, frozenset(card.stations), older.last_known_at - 20 * _OLDER)
    found = Hybrid(whole, {}).predict("hybrid", rows)
    return {"verdicts": verdicts, "sources": sorted(set(found.source or []))}


def _listed(lake: Lake, at: datetime, name: str) -> tuple[ModelRow, ...]:
    return tuple(row for row in list_models(lake, config.load(), at, is_explained=True).rows if row.name == name)


def is_refused(row: Row) -> bool:
    """Whether the gate refused a plant."""
    return bool(row["verdict"] == REFUSED)


def _cities(made: Made) -> dict[str, Any]:
    return {GROWN: made.cities[GROWN]}


def _ground(training: Training) -> Ground:
    structural = training.fitted.models[Structural.name]
    if not isinstance(structural, Structural):
        raise TypeError(f"the forecaster called {Structural.name} is a {type(structural).__name__}")
    card = training.fitted.card
    return Ground(training.rows, structural, training.folds, card.until, card.last_known_at)


def _grown(training: Training, made: Made, rules: GrowingRules | None = None) -> dict[str, Grown]:
    """The global and the city model, however few events there are, by name."""
    few = replace(rules or growing_rules(config.load()), min_events=1)
    found, _ = growing.grow(_ground(training), _cities(made), few)
    return {one.card.name: one for one in found}


def _grown_wrongly(training: Training, made: Made, members: tuple[HazardRules, ...]) -> Grown:
    """A city model of other members than real ones have, without the shares that would tame it."""
    rules = growing_rules(config.load())
    planted = replace(rules, members=replace(rules.members, city=members))
    with mock.patch.object(Shares, "fit", return_value=Shares.whole()):
        return _grown(training, made, planted)[NAME]


def _thinned(training: Training) -> Training:
    days = training.rows["day"].unique().sort()
    kept = days.gather_every(days.len() // FEW)[:FEW]
    return replace(training, rows=training.rows.filter(pl.col("day").is_in(kept.implode())))


def _store(lake: Lake, model: Grown) -> ModelManifest:
    values, texts = to_artefact(model)
    card = model.card
    return Registry(lake.path).save(card.name, values, card.until, card.last_known_at, texts=texts)


def _flip(lake: Lake, stored: ModelManifest, file: str) -> None:
    path = lake.path / "registry" / stored.name / stored.id / file
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(bytes(content))
