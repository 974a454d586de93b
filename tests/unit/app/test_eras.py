"""Which trainings may speak about a window, as the opening of a locked one names them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest

from drybulb.adapters.lake import Lake
from drybulb.adapters.registry import Registry
from drybulb.app import anchor_beliefs
from drybulb.app.anchor_beliefs import Eras
from drybulb.app.config import load


def test_the_models_that_may_speak_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a window: the training in force on the day before it, and each that comes to speak in it; no other."""
    lake = Lake(tmp_path)
    for start in (datetime(year, 1, 1, tzinfo=UTC) for year in (2022, 2023, 2024, 2025)):
        Registry(lake.path).save("first-floor", {"year": start.year}, start, start)
    monkeypatch.setattr(anchor_beliefs, "Forecaster", SimpleNamespace(load=lambda _lake, _config, first: first))
    monkeypatch.setattr(anchor_beliefs, "models_of", lambda first: {"global": f"{first:%Y}"})
    eras = Eras.stored(lake, load())
    found = eras.models(date(2023, 12, 1), date(2024, 2, 1))
    assert {key: found[key] for key in found if key != "settings"} == {
        "2023-01-01T00:00Z global": "2023",
        "2024-01-01T00:00Z global": "2024",
    }
    assert len(eras.models(date(2021, 1, 1), date(2021, 2, 1))) == 1, "before the first, nobody"
    assert len(eras.models(date(2026, 7, 1), date(2026, 8, 1))) == 1, "long after the last, nobody"
