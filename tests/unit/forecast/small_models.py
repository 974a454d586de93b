"""Small global and city models of the world's Miami, sound ones and others, all grown by the code that grows real ones.

S is the one fitted on all days, which saves the folds' fits; the corrections are scored out of fold as always.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from unittest import mock

import polars as pl

from drybulb.adapters.lake import Lake
from drybulb.adapters.model_manifest import ModelManifest
from drybulb.adapters.registry import Registry
from drybulb.forecast import growing
from drybulb.forecast.artefact import to_artefact
from drybulb.forecast.folds import Fold
from drybulb.forecast.growing import Ground, GrowingRules
from drybulb.forecast.grown import Grown
from drybulb.forecast.hazard import HazardRules
from drybulb.forecast.labels import known_labels
from drybulb.forecast.member_rules import MemberRules
from drybulb.forecast.shares import Shares
from drybulb.forecast.structural import Structural
from drybulb.forecast.training import labelled_rows
from tests.unit.forecast.made import CONFIG, MIAMI, RULES, UNTIL, fitted, material

EVENTS = 120
"""Events of the models here, where nothing else is said; ENOUGH of them are asked for."""

ENOUGH = 100

ASKING = CONFIG.model_copy(update={"models": CONFIG.models.model_copy(update={"min_events": ENOUGH})})

CITY = "city-miami"

SOUND = (
    HazardRules(
        name="H0", from_anchor=False, trees=40, learning_rate=0.15, events_in_leaf=3.0, ridge=1.0, smoothing=0.5
    ),
    HazardRules(name="H1", trees=15, leaves=4, events_in_leaf=8.0),
)

STUMPS = (
    HazardRules(name="H0", from_anchor=False, trees=2, events_in_leaf=1000.0),
    HazardRules(name="H1", trees=2, events_in_leaf=1000.0),
)
"""No leaf can hold so many events, so that no tree has a branch: it says the same to everything."""

WILD = (HazardRules(name="H1", trees=10, leaves=31, learning_rate=1.0, events_in_leaf=0.2, ridge=0.0),)
"""Learns its own days by heart."""

_GLOBAL = (HazardRules(name="H1", trees=8, leaves=4, events_in_leaf=8.0),)


@cache
def small_models(
    city: tuple[HazardRules, ...] = SOUND, events: int = EVENTS, *, is_taken_whole: bool = False
) -> dict[str, Grown]:
    """The global model and Miami's, by name.

    Args:
        city: rules of the city model.
        events: newest events they are grown on.
        is_taken_whole: whether corrections are taken as they are, proven or not.
    """
    made = material()
    labels = known_labels(made.official, made.settlements, [MIAMI], UNTIL, RULES.embargo_days)
    rows = labelled_rows(made.rows, labels, UNTIL)
    newest: list[date] = rows["day"].unique().sort().to_list()[-events:]
    halves = ((newest[0], newest[events // 2 - 1]), (newest[events // 2], newest[-1]))
    models = fitted().models
    structural = models[Structural.name]
    assert isinstance(structural, Structural)
    folds = [Fold({MIAMI.station: half}, models) for half in halves]
    own = rows.filter(pl.col("day").is_in(newest))
    ground = Ground(own, structural, folds, UNTIL, fitted().card.last_known_at)
    with ExitStack() as changed:
        if is_taken_whole:
            changed.enter_context(mock.patch.object(Shares, "fit", return_value=Shares.whole()))
        found, missing = growing.grow(
            ground, {MIAMI.key: MIAMI}, GrowingRules(MemberRules(_GLOBAL, city), min_events=1)
        )
    assert not missing
    return {one.card.name: one for one in found}


def moved(model: Grown, days: int) -> Grown:
    """The same model as of a training some days later."""
    by, card = timedelta(days=days), model.card
    return replace(model, card=replace(card, until=card.until + by, last_known_at=card.last_known_at + by))


def store(lake: Lake, models: Sequence[Grown]) -> list[ModelManifest]:
    """Store models beside a lake's tables, as `train` does."""
    found = []
    for model in models:
        values, texts = to_artefact(model)
        card = model.card
        found.append(Registry(lake.path).save(card.name, values, card.until, card.last_known_at, texts=texts))
    return found
