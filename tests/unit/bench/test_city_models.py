"""The page of city models: what the registry, the coverage and the hybrid say, and the sentences made of it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from bench.city_models import measure
from bench.city_models_page import page
from bench.city_models_sentences import changes, in_force, votes
from bench.lake_in_time import LakeInTime
from drybulb.adapters.lake import Lake
from drybulb.adapters.registry import Registry
from tests.unit.forecast.made import UNTIL, fitted, tables
from tests.unit.forecast.small_models import ASKING, CITY, small_models, store

Document = dict[str, Any]

#: Of the city's model, where one serves.
SERVES: Document = {
    "verdict": "serves",
    "missing": None,
    "reasons": [],
    "events": 1500,
    "first": "2012",
    "last": "2021",
}
NONE: Document = {"verdict": None, "missing": "none is stored: 0 labelled events", "reasons": [], "events": None}
_NEED: Document = {"min_events": 300, "min_days": 90}


def _speaker(lead: int, who: str, events: int, last: str = "2025-02-28", why: str = "global: guidance") -> Document:
    return {"lead": lead, "who": who, "events": events, "first": "2024-11-19", "last": last, "why": why}


def _days(first: str, last: str) -> Document:
    return {"days": 45, "first": first, "last": last}


def _city(model: Document, speakers: list[Document], **inputs: tuple[Document | None, Document | None]) -> Document:
    """A city whose station is KAUS: official highs to 2026-04-16, and of the rest what is given by then and since."""
    given = {"official": (_days("1992-10-15", "2024-11-15"), _days("2024-11-16", "2026-04-16")), **inputs}
    names = {"official": "official highs", "guidance": "guidance", "readings": "readings"}
    found = [
        {
            "what": what,
            "of": "KAUS",
            "by_then": given.get(key, (None, None))[0],
            "later": given.get(key, (None, None))[1],
        }
        for key, what in names.items()
    ]
    days = {"guidance_models": 0, "city_model": 0, "city_model_by_neighbour": 0}
    return {
        "city": "austin",
        "station": "KAUS",
        "neighbour": None,
        "inputs": found,
        "by_then": days,
        "in_all": days,
        "guided_from": {"days": 197, "enough": "2026-01-02"},
        "model": {"name": "city-austin", **model},
        "scores": [],
        "speakers": speakers,
    }


def test_a_lake_in_time_shows_what_was_known_by_then_or_since(tmp_path: Path) -> None:
    """Of each row one of the two lakes has it, by its ``known_at``; columns are those asked for."""
    lake = Lake(tmp_path)
    lake.merge("official", tables("miami")["official"])
    rows = lake.read("official")
    by_then, since = (
        LakeInTime(tmp_path, until=UNTIL).read("official"),
        LakeInTime(tmp_path, after=UNTIL).read("official"),
    )
    assert by_then["known_at"].max() <= UNTIL < since["known_at"].min()  # type: ignore[operator]
    assert by_then.height + since.height == rows.height
    assert LakeInTime(tmp_path, until=UNTIL).read("official", columns=["day"]).columns == ["day"]


def test_a_city_without_readings_is_told_what_a_model_needs() -> None:
    """Philadelphia's kind: the global model speaks, and a model of its own needs 300 labelled events with readings."""
    speakers = [_speaker(1, "global", 183), _speaker(0, "fallback:no city model", 183)]
    guided = (_days("2004-01-01", "2024-11-17"), None)
    row = _city(NONE, speakers, guidance=guided, readings=(None, _days("2026-07-09", "2026-08-22")))
    row["scores"] = [{"who": "global"}]
    assert in_force(row) == "C, which comes to B: the global model"
    (only,) = changes(row, _NEED)
    assert only.short == "300 labelled events with readings of KAUS; it has 0"
    assert "Readings of KAUS begin 2026-07-09 (45 days), official highs end 2026-04-16." in only.full
    assert "Readings of 300 more labelled days would do" in only.full


def test_a_city_without_guidance_is_told_when_it_begins() -> None:
    """Austin's kind: nobody speaks until guidance begins, then the global model as unseen; a training day is named."""
    unseen = "global, unseen: not trained on KAUS: guidance"
    speakers = [
        _speaker(0, "nobody", 103, last="2025-10-01"),
        _speaker(0, "fallback:no city model", 80, last="2025-12-20", why=unseen),
    ]
    row = _city(NONE, speakers, guidance=(None, _days("2025-10-02", "2026-08-22")))
    assert in_force(row) == "C, which comes to B: the global model, which was not trained on its station"
    assert votes(row, 0) == "global 80, nobody 103"
    first, second = changes(row, _NEED)
    assert first.short == "guidance for KAUS, which begins 2025-10-02"
    assert "from then on the global model spoke as of a station it was not trained on" in first.full
    assert "`drybulb train --until 2026-01-02T23:00Z` or later" in first.full
    assert second.short.startswith("300 labelled events")


def test_a_model_that_hears_nothing_is_not_in_force() -> None:
    """Denver's kind: its own model passed the gate and is silent; what it waits for is readings, and since when."""
    speakers = [_speaker(lead, "nobody", 183, last="2025-12-20", why="no fit for KAUS: none") for lead in (1, 0)]
    read = (_days("2012-01-01", "2021-12-31"), None)
    row = _city(SERVES, speakers, guidance=(None, _days("2025-10-02", "2026-08-22")), readings=read)
    assert in_force(row) == "nothing: its own model hears nothing"
    first, second = changes(row, _NEED)
    assert first.short == "readings of KAUS, which end 2021-12-31"
    assert "and still nobody spoke: no model had been fitted to this city's guidance" in second.full


def test_a_model_that_gives_way_by_its_card_is_told_of() -> None:
    """A city whose card leaves the event day to the global model waits for more of its days, not for readings."""
    speakers = [_speaker(1, "global", 183), _speaker(0, "global", 183)]
    guided = (_days("2004-01-01", "2024-11-17"), None)
    row = _city(SERVES, speakers, guidance=guided, readings=(_days("2012-01-01", "2021-12-31"), None))
    row["scores"] = [{"who": "global"}]
    assert in_force(row) == "C, which comes to B: the global model"
    (only,) = changes(row, _NEED)
    assert only.short == "more days for its own model: the global one is better out of fold"


@pytest.mark.parametrize(
    ("of_its_own", "short"), [(0, "readings of KAUS itself, not of KGTU"), (1050, "nothing is missing")]
)
def test_a_model_that_speaks_misses_its_own_thermometer_or_nothing(of_its_own: int, short: str) -> None:
    """Chicago's kind hears a neighbour; Miami's hears its own station."""
    speakers = [_speaker(1, "global", 183), _speaker(0, "blend(global 0.50, city 0.50)", 3), _speaker(0, "city", 98)]
    row = _city(SERVES, speakers, guidance=(_days("2004-01-01", "2024-11-17"), None))
    row |= {"neighbour": "KGTU", "by_then": {**row["by_then"], "city_model": of_its_own}}
    assert in_force(row) == "C: its own model on the event day, the global one the day before"
    assert votes(row, 0) == "city 101"
    assert [change.short for change in changes(row, _NEED)] == [short]


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> Document:
    """What is found of the world's Miami, whose models serve, beside five cities of which nothing is known."""
    lake = Lake(tmp_path_factory.mktemp("lake"))
    for table in ("observations", "guidance", "official", "markets"):
        lake.merge(table, tables("miami")[table])
    card, whole = fitted().card, fitted()
    Registry(lake.path).save(card.name, whole.to_json(), card.until, card.last_known_at)
    store(lake, list(small_models().values()))
    return measure(lake, ASKING, UNTIL)


def test_who_speaks_is_asked_of_the_hybrid(document: Document) -> None:
    """The city model speaks about every event day asked about and the global one the day before, each once a day."""
    (miami,) = [row for row in document["cities"] if row["city"] == "miami"]
    assert (document["first"], document["events"]) == (str(UNTIL.date() + timedelta(days=2)), 2)
    assert (votes(miami, 1), votes(miami, 0)) == ("global 2", "city 2")
    assert {votes(row, lead) for row in document["cities"] if row is not miami for lead in (1, 0)} == {"nobody 2"}


def test_days_and_scores_are_those_of_the_lake_and_the_cards(document: Document) -> None:
    """Days are split at the instant, and the scores are those of the cards, the city's own beside S."""
    (miami,) = [row for row in document["cities"] if row["city"] == "miami"]
    official = tables("miami")["official"].filter("is_final")
    known, later = (
        official.filter(is_it)["day"] for is_it in (pl.col("known_at") <= UNTIL, pl.col("known_at") > UNTIL)
    )
    (highs,) = [one for one in miami["inputs"] if one["what"] == "official highs"]
    assert highs["by_then"] == {"days": len(known), "first": "2024-01-01", "last": str(known.max())}
    assert highs["later"] == {"days": len(later), "first": str(later.min()), "last": str(later.max())}
    own = small_models()[CITY].card.scores[0]
    (score,) = [score for score in miami["scores"] if (score["who"], score["lead"]) == ("city", 0)]
    assert (score["log_score"], score["log_score_s"]) == (own.log_score["model"], own.log_score["S"])


def test_the_page_says_it(document: Document) -> None:
    """The page names the option in force, the verdicts and the scores of every city, and does not change."""
    said = page(document)
    assert "**C is in force everywhere**" in said
    assert (
        "| Miami | C: its own model on the event day, the global one the day before | global 2 | city 2 | nothing"
        in said
    )
    assert "- **Own model**: serves (120 events, " in said
    assert "- **Own model**: none is stored." in said
    assert said.count("\n## ") == 9
    assert page(document) == said
