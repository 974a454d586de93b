"""S: the high is the greater of what was already reached and of what the rest of the day brings.

::

    P(high ≤ k) = P(M ≤ k) · P(R ≤ k)

M is the official equivalent of the maximum so far (see :mod:`drybulb.forecast.gaps`), R the maximum of the rest of the
day (see :mod:`drybulb.forecast.logistic`), taken as independent. On the day before, M is absent; late in the day R lies
far below M and the distribution is M's.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from drybulb.forecast.forms import BASES, NOTHING_KNOWN, POOLED_BASES, Basis, Inputs
from drybulb.forecast.gaps import Gaps
from drybulb.forecast.logistic import cdf
from drybulb.forecast.model import GRID, Floats, Prediction, at_positions, column, pmf_of, station_rows
from drybulb.forecast.normals import Normals
from drybulb.forecast.parts import POOLED, Part, fit_parts, maxima

BORROWED = "as at other stations"
"""Said of a station with no fit of its own, which the fit of all stations speaks for."""

_BLOCK = 2048
"""Rows whose distribution functions are held at once."""


@dataclass(frozen=True, slots=True)
class _Blend:
    """Between which two parts' centres each row lies, and how far it is towards the later one.

    A fit of one hour holds at its centre. A special report minutes after the hour lies between two routine ones, and
    taking either fit as it stands would make the distribution jump there and back.
    """

    parts: Sequence[Part]
    before: np.ndarray[Any, np.dtype[np.intp]]
    share: Floats

    @classmethod
    def of(cls, parts: Sequence[Part], clock: Floats) -> _Blend:
        centres = np.array([part.centre for part in parts])
        if centres.size == 1:
            return cls(parts, np.zeros(clock.size, dtype=np.intp), np.zeros(clock.size))
        before = np.clip(np.searchsorted(centres, clock, side="right") - 1, 0, centres.size - 2)
        share = (clock - centres[before]) / (centres[before + 1] - centres[before])
        return cls(parts, before, np.clip(share, 0.0, 1.0))

    def mix(self, value: Callable[[Part], Floats | float]) -> Floats:
        """A value of the parts at each row; asked of those alone that some row lies next to."""
        later = np.minimum(self.before + 1, len(self.parts) - 1)
        table = np.empty((len(self.parts), self.share.size))
        for number in {*self.before.tolist(), *later.tolist()}:
            table[number] = value(self.parts[number])
        rows = np.arange(self.share.size)
        mixed: Floats = (1.0 - self.share) * table[self.before, rows] + self.share * table[later, rows]
        return mixed


class Structural:
    """The structural forecaster, ``S``.

    Args:
        normals: usual highs by station.
        gaps: gaps by station, ``*`` for a station without its own.
        parts: fits of R by station.
    """

    name = "S"

    def __init__(self, normals: Normals, gaps: Mapping[str, Gaps], parts: Mapping[str, list[Part]]) -> None:
        self.normals = normals
        self.gaps = dict(sorted(gaps.items()))
        self.parts = dict(sorted(parts.items()))

    @classmethod
    def fit(cls, normals: Normals, gaps: Mapping[str, Gaps], rows: pl.DataFrame, window_days: int) -> Structural:
        """Fit every basis and part of the day that has enough labelled days.

        Args:
            normals: usual highs by station.
            gaps: what :func:`~drybulb.forecast.gaps.fit_gaps` counted.
            rows: snapshot rows with ``high`` [°F], sorted by station, day and instant.
            window_days: newest labelled days used, counted for each basis by itself.
        """
        return cls(normals, gaps, fit_parts(normals, gaps, rows, window_days))

    def only(self, stations: Collection[str]) -> Structural:
        """S of some stations alone."""
        normals = Normals({name: mine for name, mine in self.normals.coefficients.items() if name in stations})
        gaps = {name: mine for name, mine in self.gaps.items() if name in stations or name == POOLED}
        return Structural(normals, gaps, {name: mine for name, mine in self.parts.items() if name in stations})

    def stands_on(self, station: str) -> str:
        """The bases fitted for a station, each with the most days any part of the day had."""
        days: dict[str, int] = {}
        for part in self.parts.get(station, []):
            days[part.basis] = max(part.days, days.get(part.basis, 0))
        return ", ".join(f"{basis} {number} days" for basis, number in days.items())

    def predict(self, rows: pl.DataFrame) -> Prediction:
        """Distributions, with the basis as reason; see :class:`~drybulb.forecast.model.Model`."""
        found = Prediction.none(rows.height, NOTHING_KNOWN)
        for station, where in station_rows(rows).items():
            self._predict_station(at_positions(rows, where), station, where, found)
        return found

    def _predict_station(
        self, rows: pl.DataFrame, station: str, where: np.ndarray[Any, np.dtype[np.intp]], found: Prediction
    ) -> None:
        normal = np.full(rows.height, np.nan)
        if station in self.normals:
            normal = self.normals.at(station, column(rows, "day_of_year"))
        inputs = Inputs(rows, normal)
        something = np.any([inputs.stands(basis) for basis in BASES], axis=0)
        found.refuse(where[something], f"no fit for {station}: no labelled days with these inputs were known")
        own = self.parts.get(station, []) if station in self.normals else []
        self._speak(inputs, (BASES, own, ""), rows, (station, where), found)
        # What the station's own fits cannot answer, such as a source that began after they were made, others' can.
        self._speak(inputs, (POOLED_BASES, self.parts.get(POOLED, []), f", {BORROWED}"), rows, (station, where), found)

    def _speak(
        self,
        inputs: Inputs,
        fits: tuple[Sequence[Basis], Sequence[Part], str],
        rows: pl.DataFrame,
        place: tuple[str, np.ndarray[Any, np.dtype[np.intp]]],
        found: Prediction,
    ) -> None:
        """Fill in the rows of a station that some fits can speak about and nobody has spoken about yet."""
        (bases, parts, borrowed), (station, where) = fits, place
        silent = ~found.available[where]
        if not parts or not silent.any():
            return
        chosen, location, scale = _rest(inputs, bases, parts)
        gaps = self.gaps.get(station, self.gaps[POOLED])
        said = maxima(rows)
        for number, basis in enumerate(bases):
            picked = np.flatnonzero((chosen == number) & silent)
            for start in range(0, picked.size, _BLOCK):
                at = picked[start : start + _BLOCK]
                rest = cdf(GRID[None, :], location[at, None], scale[at, None])
                so_far = gaps.cdf_of_max(GRID[None, :], *(one[at, None] for one in said))
                found.put(where[at], pmf_of(so_far * rest), basis.name + borrowed)

    def to_json(self) -> dict[str, Any]:
        """Normals, gaps and fits."""
        return {
            "normals": self.normals.to_json(),
            "gaps": {name: gaps.to_json() for name, gaps in self.gaps.items()},
            "parts": {name: [part.to_json() for part in parts] for name, parts in self.parts.items()},
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Structural:
        """The inverse of :meth:`to_json`."""
        gaps = {name: Gaps.from_json(found) for name, found in data["gaps"].items()}
        parts = {name: [Part.from_json(part) for part in found] for name, found in data["parts"].items()}
        return cls(Normals.from_json(data["normals"]), gaps, parts)


def _rest(inputs: Inputs, bases: Sequence[Basis], fitted: Sequence[Part]) -> tuple[Floats, Floats, Floats]:
    """Number of the basis each row stands on (-1: none), and the location and scale of its R [°F]."""
    rows = inputs.values["hours"].shape
    chosen, location, scale = np.full(rows, -1.0), np.zeros(rows), np.ones(rows)
    best = np.full(rows, np.inf)
    for number, basis in enumerate(bases):
        stands = inputs.stands(basis)
        for lead in (1, 0):
            asked = np.flatnonzero(stands & (inputs.values["lead"] == lead))
            parts = [p for p in fitted if (p.basis, p.start < 0) == (basis.name, lead == 1)] if asked.size else []
            if not parts:
                continue
            hours = inputs.values[basis.clock][asked]
            where = asked[np.any([(hours >= p.start) & (hours < p.end) for p in parts], axis=0)]
            if not where.size:
                continue
            score, found_location, found_scale = _of_parts(inputs, basis, parts, where)
            if basis.is_joint:
                # A joint basis knows all that its halves know; its score is of other days, so it is not compared.
                score = np.full(where.size, -np.inf)
            better = score < best[where]
            at = where[better]
            chosen[at], best[at] = number, score[better]
            location[at], scale[at] = found_location[better], found_scale[better]
    return chosen, location, scale


def _of_parts(
    inputs: Inputs, basis: Basis, parts: Sequence[Part], where: np.ndarray[Any, np.dtype[np.intp]]
) -> tuple[Floats, Floats, Floats]:
    """Score [nats], location and scale [°F] of R at the rows ``where``, by the fits of one basis and lead."""
    blend = _Blend.of(parts, inputs.values[basis.clock][where])
    seen = {form: inputs.features(form, where) for _, form in basis.forms}

    def location(part: Part) -> Floats:
        anchor, features, _ = seen[basis.form_at(part.start)]
        return anchor + part.fit.locations(features)

    def log_scale(part: Part) -> Floats:
        return np.log(part.fit.scales(seen[basis.form_at(part.start)][2]))

    return blend.mix(lambda part: part.score), blend.mix(location), np.exp(blend.mix(log_scale))
