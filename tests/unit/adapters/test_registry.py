"""The registry: what it stores it gives back whole, and nothing else."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from drybulb.adapters.model_manifest import ModelManifest
from drybulb.adapters.registry import Registry
from drybulb.errors import ModelError

UNTIL = datetime(2024, 11, 17, 12, tzinfo=UTC)
KNOWN = datetime(2024, 11, 15, 17, tzinfo=UTC)
LATER = datetime(2025, 1, 1, tzinfo=UTC)
MODEL = {"format": "x/1", "third": 1 / 3, "nested": {"b": [1, 2], "a": "°F"}}


TEXTS = {"H1.txt": "tree\nTree=0\n", "H0.txt": "tree\nmax 21 °C\n"}


def _saved(path: Path, model: dict[str, object] | None = None, until: datetime = UNTIL) -> ModelManifest:
    return Registry(path).save("floor", MODEL if model is None else model, until, KNOWN)


def _with_texts(path: Path, texts: dict[str, str] | None = None, **about: object) -> ModelManifest:
    return Registry(path).save("floor", MODEL, UNTIL, KNOWN, texts=TEXTS if texts is None else texts, about=about)


def test_what_is_stored_comes_back(tmp_path: Path) -> None:
    """A model is read back as it was, floats to the last bit, from a folder named by its content."""
    manifest = _saved(tmp_path)
    assert Registry(tmp_path).load("floor", manifest.id, LATER).model == MODEL
    assert sorted(f.name for f in (tmp_path / "registry" / "floor" / manifest.id).iterdir()) == [
        "manifest.json",
        "model.json",
    ]
    assert manifest.sha256.startswith(manifest.id)


def test_the_same_model_is_stored_once(tmp_path: Path) -> None:
    """Stored twice, whatever the order of its keys, it has one id, and the first copy stays."""
    first, again = _saved(tmp_path), _saved(tmp_path, dict(reversed(MODEL.items())))
    assert again == first
    assert len(Registry(tmp_path).stock("floor").manifests) == 1


def test_a_changed_model_is_refused(tmp_path: Path) -> None:
    """A model file that does not match its manifest is not loaded, and training again mends it."""
    manifest = _saved(tmp_path)
    file = tmp_path / "registry" / "floor" / manifest.id / "model.json"
    file.write_text(file.read_text().replace("0.333", "0.334"))
    with pytest.raises(ModelError, match="is not its manifest's"):
        Registry(tmp_path).load("floor", manifest.id, LATER)
    _saved(tmp_path)
    assert Registry(tmp_path).load("floor", manifest.id, LATER).model == MODEL


def test_another_manifest_is_refused(tmp_path: Path) -> None:
    """A manifest of another schema, garbled or missing is named, not guessed at."""
    manifest = _saved(tmp_path)
    registry, file = Registry(tmp_path), tmp_path / "registry" / "floor" / manifest.id / "manifest.json"
    sound = json.loads(file.read_text())
    for broken in (
        {**sound, "schema": "model-manifest/9"},
        {**sound, "until": "soon"},
        {**sound, "until": "2024-11-17T12:00:00"},
        {**sound, "schema": "model-manifest/1"},
        {**sound, "id": "0" * 16},
        {**sound, "name": "ceiling"},
        {**sound, "files": {**sound["files"], "H0.txt": "0" * 64}},
        {**sound, "files": {"../model.json": sound["sha256"]}},
        {"schema": "model-manifest/2"},
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


def test_texts_are_files_of_their_own(tmp_path: Path) -> None:
    """Each text is a file beside the model, to the byte, and comes back under its name, in the order given."""
    manifest = _with_texts(tmp_path)
    folder = tmp_path / "registry" / "floor" / manifest.id
    assert (folder / "H0.txt").read_bytes() == TEXTS["H0.txt"].encode()
    model, texts = Registry(tmp_path).load("floor", manifest.id, LATER)
    assert (model, list(texts.items())) == (MODEL, list(TEXTS.items()))


def test_the_id_is_the_head_of_the_sha256_of_the_list_of_files(tmp_path: Path) -> None:
    """The id can be had with sha256sum: of its list of the files, sorted by name."""
    manifest = _with_texts(tmp_path)
    folder = tmp_path / "registry" / "floor" / manifest.id
    names = ("H0.txt", "H1.txt", "model.json")
    digests = {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in names}
    listed = "".join(f"{digests[name]}  {name}\n" for name in names)
    assert manifest.files == digests
    assert manifest.sha256 == hashlib.sha256(listed.encode()).hexdigest()
    assert manifest.id == manifest.sha256[:16]


def test_another_text_is_another_model(tmp_path: Path) -> None:
    """The id changes with a text's content or name, and not with what is noted about the model or the texts' order."""
    first = _with_texts(tmp_path, versions={"numpy": "1"})
    assert first.about == {"versions": {"numpy": "1"}}
    assert _with_texts(tmp_path, dict(reversed(TEXTS.items())), versions={"numpy": "2"}) == first
    others = [
        _with_texts(tmp_path, {**TEXTS, "H1.txt": "tree\n"}),
        _with_texts(tmp_path, {"H1.txt": TEXTS["H1.txt"], "H2.txt": TEXTS["H0.txt"]}),
        _saved(tmp_path),
    ]
    assert len({first.id, *(other.id for other in others)}) == 4


@pytest.mark.parametrize("file", ["model.json", "H0.txt", "H1.txt"])
def test_a_flipped_byte_is_refused_before_anything_is_parsed(tmp_path: Path, file: str) -> None:
    """A file of which one byte is another is named with both hashes, JSON or not; storing it mends it."""
    manifest = _with_texts(tmp_path)
    broken = tmp_path / "registry" / "floor" / manifest.id / file
    content = bytearray(broken.read_bytes())
    content[0] ^= 1
    broken.write_bytes(content)
    with pytest.raises(
        ModelError, match=rf"{file}: SHA-256 [0-9a-f]{{16}}… is not its manifest's {manifest.files[file][:16]}…"
    ):
        Registry(tmp_path).load("floor", manifest.id, LATER)
    assert _with_texts(tmp_path) == Registry(tmp_path).manifest("floor", manifest.id)
    assert Registry(tmp_path).load("floor", manifest.id, LATER).texts == TEXTS


@pytest.mark.parametrize("name", ["model.json", "manifest.json", "../H0.txt", "a/b.txt", ".H0.txt", ""])
def test_a_text_has_a_file_name_of_its_own(tmp_path: Path, name: str) -> None:
    """A text that would be stored elsewhere, hidden, or over another file is refused, and nothing is left behind."""
    with pytest.raises(ModelError, match="name it like"):
        _with_texts(tmp_path, {name: "tree"})
    assert not (tmp_path / "registry").exists()


def test_what_is_whole_but_no_model_is_refused(tmp_path: Path) -> None:
    """A model.json that matches its manifest and is no JSON object is named, not a crash."""
    for content in (b"tree", b"[1]"):
        digest = hashlib.sha256(content).hexdigest()
        listed = hashlib.sha256(f"{digest}  model.json\n".encode()).hexdigest()
        whole = json.loads((tmp_path / "registry" / "floor" / _saved(tmp_path).id / "manifest.json").read_text())
        made = {**whole, "id": listed[:16], "sha256": listed, "files": {"model.json": digest}}
        folder = tmp_path / "registry" / "floor" / listed[:16]
        folder.mkdir(parents=True)
        (folder / "model.json").write_bytes(content)
        (folder / "manifest.json").write_text(json.dumps(made))
        with pytest.raises(ModelError, match="train again"):
            Registry(tmp_path).load("floor", listed[:16], LATER)


def test_a_model_of_an_older_registry_is_stored_anew(tmp_path: Path) -> None:
    """A folder with a manifest of the first schema is not read; storing the same model writes it anew."""
    manifest = _saved(tmp_path)
    file = tmp_path / "registry" / "floor" / manifest.id / "manifest.json"
    file.write_text(file.read_text().replace("model-manifest/2", "model-manifest/1"))
    with pytest.raises(ModelError, match="train again with this version"):
        Registry(tmp_path).newest("floor", LATER)
    assert "model-manifest/1" in Registry(tmp_path).stock("floor").unreadable[manifest.id]
    _saved(tmp_path)
    assert Registry(tmp_path).load("floor", manifest.id, LATER).model == MODEL


def test_an_unreadable_manifest_does_not_stand_in_the_way(tmp_path: Path) -> None:
    """The newest model that can be read is chosen, and the one that cannot is told of by its id."""
    spoiled, sound = _saved(tmp_path, {"a": 1}, LATER), _saved(tmp_path)
    (tmp_path / "registry" / "floor" / spoiled.id / "manifest.json").write_text("{")
    assert Registry(tmp_path).newest("floor", LATER) == sound
    manifests, unreadable = Registry(tmp_path).stock("floor")
    assert manifests == (sound,)
    assert list(unreadable) == [spoiled.id]


def test_the_names_are_those_of_the_folders(tmp_path: Path) -> None:
    """The names of the stored models are given sorted; an empty registry has none."""
    assert Registry(tmp_path).names() == []
    for name in ("global", "city-miami"):
        Registry(tmp_path).save(name, MODEL, UNTIL, KNOWN)
    assert Registry(tmp_path).names() == ["city-miami", "global"]


def test_half_a_model_is_none(tmp_path: Path) -> None:
    """A folder left behind by a killed writer is not a model."""
    (tmp_path / "registry" / "floor" / ".0123.1.partial").mkdir(parents=True)
    assert Registry(tmp_path).stock("floor") == ((), {})


def test_what_is_no_number_is_not_stored(tmp_path: Path) -> None:
    """NaN and values that are not JSON are refused, and nothing is left behind."""
    for wrong in (float("nan"), {1, 2}):
        with pytest.raises(ModelError, match="cannot be stored"):
            _saved(tmp_path, {"a": wrong})
        with pytest.raises(ModelError, match="cannot be stored"):
            _with_texts(tmp_path, a=wrong)
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
