"""The import use case: the document it gives, and what it says about contradictions."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import polars as pl

from drybulb.adapters.lake import Lake
from drybulb.app.config import load
from drybulb.app.ingest import import_archive, rules_of
from tests.unit.adapters.archives import GUIDANCE, OFFICIAL, config, imported, small_archive, spoiled, write


def test_the_document_of_an_import() -> None:
    """The result is one JSON document: rows by table, refusals and notes with examples, what can be used by city."""
    with imported(spoiled(OFFICIAL, tmax_f=pl.Series([41.0, 40.5, 41.0]))) as (_, result):
        document = json.loads(json.dumps(result.to_json()))
    assert list(document) == ["schema", "source", "tables", "refusals", "notes", "usable", "seconds"]
    assert (document["schema"], document["source"]) == ("import/1", "archive")
    assert document["tables"]["official"] == {"read": 2, "added": 2, "unchanged": 0}
    assert document["refusals"] == [
        {
            "file": "official_daily_high.parquet",
            "city": "chicago",
            "reason": "high is not a whole degree",
            "unit": "row",
            "count": 1,
            "of": 2,
            "rows": 1,
            "examples": ["row 1 (KMDW 2024-11-21)"],
        }
    ]
    assert [set(note) for note in document["notes"]] == [{"file", "city", "note", "count", "examples"}]
    assert list(document["usable"]) == ["chicago", "austin", "denver", "los_angeles", "miami", "philadelphia"]


def test_all_but_the_time_it_took_is_the_same_every_time() -> None:
    """Two imports of the same archive into two lakes give the same document, the seconds apart."""
    documents = []
    for _ in range(2):
        with imported(small_archive()) as (_, result):
            documents.append(result.to_json() | {"seconds": 0})
    assert documents[0] == documents[1]


def test_a_row_that_contradicts_the_lake_is_refused(tmp_path: Path) -> None:
    """A later archive cannot change a stored row: the contradiction is refused with its count, the rest is added."""
    lake = Lake(tmp_path / "lake")
    import_archive(write(tmp_path / "one", {OFFICIAL: small_archive()[OFFICIAL]}), lake, config())
    new = pl.DataFrame({"station": ["KMDW"], "date": [date(2024, 11, 25)], "tmax_f": [50], "source": ["ghcn"]})
    changed = pl.concat([small_archive()[OFFICIAL].with_columns(pl.col("tmax_f") + 1), new])
    result = import_archive(write(tmp_path / "two", {OFFICIAL: changed}), lake, config())
    told = [(r.file, r.reason, r.count) for r in result.refusals if r.unit == "row"]
    assert told == [("official_daily_high.parquet", "contradicts a stored row of official", 3)]
    assert sorted(lake.read("official")["high"]) == [40, 41, 41, 50]


def test_progress_is_told_table_by_table(tmp_path: Path) -> None:
    """Whoever watches is told each table before it is written, and how far the import has come."""
    told: list[tuple[str, int, int]] = []

    def progress(doing: str, done: int = 0, of: int = 0) -> None:
        told.append((doing, done, of))

    archive = write(tmp_path / "archive", {GUIDANCE: small_archive()[GUIDANCE]})
    import_archive(archive, Lake(tmp_path / "lake"), config(), progress)
    assert told[0] == ("import: sessions", 0, 13)
    assert [doing for doing, *_ in told[-4:]] == [
        "import: guidance",
        "import: ingest_ledger",
        "import: coverage",
        "import: done",
    ]
    assert told[-1][1] == told[-1][2]
    assert [done for _, done, _ in told] == sorted(done for _, done, _ in told)


def test_the_settings_reach_the_readers() -> None:
    """Cities, delays and hours of the settings are those that the readers use, eras in order of time."""
    settings = load()
    rules = rules_of(settings.model_copy(update={"sessions": tuple(reversed(settings.sessions))}))
    assert rules.keys == {
        "CHI": "chicago",
        "AUS": "austin",
        "DEN": "denver",
        "LAX": "los_angeles",
        "MIA": "miami",
        "PHIL": "philadelphia",
    }
    assert rules.series["HIGHCHI"] == rules.series["KXHIGHCHI"] == "chicago"
    assert (rules.stations["KMDW"], rules.stations["KORD"]) == ("chicago", "KORD")
    assert rules.offsets["KORD"] == rules.offsets["KMDW"] == -6
    assert [era.starts for era in rules.eras] == sorted(era.starts for era in rules.eras)
