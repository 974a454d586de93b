"""The registry: what it stores it gives back whole, and nothing else."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from drybulb.adapters.registry import ModelManifest, Registry
from drybulb.errors import ModelError

UNTIL = datetime(2024, 11, 17, 12, tzinfo=UTC)
KNOWN = datetime(2024, 11, 15, 17, tzinfo=UTC)
LATER = datetime(2025, 1, 1, tzinfo=UTC)
MODEL = {"format": "x/1", "third": 1 / 3, "nested": {"b": [1, 2], "a": "°F"}}


def _saved(path: Path, model: dict[str, object] | None = None, until: datetime = UNTIL) -> ModelManifest:
    return Registry(path).save("floor", MODEL if model is None else model, until, KNOWN)


def test_what_is_stored_comes_back(tmp_path: Path) -> None:
    """A model is read back as it was, floats to the last bit, from a folder named by its content."""
    manifest = _saved(tmp_path)
    assert Registry(tmp_path).load("floor", manifest.id, LATER) == MODEL
    assert sorted(f.name for f in (tmp_path / "registry" / "floor" / manifest.id).iterdir()) == [
        "manifest.json",
        "model.json",
    ]
    assert manifest.sha256.startswith(manifest.id)


def test_the_same_model_is_stored_once(tmp_path: Path) -> None:
    """Stored twice, whatever the order of its keys, it has one id, and the first copy stays."""
    first, again = _saved(tmp_path), _saved(tmp_path, dict(reversed(MODEL.items())))
    assert again == first
    assert len(Registry(tmp_path).manifests("floor")) == 1


def test_a_changed_model_is_refused(tmp_path: Path) -> None:
    """A model file that does not match its manifest is not loaded, and training again mends it."""
    manifest = _saved(tmp_path)
    file = tmp_path / "registry" / "floor" / manifest.id / "model.json"
    file.write_text(file.read_text().replace("0.333", "0.334"))
    with pytest.raises(ModelError, match="is not its manifest's"):
        Registry(tmp_path).load("floor", manifest.id, LATER)
    _saved(tmp_path)
    assert Registry(tmp_path).load("floor", manifest.id, LATER) == MODEL


def test_another_manifest_is_refused(tmp_path: Path) -> None:
    """A manifest of another schema, garbled or missing is named, not guessed at."""
    manifest = _saved(tmp_path)
    registry, file = Registry(tmp_path), tmp_path / "registry" / "floor" / manifest.id / "manifest.json"
    sound = json.loads(file.read_text())
    for broken in (
        {**sound, "schema": "model-manifest/9"},
        {**sound, "until": "soon"},
        {"schema": "model-manifest/1"},
        [1],
    ):
        file.write_text(json.dumps(broken))
        with pytest.raises(ModelError, match="manifest"):
            registry.load("floor", manifest.id, LATER)
    file.unlink()
    with pytest.raises(ModelError, match="no readable manifest"):
        registry.load("floor", manifest.id, LATER)


def test_a_model_from_the_future_is_refused(tmp_path: Path) -> None:
    """A model that knows things from after the instant asked about is neither loaded nor chosen."""
    manifest = _saved(tmp_path)
    early = datetime(2024, 11, 15, 16, 59, tzinfo=UTC)
    with pytest.raises(ModelError, match="earlier --until"):
        Registry(tmp_path).load("floor", manifest.id, early)
    with pytest.raises(ModelError, match="earlier --until"):
        Registry(tmp_path).newest("floor", early)
    assert Registry(tmp_path).newest("floor", KNOWN) == manifest


def test_the_newest_is_the_one_trained_latest(tmp_path: Path) -> None:
    """Of several models the one with the latest ``until`` is chosen, whenever they were stored."""
    late = _saved(tmp_path, {"a": 1}, LATER)
    _saved(tmp_path, {"a": 2}, UNTIL)
    assert Registry(tmp_path).newest("floor", LATER) == late


def test_an_empty_registry_says_what_to_do(tmp_path: Path) -> None:
    """Without a model the message names the command that makes one."""
    with pytest.raises(ModelError, match="drybulb train"):
        Registry(tmp_path).newest("floor", LATER)


def test_half_a_model_is_none(tmp_path: Path) -> None:
    """A folder left behind by a killed writer is not a model."""
    (tmp_path / "registry" / "floor" / ".0123.1.partial").mkdir(parents=True)
    assert Registry(tmp_path).manifests("floor") == []


def test_what_is_no_number_is_not_stored(tmp_path: Path) -> None:
    """NaN and values that are not JSON are refused, and nothing is left behind."""
    for wrong in (float("nan"), {1, 2}):
        with pytest.raises(ModelError, match="cannot be stored"):
            _saved(tmp_path, {"a": wrong})
    assert not (tmp_path / "registry").exists()


def test_a_missing_model_file_is_named(tmp_path: Path) -> None:
    """A manifest without its model is refused with the file's name."""
    manifest = _saved(tmp_path)
    (tmp_path / "registry" / "floor" / manifest.id / "model.json").unlink()
    with pytest.raises(ModelError, match=r"model\.json"):
        Registry(tmp_path).load("floor", manifest.id, LATER)


def test_a_disk_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    """Where a folder cannot be made the refusal names it."""
    (tmp_path / "registry").write_text("in the way")
    with pytest.raises(ModelError, match="cannot be stored"):
        _saved(tmp_path)
