"""`drybulb models`: every stored model in one list, with a verdict that the roster shares."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from drybulb.adapters.lake import Lake
from drybulb.adapters.registry import Registry
from drybulb.app.console import show
from drybulb.app.models import list_models
from drybulb.app.roster import load_roster
from drybulb.forecast.fitted import FittedForecasters
from drybulb.forecast.model_card import Pooled
from tests.unit.forecast.made import fitted
from tests.unit.forecast.small_models import ASKING, CITY, moved, small_models, store

SCHEMA = Path(__file__).parents[3] / "docs" / "reference" / "schemas" / "models.json"
SOUND, GLOBAL = small_models()[CITY], small_models()["global"]
THIN = small_models(events=50)[CITY]
AT = SOUND.card.last_known_at


def _floor(lake: Lake, days: int = 0) -> str:
    """Store the baselines and S of a training some days later, which grew no model for Denver; return the id."""
    card, by = fitted().card, timedelta(days=days)
    until, known = card.until + by, card.last_known_at + by
    made = replace(card, until=until, last_known_at=known, missing={"city-denver": "0 labelled events"})
    return Registry(lake.path).save(card.name, FittedForecasters(made, fitted().models).to_json(), until, known).id


def _listed(lake: Lake, **options: Any) -> dict[str, Any]:
    """The document, checked against its published schema."""
    found = list_models(lake, ASKING, AT, **options).to_json()
    jsonschema.validate(json.loads(json.dumps(found)), json.loads(SCHEMA.read_text()))
    return found


def _verdicts(found: dict[str, Any], name: str) -> list[tuple[str, str]]:
    return [(row["id"], row["verdict"]) for row in found["rows"] if row["name"] == name]


def _shown(found: dict[str, Any], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What a terminal of 80 columns shows."""
    monkeypatch.setenv("COLUMNS", "80")
    show(found)
    return capsys.readouterr().out.splitlines()


def test_every_stored_model_has_a_row_and_a_verdict(tmp_path: Path) -> None:
    """Of a name the newest that passes serves, older ones that pass are next in line, and the others are refused."""
    lake = Lake(tmp_path)
    late, thin, older, oldest = store(lake, [moved(SOUND, 5), THIN, moved(SOUND, -10), moved(SOUND, -20)])
    found = _listed(lake)
    assert _verdicts(found, CITY) == [
        (late.id, "refused"),
        (thin.id, "refused"),
        (older.id, "serves"),
        (oldest.id, "next in line"),
    ]
    assert load_roster(lake, ASKING, AT).cities["miami"].id == older.id


def test_a_row_says_what_is_known_about_the_model(tmp_path: Path) -> None:
    """A row has the model's instants, its events, and its log score beside S's."""
    store(Lake(tmp_path), [SOUND])
    (row,) = _listed(Lake(tmp_path))["rows"]
    score = SOUND.card.scores[0].log_score
    assert (row["until"], row["last_known_at"]) == (SOUND.card.until.isoformat(), AT.isoformat())
    assert (row["events"], row["reasons"]) == (120, [])
    assert row["log_score"] == pytest.approx(score["model"], abs=1e-6)
    assert row["gain"] == pytest.approx(score["S"] - score["model"], abs=2e-6)


def test_all_that_is_wrong_with_a_model_of_the_future_is_said(tmp_path: Path) -> None:
    """A model of the wrong time is read for the list: its row is filled, and its other faults are told as well."""
    store(Lake(tmp_path), [moved(THIN, 5)])
    (row,) = _listed(Lake(tmp_path))["rows"]
    assert row["events"] == 50
    assert row["reasons"][0].startswith("It is from the future: ")
    assert row["reasons"][1] == "It was trained on 50 events; 100 are needed."


def test_the_baselines_are_listed_too(tmp_path: Path) -> None:
    """Of the baselines and S the newest of the time serve, without a comparison of S with itself."""
    lake = Lake(tmp_path)
    late, now, older = _floor(lake, 5), _floor(lake), _floor(lake, -5)
    found = _listed(lake)
    assert _verdicts(found, "first-floor") == [(late, "refused"), (now, "serves"), (older, "next in line")]
    assert [row["gain"] for row in found["rows"]] == [None] * 3
    assert found["rows"][1]["events"] == fitted().card.n_events


def test_older_baselines_do_not_stand_in_for_broken_ones(tmp_path: Path) -> None:
    """Where the newest baselines are broken nobody serves, as a forecaster would find; the older ones are next."""
    lake = Lake(tmp_path)
    now, older = _floor(lake), _floor(lake, -5)
    (tmp_path / "registry" / "first-floor" / now / "model.json").write_text("{}")
    found = _listed(lake)
    assert _verdicts(found, "first-floor") == [(now, "refused"), (older, "next in line")]
    assert found["missing"]["first-floor"].startswith("the newest of its time was refused")


def test_a_seat_without_a_model_says_why(tmp_path: Path) -> None:
    """A name nobody serves is told of: none was stored, none was grown and why, or all were refused."""
    lake = Lake(tmp_path)
    _floor(lake)
    store(lake, [THIN])
    assert _listed(lake)["missing"] == {
        "global": "none is stored",
        "city-chicago": "none is stored",
        "city-austin": "none is stored",
        "city-denver": "none is stored: 0 labelled events",
        "city-los_angeles": "none is stored",
        "city-miami": "the one stored was refused",
        "city-philadelphia": "none is stored",
    }


def test_what_nobody_asks_for_is_listed_as_refused(tmp_path: Path) -> None:
    """A model of a city that is not configured, and one that cannot be read, have their rows and their reasons."""
    lake = Lake(tmp_path)
    boston, broken = store(lake, [replace(SOUND, card=replace(SOUND.card, cities=("boston",))), SOUND])
    (tmp_path / "registry" / CITY / broken.id / "manifest.json").unlink()
    found = _listed(lake)
    assert _verdicts(found, "city-boston") == [(boston.id, "refused")]
    assert found["rows"][1]["reasons"] == ["No configured city asks for a model of this name."]
    assert _verdicts(found, CITY) == [(broken.id, "refused")]
    assert (found["rows"][0]["until"], found["rows"][0]["events"]) == (None, None)


DAY_BEFORE = Pooled(1, "all", 0, {}, None, None, "global")
EVENT_DAY = Pooled(0, "all", 120, {"city": 1.5123, "global": 1.5}, 0.0123, (0.001, 0.0236), "global")
NIGHT = Pooled(0, "0 … 6", 118, {"city": 2.0, "global": 2.25}, -0.25, (-0.5, -0.125), None)


def test_it_is_said_who_speaks_on_the_event_day(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a city model that serves the table says whether it or the global model speaks, by which scores; --why adds the
    parts of the day, and the document has all of it, of every city model.
    """
    city = replace(SOUND, card=replace(SOUND.card, pooling=(DAY_BEFORE, EVENT_DAY, NIGHT)))
    store(Lake(tmp_path), [city, moved(city, -10)])
    found = _listed(Lake(tmp_path))
    before, day, night = found["rows"][0]["pooling"]
    assert (before["chosen"], before["why"]) == ("global", "the city model speaks on the event day only")
    assert (before["city"], before["difference"], before["ci90"]) == (None, None, None)
    assert day == {
        "lead": 0,
        "hours": "all",
        "events": 120,
        "city": 1.5123,
        "global": 1.5,
        "difference": 0.0123,
        "ci90": [0.001, 0.0236],
        "chosen": "global",
        "why": "the global model is better out of fold by 0.012 nats",
    }
    assert (night["hours"], night["chosen"], night["why"]) == ("0 … 6", None, None)
    said = [" ".join(line.split()) for line in _shown(found, capsys, monkeypatch)]
    assert [line for line in said if line.startswith("miami")] == [
        "miami all 120 1.512 1.500 +0.012 (+0.001 … +0.024) global"
    ]
    whose = (
        "note: city-miami: the event day is the global model's; the global model is better out of fold by 0.012 nats"
    )
    assert whose in said
    why = _shown(_listed(Lake(tmp_path), is_explained=True), capsys, monkeypatch)
    assert max(len(line) for line in why if not line.startswith("note")) <= 80
    (part,) = (" ".join(line.split()) for line in why if "0 … 6" in line)
    assert part == "miami 0 … 6 118 2.000 2.250 -0.250 (-0.500 … -0.125) –"


def test_the_list_fits_80_columns(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each model is one line of at most 80 columns, and nothing is explained that was not asked."""
    long = replace(SOUND, card=replace(SOUND.card, cities=("philadelphia",)))
    store(Lake(tmp_path), [long, moved(long, -10), THIN])
    lines = _shown(_listed(Lake(tmp_path)), capsys, monkeypatch)
    rows = [line for line in lines if line.startswith("city-")]
    assert max(len(line.rstrip()) for line in rows) <= 80
    assert [row.split()[0] for row in rows] == ["city-miami", "city-philadelphia", "city-philadelphia"]
    assert rows[2].rstrip().endswith("next in line")
    assert not any("50 events" in line for line in lines)
    assert any(line.startswith("note: global: nobody serves; none is stored") for line in lines)


def test_why_is_said_in_full(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """With --why each refused model is named by its whole id, its sentences below it, wrapped at 80 columns."""
    lake = Lake(tmp_path)
    thin, broken = store(lake, [THIN, moved(SOUND, -10)])
    (tmp_path / "registry" / CITY / broken.id / "H0.txt").write_text("[bold]tree")
    lines = _shown(_listed(lake, is_explained=True), capsys, monkeypatch)
    under = lines.index(f"{CITY} {thin.id}")
    assert lines[under + 1] == "  It was trained on 50 events; 100 are needed."
    said = " ".join(line.strip() for line in lines[lines.index(f"{CITY} {broken.id}") :])
    assert f"{broken.id}/H0.txt: SHA-256 " in said
    assert all(len(line) <= 80 for line in lines if "/" not in line and not line.startswith("note"))
