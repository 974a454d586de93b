"""The windows of a walk that are done, a file each: a walk that was stopped goes on where it was."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from drybulb.errors import ConfigError, LakeError

#: File of a window's result, in the folder of the window.
FILE = "window.json"


def digest(inputs: Mapping[str, Any]) -> str:
    """Return the SHA-256 of plain values, as hexadecimal digits."""
    return hashlib.sha256(json.dumps(inputs, sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class KeptWindow:
    """Where the result of one window is kept.

    Attributes:
        folder: of the window; its runs are in it too.
        question: digest of what the walk asks.
        inputs: digest of all that it is made of.
    """

    folder: Path
    question: str
    inputs: str

    def read(self) -> dict[str, Any] | None:
        """Return what was kept; None where nothing was.

        Raises:
            ConfigError: it is of something else.
            LakeError: it cannot be read.
        """
        file = self.folder / FILE
        if not file.exists():
            return None
        _, inputs, result = _read(file)
        if inputs != self.inputs:
            raise ConfigError(
                f"{file} is of other settings, models or another lake than this walk; give another --out, or delete it"
            )
        return result

    def write(self, result: Mapping[str, Any]) -> None:
        """Keep a result, whole or not at all.

        Raises:
            LakeError: it cannot be written.
        """
        write_whole(self.folder / FILE, {"question": self.question, "inputs": self.inputs, "result": result})


def refuse_other(folder: Path, question: str) -> None:
    """Refuse a folder that has a window of another walk, or of this one by other code.

    Args:
        folder: of the walk.
        question: digest of what it asks.

    Raises:
        ConfigError: it has one.
        LakeError: a window cannot be read.
    """
    for file in sorted(folder.glob(f"*/{FILE}")):
        if _read(file)[0] != question:
            raise ConfigError(f"{file} is of another question, lake or code than this walk; give another --out")


def _read(file: Path) -> tuple[str, str, dict[str, Any]]:
    """Return question, inputs and result of a window."""
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
        return str(found["question"]), str(found["inputs"]), dict(found["result"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise LakeError(f"{file}: cannot be read ({error!r}); delete it, and its window is made again") from error


def write_whole(file: Path, document: Mapping[str, Any]) -> None:
    """Write a document beside its file, then put it in its place.

    Raises:
        LakeError: it cannot be written.
    """
    aside = file.with_name(f".{file.name}.{os.getpid()}.part")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        aside.write_text(json.dumps(document, indent=1, allow_nan=False) + "\n", encoding="utf-8", newline="\n")
        aside.replace(file)
    except OSError as error:
        raise LakeError(f"{file}: cannot be written ({error}); check space and permissions") from error
