"""What is written from the code says what the code says."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from drybulb.frames.schema import TABLES
from tests.meta.generated import COMMAND, FILES
from tests.meta.repository import ROOT
from tests.meta.tables_page import UNITS, is_number, render


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_written_files_are_current(path: Path) -> None:
    """A file that is written from the code is what the code gives today."""
    assert path.read_text(encoding="utf-8") == FILES[path](), f"{path.name} is behind the code: run {COMMAND}"


def test_every_number_has_a_unit() -> None:
    """Every column that counts or measures something has a unit, and no unit is of a column that is gone."""
    numbers = {name for table in TABLES.values() for name, column in table.columns().items() if is_number(column)}
    assert numbers == set(UNITS)


def test_every_table_and_column_is_on_the_page() -> None:
    """Each table has its section and each of its columns a row in it."""
    sections = dict(part.split("\n", 1) for part in render("").split("\n## ")[1:])
    assert list(sections) == list(TABLES)
    for name, table in TABLES.items():
        own = [column for column in table.columns() if column not in ("known_at", "known_from")]
        assert [column for column in own if f"| `{column}` |" not in sections[name]] == []


@pytest.mark.parametrize("verb", ["backtest", "verify"])
def test_the_demo_holds_the_documents_it_names(verb: str) -> None:
    """The schema of the demo repeats the schemas of the documents within it, so that each file stands alone."""
    folder = ROOT / "docs" / "reference" / "schemas"
    whole = json.loads((folder / f"{verb}.json").read_text(encoding="utf-8"))
    repeated = json.loads((folder / "demo.json").read_text(encoding="utf-8"))["$defs"][verb]
    assert repeated == {name: whole[name] for name in ("type", "properties", "required", "additionalProperties")}
