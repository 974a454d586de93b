"""Two protocols beside each other: deciding at any time, and twice an event."""

from __future__ import annotations

import numpy as np

from drybulb.app.results.evidence import PolicyRun
from drybulb.app.tally import REPLICATES, usd
from drybulb.verification import day_bootstrap

_LEVEL = 0.90


def difference(often: PolicyRun, twice: PolicyRun, seed: int) -> tuple[float, float, float] | None:
    """Return how much more an event day brought on average, and the ends of its 90 % interval [dollars].

    Args:
        often: the run of a policy that decided at any time.
        twice: the same policy's that decided twice an event, on the same event days.
        seed: of the bootstrap.

    Returns:
        None where nothing was filled in either, or there are not two days.
    """
    days = sorted(often.gains.keys() & twice.gains.keys())
    values = np.array([usd(often.gains[day] - twice.gains[day]) for day in days])
    if len(days) < 2 or not values.any():
        return None
    found = day_bootstrap([day.toordinal() for day in days], values, seed, replicates=REPLICATES, level=_LEVEL)
    return float(found.mean), float(found.low), float(found.high)
