"""A city of the system: which station settles it and in which standard time its day runs.

The table itself is configuration (``[city.X]`` blocks); this module says what an
entry must be. A city's climate day needs only the *standard* offset: the National
Weather Service keeps local standard time all year (facts: NWS directive 10-1004).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from drybulb.errors import DomainError

_KEY = re.compile(r"[a-z][a-z0-9_]*")
_STATION = re.compile(r"K[A-Z0-9]{3}")


@dataclass(frozen=True, slots=True)
class City:
    """One city whose daily high is traded.

    Attributes:
        key: name in tables, config and commands, such as ``chicago``.
        code: the exchange's short code, such as ``CHI``.
        name: name for people.
        station: ICAO identifier of the station that settles, such as ``KMDW``.
        series: the exchange's series ticker, such as ``KXHIGHCHI``.
        legacy_series: older series tickers of the same market.
        standard_offset_hours: local standard time minus UTC [h], such as -6.
        time_zone: IANA zone, for what people call local time; never for the climate day.
        ghcn: GHCN-Daily identifier of the station.
        latitude: degrees north.
        longitude: degrees east.
        elevation_m: station elevation [m].
        neighbour: ICAO identifier of another station whose readings may inform the
            forecast under its own name, or None.

    Raises:
        DomainError: a field that cannot be right, named with its value.
    """

    key: str
    code: str
    name: str
    station: str
    series: str
    legacy_series: tuple[str, ...]
    standard_offset_hours: int
    time_zone: str
    ghcn: str
    latitude: float
    longitude: float
    elevation_m: float
    neighbour: str | None = None

    def __post_init__(self) -> None:
        if not _KEY.fullmatch(self.key):
            raise DomainError(f"city key {self.key!r} must be lower case letters, digits and underscores")
        for station in (self.station, self.neighbour):
            if station is not None and not _STATION.fullmatch(station):
                raise DomainError(f"city {self.key}: {station!r} is not an ICAO station of the US, such as KMDW")
        if self.neighbour == self.station:
            raise DomainError(f"city {self.key}: the neighbour {self.neighbour} is the station itself; name another")
        if not -10 <= self.standard_offset_hours <= -4:
            raise DomainError(f"city {self.key}: standard_offset_hours {self.standard_offset_hours} is not in -10 … -4")
        if not (-90 <= self.latitude <= 90 and -180 <= self.longitude <= 180):
            raise DomainError(f"city {self.key}: coordinates {self.latitude}, {self.longitude} are not on Earth")
        try:
            ZoneInfo(self.time_zone)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise DomainError(f"city {self.key}: time_zone {self.time_zone!r} is not an IANA zone") from error

    @property
    def all_series(self) -> tuple[str, ...]:
        """The current series ticker followed by its legacy names."""
        return (self.series, *self.legacy_series)
