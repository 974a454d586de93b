"""The original recipe, kept as a baseline to compare with: one CatBoost classifier a threshold.

On the event day the label is the official high less the maximum so far, rounded, and clipped to -2 … 10 °F; classifier
k gives P(difference ≥ k) for k = -1 … 10. A threshold that almost all or almost no rows reach has no classifier but a
*constant*, the fraction of rows that reach it. Probabilities are made monotone by a running maximum from the top
threshold down, then differenced. Outside its thirteen degrees the recipe gives nothing.

What the original did wrong *around* its classifiers is not repeated: its maximum so far began on the day before, its
lagged highs were not yet published, and one of its programs did not know the constants. What is in the recipe is: a row
weighs the same however many rows share its day's label, and a tail that is constant is the same at every hour.

A fitted model is three million leaf values a station, which CatBoost writes to files only and this room has none, so it
is not stored: fit it where you compare. CatBoost is the extra ``original`` and is imported when a fit needs it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import polars as pl
from numpy.typing import NDArray

from drybulb.errors import ModelError
from drybulb.forecast.forms import NEIGHBOUR
from drybulb.forecast.model import (
    GRID,
    GRID_LOW,
    Booleans,
    Floats,
    Prediction,
    column,
    round_half_up,
    station_rows,
)
from drybulb.forecast.normals import season

Matrix = NDArray[np.float32]

_OBSERVED = (
    *("running_max", "running_max_upper", "group_max", "reading_max", "running_max_at", "n_readings"),
    *("last_temp", "last_temp_age", "temp_trend", "temp_day_before", "previous_max"),
    *("last_dewpoint", "last_wind", "last_wind_dir", "last_ceiling", "last_pressure", "pressure_trend"),
)
"""Columns of the station, or of its neighbour where the station has no maximum so far."""

_KNOWN = (
    *("hours", "guidance", "guidance_raw", "guidance_n", "guidance_spread", "guidance_age"),
    *("last_high", "last_high_lag"),
)
"""Columns taken as they are. Hours since the open and to the close are not among them, for on the event day they say
what ``hours`` says; nor is what the market lists."""

_MICROSECONDS_PER_HOUR = 3.6e9


@dataclass(frozen=True, slots=True)
class RecipeRules:
    """Settings of the recipe; the defaults are the original's.

    Attributes:
        seed: of CatBoost's own sampling.
        trees: of each classifier.
        depth: of each tree.
        learning_rate: weight of each tree.
        low: least difference from the maximum so far that is told apart [°F].
        high: greatest [°F].
        constant_rate: a threshold reached by a smaller fraction of rows, or missed by one, is a constant.
    """

    seed: int
    trees: int = 1000
    depth: int = 8
    learning_rate: float = 0.05
    low: int = -2
    high: int = 10
    constant_rate: float = 0.005

    def __post_init__(self) -> None:
        if not self.low < self.high:
            raise ModelError(f"low {self.low} and high {self.high} leave no threshold between them; raise high")
        if not 0.0 <= self.constant_rate < 0.5:
            raise ModelError(f"constant_rate {self.constant_rate} is not in [0, 0.5); the original's is 0.005")

    @property
    def thresholds(self) -> range:
        """The k of P(difference ≥ k), in rising order [°F]."""
        return range(self.low + 1, self.high + 1)


class Classifier(Protocol):
    """What serves one threshold."""

    def predict_proba(self, features: Matrix) -> Floats:
        """Probabilities of missing and of reaching it, shape (n, 2)."""


@dataclass(frozen=True, slots=True)
class Constant:
    """What serves a threshold that is (almost) always or (almost) never reached.

    Attributes:
        prob: fraction of the rows fitted on that reach it.
    """

    prob: float

    def predict_proba(self, features: Matrix) -> Floats:
        """The fraction for every row: it is asked like a classifier, so no caller can forget that it exists."""
        return np.tile([1.0 - self.prob, self.prob], (len(features), 1))


class Original:
    """The original recipe as a forecaster, ``original``; it speaks on the event day only.

    Args:
        rules: what it was fitted with.
        stations: what serves each of ``rules.thresholds``, by station.
    """

    name = "original"

    def __init__(self, rules: RecipeRules, stations: Mapping[str, tuple[Classifier, ...]]) -> None:
        self.rules = rules
        self.stations = dict(sorted(stations.items()))

    @classmethod
    def fit(cls, rows: pl.DataFrame, rules: RecipeRules) -> Original:
        """Fit each station that has rows of the event day with a maximum so far.

        Args:
            rows: snapshot rows with ``high`` [°F], sorted by station, day and instant.
            rules: settings.

        Raises:
            ModelError: CatBoost is not installed, or a column is missing.
        """
        stations = {}
        for station, where in station_rows(rows).items():
            mine = rows[where]
            usable = mine.filter(_is_usable(mine))
            if usable.height:
                stations[station] = _fit_station(usable, rules)
        return cls(rules, stations)

    def predict(self, rows: pl.DataFrame) -> Prediction:
        """Distributions around the maximum so far; see :class:`~drybulb.forecast.model.Model`."""
        found = Prediction.none(rows.height, "the original recipe speaks on the event day only")
        today, usable = column(rows, "lead") == 0, _is_usable(rows)
        found.refuse(np.flatnonzero(today & ~usable), "no maximum of the event day known")
        for station, where in station_rows(rows).items():
            at = where[usable[where]]
            served = self.stations.get(station)
            if served is None:
                found.refuse(at, f"no fit for {station}: no labelled row with a maximum so far")
            elif at.size:
                found.put(at, self._pmf(served, rows[at]), _describe(served))
        return found

    def _pmf(self, served: tuple[Classifier, ...], rows: pl.DataFrame) -> Floats:
        _, features = recipe_features(rows)
        reached = np.column_stack([classifier.predict_proba(features)[:, 1] for classifier in served])
        differences = degrees_of(reached)
        first = base(rows).astype(np.int64) + self.rules.low - GRID_LOW
        at = np.clip(first[:, None] + np.arange(differences.shape[1]), 0, GRID.size - 1)
        pmf = np.zeros((rows.height, GRID.size))
        np.add.at(pmf, (np.arange(rows.height)[:, None], at), differences)
        return pmf

    def to_json(self) -> dict[str, Any]:
        """Refuse: see the module.

        Raises:
            ModelError: always.
        """
        raise ModelError("the original recipe is not stored; call Original.fit where you compare with it")


def constants(model: Original) -> dict[str, dict[int, float]]:
    """Thresholds that are constants, with their probability, by station; a station without any has an empty entry."""
    return {
        station: {
            threshold: classifier.prob
            for threshold, classifier in zip(model.rules.thresholds, served, strict=True)
            if isinstance(classifier, Constant)
        }
        for station, served in model.stations.items()
    }


def base(rows: pl.DataFrame) -> Floats:
    """The maximum so far from which differences are counted: the station's, else its neighbour's [whole °F]."""
    return round_half_up(_seen(rows, "running_max", ~np.isnan(column(rows, "running_max"))))


def degrees_of(reached: Floats) -> Floats:
    """Distributions of the difference from probabilities of reaching each threshold, repaired as the original did.

    It then clipped and normalised as well; after the repair no probability is negative and they sum to 1.

    Args:
        reached: (n, K) probabilities of reaching rising thresholds; they need not fall.

    Returns:
        (n, K + 1) probabilities of ``low`` … ``high``.
    """
    falling = np.maximum.accumulate(reached[:, ::-1], axis=1)[:, ::-1]
    sure, never = np.ones((len(reached), 1)), np.zeros((len(reached), 1))
    found: Floats = np.hstack([sure, falling]) - np.hstack([falling, never])
    return found


def recipe_features(rows: pl.DataFrame) -> tuple[tuple[str, ...], Matrix]:
    """What a classifier sees of each row; NaN where something was not known.

    Args:
        rows: rows of the snapshot frame.

    Returns:
        Names, and the matrix of shape (n, names).

    Raises:
        ModelError: a column is missing.
    """
    is_own = ~np.isnan(column(rows, "running_max"))
    values = {name: _seen(rows, name, is_own) for name in _OBSERVED} | {name: column(rows, name) for name in _KNOWN}
    values["running_max_age"] = (column(rows, "at") - values.pop("running_max_at")) / _MICROSECONDS_PER_HOUR
    values["season_sin"], values["season_cos"] = season(column(rows, "day_of_year"))
    values["month"] = rows["day"].dt.month().cast(pl.Float64).to_numpy()
    values["guidance_gap"] = values["guidance"] - values["running_max"]
    values["drop"] = values["running_max"] - values["last_temp"]
    return tuple(values), np.column_stack(list(values.values())).astype(np.float32)


def _seen(rows: pl.DataFrame, name: str, is_own: Booleans) -> Floats:
    return np.where(is_own, column(rows, name), column(rows, NEIGHBOUR + name))


def _is_usable(rows: pl.DataFrame) -> Booleans:
    """Rows of the event day with a maximum of that day; on the day before, the maximum is another day's."""
    usable: Booleans = (column(rows, "lead") == 0) & ~np.isnan(base(rows))
    return usable


def _describe(served: tuple[Classifier, ...]) -> str:
    fixed = sum(isinstance(classifier, Constant) for classifier in served)
    return f"{len(served) - fixed} classifiers and {fixed} constants"


def _fit_station(rows: pl.DataFrame, rules: RecipeRules) -> tuple[Classifier, ...]:
    _, features = recipe_features(rows)
    # The original clipped the difference; at or above each threshold is the same either way.
    difference = column(rows, "high") - base(rows)
    return tuple(_fit_threshold(features, difference >= threshold, rules) for threshold in rules.thresholds)


def _fit_threshold(features: Matrix, reached: Booleans, rules: RecipeRules) -> Classifier:
    rate = float(reached.mean())
    if min(rate, 1.0 - rate) < rules.constant_rate or rate in {0.0, 1.0}:
        return Constant(rate)
    try:
        import catboost  # noqa: PLC0415 - an extra: everything else runs without it
    except ImportError as error:
        raise ModelError(f"the original recipe needs CatBoost ({error}); pip install drybulb[original]") from error
    classifier: Classifier = catboost.CatBoostClassifier(
        iterations=rules.trees,
        depth=rules.depth,
        learning_rate=rules.learning_rate,
        loss_function="Logloss",
        l2_leaf_reg=3.0,
        border_count=128,
        random_seed=rules.seed,
        thread_count=1,
        allow_writing_files=False,
        verbose=False,
    ).fit(features, reached.astype(np.int8))
    return classifier
