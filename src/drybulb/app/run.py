"""A finished run: what a desk did, counted from its journal, as the document ``backtest/1``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from drybulb.app.listings import NOT_ASKED
from drybulb.app.run_html import run_html
from drybulb.app.tally import Tallies, Tally
from drybulb.engine.fills import Fills
from drybulb.strategy.decision_clock import DecisionClock


@dataclass(frozen=True, slots=True)
class Run:
    """A finished run.

    Attributes:
        folder: where run.json, journal.jsonl and equity.csv are.
        window: first and last event day.
        policy: name of the policy.
        fills: what the simulated exchange granted.
        decide_at: the only clocks it was asked at; none where it was asked at any time.
        tallies: counts and gains.
        refused: events not replayed, by city and reason.
        assumptions: how fills were granted, and the settings in words.
        notes: what a reader must know.
        digest: SHA-256 of the journal.
        seed: of the run.
        bankroll: what it began with [dollars].
        challengers: folders of those that ran beside it, by name.
    """

    folder: Path
    window: tuple[date, date]
    policy: str
    fills: Fills
    decide_at: tuple[DecisionClock, ...]
    tallies: Tallies
    refused: dict[str, Counter[str]]
    assumptions: tuple[str, ...]
    notes: tuple[str, ...]
    digest: str
    seed: int
    bankroll: int
    challengers: Mapping[str, Path] = field(default_factory=dict)

    def _repr_html_(self) -> str:
        """What a notebook shows: results by city and lead with intervals, and what was assumed."""
        return run_html(self.to_json())

    @property
    def has_refusals(self) -> bool:
        """Whether an event that was asked for could not be replayed."""
        return any(reason != NOT_ASKED for reasons in self.refused.values() for reason in reasons)

    def to_json(self) -> dict[str, Any]:
        """Return the document ``backtest/1``."""
        return {
            "schema": "backtest/1",
            "run": str(self.folder),
            "window": [day.isoformat() for day in self.window],
            "policy": self.policy,
            "fills": str(self.fills),
            "bankroll_usd": self.bankroll,
            "decide_at": [str(clock) for clock in self.decide_at],
            "cities": {
                key: {**self._part(part, self.refused[key]), "by_lead": self._leads(self.tallies.city_leads(key))}
                for key, part in self.tallies.cities.items()
            },
            "total": self._part(self.tallies.total, sum(self.refused.values(), Counter())),
            "by_lead": self._leads(self.tallies.by_lead),
            "assumptions": list(self.assumptions),
            "notes": list(self.notes),
            "not_traded": dict(sorted(self.tallies.total.refusals.items())),
            "challengers": {name: str(folder) for name, folder in self.challengers.items()},
            "digest": self.digest,
        }

    def _leads(self, parts: Mapping[int, Tally]) -> dict[str, Any]:
        return {str(lead): part.to_json(self.seed) for lead, part in sorted(parts.items())}

    def _part(self, part: Tally, refused: Counter[str]) -> dict[str, Any]:
        return {
            "events": part.events,
            "refused": dict(sorted(refused.items())),
            "beliefs": dict(sorted(part.beliefs.items())),
            **part.to_json(self.seed),
        }
