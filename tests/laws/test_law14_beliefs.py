"""Law 14, for beliefs: what is believed from rows as they came equals what a batch believes of all of them."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import polars as pl

from drybulb.adapters.lake import Lake
from drybulb.adapters.registry import Registry
from drybulb.app.forecaster import Forecaster
from drybulb.app.serving import Server
from drybulb.domain.climateday import ClimateDay
from drybulb.domain.distribution import Belief
from drybulb.forecast.corrected import Corrected
from drybulb.forecast.grown import Grown
from drybulb.forecast.labels import known_labels
from drybulb.forecast.model_card import GLOBAL
from drybulb.forecast.structural import Structural
from drybulb.forecast.training import labelled_rows
from drybulb.frames.grid import REQUEST_SCHEMA
from drybulb.frames.snapshot import READS
from tests.unit.forecast.made import CITIES, MIAMI, RULES, UNTIL, fitted, material, tables
from tests.unit.forecast.small_models import ASKING, small_models, store

SERVED = ("miami", "chicago")


def _lending(one: Grown) -> Grown:
    """The same model, with a fit for stations it never saw: of Miami's rows under two names, of which one is known."""
    made, models = material(), fitted().models
    structural = models[Structural.name]
    assert isinstance(structural, Structural)
    labels = known_labels(made.official, made.settlements, [MIAMI], UNTIL, RULES.embargo_days)
    rows = labelled_rows(made.rows, labels, UNTIL)
    twice = pl.concat([rows.with_columns(station=pl.lit("AAAA")), rows])
    lending = Structural.fit(structural.normals, structural.gaps, twice, RULES.window_days)
    return Grown(one.card, Corrected(one.model.name, lending, one.model.correction))


#: Fitted when the module is read, before any defect is planted. They never saw Chicago, nor its neighbour.
FITTED = fitted()
GROWN = [_lending(one) if one.card.kind == GLOBAL else one for one in small_models().values()]

#: The two days before the world ends, after all that the models know.
START = datetime(2024, 8, 15, 4, 10, tzinfo=UTC)
STOPS, MINUTES = 60, 37

#: How the sources begin of all who speak in these days.
SPEAKERS = {"global", "city", "blend(global", "fallback:no"}


def _table(name: str) -> pl.DataFrame:
    """Rows of the world, of which every seventh came late and every fifth reading was corrected."""
    rows = pl.concat([tables(city)[name] for city in SERVED])
    if name == "observations":
        # No question reaches further back than this for a reading; METARs are kept for the neighbour's bias.
        rows = rows.filter((pl.col("kind") == "metar") | (pl.col("valid_at") > START - timedelta(days=6)))
    every = pl.int_range(pl.len())
    late = pl.when(every % 7 == 0).then(pl.duration(hours=3)).otherwise(pl.duration(hours=0))
    rows = rows.with_columns(pl.col("known_at") + late)
    if name != "observations":
        return rows
    chicago = CITIES["chicago"]
    nearby = rows.filter(pl.col("station") == chicago.station).with_columns(
        pl.col("temp") - 0.6, station=pl.lit(chicago.neighbour)
    )
    rows = pl.concat([rows, nearby])
    corrected = rows.gather_every(5).with_columns(
        pl.col("temp") + 1.1, known_at=pl.col("known_at") + pl.duration(hours=2)
    )
    return pl.concat([rows, corrected])


def _lake(folder: str) -> Lake:
    lake = Lake(Path(folder))
    for name in (*READS, "settlements"):
        lake.merge(name, _table(name))
    card = FITTED.card
    Registry(lake.path).save(card.name, FITTED.to_json(), card.until, card.last_known_at)
    store(lake, GROWN)
    return lake


def _asked() -> list[pl.DataFrame]:
    """Both events of each city, every half an hour or so: at odd minutes, as a question comes."""
    found = []
    for n in range(STOPS):
        at = START + timedelta(minutes=MINUTES * n)
        today = {key: ClimateDay.at(at, CITIES[key].standard_offset_hours).date for key in SERVED}
        rows = [(key, day + timedelta(days=lead), at) for key, day in today.items() for lead in (0, 1)]
        found.append(pl.DataFrame(rows, schema=REQUEST_SCHEMA, orient="row"))
    return found


def _batch(lake: Lake, asked: list[pl.DataFrame]) -> list[Belief]:
    """What a batch believes, which must have been asked of all who speak."""
    found = Forecaster.load(lake, ASKING, START).beliefs(pl.concat(asked), "hybrid")
    assert {belief.source.partition(" ")[0] for belief in found} == SPEAKERS
    return found


def test_beliefs_as_rows_become_known() -> None:
    """Told what has become known since it was last asked, a server believes what a batch of the whole lake does."""
    asked = _asked()
    with tempfile.TemporaryDirectory() as folder:
        lake = _lake(folder)
        server, learnt, found = Server.load(lake, ASKING, START, START), START, []
        whole = {name: lake.read(name) for name in READS}
        for requests in asked:
            at = requests["at"][0]
            for name, rows in whole.items():
                server.learn(name, rows.filter(pl.col("known_at").is_between(learnt, at, closed="right")))
            learnt = at
            found += server.beliefs(requests, "hybrid")
        assert found == _batch(lake, asked)


def test_beliefs_of_rows_told_in_any_order() -> None:
    """Told all rows out of order and some of them twice, a server believes the same at every instant, asked in any."""
    asked, draw = _asked(), Random(14)  # noqa: S311 - a seeded order, not a secret
    with tempfile.TemporaryDirectory() as folder:
        lake = _lake(folder)
        server = Server.load(lake, ASKING, START, START - timedelta(days=1))
        for name in READS:
            rows = lake.read(name)
            told = draw.sample(range(rows.height), rows.height) + draw.sample(range(rows.height), rows.height // 3)
            part = max(len(told) // 15, 1000)
            for start in range(0, len(told), part):
                server.learn(name, rows[told[start : start + part]])
        order = draw.sample(range(len(asked)), len(asked))
        said = {n: server.beliefs(asked[n], "hybrid") for n in order}
        assert [belief for n in range(len(asked)) for belief in said[n]] == _batch(lake, asked)
