"""Law 13: no model speaks before it could exist."""

from __future__ import annotations

import json
import tempfile
from dataclasses import replace
from datetime import datetime, timedelta
from unittest import mock

import polars as pl

from drybulb.adapters.lake import Lake
from drybulb.adapters.registry import Registry
from drybulb.app import forecaster as serving
from drybulb.app import train as app_train
from drybulb.errors import ModelError
from drybulb.forecast import clocks, training
from drybulb.forecast.growing import GrowingRules
from drybulb.forecast.member_rules import MemberRules
from drybulb.forecast.training import Material
from drybulb.frames.grid import clock_requests
from tests.unit.forecast.made import CONFIG, MIAMI, RULES, UNTIL, fitted, material, tables
from tests.unit.forecast.small_models import ASKING, SOUND, moved, small_models, store

#: Fitted when the module is read, before any defect is planted.
FITTED, GROWN = fitted(), small_models()

#: Long enough for every model and short enough for a law.
SMALL = ASKING.model_copy(update={"training": ASKING.training.model_copy(update={"window_days": 140})})

#: When a training day is looked at here, instead of every hour.
HOURS = (-12, 10, 11, 12, 13, 14)

#: Readings so much too cold can be learnt from, if wrongly; warmer ones would lie above every high.
COLDER = -8


def _bytes(material: Material) -> str:
    """The artefact of a training as text."""
    return json.dumps(training.fit_forecasters(material, {"miami": MIAMI}, UNTIL, RULES).fitted.to_json())


def _warmer(frame: pl.DataFrame, when: pl.Expr, by: int = 20) -> pl.DataFrame:
    """Every temperature twenty degrees higher in the rows ``when``, or so much."""
    names = [name for name in ("high", "value", "temp", "guidance", "guidance_raw") if name in frame.columns]
    return frame.with_columns(
        pl.when(when).then(pl.col(name) + by).otherwise(pl.col(name)).cast(frame.schema[name]).alias(name)
        for name in names
    )


def test_what_was_known_later_changes_nothing() -> None:
    """Labels, corrections and snapshots known after ``until``, whatever they say, change no byte of what is fitted."""
    made = material()
    later = pl.col("known_at") > UNTIL
    corrected = made.official.filter(pl.col("day") < UNTIL.date() - timedelta(days=3)).with_columns(
        version=pl.col("version") + 2, known_at=pl.lit(UNTIL + timedelta(seconds=1)).cast(pl.Datetime("us", "UTC"))
    )
    assert made.official.filter(later).height > 0
    after = made.rows.with_columns(pl.lit(UNTIL + timedelta(hours=1)).cast(pl.Datetime("us", "UTC")).alias("at"))
    corrupted = Material(
        pl.concat([made.rows, _warmer(after, pl.lit(value=True))]),
        _warmer(pl.concat([made.official, corrected]), later),
        _warmer(made.settlements, later),
    )
    assert _bytes(corrupted) == json.dumps(FITTED.to_json())


def test_embargoed_days_do_not_train() -> None:
    """The two climate days before that of ``until`` do not train, though their labels were known."""
    made = material()
    embargoed = pl.col("day") >= UNTIL.date() - timedelta(days=2)
    known = made.official.filter(embargoed & (pl.col("known_at") <= UNTIL) & pl.col("is_final"))
    assert known.height == 2
    changed = replace(
        made, official=_warmer(made.official, embargoed), settlements=_warmer(made.settlements, embargoed)
    )
    assert _bytes(changed) == json.dumps(FITTED.to_json())


def _late(table: str, frame: pl.DataFrame) -> pl.DataFrame:
    """Corrections of every row of a table, eight degrees colder and known a second after ``until``."""
    if table == "guidance":
        frame = frame.with_columns(pl.col("issued_at") + pl.duration(minutes=1))
    if "version" in frame.columns:
        frame = frame.with_columns(version=pl.col("version") + 2)
    known = frame.filter(pl.col("known_at") <= UNTIL)
    late = known.with_columns(known_at=pl.lit(UNTIL + timedelta(seconds=1)).cast(pl.Datetime("us", "UTC")))
    return _warmer(late, pl.lit(value=True), COLDER)


def _train(*, is_corrupted: bool) -> dict[str, tuple[str, datetime]]:
    """Id and newest knowledge of what is stored by training a lake of the world, by name.

    Everything in the lake known after ``until`` may be wrong, and all else corrected.
    """
    rules = GrowingRules(MemberRules(SOUND[1:], SOUND), SMALL.models.min_events)
    small = mock.patch.object(app_train, "growing_rules", return_value=rules)
    few = mock.patch.object(clocks, "OBSERVED_HOURS", HOURS)
    with tempfile.TemporaryDirectory() as folder, small, few:
        lake = Lake(folder)
        for table in ("observations", "guidance", "official", "settlements"):
            frame = tables("miami")[table]
            wrong = pl.concat([_warmer(frame, pl.col("known_at") > UNTIL, COLDER), _late(table, frame)])
            lake.merge(table, wrong if is_corrupted else frame)
        lake.merge("markets", tables("miami")["markets"])
        made = app_train.train(lake, SMALL, UNTIL, ["miami"])
    grown = {card.name: (model_id, card.last_known_at) for model_id, card in made.grown}
    return {"S": (made.manifest.id, made.card.last_known_at), **grown}


def test_a_lake_of_the_future_trains_the_same() -> None:
    """Observations, guidance, highs and corrections known after ``until`` change no byte of what ``train`` stores: S,
    the global model and the city's, all of which say that they know what S knows.
    """
    stored = _train(is_corrupted=False)
    assert list(stored) == ["S", "global", "city-miami"]
    assert {known for _, known in stored.values()} == {FITTED.card.last_known_at}
    assert _train(is_corrupted=True) == stored


def test_nothing_is_said_before_it_was_known() -> None:
    """Serving at an instant before the newest thing the models know is refused, a second later it is not."""
    known = FITTED.card.last_known_at
    asked = clock_requests({"miami": MIAMI}, [known.date()], {0: [1]})
    early = asked.with_columns(at=pl.lit(known - timedelta(microseconds=1)).cast(pl.Datetime("us", "UTC")))
    with tempfile.TemporaryDirectory() as folder:
        asks = serving.Forecaster(FITTED, "law", CONFIG, Lake(folder), known)
        with _refused():
            asks.beliefs(early, "climatology")
        with _refused():
            asks.predictions(early, ["climatology"])
        on_time = asked.with_columns(at=pl.lit(known).cast(pl.Datetime("us", "UTC")))
        assert len(asks.beliefs(on_time, "climatology")) == 1


def test_no_side_of_the_hybrid_speaks_before_it_was_known() -> None:
    """The global model at lead 1, the city's at lead 0 and the hybrid at both refuse an instant before the newest thing
    their models know, though S could speak, and a microsecond later they do not.
    """
    known = FITTED.card.last_known_at + timedelta(days=1)
    days = {0: known.date(), 1: known.date() + timedelta(days=1)}
    with tempfile.TemporaryDirectory() as folder:
        lake = Lake(folder)
        for table in ("observations", "guidance", "official", "markets"):
            lake.merge(table, tables("miami")[table])
        store(lake, [moved(one, 1) for one in GROWN.values()])
        asks = serving.Forecaster(FITTED, "law", ASKING, lake, known)
        for source, lead, says in (("global", 1, "global"), ("city", 0, "city"), ("hybrid", 0, "city")):
            request = pl.DataFrame({"city": ["miami"], "day": [days[lead]], "at": [known]})
            at = pl.col("at").cast(pl.Datetime("us", "UTC"))
            early = request.with_columns(at - timedelta(microseconds=1))
            assert [belief.source for belief in asks.beliefs(request.with_columns(at), source)] == [says]
            assert [belief.source for belief in asks.beliefs(early, "S")] == ["S"]
            with _refused():
                asks.beliefs(early, source)


class _refused:  # noqa: N801 - reads as a word where it is used
    """A context in which a model must refuse to speak."""

    def __enter__(self) -> None:
        """Begin."""

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _trace: object) -> bool:
        """Pass where a model refused, fail where it spoke."""
        assert kind is not None, "a model spoke before it could exist"
        return isinstance(error, ModelError)


def test_a_model_trained_later_is_not_chosen() -> None:
    """Of the stored models only those whose newest knowledge precedes what is asked about may be loaded."""
    with tempfile.TemporaryDirectory() as folder:
        lake = Lake(folder)
        registry = Registry(lake.path)
        manifest = registry.save(FITTED.card.name, FITTED.to_json(), FITTED.card.until, FITTED.card.last_known_at)
        early = FITTED.card.last_known_at - timedelta(seconds=1)
        with _refused():
            registry.newest(FITTED.card.name, early)
        with _refused():
            registry.load(FITTED.card.name, manifest.id, early)
        assert serving.Forecaster.load(lake, CONFIG, FITTED.card.last_known_at).fitted.card == FITTED.card
