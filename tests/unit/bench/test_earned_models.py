"""The lakes that the trainings of the page see."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl

from bench.earned_models import together, ungrouped
from bench.trained import READ
from drybulb.adapters.lake import Lake
from drybulb.frames.schema import empty


def _lake(path: Path) -> Lake:
    """One report with groups of each of two stations, and folders of the other tables."""
    at = datetime(2024, 1, 1, 18, tzinfo=UTC)
    row: dict[str, Any] = {"known_at": at, "known_from": "latency", "valid_at": at, "kind": "metar", "source": "made"}
    rows = [{**row, "station": station, "temp": 25.0, "max_6h": 27.0, "max_24h": 28.0} for station in ("KMIA", "KORD")]
    lake = Lake(path)
    lake.merge("observations", pl.DataFrame(rows, schema=empty("observations").schema))
    for table in READ:
        (path / table).mkdir(exist_ok=True)
    return lake


def test_a_station_loses_its_groups_and_no_other_does(tmp_path: Path) -> None:
    """Without groups the readings of Miami stay as they are, and those of O'Hare with theirs."""
    lake = _lake(tmp_path / "lake")
    bare = Lake(ungrouped(lake.path, tmp_path / "bare", "KMIA")).read("observations")
    assert bare.select("station", "temp", "max_6h", "max_24h").rows() == [
        ("KMIA", 25.0, None, None),
        ("KORD", 25.0, 27.0, 28.0),
    ]
    assert lake.read("observations")["max_6h"].to_list() == [27.0, 27.0]


def test_models_of_several_trainings_stand_in_one_lake(tmp_path: Path) -> None:
    """Each model of each training is there once, and the tables are those of the lake."""
    lake = _lake(tmp_path / "lake")
    for year, model in (("2023", "aa"), ("2024", "bb")):
        (tmp_path / year / "registry" / "global" / model).mkdir(parents=True)
    both = together(lake.path, [tmp_path / "2023", tmp_path / "2024"], tmp_path / "years")
    assert sorted(folder.name for folder in (both.path / "registry" / "global").iterdir()) == ["aa", "bb"]
    assert both.read("observations").height == 2
