"""Training a lake and asking what it taught."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from drybulb.adapters.lake import Lake
from drybulb.app.forecaster import Forecaster, read_tables, snapshot_rules
from drybulb.app.train import TrainResult, train
from drybulb.errors import ConfigError, ModelError
from drybulb.forecast.fitted import NAMES
from drybulb.frames.grid import clock_requests
from drybulb.frames.snapshot import snapshots
from tests.unit.forecast.made import CITIES, CONFIG, FIRST, MIAMI, UNTIL, tables

SMALL = CONFIG.model_copy(update={"training": CONFIG.training.model_copy(update={"window_days": 120})})

#: The first event that may be asked about: nothing is known of it at ``UNTIL``.
DAY = date(2024, 8, 16)


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> tuple[Lake, TrainResult]:
    """A lake of a small world, and what training Miami on it made."""
    lake = Lake(tmp_path_factory.mktemp("lake"))
    for table in ("observations", "guidance", "official", "markets", "settlements"):
        lake.merge(table, tables("miami")[table])
    return lake, train(lake, SMALL, UNTIL, ["miami"])


def _asked(hours: dict[int, list[int]], days: int = 2) -> pl.DataFrame:
    return clock_requests({"miami": MIAMI}, [DAY + timedelta(days=n) for n in range(days)], hours)


def test_the_document_is_flat_and_complete(trained: tuple[Lake, TrainResult]) -> None:
    """The document of train/1 names the model, what it knows, and one card a city and forecaster."""
    document: dict[str, Any] = trained[1].to_json()
    assert document["schema"] == "train/1"
    assert document["until"] == "2024-08-14T14:00:00+00:00"
    assert [card["forecaster"] for card in document["cards"]] == list(NAMES)
    assert {card["city"] for card in document["cards"]} == {"miami"}
    assert len({tuple(card) for card in document["cards"]}) == 1
    assert document["model"] == trained[1].manifest.id


def test_a_belief_says_who_speaks_and_from_what(trained: tuple[Lake, TrainResult]) -> None:
    """A belief has a distribution, its source, its basis and the model's id, in the order of the requests."""
    forecaster = Forecaster.load(trained[0], SMALL, DAY)
    asked = _asked({1: [18], 0: [6, 15]}).reverse()
    found = forecaster.beliefs(asked, "S")
    assert [(b.day, b.at) for b in found] == list(asked.select("day", "at").iter_rows())
    assert {b.source for b in found} == {"S"}
    assert {b.model for b in found} == {trained[1].manifest.id}
    assert {b.reason for b in found} == {"guidance+observations"}
    spreads = [b.distribution.quantile(0.9) - b.distribution.quantile(0.1) for b in found if b.distribution]
    # Reversed: 15 h is the surest of each day's three.
    assert spreads[0] < spreads[2]


def test_where_nobody_can_speak_there_is_a_belief_of_none(trained: tuple[Lake, TrainResult]) -> None:
    """A request without guidance and observations gets a belief without distribution, with the reason."""
    forecaster = Forecaster.load(trained[0], SMALL, DAY)
    far = pl.DataFrame(
        {"city": ["miami"], "day": [date(2025, 4, 1)], "at": [datetime(2025, 4, 1, 15, tzinfo=UTC)]},
        schema_overrides={"at": pl.Datetime("us", "UTC")},
    )
    found = forecaster.beliefs(far, "S")[0]
    assert (found.source, found.distribution) == ("none", None)
    assert found.reason == "no guidance and no observations known"
    assert forecaster.beliefs(far, "climatology")[0].source == "climatology"


def test_predictions_of_all_forecasters_come_together(trained: tuple[Lake, TrainResult]) -> None:
    """Every forecaster asked gives one row a request, and S the distribution of its beliefs."""
    forecaster = Forecaster.load(trained[0], SMALL, DAY)
    asked = _asked({0: [10, 20]})
    found = forecaster.predictions(asked, NAMES)
    assert list(found) == list(NAMES)
    assert {prediction.pmf.shape for prediction in found.values()} == {(asked.height, 201)}
    belief = forecaster.beliefs(asked, "S")[1].distribution
    assert belief is not None
    assert found["S"].pmf[1, belief.low + 60] == pytest.approx(belief.millionths[0] / 1e6, abs=1e-6)


def test_it_does_not_speak_of_what_it_already_knows(trained: tuple[Lake, TrainResult]) -> None:
    """An instant before the newest thing the models know is refused, with both ways out, at loading and when asked."""
    known = trained[1].card.last_known_at
    later = known.date() + timedelta(days=2)
    Forecaster.load(trained[0], SMALL, later)
    with pytest.raises(ModelError, match=f"earlier --until, or ask about event days from {later} on"):
        Forecaster.load(trained[0], SMALL, known - timedelta(seconds=1))
    with pytest.raises(ModelError, match="earlier --until"):
        Forecaster.load(trained[0], SMALL, date(2024, 8, 10))
    forecaster = Forecaster.load(trained[0], SMALL, known)
    early = clock_requests({"miami": MIAMI}, [date(2024, 8, 11)], {0: [10]})
    with pytest.raises(ModelError, match="know things from"):
        forecaster.beliefs(early, "S")


def test_an_old_model_is_refused(trained: tuple[Lake, TrainResult]) -> None:
    """A model older than max_model_age_days is not asked any more."""
    forecaster = Forecaster.load(trained[0], SMALL, DAY)
    late = clock_requests({"miami": MIAMI}, [date(2025, 12, 1)], {0: [10]})
    with pytest.raises(ModelError, match="train again with a later"):
        forecaster.beliefs(late, "S")


def test_unknown_names_are_refused(trained: tuple[Lake, TrainResult]) -> None:
    """A forecaster or a city nobody knows is refused by its name."""
    forecaster = Forecaster.load(trained[0], SMALL, DAY)
    with pytest.raises(ModelError, match=r"no forecaster 'oracle'; known: climatology, .*S, global, city, hybrid$"):
        forecaster.beliefs(_asked({0: [10]}), "oracle")
    with pytest.raises(ConfigError, match="atlantis"):
        forecaster.beliefs(_asked({0: [10]}).with_columns(city=pl.lit("atlantis")), "S")
    with pytest.raises(ConfigError, match="atlantis"):
        train(trained[0], SMALL, UNTIL, ["atlantis"])


def test_nothing_asked_is_nothing_said(trained: tuple[Lake, TrainResult]) -> None:
    """Without requests there are no beliefs, and predictions of no rows."""
    forecaster = Forecaster.load(trained[0], SMALL, DAY)
    none = _asked({0: [10]}).head(0)
    assert forecaster.beliefs(none, "S") == []
    assert forecaster.predictions(none, ["S"])["S"].pmf.shape == (0, 201)


def test_an_empty_lake_cannot_be_trained_or_asked(tmp_path: Path) -> None:
    """Without labels training names what is missing; without a model the forecaster names the command."""
    with pytest.raises(ModelError, match="no official high"):
        train(Lake(tmp_path), SMALL, UNTIL, list(CITIES))
    with pytest.raises(ModelError, match="drybulb train"):
        Forecaster.load(Lake(tmp_path), SMALL, DAY)


def test_a_narrow_window_says_what_a_wide_one_says(tmp_path: Path) -> None:
    """The snapshot of one event from the tables read for it alone is, to the bit, that from all that the lake holds:
    the neighbour's bias remembers readings of months ago, and the station's own are read around the event only.
    """
    lake, chicago = Lake(tmp_path), CITIES["chicago"]
    for table in ("guidance", "official", "markets"):
        lake.merge(table, tables("chicago")[table])
    own = tables("chicago")["observations"]
    colder = own.with_columns(pl.col("temp", "max_6h", "max_24h") - 2.0, station=pl.lit(chicago.neighbour))
    lake.merge("observations", pl.concat([own, colder]))
    narrow, wide = read_tables(lake, chicago, DAY, DAY), read_tables(lake, chicago)
    begins = narrow.observations.group_by("station").agg(pl.col("valid_at").dt.date().min())
    assert dict(begins.iter_rows()) == {"KMDW": DAY - timedelta(days=5), "KORD": FIRST}
    asked = clock_requests({"chicago": chicago}, [DAY], {1: [18], 0: [6, 15]})
    rules = snapshot_rules(CONFIG)
    seen = snapshots(asked, {"chicago": chicago}, narrow, rules)
    assert seen.equals(snapshots(asked, {"chicago": chicago}, wide, rules))
    # 2 °C are 3.6 °F, in whole degrees 4 as a rule; an eighth of it is the prior's.
    assert seen["neighbour_bias"].is_between(-3.55, -3.0).all()
