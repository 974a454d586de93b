"""Trainings and services that know what they could not."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import polars as pl

from drybulb.adapters.model_manifest import ModelManifest
from drybulb.adapters.registry import Registry
from drybulb.app import forecaster
from drybulb.domain.city import City
from drybulb.domain.climateday import ClimateDay
from drybulb.forecast import labels, training
from drybulb.forecast.growing import Ground
from tests.laws import test_law13_known as law
from tests.laws.mutants import Mutant

_FOREVER = datetime(2100, 1, 1, tzinfo=UTC)
_known_labels, _labelled_rows = labels.known_labels, training.labelled_rows
_read_tables = forecaster.read_tables


def _by_day_alone(
    official: pl.DataFrame, settlements: pl.DataFrame, cities: Iterable[City], until: datetime, embargo_days: int
) -> pl.DataFrame:
    given = list(cities)
    last = min(labels.newest_trainable(until, city.standard_offset_hours, embargo_days) for city in given)
    return _known_labels(official, settlements, given, _FOREVER, embargo_days).filter(pl.col("day") <= last)


def _without_embargo(until: datetime, offset_hours: int, _embargo_days: int) -> date:
    return ClimateDay.at(until, offset_hours).date - timedelta(days=1)


def _rows_of_any_time(rows: pl.DataFrame, known: pl.DataFrame, _until: datetime) -> pl.DataFrame:
    return _labelled_rows(rows, known, _FOREVER)


def _whatever_the_lake_holds(*inputs: Any) -> Any:
    found = _read_tables(*inputs)
    past = pl.lit(datetime(2000, 1, 1, tzinfo=UTC)).cast(pl.Datetime("us", "UTC"))
    return type(found)(
        found.observations.with_columns(known_at=past),
        found.guidance.with_columns(known_at=past),
        found.official,
        found.markets,
    )


def _says_nothing(*_asked: object) -> None:
    """Never refuse."""


def _known_a_day_earlier(*given: Any) -> Ground:
    ground = Ground(*given)
    return replace(ground, last_known_at=ground.last_known_at - timedelta(days=1))


def _newest_of_all(self: Registry, name: str, _at: datetime) -> ModelManifest:
    return self.stock(name).manifests[-1]


MUTANTS = [
    Mutant(
        law=law.test_what_was_known_later_changes_nothing,
        target="drybulb.forecast.labels.known_labels",
        replacement=_by_day_alone,
        defect="a label trains if its day is old enough, whenever its correction came",
    ),
    Mutant(
        law=law.test_what_was_known_later_changes_nothing,
        target="drybulb.forecast.training.labelled_rows",
        replacement=_rows_of_any_time,
        defect="snapshots from after until train",
    ),
    Mutant(
        law=law.test_embargoed_days_do_not_train,
        target="drybulb.forecast.labels.newest_trainable",
        replacement=_without_embargo,
        defect="every day before that of until trains, embargoed or not",
    ),
    Mutant(
        law=law.test_a_lake_of_the_future_trains_the_same,
        target="drybulb.app.train.read_tables",
        replacement=_whatever_the_lake_holds,
        defect="the whole lake is taken as known, whenever its rows were",
    ),
    Mutant(
        law=law.test_a_model_trained_later_is_not_chosen,
        target="drybulb.adapters.registry.Registry.newest",
        replacement=_newest_of_all,
        defect="the newest model is chosen, whatever it knows",
    ),
    Mutant(
        law=law.test_nothing_is_said_before_it_was_known,
        target="drybulb.forecast.fitted.refuse_before",
        replacement=_says_nothing,
        defect="a forecaster answers about instants before its models could exist",
    ),
    Mutant(
        law=law.test_a_lake_of_the_future_trains_the_same,
        target="drybulb.app.train.Ground",
        replacement=_known_a_day_earlier,
        defect="the card of a global or city model says it could have existed before what it learnt was known",
    ),
    Mutant(
        law=law.test_no_side_of_the_hybrid_speaks_before_it_was_known,
        target="drybulb.forecast.hybrid.refuse_before",
        replacement=_says_nothing,
        defect="a global or city model answers about instants before it could exist",
    ),
]
