"""`drybulb train`: fit the baselines and S on what was known by an instant, and store them with their card."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

import polars as pl

from drybulb.adapters.lake import Lake
from drybulb.adapters.registry import ModelManifest, Registry
from drybulb.app.config import Config
from drybulb.app.forecaster import read_tables, snapshot_rules
from drybulb.app.progress import Progress, silent
from drybulb.domain.city import City
from drybulb.domain.climateday import require_aware
from drybulb.errors import ConfigError
from drybulb.forecast.card import ModelCard, instant_text
from drybulb.forecast.clocks import training_days, training_requests
from drybulb.forecast.labels import known_labels
from drybulb.forecast.training import Material, TrainingRules, fit_forecasters
from drybulb.frames.snapshot import SnapshotTables, snapshots

_PLACES = 6


@dataclass(frozen=True, slots=True)
class TrainResult:
    """What was trained and stored.

    Attributes:
        manifest: the stored model.
        card: what is known about it.
        stations: city key by station.
    """

    manifest: ModelManifest
    card: ModelCard
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
    rules = TrainingRules(
        window_days=config.training.window_days,
        embargo_days=config.training.embargo_days,
        climatology_half_window_days=config.training.climatology_half_window_days,
    )
    official = lake.read("official", [city.station for city in chosen.values()])
    settlements = lake.read("settlements", chosen)
    parts = []
    for number, city in enumerate(chosen.values()):
        progress(f"snapshots: {city.name}", number, len(chosen) + 1)
        labels = known_labels(official, settlements, [city], instant, rules.embargo_days)
        parts.append(_rows(lake, config, city, labels, instant, rules.window_days))
    progress("snapshots: fit and score", len(chosen), len(chosen) + 1)
    fitted = fit_forecasters(Material(pl.concat(parts), official, settlements), chosen, instant, rules)
    manifest = Registry(lake.path).save(
        fitted.card.name, fitted.to_json(), fitted.card.until, fitted.card.last_known_at
    )
    progress("snapshots: done", len(chosen) + 1, len(chosen) + 1)
    return TrainResult(manifest, fitted.card, {city.station: key for key, city in chosen.items()})


def _rows(
    lake: Lake, config: Config, city: City, labels: pl.DataFrame, until: datetime, window_days: int
) -> pl.DataFrame:
    """Snapshot rows of a city's training days, made from what was known by ``until``."""
    read = read_tables(lake, city)
    known = {name.name: getattr(read, name.name).filter(pl.col("known_at") <= until) for name in fields(read)}
    tables = SnapshotTables(**known)
    requests = training_requests(city, training_days(labels["day"], tables, city, window_days))
    return snapshots(requests, {city.key: city}, tables, snapshot_rules(config))
