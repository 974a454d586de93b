"""What a station reports each hour beside the temperature, and how likely each regime makes it.

Each element is drawn from its own last *published* value towards what the regime asks for, then rounded and
published. So the series are smooth, the regime is the only hidden thing in them, and the chance of what was published
is exact: that of a rounding cell, given the regime and what was published before.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from drybulb.world.clock import Floats, Ints
from drybulb.world.regimes import Regime

UNLIMITED = 22_000.0
"""Ceiling where there is none, as the Integrated Surface Database writes it [m]."""

NO_DIRECTION = -1
"""Where a calm wind comes from."""

_CALM = 1.0  # a slower wind has no direction [m/s]
#: How far an element goes towards its target in an hour, and the standard deviation of its noise.
_DEWPOINT = (0.12, 1.6)  # [°F]
_PRESSURE = (0.10, 0.7)  # [hPa]
_TURNING = (0.30, 25.0)  # [degrees]
_WIND = (0.35, 1.2)  # [m/s]
_KEEPS = 0.4  # chance that the kind of ceiling stays what it was
#: Height of each kind of ceiling: lowest and highest [m]; the first is none.
_HEIGHTS = ((UNLIMITED, UNLIMITED), (2400.0, 3600.0), (930.0, 2370.0), (300.0, 900.0), (60.0, 270.0))
_HEIGHT_STEP = 30.0  # heights are reported in hundreds of feet [m]


@dataclass(frozen=True, slots=True)
class Air:
    """What was published at each reading, in order; each (n,).

    Attributes:
        dewpoint: dew point [whole °F], never above the temperature.
        pressure: pressure at sea level [tenths of hPa].
        wind: speed [tenths of m/s], 0 where it is calm.
        wind_from: direction it comes from [tens of degrees, 1 … 36], NO_DIRECTION where it is calm.
        ceiling: kind of ceiling, 0 (none) … 4.
        height: height of the ceiling [m].
    """

    dewpoint: Ints
    pressure: Ints
    wind: Ints
    wind_from: Ints
    ceiling: Ints
    height: Floats


@dataclass(frozen=True, slots=True)
class Before:
    """What was published last, to start from: the same units as :class:`Air`."""

    dewpoint: int
    pressure: int
    wind: int
    wind_from: int
    ceiling: int


def start(regime: Regime, level: float) -> Before:
    """Return what stands for a report before the first: the regime's own targets, at a level [°F]."""
    return Before(
        round(level - regime.dewpoint),
        round(regime.pressure * 10),
        round(regime.wind * 10),
        round(regime.wind_from / 10),
        0,
    )


def draw(
    regimes: tuple[Regime, ...], regime: Ints, level: Floats, temperature: Ints, rng: np.random.Generator
) -> tuple[Air, Before]:
    """Draw what the station reports.

    Args:
        regimes: of the city.
        regime: (n,) number of the regime at each reading.
        level: (n,) level of the day [°F].
        temperature: (n,) temperature at each reading [whole °F].
        rng: seven draws a reading, whatever comes of them.

    Returns:
        What is published, and what stands for the report before the first.
    """
    first = start(regimes[0], float(level[0]))
    drawn = rng.normal(size=(regime.size, 7))
    shocks, chances = drawn[:, :4].tolist(), ndtr(drawn[:, 4:]).tolist()
    choose = [np.cumsum(r.ceilings).tolist() for r in regimes]
    dew, pressure, wind, wind_from, kind = first.dewpoint, first.pressure, first.wind, first.wind_from, first.ceiling
    height, rows = UNLIMITED, []
    for r, top, warm, shock, chance in zip(
        regime.tolist(), level.tolist(), temperature.tolist(), shocks, chances, strict=True
    ):
        now = regimes[r]
        dew = min(round(_towards(dew, top - now.dewpoint, _DEWPOINT, shock[0])), warm)
        pressure = round(10 * _towards(pressure / 10, now.pressure, _PRESSURE, shock[1]))
        speed = round(10 * _towards(wind / 10, now.wind, _WIND, shock[2]))
        wind = speed if speed >= 10 * _CALM else 0
        if wind:
            turned = wind_from + _TURNING[0] * _turn(now.wind_from / 10 - wind_from)
            wind_from = (round(turned + _TURNING[1] / 10 * shock[3]) - 1) % 36 + 1
        if chance[0] >= _KEEPS:
            before, kind = kind, next(n for n, up_to in enumerate(choose[r]) if chance[1] < up_to or n == 4)
            if kind != before:
                low, high = _HEIGHTS[kind]
                height = round((low + (high - low) * chance[2]) / _HEIGHT_STEP) * _HEIGHT_STEP if kind else UNLIMITED
        rows.append((dew, pressure, wind, wind_from if wind else NO_DIRECTION, kind, height))
    columns = [np.array(column) for column in zip(*rows, strict=True)]
    return Air(*columns), first


def _towards(before: float, target: float, how: tuple[float, float], shock: float) -> float:
    share, noise = how
    return before + share * (target - before) + noise * shock


def _turn(tens: float) -> float:
    """The shorter way round: -18 … 18 tens of degrees."""
    return (tens + 18.0) % 36.0 - 18.0


def likelihood(regimes: tuple[Regime, ...], air: Air, first: Before, level: Floats, temperature: Ints) -> Floats:
    """Return the chance of what was published at each reading, by regime: (n, regimes).

    Args:
        regimes: of the city.
        air: what was published.
        first: what was published before the first reading.
        level: (n,) level of the day [°F].
        temperature: (n,) temperature published with it [whole °F].
    """
    means = _means(regimes, air, first, level)
    step = 0.05  # half a tenth
    dewpoint, warm, pressure, wind = (
        np.asarray(published, dtype=np.float64)[:, None]
        for published in (air.dewpoint, temperature, air.pressure / 10.0, air.wind / 10.0)
    )
    # A dew point above the temperature is published as the temperature.
    highest = np.where(dewpoint == warm, np.inf, dewpoint + 0.5)
    chance = _between(dewpoint - 0.5, highest, means["dewpoint"], _DEWPOINT[1])
    chance *= _between(pressure - step, pressure + step, means["pressure"], _PRESSURE[1])
    is_calm = wind == 0.0
    slowest = np.where(is_calm, -np.inf, wind - step)
    chance *= _between(slowest, np.where(is_calm, _CALM - step, wind + step), means["wind"], _WIND[1])
    chance *= np.where(is_calm, 1.0, _direction(air.wind_from, means["wind_from"]))
    same = air.ceiling == _previous(air.ceiling, first.ceiling)
    drawn = np.array([regime.ceilings for regime in regimes])[:, air.ceiling].T
    chance *= _KEEPS * same[:, None] + (1.0 - _KEEPS) * drawn
    return chance


def _previous(published: Ints, first: int) -> Ints:
    return np.concatenate([[first], published[:-1]])


def _means(regimes: tuple[Regime, ...], air: Air, first: Before, level: Floats) -> dict[str, Floats]:
    """Where each element is drawn to at each reading, by regime, in the units of a regime's targets."""

    def asked(name: str) -> Floats:
        return np.array([getattr(regime, name) for regime in regimes], dtype=np.float64)

    def drawn(before: Floats, target: Floats, share: float) -> Floats:
        mean: Floats = before[:, None] + share * (target - before[:, None])
        return mean

    # In a calm the direction that was published last still stands.
    newest = np.maximum.accumulate(np.where(air.wind_from != NO_DIRECTION, np.arange(air.wind_from.size), -1))
    standing = np.where(newest >= 0, air.wind_from[newest], first.wind_from)
    direction = _previous(standing, first.wind_from).astype(np.float64)
    turned = direction[:, None] + _TURNING[0] * ((asked("wind_from") / 10 - direction[:, None] + 18.0) % 36.0 - 18.0)
    return {
        "dewpoint": drawn(
            _previous(air.dewpoint, first.dewpoint) / 1.0, level[:, None] - asked("dewpoint"), _DEWPOINT[0]
        ),
        "pressure": drawn(_previous(air.pressure, first.pressure) / 10, asked("pressure"), _PRESSURE[0]),
        "wind": drawn(_previous(air.wind, first.wind) / 10, asked("wind"), _WIND[0]),
        "wind_from": turned,
    }


def _between(low: Floats, high: Floats, mean: Floats, deviation: float) -> Floats:
    """Chance that a normal number lies in a rounding cell."""
    chance: Floats = ndtr((high - mean) / deviation) - ndtr((low - mean) / deviation)
    return chance


def _direction(published: Ints, mean: Floats) -> Floats:
    """Chance of a direction, which may have been reached the other way round too [tens of degrees]."""
    away = (published[:, None] - mean + 18.0) % 36.0 - 18.0
    chance = np.zeros_like(away)
    for turns in (-1, 0, 1):
        at = away + 36.0 * turns
        chance += _between(at - 0.5, at + 0.5, np.zeros(1), _TURNING[1] / 10)
    return chance
