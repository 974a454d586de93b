"""Paths of five-minute means: their clock, their noise, and how a pulse fades in them.

A path is (days, 288) from local standard midnight, or the same end to end.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.signal import lfilter

Floats = NDArray[np.float64]

PER_HOUR = 12
"""Five-minute means in an hour."""

STEPS = 24 * PER_HOUR
"""Five-minute means in a day."""


def hours_of_day() -> Floats:
    """Return the middle of each of a day's means [h from midnight]."""
    return (np.arange(STEPS) + 0.5) / PER_HOUR


def fading(pulses: Floats, memory: float, step: float = 1.0 / PER_HOUR) -> Floats:
    """Return what is left of all pulses so far, each fading to 1/e in ``memory`` [h]; a value every ``step`` [h]."""
    return np.asarray(lfilter([1.0], [1.0, -float(np.exp(-step / memory))], pulses), dtype=np.float64)


def wander(
    rng: np.random.Generator, count: int, deviation: float, memory: float, step: float = 1.0 / PER_HOUR
) -> Floats:
    """Draw normal noise of one standard deviation, whose correlation falls to 1/e in ``memory`` [h]."""
    shocks = rng.normal(0.0, deviation, count)
    shocks[1:] *= np.sqrt(1.0 - np.exp(-2.0 * step / memory))
    return fading(shocks, memory, step)
