"""The manifest of a stored model: what it is, from when, and the SHA-256 of each of its files."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from drybulb.errors import ModelError

MANIFEST_SCHEMA = "model-manifest/2"

MANIFEST = "manifest.json"
MODEL = "model.json"

_ID_LENGTH = 16
_INSTANTS = ("until", "last_known_at", "stored_at")


@dataclass(frozen=True, slots=True)
class ModelManifest:
    """What is known about a stored model without reading it.

    Attributes:
        name: name of the model, such as ``first-floor``.
        id: head of ``sha256``.
        sha256: SHA-256 of the list of its files, see :func:`digest_of`.
        files: SHA-256 of each file by name; ``model.json``, then its texts in their order.
        until: nothing known later was used to train it [UTC].
        last_known_at: when the newest thing it knows became known [UTC].
        stored_at: when it was stored [UTC]; no part of the id.
        about: what a person may want to know of its making, such as versions; no part of the id.
    """

    name: str
    id: str
    sha256: str
    files: dict[str, str]
    until: datetime
    last_known_at: datetime
    stored_at: datetime
    about: dict[str, Any]

    @property
    def texts(self) -> tuple[str, ...]:
        """Names of the files beside ``model.json``, in their order."""
        return tuple(name for name in self.files if name != MODEL)

    def to_json(self) -> dict[str, Any]:
        """The document of schema ``model-manifest/2``."""
        named = {"schema": MANIFEST_SCHEMA, "name": self.name, "id": self.id, "sha256": self.sha256}
        return {
            **named,
            **{key: getattr(self, key).isoformat() for key in _INSTANTS},
            "files": self.files,
            "about": self.about,
        }

    @classmethod
    def from_json(cls, data: Any, file: Path) -> ModelManifest:  # noqa: ANN401 - whatever the file holds
        """The inverse of :meth:`to_json`.

        Args:
            data: what the file holds.
            file: named in what is refused.

        Raises:
            ModelError: another schema, or a value that is missing, garbled or at odds with another.
        """
        if not isinstance(data, dict) or data.get("schema") != MANIFEST_SCHEMA:
            found = data.get("schema") if isinstance(data, dict) else data
            raise ModelError(f"{file}: schema {found!r} is not {MANIFEST_SCHEMA!r}; train again with this version")
        try:
            read = cls(
                name=str(data["name"]),
                id=str(data["id"]),
                sha256=str(data["sha256"]),
                files={checked_name(str(name)): str(digest) for name, digest in data["files"].items()},
                about=dict(data["about"]),
                **{key: _aware(data[key]) for key in _INSTANTS},
            )
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise ModelError(f"{file}: the manifest lacks or garbles {error}; train again") from error
        if read.sha256 != digest_of(read.files) or read.id != id_of(read.sha256) or MODEL not in read.files:
            raise ModelError(
                f"{file}: the manifest's list of files is not the one id {read.id} stands for; train again"
            )
        return read


def digest_of(files: Mapping[str, str]) -> str:
    """SHA-256 of the list of some files and theirs, as ``sha256sum`` prints it, sorted by name.

    Args:
        files: SHA-256 by file name.
    """
    return hashlib.sha256("".join(f"{files[name]}  {name}\n" for name in sorted(files)).encode()).hexdigest()


def id_of(sha256: str) -> str:
    """Name of the folder of a model: the head of its SHA-256."""
    return sha256[:_ID_LENGTH]


def checked_name(name: str) -> str:
    """A name that a file beside the manifest may have.

    Raises:
        ValueError: it leads elsewhere, or is the manifest's own.
    """
    if not name or name != Path(name).name or name.startswith(".") or name == MANIFEST:
        raise ValueError(f"file name {name!r}")
    return name


def _aware(text: str) -> datetime:
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise ValueError(f"{text!r}, an instant without a time zone")
    return instant
