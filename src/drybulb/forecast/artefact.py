"""A global or city model as it is stored: its card and parameters as plain values, each hazard a text of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl

from drybulb.errors import ModelError
from drybulb.forecast.corrected import Corrected, Correction
from drybulb.forecast.features import Features
from drybulb.forecast.grown import Grown
from drybulb.forecast.model import GRID
from drybulb.forecast.model_card import ModelCard
from drybulb.frames.snapshot import SNAPSHOT_SCHEMA

FORMAT = "corrected/2"
"""Format of the artefact; another one is refused."""


def to_artefact(fitted: Grown) -> tuple[dict[str, Any], dict[str, str]]:
    """Write a model down.

    Args:
        fitted: the model with its card.

    Returns:
        Plain values, in which floats survive exactly, and the hazards' texts by file name, such as ``H1.txt``.
    """
    values = {"format": FORMAT, "card": fitted.card.to_json(), "model": fitted.model.to_json()}
    names = (_file_of(hazard.rules.name) for hazard in fitted.model.correction.hazards)
    return values, dict(zip(names, fitted.model.texts, strict=True))


def from_artefact(values: Mapping[str, Any], texts: Mapping[str, str]) -> Grown:
    """The inverse of :func:`to_artefact`.

    Raises:
        ModelError: another format, features that are not those of this version, or a value or text that is missing
            or garbled.
    """
    if values.get("format") != FORMAT:
        raise ModelError(f"model format {values.get('format')!r} is not {FORMAT!r}; train again with this version")
    try:
        card = ModelCard.from_json(values["card"])
        hazards = values["model"]["correction"]["hazards"]
        own = [texts[_file_of(hazard["rules"]["name"])] for hazard in hazards]
        model = Corrected.from_json(values["model"], own)
    except (KeyError, TypeError, ValueError) as error:
        raise ModelError(f"the model lacks or garbles {error}; train again with this version") from error
    _refuse_other_features(model.correction)
    return Grown(card, model)


def _refuse_other_features(correction: Correction) -> None:
    """Compare the features each hazard was grown on with those this version computes.

    Raises:
        ModelError: they differ.
    """
    features = Features.of(
        pl.DataFrame(schema=SNAPSHOT_SCHEMA), np.empty((0, GRID.size)), correction.normals, correction.sources
    )
    for hazard in correction.hazards:
        mine = features.columns(with_offset=hazard.rules.from_anchor)
        if hazard.columns != mine:
            other = sorted(set(hazard.columns) ^ set(mine)) or ["their order"]
            raise ModelError(
                f"hazard {hazard.rules.name}: its features are not those of this version ({', '.join(other)});"
                " train again"
            )


def _file_of(hazard: str) -> str:
    return f"{hazard}.txt"
