"""Weights of the anchor in the registry, beside the models: plain rows, each with the instant it was known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from drybulb.adapters.lake import Lake
from drybulb.adapters.model_manifest import ModelManifest
from drybulb.adapters.registry import Registry
from drybulb.errors import ModelError
from drybulb.strategy.anchor_weights import PHASES, Phase, Weight, Weights

NAME = "anchor"
SCHEMA = "anchor-weights/1"

_BY_NAME = {str(phase): phase for phase in PHASES}


class StoredAnchor(NamedTuple):
    """Weights as they were stored.

    Attributes:
        id: identity in the registry.
        source: the forecaster whose beliefs were weighed.
        weights: dated.
    """

    id: str
    source: str
    weights: Weights


def row_of(weight: Weight) -> dict[str, Any]:
    """Return a weight as plain values."""
    return {
        "known_at": weight.known_at.isoformat(),
        "phase": str(weight.phase),
        "city": weight.city,
        "weight": weight.weight,
        "fitted": weight.fitted,
        "high": weight.high,
        "events": weight.events,
        "gain": weight.gain,
    }


def _weight(row: Mapping[str, Any]) -> Weight:
    phase: Phase = _BY_NAME[row["phase"]]
    known_at = datetime.fromisoformat(row["known_at"])
    return Weight(known_at, phase, row["city"], row["weight"], row["fitted"], row["high"], row["events"], row["gain"])


def save(
    lake: Lake, source: str, weights: Sequence[Weight], until: datetime, about: Mapping[str, Any]
) -> ModelManifest:
    """Store weights; those stored before stay as they are.

    Args:
        lake: the tables; weights are stored beside them.
        source: the forecaster whose beliefs were weighed.
        weights: dated.
        until: nothing known later was used [aware].
        about: how they were made, for a person.

    Raises:
        ModelError: no weight, or a disk that cannot be written.
    """
    if not weights:
        raise ModelError(
            f"no usable ladder had settled by {until.isoformat()}: there is no weight to store; give a wider window, a"
            " later --until, or another [anchor]"
        )
    model = {"schema": SCHEMA, "source": source, "rows": [row_of(weight) for weight in weights]}
    newest = max(weight.known_at for weight in weights)
    return Registry(lake.path).save(NAME, model, until, newest, about=about)


def newest(lake: Lake, source: str) -> StoredAnchor:
    """Read the weights of a forecaster's beliefs stored until latest; each row counts from its own ``known_at`` on.

    Args:
        lake: weights are stored beside its tables.
        source: the forecaster.

    Raises:
        ModelError: none are stored, or some are broken or of another version.
    """
    found = find(lake, source)
    if found is None:
        place = Registry(lake.path).path / NAME
        raise ModelError(f"{place}: no weights of {source} beside the market are stored; run `drybulb anchor` first")
    return found


def find(lake: Lake, source: str) -> StoredAnchor | None:
    """Read the weights of :func:`newest`; None where none are stored.

    Args:
        lake: weights are stored beside its tables.
        source: the forecaster.

    Raises:
        ModelError: some are broken or of another version.
    """
    registry = Registry(lake.path)
    read = (_read(registry, manifest.id) for manifest in reversed(registry.stock(NAME).manifests))
    return next((found for found in read if found.source == source), None)


def _read(registry: Registry, model_id: str) -> StoredAnchor:
    model = registry.read(NAME, model_id).model
    place = registry.path / NAME / model_id
    if model.get("schema") != SCHEMA:
        raise ModelError(f"{place}: weights of another version, not {SCHEMA}; run `drybulb anchor` again")
    try:
        weights = Weights(tuple(_weight(row) for row in model["rows"]))
        return StoredAnchor(model_id, str(model["source"]), weights)
    except (KeyError, TypeError, ValueError) as error:
        raise ModelError(f"{place}: garbled weights ({error}); run `drybulb anchor` again") from error
