"""A training in a folder of its own: made once, and made again only where code, tables or configuration differ."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import drybulb
from drybulb.adapters.lake import Lake
from drybulb.app.code_digest import source_digest
from drybulb.app.config import Config
from drybulb.forecast.training_card import instant_text

READ = ("observations", "guidance", "official", "settlements", "markets")
"""Tables that a training and its forecasters read."""

_STAMP = "trained.json"
_ADAPTERS = ("archive", "lake.py", "manifest.py", "model_manifest.py", "registry.py")
_DOMAIN = ("bracket.py", "city.py", "climateday.py", "distribution.py", "iso.py", "market.py", "money.py")
_CODE = (
    *(f"adapters/{name}" for name in _ADAPTERS),
    "app/forecaster.py",
    "app/train.py",
    *(f"domain/{name}" for name in _DOMAIN),
    "forecast",
    "frames",
)
_ELSEWHERE = frozenset(
    {
        *("anchor", "backtest", "calendar", "caps", "evaluation", "fees", "locked", "risk", "sessions", "strategy"),
        *("sweep", "walkforward", "watch"),
    }
)
"""Blocks of the configuration that no training reads."""


def identity(lake: Path, config: Config, until: datetime, cities: Sequence[str] | None = None) -> dict[str, Any]:
    """What a training depends on: the same document, the same models.

    Args:
        lake: its tables.
        config: its configuration; how many threads it has changes nothing.
        until: nothing known later trains [aware].
        cities: keys of the cities trained for; all when None.
    """
    document = config.model_dump(mode="json", exclude=set(_ELSEWHERE))
    document["training"].pop("threads")
    return {
        "until": instant_text(until),
        "cities": sorted(cities or config.city),
        "config": _sha256(json.dumps(document, sort_keys=True).encode()),
        "tables": tables_digest(lake),
        "code": _code_digest(),
    }


def note(folder: Path, what: dict[str, Any]) -> None:
    """Write down which training the models in a folder are of."""
    (folder / _STAMP).write_text(json.dumps(what, indent=1) + "\n", encoding="utf-8")


def is_noted(folder: Path, what: dict[str, Any]) -> bool:
    """Whether a folder has the models of just this training."""
    stamp = folder / _STAMP
    return stamp.exists() and json.loads(stamp.read_text(encoding="utf-8")) == what


def beside(lake: Path, out: Path, tables: Collection[str] = READ) -> Lake:
    """A lake of the same tables, or some of them, whose models are its own; made anew.

    Args:
        lake: the tables.
        out: its folder.
        tables: names of those that are seen.

    Raises:
        LakeError: there are no tables.
    """
    Lake.existing(lake)
    if out.exists():
        shutil.rmtree(out)
    out.mkdir(parents=True)
    for table in tables:
        (out / table).symlink_to((lake / table).resolve(), target_is_directory=True)
    return Lake(out)


@cache
def tables_digest(lake: Path) -> str:
    """SHA-256 of the files a training reads, by name and content."""
    files = (file for table in READ for file in sorted((lake / table).glob("*/*.parquet")))
    return _files_digest(files, lake)


@cache
def _code_digest() -> str:
    """SHA-256 of the source a training runs; what it says of itself, in docstrings and comments, changes nothing."""
    return source_digest(Path(drybulb.__file__).parent, _CODE)


def _files_digest(files: Iterable[Path], root: Path) -> str:
    lines = (f"{file.relative_to(root)} {_sha256(file.read_bytes())}\n" for file in files)
    return _sha256("".join(lines).encode())


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
