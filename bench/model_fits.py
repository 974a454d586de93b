"""What a fit costs: a city's own model and the original recipe on the same rows, in CPU seconds of this process.

The rows are made again as `drybulb train` makes them, and the city model is fitted again part by part. Where that is
not, byte for byte, the model that training stored, the bench ends: what is timed is what is served.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from time import process_time
from typing import Any, TypeVar

import numpy as np
import polars as pl

from drybulb.adapters.lake import Lake
from drybulb.app.config import Config
from drybulb.app.forecaster import read_tables, snapshot_rules
from drybulb.app.roster import Seated
from drybulb.domain.city import City
from drybulb.forecast.clocks import training_days, training_requests
from drybulb.forecast.corrected import Correction
from drybulb.forecast.folds import fit_folds, out_of_fold
from drybulb.forecast.gaps import fit_gaps
from drybulb.forecast.labels import known_labels
from drybulb.forecast.model import Prediction, column
from drybulb.forecast.normals import Normals
from drybulb.forecast.structural import Structural
from drybulb.forecast.thresholds import Original, RecipeRules, constants
from drybulb.forecast.training import TrainingRules, labelled_rows
from drybulb.frames.snapshot import SnapshotTables, snapshots

Made = TypeVar("Made")

REPEATS = 3
"""How often each of the short fits is timed; their mean counts. The original is timed once: it takes minutes."""


@dataclass(frozen=True, slots=True)
class Material:
    """What a city's models are fitted on.

    Attributes:
        rows: snapshot rows of its labelled days with ``high`` [°F].
        labels: all labels that may train.
        window_days: newest labelled days used [d].
    """

    rows: pl.DataFrame
    labels: pl.DataFrame
    window_days: int

    @classmethod
    def of(cls, lake: Lake, config: Config, city: City, until: datetime) -> Material:
        """Make a city's training rows, as `drybulb train` does.

        Args:
            lake: the tables.
            config: the configuration, ``[training]`` above all.
            city: whose.
            until: nothing known later is used [aware].
        """
        rules = TrainingRules(config.training.window_days, config.training.embargo_days)
        official, settlements = lake.read("official", [city.station]), lake.read("settlements", [city.key])
        labels = known_labels(official, settlements, [city], until, rules.embargo_days)
        read = read_tables(lake, city)
        known = {name.name: getattr(read, name.name).filter(pl.col("known_at") <= until) for name in fields(read)}
        tables = SnapshotTables(**known)
        requests = training_requests(city, training_days(labels["day"], tables, city, rules.window_days))
        made = snapshots(requests, {city.key: city}, tables, snapshot_rules(config))
        return cls(labelled_rows(made, labels, until), labels, rules.window_days)

    def structural(self) -> Structural:
        """S, fitted on all of it."""
        return self._structural(self.rows, self.labels)

    def anchor(self) -> Prediction:
        """Distributions of S out of fold."""
        folds = fit_folds(self.rows, self.labels, lambda some, few: {Structural.name: self._structural(some, few)})
        return out_of_fold(self.rows, folds, Structural.name)

    def event_day(self) -> pl.Series:
        """Which rows a city model is fitted on: those of the event day at which somebody had reported."""
        reported = pl.col("last_temp").is_not_null() | pl.col("neighbour_last_temp").is_not_null()
        return self.rows.select((pl.col("lead") == 0) & reported).to_series()

    def original(self, rules: RecipeRules) -> Original:
        """The original recipe, fitted on the same rows of the event day."""
        return Original.fit(self.rows.filter(self.event_day()), rules)

    def _structural(self, rows: pl.DataFrame, labels: pl.DataFrame) -> Structural:
        days = labels.with_columns(pl.col("day").dt.ordinal_day().alias("day_of_year"))
        highs = {str(labels["station"][0]): (column(days, "day_of_year"), column(labels, "high"))}
        return Structural.fit(Normals.fit(highs), fit_gaps(rows), rows, self.window_days)


@dataclass(frozen=True, slots=True)
class Costs:
    """CPU seconds of the fits of one city, on the same training days.

    Attributes:
        original: twelve classifiers.
        smaller: the same with fewer and shallower trees.
        structural: S, once on all its rows.
        hazards: H0 and H1, given S out of fold.
        folds: S without each block of days, and its distributions of those days.
        grown: the hazards, the same out of fold, the shares taken of them, scores and probes, as training does it.
    """

    original: float
    smaller: float
    structural: float
    hazards: float
    folds: float
    grown: float

    def ratios(self) -> dict[str, float]:
        """How many times as many CPU seconds the original takes, by how much of the city model's work is counted.

        ``smaller`` is the ratio of the smaller original to the fits.
        """
        fits = self.structural + self.hazards
        found = {
            "fits": self.original / fits,
            "with S out of fold": self.original / (fits + self.folds),
            "with the card": self.original / (self.structural + self.folds + self.grown),
            "smaller": self.smaller / fits,
        }
        return {name: round(ratio, 1) for name, ratio in found.items()}

    def to_json(self) -> dict[str, Any]:
        """Seconds and ratios."""
        return {**{name: round(seconds, 2) for name, seconds in asdict(self).items()}, "ratios": self.ratios()}


def timed_original(material: Material, rules: RecipeRules) -> tuple[Original, dict[str, Any], float]:
    """Fit the original recipe; return it, what it is, and the CPU seconds it took."""
    fitted, seconds = _timed(lambda: material.original(rules), 1)
    (fixed,) = constants(fitted).values()
    rows = material.rows.filter(material.event_day())
    about = {
        "rows": rows.height,
        "events": rows["day"].n_unique(),
        "constants": {str(threshold): round(probability, 6) for threshold, probability in fixed.items()},
    }
    return fitted, about, seconds


def timed_city_model(material: Material, seated: Seated, originals: tuple[float, float], grown: float) -> Costs:
    """Fit a stored city model again, part by part.

    Args:
        material: what it was fitted on.
        seated: the stored model.
        originals: CPU seconds of the original and of the smaller one on the same rows [s].
        grown: CPU seconds training spent on the hazards and their card [s].

    Raises:
        SystemExit: what was fitted here is not what is stored.
    """
    structural, of_s = _timed(material.structural)
    anchor, folds = _timed(material.anchor)
    where = np.flatnonzero(material.event_day().to_numpy() & anchor.available)
    rows, said = material.rows[where], Prediction(anchor.pmf[where], anchor.available[where], [""] * where.size)
    served = seated.model.correction
    rules, seed = [hazard.rules for hazard in served.hazards], int(seated.card.rules["seed"]["seed"])
    again, of_hazards = _timed(lambda: Correction.fit(rows, said, structural.normals, served.sources, rules, seed))
    if tuple(hazard.text for hazard in again.hazards) != seated.model.texts:
        raise SystemExit(f"{seated.card.name}: what was timed is not {seated.id}, which training stored")
    return Costs(*originals, of_s, of_hazards, folds, grown)


def _timed(make: Callable[[], Made], repeats: int = REPEATS) -> tuple[Made, float]:
    """What a function makes, and the CPU seconds it takes on average."""
    began = process_time()
    made = make()
    for _ in range(repeats - 1):
        make()
    return made, (process_time() - began) / repeats
