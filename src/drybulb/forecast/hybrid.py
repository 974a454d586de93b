"""The hybrid: who speaks when, and why.

On the day before (lead 1) the global model speaks. On the event's day (lead 0) the city's own model speaks, for the
first hours blended with the global one, so that nothing jumps at midnight; where there is no city model, or it is
silent, the global one; where that is missing or silent too, nobody, and the reason says so. Where the city model's own
card says that the global one is better out of fold, the two change places on the event's day.

A city model learnt from rows with a fresh reading, so it is silent where S has turned to guidance alone: there it does
worse than S, and than the global model, which learnt from such rows too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np
import polars as pl
from numpy.typing import NDArray

from drybulb.forecast.fitted import refuse_before
from drybulb.forecast.forms import MAX_READING_AGE_HOURS, NEIGHBOUR
from drybulb.forecast.model import Floats, Model, Prediction, at_positions, column
from drybulb.forecast.model_card import CITY, GLOBAL

NAME = "hybrid"
SIDES = (GLOBAL, CITY, NAME)
"""What the hybrid can be asked as: one of its sides alone, or whole."""

FALLBACK = "fallback:"
"""Head of the source of a belief that the next in line gave."""

NO_CITY_MODEL = "no city model"
CITY_SILENT = "city model silent"

NO_READING = f"no reading of the station or a neighbour of the last {MAX_READING_AGE_HOURS:g} h is known"
"""Why a city model is silent about a row that it never learnt from the like of."""

Rows = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Speaker:
    """A model that passed the gate.

    Attributes:
        id: identity of the stored model.
        model: the forecaster.
        stations: stations it was trained on.
        last_known_at: when the newest thing it knows became known; it does not speak before it [UTC].
        yields: of a city model: why its card leaves the event's day to the global model; empty where it does not.
    """

    id: str
    model: Model
    stations: frozenset[str]
    last_known_at: datetime
    yields: str = ""


@dataclass(frozen=True, slots=True)
class Hybrid:
    """The models in force and the rule that chooses between them.

    Attributes:
        market_clock: the global model, None where there is none.
        cities: city models by city key.
        absent: why a model is not there, by its name in the registry (``global``, ``city-miami``).
        blend_hours: hours after the event's midnight in which the global model's share falls from 1 to 0 [h].
    """

    market_clock: Speaker | None
    cities: Mapping[str, Speaker]
    absent: Mapping[str, str] = field(default_factory=dict)
    blend_hours: float = 2.0

    def predict(self, name: str, rows: pl.DataFrame) -> Prediction:
        """Ask the hybrid, or one of its two sides alone.

        Args:
            name: ``hybrid``, ``global`` or ``city``.
            rows: rows of the snapshot frame.

        Raises:
            ModelError: a row from before the newest thing a model knows that would speak about it.
        """
        if name == GLOBAL:
            return self._global(rows, np.arange(rows.height)).prediction()
        if name == CITY:
            return self._city(rows, np.arange(rows.height)).prediction()
        return self._choose(rows, *self._heard(rows)).prediction()

    def shares(self, name: str, rows: pl.DataFrame) -> dict[str, Floats]:
        """How much of each belief of :meth:`predict` is the global model's and the city model's.

        Args:
            name: ``hybrid``, ``global`` or ``city``.
            rows: rows of the snapshot frame.

        Returns:
            ``global`` and ``city``, shape (n,) each; they sum to 1 where anybody speaks, else to 0.

        Raises:
            ModelError: a row from before the newest thing a model knows that would speak about it.
        """
        nobody = np.zeros(rows.height)
        if name == GLOBAL:
            return {GLOBAL: self._global(rows, np.arange(rows.height)).speaks.astype(np.float64), CITY: nobody}
        if name == CITY:
            own = self._city(rows, np.arange(rows.height)).speaks
            return {GLOBAL: nobody, CITY: own.astype(np.float64)}
        whole, own = (side.speaks for side in self._heard(rows))
        share = np.where(own, self._share(rows, whole), whole)
        return {GLOBAL: share, CITY: np.where(own, 1.0 - share, 0.0)}

    def _heard(self, rows: pl.DataFrame) -> tuple[_Said, _Said]:
        """What the global and the city model say, each asked only where it may have a share."""
        yields = self._yields(rows)
        whole = self._global(rows, np.flatnonzero(yields))
        own = self._city(rows, np.flatnonzero(~(yields & whole.speaks)))
        alone = own.speaks & (column(rows, "hours") >= self.blend_hours)
        self._ask_global(whole, rows, np.flatnonzero(~yields & ~alone))
        return whole, own

    def _yields(self, rows: pl.DataFrame) -> NDArray[np.bool_]:
        """Rows of the event's day that a city model's card leaves to the global model."""
        keys = [key for key, speaker in self.cities.items() if speaker.yields]
        today = column(rows, "lead") == 0
        return today & rows["city"].is_in(keys).to_numpy() if keys else np.zeros(rows.height, dtype=np.bool_)

    def _share(self, rows: pl.DataFrame, whole: NDArray[np.bool_]) -> Floats:
        """The global model's share where the city's model speaks too: falling, and nothing where it is silent."""
        share = np.clip(1.0 - column(rows, "hours") / self.blend_hours, 0.0, 1.0)
        return np.where(whole, share, 0.0)

    def _global(self, rows: pl.DataFrame, where: Rows) -> _Said:
        """The global model on the rows at some positions, silence on the others."""
        said = _Said.silence(rows.height, f"no global model: {self.absent.get(GLOBAL, 'none is stored')}")
        self._ask_global(said, rows, where)
        return said

    def _ask_global(self, said: _Said, rows: pl.DataFrame, where: Rows) -> None:
        if self.market_clock is not None and where.size:
            said.take(where, at_positions(rows, where), self.market_clock, GLOBAL)

    def _city(self, rows: pl.DataFrame, asked: Rows) -> _Said:
        """The city models on the rows at some positions; on the others they give way to the global one."""
        said = _Said.silence(rows.height, "a city model speaks on the event's day only")
        is_asked = np.zeros(rows.height, dtype=np.bool_)
        is_asked[asked] = True
        keys, today = rows["city"].to_numpy(), column(rows, "lead") == 0
        ages = [column(rows, f"{of}last_temp_age") for of in ("", NEIGHBOUR)]
        is_read = np.any([age <= MAX_READING_AGE_HOURS for age in ages], axis=0)
        for key in sorted(set(keys)):
            mine = (keys == key) & today
            if key not in self.cities:
                why = self.absent.get(f"{CITY}-{key}", "none is stored")
                said.refuse(np.flatnonzero(mine), f"no city model for {key}: {why}")
                continue
            said.refuse(np.flatnonzero(mine & ~is_asked), self.cities[key].yields)
            mine &= is_asked
            where = np.flatnonzero(mine & is_read)
            said.take(where, at_positions(rows, where), self.cities[key], CITY)
            said.refuse(np.flatnonzero(mine & ~is_read), f"{CITY} silent: {NO_READING}")
        return said

    def _choose(self, rows: pl.DataFrame, whole: _Said, own: _Said) -> _Said:
        today, yields = column(rows, "lead") == 0, self._yields(rows)
        found = whole.copy()
        for row in np.flatnonzero(today & ~own.speaks):
            found.reason[row] = f"{own.reason[row]}; {whole.reason[row]}"
            if whole.speaks[row] and not yields[row]:
                has_model = str(rows["city"][int(row)]) in self.cities
                found.source[row] = FALLBACK + (CITY_SILENT if has_model else NO_CITY_MODEL)
        mine = np.flatnonzero(today & own.speaks)
        share = self._share(rows, whole.speaks)[mine]
        found.pmf[mine] = share[:, None] * whole.pmf[mine] + (1.0 - share)[:, None] * own.pmf[mine]
        found.speaks[mine] = True
        is_early = column(rows, "hours") < self.blend_hours
        for row, weight in zip(mine, share, strict=True):
            blended = whole.speaks[row]
            found.source[row] = f"blend(global {weight:.2f}, city {1.0 - weight:.2f})" if blended else CITY
            found.model[row] = f"{whole.model[row]} {own.model[row]}" if blended else own.model[row]
            found.reason[row] = own.reason[row]
            if is_early[row] or yields[row]:
                unheard = "standing in: " if yields[row] else "not blended: "
                found.reason[row] += f"; {'' if blended else unheard}{whole.reason[row]}"
        return found


@dataclass(frozen=True, slots=True)
class _Said:
    """What one side says about a batch of rows: like a prediction, with who and which on every row."""

    pmf: Floats
    speaks: NDArray[np.bool_]
    reason: list[str]
    source: list[str]
    model: list[str]

    @classmethod
    def silence(cls, rows: int, why: str) -> _Said:
        none = Prediction.none(rows, why)
        return cls(none.pmf, none.available, none.reason, [""] * rows, [""] * rows)

    def copy(self) -> _Said:
        return _Said(self.pmf.copy(), self.speaks.copy(), [*self.reason], [*self.source], [*self.model])

    def refuse(self, where: Rows, why: str) -> None:
        """Say why nobody speaks about the rows at the positions ``where``."""
        for row in where:
            self.reason[row] = why

    def take(self, where: Rows, rows: pl.DataFrame, speaker: Speaker, source: str) -> None:
        """Let a model speak about ``rows``, which stand at the positions ``where``."""
        if not where.size:
            return
        refuse_before(speaker.last_known_at, rows["at"].min())
        said = speaker.model.predict(rows)
        self.pmf[where], self.speaks[where] = said.pmf, said.available
        stations = rows["station"].to_list()
        for row, available, reason, station in zip(where, said.available, said.reason, stations, strict=True):
            unseen = "" if station in speaker.stations else f", unseen: not trained on {station}"
            self.reason[row] = f"{source}{unseen}: {reason}" if available else f"{source} silent: {reason}"
            if available:
                self.source[row], self.model[row] = source, f"{source}:{speaker.id}"

    def prediction(self) -> Prediction:
        """The same as a prediction."""
        return Prediction(self.pmf, self.speaks, self.reason, self.source, self.model)
