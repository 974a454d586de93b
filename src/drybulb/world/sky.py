"""The sky over a station: low cloud, the marine layer of a west coast, and afternoon storms.

Cloud and marine layer hold the sun off: they take degrees off the day's rise and leave the night and the early morning
as they were, while their ceiling is there to be seen long before. A storm ends the rise at an hour that nobody knows.
Each function draws or derives one thing, a path of (days, 288) or a value a day.
"""

from __future__ import annotations

import numpy as np

from drybulb.world.paths import PER_HOUR, STEPS, Floats, hours_of_day, wander

UNLIMITED = 22_000.0
"""Ceiling where there is none, as the Integrated Surface Database writes it [m]."""

_EVENING = 18.0  # local standard hour from which the sky is already the next day's [h]
_STATE_MEMORY = 47.0  # memory of the state that makes cloud: a correlation of 0.6 from day to day [h]
_COVER = (0.4, 0.6)  # mean cover, and its slope in the state, before it is cut to 0 … 1
_CHANGES = 0.4  # chance that the cover changes during the day
_CHANGE_HOURS = (10.0, 16.0)  # the earliest and latest hour at which it does [h]
_DEPTH = 5.5  # what an overcast takes off the temperature in the end [°F]
_SUN_HOURS = (9.5, 11.5, 15.5, 18.0)  # the sun begins to count, counts in full, begins to fail, is gone [h]
_LAG = 1.5  # lag of the temperature behind the sky in full sun [h]
_SHADE_GOES = 19.0  # hour from which what was taken is given back until midnight [h]

_MARINE_DEPTH = 6.0  # what a marine layer takes off in the end [°F]
_MARINE_CHANCE = (0.55, 0.25)  # mean chance of a marine layer, and its seasonal swing, greatest on 1 July
_MARINE_FORMS = 22.0  # local standard hour of the evening before at which it comes in [h]
_BURN_OFF = (12.0, 2.2)  # mean and standard deviation of the hour at which it burns off [h]
_FIRST_BURN_OFF = 8.0  # no sun before this hour burns it off [h]
_MARINE_BASE = (320.0, 45.0)  # its base if it burns off at the mean hour [m], and what a later hour adds [m/h]

_STORM_CHANCE = 0.75  # chance of a storm on the most humid of days
_HUMID = (69.0, 2.5)  # dew point at which that chance is halved, and the width of the change [°F]
_STORM_HOUR = (13.5, 1.8)  # mean and standard deviation of the hour at which it comes [h]
_STORM_HOURS = (10.5, 17.0)  # the earliest and latest [h]
_STORM_FALL = (9.0, 2.5)  # mean and standard deviation of the fall it brings [°F]
_LEAST_FALL = 3.0  # [°F]
_STORM_COOLS = 0.3  # time in which it cools [h]
_STORM_LASTS = 6.0  # time in which the ground forgets it [h]
_STORM_GOES = 21.0  # hour from which what is left of it is given back until midnight [h]
_STORM_SEEN = (-0.25, 2.0)  # its cloud stands over the station from before it to after it [h]

_CLEAR = 0.15  # less cover than this is no ceiling
_CEILING = (3_500.0, 2.2)  # ceiling of the thinnest cover [m], and by how many factors of e an overcast is lower
_STORM_CEILING = 900.0  # base of a storm's cloud [m]
_SEEN_NOISE = (0.12, 2.0)  # standard deviation and memory [h] of the cover an observer sees
_HEIGHT_NOISE = (0.2, 1.0)  # the same of the logarithm of the height
_CEILING_STEP = 30.0  # heights are reported in hundreds of feet [m]


def cloudiness(days: int, rng: np.random.Generator) -> Floats:
    """Draw the state that makes cloud: a standard normal number a day, lasting for a day or two."""
    return wander(rng, days, 1.0, _STATE_MEMORY, 24.0)


def cloud(state: Floats, rng: np.random.Generator) -> Floats:
    """Draw the cover of low cloud, 0 … 1: a day's own from the evening before, on some days another from an hour on."""
    mean, slope = _COVER
    days = state.size
    morning = np.clip(mean + slope * state, 0.0, 1.0)
    later = np.clip(mean + slope * rng.normal(size=days), 0.0, 1.0)
    hour = np.where(rng.random(days) < _CHANGES, rng.uniform(*_CHANGE_HOURS, days), np.inf)
    changed = (hours_of_day() >= hour[:, None]) & (hours_of_day() < _EVENING)
    return np.where(changed, later[:, None], _from_evening(morning))


def marine_layer(day_of_year: Floats, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Draw a coast's marine layer: whether it covers the station (0 or 1), and its base [m].

    The thicker it is, the higher its base lies and the longer the sun takes to burn it off.
    """
    days = day_of_year.size
    mean, swing = _MARINE_CHANCE
    there = rng.random(days) < mean - swing * np.cos(2.0 * np.pi * day_of_year / 365.25)
    hour, deviation = _BURN_OFF
    burns_off = np.clip(rng.normal(hour, deviation, days), _FIRST_BURN_OFF, _EVENING)
    morning = there[:, None] & (hours_of_day() < burns_off[:, None])
    formed = np.append(there[1:], False)[:, None] & (hours_of_day() >= _MARINE_FORMS)
    base, rises = _MARINE_BASE
    return (morning | formed).astype(np.float64), _from_evening(base + rises * (burns_off - hour))


def _from_evening(today: Floats) -> Floats:
    """Each day's value, and from the evening on the next day's."""
    following = np.append(today[1:], today[-1])
    return np.where(hours_of_day() < _EVENING, today[:, None], following[:, None])


def shade(cover: Floats, layer: Floats) -> Floats:
    """Return what low cloud and marine layer take off the temperature [°F].

    It follows the sky as fast as the sun can make it: a sky that clears late in the day gives little back, and in the
    evening, when there is no sun to be kept out, a cloudy day and a clear one grow alike until midnight.
    """
    target = np.maximum(_DEPTH * cover, _MARINE_DEPTH * layer)
    sun = np.interp(hours_of_day(), _SUN_HOURS, (0.0, 1.0, 1.0, 0.0))
    share = 1.0 - np.exp(-sun / (PER_HOUR * _LAG))
    taken = np.zeros_like(target)
    for step in range(1, STEPS):
        taken[:, step] = taken[:, step - 1] + share[step] * (target[:, step] - taken[:, step - 1])
    return taken * _until_midnight(_SHADE_GOES)


def _until_midnight(start: float) -> Floats:
    """1 until an hour of the evening [h], and then down to 0 at midnight, where the next day's path begins: (288,)."""
    return np.clip((24.0 - hours_of_day()) / (24.0 - start), 0.0, 1.0)


def storms(dewpoint: Floats, rng: np.random.Generator) -> Floats:
    """Draw the hour of each day's storm from the dew point of its noon [°F]; infinite on a day without one [h]."""
    half, width = _HUMID
    chance = _STORM_CHANCE / (1.0 + np.exp(-(dewpoint - half) / width))
    hour = np.clip(rng.normal(*_STORM_HOUR, dewpoint.size), *_STORM_HOURS)
    return np.where(rng.random(dewpoint.size) < chance, hour, np.inf)


def storm_cooling(hour: Floats, rng: np.random.Generator) -> Floats:
    """Return what a storm at ``hour`` takes off the rest of its day [°F]."""
    fall = np.clip(rng.normal(*_STORM_FALL, hour.size), _LEAST_FALL, None)
    since = np.maximum(hours_of_day() - hour[:, None], 0.0)
    cooling: Floats = fall[:, None] * (np.exp(-since / _STORM_LASTS) - np.exp(-since / _STORM_COOLS))
    return cooling * _until_midnight(_STORM_GOES)


def ceiling(cover: Floats, layer: Floats, base: Floats, storm: Floats, rng: np.random.Generator) -> Floats:
    """Return the ceiling as reported [m]: lower the more cloud there is, but not quite as the cover says.

    Args:
        cover: cover of low cloud, 0 … 1.
        layer: whether a marine layer covers the station, 0 or 1.
        base: the marine layer's base [m].
        storm: (days,) hour of the storm, infinite without one [h].
        rng: draws the noise.
    """
    seen = cover + wander(rng, cover.size, *_SEEN_NOISE).reshape(cover.shape)
    blur = np.exp(wander(rng, cover.size, *_HEIGHT_NOISE)).reshape(cover.shape)
    thin, lower = _CEILING
    height = np.where(seen < _CLEAR, UNLIMITED, thin * np.exp(-lower * seen) * blur)
    # A marine layer is a level sheet: its base is known to half the noise.
    height = np.where(layer > 0.0, np.minimum(height, base * np.sqrt(blur)), height)
    since = hours_of_day() - storm[:, None]
    raining = (since >= _STORM_SEEN[0]) & (since < _STORM_SEEN[1])
    height = np.where(raining, np.minimum(height, _STORM_CEILING * blur), height)
    stepped = np.maximum(np.round(height / _CEILING_STEP), 1.0) * _CEILING_STEP
    return np.where(height < UNLIMITED, stepped, UNLIMITED)
