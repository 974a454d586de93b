"""Watches that stop whom they please: odds the wrong way round, a share chosen afterwards, bets that overlap."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from drybulb.app.watch_events import WatchedEvent
from drybulb.verification import evalue
from tests.laws import test_law20_watch as law
from tests.laws.mutants import Mutant

Floats = NDArray[np.float64]

_log_factors = evalue.log_factors


def _inverted(believed: ArrayLike, rival: ArrayLike, *, share: float = 0.5) -> Floats:
    return _log_factors(rival, believed, share=share)


def _share_afterwards(believed: ArrayLike, rival: ArrayLike, *, share: float = 0.5) -> Floats:
    return np.maximum(_log_factors(believed, rival, share=share), _log_factors(believed, rival, share=0.01))


def _stake_on_top(believed: ArrayLike, rival: ArrayLike, *, share: float = 0.5) -> Floats:
    factors: Floats = np.log1p(share * np.asarray(rival) / np.maximum(np.asarray(believed), evalue.FLOOR))
    return factors


def _all_free(events: Sequence[WatchedEvent]) -> Iterator[bool]:
    return (True for _ in events)


MUTANTS = [
    Mutant(
        law=law.test_a_calibrated_belief_is_stopped_in_at_most_one_world_of_level,
        target="drybulb.verification.evalue.log_factors",
        replacement=_inverted,
        defect="the ratio is inverted: the belief bets against the market",
    ),
    Mutant(
        law=law.test_a_calibrated_belief_is_stopped_in_at_most_one_world_of_level,
        target="drybulb.verification.evalue.log_factors",
        replacement=_share_afterwards,
        defect="how much was bet is chosen when the outcome is known",
    ),
    Mutant(
        law=law.test_a_calibrated_belief_is_stopped_in_at_most_one_world_of_level,
        target="drybulb.verification.evalue.log_factors",
        replacement=_stake_on_top,
        defect="the stake is not taken off what the rival has",
    ),
    Mutant(
        law=law.test_a_belief_that_knows_less_than_the_market_is_stopped,
        target="drybulb.verification.evalue.log_factors",
        replacement=_inverted,
        defect="the ratio is inverted, so that who knows less is never found out",
    ),
    Mutant(
        law=law.test_bets_do_not_overlap,
        target="drybulb.app.watch_bets._is_free",
        replacement=_all_free,
        defect="an event is bet on before the outcome of the last is known",
    ),
]
