"""The other studies of a model in the lake: what was tried there counts, though not on the same days."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from drybulb.adapters.trial_log import TUNED, TrialLog
from drybulb.errors import TuningError


@dataclass(frozen=True, slots=True)
class Others:
    """What was tried in other studies.

    Attributes:
        spreads: standard deviation of the gain of each trial of the model there, the defaults left out [nats].
        skipped: names of the studies of the lake that cannot be read, of whatever model.
    """

    spreads: tuple[float, ...] = ()
    skipped: tuple[str, ...] = ()


def others_of(lake: Path, model: str, study: str) -> Others:
    """Look through the studies of a lake; one that is broken is named and stops nobody.

    Args:
        lake: the lake's folder.
        model: name of the model.
        study: name of the study that is not another.
    """
    spreads: list[float] = []
    skipped: list[str] = []
    for file in sorted((lake / "registry" / TUNED).glob("*/study.json")):
        name = file.parent.name
        if name == study:
            continue
        try:
            if json.loads(file.read_text(encoding="utf-8"))["model"] == model:
                spreads += [float(row["gain"]["sd"]) for row in TrialLog(lake, name).rows()[1:]]
        except (OSError, ValueError, KeyError, TypeError, TuningError):
            # Not swallowed: its name is in the result, beside the number that it is missing from.
            skipped.append(name)
    return Others(tuple(spreads), tuple(skipped))
