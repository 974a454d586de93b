"""The hidden chain of a city: a departure from the base curve on a lattice, and a regime.

In five minutes the departure stays or moves by one step of the lattice, with chances that draw it to the target of
the regime at that hour; on each quarter of an hour the regime may switch. There are no more than some three hundred
states, so sums over all of them are exact: nothing here is an approximation.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate

import numpy as np
from scipy.sparse import csr_array

from drybulb.world.clock import STEPS, Floats, Ints
from drybulb.world.regimes import Sky, steps_of_memory

SPACING = 0.5
"""Distance of two neighbours on the lattice [°F]."""

PER_QUARTER = 3
"""Five-minute means in a quarter of an hour."""

_LOWEST, _HIGHEST = -16.0, 9.0  # ends of the lattice [°F]
_SHOCK = 0.42  # standard deviation of the move in five minutes [°F]
_SURE = 0.95  # no move is surer than this


@dataclass(frozen=True, slots=True)
class Chain:
    """The chances of a city's hidden chain.

    Attributes:
        lattice: (y,) departures [°F], ascending.
        up: (288, r, y) chance that a departure moves up from this five-minute mean to the next.
        down: (288, r, y) chance that it moves down.
        switching: (37, 96, r, r) chance of the next regime, by part of the year and by the quarter it begins.
    """

    lattice: Floats
    up: Floats
    down: Floats
    switching: Floats

    @property
    def shape(self) -> tuple[int, int]:
        """Numbers of regimes and of departures."""
        return self.up.shape[1], self.lattice.size

    @property
    def start(self) -> Floats:
        """(r, y) law of the very first five-minute mean: on the base curve, in the first regime."""
        law = np.zeros(self.shape)
        law[0, np.abs(self.lattice).argmin()] = 1.0
        return law

    def moves(self) -> Floats:
        """Return the chance of each move: (288, r, y, y), from the third axis to the fourth."""
        found = np.zeros((*self.up.shape, self.lattice.size))
        at = np.arange(self.lattice.size)
        found[..., at, at] = 1.0 - self.up - self.down
        found[..., at[:-1], at[1:]] = self.up[..., :-1]
        found[..., at[1:], at[:-1]] = self.down[..., 1:]
        return found

    def look_ahead(self) -> list[csr_array]:
        """Return, by five-minute mean, the matrix that takes a function of the next departure to its expectation."""
        regimes, size = self.shape
        count = regimes * size
        at = np.arange(count)
        found = []
        for step in range(STEPS):
            up, down = self.up[step].ravel(), self.down[step].ravel()
            # No chance crosses from one regime's end to the next one's beginning: there it is 0.
            values = np.concatenate([down[1:], 1.0 - up - down, up[:-1]])
            rows = np.concatenate([at[1:], at, at[:-1]])
            columns = np.concatenate([at[:-1], at, at[1:]])
            found.append(csr_array((values, (rows, columns)), shape=(count, count)))
        return found

    def draw(self, seasons: Ints, rng: np.random.Generator) -> tuple[Ints, Ints]:
        """Draw regimes and places on the lattice: two (days, 288).

        Args:
            seasons: (days,) part of the year of each day.
            rng: two draws for each five-minute mean, used or not, so that a longer world begins as a shorter one.
        """
        up, down = self.up.tolist(), (1.0 - self.down).tolist()
        switching = [
            [[list(accumulate(row)) for row in quarter] for quarter in part] for part in _lists(self.switching)
        ]
        last = self.shape[0] - 1
        regimes, places = [], []
        regime, place = 0, int(np.abs(self.lattice).argmin())
        is_first = True
        for season, moved, turned in zip(seasons.tolist(), *_uniform(rng, seasons.size), strict=True):
            chances = switching[season]
            for step in range(STEPS):
                if not is_first:
                    before = step - 1
                    draw = moved[step]
                    if draw < up[before][regime][place]:
                        place += 1
                    elif draw >= down[before][regime][place]:
                        place -= 1
                    if step % PER_QUARTER == 0:
                        row = chances[step // PER_QUARTER][regime]
                        draw = turned[step // PER_QUARTER]
                        regime = 0
                        while regime < last and draw >= row[regime]:
                            regime += 1
                is_first = False
                regimes.append(regime)
                places.append(place)
        shape = (seasons.size, STEPS)
        return np.array(regimes).reshape(shape), np.array(places).reshape(shape)


def _lists(switching: Floats) -> list[list[list[list[float]]]]:
    found: list[list[list[list[float]]]] = switching.tolist()
    return found


def _uniform(rng: np.random.Generator, days: int) -> tuple[list[list[float]], list[list[float]]]:
    draws = rng.random((days, STEPS + STEPS // PER_QUARTER))
    return draws[:, :STEPS].tolist(), draws[:, STEPS:].tolist()


def chain_of(sky: Sky) -> Chain:
    """Return the chain of a city whose regimes are ``sky``."""
    lattice = np.arange(round(_LOWEST / SPACING), round(_HIGHEST / SPACING) + 1, dtype=np.float64) * SPACING
    distance: Floats = lattice[None, None, :] - sky.targets()[:, :, None]
    drift: Floats = np.clip(-steps_of_memory(sky)[None, :, None] * distance / SPACING, -_SURE, _SURE)
    # A move of one step has a second moment of its chance: as much as the shock asks, at least as much as the drift.
    moves: Floats = np.clip((_SHOCK / SPACING) ** 2 + drift**2, np.abs(drift), _SURE)
    up: Floats = (moves + drift) / 2.0
    down: Floats = (moves - drift) / 2.0
    up[..., -1] = 0.0
    down[..., 0] = 0.0
    return Chain(lattice, up, down, sky.switching())
