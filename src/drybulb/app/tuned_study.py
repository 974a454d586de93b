"""A study while it goes on: one run at a time, on lines that can be added to, of one search."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version

from drybulb.adapters.search import propose
from drybulb.adapters.trial_log import TrialLog
from drybulb.errors import TuningError

KEPT = "day_gains"
"""Of each line: sum of the gains of each day's events, in the order of the days of trial 0 [nats]."""

CALENDAR = "calendar"
"""Of trial 0: the days scored, and the number of events of each."""


def searcher() -> str:
    """Version of the library that proposes, once it was seen to propose.

    Raises:
        TuningError: it is not installed, or is and cannot be imported.
    """
    try:
        propose((), (), 0, 0)
        return version("optuna")
    except (ImportError, OSError) as error:
        raise TuningError(
            f"optuna is installed but cannot be imported ({error}); `pip install --force-reinstall 'drybulb[tune]'`"
        ) from error


@contextmanager
def going_on(log: TrialLog) -> Iterator[None]:
    """Keep a study of a model to this run until it ends, and make sure that its lines can be added to.

    Args:
        log: of the study; its folder is made where there is none.

    Raises:
        TuningError: as :func:`alone`, or its lines lack the gains by day.
    """
    with alone(log, "wait for it, or name another with --study"):
        _refuse_old(log)
        yield


@contextmanager
def alone(log: TrialLog, fix: str = "wait for it") -> Iterator[None]:
    """Keep a study to this run until it ends, and end its last line.

    The lock is the operating system's and is on the study's folder: a run that dies leaves none behind.

    Args:
        log: of the study; its folder is made where there is none.
        fix: what to do where another run is at it.

    Raises:
        TuningError: another run is at it, or it cannot be written.
    """
    try:
        log.path.mkdir(parents=True, exist_ok=True)
        folder = os.open(log.path, os.O_RDONLY)
    except OSError as error:
        raise TuningError(f"{log.path}: cannot be written ({error}); check space and permissions") from error
    try:
        _lock(log, folder, fix)
        _end_last_line(log)
        yield
    finally:
        os.close(folder)


def _lock(log: TrialLog, folder: int, fix: str) -> None:
    try:
        fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise TuningError(f"study {log.name!r} is running in another process; {fix}") from error
    except OSError as error:
        raise TuningError(f"{log.path}: cannot be locked ({error}); keep the lake on a local disk") from error


def _refuse_old(log: TrialLog) -> None:
    rows = log.rows()
    days = len(rows[0].get(CALENDAR, {}).get("days", ())) if rows else 0
    if any(len(row.get(KEPT, ())) != days or not days for row in rows):
        raise TuningError(
            f"{log.file}: its trials were kept without their gains by day, which the test of the best needs;"
            " name another with --study"
        )


def _end_last_line(log: TrialLog) -> None:
    """End the last line where an editor left it open, so that the next does not become part of it."""
    if not log.file.exists():
        return
    try:
        with log.file.open("rb+") as kept:
            if kept.read()[-1:] not in {b"", b"\n"}:
                kept.write(b"\n")
    except OSError as error:
        raise TuningError(f"{log.file}: cannot be written ({error}); check space and permissions") from error
