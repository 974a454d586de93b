"""Hybrids that let the wrong one speak, that do not say who did, or that change their mind at midnight."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from drybulb.forecast import hybrid
from drybulb.forecast.hybrid import Hybrid, Rows, Speaker
from drybulb.forecast.model import Floats, column
from tests.laws import test_law18_hybrid as law
from tests.laws.mutants import Mutant

_choose, _take = Hybrid._choose, hybrid._Said.take


def _every_day_is_the_events(rows: pl.DataFrame, name: str) -> Floats:
    found = column(rows, name)
    return {"lead": np.zeros_like(found), "hours": found % 24.0}.get(name, found)


def _read_or_not(rows: pl.DataFrame, name: str) -> Floats:
    found = column(rows, name)
    return np.nan_to_num(found) if name.endswith("last_temp_age") else found


def _fallbacks_unsaid(self: Hybrid, rows: pl.DataFrame, whole: hybrid._Said, own: hybrid._Said) -> hybrid._Said:
    found = _choose(self, rows, whole, own)
    found.source[:] = ["city" if source.startswith("fallback") else source for source in found.source]
    return found


def _the_reason_of_who_speaks(self: Hybrid, rows: pl.DataFrame, whole: hybrid._Said, own: hybrid._Said) -> hybrid._Said:
    found = _choose(self, rows, whole, own)
    found.reason[:] = [reason.rpartition("; ")[2] for reason in found.reason]
    return found


def _nobody_is_somebody(self: Hybrid, rows: pl.DataFrame, whole: hybrid._Said, own: hybrid._Said) -> hybrid._Said:
    found = _choose(self, rows, whole, own)
    found.speaks[:] = True
    return found


def _other_way_round(self: Hybrid, rows: pl.DataFrame, whole: NDArray[np.bool_]) -> Floats:
    return np.where(whole, np.clip(column(rows, "hours") / self.blend_hours, 0.0, 1.0), 0.0)


def _at_once(_self: Hybrid, rows: pl.DataFrame, _whole: NDArray[np.bool_]) -> Floats:
    return np.zeros(rows.height)


def _heard_or_not(self: Hybrid, rows: pl.DataFrame, _whole: NDArray[np.bool_]) -> Floats:
    return np.clip(1.0 - column(rows, "hours") / self.blend_hours, 0.0, 1.0)


def _never_unseen(self: hybrid._Said, where: Rows, rows: pl.DataFrame, speaker: Speaker, source: str) -> None:
    _take(self, where, rows, replace(speaker, stations=frozenset(rows["station"])), source)


def _card_unread(_self: Hybrid, rows: pl.DataFrame) -> NDArray[np.bool_]:
    return np.zeros(rows.height, dtype=np.bool_)


def _card_unquoted(self: Hybrid, rows: pl.DataFrame, whole: hybrid._Said, own: hybrid._Said) -> hybrid._Said:
    found = _choose(self, rows, whole, own)
    for row in np.flatnonzero(self._yields(rows) & whole.speaks):
        found.reason[row] = whole.reason[row]
    return found


def _pooled_is_a_fallback(self: Hybrid, rows: pl.DataFrame, whole: hybrid._Said, own: hybrid._Said) -> hybrid._Said:
    found = _choose(self, rows, whole, own)
    today = self._yields(rows) & whole.speaks
    found.source[:] = [
        "fallback:city model silent" if at else said for at, said in zip(today, found.source, strict=True)
    ]
    return found


MUTANTS = [
    Mutant(
        law=law.test_the_right_one_speaks_with_the_right_share,
        target="drybulb.forecast.hybrid.Hybrid._yields",
        replacement=_card_unread,
        defect="the city model speaks though its card says that the global one is better",
    ),
    Mutant(
        law=law.test_every_belief_says_who_and_why,
        target="drybulb.forecast.hybrid.Hybrid._choose",
        replacement=_card_unquoted,
        defect="nobody learns why the city model does not speak on its own day",
    ),
    Mutant(
        law=law.test_every_belief_says_who_and_why,
        target="drybulb.forecast.hybrid.Hybrid._choose",
        replacement=_pooled_is_a_fallback,
        defect="the global model, chosen by the card, goes by the name of a fallback",
    ),
    Mutant(
        law=law.test_the_right_one_speaks_with_the_right_share,
        target="drybulb.forecast.hybrid.column",
        replacement=_every_day_is_the_events,
        defect="the city model speaks on the day before, too",
    ),
    Mutant(
        law=law.test_the_right_one_speaks_with_the_right_share,
        target="drybulb.forecast.hybrid.column",
        replacement=_read_or_not,
        defect="the city model speaks where nothing was read",
    ),
    Mutant(
        law=law.test_the_right_one_speaks_with_the_right_share,
        target="drybulb.forecast.hybrid.Hybrid._share",
        replacement=_heard_or_not,
        defect="a silent global model has its share all the same, so that the belief does not sum to 1",
    ),
    Mutant(
        law=law.test_the_right_one_speaks_with_the_right_share,
        target="drybulb.forecast.hybrid.Hybrid._choose",
        replacement=_nobody_is_somebody,
        defect="where nobody speaks a belief of nothing is available",
    ),
    Mutant(
        law=law.test_every_belief_says_who_and_why,
        target="drybulb.forecast.hybrid.Hybrid._choose",
        replacement=_fallbacks_unsaid,
        defect="what the next in line says goes by the name of the city model",
    ),
    Mutant(
        law=law.test_every_belief_says_who_and_why,
        target="drybulb.forecast.hybrid.Hybrid._choose",
        replacement=_the_reason_of_who_speaks,
        defect="only the last of two reasons is given",
    ),
    Mutant(
        law=law.test_every_belief_says_who_and_why,
        target="drybulb.forecast.hybrid._Said.take",
        replacement=_never_unseen,
        defect="a station that nobody trained on is not marked",
    ),
    Mutant(
        law=law.test_no_distribution_jumps_at_the_switch,
        target="drybulb.forecast.hybrid.Hybrid._share",
        replacement=_other_way_round,
        defect="the global model's share rises from 0 to 1 in the hours after midnight",
    ),
    Mutant(
        law=law.test_no_distribution_jumps_at_the_switch,
        target="drybulb.forecast.hybrid.Hybrid._share",
        replacement=_at_once,
        defect="at midnight the city model takes over at once",
    ),
]
