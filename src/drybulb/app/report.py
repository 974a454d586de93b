"""`drybulb report`: one page of a run, in one file that needs nothing else.

The same run among the same runs and sweeps gives the same bytes: the page holds what its files say, and how many others
were tried on its ground, and nothing of when, where or by which version it was written.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from drybulb.app.reporting.page import page
from drybulb.app.reporting.reported import read_run
from drybulb.app.tried import tried
from drybulb.errors import ReportError


@dataclass(frozen=True, slots=True)
class ReportResult:
    """The page that was written.

    Attributes:
        run: folder it is made of.
        file: where it is.
        size: [bytes].
        sha256: of its bytes.
    """

    run: Path
    file: Path
    size: int
    sha256: str

    def to_json(self) -> dict[str, Any]:
        """Return the document ``report/1``."""
        return {
            "schema": "report/1",
            "run": str(self.run),
            "file": str(self.file),
            "bytes": self.size,
            "sha256": self.sha256,
        }


def report(run: Path, out: Path | None = None) -> ReportResult:
    """Write the page of a run.

    Args:
        run: folder of the run.
        out: file to write; ``report.html`` in the run's folder when None.

    Raises:
        ReportError: a run of which no report can be made, a run beside it that cannot be read, or a file that cannot
            be written.
        TuningError: a log of a sweep that cannot be read.
    """
    reported = read_run(run)
    name, everything = tried(run)
    content = page(reported, everything.luck(name)).encode("utf-8")
    file = run / "report.html" if out is None else out
    aside = file.with_name(f".{file.name}.{os.getpid()}.part")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        aside.write_bytes(content)
        aside.replace(file)
    except OSError as error:
        raise ReportError(f"{file} cannot be written ({error}); give another --out") from error
    return ReportResult(run, file, len(content), hashlib.sha256(content).hexdigest())
