"""What the calendar and the published level say of a city's temperature: the base curve of each day.

The *level* of a day is what a clear, calm afternoon would reach. It follows the season and slowly changing air masses
and is published before the market opens (:mod:`drybulb.world.guidance`), so the base curve is no secret: what is
hidden is only the departure from it (:mod:`drybulb.world.chain`).
"""

from __future__ import annotations

import numpy as np
from scipy.signal import lfilter

from drybulb.domain.city import City
from drybulb.world.clock import Floats, hours_of_day

PEAK_HOUR = 15.0
"""Local standard hour at which the base curve peaks [h]."""

_TROUGH_HOUR = 5.5  # local standard hour of its lowest [h]
_RANGE = (14.0, 6.0, 9.0)  # daily range at sea level [°F], what height adds [°F/km], the most it adds [°F]
_RANGE_SWING = 1.5  # how much wider it is in July, and narrower in January [°F]
_COAST_RANGE = 0.7  # share of it that is left where the sea is near
_CARRIED = 8.0  # time in which the day's first hours leave the evening before [h]
_ANOMALY = (3.0, 0.25, 0.6)  # spread of the levels at 25° [°F], what each degree north adds, and their correlation


def season(city: City, day_of_year: Floats) -> Floats:
    """Mean level by latitude [°F]: warmer and steadier in the south."""
    north = abs(city.latitude) - 25.0
    wave: Floats = 88.0 - 1.25 * north - (6.0 + 0.9 * north) * np.cos(2.0 * np.pi * (day_of_year - 20.0) / 365.25)
    return wave


def is_coast(city: City) -> bool:
    """Whether the city lies on the west coast: low, and west of 117° W."""
    return city.longitude < -117.0 and city.elevation_m < 100.0


def anomalies(city: City, days: int, rng: np.random.Generator) -> Floats:
    """Draw how far the air masses lift the level of each day above the season [°F]; the first day's is 0."""
    spread, per_degree, memory = _ANOMALY
    deviation = spread + per_degree * max(abs(city.latitude) - 25.0, 0.0)
    shocks = rng.normal(0.0, deviation * np.sqrt(1.0 - memory**2), days)
    shocks[0] = 0.0
    return np.asarray(lfilter([1.0], [1.0, -memory], shocks), dtype=np.float64)


def base(city: City, level: Floats, day_of_year: Floats) -> Floats:
    """Return the base curve of each day: (days, 288) [°F].

    It leaves the evening before without a jump, and depends on no level but the day's and that of the day before.

    Args:
        city: whose height and sea set the daily range.
        level: (days,) level [°F].
        day_of_year: (days,) 1 … 366.
    """
    hours = hours_of_day()
    at_sea, per_km, most = _RANGE
    usual = at_sea + min(per_km * city.elevation_m / 1000.0, most)
    swing = -_RANGE_SWING * np.cos(2.0 * np.pi * (day_of_year - 20.0) / 365.25)
    wide: Floats = (usual + swing) * (_COAST_RANGE if is_coast(city) else 1.0)
    own = level[:, None] - wide[:, None] * _below_peak(hours)
    at_midnight = level - wide * _below_peak(np.zeros(1))
    before = np.concatenate([at_midnight[:1], at_midnight[:-1]])
    fades = np.where(hours < _CARRIED, (1.0 + np.cos(np.pi * hours / _CARRIED)) / 2.0, 0.0)
    curve: Floats = own + (before - at_midnight)[:, None] * fades
    return curve


def _below_peak(hours: Floats) -> Floats:
    """How far the day's curve lies below its peak, as a share of its range: a slow fall and a quick rise."""
    rise = PEAK_HOUR - _TROUGH_HOUR
    since_trough = (hours - _TROUGH_HOUR) % 24.0
    rising = (1.0 + np.cos(np.pi * since_trough / rise)) / 2.0
    falling = (1.0 - np.cos(np.pi * (since_trough - rise) / (24.0 - rise))) / 2.0
    share: Floats = np.where(since_trough < rise, rising, falling)
    return share
