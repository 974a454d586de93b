"""What a synthetic world is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from drybulb.errors import ConfigError


@dataclass(frozen=True, slots=True)
class WorldSpec:
    """Size, seed and market of a synthetic world.

    Attributes:
        first_day: first climate day of weather.
        weather_days: days of weather, guidance and official highs.
        market_days: days of markets, the last of the weather days.
        seed: seed of every draw; each city has its own stream.
        half_spread: distance of the makers' bid and ask from the fair price [cents].
        prints_per_hour: mean number of trades per market and hour.
        latency: seconds between a row's time and ``known_at``, by kind (see ``[latency]``).
    """

    first_day: date
    weather_days: int
    market_days: int
    seed: int
    latency: Mapping[str, int]
    half_spread: float = 1.5
    prints_per_hour: float = 2.0

    def __post_init__(self) -> None:
        if not 2 <= self.market_days <= self.weather_days - 2:
            raise ConfigError(
                f"a world of {self.weather_days} days of weather cannot have {self.market_days} days of markets;"
                " give at least 2 days of markets and 2 more of weather"
            )
        if self.half_spread < 0 or self.prints_per_hour < 0:
            raise ConfigError("half_spread and prints_per_hour of a world cannot be negative")

    @property
    def last_day(self) -> date:
        """Last climate day of weather and markets."""
        return self.first_day + timedelta(days=self.weather_days - 1)

    @property
    def first_market_day(self) -> date:
        """First event day with markets."""
        return self.last_day - timedelta(days=self.market_days - 1)
