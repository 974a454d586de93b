"""P(official high < k | all published so far), counted over every past and future, from the rows of the tables alone.

Slow and literal: it keeps the maxima of the day and of the six hours as part of the state, reads the rows with a
``known_at`` up to an instant in the order of what they are about, and goes on to the end without rows.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import ndtr

from drybulb.domain.climateday import ClimateDay
from drybulb.world import air
from drybulb.world.weather import CityWeather

Floats = NDArray[np.float64]
Row = dict[str, Any]

_DEVIATIONS = (2.4, 1.8, 1.3)


class Counted:
    """Counts the states of one city."""

    def __init__(self, weather: CityWeather, tables: Mapping[str, pl.DataFrame], lowered: float) -> None:
        self._weather, self._tables, self._lowered = weather, tables, lowered
        self._known = tables
        degrees = np.floor(weather.base[:, :, None] + weather.chain.lattice + 0.5).astype(int)
        self._lowest = int(degrees.min()) - 1  # stands for no maximum yet
        self._degrees = degrees - self._lowest
        self._count = int(self._degrees.max()) + 1
        hours = weather.means.size // 12
        exact = weather.means.ravel()[10::12]
        level = np.repeat(weather.level, 24)
        self._air = air.likelihood(weather.regimes, weather.air, weather.first_air, level, exact).reshape(hours, -1)
        self._starts = [ClimateDay(day, weather.city.standard_offset_hours).start for day in weather.days]

    def below(self, index: int, at: datetime, degrees: NDArray[np.int64]) -> Floats:
        """P(official high < degree) of the day of number ``index``, given the rows known at ``at``."""
        self._known = {name: rows.filter(pl.col("known_at") <= at) for name, rows in self._tables.items()}
        values, metars = (self._readings(kind) for kind in ("five_minute", "metar"))
        reports = {(row["day"], row["version"]): row["high"] for row in self._known["official"].to_dicts()}
        law = np.zeros((*self._weather.chain.shape, self._count, self._count))
        law[..., 0, 0] = self._weather.chain.start
        for n in range(min(index + 2, len(self._weather.days))):
            if n <= index:
                law = _forget(law, 2)
            for step in range(288):
                if n or step:
                    law = self._moved(law, n, step)
                valid = self._starts[n] + timedelta(minutes=5 * step)
                law = self._reached(law, n, step, valid, today=n <= index)
                law = self._keep_celsius(law, n, step, values.get(valid))
                law = self._keep_metar(law, n, step, metars.get(valid + timedelta(minutes=3)))
                if step == 195:
                    law = _only(law, 2, reports.get((self._weather.days[n], 1)), self._lowest)
                if step == 180:
                    law = law * self._guided(n)[..., None, None]
                law = law / law.sum()
            law = self._final(law, reports.get((self._weather.days[n], 2)))
        highest = law.sum(axis=(0, 1, 3))
        found = []
        for degree in degrees - self._lowest:
            cut = [highest[: max(k, 0)].sum() for k in (degree, degree + 1)]
            found.append((1.0 - self._lowered) * cut[0] + self._lowered * cut[1])
        return np.array(found, dtype=np.float64) / float(highest.sum())

    def _readings(self, kind: str) -> dict[datetime, Row]:
        rows = self._known["observations"].filter(pl.col("kind") == kind)
        return {row["valid_at"]: row for row in rows.to_dicts()}

    def _moved(self, law: Floats, n: int, step: int) -> Floats:
        chain = self._weather.chain
        up, down = (chance[step - 1][:, :, None, None] for chance in (chain.up, chain.down))
        moved: Floats = (1.0 - up - down) * law
        moved[:, 1:] += (up * law)[:, :-1]
        moved[:, :-1] += (down * law)[:, 1:]
        if step % 3:
            return moved
        turns = chain.switching[self._weather.seasons[n], step // 3]
        switched: Floats = np.einsum("rydg,rs->sydg", moved, turns)
        return switched

    def _reached(self, law: Floats, n: int, step: int, valid: datetime, *, today: bool) -> Floats:
        if valid.minute == 0 and valid.hour in (0, 6, 12, 18):
            law = _forget(law, 3)
        for place, degree in enumerate(self._degrees[n, step]):
            for axis in (1, 2) if today else (2,):
                of_place = np.moveaxis(law[:, place], axis, 0)
                of_place[degree] += of_place[:degree].sum(axis=0)
                of_place[:degree] = 0.0
        return law

    def _keep_celsius(self, law: Floats, n: int, step: int, row: Row | None) -> Floats:
        if row is None:
            return law
        whole = self._degrees[n, step] + self._lowest
        kept: Floats = law * (np.round((whole - 32) / 1.8) == row["temp"])[:, None, None]
        return kept

    def _keep_metar(self, law: Floats, n: int, step: int, row: Row | None) -> Floats:
        if row is None:
            return law
        whole = self._degrees[n, step] + self._lowest
        law = law * (np.round((whole - 32) / 1.8, 1) == row["temp"])[:, None, None]
        law = law * self._air[n * 24 + step // 12][:, None, None, None]
        if row["max_6h"] is None:
            return law
        return _only(law, 3, round(row["max_6h"] * 1.8 + 32), self._lowest)

    def _guided(self, n: int) -> Floats:
        """Chance of the runs known about a day, by regime and place."""
        weather = self._weather
        is_late = (pl.col("day") == weather.days[n]) & (pl.col("source") == "world:late")
        rows = self._known["guidance"].filter(is_late).sort("issued_at")
        chance = np.ones(weather.chain.shape)
        for said, deviation in zip(rows["high"], _DEVIATIONS, strict=False):
            for number, regime in enumerate(weather.regimes):
                error = said - weather.late_offset[n] - regime.seen * weather.chain.lattice
                wide = deviation * regime.harder
                chance[number] *= ndtr((error + 0.5) / wide) - ndtr((error - 0.5) / wide)
        return chance

    def _final(self, law: Floats, high: int | None) -> Floats:
        if high is None:
            return law
        found = np.zeros_like(law)
        at = high - self._lowest
        found[:, :, at] = (1.0 - self._lowered) * law[:, :, at]
        if at + 1 < self._count:
            found[:, :, at + 1] = self._lowered * law[:, :, at + 1]
        return found


def _forget(law: Floats, axis: int) -> Floats:
    found = np.zeros_like(law)
    np.moveaxis(found, axis, 0)[0] = law.sum(axis=axis)
    return found


def _only(law: Floats, axis: int, degree: int | None, lowest: int) -> Floats:
    """Keep the states with one maximum, if it is known."""
    if degree is None:
        return law
    found = np.zeros_like(law)
    np.moveaxis(found, axis, 0)[degree - lowest] = np.moveaxis(law, axis, 0)[degree - lowest]
    return found
