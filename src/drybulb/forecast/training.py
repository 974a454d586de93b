"""From snapshot rows and labels to fitted forecasters: pure, and blind to whatever was known after ``until``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime

import polars as pl

from drybulb.domain.city import City
from drybulb.errors import ModelError
from drybulb.forecast import labels as labelling
from drybulb.forecast.baselines.climatology import Climatology
from drybulb.forecast.baselines.emos import Emos
from drybulb.forecast.baselines.persistence import Persistence
from drybulb.forecast.baselines.point import POINTS, PointForecast
from drybulb.forecast.evaluation import evaluate
from drybulb.forecast.fitted import FittedForecasters, forms_json
from drybulb.forecast.folds import Fold, fit_folds
from drybulb.forecast.gaps import fit_gaps
from drybulb.forecast.model import Floats, Model, column
from drybulb.forecast.normals import Normals
from drybulb.forecast.structural import Structural
from drybulb.forecast.training_card import ForecasterCard, TrainingCard

NAME = "first-floor"


@dataclass(frozen=True, slots=True)
class TrainingRules:
    """What shapes a training.

    Attributes:
        window_days: newest labelled days with the inputs a model needs that it is fitted on [d].
        embargo_days: days left out before the climate day of ``until`` [d].
        climatology_half_window_days: days to either side of a day of the year [d].
    """

    window_days: int = 1500
    embargo_days: int = 2
    climatology_half_window_days: int = 15

    def __post_init__(self) -> None:
        for name, least in (("window_days", 1), ("embargo_days", 0), ("climatology_half_window_days", 1)):
            if getattr(self, name) < least:
                raise ModelError(f"{name} {getattr(self, name)} is less than {least}; raise it in [training]")


@dataclass(frozen=True, slots=True)
class Material:
    """What a training is made from; rows known too late may be among it and are not used.

    Attributes:
        rows: snapshot rows of the training days.
        official: rows of the table.
        settlements: rows of the table.
    """

    rows: pl.DataFrame
    official: pl.DataFrame
    settlements: pl.DataFrame


@dataclass(frozen=True, slots=True)
class Training:
    """Fitted forecasters, and what a correction of S is fitted on.

    Attributes:
        fitted: the forecasters with their card.
        rows: snapshot rows of the labelled days with ``high`` [°F], sorted by station, day and instant.
        folds: the same forecasters, fitted without a block of days each.
    """

    fitted: FittedForecasters
    rows: pl.DataFrame
    folds: tuple[Fold, ...]


def fit_forecasters(material: Material, cities: Mapping[str, City], until: datetime, rules: TrainingRules) -> Training:
    """Fit every forecaster on what was known by ``until``, and card them.

    Args:
        material: snapshot rows and labels.
        cities: cities to train for, by key.
        until: nothing known later is used [aware].
        rules: window, embargo and climatology.

    Raises:
        ModelError: no label at all was known by then.
    """
    labels = labelling.known_labels(material.official, material.settlements, cities.values(), until, rules.embargo_days)
    if labels.is_empty():
        raise ModelError(
            f"no official high of {', '.join(cities)} was known by {until.isoformat()}; import more or train later"
        )
    rows = labelled_rows(material.rows, labels, until)
    models = fit_models(rows, labels, rules)
    stations = [city.station for city in cities.values()]
    folds = fit_folds(rows, labels, lambda some, few: fit_models(some, few, rules))
    cards = evaluate(rows, labels, stations, models, folds)
    card = TrainingCard(
        name=NAME,
        until=until,
        last_known_at=_last_known_at(rows, labels),
        n_events=labels.height,
        rules=asdict(rules),
        forms=forms_json(),
        forecasters=tuple(_with_bases(card, models[card.forecaster]) for card in cards),
        notes=_notes(cities, cards, until),
    )
    return Training(FittedForecasters(card, models), rows, folds)


def labelled_rows(rows: pl.DataFrame, labels: pl.DataFrame, until: datetime) -> pl.DataFrame:
    """Snapshot rows of labelled days, with their ``high`` [°F], sorted by station, day and instant.

    Args:
        rows: snapshot rows; those of an instant after ``until`` are not used.
        labels: what :func:`~drybulb.forecast.labels.known_labels` returns.
        until: nothing known later is used [aware].
    """
    return (
        rows.filter(pl.col("at") <= until)
        .join(labels.select("station", "day", "high"), on=["station", "day"], how="inner")
        .sort("station", "day", "at")
    )


def fit_models(rows: pl.DataFrame, labels: pl.DataFrame, rules: TrainingRules) -> dict[str, Model]:
    """Fit every forecaster, simplest first.

    Args:
        rows: what :func:`labelled_rows` returns.
        labels: ``station``, ``day``, ``high`` [°F] of all days that may train.
        rules: window and climatology.
    """
    highs = _highs(labels)
    normals = Normals.fit(highs)
    guided = _newest(rows, "guidance_raw", rules.window_days)
    models: list[Model] = [
        Climatology.fit(highs, rules.climatology_half_window_days),
        Persistence.fit(labels),
        *(PointForecast.fit(name, _newest(rows, point.column, rules.window_days)) for name, point in POINTS.items()),
        Emos.fit(normals, guided),
        Structural.fit(normals, fit_gaps(rows), rows, rules.window_days),
    ]
    return {model.name: model for model in models}


def _highs(labels: pl.DataFrame) -> dict[str, tuple[Floats, Floats]]:
    """Day of the year and high of every label, by station."""
    dated = labels.with_columns(pl.col("day").dt.ordinal_day().alias("day_of_year"))
    parts = dated.partition_by("station", as_dict=True, maintain_order=True)
    return {str(name): (column(part, "day_of_year"), column(part, "high")) for (name,), part in sorted(parts.items())}


def _newest(rows: pl.DataFrame, needs: str, window_days: int) -> pl.DataFrame:
    """Rows in which a column is known, of each station's newest days that have one."""
    known = rows.filter(pl.col(needs).is_not_null())
    age = pl.col("day").rank("dense", descending=True).over("station")
    return known.filter(age <= window_days)


def _with_bases(card: ForecasterCard, model: Model) -> ForecasterCard:
    """Say on a card of S which bases it was fitted for."""
    if not isinstance(model, Structural) or card.note:
        return card
    return replace(card, note=model.stands_on(card.station))


def _last_known_at(rows: pl.DataFrame, labels: pl.DataFrame) -> datetime:
    """When the newest thing used became known: a row uses nothing known after its own instant."""
    found = [labels["known_at"].max(), rows["at"].max()]
    return max(instant for instant in found if isinstance(instant, datetime))


def _notes(cities: Mapping[str, City], cards: tuple[ForecasterCard, ...], until: datetime) -> tuple[str, ...]:
    by_station = {city.station: city.key for city in cities.values()}
    silent = [card for card in cards if card.note]
    when = until.astimezone(UTC).strftime("%Y-%m-%dT%H:%MZ")
    return tuple(f"{by_station[c.station]} ({c.station}), {c.forecaster}, by {when}: {c.note}" for c in silent)
