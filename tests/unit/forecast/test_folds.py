"""Folds: contiguous blocks of days, and what is fitted without them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

import numpy as np
import polars as pl

from drybulb.forecast import folds
from drybulb.forecast.folds import fit_folds, out_of_fold
from drybulb.forecast.model import Model
from drybulb.forecast.training import fit_models, labelled_rows
from tests.unit.forecast.made import RULES, UNTIL, material


def _seen() -> tuple[pl.DataFrame, pl.DataFrame]:
    official = material().official
    labels = official.select("station", "day", "high")
    return labelled_rows(material().rows, labels, UNTIL), labels


def test_a_block_is_predicted_by_fits_that_never_saw_it() -> None:
    """Out of fold, neither the rows nor the labels of a block and of two days on either side reach its fit."""
    seen, labels = _seen()
    whole = fit_models(seen, labels, RULES)
    asked: list[tuple[set[date], set[date]]] = []

    def fit(rows: pl.DataFrame, some: pl.DataFrame) -> Mapping[str, Model]:
        asked.append((set(rows["day"]), set(some["day"])))
        return whole

    fit_folds(seen, labels, fit)
    days = sorted(set(seen["day"]))
    assert len(asked) == folds.FOLDS
    for number, (rows, some) in enumerate(asked):
        first, last = days[number * len(days) // 4], days[(number + 1) * len(days) // 4 - 1]
        guard = {first - timedelta(days=2) + timedelta(days=n) for n in range((last - first).days + 5)}
        assert not guard & rows
        assert not guard & some
        assert set(days) - guard <= rows


def test_every_row_is_predicted_by_the_fit_of_its_own_fold() -> None:
    """Out of fold, a row's distribution is that of the fit that left its day out, and every day is left out once."""
    seen, labels = _seen()
    fitted = fit_folds(seen, labels, lambda rows, some: fit_models(rows, some, RULES))
    said = out_of_fold(seen, fitted, "persistence")
    held = np.stack([fold.holds_out(seen) for fold in fitted])
    assert (held.sum(axis=0) == 1).all()
    for fold, mine in zip(fitted, held, strict=True):
        alone = fold.models["persistence"].predict(seen.filter(pl.Series(mine)))
        assert alone.available.any()
        assert np.array_equal(said.pmf[mine], alone.pmf)
        assert not (mine & fold.may_fit(seen)).any()
