"""The regimes of the sky: what each does to the temperature and to everything else a station reports.

A city is at any time in one regime. Nobody publishes which; the temperature, the air and the ceiling tell of it. A
regime draws each of them to a target, and lasts until it switches, by hazards of the hour, the time of year and the
city.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from drybulb.domain.city import City
from drybulb.world.climate import is_coast
from drybulb.world.clock import STEPS, Floats, hours_of_day

QUARTERS = 96
"""Times a day at which a regime may switch."""

SEASONS = 37
"""Parts of the year of ten days, in each of which the hazards stay as they are."""

_SUN_HOURS = (7.0, 11.0, 16.0, 19.5)  # the sun begins to count, counts in full, begins to fail, is gone [h]


@dataclass(frozen=True, slots=True)
class Regime:
    """One regime.

    Attributes:
        name: what people would call it.
        day: target of the departure from the base curve in full sun [°F].
        night: the same without sun [°F].
        memory: time in which a departure fades to 1/e of its distance from the target [h].
        dewpoint: how far below the level the dew point is drawn [°F].
        pressure: what the pressure is drawn to [hPa].
        wind_from: direction the wind turns to [degrees].
        wind: speed it is drawn to [m/s].
        ceilings: chances of no ceiling, and of a high, a middle, a low and a very low one.
        seen: share of the departure that guidance sees.
        harder: how much more widely guidance errs than on a dry day.
    """

    name: str
    day: float
    night: float
    memory: float
    dewpoint: float
    pressure: float
    wind_from: float
    wind: float
    ceilings: tuple[float, float, float, float, float]
    seen: float = 1.0
    harder: float = 1.0


@dataclass(frozen=True, slots=True)
class Switch:
    """A way from one regime to another.

    Attributes:
        origin: name of the regime that is left.
        goal: name of the regime that follows.
        per_hour: hazard at the best hour, averaged over the year [1/h].
        hours: first and last hour at which it may happen, which may be over midnight [h].
        summer: how much likelier it is in July than on average; negative: in January.
    """

    origin: str
    goal: str
    per_hour: float
    hours: tuple[float, float] = (0.0, 24.0)
    summer: float = 0.0


@dataclass(frozen=True, slots=True)
class Sky:
    """The regimes of a city and the ways between them."""

    regimes: tuple[Regime, ...]
    switches: tuple[Switch, ...]

    def targets(self) -> Floats:
        """Return the target of the departure by hour: (288, regimes) [°F]."""
        sun = np.interp(hours_of_day(), _SUN_HOURS, (0.0, 1.0, 1.0, 0.0))[:, None]
        day, night = (np.array([getattr(r, name) for r in self.regimes]) for name in ("day", "night"))
        targets: Floats = night + (day - night) * sun
        return targets

    def switching(self) -> Floats:
        """Return the chance of the regime that follows: (37, 96, regimes, regimes), rows sum to 1."""
        names = [regime.name for regime in self.regimes]
        hours = (np.arange(QUARTERS) + 0.5) / 4.0
        middle = np.arange(SEASONS) * 10.0 + 5.5
        july = -np.cos(2.0 * np.pi * (middle - 20.0) / 365.25)
        rates = np.zeros((SEASONS, QUARTERS, len(names), len(names)))
        for switch in self.switches:
            start, end = switch.hours
            inside = (hours - start) % 24.0 < ((end - start) % 24.0 or 24.0)
            factor = np.maximum(1.0 + switch.summer * july, 0.0)
            rates[:, :, names.index(switch.origin), names.index(switch.goal)] += (
                switch.per_hour * factor[:, None] * inside
            )
        total = rates.sum(axis=3, keepdims=True)
        leaves = 1.0 - np.exp(-total / 4.0)
        chance = np.where(total > 0.0, rates * leaves / np.where(total > 0.0, total, 1.0), 0.0)
        stays: Floats = np.eye(len(names)) * (1.0 - leaves)
        return chance + stays


def season_of(day_of_year: Floats) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
    """Return which part of the year each day is in, 0 … 36."""
    return np.minimum((day_of_year - 1.0) // 10.0, SEASONS - 1).astype(np.int64)


def sky_of(city: City) -> Sky:
    """Return the regimes of a city: a coast has a marine layer, the rest cloud and storms, the north fronts too."""
    return _coast() if is_coast(city) else _inland(city)


def _coast() -> Sky:
    clear = (0.97, 0.02, 0.01, 0.0, 0.0)
    regimes = (
        Regime("dry", 0.5, -0.5, 5.0, 20.0, 1016.0, 270.0, 4.0, clear),
        Regime("thin", -2.5, 0.5, 4.0, 13.0, 1014.5, 250.0, 3.0, (0.05, 0.0, 0.05, 0.85, 0.05), 0.6, 1.2),
        Regime("thick", -7.0, 0.5, 4.0, 11.0, 1013.0, 230.0, 2.5, (0.01, 0.0, 0.3, 0.64, 0.05), 0.4, 1.5),
    )
    evening, burning = (19.0, 3.0), (9.0, 14.0)
    switches = (
        Switch("dry", "thin", 0.07, evening, 0.5),
        Switch("dry", "thick", 0.035, evening, 0.6),
        Switch("thin", "thick", 0.04, evening, 0.4),
        Switch("thick", "thin", 0.10, burning),
        Switch("thin", "dry", 0.50, burning),
        Switch("thick", "dry", 0.06, (11.0, 17.0)),
        Switch("thin", "dry", 0.02),
        Switch("thick", "dry", 0.01),
        Switch("dry", "thin", 0.002),
    )
    return Sky(regimes, switches)


def _inland(city: City) -> Sky:
    north = float(np.interp(abs(city.latitude), (24.0, 40.0), (0.0, 1.0)))
    moist = float(np.interp(city.elevation_m, (300.0, 1600.0), (1.0, 0.5)))
    calm = 2.5 + 4.5 * north
    regimes = [
        Regime("dry", 1.0, -1.0, calm, 30.0, 1018.0, 290.0, 3.5, (0.93, 0.05, 0.02, 0.0, 0.0)),
        Regime("humid", 1.0, 1.0, calm, 15.0, 1013.0, 190.0, 3.5, (0.8, 0.14, 0.05, 0.01, 0.0), 0.95, 1.15),
        Regime("cloud", -6.5, 1.5, 3.0, 18.0, 1012.0, 110.0, 4.0, (0.03, 0.12, 0.4, 0.4, 0.05), 0.4, 1.3),
        Regime("storm", -9.0, -4.0, 0.8, 14.0, 1012.5, 240.0, 8.0, (0.0, 0.02, 0.68, 0.27, 0.03), 0.2, 1.7),
    ]
    afternoon = (11.5, 18.0)
    switches = [
        Switch("dry", "humid", 0.020 + 0.015 * (1.0 - north), summer=0.5),
        Switch("humid", "dry", 0.022, summer=-0.3),
        Switch("dry", "cloud", 0.018, summer=-0.4),
        Switch("humid", "cloud", 0.025, summer=-0.3),
        Switch("cloud", "dry", 0.045, summer=0.3),
        Switch("cloud", "humid", 0.040, summer=0.4),
        Switch("humid", "storm", 0.085 * moist, afternoon, 0.9),
        Switch("storm", "humid", 0.30),
        Switch("storm", "cloud", 0.20),
    ]
    if north > 0.0:
        regimes += [
            Regime("ahead", 3.0, 3.5, 5.0, 14.0, 1003.0, 210.0, 7.0, (0.35, 0.25, 0.25, 0.14, 0.01), 0.9, 1.5),
            Regime("front", -11.0, -11.0, 1.0, 24.0, 1021.0, 320.0, 8.0, (0.15, 0.15, 0.35, 0.3, 0.05), 0.4, 1.7),
        ]
        rate = 0.011 * north
        switches += [Switch(name, "ahead", rate, summer=-0.6) for name in ("dry", "humid", "cloud")]
        switches += [
            Switch("ahead", "front", 0.11),
            Switch("ahead", "humid", 0.02),
            Switch("front", "dry", 0.11),
            Switch("front", "cloud", 0.05),
        ]
    return Sky(tuple(regimes), tuple(switches))


def steps_of_memory(sky: Sky) -> Floats:
    """Return the share of a departure from the target that goes in five minutes, by regime: (regimes,)."""
    memory = np.array([regime.memory for regime in sky.regimes])
    share: Floats = 24.0 / (STEPS * memory)
    return share
