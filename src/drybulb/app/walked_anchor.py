"""A tape as the policy `anchored` sees it: the belief pooled with the market at the weight in force at each ladder."""

from __future__ import annotations

from datetime import timedelta

import numpy as np

from drybulb.domain.city import City
from drybulb.research.pooled import pooled
from drybulb.research.tape import Tape, instant_of
from drybulb.strategy.anchor import AnchorRules
from drybulb.strategy.anchor_weights import Weights, phase_at


def anchored_tape(tape: Tape, rules: AnchorRules, weights: Weights, city: City) -> Tape:
    """Return the tape with the pool in the place of the belief; nobody speaks where no weight is in force, or it is 0.

    Args:
        tape: of one city.
        rules: when a ladder speaks for the market.
        weights: by phase and city, dated: a ladder has the newest known when it was.
        city: the city.
    """
    found = np.zeros(len(tape.lead), np.float64)
    offset = timedelta(hours=city.standard_offset_hours)
    for ladder in np.flatnonzero(tape.lead >= 0).tolist():
        now = instant_of(int(tape.known_at[ladder]))
        weight = weights.in_force(phase_at(int(tape.lead[ladder]), (now + offset).hour), city.key, now)
        found[ladder] = 0.0 if weight is None else weight.weight
    return pooled(tape, rules, found)
