"""What the readers are told: the cities, the delays, the exchange's hours and what to assume where nothing is listed.

These are the settings as plain values; this room does not read the settings themselves.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

import polars as pl

from drybulb.domain.city import City
from drybulb.domain.climateday import ClimateDay


@dataclass(frozen=True, slots=True)
class Era:
    """Hours of the exchange from a date on, as pairs of ``HH:MM`` in exchange-local time."""

    starts: date
    hours: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Rules:
    """What the readers are told.

    Attributes:
        cities: by key.
        latency: seconds from a row's own time until a trader could have had it [s], by kind of row.
        eras: hours of the exchange, from the first date on.
        open_time: when a market opens on the day before its event, where nothing says [exchange-local].
        close_time: when a market closes on its day, where nothing says [exchange-local].
        midnight_close_from: event day from which it closes at local standard midnight instead.
        time_zone: the exchange's IANA zone.
    """

    cities: Mapping[str, City]
    latency: Mapping[str, int]
    eras: tuple[Era, ...]
    open_time: str
    close_time: str
    midnight_close_from: date
    time_zone: str

    @cached_property
    def keys(self) -> dict[str, str]:
        """City key by the exchange's code, such as ``CHI``."""
        return {city.code: key for key, city in self.cities.items()}

    @cached_property
    def series(self) -> dict[str, str]:
        """City key by series ticker, legacy names included."""
        return {series: key for key, city in self.cities.items() for series in city.all_series}

    @cached_property
    def stations(self) -> dict[str, str]:
        """What a station's rows are counted under: the city it settles, or the neighbour's own name."""
        neighbours = {city.neighbour: city.neighbour for city in self.cities.values() if city.neighbour}
        return neighbours | {city.station: key for key, city in self.cities.items()}

    @cached_property
    def offsets(self) -> dict[str, int]:
        """Local standard time minus UTC, by station; a neighbour keeps its city's time [h]."""
        neighbours = {c.neighbour: c.standard_offset_hours for c in self.cities.values() if c.neighbour}
        return neighbours | {city.station: city.standard_offset_hours for city in self.cities.values()}

    @cached_property
    def city_offsets(self) -> dict[str, int]:
        """Local standard time minus UTC, by city key [h]."""
        return {key: city.standard_offset_hours for key, city in self.cities.items()}

    def local(self, day: date, clock: str) -> datetime:
        """Return the instant at which the exchange's clock shows ``HH:MM`` on ``day``; ``24:00`` ends it [UTC]."""
        hours, minutes = (int(part) for part in clock.split(":"))
        if hours == 24:  # the end of the day, which `time` cannot say
            day, hours = day + timedelta(days=1), 0
        return datetime.combine(day, time(hours, minutes), ZoneInfo(self.time_zone)).astimezone(UTC)

    def assumed_open(self, day: date) -> datetime:
        """Return when a market of ``day`` opens where its listing does not say [UTC]."""
        return self.local(day - timedelta(days=1), self.open_time)

    def assumed_close(self, day: date, city: str) -> datetime:
        """Return when a market of ``day`` closes where its listing does not say [UTC]."""
        if day >= self.midnight_close_from:
            return ClimateDay(day, self.city_offsets[city]).end
        return self.local(day, self.close_time)


def climate_day_end(day: pl.Expr, offset_hours: pl.Expr) -> pl.Expr:
    """First instant after the climate day [UTC]: midnight local standard time, as ``ClimateDay.end`` gives it."""
    return day.cast(pl.Datetime("us", "UTC")) + pl.duration(days=1) - pl.duration(hours=offset_hours)
