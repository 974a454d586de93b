"""What is asked of a walk: days, cities, windows, and how thresholds are selected."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from drybulb.app import wiring
from drybulb.app.config import Config
from drybulb.app.desks import check_cities
from drybulb.app.locked import asked
from drybulb.app.swept_sets import check_names
from drybulb.app.walked_choice import Selection
from drybulb.app.walked_models import Models
from drybulb.app.walked_windows import Step
from drybulb.engine.fills import Fills
from drybulb.errors import ConfigError


@dataclass(frozen=True, slots=True)
class Walk:
    """What is asked.

    Attributes:
        start: first event day that is traded.
        end: last event day, inclusive.
        cities: keys of the cities, sorted.
        step: length of a window.
        selection: how thresholds are chosen.
        models: where the models of a window come from.
    """

    start: date
    end: date
    cities: tuple[str, ...]
    step: Step
    selection: Selection
    models: Models = Models.REUSE

    @property
    def command(self) -> str:
        """The question as its openings name it."""
        chosen = self.selection
        return asked(
            "walkforward",
            start=self.start.isoformat(),
            end=self.end.isoformat(),
            window=self.step.text,
            select_days=str(chosen.days),
            min_edge=[f"{edge:g}" for edge in sorted(chosen.min_edges)],
            policy=chosen.policy,
            fills=str(chosen.fills),
            unproven=str(chosen.unproven),
            models=str(self.models),
            settle_by_official=chosen.by_official or None,
        )

    def check(self, config: Config) -> None:
        """Refuse what cannot be walked.

        Raises:
            ConfigError: a city that is not configured, a policy without thresholds, fills nobody could have, no day to
                select on, or thresholds that cannot be tried.
        """
        check_cities(self.cities, config.cities())
        chosen = self.selection
        if chosen.policy != wiring.ANCHORED and chosen.policy not in wiring.FORECASTERS:
            known = ", ".join((wiring.ANCHORED, *wiring.FORECASTERS))
            raise ConfigError(f"policy {chosen.policy!r} has no thresholds to select; give one of {known}")
        if chosen.fills is Fills.NAIVE:
            raise ConfigError("fills naive: nobody can trade so, and what it likes best is worth nothing; use taker")
        if chosen.days < 1:
            raise ConfigError(f"select-days is {chosen.days}; look at 1 event day at least")
        edges = chosen.min_edges
        if not edges or len(set(edges)) < len(edges) or not all(0.0 <= edge < 100.0 for edge in edges):
            raise ConfigError(f"min-edge has {list(edges)}; give numbers of cents from 0 to below 100, each once")
        check_names("min-edge", edges)
