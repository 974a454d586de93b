"""The registry: models as text and a manifest, one folder a model, named by what is in it.

``<lake>/registry/<name>/<id>/`` holds ``model.json`` and ``manifest.json``. The id is the head of the model's SHA-256,
so the same training gives the same folder. A folder is made aside and renamed, so there is never half a model. Nothing
is loaded that does not match its manifest, is of another format, or knows things from after the instant asked about.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from drybulb.errors import ModelError

MANIFEST_SCHEMA = "model-manifest/1"
_ID_LENGTH = 16
_MODEL = "model.json"
_MANIFEST = "manifest.json"


@dataclass(frozen=True, slots=True)
class ModelManifest:
    """What is known about a stored model without reading it.

    Attributes:
        name: name of the model, such as ``first-floor``.
        id: head of the SHA-256 of its text.
        sha256: SHA-256 of its text.
        until: nothing known later was used to train it [UTC].
        last_known_at: when the newest thing it knows became known [UTC].
        stored_at: when it was stored [UTC]; no part of the id.
    """

    name: str
    id: str
    sha256: str
    until: datetime
    last_known_at: datetime
    stored_at: datetime

    def to_json(self) -> dict[str, str]:
        """The document of schema ``model-manifest/1``."""
        instants = {key: getattr(self, key).isoformat() for key in ("until", "last_known_at", "stored_at")}
        return {"schema": MANIFEST_SCHEMA, "name": self.name, "id": self.id, "sha256": self.sha256, **instants}


class Registry:
    """Models stored under one lake.

    Args:
        lake: the lake's folder; ``registry`` in it is made by the first model stored.
    """

    def __init__(self, lake: Path | str) -> None:
        self.path = Path(lake) / "registry"

    def save(self, name: str, model: dict[str, Any], until: datetime, last_known_at: datetime) -> ModelManifest:
        """Store a model; one stored before stays as it is.

        Args:
            name: name of the model.
            model: plain values; floats are written so that they are read back exactly.
            until: nothing known later was used [aware].
            last_known_at: when the newest thing it knows became known [aware].

        Raises:
            ModelError: values that are not JSON (NaN among them), or a disk that cannot be written.
        """
        try:
            text = json.dumps(model, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()
        except (TypeError, ValueError) as error:
            raise ModelError(
                f"model {name} cannot be stored as JSON ({error}); find the parameter that is no number"
            ) from error
        digest = hashlib.sha256(text).hexdigest()
        manifest = ModelManifest(
            name=name,
            id=digest[:_ID_LENGTH],
            sha256=digest,
            until=until.astimezone(UTC),
            last_known_at=last_known_at.astimezone(UTC),
            stored_at=datetime.now(UTC),
        )
        folder = self.path / name / manifest.id
        if not _is_whole(folder, digest):
            self._write(folder, text, manifest)
        return self.manifest(name, manifest.id)

    def _write(self, folder: Path, text: bytes, manifest: ModelManifest) -> None:
        aside = folder.with_name(f".{folder.name}.{os.getpid()}.partial")
        try:
            shutil.rmtree(aside, ignore_errors=True)
            aside.mkdir(parents=True)
            _write_through(aside / _MODEL, text)
            _write_through(aside / _MANIFEST, json.dumps(manifest.to_json(), indent=2).encode())
            if folder.exists():  # a broken one: the sound copy takes its place
                shutil.rmtree(folder)
            aside.rename(folder)
        except OSError as error:
            shutil.rmtree(aside, ignore_errors=True)
            raise ModelError(f"{folder}: model cannot be stored ({error}); check space and permissions") from error

    def manifest(self, name: str, model_id: str) -> ModelManifest:
        """Read the manifest of one model.

        Raises:
            ModelError: there is none, or it is of another schema or not whole.
        """
        file = self.path / name / model_id / _MANIFEST
        try:
            data = json.loads(file.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise ModelError(f"{file}: no readable manifest ({error}); train again") from error
        if not isinstance(data, dict) or data.get("schema") != MANIFEST_SCHEMA:
            found = data.get("schema") if isinstance(data, dict) else data
            raise ModelError(f"{file}: schema {found!r} is not {MANIFEST_SCHEMA!r}; train again with this version")
        try:
            instants = {key: datetime.fromisoformat(data[key]) for key in ("until", "last_known_at", "stored_at")}
            return ModelManifest(name=data["name"], id=data["id"], sha256=data["sha256"], **instants)
        except (KeyError, TypeError, ValueError) as error:
            raise ModelError(f"{file}: the manifest lacks or garbles {error}; train again") from error

    def manifests(self, name: str) -> list[ModelManifest]:
        """Manifests of all models of a name, the oldest ``until`` first, then in the order they were stored.

        Raises:
            ModelError: one that cannot be read.
        """
        folders = sorted(f for f in (self.path / name).glob("*") if f.is_dir() and not f.name.startswith("."))
        found = [self.manifest(name, folder.name) for folder in folders]
        return sorted(found, key=lambda m: (m.until, m.stored_at, m.id))

    def newest(self, name: str, at: datetime) -> ModelManifest:
        """Return the manifest of the newest model that may speak at an instant.

        Args:
            name: name of the model.
            at: the earliest instant it will be asked about [aware].

        Raises:
            ModelError: there is no model, or each knows things from after ``at``.
        """
        found = self.manifests(name)
        if not found:
            raise ModelError(f"{self.path / name}: no model stored; run `drybulb train` first")
        able = [manifest for manifest in found if manifest.last_known_at <= at]
        if not able:
            first = min(manifest.last_known_at for manifest in found)
            raise ModelError(
                f"every {name} model knows things from after {at.isoformat()} (the earliest from {first.isoformat()});"
                " train with an earlier --until"
            )
        return able[-1]

    def load(self, name: str, model_id: str, at: datetime) -> dict[str, Any]:
        """Read a model.

        Args:
            name: name of the model.
            model_id: its id.
            at: the earliest instant it will be asked about [aware].

        Raises:
            ModelError: it does not match its manifest, or knows things from after ``at``.
        """
        manifest = self.manifest(name, model_id)
        file = self.path / name / model_id / _MODEL
        if manifest.last_known_at > at:
            raise ModelError(
                f"{file} knows things from {manifest.last_known_at.isoformat()}, after {at.isoformat()};"
                " train with an earlier --until"
            )
        try:
            text = file.read_bytes()
        except OSError as error:
            raise ModelError(f"{file}: cannot be read ({error}); train again") from error
        digest = hashlib.sha256(text).hexdigest()
        if digest != manifest.sha256 or manifest.id != model_id:
            raise ModelError(f"{file}: SHA-256 {digest} is not its manifest's {manifest.sha256}; train again")
        model = json.loads(text)
        if not isinstance(model, dict):
            raise ModelError(f"{file}: holds a {type(model).__name__}, not a model; train again")
        return model


def _is_whole(folder: Path, digest: str) -> bool:
    try:
        return (folder / _MANIFEST).is_file() and hashlib.sha256((folder / _MODEL).read_bytes()).hexdigest() == digest
    except OSError:
        return False


def _write_through(file: Path, content: bytes) -> None:
    with file.open("wb") as handle:
        handle.write(content)
        handle.flush()
        os.fsync(handle.fileno())
