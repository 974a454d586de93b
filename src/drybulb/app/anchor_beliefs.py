"""Beliefs about years of events, each from the newest models that could have spoken then."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

import polars as pl

from drybulb.adapters.lake import Lake
from drybulb.adapters.registry import Registry
from drybulb.app.config import Config
from drybulb.app.forecaster import Forecaster
from drybulb.app.locked import models_of, settings_digest
from drybulb.domain.distribution import Belief
from drybulb.errors import ModelError
from drybulb.forecast.training import NAME

TOO_EARLY = "no stored model could speak yet"
TOO_LATE = "the newest stored model of the time is out of date"


@dataclass(frozen=True, slots=True)
class Eras:
    """Every training stored in a lake, each asked from the instant it could speak until the next one could.

    Attributes:
        lake: the tables and the stored models.
        config: the configuration.
        starts: when each could speak first, in order [UTC].
        untils: what each was trained until, likewise [UTC].
    """

    lake: Lake
    config: Config
    starts: tuple[datetime, ...]
    untils: tuple[datetime, ...]

    @classmethod
    def stored(cls, lake: Lake, config: Config) -> Eras:
        """Find the trainings stored in a lake.

        Raises:
            ModelError: there is none.
        """
        # Of two trainings with the same newest knowledge the one until later is asked: `Registry.newest` says so too.
        found = {manifest.last_known_at: manifest.until for manifest in Registry(lake.path).stock(NAME).manifests}
        if not found:
            raise ModelError(f"{lake.path}: no model stored; run `drybulb train` once for each year of the window")
        return cls(lake, config, tuple(sorted(found)), tuple(found[start] for start in sorted(found)))

    def beliefs(self, requests: pl.DataFrame, source: str) -> list[Belief]:
        """Return beliefs, one a request and in their order; a belief of none where no model could speak.

        Args:
            requests: ``city``, ``day``, ``at`` [UTC].
            source: name of the forecaster.

        Raises:
            ModelError: an unknown name, or a stored model that cannot be read.
        """
        oldest = timedelta(days=self.config.training.max_model_age_days)
        asked: dict[int, list[int]] = {}
        made: list[Belief] = []
        for row, (city, day, at) in enumerate(requests.select("city", "day", "at").iter_rows()):
            era = bisect_right(self.starts, at) - 1
            reason = TOO_EARLY if era < 0 else TOO_LATE if at > self.untils[era] + oldest else ""
            made.append(Belief(city, day, at, None, "none", reason or TOO_EARLY))
            if not reason:
                asked.setdefault(era, []).append(row)
        for era, rows in sorted(asked.items()):
            for row, belief in zip(rows, self._asked(era, requests[rows], source), strict=True):
                made[row] = belief
        return made

    def models(self, first: date, last: date) -> dict[str, str]:
        """Ids of the models that may speak about event days, by when they were trained until and by name.

        Args:
            first: first event day.
            last: last event day, inclusive.

        Raises:
            ModelError: a stored model that cannot be read.
        """
        day = timedelta(days=1)
        begin = datetime.combine(first, time(), UTC) - day  # an event begins on the day before, local standard time
        end = datetime.combine(last, time(), UTC) + 2 * day
        oldest = timedelta(days=self.config.training.max_model_age_days)
        found = {"settings": settings_digest(self.config)}
        for start, until, stop in zip(self.starts, self.untils, (*self.starts[1:], end), strict=True):
            if start < end and begin < min(stop, until + oldest):
                asked = models_of(Forecaster.load(self.lake, self.config, start))
                found |= {f"{until:%Y-%m-%dT%H:%MZ} {name}": model for name, model in asked.items()}
        return found

    def _asked(self, era: int, requests: pl.DataFrame, source: str) -> list[Belief]:
        """Ask the models of one training, which is named where it cannot answer."""
        try:
            return Forecaster.load(self.lake, self.config, self.starts[era]).beliefs(requests, source)
        except ModelError as error:
            raise ModelError(f"training until {self.untils[era].isoformat()}: {error}") from error
