"""A global or city model written down and read back."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from drybulb.errors import ModelError
from drybulb.forecast.artefact import from_artefact, to_artefact
from tests.unit.forecast.made import material
from tests.unit.forecast.small_models import CITY, small_models


def _stored() -> tuple[dict[str, Any], dict[str, str]]:
    """The city model as it comes back from a disk."""
    values, texts = to_artefact(small_models()[CITY])
    return json.loads(json.dumps(values)), texts


@pytest.mark.parametrize("name", ["global", CITY])
def test_a_model_comes_back_as_it_was(name: str) -> None:
    """A model that was written down has the same card and says the same, to the bit."""
    model = small_models()[name]
    values, texts = to_artefact(model)
    read = from_artefact(json.loads(json.dumps(values)), texts)
    assert json.dumps(read.card.to_json()) == json.dumps(model.card.to_json())
    rows = material().rows.tail(200)
    assert np.array_equal(read.model.predict(rows).pmf, model.model.predict(rows).pmf)


def test_each_hazard_is_a_text_of_its_own() -> None:
    """The texts are named after the hazards, and their order does not matter to who reads them."""
    values, texts = _stored()
    assert list(texts) == ["H0.txt", "H1.txt"]
    read = from_artefact(values, dict(reversed(texts.items())))
    assert read.model.texts == small_models()[CITY].model.texts


def test_another_format_is_refused() -> None:
    """A model of another format is named with the format it has."""
    values, texts = _stored()
    with pytest.raises(ModelError, match=r"'first-floor/1' is not 'corrected/2'"):
        from_artefact({**values, "format": "first-floor/1"}, texts)


def test_what_is_missing_is_named() -> None:
    """A model without a text or without a part is refused by the name of what it lacks."""
    values, texts = _stored()
    with pytest.raises(ModelError, match=r"lacks or garbles 'H1\.txt'"):
        from_artefact(values, {"H0.txt": texts["H0.txt"]})
    with pytest.raises(ModelError, match="lacks or garbles 'card'"):
        from_artefact({name: value for name, value in values.items() if name != "card"}, texts)
    values["card"]["until"] = "soon"
    with pytest.raises(ModelError, match="soon"):
        from_artefact(values, texts)


def test_other_features_are_refused() -> None:
    """A model grown on a feature this version does not compute is refused by the feature's name."""
    values, texts = _stored()
    hazard = values["model"]["correction"]["hazards"][0]
    old = hazard["columns"][0]
    hazard["columns"][0] = "moon_phase"
    texts["H0.txt"] = texts["H0.txt"].replace(f"feature_names={old} ", "feature_names=moon_phase ")
    with pytest.raises(ModelError, match=r"hazard H0: its features are not those of this version .*moon_phase"):
        from_artefact(values, texts)
