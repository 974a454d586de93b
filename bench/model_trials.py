"""A trial: models trained until an instant with the stock configuration, then asked about the days that follow."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from time import process_time
from typing import Any

import polars as pl

from bench.model_fits import Material, timed_city_model, timed_original
from bench.model_scores import SMALLER, Asked, Row, calibrations, differences, means, scored, speakers
from bench.trained import beside, identity, note
from drybulb.adapters.lake import Lake
from drybulb.app.config import Config
from drybulb.app.forecaster import Forecaster
from drybulb.app.models import list_models
from drybulb.app.roster import load_roster
from drybulb.app.scored import load_labels
from drybulb.app.train import TrainResult, train
from drybulb.domain.city import City
from drybulb.forecast.model import Model
from drybulb.forecast.thresholds import RecipeRules
from drybulb.forecast.training_card import instant_text
from drybulb.frames.grid import clock_requests

NAMES = ("hybrid", "city", "global", "S", "emos", "climatology")
#: Local standard hours asked about, by lead [h].
HOURS = {1: range(10, 24), 0: range(24)}
ALL = "all"
#: Trees and depth of the smaller original: a usual choice, made once and not tuned.
SMALL = (150, 4)


@dataclass(frozen=True, slots=True)
class Trial:
    """What is trained and asked.

    Attributes:
        name: of the trial.
        until: nothing known later trains [aware].
        start: first event day asked about.
        end: last, inclusive.
        observed: cities with observations, which the original is fitted for too.
        guided: cities asked about that have guidance only.
        settings: what of ``[training]`` differs from the stock configuration.
    """

    name: str
    until: datetime
    start: date
    end: date
    observed: tuple[str, ...]
    guided: tuple[str, ...] = ()
    settings: Mapping[str, int] = field(default_factory=dict)

    def configured(self, config: Config) -> Config:
        """The configuration with the settings of this trial."""
        # One model at a time: the CPU of two cannot be told apart.
        settings = {**self.settings, "threads": 1}
        return config.model_copy(update={"training": config.training.model_copy(update=settings)})


class Meter:
    """CPU seconds between the beginnings of the parts of a training that does one after another [s]."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._part, self._began = "", process_time()

    def __call__(self, doing: str, done: int = 0, of: int = 0) -> None:  # noqa: ARG002 - counts are for people
        """Note that a part begins."""
        now = process_time()
        self.seconds[self._part] = self.seconds.get(self._part, 0.0) + now - self._began
        self._part, self._began = doing, now


def run_trial(trial: Trial, lake: Path, out: Path, stock: Config) -> dict[str, Any]:
    """Train, ask, score; return the trial's document. Which part begins is said on standard error.

    Args:
        trial: what is trained and asked.
        lake: the imported lake; it stays as it is.
        out: folder for the models, made anew.
        stock: the stock configuration.
    """
    config, mine, meter = trial.configured(stock), beside(lake, out), Meter()
    _say(trial, f"train until {instant_text(trial.until)}")
    trained = train(mine, config, trial.until, progress=meter)
    note(out, identity(lake, config, trial.until))
    forecaster = Forecaster.load(mine, config, trial.start)
    roster = load_roster(mine, config, forecaster.first)
    models = _models(trained, mine, config, forecaster.first)
    document: dict[str, Any] = {**_head(trial, config), "models": models, "originals": {}, "costs": {}}
    rows: dict[str, list[Row]] = {"scores": [], "differences": [], "calibration": [], "speakers": []}
    tables: list[pl.DataFrame] = []
    for key in (*trial.observed, *trial.guided):
        city = config.cities()[key]
        others: dict[str, Model] = {}
        if key in trial.observed:
            _say(trial, f"fit the original for {city.name}")
            material = Material.of(mine, config, city, trial.until)
            others, about = _originals(material, config.training.seed)
            document["originals"][key] = about
            if key in roster.cities:
                seconds, grown = (about["seconds"], about["smaller"]["seconds"]), meter.seconds[f"grow: city-{key}"]
                document["costs"][key] = timed_city_model(material, roster.cities[key], seconds, grown).to_json()
        _say(trial, f"ask about {city.name}")
        asked = _ask(forecaster, city, trial, others)
        tables.append(scored(asked))
        rows["scores"] += means(tables[-1], key)
        rows["differences"] += differences(tables[-1], key, config.training.seed)
        rows["calibration"] += calibrations(asked, key)
        rows["speakers"] += speakers(asked, key)
    rows["differences"] += differences(pl.concat(tables), ALL, config.training.seed)
    return {**document, **rows}


def _head(trial: Trial, config: Config) -> dict[str, Any]:
    """What was trained and asked."""
    return {
        "name": trial.name,
        "until": instant_text(trial.until),
        "start": trial.start.isoformat(),
        "end": trial.end.isoformat(),
        "observed": list(trial.observed),
        "guided": list(trial.guided),
        "settings": dict(trial.settings),
        "embargo_days": config.training.embargo_days,
        "window_days": config.training.window_days,
    }


def _originals(material: Material, seed: int) -> tuple[dict[str, Model], dict[str, Any]]:
    """The original recipe by name, as it was and smaller, and what they are."""
    rules = RecipeRules(seed=seed)
    original, about, seconds = timed_original(material, rules)
    trees, depth = SMALL
    smaller, _, less = timed_original(material, replace(rules, trees=trees, depth=depth))
    small = {"trees": trees, "depth": depth, "seconds": round(less, 2)}
    sizes = {"trees": rules.trees, "depth": rules.depth, "seconds": round(seconds, 2), "smaller": small}
    return {original.name: original, SMALLER: smaller}, {**about, **sizes}


def _say(trial: Trial, doing: str) -> None:
    sys.stderr.write(f"trial {trial.name}: {doing}\n")


def _ask(forecaster: Forecaster, city: City, trial: Trial, others: Mapping[str, Model]) -> Asked:
    days = pl.date_range(trial.start, trial.end, eager=True).to_list()
    cities = {city.key: city}
    requests = clock_requests(cities, days, {lead: list(hours) for lead, hours in HOURS.items()})
    said = forecaster.predictions(requests, NAMES)
    rows = forecaster.snapshots(requests)
    said |= {name: model.predict(rows) for name, model in others.items()}
    return Asked.of(rows, said, load_labels(forecaster.lake, cities, trial.start, trial.end))


def _models(trained: TrainResult, lake: Lake, config: Config, at: datetime) -> list[Row]:
    """One row a global or city model asked for: what it was fitted on, and what the gate says of it."""
    cards = {card.name: card for _, card in trained.grown}
    listed = list_models(lake, config, at, is_explained=True).to_json()
    rows: list[Row] = [
        {
            "name": row["name"],
            "verdict": row["verdict"],
            "reasons": row["reasons"],
            "events": row["events"],
            "first": cards[row["name"]].first.isoformat(),
            "last": cards[row["name"]].last.isoformat(),
            "gain": row["gain"],
        }
        for row in listed["rows"]
        if row["name"] in cards
    ]
    never = [
        {
            "name": name,
            "verdict": "none",
            "reasons": [reason],
            "events": None,
            "first": None,
            "last": None,
            "gain": None,
        }
        for name, reason in trained.card.missing.items()
    ]
    return [*rows, *never]
