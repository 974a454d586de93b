"""Defects of what the limits leave of legs that were sized together."""

from __future__ import annotations

from drybulb.strategy.judged import Judge
from tests.laws import test_law26_better as law
from tests.laws.mutants import Mutant


def anything(judge: Judge, counts: tuple[int, ...]) -> bool:
    """Whatever is left is taken for better than nothing."""
    return True


MUTANTS = [
    Mutant(
        law=law.test_what_is_sent_is_better_than_nothing,
        target="drybulb.strategy.judged.Judge.__call__",
        replacement=anything,
        defect="What the limits leave of legs sized together is sent whatever it is worth.",
    ),
]
