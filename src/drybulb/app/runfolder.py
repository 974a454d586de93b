"""The folder of a run: its result, its journal, its gains day by day, its settings, and what was seen in hindsight."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from drybulb.adapters.lake import Lake
from drybulb.app.config import Config
from drybulb.app.tally import Tallies, usd
from drybulb.errors import LakeError

#: Tables a backtest is made from, directly or by way of its beliefs.
SOURCES = (
    *("markets", "settlements", "sessions", "prints", "quotes", "books", "dense"),
    *("observations", "guidance", "official"),
)


def config_digest(config: Config) -> str:
    """Return the SHA-256 of the settings, as hexadecimal digits."""
    return hashlib.sha256(json.dumps(config.model_dump(mode="json"), sort_keys=True).encode()).hexdigest()


def result_digest(document: Mapping[str, Any]) -> str:
    """Return the SHA-256 of what ``run.json`` says beside this digest itself, as hexadecimal digits."""
    said = {name: value for name, value in document.items() if name != "result"}
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def lake_digest(lake: Lake) -> str:
    """Return the SHA-256 of the files a backtest reads, by name and content, as hexadecimal digits.

    Raises:
        LakeError: a file that cannot be read.
    """
    digest = hashlib.sha256()
    for table in SOURCES:
        for key in lake.keys(table):
            for month in lake.months(table, key):
                file = lake.file(table, key, month)
                try:
                    content = hashlib.sha256(file.read_bytes()).hexdigest()
                except OSError as error:
                    raise LakeError(f"{file}: cannot be read ({error}); check its permissions") from error
                digest.update(f"{table}/{key}/{month} {content}\n".encode())
    return digest.hexdigest()


@dataclass(frozen=True, slots=True)
class Origin:
    """What a run was made from: the lake's folder, and the digest of the files a backtest reads."""

    lake: Path
    digest: str

    @classmethod
    def of(cls, lake: Lake) -> Origin:
        """Read it, once for all runs of one replay."""
        return cls(lake.path, lake_digest(lake))


def write_run(
    folder: Path,
    result: Mapping[str, Any],
    lines: Iterable[str],
    tallies: Tallies,
    origin: Origin,
    config: Config,
    beside: Mapping[str, Any],
) -> None:
    """Write journal.jsonl, equity.csv, config.json, ``beside`` and, last, run.json; each whole or not at all.

    run.json holds the SHA-256 of every other file, and of itself: who reads the run later sees what was changed.

    Args:
        folder: of the run; made if missing.
        result: the document ``backtest/1``.
        lines: of the journal.
        tallies: gains by city and event day.
        origin: what it was made from.
        config: the settings.
        beside: other documents, by the name of their file.

    Raises:
        LakeError: a file that cannot be written.
    """
    journal = "".join(f"{line}\n" for line in lines)
    settings = {"schema": "config/1", "lake": str(origin.lake), "config": config.model_dump(mode="json")}
    contents = {
        "equity.csv": equity_csv(tallies),
        "config.json": _json(settings),
        # A list of all that was known in ten minutes is longer than a page when each number has its line.
        **{name: _json(found, indent=None) for name, found in beside.items()},
    }
    files = {name: hashlib.sha256(content.encode()).hexdigest() for name, content in sorted(contents.items())}
    document = {**result, "config": config_digest(config), "lake": origin.digest, "files": files}
    document["result"] = result_digest(document)
    contents = {"journal.jsonl": journal, **contents, "run.json": _json(document)}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in contents.items():
            aside = folder / f".{name}.{os.getpid()}.part"
            aside.write_text(content, encoding="utf-8", newline="\n")
            aside.replace(folder / name)
    except OSError as error:
        raise LakeError(f"{folder}: the run cannot be written ({error}); check space and permissions") from error


def _json(document: Mapping[str, Any], indent: int | None = 2) -> str:
    return json.dumps(document, indent=indent, allow_nan=False) + "\n"


def equity_csv(tallies: Tallies) -> str:
    """Return the gain of each event day, in total and by city, and their sum so far [dollars]."""
    cities = [key for key, part in tallies.cities.items() if part.gains]
    rows = [",".join(["day", *cities, "total", "equity"])]
    equity = 0
    for day, gain in sorted(tallies.total.gains.items()):
        equity += gain
        parts = [tallies.cities[key].gains.get(day) for key in cities]
        cells = ["" if part is None else f"{usd(part):.6f}" for part in parts]
        rows.append(",".join([day.isoformat(), *cells, f"{usd(gain):.6f}", f"{usd(equity):.6f}"]))
    return "\n".join(rows) + "\n"
