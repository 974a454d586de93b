"""What a report is made of: the files of a run, read and checked.

A run's folder holds ``run.json`` (``backtest/1`` with the digests of its settings, its lake, its other files and
itself), ``journal.jsonl``, whose digest it is known by, ``equity.csv``, ``config.json``, ``markouts.json``
(``markouts/1``) and ``days.json`` (``days/1``). What the run wrote is read only as the run wrote it. Where somebody
put them there, ``verify.json`` (``verify/1``) and ``calibration.json`` (``calibration/1``) are read as they stand.
"""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import isfinite
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from drybulb.app.reporting.day_document import DaysDocument
from drybulb.app.reporting.documents import CalibrationDocument, MarkoutDocument, RunDocument, VerifyDocument
from drybulb.app.runfolder import result_digest
from drybulb.errors import ReportError

AGAIN = "run `drybulb backtest` again"

_WRITTEN = ("config.json", "days.json", "equity.csv", "markouts.json")
_WRITE = "remove it, or write it with `drybulb {} --json`"


@dataclass(frozen=True, slots=True)
class Equity:
    """Gains by event day [dollars].

    Attributes:
        days: in order.
        total: gain of each day.
        cities: the same by city, 0 where a city had no event.
    """

    days: Sequence[date]
    total: Sequence[float]
    cities: Mapping[str, Sequence[float]]


@dataclass(frozen=True, slots=True)
class Reported:
    """The files of a run; None where one that may be missing is missing."""

    run: RunDocument
    equity: Equity
    verified: VerifyDocument | None = None
    calibrated: CalibrationDocument | None = None
    markouts: MarkoutDocument | None = None
    days: DaysDocument | None = None


Document = TypeVar("Document", bound=BaseModel)


def _text(file: Path, fix: str) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise ReportError(f"{file} does not exist; {fix}") from error
    except (OSError, UnicodeDecodeError) as error:
        raise ReportError(f"{file} cannot be read ({error}); {fix}") from error


def _document(file: Path, model: type[Document], fix: str) -> Document:
    try:
        return model.model_validate_json(_text(file, fix))
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "the whole file"
        more = f", and {error.error_count() - 1} more faults" if error.error_count() > 1 else ""
        raise ReportError(f"{file} is not what it should be: {where}: {first['msg']}{more}; {fix}") from error


def _beside(file: Path, model: type[Document], fix: str) -> Document | None:
    """Read a document that may be missing, but not be wrong."""
    return _document(file, model, fix) if file.exists() else None


def _gain(cell: str) -> float:
    """Read a gain; an empty cell is a city without an event."""
    gain = float(cell or 0.0)
    if not isfinite(gain):
        raise ValueError(f"{cell} is no gain")
    return gain


def read_equity(file: Path) -> Equity:
    """Read ``equity.csv``: the columns day, one a city, total and equity.

    Raises:
        ReportError: a file that is missing, or no such table.
    """
    try:
        header, *rows = csv.reader(_text(file, AGAIN).splitlines())
        days = [date.fromisoformat(row[0]) for row in rows]
        numbers = [[_gain(cell) for cell in row[1:]] for row in rows]
        columns = dict(zip(header[1:], zip(*numbers, strict=True), strict=True)) if rows else {"total": ()}
        total = columns.pop("total")
    except (ValueError, KeyError, IndexError) as error:
        raise ReportError(f"{file} is not a table of gains by day ({error!r}); {AGAIN}") from error
    return Equity(days, total, {name: gains for name, gains in columns.items() if name != "equity"})


def _check_file(file: Path, digest: str | None) -> None:
    """Refuse a file that is not as the run wrote it; None is the digest of a file the run did not write."""
    try:
        with file.open("rb") as content:
            found = hashlib.file_digest(content, "sha256").hexdigest()
    except OSError as error:
        raise ReportError(f"{file} cannot be read ({error}); {AGAIN}") from error
    if digest is None:
        raise ReportError(f"{file} is not of this run, run.json does not name it; remove it, or {AGAIN}")
    if found != digest:
        raise ReportError(f"{file} has digest {found[:12]}, run.json says {digest[:12]}; it was changed: {AGAIN}")


def _run(file: Path) -> RunDocument:
    """Read run.json, and refuse it if it does not say what it said when it was written."""
    fix = f"give the folder of a run, or {AGAIN}"
    run = _document(file, RunDocument, fix)
    found = result_digest(json.loads(_text(file, fix)))
    if found != run.result:
        raise ReportError(f"{file} has digest {found[:12]}, it says {run.result[:12]}; it was changed: {AGAIN}")
    return run


def read_run(folder: Path) -> Reported:
    """Read the folder of a run.

    Raises:
        ReportError: a file that is missing, cannot be read or does not hold what it should,
            or one that is not as the run wrote it.
    """
    if not folder.is_dir():
        raise ReportError(f"{folder} is not a folder; give the run that `drybulb backtest` named")
    run = _run(folder / "run.json")
    _check_file(folder / "journal.jsonl", run.digest)
    for name in _WRITTEN:
        if (folder / name).exists():
            _check_file(folder / name, run.files.get(name))
    equity = read_equity(folder / "equity.csv")
    if unknown := sorted(set(equity.cities) - set(run.cities)):
        raise ReportError(f"{folder / 'equity.csv'} has cities that run.json has not: {', '.join(unknown)}; {AGAIN}")
    return Reported(
        run=run,
        equity=equity,
        verified=_beside(folder / "verify.json", VerifyDocument, _WRITE.format("verify")),
        calibrated=_beside(folder / "calibration.json", CalibrationDocument, _WRITE.format("calibration")),
        markouts=_beside(folder / "markouts.json", MarkoutDocument, f"remove it, or {AGAIN}"),
        days=_beside(folder / "days.json", DaysDocument, f"remove it, or {AGAIN}"),
    )
