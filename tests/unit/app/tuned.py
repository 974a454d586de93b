"""A study of a made-up objective, for tests of the search and of what is kept of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from math import log
from pathlib import Path

import numpy as np
import polars as pl

from drybulb.adapters.trial_log import TrialLog
from drybulb.app.config import load
from drybulb.app.tune import Search
from drybulb.forecast.hazard import HazardRules

CITY = load().hazards.members().city
NOTED = {"seed": 7, "lake": "abc", "until": "2024-01-01T12:00:00+00:00"}
ABOUT = {"model": "city-miami", **NOTED}
DAYS = [date(2024, 1, 1) + timedelta(days=n) for n in range(40)]


def score(members: Sequence[HazardRules], penalty: float = 0.0) -> pl.DataFrame:
    """Best at twenty trees of H1, however the others are set; days differ, and react differently."""
    far = log(members[1].trees / 20.0)
    noise = np.random.default_rng(1).normal(size=len(DAYS))
    scores = 1.0 + noise + 0.1 * far**2 * (1.0 + 0.1 * noise) + penalty
    return pl.DataFrame({"station": "KMIA", "day": DAYS, "log": scores})


def study(lake: Path, name: str = "city-miami") -> Search:
    """A study of that name, begun; it scores :func:`score`."""
    log_ = TrialLog(lake, name)
    log_.begin(ABOUT)
    return Search(log_, score, CITY, NOTED)
