"""The folder of a run: its result, its journal, its gains day by day."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Mapping
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


def write_run(
    folder: Path, result: Mapping[str, Any], lines: Iterable[str], tallies: Tallies, lake: Lake, config: Config
) -> None:
    """Write journal.jsonl, equity.csv and, last, run.json; each file appears whole or not at all.

    Args:
        folder: of the run; made if missing.
        result: the document ``backtest/1``.
        lines: of the journal.
        tallies: gains by city and event day.
        lake: what it was made from.
        config: the settings.

    Raises:
        LakeError: a file that cannot be written.
    """
    document = {**result, "config": config_digest(config), "lake": lake_digest(lake)}
    contents = {
        "journal.jsonl": "".join(f"{line}\n" for line in lines),
        "equity.csv": equity_csv(tallies),
        "run.json": json.dumps(document, indent=2, sort_keys=False) + "\n",
    }
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in contents.items():
            aside = folder / f".{name}.{os.getpid()}.part"
            aside.write_text(content, encoding="utf-8")
            aside.replace(folder / name)
    except OSError as error:
        raise LakeError(f"{folder}: the run cannot be written ({error}); check space and permissions") from error


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
