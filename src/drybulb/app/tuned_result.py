"""What `drybulb tune` found, and whether it is more than luck."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np

from drybulb.app.tuned_chance import Luck
from drybulb.app.tuned_others import Others
from drybulb.app.tuned_space import block_of
from drybulb.app.tuned_study import CALENDAR, KEPT
from drybulb.forecast.training_card import instant_text

Row = dict[str, Any]

_PLACES = 6


def luck_of(trials: Sequence[Row], others: Others, seed: int) -> Luck:
    """What the best of all trials gains by luck alone.

    Trials of this study share their days and are resampled together. Those of other studies were scored on other rows:
    where there are any, luck is at least that of as many independent gains as there are trials in all, of the greatest
    standard deviation among them.

    Args:
        trials: what is kept of each, the defaults first.
        others: the other studies of the model.
        seed: of the bootstrap.
    """
    gains = np.array([row[KEPT] for row in trials[1:]], dtype=np.float64)
    found = Luck.joint(gains, np.array(trials[0][CALENDAR]["events"], dtype=np.float64), seed)
    if not others.spreads:
        return found
    spreads = [*others.spreads, *(float(row["gain"]["sd"]) for row in trials[1:])]
    return found.or_more(Luck.independent(len(spreads), max(spreads)))


@dataclass(frozen=True, slots=True)
class TuneResult:
    """What was tried, and what came of it.

    Attributes:
        model: name of the model.
        study: name of the study.
        file: where every configuration tried is kept.
        until: nothing known later was used [UTC].
        blocks: blocks of days in which the model has events, and blocks there are.
        trials: what is kept of each, the defaults first.
        others: what was tried of the model in other studies of this lake.
        luck: what the best of all trials gains by luck alone.
    """

    model: str
    study: str
    file: str
    until: datetime
    blocks: tuple[int, int]
    trials: tuple[Row, ...]
    others: Others
    luck: Luck

    @property
    def best(self) -> Row:
        """The configuration with the lowest score; of equals the first."""
        return min(self.trials, key=lambda row: float(row["score"]))

    @property
    def tried(self) -> int:
        """Configurations tried in all studies of the model in this lake, the defaults left out."""
        return len(self.trials) - 1 + len(self.others.spreads)

    @property
    def is_clear(self) -> bool:
        """Whether the best gains more than the best by luck alone does in nineteen cases of twenty."""
        return bool(self.best["number"] and self.best["gain"]["mean"] > self.luck.bar)

    @property
    def sentence(self) -> str:
        """What to make of it."""
        best, gain = self.best, self.best["gain"]
        if best["number"] == 0:
            count = len(self.trials) - 1
            return f"No trial of this study scored better than the defaults ({count} tried): leave them."
        said = f"trial {best['number']} gains {gain['mean']:+.4f} nats ({gain['low']:+.4f} … {gain['high']:+.4f})"
        luck = (
            f"by luck alone the best of {self.tried} gains {self.luck.mean:+.4f} on average,"
            f" and more than {self.luck.bar:+.4f} in one case of twenty"
        )
        if self.is_clear:
            return f"{said}; {luck}. It is worth a test on days that nobody has looked at."
        return f"{said}; {luck}. That is no evidence: leave the defaults."

    def notes(self) -> Iterator[str]:
        """What a reader of the numbers has to know."""
        held, blocks = self.blocks
        if held < blocks:
            yield (
                f"the events lie in {held} of {blocks} blocks of days:"
                f" each is scored under trees that were grown on {held - 1} of {held}"
            )
        if count := len(self.others.spreads):
            yield (
                f"{count} trials of other studies of {self.model} cannot be resampled with these: luck is taken to be"
                f" no less than that of {self.tried} independent gains of the greatest standard deviation among all"
            )
        if self.others.skipped:
            yield f"studies that cannot be read, so that more may have been tried: {', '.join(self.others.skipped)}"

    def to_json(self) -> Row:
        """The document of schema ``tune/1``."""
        best = self.best
        return {
            "schema": "tune/1",
            "model": self.model,
            "study": self.study,
            "file": self.file,
            "until": instant_text(self.until),
            "events": sum(self.trials[0][CALENDAR]["events"]),
            "blocks": {"with_events": self.blocks[0], "all": self.blocks[1]},
            "tried": self.tried,
            "tried_elsewhere": len(self.others.spreads),
            "trials": [_shown(row) for row in self.trials],
            "best": best["number"],
            "expected_best": round(self.luck.mean, _PLACES),
            "bar": round(self.luck.bar, _PLACES),
            "clear": self.is_clear,
            "proposed": None if best["number"] == 0 else block_of(self.model, best["settings"]),
            "found": self.sentence,
            "notes": list(self.notes()),
        }


def _shown(row: Row) -> Row:
    gain = {name: round(value, _PLACES) for name, value in row["gain"].items()}
    named = {name: row[name] for name in ("number", "settings", "seconds")}
    return {**named, "score": round(row["score"], _PLACES), "gain": gain}
