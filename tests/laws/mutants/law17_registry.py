"""Registries and rosters that read what was changed, or that lose sight of the next in line."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path

from drybulb.adapters import registry
from drybulb.adapters.model_manifest import MODEL, ModelManifest
from drybulb.adapters.registry import Registry, Stock
from drybulb.errors import ModelError
from drybulb.forecast import artefact
from drybulb.forecast.grown import Grown
from tests.laws import test_law17_gate as law
from tests.laws.mutants import Mutant

_whole, _stock = registry._whole, Registry.stock


def _texts_unhashed(file: Path, digest: str) -> bytes:
    return _whole(file, digest) if file.name == MODEL else file.read_bytes()


def _model_unhashed(file: Path, digest: str) -> bytes:
    return file.read_bytes() if file.name == MODEL else _whole(file, digest)


def _parsed_before_hashed(store: Registry, manifest: ModelManifest) -> Grown:
    file = store.path / manifest.name / manifest.id / MODEL
    with suppress(ModelError, ValueError):
        artefact.from_artefact(json.loads(file.read_bytes()), {})
    return artefact.from_artefact(*store.read(manifest.name, manifest.id))


def _manifest_believed(store: Registry, manifest: ModelManifest) -> Grown:
    return artefact.from_artefact(*store.read(manifest.name, manifest.id))


def _newest_alone(self: Registry, name: str) -> Stock:
    found = _stock(self, name)
    return Stock(found.manifests[-1:], found.unreadable)


def _oldest_first(self: Registry, name: str) -> Stock:
    found = _stock(self, name)
    return Stock(found.manifests[::-1], found.unreadable)


MUTANTS = [
    Mutant(
        law=law.test_a_flipped_byte_anywhere_is_refused_unread,
        target="drybulb.adapters.registry._whole",
        replacement=_texts_unhashed,
        defect="the texts beside the model are read unhashed",
    ),
    Mutant(
        law=law.test_a_flipped_byte_anywhere_is_refused_unread,
        target="drybulb.adapters.registry._whole",
        replacement=_model_unhashed,
        defect="the model itself is read unhashed",
    ),
    Mutant(
        law=law.test_a_flipped_byte_anywhere_is_refused_unread,
        target="drybulb.app.roster._read",
        replacement=_parsed_before_hashed,
        defect="a model is parsed first and hashed after",
    ),
    Mutant(
        law=law.test_a_manifest_that_makes_a_model_younger_is_refused,
        target="drybulb.app.roster._read",
        replacement=_manifest_believed,
        defect="the manifest is not held against the card",
    ),
    Mutant(
        law=law.test_the_unfit_are_refused_by_name_and_the_next_in_line_speaks,
        target="drybulb.adapters.registry.Registry.stock",
        replacement=_newest_alone,
        defect="where the newest model is refused nobody looks for the next",
    ),
    Mutant(
        law=law.test_a_model_of_the_future_leaves_its_seat_to_the_newest_of_the_past,
        target="drybulb.adapters.registry.Registry.stock",
        replacement=_oldest_first,
        defect="the oldest model that passes is seated, not the newest",
    ),
]
