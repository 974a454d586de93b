"""What a report is made of: the files of a run, read and checked.

A run's folder holds ``run.json`` (``backtest/1`` with the digests of its settings and its
lake), ``journal.jsonl``, whose digest it is known by, ``equity.csv``, and ``verify.json``
(``verify/1``) where somebody put the scores of the same window beside it.
"""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import isfinite
from pathlib import Path
from typing import Annotated, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from drybulb.errors import ReportError

AGAIN = "run `drybulb backtest` again"
Interval = tuple[float, float]
Lead = Annotated[int, Field(ge=0, le=1)]


class _Read(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", allow_inf_nan=False)


class PerDay(_Read):
    """Mean gain of an event day and its 90 % interval [dollars]."""

    mean: float | None
    ci90: Interval | None


class Part(_Read):
    """Numbers of a part of a run."""

    orders: int
    fills: int
    contracts: float
    fees_usd: float
    pnl_usd: float
    pnl_per_day: PerDay
    max_drawdown_usd: float


class CityPart(Part):
    """Numbers of a city, or of all of them."""

    events: int
    refused: dict[str, int]
    beliefs: dict[str, int]


class RunDocument(_Read):
    """The file ``run.json``."""

    kind: Literal["backtest/1"] = Field(alias="schema")
    window: tuple[date, date]
    policy: str
    cities: dict[str, CityPart]
    total: CityPart
    by_lead: dict[Lead, Part]
    assumptions: list[str]
    notes: list[str]
    not_traded: dict[str, int]
    digest: str
    config: str
    lake: str


class ScoreRow(_Read):
    """Scores of one forecaster at one clock."""

    city: str
    clock: str
    lead: Lead
    forecaster: str
    paired_with: str | None
    n_events: int
    crps: float | None
    rps: float | None
    log_score: float | None
    mae: float | None
    within_1: float | None
    within_2: float | None
    ci90: dict[str, Interval | None]


class Comparison(_Read):
    """A paired difference of one score; below zero the forecaster is better than the reference."""

    city: str
    clock: str
    lead: Lead
    paired_with: str | None
    forecaster: str
    reference: str
    metric: str
    n_events: int
    difference: float
    ci90: Interval


class VerifyDocument(_Read):
    """The file ``verify.json``."""

    kind: Literal["verify/1"] = Field(alias="schema")
    window: tuple[date, date]
    rows: list[ScoreRow]
    comparisons: list[Comparison]
    notes: list[str]


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
    """The files of a run."""

    run: RunDocument
    equity: Equity
    verified: VerifyDocument | None


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


def _gain(cell: str) -> float:
    """Read a gain; an empty cell is a city without an event."""
    gain = float(cell or 0.0)
    if not isfinite(gain):
        raise ValueError(f"{cell} is no gain")
    return gain


def _equity(file: Path) -> Equity:
    """Read the columns day, one a city, total and equity."""
    try:
        header, *rows = csv.reader(_text(file, AGAIN).splitlines())
        days = [date.fromisoformat(row[0]) for row in rows]
        numbers = [[_gain(cell) for cell in row[1:]] for row in rows]
        columns = dict(zip(header[1:], zip(*numbers, strict=True), strict=True)) if rows else {"total": ()}
        total = columns.pop("total")
    except (ValueError, KeyError, IndexError) as error:
        raise ReportError(f"{file} is not a table of gains by day ({error!r}); {AGAIN}") from error
    return Equity(days, total, {name: gains for name, gains in columns.items() if name != "equity"})


def _check_journal(file: Path, digest: str) -> None:
    try:
        with file.open("rb") as journal:
            found = hashlib.file_digest(journal, "sha256").hexdigest()
    except OSError as error:
        raise ReportError(f"{file} cannot be read ({error}); {AGAIN}") from error
    if found != digest:
        raise ReportError(f"{file} has digest {found[:12]}, run.json says {digest[:12]}; it was changed: {AGAIN}")


def read_run(folder: Path) -> Reported:
    """Read the folder of a run.

    Raises:
        ReportError: a file that is missing, cannot be read or does not hold what it should,
            or a journal that is not the one the run was made of.
    """
    if not folder.is_dir():
        raise ReportError(f"{folder} is not a folder; give the run that `drybulb backtest` named")
    run = _document(folder / "run.json", RunDocument, f"give the folder of a run, or {AGAIN}")
    _check_journal(folder / "journal.jsonl", run.digest)
    scores = folder / "verify.json"
    fix = "remove it, or write it with `drybulb verify --json`"
    verified = _document(scores, VerifyDocument, fix) if scores.exists() else None
    equity = _equity(folder / "equity.csv")
    if unknown := sorted(set(equity.cities) - set(run.cities)):
        raise ReportError(f"{folder / 'equity.csv'} has cities that run.json has not: {', '.join(unknown)}; {AGAIN}")
    return Reported(run, equity, verified)
