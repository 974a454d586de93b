"""How good a correction is on days it did not see, and how much of it is therefore taken.

A correction is grown without each block of days (:mod:`drybulb.forecast.folds`) on S out of fold, and scored on the
block under every share there is. The shares of the model are chosen on all blocks; those under which a block is scored
are chosen on the other blocks, so that no score has seen its own day.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from drybulb.forecast.corrected import Correction
from drybulb.forecast.features.table import families
from drybulb.forecast.folds import Fold, out_of_fold
from drybulb.forecast.hazard import HazardRules
from drybulb.forecast.hazard_scores import Scored, band_scores, row_scores
from drybulb.forecast.model import Booleans, Floats, Prediction
from drybulb.forecast.model_card import REFERENCES, BandScore
from drybulb.forecast.shares import GRADES, Shares
from drybulb.forecast.structural import Structural

SOURCE_SHARE = 0.1
"""A source heard in a smaller share of the rows with guidance has no features of its own."""

THIN = 3
"""One row in three is scored: rows of a day are near copies."""

_FEWER = 3
"""A correction that is only scored is grown on so many times fewer pairs: there is one a fold."""

_LOG = 1
"""Place of the log score among the scores of a row."""


@dataclass(frozen=True, slots=True)
class Proof:
    """What was found out of fold.

    Attributes:
        shares: how much of the correction is taken.
        scores: by station, lead and part of the day, beside S and the baselines on the same rows.
        rows: ``station``, ``day``, ``at``, ``lead``, ``hours`` of the rows scored and their log score, ``log`` [nats].
    """

    shares: Shares
    scores: tuple[BandScore, ...]
    rows: pl.DataFrame


def prove(
    folds: Sequence[Fold], rows: pl.DataFrame, anchor: Prediction, members: Sequence[HazardRules], seed: int
) -> Proof:
    """Grow a correction without each block of days and score it there.

    Args:
        folds: blocks of days, with the forecasters fitted without them.
        rows: snapshot rows with ``high`` [°F].
        anchor: S's distributions of the rows, each by a fit that did not see the row's day.
        members: how each hazard is grown.
        seed: seed of the draws of features.
    """
    thin = np.flatnonzero(is_scored(rows))
    rows, pmf = rows[thin], anchor.pmf[thin]
    sources = families(rows, SOURCE_SHARE)
    smaller = [replace(rule, pairs=rule.pairs // _FEWER) for rule in members]
    block = np.full(rows.height, -1)
    graded = np.zeros((len(GRADES), 2, rows.height))
    for number, fold in enumerate(folds):
        held, fits = np.flatnonzero(fold.holds_out(rows)), np.flatnonzero(fold.may_fit(rows))
        structural = fold.models[Structural.name]
        if held.size and fits.size and isinstance(structural, Structural):
            known = Prediction(pmf[fits], np.ones(fits.size, dtype=np.bool_), [""] * fits.size)
            grown = Correction.fit(rows[fits], known, structural.normals, sources, smaller, seed)
            graded[:, :, held] = grown.graded(rows[held], pmf[held], row_scores)
            block[held] = number
    scored = np.flatnonzero(block >= 0)
    rows, graded, block, pmf = rows[scored], graded[:, :, scored], block[scored], pmf[scored]
    said: dict[str, Scored] = {"model": _crossed(rows, graded, block)}
    said[Structural.name] = row_scores(rows, pmf)
    for name in REFERENCES:
        if name != Structural.name:
            other = out_of_fold(rows, folds, name)
            found = np.full((2, rows.height), np.nan)
            spoke = np.flatnonzero(other.available)
            found[:, spoke] = row_scores(rows[spoke], other.pmf[spoke])
            said[name] = found
    log = rows.select("station", "day", "at", "lead", "hours", pl.Series("log", said["model"][_LOG]))
    return Proof(Shares.fit(rows, graded[:, _LOG].T), band_scores(rows, said), log)


def is_scored(rows: pl.DataFrame) -> Booleans:
    """Whether each row is among the one in three that are scored, shape (n,).

    Its day and hour alone decide, so that a city model and the global one, which have different rows, are scored on the
    same of those that both have.
    """
    place = pl.col("day").to_physical() + pl.col("hours").floor().cast(pl.Int32)
    found: Booleans = rows.select(place % THIN == 0).to_series().to_numpy()
    return found


def _crossed(rows: pl.DataFrame, graded: Floats, block: NDArray[np.int64]) -> Floats:
    """Scores of each row under the shares chosen on the other blocks, shape (2, n).

    A share between two grades is scored by interpolation between them.
    """
    found = np.empty((2, rows.height))
    for number in np.unique(block):
        mine, others = np.flatnonzero(block == number), np.flatnonzero(block != number)
        shares = Shares.fit(rows[others], graded[:, _LOG][:, others].T) if others.size else Shares.whole()
        place = shares.at(rows[mine]) * (len(GRADES) - 1)
        lower = np.minimum(place.astype(np.intp), len(GRADES) - 2)
        above = place - lower
        for which in range(2):
            low, high = graded[lower, which, mine], graded[lower + 1, which, mine]
            found[which, mine] = (1.0 - above) * low + above * high
    return found
