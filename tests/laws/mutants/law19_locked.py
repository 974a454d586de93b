"""Searches that learn from days kept for one look at the end."""

from __future__ import annotations

from typing import Any

from drybulb.app import locked_learning
from drybulb.app.train import Keep
from tests.laws import test_law19_locked as law
from tests.laws.mutants import Mutant

_without_locked = locked_learning.without_locked


def _everything(*_given: object) -> Keep:
    return lambda rows: rows


def _labels_alone(config: Any, cities: Any) -> Keep:
    """Leave out settlements and not official highs."""
    keep = _without_locked(config, cities)
    return lambda rows: rows if "station" in rows.columns else keep(rows)


def _says_nothing(*_given: object) -> None:
    """Never refuse."""


def _any_opening(*_given: object) -> bool:
    """Whatever was opened, of whatever days and cities, is enough."""
    return True


MUTANTS = [
    Mutant(
        law=law.test_no_trial_learns_from_a_locked_window_or_the_days_next_to_it,
        target="drybulb.app.tuned_ground.without_locked",
        replacement=_everything,
        defect="the days of a locked window train and are scored once it was opened",
    ),
    Mutant(
        law=law.test_no_trial_learns_from_a_locked_window_or_the_days_next_to_it,
        target="drybulb.app.tuned_ground.without_locked",
        replacement=_labels_alone,
        defect="settlements of a locked window are left out, and its official highs are not",
    ),
    Mutant(
        law=law.test_no_trial_learns_from_a_locked_window_or_the_days_next_to_it,
        target="drybulb.app.locked_learning.GUARD_DAYS",
        replacement=0,
        defect="the days next to a locked window, which share its weather, are learnt from",
    ),
    Mutant(
        law=law.test_nothing_is_learnt_after_a_locked_window_that_was_never_opened,
        target="drybulb.app.tuned_ground.refuse_learning",
        replacement=_says_nothing,
        defect="a study goes on after a locked window that nobody has opened",
    ),
    Mutant(
        law=law.test_nothing_is_learnt_after_a_locked_window_that_was_never_opened,
        target="drybulb.app.openings.Opening.is_of_all",
        replacement=_any_opening,
        defect="an opening of one day, or of another city, lets a study go on after the window",
    ),
]
