"""The settings of a command: the configuration, with a path that a file says counted from that file."""

from __future__ import annotations

import tomllib
from pathlib import Path

from drybulb.app import config
from drybulb.app.config import Config

USUAL = Path("drybulb.toml")


def load(path: Path | None = None) -> Config:
    """Load the defaults and, over them, the user's file; see :func:`drybulb.app.config.load`.

    A path of ``[evaluation]`` is relative to the folder of the file that says it, that of the defaults to the working
    folder: whoever starts the command elsewhere looks at the same openings.

    Args:
        path: a TOML file; ``drybulb.toml`` of the working folder when None and present.

    Raises:
        ConfigError: the file is missing, is not TOML, or has a key or value that is unknown or wrong.
    """
    loaded = config.load(path)
    used = path or (USUAL if USUAL.exists() else None)
    if used is None or "openings" not in tomllib.loads(used.read_text(encoding="utf-8")).get("evaluation", {}):
        return loaded
    return loaded.model_copy(update={"evaluation": loaded.evaluation.said_in(used.parent.resolve())})
