"""A server: what it learns, from when it counts, and what it refuses."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from drybulb.adapters.lake import Lake
from drybulb.adapters.registry import Registry
from drybulb.app.forecaster import Forecaster
from drybulb.app.serving import Server
from drybulb.errors import ConfigError, ModelError, OutsideEvent, TableError
from drybulb.frames.grid import REQUEST_SCHEMA
from drybulb.frames.snapshot import READS
from tests.unit.forecast.made import CONFIG, fitted, tables

#: Noon of the day after all that the models know.
NOON = datetime(2024, 8, 15, 17, tzinfo=UTC)


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """A lake of a small world with its baselines."""
    made, card = Lake(tmp_path_factory.mktemp("lake")), fitted().card
    for table in READS:
        made.merge(table, tables("miami")[table])
    Registry(made.path).save(card.name, fitted().to_json(), card.until, card.last_known_at)
    return made


def _asked(at: datetime = NOON, city: str = "miami") -> pl.DataFrame:
    return pl.DataFrame([(city, NOON.date(), at)], schema=REQUEST_SCHEMA, orient="row")


def test_a_full_server_says_what_the_lake_says(lake: Lake) -> None:
    """A server that learnt the whole lake says of an instant what the forecaster says, for each forecaster."""
    server, forecaster = Server.load(lake, CONFIG, NOON), Forecaster.load(lake, CONFIG, NOON)
    for source in ("S", "emos", "persistence"):
        (belief,) = server.beliefs(_asked(), source)
        assert belief.source == source
        assert [belief] == forecaster.beliefs(_asked(), source)


def test_rows_known_later_are_left_to_be_learnt(lake: Lake) -> None:
    """What became known after ``known_by`` is not there until it is learnt, and then counts from its own instant."""
    early = NOON - timedelta(hours=6)
    server = Server.load(lake, CONFIG, NOON, known_by=early)
    forecaster = Forecaster.load(lake, CONFIG, NOON)
    stale = server.beliefs(_asked(), "S")
    assert stale != forecaster.beliefs(_asked(), "S")
    for table in READS:
        server.learn(table, lake.read(table), ["miami"])
    assert server.beliefs(_asked(), "S") == forecaster.beliefs(_asked(), "S")
    between = NOON - timedelta(hours=3)
    server = Server.load(lake, CONFIG, early, known_by=NOON)
    assert server.beliefs(_asked(between), "S") == Forecaster.load(lake, CONFIG, early).beliefs(_asked(between), "S")


def test_what_it_cannot_answer_is_refused(lake: Lake) -> None:
    """A city, a table or a forecaster nobody knows, a day that is not the event's and models out of date are errors."""
    server = Server.load(lake, CONFIG, NOON)
    with pytest.raises(ConfigError, match="atlantis"):
        server.beliefs(_asked(city="atlantis"), "S")
    with pytest.raises(ConfigError, match="atlantis"):
        server.learn("observations", lake.read("observations"), ["atlantis"])
    with pytest.raises(TableError, match="prints"):
        server.learn("prints", lake.read("observations"))
    with pytest.raises(ModelError, match="oracle"):
        server.beliefs(_asked(), "oracle")
    with pytest.raises(OutsideEvent, match="local standard midnight"):
        server.beliefs(_asked(NOON + timedelta(days=2)), "S")
    late = datetime(2025, 12, 1, 17, tzinfo=UTC)
    request = pl.DataFrame([("miami", late.date(), late)], schema=REQUEST_SCHEMA, orient="row")
    with pytest.raises(ModelError, match="train again with a later"):
        server.beliefs(request, "S")


def test_nobody_asked_nobody_answers(lake: Lake) -> None:
    """No question gets no belief."""
    assert Server.load(lake, CONFIG, NOON).beliefs(_asked().clear(), "S") == []
