"""The document and the file of the results."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from drybulb.app.console import show
from drybulb.app.results.gathering import Results, write
from drybulb.errors import ReportError
from tests.meta.repository import ROOT
from tests.unit.app.results.made import evidence, judged, pair, run


def test_a_page_that_says_the_same_is_left_alone(tmp_path: Path) -> None:
    """Written when it is not there or says something else; else not touched, and nothing is left beside it."""
    file = tmp_path / "docs" / "page.md"
    assert write(file, "one\n")
    before = file.stat().st_mtime_ns
    assert not write(file, "one\n")
    assert file.stat().st_mtime_ns == before
    assert write(file, "two\n")
    assert [(path.name, path.read_text()) for path in file.parent.iterdir()] == [("page.md", "two\n")]


def test_a_page_that_cannot_be_written_is_an_error_with_its_fix(tmp_path: Path) -> None:
    """A file where a folder is needed: the page is named, and what to give instead."""
    (tmp_path / "docs").write_text("a file")
    with pytest.raises(ReportError, match=r"page\.md cannot be written .*; give another --page"):
        write(tmp_path / "docs" / "page.md", "text")


def test_the_document_fits_its_schema_and_says_what_the_page_says() -> None:
    """Windows, runs and sentences; a run with two clocks names them."""
    made = evidence(judged(pair("hybrid", "market", 0.1, 0.2)), run("S", 1, 3), run("S", -1, 3, is_twice=True))
    document = Results(Path("page.md"), True, made).to_json()
    schema = json.loads((ROOT / "docs" / "reference" / "schemas" / "results.json").read_text())
    jsonschema.validate(document, schema)
    (window,) = document["windows"]
    assert (window["start"], window["until"], window["cities"]) == ("2024-11-20", "2024-11-17T12:00Z", ["miami"])
    assert [run["decide_at"] for run in document["runs"]] == [[], ["D-1T10:00"]]
    assert "nothing beats the market" in document["fails"][0]


def test_a_terminal_shows_sentences_and_runs(capsys: pytest.CaptureFixture[str]) -> None:
    """What works, what does not, what cannot be said, each with its sentences or nothing; a run with its clocks."""
    made = evidence(judged(pair("hybrid", "market", 0.1, 0.2)), run("S", -3, 1, is_twice=True))
    show(Results(Path("page.md"), False, made).to_json())
    shown = capsys.readouterr().out.splitlines()
    assert shown[shown.index("What works") + 1] == "- nothing"
    assert "nothing beats the market" in shown[shown.index("What does not") + 1]
    assert shown[-1] == "page.md says so already"
    assert any(line.split()[:4] == ["S", "D-1T10:00", "2", "−$1.00"] for line in shown)
