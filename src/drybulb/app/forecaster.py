"""From stored models to beliefs: snapshots, predictions and distributions, a batch at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

import numpy as np
import polars as pl

from drybulb.adapters.lake import Lake
from drybulb.adapters.registry import Registry
from drybulb.app.config import Config
from drybulb.app.roster import Roster, Seated, load_roster
from drybulb.domain.city import City
from drybulb.domain.climateday import ClimateDay
from drybulb.domain.distribution import Belief, TemperatureDistribution
from drybulb.domain.iso import as_day, as_first, as_instant
from drybulb.errors import ConfigError, DomainError, ModelError
from drybulb.forecast.fitted import FittedForecasters
from drybulb.forecast.hybrid import SIDES, Hybrid, Speaker
from drybulb.forecast.model import GRID_LOW, Floats, Prediction
from drybulb.forecast.training import NAME
from drybulb.frames.grid import one_request
from drybulb.frames.listed import MarketHours
from drybulb.frames.snapshot import READS, SnapshotRules, SnapshotTables, snapshots

BATCH = 8192
"""Rows whose distributions are held at once."""

_NEGLIGIBLE = 4e-9
"""Cells below this are cut from the ends of a pmf before it is rounded to millionths; 201 of them are below 1e-6."""

_REACH = timedelta(days=5)
"""How far from its event a snapshot may look for the station's own readings, generously [d]."""


def snapshot_rules(config: Config) -> SnapshotRules:
    """Rules of snapshots as configured in ``[training]`` and ``[market]``.

    Raises:
        ConfigError: market hours that are no clock times, or a time zone nobody knows.
    """
    market = config.market
    try:
        usual = MarketHours.of(market.open_time, market.close_time, market.time_zone, market.midnight_close_from)
    except DomainError as error:
        raise ConfigError(f"[market]: {error}") from error
    return SnapshotRules(
        bias_half_lives_days=config.training.bias_half_lives_days,
        neighbour_half_life_days=config.training.neighbour_half_life_days,
        guidance_max_age_hours=config.training.guidance_max_age_hours,
        market=usual,
    )


def read_tables(lake: Lake, city: City, first: date | None = None, last: date | None = None) -> SnapshotTables:
    """Read what snapshots of a city need.

    Guidance, official highs and the neighbour's readings are read whole, for a bias remembers; so the same question has
    the same answer in whatever company it is asked.

    Args:
        lake: the tables.
        city: whose events.
        first: first event day asked about; all when None.
        last: last event day asked about; all when None.
    """
    columns = list(READS["observations"])
    start = None if first is None else first - _REACH
    end = None if last is None else last + _REACH
    observations = lake.read("observations", [city.station], start, end, columns=columns)
    if city.neighbour is not None:
        observations = pl.concat([observations, lake.read("observations", [city.neighbour], columns=columns)])
    return SnapshotTables(
        observations=observations,
        guidance=lake.read("guidance", [city.station], columns=list(READS["guidance"])),
        official=lake.read("official", [city.station], columns=list(READS["official"])),
        markets=lake.read("markets", [city.key], first, last, columns=list(READS["markets"])),
    )


@dataclass(frozen=True, slots=True)
class Forecaster:
    """Fitted forecasters joined to a lake.

    A city's tables are read once and kept: where the lake has grown since, load another.

    Attributes:
        fitted: the models with their card.
        model: id of the stored models, which each belief carries.
        config: the configuration.
        lake: the tables.
        first: the earliest instant it may be asked about [UTC].
    """

    fitted: FittedForecasters
    model: str
    config: Config
    lake: Lake
    first: datetime
    _seats: list[Hybrid] = field(default_factory=list, repr=False, compare=False)
    _tables: dict[str, tuple[date, date, SnapshotTables]] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def load(cls, lake: Lake, config: Config, first: date | datetime | str) -> Forecaster:
        """Load the newest stored models that may speak about all that will be asked.

        Args:
            lake: the tables and the stored models.
            config: the configuration.
            first: the earliest instant that will be asked about, or the first event day, from whose D-1 on they speak;
                or text of either, such as ``2024-11-20``.

        Raises:
            DomainError: text that is neither a date nor an instant, or an instant without a time zone.
            ModelError: there are no such models, or they are broken, too new or of another version.
        """
        start = as_first(first)
        asked = start if isinstance(start, datetime) else _opening(config.cities(), start)
        registry = Registry(lake.path)
        manifest = registry.newest(NAME, asked)
        fitted = FittedForecasters.from_json(registry.load(NAME, manifest.id, asked).model)
        return cls(fitted, manifest.id, config, lake, asked)

    def hybrid(self) -> Hybrid:
        """The global and city models that passed the gate, read when first asked for."""
        if not self._seats:
            roster = load_roster(self.lake, self.config, self.first)
            self._seats.append(_hybrid(roster, self.fitted.card.missing, self.config.models.blend_hours))
        return self._seats[0]

    def predict(self, name: str, rows: pl.DataFrame) -> Prediction:
        """Ask one forecaster about rows of the snapshot frame.

        Raises:
            ModelError: an unknown name, or a row from before the newest thing the models know.
        """
        if name in SIDES:
            return self.hybrid().predict(name, rows)
        if name not in self.fitted.models:
            raise ModelError(f"no forecaster {name!r}; known: {', '.join((*self.fitted.models, *SIDES))}")
        return self.fitted.predict(name, rows)

    def snapshots(self, requests: pl.DataFrame) -> pl.DataFrame:
        """Snapshot rows of the requests, in their order.

        Args:
            requests: ``city``, ``day``, ``at`` [UTC].

        Raises:
            ConfigError: a city that is not configured.
            OutsideEvent: an instant on neither of an event's two days.
        """
        cities = self.config.cities()
        rules = snapshot_rules(self.config)
        numbered = requests.select("city", "day", "at").with_row_index("_request")
        parts = []
        for (key,), part in numbered.group_by("city", maintain_order=True):
            if key not in cities:
                raise ConfigError(f"city {key!r} is not configured; known: {', '.join(cities)}")
            made = snapshots(part.drop("_request"), cities, self._read(cities[str(key)], part["day"]), rules)
            parts.append(made.with_columns(part["_request"]))
        if not parts:
            return snapshots(numbered.drop("_request"), cities, _nothing(self.lake), rules)
        return pl.concat(parts).sort("_request").drop("_request")

    def _read(self, city: City, days: pl.Series) -> SnapshotTables:
        first, last = _span(days)
        known = self._tables.get(city.key)
        if known is None or not known[0] <= first <= last <= known[1]:
            known = (first, last, read_tables(self.lake, city, first, last))
            self._tables[city.key] = known
        return known[2]

    def predictions(self, requests: pl.DataFrame, forecasters: Sequence[str]) -> dict[str, Prediction]:
        """Distributions of several forecasters for the same requests.

        They are all held at once, 1.6 kB a request and forecaster: meant for clocks, not for every minute.

        Args:
            requests: ``city``, ``day``, ``at`` [UTC].
            forecasters: their names.

        Raises:
            ModelError: an unknown name, or an instant the models must not speak about.
        """
        self._refuse_late(requests)
        parts: dict[str, list[Prediction]] = {name: [] for name in forecasters}
        rows = self.snapshots(requests)
        for name, found in parts.items():
            found.extend(self.predict(name, batch) for batch in rows.iter_slices(BATCH))
        return {name: Prediction.concat(found) for name, found in parts.items()}

    def belief(self, city: str, day: date | str, at: datetime | str, source: str = "hybrid") -> Belief:
        """The belief of one forecaster about one event at one instant, using nothing known later.

        Args:
            city: city key.
            day: event day; a date, or text such as ``2024-11-20``.
            at: instant of the belief [aware]; or text such as ``2024-11-20T15:00Z``.
            source: name of the forecaster.

        Raises:
            ConfigError: a city that is not configured.
            DomainError: text that is no date or no instant, or an instant on neither of the event's two days.
            ModelError: an unknown name, or an instant the models must not speak about.
        """
        return self.beliefs(one_request(city, as_day(day), as_instant(at)), source)[0]

    def beliefs(self, requests: pl.DataFrame, source: str) -> list[Belief]:
        """Beliefs of one forecaster, one a request and in their order; where it cannot speak, a belief of none.

        Args:
            requests: ``city``, ``day``, ``at`` [UTC].
            source: name of the forecaster.

        Raises:
            ModelError: an unknown name, or an instant the models must not speak about.
        """
        self._refuse_late(requests)
        self._read_ahead(requests)
        return [
            belief
            for batch in requests.select("city", "day", "at").iter_slices(BATCH)
            for belief in self._batch(self.snapshots(batch), source)
        ]

    def beliefs_about(self, rows: pl.DataFrame, source: str) -> list[Belief]:
        """Beliefs of one forecaster about snapshots already made, in their order; see :meth:`beliefs`.

        Args:
            rows: rows of the snapshot frame.
            source: name of the forecaster.

        Raises:
            ModelError: an unknown name, or an instant the models must not speak about.
        """
        self._refuse_late(rows)
        return list(self._batch(rows, source))

    def _batch(self, rows: pl.DataFrame, source: str) -> Iterator[Belief]:
        found = self.predict(source, rows)
        sources = found.source or [source] * rows.height
        models = found.model or [self.model] * rows.height
        asked = rows.select("city", "day", "at").iter_rows()
        parts = zip(asked, distributions(found), sources, found.reason, models, strict=True)
        for (city, day, at), distribution, said, reason, model in parts:
            who = "none" if distribution is None else said
            yield Belief(city, day, at, distribution, who, reason, "" if distribution is None else model)

    def _read_ahead(self, requests: pl.DataFrame) -> None:
        """Read each city's tables once for all batches."""
        cities = self.config.cities()
        for (key,), part in requests.group_by("city", maintain_order=True):
            if key in cities:
                self._read(cities[str(key)], part["day"])

    def _refuse_late(self, requests: pl.DataFrame) -> None:
        """Refuse instants at which the models are out of date; those before they could exist they refuse themselves.

        Raises:
            ModelError: an instant more than ``max_model_age_days`` after ``until``.
        """
        oldest = timedelta(days=self.config.training.max_model_age_days)
        newest = requests["at"].max()
        if isinstance(newest, datetime) and newest > self.fitted.card.until + oldest:
            raise ModelError(
                f"model {self.model} was trained until {self.fitted.card.until.isoformat()}, more than"
                f" {oldest.days} days before {newest.isoformat()}; train again with a later --until"
            )


def _hybrid(roster: Roster, missing: Mapping[str, str], blend_hours: float) -> Hybrid:
    """The hybrid of the models seated, with why each of the others is not there.

    A model that came to know something later is not told of: what is said about an instant does not know the future.
    """
    absent = dict(missing)
    # The first said of the newest stays.
    for refusal in reversed(roster.refused):
        if not refusal.is_later:
            absent[refusal.name] = f"{refusal.name} {refusal.id} was refused: {refusal.reason.removesuffix('.')}"
    seats = {key: _speaker(seated) for key, seated in roster.cities.items()}
    whole = None if roster.global_ is None else _speaker(roster.global_)
    return Hybrid(whole, seats, absent, blend_hours)


def _speaker(seated: Seated) -> Speaker:
    card = seated.card
    return Speaker(seated.id, seated.model, frozenset(seated.stations), card.last_known_at, card.yields)


def _opening(cities: Mapping[str, City], day: date) -> datetime:
    """First instant at which the event of ``day`` has a belief, in any city."""
    return min(ClimateDay(day, city.standard_offset_hours).previous().start for city in cities.values())


def _span(days: pl.Series) -> tuple[date, date]:
    first, last = days.min(), days.max()
    if not isinstance(first, date) or not isinstance(last, date):
        raise ModelError("requests name no day; give city, day and at on every row")
    return first, last


def _nothing(lake: Lake) -> SnapshotTables:
    return SnapshotTables(*(lake.read(table, []) for table in ("observations", "guidance", "official", "markets")))


def distributions(found: Prediction) -> Iterator[TemperatureDistribution | None]:
    """The rows of a prediction rounded to millionths; None where the model could not speak."""
    made: dict[bytes, TemperatureDistribution] = {}
    for pmf, available in zip(found.pmf, found.available, strict=True):
        if not available:
            yield None
            continue
        # Between two reports the same distribution comes up again and again.
        key = pmf.tobytes()
        if key not in made:
            made[key] = _rounded(pmf)
        yield made[key]


def _rounded(pmf: Floats) -> TemperatureDistribution:
    cells = np.flatnonzero(pmf > _NEGLIGIBLE)
    first, last = int(cells[0]), int(cells[-1])
    return TemperatureDistribution.from_pmf(GRID_LOW + first, pmf[first : last + 1].tolist())
