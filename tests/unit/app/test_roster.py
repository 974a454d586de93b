"""The roster: for each seat the newest stored model that passes the gate, and no refusal untold."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from drybulb.adapters.lake import Lake
from drybulb.adapters.registry import Registry
from drybulb.app.roster import Refused, Roster, load_roster
from drybulb.errors import DomainError
from drybulb.forecast.artefact import to_artefact
from tests.unit.forecast.made import CONFIG
from tests.unit.forecast.small_models import ASKING, CITY, moved, small_models, store

SOUND, GLOBAL = small_models()[CITY], small_models()["global"]
AT = SOUND.card.last_known_at


def test_an_empty_registry_seats_nobody(tmp_path: Path) -> None:
    """Where nothing is stored nobody is seated and nothing was refused."""
    assert load_roster(Lake(tmp_path), ASKING, AT) == Roster(None, {}, ())


def test_each_seat_has_its_own_model(tmp_path: Path) -> None:
    """The global model and a city's are seated by their ids, with their cards, and say what they said when grown."""
    lake = Lake(tmp_path)
    whole, city = store(lake, [GLOBAL, SOUND])
    found = load_roster(lake, ASKING, AT)
    assert found.global_ is not None
    assert (found.global_.id, found.global_.card.scores) == (whole.id, GLOBAL.card.scores)
    assert list(found.cities) == ["miami"]
    assert (found.cities["miami"].id, found.cities["miami"].stations) == (city.id, ("KMIA",))
    assert found.cities["miami"].model.texts == SOUND.model.texts
    assert found.refused == ()


def test_the_newest_that_passes_is_seated(tmp_path: Path) -> None:
    """Of several that pass the one with the latest ``until`` is seated, in whatever order they were stored."""
    lake = Lake(tmp_path)
    manifests = store(lake, [moved(SOUND, days) for days in (-20, -10, -30)])
    assert load_roster(lake, ASKING, AT).cities["miami"].id == manifests[1].id


def test_the_rules_are_the_configured_ones(tmp_path: Path) -> None:
    """With the defaults a model of 120 events is refused, with the number that is asked for."""
    lake = Lake(tmp_path)
    (stored,) = store(lake, [SOUND])
    reason = "It was trained on 120 events; 300 are needed."
    assert load_roster(lake, CONFIG, AT) == Roster(None, {}, (Refused(CITY, stored.id, reason),))


def test_what_cannot_even_be_dated_is_refused(tmp_path: Path) -> None:
    """A model whose manifest cannot be read is refused by its id, and the next is seated."""
    lake = Lake(tmp_path)
    broken, sound = store(lake, [SOUND, moved(SOUND, -10)])
    (tmp_path / "registry" / CITY / broken.id / "manifest.json").write_text("{")
    found = load_roster(lake, ASKING, AT)
    assert found.cities["miami"].id == sound.id
    (refused,) = found.refused
    assert refused.id == broken.id
    assert refused.reason.startswith("It cannot be used – ")
    assert "no readable manifest" in refused.reason


def test_a_model_in_anothers_place_is_refused(tmp_path: Path) -> None:
    """A city model stored under another city's name does not speak for that city."""
    lake = Lake(tmp_path)
    values, texts = to_artefact(SOUND)
    Registry(tmp_path).save("city-denver", values, SOUND.card.until, SOUND.card.last_known_at, texts=texts)
    found = load_roster(lake, ASKING, AT)
    assert found.cities == {}
    assert [refused.reason for refused in found.refused] == [
        "It cannot be used – its manifest gives name as city-denver, its card as city-miami; train again."
    ]


def test_a_model_of_another_version_is_refused(tmp_path: Path) -> None:
    """A whole model of another format is refused, and the next is seated."""
    lake = Lake(tmp_path)
    (sound,) = store(lake, [moved(SOUND, -10)])
    values, texts = to_artefact(SOUND)
    strange = {**values, "format": "corrected/99"}
    Registry(tmp_path).save(CITY, strange, SOUND.card.until, SOUND.card.last_known_at, texts=texts)
    found = load_roster(lake, ASKING, AT)
    assert found.cities["miami"].id == sound.id
    assert ["'corrected/99'" in refused.reason for refused in found.refused] == [True]


def test_a_model_of_the_future_is_not_read(tmp_path: Path) -> None:
    """A model that knows what was not known yet is refused by its manifest alone, its files are left unread."""
    lake = Lake(tmp_path)
    later, now = store(lake, [moved(SOUND, 10), SOUND])
    (tmp_path / "registry" / CITY / later.id / "model.json").unlink()
    found = load_roster(lake, ASKING, AT)
    assert found.cities["miami"].id == now.id
    assert [refused.reason[:25] for refused in found.refused] == ["It is from the future: it"]


def test_a_card_that_lies_about_its_age_is_found(tmp_path: Path) -> None:
    """A model whose manifest is younger than its card is refused with both instants."""
    lake = Lake(tmp_path)
    (stored,) = store(lake, [SOUND])
    file = tmp_path / "registry" / CITY / stored.id / "manifest.json"
    manifest = json.loads(file.read_text())
    manifest["until"] = (SOUND.card.until + timedelta(days=300)).isoformat()
    file.write_text(json.dumps(manifest))
    found = load_roster(lake, ASKING, AT)
    assert found.cities == {}
    assert [str(SOUND.card.until) in refused.reason for refused in found.refused] == [True]


def test_cities_that_are_not_configured_have_no_seat(tmp_path: Path) -> None:
    """A model of a city that the configuration does not name is not looked at."""
    lake = Lake(tmp_path)
    store(lake, [replace(SOUND, card=replace(SOUND.card, cities=("boston",)))])
    assert load_roster(lake, ASKING, AT) == Roster(None, {}, ())


def test_an_instant_has_a_zone(tmp_path: Path) -> None:
    """A naive instant is refused."""
    with pytest.raises(DomainError, match="first"):
        load_roster(Lake(tmp_path), ASKING, datetime(2024, 8, 1))  # noqa: DTZ001
