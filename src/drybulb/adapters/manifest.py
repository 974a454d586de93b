"""What a derived table of the lake was built from: one JSON beside it, replaced atomically.

A month whose inputs have the digest noted here need not be built again. Digests are of content,
never of file times: a lake that was copied or imported anew is still the same lake.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import polars as pl

from drybulb.errors import LakeError

_SCHEMA = "manifest/1"


def digest(recipe: str, frames: Iterable[pl.DataFrame]) -> str:
    """Return the SHA-256 of a recipe and of the rows it is applied to, in their order.

    Args:
        recipe: what is done with the rows, and with which settings.
        frames: the inputs.
    """
    found = hashlib.sha256(recipe.encode())
    for frame in frames:
        # As text: the same values give the same digest whatever their layout in memory.
        found.update(frame.write_csv().encode())
    return found.hexdigest()


class Manifest:
    """Digests and counts by part of a table.

    Args:
        file: where they are kept; made by the first note.
    """

    def __init__(self, file: Path) -> None:
        self._file = file

    def read(self) -> dict[str, dict[str, Any]]:
        """Return what is noted, by part.

        Raises:
            LakeError: the file cannot be read, or is not a manifest.
        """
        if not self._file.exists():
            return {}
        try:
            document = json.loads(self._file.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise LakeError(f"{self._file}: cannot be read ({error}); delete it and build again") from error
        if not isinstance(document, dict) or document.get("schema") != _SCHEMA:
            raise LakeError(f"{self._file}: is no {_SCHEMA}; delete it and build again")
        parts: dict[str, dict[str, Any]] = document["parts"]
        return parts

    def note(self, part: str, values: dict[str, Any]) -> None:
        """Note ``values`` for a part that is completely written.

        Raises:
            LakeError: the file cannot be written.
        """
        parts = self.read() | {part: values}
        text = json.dumps({"schema": _SCHEMA, "parts": dict(sorted(parts.items()))}, indent=1)
        aside = self._file.with_suffix(f".{os.getpid()}.part")
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            with aside.open("w", encoding="utf-8") as written:
                written.write(text)
                written.flush()
                os.fsync(written.fileno())
            aside.replace(self._file)
        except OSError as error:
            aside.unlink(missing_ok=True)
            raise LakeError(f"{self._file}: cannot be written ({error}); check space and permissions") from error
