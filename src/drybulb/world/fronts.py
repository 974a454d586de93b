"""Cold fronts: the temperature falls at a random hour, and pressure and wind tell of it before and after.

Paths are of five-minute means, (days, 288). A *pulse* is a front at its five-minute step, as large as its fall.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from drybulb.world.paths import PER_HOUR, STEPS, Floats, fading, hours_of_day, wander

_CHANCE = (0.17, 0.10)  # mean daily chance of a front in the north, and its seasonal swing, greatest in mid January
_LATITUDES = (22.0, 36.0)  # no front comes as far south as the first; all come as far as the second [degrees]
_FALL = (11.0, 3.5)  # mean and standard deviation of the fall [°F]
_LEAST_FALL = 4.0  # [°F]
_FALLS_IN = 1.5  # time of the fall [h]
_WARMS_IN = 36.0  # time in which the cold air warms [h]

_PRESSURE = (
    1015.0,
    1.5,
    30.0,
)  # mean, standard deviation [hPa] and memory [h] of the pressure without all that follows
_LOW = (4.0, 18.0)  # how much lower it is for each unit of cloudiness [hPa], and how long before the cloud [h]
_TIDE = 0.8  # amplitude of its daily tide, highest at 10 and 22 local standard [hPa]
_DIP = (0.7, 14.0, 6.0)  # dip for each °F a front brings [hPa], how long before it begins and after it goes [h]
_RISE = 0.5  # rise behind a front for each °F, while the cold air lasts [hPa]

_BREEZE = (2.0, 8.0)  # standard deviation [m/s] and memory [h] of each component of the wind between fronts
_AHEAD = (1.5, 4.0)  # towards east and north ahead of a mean front: from the south-west [m/s]
_BEHIND = (5.0, -5.5)  # the same behind it: from the north-west [m/s]
_BLOWS = 8.0  # time in which both grow and die down [h]


@dataclass(frozen=True, slots=True)
class Fronts:
    """The fronts of one city.

    Attributes:
        hour: (days,) local standard hour of the day's front, infinite where there is none [h].
        fall: (days, 288) what all fronts so far take off the temperature [°F].
        own: (days, 288) what the day's own front takes of that [°F].
        pressure: (days, 288) pressure at sea level [hPa].
        east: (days, 288) component of the wind towards the east [m/s].
        north: (days, 288) component of the wind towards the north [m/s].
    """

    hour: Floats
    fall: Floats
    own: Floats
    pressure: Floats
    east: Floats
    north: Floats


def draw(latitude: float, day_of_year: Floats, state: Floats, rng: np.random.Generator) -> Fronts:
    """Draw fronts, at most one a day: most in winter, few in the south.

    Args:
        latitude: of the city [degrees].
        day_of_year: (days,) 1 … 366.
        state: (days,) what :func:`~drybulb.world.sky.cloudiness` drew; its pressure comes before it.
        rng: draws hours, falls, and the noise of pressure and wind.
    """
    shape = (day_of_year.size, STEPS)
    hour, size = _passages(latitude, day_of_year, rng)
    since = np.maximum(hours_of_day() - hour[:, None], 0.0)
    own = size[:, None] * (np.exp(-since / _WARMS_IN) - np.exp(-since / _FALLS_IN))
    pulses = np.zeros(day_of_year.size * STEPS)
    passes = np.flatnonzero(np.isfinite(hour))
    pulses[passes * STEPS + (hour[passes] * PER_HOUR).astype(np.int64)] = size[passes]
    fall = fading(pulses, _WARMS_IN) - fading(pulses, _FALLS_IN)
    pressure = _pressure(pulses, state, rng)
    east, north = _wind(pulses / _FALL[0], rng)
    return Fronts(hour, fall.reshape(shape), own, pressure.reshape(shape), east.reshape(shape), north.reshape(shape))


def _passages(latitude: float, day_of_year: Floats, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Hour of each day's front [h], infinite where there is none, and the fall it would bring [°F]."""
    mean, swing = _CHANCE
    reach = float(np.interp(abs(latitude), _LATITUDES, (0.0, 1.0)))
    chance = reach * (mean + swing * np.cos(2.0 * np.pi * (day_of_year - 15.0) / 365.25))
    days = day_of_year.size
    hour = np.where(rng.random(days) < chance, rng.uniform(0.0, 24.0, days), np.inf)
    return hour, np.clip(rng.normal(*_FALL, days), _LEAST_FALL, None)


def _ahead(pulses: Floats, memory: float) -> Floats:
    """What is felt of each pulse before it comes."""
    return fading(pulses[::-1], memory)[::-1]


def _pressure(pulses: Floats, state: Floats, rng: np.random.Generator) -> Floats:
    hours = (np.arange(pulses.size) + 0.5) / PER_HOUR
    mean, deviation, memory = _PRESSURE
    lower, before = _LOW
    coming = np.interp(hours, np.arange(state.size) * 24.0 + 12.0 - before, state)
    tide = _TIDE * np.cos(2.0 * np.pi * (hours - 10.0) / 12.0)
    calm = mean + wander(rng, pulses.size, deviation, memory) + tide - lower * coming
    deep, begins, goes = _DIP
    dip = deep * (_ahead(pulses, begins) + fading(pulses, goes) - pulses)
    rise = _RISE * (fading(pulses, _WARMS_IN) - fading(pulses, goes))
    pressure: Floats = calm - dip + rise
    return pressure


def _wind(strength: Floats, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Components towards east and north [m/s] of the wind around fronts, whose pulse is 1 for a mean one."""
    warm, cold = _ahead(strength, _BLOWS), fading(strength, _BLOWS)
    east, north = (
        wander(rng, strength.size, *_BREEZE) + ahead * (warm - strength) + behind * cold
        for ahead, behind in zip(_AHEAD, _BEHIND, strict=True)
    )
    return east, north
