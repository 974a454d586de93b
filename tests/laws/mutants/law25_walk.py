"""Defects of a walk: ways to choose for a window what only shows in it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

import polars as pl

from drybulb.adapters.lake import Lake
from drybulb.adapters.model_manifest import ModelManifest
from drybulb.adapters.registry import Registry
from drybulb.app.config import Config
from drybulb.app.known_lake import KnownLake
from drybulb.app.walked_windows import Window
from drybulb.forecast.training import NAME
from tests.laws import test_law25_walk as law
from tests.laws.mutants import Mutant

_DAY = timedelta(days=1)


class PaidBefore(KnownLake):
    """Takes a payout for known when its event day is over: the days asked about lie before the window."""

    def read(
        self,
        table: str,
        keys: Iterable[str] | None = None,
        start: date | None = None,
        end: date | None = None,
        columns: list[str] | None = None,
    ) -> pl.DataFrame:
        """Rows known before, but of settlements all."""
        if table == "settlements":
            return self._lake.read(table, keys, start, end, columns)
        return super().read(table, keys, start, end, columns)


def whole(lake: Lake, before: datetime) -> Lake:
    """Read the lake as it is."""
    return lake


def with_its_own(self: Window, days: int) -> tuple[date, date]:
    """Select on the window's own days too."""
    return self.start - days * _DAY, self.end


def newest_of_all(lake: Lake, config: Config, window: Window) -> ModelManifest:
    """Serve the newest model there is."""
    return Registry(lake.path).stock(NAME).manifests[-1]


MUTANTS = [
    Mutant(
        law.test_what_is_chosen_for_a_window_knows_nothing_of_it,
        "drybulb.app.walked_select.KnownLake",
        PaidBefore,
        "settlements are joined by event day, not by when they were known",
    ),
    Mutant(
        law.test_a_choice_sees_the_days_whose_payout_was_known_before_its_window,
        "drybulb.app.walked_select.KnownLake",
        whole,
        "the selection reads the lake as it is now",
    ),
    Mutant(
        law.test_a_choice_sees_the_days_whose_payout_was_known_before_its_window,
        "drybulb.app.walked_windows.Window.selection",
        with_its_own,
        "the selection has the days of the window itself",
    ),
    Mutant(
        law.test_the_models_of_a_window_know_nothing_of_it,
        "drybulb.app.walked_models.served",
        newest_of_all,
        "a window is served by the newest model, which learnt from it",
    ),
]
