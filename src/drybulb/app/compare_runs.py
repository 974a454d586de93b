"""Runs as `drybulb compare` needs them: what each was asked and assumed, and what it did, event by event."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from drybulb.app.reporting.documents import RunDocument
from drybulb.app.reporting.reported import AGAIN, read_run
from drybulb.engine.fills import Fills
from drybulb.engine.ports import Record
from drybulb.errors import ReportError

CONFIG = "config.json"

#: Of the first line of a journal, what is no setting of the run.
_NO_SETTING = frozenset({"config", "kind", "known_at"})


@dataclass(frozen=True, slots=True)
class ComparedRun:
    """A run that is compared.

    Attributes:
        name: what it is called beside the others.
        folder: where it is.
        document: its ``run.json``.
        asked: what it was asked, by name: window, cities, policy, seed, the clocks it decided at.
        settings: its configuration, flat, by dotted name; None where the folder does not say.
        records: its journal, in order.
    """

    name: str
    folder: Path
    document: RunDocument
    asked: Mapping[str, Any]
    settings: Mapping[str, Any] | None
    records: Sequence[Record]

    @property
    def events(self) -> dict[str, str]:
        """City of every event that settled, by its ticker."""
        settled = (record.fields for record in self.records if record.kind == "settlement")
        return {str(fields["event"]): str(fields["city"]) for fields in settled}

    def restricted(self, events: frozenset[str]) -> list[Record]:
        """Return the records about some events."""
        return [record for record in self.records if record.fields.get("event") in events]


def read_runs(folders: Sequence[Path]) -> list[ComparedRun]:
    """Read the folders of runs and name each by policy and fills, and by its digest where two have the same.

    Args:
        folders: of two runs or more.

    Raises:
        ReportError: fewer than two, a folder that is not that of a run, or two runs that did the same.
    """
    if len(folders) < 2:
        raise ReportError(f"{len(folders)} run cannot be compared; give two or more")
    documents = [read_run(folder).run for folder in folders]
    first: dict[str, Path] = {}
    for folder, document in zip(folders, documents, strict=True):
        if document.digest in first:
            other = first[document.digest]
            raise ReportError(f"{other} and {folder} are one run, digest {document.digest[:12]}; give different ones")
        first[document.digest] = folder
    names = [one.policy if one.fills == Fills.TAKER else f"{one.policy} {one.fills}" for one in documents]
    return [
        _read(name if names.count(name) == 1 else f"{name} {document.digest[:6]}", folder, document)
        for name, folder, document in zip(names, folders, documents, strict=True)
    ]


def _read(name: str, folder: Path, document: RunDocument) -> ComparedRun:
    try:
        heading, *records = _records(folder / "journal.jsonl")
        config = folder / CONFIG
        settings = dict(_flat("", json.loads(config.read_text("utf-8"))["config"])) if config.exists() else None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ReportError(f"{folder} does not hold the journal and settings of a run ({error!r}); {AGAIN}") from error
    asked = {key: value for key, value in heading.fields.items() if key not in _NO_SETTING}
    return ComparedRun(name, folder, document, asked, settings, records)


def _records(file: Path) -> Iterator[Record]:
    """Read a journal back, instants and event days as such."""
    with file.open(encoding="utf-8") as lines:
        for line in lines:
            fields = json.loads(line)
            if fields.get("day") is not None:  # a halt for good is of no day
                fields["day"] = date.fromisoformat(fields["day"])
            yield Record(datetime.fromisoformat(fields["known_at"]), fields["kind"], fields)


def _flat(name: str, value: Any) -> Iterator[tuple[str, Any]]:  # noqa: ANN401 - a value of any JSON document
    """Every setting by its dotted name; of a list of blocks each by its place, from 1."""
    if isinstance(value, dict):
        blocks = [(f"{name}.{key}" if name else key, inner) for key, inner in value.items()]
    elif isinstance(value, list) and any(isinstance(inner, dict) for inner in value):
        blocks = [(f"{name}[{number}]", inner) for number, inner in enumerate(value, 1)]
    else:
        yield name, value
        return
    for inner_name, inner in blocks:
        yield from _flat(inner_name, inner)
