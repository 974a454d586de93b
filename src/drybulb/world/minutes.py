"""One-minute temperatures beneath the five-minute means of a path."""

from __future__ import annotations

import numpy as np

from drybulb.world.clock import Floats

PER_MEAN = 5
"""Minutes in a five-minute mean."""

_NOISE = 0.15  # standard deviation of a minute about the smooth path [°F]


def minutes(path: Floats, rng: np.random.Generator) -> Floats:
    """Draw a temperature for each minute, so that the mean of each five is the path's: (days, 1440) [°F].

    Nothing that is published depends on them: it is all made of the five-minute means.

    Args:
        path: (days, 288) five-minute means of consecutive days [°F].
        rng: draws the noise of the minutes.
    """
    means = path.reshape(-1)
    middles = np.arange(means.size) * PER_MEAN + (PER_MEAN - 1) / 2.0
    smooth = np.interp(np.arange(means.size * PER_MEAN), middles, means)
    drawn = (smooth + rng.normal(0.0, _NOISE, smooth.size)).reshape(-1, PER_MEAN)
    drawn += (means - drawn.mean(axis=1))[:, None]
    return drawn.reshape(path.shape[0], -1)
