"""The registry: models as text and a manifest, one folder a model, named by what is in it.

``<lake>/registry/<name>/<id>/`` holds ``model.json``, the model's texts, and ``manifest.json``. The id stands for the
bytes of all but the manifest, so the same training gives the same folder. A folder is made aside and renamed, so there
is never half a model. Nothing is read that does not match its manifest, and nothing loaded that knows things from after
the instant asked about.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from drybulb.adapters.model_manifest import MANIFEST, MODEL, ModelManifest, checked_name, digest_of, id_of
from drybulb.adapters.trial_log import TUNED
from drybulb.errors import ModelError


class StoredModel(NamedTuple):
    """What was read of a model, whole.

    Attributes:
        model: the content of ``model.json``.
        texts: the files beside it by name, in the order they were stored.
    """

    model: dict[str, Any]
    texts: dict[str, str]


class Stock(NamedTuple):
    """The stored models of a name.

    Attributes:
        manifests: the oldest ``until`` first, then in the order they were stored.
        unreadable: why the manifest of a model cannot be read, by the model's id.
    """

    manifests: tuple[ModelManifest, ...]
    unreadable: dict[str, str]


class Registry:
    """Models stored under one lake.

    Args:
        lake: the lake's folder; ``registry`` in it is made by the first model stored.
    """

    def __init__(self, lake: Path | str) -> None:
        self.path = Path(lake) / "registry"

    def save(
        self,
        name: str,
        model: dict[str, Any],
        until: datetime,
        last_known_at: datetime,
        *,
        texts: Mapping[str, str] = {},
        about: Mapping[str, Any] = {},
    ) -> ModelManifest:
        """Store a model; one stored before stays as it is, with what was noted about it then.

        Args:
            name: name of the model.
            model: plain values; floats are written so that they are read back exactly.
            until: nothing known later was used [aware].
            last_known_at: when the newest thing it knows became known [aware].
            texts: what is stored beside ``model.json``, by file name.
            about: plain values a person may want to know of its making, for the manifest.

        Raises:
            ModelError: values that are not JSON (NaN among them), a text whose name is no file name of its own, or a
                disk that cannot be written.
        """
        contents = {MODEL: _json(name, model)}
        for file, text in texts.items():
            if file == MODEL or not _is_name(file):
                raise ModelError(f"model {name}: no text can be stored as {file!r}; name it like 'H0.txt'")
            contents[file] = text.encode()
        files = {file: hashlib.sha256(content).hexdigest() for file, content in contents.items()}
        manifest = ModelManifest(
            name=name,
            id=id_of(digest_of(files)),
            sha256=digest_of(files),
            files=files,
            until=until.astimezone(UTC),
            last_known_at=last_known_at.astimezone(UTC),
            stored_at=datetime.now(UTC),
            about=json.loads(_json(name, dict(about))),
        )
        if not self._is_stored(manifest):
            self._write(contents, manifest)
        return self.manifest(name, manifest.id)

    def _is_stored(self, manifest: ModelManifest) -> bool:
        """Whether a whole copy is there; one that is broken or of another version is none."""
        try:
            self.read(manifest.name, manifest.id)
        except ModelError:
            return False
        return True

    def _write(self, contents: Mapping[str, bytes], manifest: ModelManifest) -> None:
        folder = self.path / manifest.name / manifest.id
        aside = folder.with_name(f".{folder.name}.{os.getpid()}.partial")
        try:
            shutil.rmtree(aside, ignore_errors=True)
            aside.mkdir(parents=True)
            for file, content in contents.items():
                _write_through(aside / file, content)
            _write_through(aside / MANIFEST, json.dumps(manifest.to_json(), indent=2).encode())
            if folder.exists():  # a broken one: the sound copy takes its place
                shutil.rmtree(folder)
            aside.rename(folder)
        except OSError as error:
            shutil.rmtree(aside, ignore_errors=True)
            raise ModelError(f"{folder}: model cannot be stored ({error}); check space and permissions") from error

    def manifest(self, name: str, model_id: str) -> ModelManifest:
        """Read the manifest of one model.

        Raises:
            ModelError: there is none, or it is of another schema, not whole, or another model's.
        """
        file = self.path / name / model_id / MANIFEST
        try:
            data = json.loads(file.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise ModelError(f"{file}: no readable manifest ({error}); train again") from error
        manifest = ModelManifest.from_json(data, file)
        if (manifest.name, manifest.id) != (name, model_id):
            raise ModelError(f"{file}: is the manifest of {manifest.name} {manifest.id}; train again")
        return manifest

    def names(self) -> list[str]:
        """Names of all models stored, sorted."""
        return sorted(folder.name for folder in self.path.glob("*") if folder.is_dir() and folder.name != TUNED)

    def stock(self, name: str) -> Stock:
        """The stored models of a name, and those of which not even the manifest can be read."""
        found, unreadable = [], {}
        for folder in sorted((self.path / name).glob("*")):
            if folder.name.startswith(".") or not folder.is_dir():
                continue
            try:
                found.append(self.manifest(name, folder.name))
            except ModelError as error:
                unreadable[folder.name] = str(error)
        return Stock(tuple(sorted(found, key=lambda m: (m.until, m.stored_at, m.id))), unreadable)

    def newest(self, name: str, at: datetime) -> ModelManifest:
        """Return the manifest of the newest model that may speak at an instant.

        One whose manifest cannot be read is not among them; ``drybulb models --why`` names it.

        Args:
            name: name of the model.
            at: the earliest instant it will be asked about [aware].

        Raises:
            ModelError: there is no model, or each knows things from after ``at``.
        """
        found, unreadable = self.stock(name)
        if not found:
            raise ModelError(next(iter(unreadable.values()), f"{self.path / name}: no model stored; {_TRAIN}"))
        able = [manifest for manifest in found if manifest.last_known_at <= at]
        if not able:
            first = min(manifest.last_known_at for manifest in found)
            raise ModelError(
                f"every {name} model knows things from after {at.isoformat()} (the earliest from {first.isoformat()});"
                f" train with an earlier --until, or ask about event days from {first + timedelta(days=2):%F} on"
            )
        return able[-1]

    def load(self, name: str, model_id: str, at: datetime) -> StoredModel:
        """Read a model that may speak at an instant.

        Args:
            name: name of the model.
            model_id: its id.
            at: the earliest instant it will be asked about [aware].

        Raises:
            ModelError: it does not match its manifest, or knows things from after ``at``.
        """
        known = self.manifest(name, model_id).last_known_at
        if known > at:
            raise ModelError(
                f"{self.path / name / model_id} knows things from {known.isoformat()}, after {at.isoformat()};"
                f" train with an earlier --until, or ask about event days from {known + timedelta(days=2):%F} on"
            )
        return self.read(name, model_id)

    def read(self, name: str, model_id: str) -> StoredModel:
        """Read a model, each file only after its SHA-256 is found to be its manifest's.

        Args:
            name: name of the model.
            model_id: its id.

        Raises:
            ModelError: a file is missing, or is not the one that was stored.
        """
        manifest = self.manifest(name, model_id)
        folder = self.path / name / model_id
        contents = {file: _whole(folder / file, digest) for file, digest in manifest.files.items()}
        try:
            model = json.loads(contents[MODEL])
            texts = {file: contents[file].decode() for file in manifest.texts}
        except ValueError as error:
            raise ModelError(f"{folder}: whole, but not what a model is made of ({error}); train again") from error
        if not isinstance(model, dict):
            raise ModelError(f"{folder / MODEL}: holds a {type(model).__name__}, not a model; train again")
        return StoredModel(model, texts)


_TRAIN = "run `drybulb train` first"

_SHOWN = 16
"""So much of a SHA-256 is shown to a person [characters]."""


def _whole(file: Path, digest: str) -> bytes:
    """Content of a file whose SHA-256 is known.

    Raises:
        ModelError: it is missing, or another.
    """
    try:
        content = file.read_bytes()
    except OSError as error:
        raise ModelError(f"{file}: cannot be read ({error}); train again") from error
    found = hashlib.sha256(content).hexdigest()
    if found != digest:
        raise ModelError(f"{file}: SHA-256 {found[:_SHOWN]}… is not its manifest's {digest[:_SHOWN]}…; train again")
    return content


def _json(name: str, values: dict[str, Any]) -> bytes:
    try:
        return json.dumps(values, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()
    except (TypeError, ValueError) as error:
        raise ModelError(
            f"model {name} cannot be stored as JSON ({error}); find the parameter that is no number"
        ) from error


def _is_name(file: str) -> bool:
    try:
        return bool(checked_name(file))
    except ValueError:
        return False


def _write_through(file: Path, content: bytes) -> None:
    with file.open("wb") as handle:
        handle.write(content)
        handle.flush()
        os.fsync(handle.fileno())
