"""Everything a sweep tried of one city, kept in ``<lake>/swept/<city>-<digest>/``: a set is tried once on one tape.

The study is named by what it is on: the tape with its beliefs, the settings, the fills. Whatever changes of these makes
another study, so that what is found there always is of the same. Its lines are what the luck of the best is counted on.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from drybulb.adapters.trial_log import POLICIES, Row, TrialLog
from drybulb.app.tally import usd
from drybulb.app.tried import Ground, Tried, swept
from drybulb.errors import ReportError
from drybulb.research.tape import Tape

#: How a line came about: by the screen, whose gains are of a flat stake, or by the replay.
SCREENED, REPLAYED = "screened", "replayed"


@dataclass(frozen=True, slots=True)
class Study:
    """What was tried so far, and where more is noted.

    Attributes:
        log: the lines.
        known: each line by how it came about and the name of its set.
    """

    log: TrialLog
    known: dict[tuple[str, str], Row]

    def note(self, kind: str, name: str, gains: Mapping[date, int], **said: Any) -> Row:  # noqa: ANN401 - plain values
        """Note what a set gained by event day [microdollars], and what else is said of it; return the line."""
        row: Row = {
            "number": len(self.known),
            "kind": kind,
            "name": name,
            "gains": {day.isoformat(): usd(gains[day]) for day in sorted(gains)},
            **said,
        }
        self.log.append(row)
        self.known[kind, name] = row
        return row

    def of(self, kind: str) -> Iterator[Row]:
        """Yield the lines of one kind, in the order in which they were tried."""
        yield from (row for (of, _), row in self.known.items() if of == kind)

    def named(self, row: Row) -> str:
        """Name of a line among everything tried on its ground."""
        return f"{self.log.name} {row['number']}"


def study_of(lake: Path, about: Mapping[str, Any]) -> TrialLog:
    """Return the log of the study that is on this, begun or not.

    Args:
        lake: the lake's folder.
        about: plain values that say what is tried on; ``cities`` has one.
    """
    digest = hashlib.sha256(json.dumps(about, sort_keys=True).encode()).hexdigest()
    return TrialLog(lake, f"{about['cities'][0]}-{digest[:12]}", POLICIES)


def go_on(log: TrialLog, about: Mapping[str, Any]) -> Study:
    """Begin a study, or read what it has tried.

    Raises:
        TuningError: it cannot be read or written, or is on something else.
    """
    log.begin(dict(about))
    return Study(log, {(row["kind"], row["name"]): row for row in log.rows()})


def everything(lake: Path, window: tuple[date, date], city: str) -> Tried:
    """Return all that sweeps of this lake tried on these days of one city, whatever study it is of.

    Raises:
        TuningError: a log that cannot be read.
        ReportError: a line without gains by day.
    """
    found = list(swept(lake, Ground(window, (city,))))
    known = {name: gains for name, gains in found if gains is not None}
    return Tried(tuple(known), tuple(known.values()), len(found) - len(known))


def tape_digest(tape: Tape) -> str:
    """Return the SHA-256 of a tape's arrays, as hexadecimal digits."""
    digest = hashlib.sha256()
    for column in fields(Tape):
        values = np.ascontiguousarray(getattr(tape, column.name))
        digest.update(f"{column.name} {values.dtype.str} {values.shape}\n".encode())
        digest.update(values.tobytes())
    return digest.hexdigest()


def halted_at(run: Path) -> str | None:
    """Return the instant from which on a run was halted for good, as its journal has it; None where it never was.

    Raises:
        ReportError: a journal that cannot be read.
    """
    file = run / "journal.jsonl"
    try:
        with file.open(encoding="utf-8") as lines:
            halts = [json.loads(line) for line in lines if '"halt"' in line]
        return next((str(one["known_at"]) for one in halts if one["kind"] == "halt" and one["day"] is None), None)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ReportError(f"{file} cannot be read ({error!r}); sweep again into another --out") from error
