"""What a synthetic world is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np
import polars as pl

from drybulb.errors import ConfigError
from drybulb.world.biases import Bias, late_seconds


@dataclass(frozen=True, slots=True)
class MakerSpec:
    """How the makers and takers of a world behave.

    Attributes:
        half_spread: distance of bid and ask from the fair price [cents].
        caution: share of the fair price's move in the last five minutes that is added to the half spread.
        reaction_seconds: between a release and the quotes that show it [s].
        pauses_per_hour: mean number of times a market's makers leave a side or both empty.
        pause_minutes: mean length of such a pause [min].
        prints_per_hour: mean number of takers per market and hour.
        depth: offered at the best price; twice and three times as much a cent and two behind it [contracts].
        book_minutes: between two recorded books of a market [min].
        biases: what the makers get wrong.
    """

    half_spread: float = 1.5
    caution: float = 0.25
    reaction_seconds: int = 0
    pauses_per_hour: float = 0.02
    pause_minutes: float = 10.0
    prints_per_hour: float = 2.0
    depth: int = 50
    book_minutes: int = 60
    biases: tuple[Bias, ...] = ()

    def __post_init__(self) -> None:
        for name in ("half_spread", "caution", "reaction_seconds", "pauses_per_hour", "prints_per_hour"):
            self._at_least(0, name)
        for name in ("pause_minutes", "depth", "book_minutes"):
            self._at_least(1, name)

    def _at_least(self, least: int, name: str) -> None:
        value = getattr(self, name)
        if not value >= least:
            raise ConfigError(f"{name} of a world's makers is {value}; give {least} or more")

    @property
    def delay_seconds(self) -> int:
        """How old a release is when the quotes first show it [s]."""
        return self.reaction_seconds + late_seconds(self.biases)


@dataclass(frozen=True, slots=True)
class WorldSpec:
    """Size, seed and market of a synthetic world.

    Attributes:
        first_day: first climate day of weather.
        weather_days: days of weather, guidance and official highs.
        market_days: days of markets, the last of the weather days.
        seed: seed of every draw; each city has its own stream.
        latency: seconds between a row's time and ``known_at``, by kind (see ``[latency]``).
        makers: how the makers and takers of its markets behave.
        sessions: rows of ``sessions`` of the exchange; it never closes when None.
    """

    first_day: date
    weather_days: int
    market_days: int
    seed: int
    latency: Mapping[str, int]
    makers: MakerSpec = field(default_factory=MakerSpec)
    sessions: pl.DataFrame | None = field(default=None, compare=False, repr=False)

    def __post_init__(self) -> None:
        if not 2 <= self.market_days <= self.weather_days - 2:
            raise ConfigError(
                f"a world of {self.weather_days} days of weather cannot have {self.market_days} days of markets;"
                " give at least 2 days of markets and 2 more of weather"
            )

    def stream(self, key: str, part: int) -> np.random.Generator:
        """Return the stream of random numbers of one part of one city, by its key."""
        return np.random.default_rng([self.seed, part, *key.encode()])

    @property
    def last_day(self) -> date:
        """Last climate day of weather and markets."""
        return self.first_day + timedelta(days=self.weather_days - 1)

    @property
    def first_market_day(self) -> date:
        """First event day with markets."""
        return self.last_day - timedelta(days=self.market_days - 1)
