"""What came of a walk: what each window was traded by, what it gained, and what all of them are worth."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from drybulb.app.openings import Opened
from drybulb.app.tally import Tally, per_day, usd
from drybulb.app.tried import Gains, Tried
from drybulb.app.walk import Walk
from drybulb.app.walked_gains import added
from drybulb.errors import ReportError

#: What traded by the thresholds that were selected, and what by those in force.
CHOSEN, CONFIGURED = "chosen", "configured"
#: File of the whole result, in the folder of the walk.
FILE = "walkforward.json"

TRADED, NOT_OPENED = "traded", "not opened"
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class WalkResult:
    """A walk that went to its end.

    Attributes:
        walk: what was asked.
        windows: what was kept of each window.
        openings: of days of this walk as the last window of a walk, this one or another.
        opened: locked windows that were opened for it.
        beside: gains by event day of other walks over the same windows, by name [dollars].
        seed: of the bootstraps.
        folder: where windows and runs are.
    """

    walk: Walk
    windows: tuple[Row, ...]
    openings: tuple[Row, ...]
    opened: tuple[Opened, ...]
    beside: tuple[tuple[str, Gains], ...]
    seed: int
    folder: Path

    def to_json(self) -> dict[str, Any]:
        """Return the document ``walkforward/1``."""
        selection = self.walk.selection
        chosen, configured = (self._whole(name) for name in (CHOSEN, CONFIGURED))
        return {
            "schema": "walkforward/1",
            "window": [self.walk.start.isoformat(), self.walk.end.isoformat()],
            "step": self.walk.step.text,
            "cities": list(self.walk.cities),
            "policy": selection.policy,
            "fills": str(selection.fills),
            "select_days": selection.days,
            "min_edge_cents": sorted(selection.min_edges),
            "unproven": str(selection.unproven),
            "models": str(self.walk.models),
            "windows": [self._window(row) for row in self.windows],
            CHOSEN: self._part(chosen),
            CONFIGURED: self._part(configured),
            "less_configured": per_day(_less(chosen, configured), self.seed),
            "by_city": {city: self._city(city) for city in self.walk.cities},
            "gains": {day.isoformat(): usd(chosen.gains[day]) for day in sorted(chosen.gains)},
            "tried": self._luck(chosen, configured),
            "openings": list(self.openings),
            "notes": list(self._notes()),
            "out": str(self.folder),
        }

    def _traded(self) -> list[Row]:
        return [row for row in self.windows if row["status"] == TRADED]

    def _whole(self, name: str, city: str | None = None) -> Tally:
        """The tally of all windows that were traded, of a city or in total."""
        rows = (row[name] for row in self._traded())
        return added(row["total"] if city is None else row["cities"][city] for row in rows)

    def _part(self, tally: Tally) -> Row:
        return {"events": tally.events, **tally.to_json(self.seed)}

    def _window(self, row: Row) -> Row:
        """A window as the document has it."""
        about = {name: row[name] for name in ("number", "window", "opens_at", "status", "why")}
        if row["status"] != TRADED:
            return {**about, "models": {}, "selection": None, CHOSEN: None, CONFIGURED: None}
        parts = {}
        for name in (CHOSEN, CONFIGURED):
            said = {key: row[name][key] for key in ("run", "halted_at")}
            parts[name] = {**said, **self._part(added([row[name]["total"]]))}
        return {**about, "models": row["models"], "selection": row["selection"], **parts}

    def _city(self, city: str) -> Row:
        chosen, configured = (self._whole(name, city) for name in (CHOSEN, CONFIGURED))
        return {
            CHOSEN: self._part(chosen),
            CONFIGURED: self._part(configured),
            "less_configured": per_day(_less(chosen, configured), self.seed),
            "screened": self._screened(city),
        }

    def _screened(self, city: str) -> Row | None:
        """What choosing the best set of all that were screened is by luck, over all days that were looked at."""
        gains: dict[str, dict[date, float]] = {}
        for row in self._traded():
            for name, days in row["screened"][city].items():
                gains.setdefault(name, {}).update((date.fromisoformat(day), gain) for day, gain in days.items())
        return Tried(tuple(gains), tuple(gains.values())).luck()

    def _luck(self, chosen: Tally, configured: Tally) -> Row | None:
        """What the gain of this walk is beside all that is known to have been tried on its windows."""
        known: dict[str, Gains] = {CHOSEN: _dollars(chosen), CONFIGURED: _dollars(configured)}
        if known[CHOSEN] == known[CONFIGURED]:
            del known[CONFIGURED]
        known |= dict(self.beside)
        return Tried(tuple(known), tuple(known.values())).luck(CHOSEN)

    def _notes(self) -> Iterator[str]:
        """What a reader must know."""
        rows = self._traded()
        for row in self.windows:
            if row["status"] == NOT_OPENED:
                which = "last window" if row is self.windows[-1] else "window"
                first, end = row["window"]
                yield f'the {which} ({first} … {end}) is not opened; --open-last "why" trades it, and is noted'
        silent = [row for row in self.windows if row["status"] == "no model"]
        if silent:
            yield f"{len(silent)} of {len(self.windows)} windows were not traded: {silent[0]['why']}"
        selected = [found for row in rows for found in row["selection"]["cities"].values() if found["is_selected"]]
        if rows and not selected:
            yield "in no window was a set clear of luck: the walk says nothing of selecting"
        if rows:
            yield "gains of the selection are the screen's, of a flat stake; they rank sets, and are no result"
        for row in rows:
            if row[CHOSEN]["halted_at"] is not None:
                first, at = row["window"][0], row[CHOSEN]["halted_at"]
                yield f"the window from {first} was halted on {at[:10]}, and traded nothing more"
        others = {one["question"] for one in self.openings if not one["is_this"]}
        if others:
            many = "s" * (len(others) != 1)
            yield f"days of this walk were opened as a last window by {len(others)} other question{many}; see openings"


def beside(folder: Path, walk: Walk) -> Iterator[tuple[str, Gains]]:
    """Yield name and gains of other walks over the same days, cities, windows and fills, whose folders lie beside.

    Args:
        folder: of the walk.
        walk: what is asked.

    Raises:
        ReportError: a result that cannot be read.
    """
    ground = (
        walk.start.isoformat(),
        walk.end.isoformat(),
        walk.step.text,
        list(walk.cities),
        str(walk.selection.fills),
    )
    for file in sorted(folder.parent.glob(f"*/{FILE}")):
        if file.parent.resolve() == folder.resolve():
            continue
        try:
            found = json.loads(file.read_text(encoding="utf-8"))
            theirs = (*found["window"], found["step"], found["cities"], found["fills"])
            gains = {date.fromisoformat(day): float(gain) for day, gain in found["gains"].items()}
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise ReportError(f"{file} cannot be read ({error!r}); remove its folder, or walk again") from error
        if theirs == ground:
            yield file.parent.name, gains


def _less(chosen: Tally, configured: Tally) -> dict[date, int]:
    return {day: gain - configured.gains[day] for day, gain in chosen.gains.items()}


def _dollars(part: Tally) -> dict[date, float]:
    return {day: usd(gain) for day, gain in part.gains.items()}
