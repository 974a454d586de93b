"""Beliefs while rows come in: the same as :meth:`drybulb.app.forecaster.Forecaster.beliefs`, without reading a table.

A :class:`~drybulb.frames.live.Watch` a city keeps what was learnt of it, so that a question costs the few rows it
touches and one prediction. Law 14 holds the two together.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime

import polars as pl

from drybulb.adapters.lake import Lake
from drybulb.app.config import Config
from drybulb.app.forecaster import Forecaster, read_tables, snapshot_rules
from drybulb.domain.distribution import Belief
from drybulb.errors import ConfigError
from drybulb.frames.live import Watch
from drybulb.frames.snapshot import SNAPSHOT_SCHEMA


@dataclass(frozen=True, slots=True)
class Server:
    """Fitted forecasters and cities under watch.

    Attributes:
        forecaster: the models; its lake is read once, when the server is made.
        watches: what is known of each city, by key.
    """

    forecaster: Forecaster
    watches: Mapping[str, Watch]

    @classmethod
    def load(cls, lake: Lake, config: Config, first: date | datetime, known_by: datetime | None = None) -> Server:
        """Load the models that may speak from an instant on, and learn what the lake holds of every city.

        Args:
            lake: the tables and the stored models.
            config: the configuration.
            first: the earliest instant that will be asked about, or the first event day, from whose D-1 on they speak.
            known_by: rows known later are left for :meth:`learn` [aware]; all are learnt when None.

        Raises:
            ModelError: there are no such models, or they are broken, too new or of another version.
        """
        forecaster = Forecaster.load(lake, config, first)
        rules = snapshot_rules(config)
        watches = {key: Watch(city, rules) for key, city in config.cities().items()}
        for watch in watches.values():
            read = read_tables(lake, watch.city, forecaster.first.date())
            for table in fields(read):
                rows: pl.DataFrame = getattr(read, table.name)
                watch.learn(table.name, rows if known_by is None else rows.filter(pl.col("known_at") <= known_by))
        return cls(forecaster, watches)

    def learn(self, table: str, rows: pl.DataFrame, cities: Iterable[str] | None = None) -> None:
        """Take rows of a table that snapshots read, in any order; each counts from its ``known_at`` on.

        Args:
            table: ``observations``, ``guidance``, ``official`` or ``markets``.
            rows: rows of it, of any stations and cities.
            cities: keys of the cities the rows can be about; all when None.

        Raises:
            TableError: a table that snapshots do not read, or rows without its columns or their ``known_at``.
            ConfigError: a city that is not configured.
        """
        for key in self.watches if cities is None else cities:
            self._watch(key).learn(table, rows)

    def beliefs(self, requests: pl.DataFrame, source: str) -> list[Belief]:
        """Beliefs of one forecaster, one a request and in their order; where it cannot speak, a belief of none.

        Args:
            requests: ``city``, ``day``, ``at`` [UTC].
            source: name of the forecaster, such as ``hybrid``.

        Raises:
            ConfigError: a city that is not configured.
            OutsideEvent: an instant on neither of an event's two days.
            ModelError: an unknown name, or an instant the models must not speak about.
        """
        asked = requests.select("city", "day", "at").iter_rows()
        rows = [self._watch(city).snapshot(day, at) for city, day, at in asked]
        return self.forecaster.beliefs_about(pl.DataFrame(rows, schema=SNAPSHOT_SCHEMA), source)

    def _watch(self, key: str) -> Watch:
        if key not in self.watches:
            raise ConfigError(f"city {key!r} is not configured; known: {', '.join(self.watches)}")
        return self.watches[key]
