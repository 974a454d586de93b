"""Planted defects: each is one small, plausible bug, and a law that must fail while it is in place.

A module ``law<NN>_<what>.py`` lists its defects in ``MUTANTS``; ``tests/laws/test_mutants.py`` plants each in turn and
expects the law to raise `AssertionError`. A law that lets its defect pass is no law.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Mutant:
    """One defect to plant.

    Attributes:
        law: the test function that must fail; it takes no arguments.
        target: dotted path of what is replaced, ``drybulb.room.module.attribute`` or ``...Class.attribute``. The code
            under the law must look it up there when called.
        replacement: what stands there instead.
        defect: the bug in one sentence.
    """

    law: Callable[[], None]
    target: str
    replacement: object
    defect: str
