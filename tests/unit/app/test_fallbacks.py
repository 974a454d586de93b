"""Every fallback of the hybrid, by gaps planted in a lake and its registry: who speaks then, and what is said of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from drybulb.adapters.lake import Lake
from drybulb.adapters.registry import Registry
from drybulb.app.forecaster import Forecaster
from drybulb.domain.distribution import Belief
from drybulb.forecast.fitted import FittedForecasters
from drybulb.forecast.grown import Grown
from drybulb.forecast.model_card import Pooled
from tests.unit.forecast.made import fitted, tables
from tests.unit.forecast.small_models import ASKING, CITY, STUMPS, small_models, store

DAY = date(2024, 8, 16)
MIDNIGHT = datetime(2024, 8, 16, 5, tzinfo=UTC)
HOURS = (-9.9, 0.5, 13.0)
"""The day before, in the blend, and when the city model would speak alone [h since the event's midnight]."""

BOTH = small_models()
SPOKE = ["global", "blend(global 0.75, city 0.25)", "city"]

Table = Callable[[pl.DataFrame], pl.DataFrame]


def _believed(
    folder: Path, models: Mapping[str, Grown] = BOTH, missing: Mapping[str, str] | None = None, **gaps: Table
) -> list[Belief]:
    """What is believed of the event at :data:`HOURS` from these models, each table with a gap in it."""
    lake = Lake(folder / "lake")
    for table in ("observations", "guidance", "official", "markets"):
        lake.merge(table, gaps.get(table, pl.DataFrame.clone)(tables("miami")[table]))
    whole = fitted()
    card = replace(whole.card, missing=dict(missing or {}))
    Registry(lake.path).save(card.name, FittedForecasters(card, whole.models).to_json(), card.until, card.last_known_at)
    store(lake, list(models.values()))
    asked = [("miami", DAY, MIDNIGHT + timedelta(hours=hours)) for hours in HOURS]
    schema = {"city": pl.String(), "day": pl.Date(), "at": pl.Datetime("us", "UTC")}
    requests = pl.DataFrame(asked, schema=schema, orient="row")
    return Forecaster.load(lake, ASKING, DAY).beliefs(requests, "hybrid")


def _sources(found: list[Belief]) -> list[str]:
    """Who spoke; a belief of none is of no model, any other is a distribution of a named one."""
    for belief in found:
        assert (belief.distribution is None) == (belief.source == "none") == (belief.model == "")
    return [belief.source for belief in found]


def _none(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.clear()


def _until(instant: datetime, name: str) -> Table:
    return lambda frame: frame.filter(pl.col(name) < instant)


def test_where_nothing_is_missing_nobody_steps_in(tmp_path: Path) -> None:
    """The lake of these tests, without a gap, has the global model, the blend and the city model speak."""
    found = _believed(tmp_path)
    assert _sources(found) == SPOKE
    assert {belief.reason.rpartition(": ")[2] for belief in found} == {"guidance+observations"}


def test_a_station_that_stopped_leaves_its_day_to_the_global_model(tmp_path: Path) -> None:
    """Where no reading came since the day before the city model is silent, and the global one speaks from guidance."""
    found = _believed(tmp_path, observations=_until(MIDNIGHT - timedelta(hours=20), "valid_at"))
    assert _sources(found) == ["global", "fallback:city model silent", "fallback:city model silent"]
    silent = "city silent: no reading of the station or a neighbour of the last 3 h is known; global: guidance"
    assert [belief.reason for belief in found] == ["global: guidance", silent, silent]
    assert {belief.model.partition(":")[0] for belief in found} == {"global"}


def test_a_station_that_stops_in_the_day_loses_its_model_in_three_hours(tmp_path: Path) -> None:
    """While S stands on the last reading the city model speaks; when S turns to guidance the global one does."""
    found = []
    for name, hours in (("fresh", 11.0), ("stale", 9.0)):
        gap = _until(MIDNIGHT + timedelta(hours=hours), "valid_at")
        found += _believed(tmp_path / name, observations=gap)[2:]
    assert _sources(found) == ["city", "fallback:city model silent"]
    assert found[0].reason == "city: guidance+observations"
    assert found[1].reason.endswith("; global: guidance")


def test_without_guidance_both_speak_from_readings(tmp_path: Path) -> None:
    """No guidance at all is no reason to be silent: all of it is said from observations."""
    found = _believed(tmp_path, guidance=_none)
    assert _sources(found) == SPOKE
    assert {belief.reason.rpartition(": ")[2] for belief in found} == {"observations"}


def test_without_guidance_and_readings_nobody_speaks(tmp_path: Path) -> None:
    """With both missing there is a belief of none at each hour, and it tells of each model that could not speak."""
    found = _believed(tmp_path, guidance=_none, observations=_none)
    assert _sources(found) == ["none"] * 3
    mute = "global silent: no guidance and no observations known"
    both = f"city silent: no reading of the station or a neighbour of the last 3 h is known; {mute}"
    assert [belief.reason for belief in found] == [mute, both, both]


def test_without_a_global_model_the_city_speaks_on_its_day_alone(tmp_path: Path) -> None:
    """The day before has a belief of none; the event's day is the city's from midnight on, and says why unblended."""
    why = "40 labelled events with guidance or observations; 100 are needed"
    found = _believed(tmp_path, {CITY: BOTH[CITY]}, {"global": why})
    assert _sources(found) == ["none", "city", "city"]
    assert found[0].reason == f"no global model: {why}"
    assert found[1].reason == f"city: guidance+observations; not blended: no global model: {why}"
    assert found[2].reason == "city: guidance+observations"


def test_without_a_global_model_a_silent_city_leaves_nobody(tmp_path: Path) -> None:
    """Where the one model there is has no reading nobody speaks, and both reasons are given."""
    found = _believed(tmp_path, {CITY: BOTH[CITY]}, observations=_none)
    assert _sources(found) == ["none"] * 3
    assert "city silent: no reading of the station" in found[2].reason
    assert found[2].reason.endswith("; no global model: none is stored")


def test_without_a_city_model_the_global_one_speaks_all_day(tmp_path: Path) -> None:
    """The event's day is a fallback with what training said of the city that got no model."""
    why = "70 labelled events with observations of the event day; 100 are needed"
    found = _believed(tmp_path, {"global": BOTH["global"]}, {CITY: why})
    assert _sources(found) == ["global", "fallback:no city model", "fallback:no city model"]
    assert found[2].reason == f"no city model for miami: {why}; global: guidance+observations"


@pytest.mark.parametrize(
    ("refused", "reasons"),
    [
        (lambda: small_models(events=50)[CITY], ["It was trained on 50 events; 100 are needed"]),
        (lambda: small_models(STUMPS, is_taken_whole=True)[CITY], ["Out of fold, on 120 events, ", "It was found deg"]),
    ],
    ids=["thin", "degenerate"],
)
def test_a_refused_city_model_is_told_of_by_id(
    tmp_path: Path, refused: Callable[[], Grown], reasons: list[str]
) -> None:
    """A city model that the gate refuses leaves its day to the global one, with its id and a reason of the refusal."""
    unfit = refused()
    found = _believed(tmp_path, {"global": BOTH["global"], CITY: unfit})
    assert _sources(found) == ["global", "fallback:no city model", "fallback:no city model"]
    (stored,) = Registry(tmp_path / "lake").stock(CITY).manifests
    head = f"no city model for miami: city-miami {stored.id} was refused: "
    assert found[2].reason.startswith(tuple(head + reason for reason in reasons))
    assert found[2].reason.endswith("; global: guidance+observations")


def test_a_stored_card_can_leave_the_event_day_to_the_global_model(tmp_path: Path) -> None:
    """Where the stored card says that the global model is better out of fold, that speaks at every hour, and says why;
    without it the city model has its day back.
    """
    city = BOTH[CITY]
    day = Pooled(0, "all", 120, {"city": 1.5, "global": 1.488}, 0.012, (0.001, 0.023), "global")
    yielding = replace(city, card=replace(city.card, pooling=(day,)))
    found = _believed(tmp_path / "both", {"global": BOTH["global"], CITY: yielding})
    assert _sources(found) == ["global"] * 3
    better = "the global model is better out of fold by 0.012 nats; "
    assert [belief.reason for belief in found] == [
        f"{head}global: guidance+observations" for head in ("", better, better)
    ]
    alone = _believed(tmp_path / "alone", {CITY: yielding})
    assert _sources(alone) == ["none", "city", "city"]
    assert alone[2].reason == "city: guidance+observations; standing in: no global model: none is stored"


def test_a_registry_of_s_alone_leaves_nobody(tmp_path: Path) -> None:
    """Without global and city model the hybrid says nothing at any hour, though S could, and why of each."""
    found = _believed(tmp_path, {})
    assert _sources(found) == ["none"] * 3
    assert found[0].reason == "no global model: none is stored"
    assert found[2].reason == "no city model for miami: none is stored; no global model: none is stored"
