"""`drybulb train`: fit every forecaster on what was known by an instant, and store them with their cards."""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from importlib import metadata
from typing import Any

import polars as pl

import drybulb
from drybulb.adapters.lake import Lake
from drybulb.adapters.model_manifest import ModelManifest
from drybulb.adapters.registry import Registry
from drybulb.app.config import Config
from drybulb.app.forecaster import read_tables, snapshot_rules
from drybulb.app.progress import Progress, silent
from drybulb.domain.city import City
from drybulb.domain.climateday import require_aware
from drybulb.errors import ConfigError
from drybulb.forecast.artefact import to_artefact
from drybulb.forecast.clocks import training_days, training_requests
from drybulb.forecast.growing import Ground, GrowingRules, grow
from drybulb.forecast.labels import known_labels
from drybulb.forecast.model_card import ModelCard
from drybulb.forecast.structural import Structural
from drybulb.forecast.training import Material, Training, TrainingRules, fit_forecasters
from drybulb.forecast.training_card import TrainingCard, instant_text
from drybulb.frames.snapshot import SnapshotTables, snapshots

Keep = Callable[[pl.DataFrame], pl.DataFrame]
"""Takes rows of ``official`` or ``settlements``, returns those that may be learnt from."""

_PLACES = 6


@dataclass(frozen=True, slots=True)
class TrainResult:
    """What was trained and stored.

    Attributes:
        manifest: the stored baselines and S.
        card: what is known about them.
        grown: the global and city models with their ids, the global one first.
        stations: city key by station.
    """

    manifest: ModelManifest
    card: TrainingCard
    grown: tuple[tuple[str, ModelCard], ...]
    stations: dict[str, str]

    def to_json(self) -> dict[str, Any]:
        """The document of schema ``train/1``: one entry of ``cards`` a city and forecaster."""
        cards = [{"city": self.stations[card.station], **card.to_json()} for card in self.card.forecasters]
        return {
            "schema": "train/1",
            "name": self.manifest.name,
            "model": self.manifest.id,
            "sha256": self.manifest.sha256,
            "until": instant_text(self.card.until),
            "last_known_at": instant_text(self.card.last_known_at),
            "n_events": self.card.n_events,
            "rules": self.card.rules,
            "cards": [
                {name: round(value, _PLACES) if isinstance(value, float) else value for name, value in card.items()}
                for card in cards
            ],
            "models": [_line(model_id, card) for model_id, card in self.grown],
            "missing": self.card.missing,
            "notes": list(self.card.notes),
        }


def train(
    lake: Lake,
    config: Config,
    until: datetime,
    cities: Sequence[str] | None = None,
    progress: Progress = silent,
) -> TrainResult:
    """Fit every forecaster and store them in the lake's registry.

    Args:
        lake: the tables; the model is stored beside them.
        config: the configuration, ``[training]`` above all.
        until: nothing known later is used [aware].
        cities: city keys; all when None.
        progress: told which city's snapshots are being made.

    Raises:
        ConfigError: a city that is not configured.
        ModelError: nothing to learn from was known by ``until``.
    """
    instant = require_aware(until, "until")
    table = config.cities()
    if unknown := sorted(set(cities or ()) - set(table)):
        raise ConfigError(f"no city {', '.join(unknown)}; known: {', '.join(table)}")
    chosen = {key: city for key, city in table.items() if cities is None or key in cities}
    training = learn(lake, config, instant, chosen, progress)
    return _grow_and_store(Registry(lake.path), training, chosen, config, progress)


def learn(
    lake: Lake,
    config: Config,
    until: datetime,
    cities: Mapping[str, City],
    progress: Progress = silent,
    keep: Keep = lambda rows: rows,
) -> Training:
    """Fit the baselines and S on what was known by an instant, and again without each block of days.

    Args:
        lake: the tables.
        config: the configuration, ``[training]`` above all.
        until: nothing known later is used [aware].
        cities: cities to learn from, by key.
        progress: told which city's snapshots are being made.
        keep: which rows of ``official`` and ``settlements`` there are; no snapshot knows of the others either.

    Raises:
        ModelError: nothing to learn from was known by ``until``.
    """
    rules = TrainingRules(
        window_days=config.training.window_days,
        embargo_days=config.training.embargo_days,
        climatology_half_window_days=config.training.climatology_half_window_days,
    )
    official = keep(lake.read("official", [city.station for city in cities.values()]))
    settlements = keep(lake.read("settlements", cities))
    parts = []
    for number, city in enumerate(cities.values()):
        progress(f"snapshots: {city.name}", number, len(cities) + 1)
        labels = known_labels(official, settlements, [city], until, rules.embargo_days)
        read = read_tables(lake, city)
        tables = _known_by(replace(read, official=keep(read.official)), until)
        parts.append(_rows(config, city, labels, tables, rules.window_days))
    progress("snapshots: fit and score", len(cities), len(cities) + 1)
    return fit_forecasters(Material(pl.concat(parts), official, settlements), cities, until, rules)


def ground_of(training: Training) -> Ground:
    """What the global and city models are grown on."""
    structural = training.fitted.models[Structural.name]
    if not isinstance(structural, Structural):
        raise TypeError(f"the forecaster called {Structural.name} is a {type(structural).__name__}")
    card = training.fitted.card
    return Ground(training.rows, structural, training.folds, card.until, card.last_known_at)


def _grow_and_store(
    registry: Registry, training: Training, cities: dict[str, City], config: Config, progress: Progress
) -> TrainResult:
    """Grow the global and city models on what the baselines were fitted on, then store everything."""
    until, last_known_at = training.fitted.card.until, training.fitted.card.last_known_at
    rules = growing_rules(config)
    grown, missing = grow(
        ground_of(training), cities, rules, lambda name, done, of: progress(f"grow: {name}", done, of)
    )
    fitted = replace(training.fitted, card=replace(training.fitted.card, missing=missing))
    about = {"data_sha256": rows_digest(training.rows), "versions": _versions()}
    manifest = registry.save(fitted.card.name, fitted.to_json(), until, last_known_at, about=about)
    stored = []
    for one in grown:
        values, texts = to_artefact(one)
        noted = {**about, "features": one.card.features}
        saved = registry.save(one.card.name, values, until, last_known_at, texts=texts, about=noted)
        stored.append((saved.id, one.card))
    return TrainResult(manifest, fitted.card, tuple(stored), {city.station: key for key, city in cities.items()})


def growing_rules(config: Config) -> GrowingRules:
    """Rules of the global and city models as configured in ``[hazards]``, ``[models]`` and ``[training]``."""
    training = config.training
    return GrowingRules(config.hazards.members(), config.models.min_events, training.seed, training.threads)


def rows_digest(rows: pl.DataFrame) -> str:
    """SHA-256 of the training rows, as polars of this version writes them."""
    return hashlib.sha256(rows.rechunk().write_ipc(None, compression="uncompressed").getbuffer()).hexdigest()


def _versions() -> dict[str, str]:
    """Versions of what the bytes of a model depend on."""
    parts = {name: metadata.version(name) for name in ("lightgbm", "numpy", "polars", "scipy")}
    return {"drybulb": drybulb.__version__, "python": platform.python_version(), **parts}


def _line(model_id: str, card: ModelCard) -> dict[str, Any]:
    """One global or city model of the document: how it compares with S out of fold, over all its rows."""
    whole = card.scores[0]
    return {
        "name": card.name,
        "model": model_id,
        "cities": list(card.cities),
        "n_events": card.n_events,
        "events_scored": whole.events,
        "crps": {name: round(value, _PLACES) for name, value in whole.crps.items()},
        "log_score": {name: round(value, _PLACES) for name, value in whole.log_score.items()},
        "degenerate": list(card.degenerate),
    }


def _known_by(read: SnapshotTables, until: datetime) -> SnapshotTables:
    """The rows that were known by an instant."""
    known = {name.name: getattr(read, name.name).filter(pl.col("known_at") <= until) for name in fields(read)}
    return SnapshotTables(**known)


def _rows(config: Config, city: City, labels: pl.DataFrame, tables: SnapshotTables, window_days: int) -> pl.DataFrame:
    """Snapshot rows of a city's training days, made from what was known by then."""
    requests = training_requests(city, training_days(labels["day"], tables, city, window_days))
    return snapshots(requests, {city.key: city}, tables, snapshot_rules(config))
