"""The weather of one city: what is hidden, what is published of it, and the official highs.

A five-minute mean is the base curve of the day (:mod:`~drybulb.world.climate`), which is published, plus the
departure of a hidden chain (:mod:`~drybulb.world.chain`). The official high is the day's highest mean rounded half
up, but for rare days on which quality control takes a degree off.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from drybulb.domain.city import City
from drybulb.world import air, climate, guidance
from drybulb.world.air import Air, Before
from drybulb.world.chain import Chain, chain_of
from drybulb.world.clock import PER_HOUR, STEPS, Floats, Ints, days_from, days_of_year, whole
from drybulb.world.regimes import Regime, season_of, sky_of
from drybulb.world.spec import WorldSpec

READING_STEP = 53 * PER_HOUR // 60
"""Five-minute mean of the hour that the reading at its 53rd minute is of."""

LOWERED = 0.006
"""Chance that quality control takes a degree off a day's high; how often is known, when is not."""

_ABOVE_LEVEL = 1.0  # how far a high is above the level, on average [°F]


@dataclass(frozen=True, slots=True)
class CityWeather:
    """The weather of one city.

    Attributes:
        city: the city.
        days: the climate days, in order.
        regimes: the regimes of its sky.
        chain: the hidden chain.
        seasons: (days,) part of the year, for the chances of a switch.
        level: (days,) level [°F], to be had from the early guidance and its bias.
        base: (days, 288) base curve [°F].
        regime: (days, 288) number of the regime; hidden.
        path: (days, 288) five-minute mean temperature [°F], from local standard midnight; hidden.
        air: what is published each hour beside the temperature.
        first_air: what stands for the report before the first.
        early: (days,) early guidance [whole °F].
        late: (days, 3) runs of late guidance [whole °F].
        late_offset: (days,) level plus the late guidance's bias [°F].
        official: (days,) official high [whole °F].
    """

    city: City
    days: list[date]
    regimes: tuple[Regime, ...]
    chain: Chain
    seasons: Ints
    level: Floats
    base: Floats
    regime: Ints
    path: Floats
    air: Air
    first_air: Before
    early: Ints
    late: Ints
    late_offset: Floats
    official: NDArray[np.int64]

    @property
    def means(self) -> Ints:
        """(days, 288) five-minute means as the station keeps them [whole °F]."""
        return whole(self.path)

    @property
    def consensus(self) -> NDArray[np.int64]:
        """(days,) high to be expected when the market opens [whole °F]."""
        return whole(self.level + _ABOVE_LEVEL)


def hourly(values: Ints) -> Ints:
    """Return values by five-minute mean, (days, 288), at the hourly readings, end to end: (days * 24,)."""
    return values[:, READING_STEP::PER_HOUR].ravel()


def simulate(city: City, spec: WorldSpec) -> CityWeather:
    """Draw the weather of ``city`` for the days of ``spec``.

    Each part has its own stream of the seed and the city's key, and draws day by day: a city is the same whichever
    others there are, and a longer world begins as a shorter one does.
    """
    days = days_from(spec.first_day, spec.weather_days)
    day_of_year = days_of_year(days)
    ordinals = np.array([day.toordinal() for day in days])
    of_level, of_bias, of_chain, of_air, of_late, of_lowered = (spec.stream(city.key, part) for part in range(6))
    bias = guidance.biases(ordinals, of_bias)
    normal = climate.season(city, day_of_year) + climate.anomalies(city, len(days), of_level)
    early = whole(normal + bias.early)
    level = early - bias.early
    sky = sky_of(city)
    chain = chain_of(sky)
    seasons = season_of(day_of_year)
    regime, place = chain.draw(seasons, of_chain)
    base = climate.base(city, level, day_of_year)
    path = base + chain.lattice[place]
    at = guidance.OUTLOOK_STEP
    late = guidance.draw_late(sky.regimes, regime[:, at], chain.lattice[place[:, at]], level + bias.late, of_late)
    by_hour = np.repeat(level, STEPS // PER_HOUR)
    reported, first = air.draw(sky.regimes, hourly(regime), by_hour, hourly(whole(path)), of_air)
    lowered = of_lowered.random(len(days)) < LOWERED
    return CityWeather(
        city=city,
        days=days,
        regimes=sky.regimes,
        chain=chain,
        seasons=seasons,
        level=level,
        base=base,
        regime=regime,
        path=path,
        air=reported,
        first_air=first,
        early=early,
        late=late,
        late_offset=level + bias.late,
        official=whole(path).max(axis=1) - lowered,
    )
