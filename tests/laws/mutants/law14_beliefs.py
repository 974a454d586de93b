"""Defects of a server: it does not listen to all, or answers with what it said before."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

import polars as pl

from drybulb.app.serving import Server
from drybulb.frames.live import Watch
from tests.laws import test_law14_beliefs as law
from tests.laws.mutants import Mutant

_learn, _snapshot = Server.learn, Watch.snapshot
_made: dict[tuple[str, date, datetime], dict[str, Any]] = {}


def _readings_alone(server: Server, table: str, rows: pl.DataFrame, cities: Iterable[str] | None = None) -> None:
    if table == "observations":
        _learn(server, table, rows, cities)


def _made_once_an_hour(watch: Watch, day: date, at: datetime) -> dict[str, Any]:
    key = (watch.city.key, day, at.replace(minute=0))
    made = _made.setdefault(key, _snapshot(watch, day, at))
    return {**made, "at": at}


def _of_its_first_city(server: Server, table: str, rows: pl.DataFrame, cities: Iterable[str] | None = None) -> None:
    _learn(server, table, rows, list(server.watches if cities is None else cities)[:1])


MUTANTS = [
    Mutant(
        law=law.test_beliefs_as_rows_become_known,
        target="drybulb.app.serving.Server.learn",
        replacement=_readings_alone,
        defect="guidance and highs that come in while it serves are not heard",
    ),
    Mutant(
        law=law.test_beliefs_of_rows_told_in_any_order,
        target="drybulb.app.serving.Server.learn",
        replacement=_of_its_first_city,
        defect="rows that are about two cities reach the first one alone",
    ),
    Mutant(
        law=law.test_beliefs_as_rows_become_known,
        target="drybulb.frames.live.watch.Watch.snapshot",
        replacement=_made_once_an_hour,
        defect="a snapshot made in an hour is used again in the same hour",
    ),
]
