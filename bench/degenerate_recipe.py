"""The disease: thresholds of one class, the placeholder that serves them, and a program that does not know it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl

from bench.degenerate_world import SEED, held_out, training_part
from drybulb.forecast.model import GRID, GRID_LOW, Floats, Model, column
from drybulb.forecast.thresholds import Classifier, Constant, Original, RecipeRules, constants, recipe_features
from drybulb.verification import crps

Row = dict[str, Any]

RULES = RecipeRules(seed=SEED, trees=60, depth=4)
"""Fewer and shallower trees than the original's: what is shown here is about labels, not about trees."""

_CHEAP = {"seed": SEED, "trees": 1, "depth": 1}
"""Where only the constants are looked at, the classifiers between them may be anything."""

#: Labels are clipped to CLIPPED; then to what else the recipe is told they may be [°F].
CLIPPED, WIDER, WIDEST = (-2, 10), (-10, 10), (-10, 15)
#: Clocks and differences from the maximum so far at which constants are read [h, °F]: at most, and at least.
CLOCKS, AT_MOST, AT_LEAST = (10, 23), -2, 12


def cities(rows: pl.DataFrame) -> list[Row]:
    """The recipe as it was, fitted for each city: its constants, who can serve it, and what it is worth.

    Args:
        rows: the recipe's rows of all cities.
    """
    fitted, train, test = Original.fit(training_part(rows), RULES), training_part(rows), held_out(rows)
    fixed = constants(fitted)
    found = []
    for (key, station), mine in train.group_by("city", "station", maintain_order=True):
        asked = test.filter(pl.col("city") == key)
        served = fitted.stations[str(station)]
        low = (mine["high"] - mine["base"]) <= CLIPPED[0]
        found.append(
            {
                "city": key,
                "rows": mine.height,
                "lowest": int(low.sum()),
                "lowest_events": mine.filter(low)["day"].n_unique(),
                "constants": fixed[str(station)],
                "error": blind_error(as_stored(served), asked),
                "crps": mean_crps(fitted, asked),
                "crps_dummy": mean_crps(dummy(mine, str(station)), asked),
            }
        )
    return found


def as_stored(served: Sequence[Classifier]) -> list[Any]:
    """What the original kept for its thresholds: a classifier, or in its place a note of the constant."""
    return [{"type": "constant", "prob": one.prob} if isinstance(one, Constant) else one for one in served]


def blind_error(stored: Sequence[Any], rows: pl.DataFrame) -> str | None:
    """What stops a program that asks every threshold as if it were a classifier; None where nothing does."""
    _, features = recipe_features(rows)
    try:
        for one in stored:
            one.predict_proba(features)
    except AttributeError as error:
        return f"AttributeError: {error}"
    return None


def dummy(rows: pl.DataFrame, station: str) -> Original:
    """A model that is nothing but constants: what the whole model was taken for."""
    difference = column(rows, "high") - column(rows, "base")
    served = tuple(Constant(float((difference >= threshold).mean())) for threshold in RULES.thresholds)
    return Original(RULES, {station: served})


def ranges(rows: pl.DataFrame) -> list[Row]:
    """Constants of one city by what the labels were clipped to and what the recipe was told.

    Args:
        rows: the recipe's rows of one city.
    """
    train = training_part(rows)
    low, high = CLIPPED
    difference = (pl.col("high") - pl.col("base")).clip(low, high)
    clipped = train.with_columns(high=(pl.col("base") + difference).cast(pl.Int32))
    asked = [(CLIPPED, True), (WIDER, True), (WIDEST, True), (WIDEST, False)]
    found = []
    for (first, last), is_clipped in asked:
        rules = RecipeRules(**_CHEAP, low=first, high=last)
        (fixed,) = constants(Original.fit(clipped if is_clipped else train, rules)).values()
        found.append(
            {
                "labels": list(CLIPPED) if is_clipped else None,
                "range": [first, last],
                "thresholds": len(rules.thresholds),
                "constants": fixed,
            }
        )
    return found


def by_clock(rows: pl.DataFrame, models: Mapping[str, Model]) -> list[Row]:
    """What is served for two rare differences at each clock, beside what happened.

    Args:
        rows: the recipe's rows of one city.
        models: city model and S, by the name they have in the table.
    """
    train = training_part(rows)
    ((at_most, at_least),) = (
        (1.0 - fixed[AT_MOST + 1], fixed[AT_LEAST])
        for fixed in constants(Original.fit(train, RecipeRules(**_CHEAP, low=WIDEST[0], high=WIDEST[1]))).values()
    )
    said = {name: model.predict(train).pmf for name, model in models.items()}
    difference, bases = column(train, "high") - column(train, "base"), column(train, "base")
    found = []
    for clock in CLOCKS:
        at = np.flatnonzero(column(train, "hours") == clock)
        for what, constant, happened in (
            ("at most", at_most, difference[at] <= AT_MOST),
            ("at least", at_least, difference[at] >= AT_LEAST),
        ):
            shares = {name: float(_share(pmf[at], bases[at], what).mean()) for name, pmf in said.items()}
            found.append(
                {
                    "clock": clock,
                    "what": what,
                    "degrees": AT_MOST if what == "at most" else AT_LEAST,
                    "events": int(at.size),
                    "happened": float(happened.mean()),
                    "constant": constant,
                    **shares,
                }
            )
    return found


def steps(rows: pl.DataFrame) -> Row:
    """The hazard's labels on the same rows: at each degree from the maximum so far to the high, did it go on?

    Args:
        rows: the recipe's rows of one city.
    """
    train = training_part(rows)
    difference = column(train, "high") - column(train, "base")
    reached = difference[difference >= 0.0]
    return {"went_on": int(reached.sum()), "stopped": int(reached.size)}


def _share(pmf: Floats, bases: Floats, what: str) -> Floats:
    difference = GRID[None, :] - bases[:, None]
    wanted = difference <= AT_MOST if what == "at most" else difference >= AT_LEAST
    found: Floats = (pmf * wanted).sum(axis=1)
    return found


def mean_crps(model: Model, rows: pl.DataFrame) -> float:
    """Mean CRPS of a model on rows with their ``high``; each event has as many [°F]."""
    said = model.predict(rows)
    return float(crps(said.pmf, GRID_LOW, rows["high"].to_numpy()).mean())
