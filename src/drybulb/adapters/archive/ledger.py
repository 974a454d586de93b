"""The ingest ledger: for every file and city, what was asked, what was answered, and what was refused and why."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import polars as pl

from drybulb.adapters.archive.findings import Findings, Tally
from drybulb.adapters.archive.rules import Rules
from drybulb.adapters.archive.sources import digest
from drybulb.frames.schema import IngestLedger


def ingest_ledger(folder: Path, rules: Rules, findings: Findings) -> pl.DataFrame:
    """Return rows of ``ingest_ledger`` for the cities and stations of the settings.

    One row a file, city and reason; the row without a reason counts what was accepted. The source is the file's name
    and the first digits of its SHA-256, so another version of a file has rows of its own. A row is known when its
    span is over: when it was imported would make two imports of the same files differ.
    """
    places = {*rules.cities, *rules.stations.values()}
    names = {file: f"{file}#{digest(folder / file)}" for file, _ in findings.tallies}
    rows = [
        {"source": names[file], **row}
        for (file, place), tally in sorted(findings.tallies.items())
        if place in places
        for row in _rows(tally, findings.lost(file, place))
    ]
    return IngestLedger.validate(pl.DataFrame(rows, schema=IngestLedger.create_empty().schema), cast=True)


def _rows(tally: Tally, lost: dict[str, int]) -> list[dict[str, object]]:
    """The rows of one file and city: all of it without a reason, then one for each reason."""
    refused = sum(lost.values())
    return [
        {
            "city": tally.city,
            "span_start": tally.first,
            "span_end": tally.last,
            "reason": reason,
            "asked": tally.rows,
            "answered": tally.rows - refused,
            "complete": refused == 0,
            "empty": tally.rows == refused,
            "refused": count,
            "known_at": datetime.combine(tally.last + timedelta(days=1), time(), UTC),
            "known_from": "latency",
        }
        for reason, count in {"": refused, **lost}.items()
    ]
