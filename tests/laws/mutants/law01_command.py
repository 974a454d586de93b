"""Defects of the command that asks law 1: it compares nothing, or tampers with nothing."""

from __future__ import annotations

from datetime import datetime

import polars as pl

from drybulb.research.lookahead import Difference, Part, Tampering
from tests.laws import test_law01_command as law
from tests.laws.mutants import Mutant


def nothing_differs(_part: str, _honest: Part, _other: Part) -> list[Difference]:
    """Compare nothing."""
    return []


def untouched(_table: str, rows: pl.DataFrame, _at: datetime, _how: Tampering) -> pl.DataFrame:
    """Tamper with nothing."""
    return rows


MUTANTS = [
    Mutant(
        law=law.test_the_command_names_the_tables_that_are_joined_on_another_time,
        target="drybulb.app.lookahead.differences",
        replacement=nothing_differs,
        defect="the answers are made and never compared",
    ),
    Mutant(
        law=law.test_the_command_names_the_tables_that_are_joined_on_another_time,
        target="drybulb.app.tampered.tampered",
        replacement=untouched,
        defect="the tables are read again as they are",
    ),
]
