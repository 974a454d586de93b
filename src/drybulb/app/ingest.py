"""Import: foreign files into the lake, with an account of every row."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

from drybulb.adapters.archive import Part, read_archive
from drybulb.adapters.archive.findings import Findings, Note, Refusal
from drybulb.adapters.archive.rules import Era, Rules
from drybulb.adapters.lake import Lake
from drybulb.adapters.original import read_original
from drybulb.app.config import Config
from drybulb.app.coverage import Usable, usable
from drybulb.app.progress import Progress, silent

_PARTS = 13
"""Steps of an import that progress shows: twelve parts of an archive, and the coverage."""


@dataclass(frozen=True, slots=True)
class Merged:
    """Rows offered to a table, added to it, and found already there."""

    read: int = 0
    added: int = 0
    unchanged: int = 0


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What became of an import.

    Attributes:
        source: ``archive`` or ``original-candles``.
        tables: rows read, added and unchanged, by table.
        refusals: what was refused, sorted by file, city and reason.
        notes: what was kept and should be known.
        usable: by city, how many days each model could use.
        seconds: how long it took; the only thing that differs between two equal imports.
    """

    source: str
    tables: dict[str, Merged]
    refusals: tuple[Refusal, ...]
    notes: tuple[Note, ...]
    usable: dict[str, Usable]
    seconds: float

    def to_json(self) -> dict[str, Any]:
        """Return the document ``import/1``."""
        return {
            "schema": "import/1",
            "source": self.source,
            "tables": {
                name: {"read": m.read, "added": m.added, "unchanged": m.unchanged}
                for name, m in sorted(self.tables.items())
            },
            "refusals": [
                {
                    "file": r.file,
                    "city": r.city,
                    "reason": r.reason,
                    "unit": r.unit,
                    "count": r.count,
                    "of": r.of,
                    "rows": r.rows,
                    "examples": list(r.examples),
                }
                for r in self.refusals
            ],
            "notes": [
                {"file": n.file, "city": n.city, "note": n.what, "count": n.count, "examples": list(n.examples)}
                for n in self.notes
            ],
            "usable": {city: days.to_json() for city, days in self.usable.items()},
            "seconds": self.seconds,
        }


def rules_of(config: Config) -> Rules:
    """Return the settings as the readers take them."""
    return Rules(
        cities=config.cities(),
        latency=config.latency.model_dump(),
        eras=tuple(sorted((Era(era.starts, era.hours) for era in config.sessions), key=lambda era: era.starts)),
        open_time=config.market.open_time,
        close_time=config.market.close_time,
        midnight_close_from=config.market.midnight_close_from,
        time_zone=config.market.time_zone,
    )


def import_archive(path: Path, lake: Lake, config: Config, progress: Progress = silent) -> ImportResult:
    """Import the recorded archive: what is in order goes into the lake, the rest is refused with its reason.

    Importing the same archive again adds nothing.

    Args:
        path: folder of the archive.
        lake: where the tables are written.
        config: cities, latencies and hours.
        progress: told each table before it is written.

    Raises:
        ImportFailed: the folder holds none of the archive's files.
        LakeError: the lake cannot be read or written.
    """
    rules = rules_of(config)
    findings = Findings(rules.stations)
    return _run("archive", read_archive(path, rules, findings), lake, config, findings, progress)


def import_original(path: Path, lake: Lake, config: Config, progress: Progress = silent) -> ImportResult:
    """Import candles exported from the original system; their markets must be in the lake already.

    Args:
        path: a Parquet or CSV file, or a folder of them.
        lake: where the markets are and the candles are written.
        config: cities.
        progress: told each table before it is written.

    Raises:
        ImportFailed: nothing at ``path`` can be imported.
        LakeError: the lake cannot be read or written.
    """
    findings = Findings()
    parts = read_original(path, lake, config.latency.quote, findings)
    return _run("original-candles", parts, lake, config, findings, progress)


def _run(
    source: str,
    parts: Iterable[Part],
    lake: Lake,
    config: Config,
    findings: Findings,
    progress: Progress,
) -> ImportResult:
    began = perf_counter()
    tables: dict[str, Merged] = {}
    for number, part in enumerate(parts):
        progress(f"import: {part.table}", number, max(_PARTS, number + 1))
        report = lake.merge(part.table, part.frame)
        if report.conflicting:
            reason = f"contradicts a stored row of {part.table}"
            findings.refusals.append(
                Refusal(part.file, "all", reason, "row", report.conflicting, part.frame.height, report.conflicting, ())
            )
        old = tables.get(part.table, Merged())
        tables[part.table] = Merged(
            old.read + part.frame.height, old.added + report.added, old.unchanged + report.unchanged
        )
    progress("import: coverage", _PARTS - 1, _PARTS)
    days = usable(lake, config)
    progress("import: done", _PARTS, _PARTS)
    return ImportResult(
        source,
        tables,
        tuple(sorted(findings.refusals, key=lambda r: (r.file, r.city, r.reason, r.unit, r.count, r.examples))),
        tuple(sorted(findings.notes, key=lambda n: (n.file, n.city, n.what, n.count))),
        days,
        round(perf_counter() - began, 3),
    )
