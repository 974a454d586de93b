"""S: the high is the greater of what was already reached and of what the rest of the day brings.

::

    P(high ≤ k) = P(M ≤ k) · P(R ≤ k)

M is the official equivalent of the maximum so far (see :mod:`drybulb.forecast.gaps`), R the maximum of the rest of the
day (see :mod:`drybulb.forecast.logistic`), taken as independent. On the day before, M is absent; late in the day R lies
far below M and the distribution is M's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from drybulb.forecast.forms import BASES, NOTHING_KNOWN, Basis, Inputs
from drybulb.forecast.gaps import Gaps
from drybulb.forecast.logistic import FitData, LogisticFit, cdf, fit_logistic, log_likelihood
from drybulb.forecast.model import GRID, Booleans, Floats, Prediction, column, pmf_of, station_rows
from drybulb.forecast.normals import Normals

MIN_DAYS = 90
"""Fewer labelled days cannot carry a fit."""

_BLOCK = 2048
"""Rows whose distribution functions are held at once."""

_POOLED = "*"


@dataclass(frozen=True, slots=True)
class Part:
    """The fit of R for one basis and part of the day.

    Attributes:
        basis: name of the basis.
        start: first local standard hour since the event's midnight [h].
        end: first hour after it [h].
        centre: mean of the basis' clock over the rows it was fitted on [h].
        days: labelled days it was fitted on.
        score: mean log score of those rows under the fit [nats].
        fit: coefficients of the basis' form for that lead.
    """

    basis: str
    start: float
    end: float
    centre: float
    days: int
    score: float
    fit: LogisticFit

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        return {
            "basis": self.basis,
            "start": self.start,
            "end": self.end,
            "centre": self.centre,
            "days": self.days,
            "score": self.score,
            "fit": self.fit.to_json(),
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Part:
        """The inverse of :meth:`to_json`."""
        values = {name: float(data[name]) for name in ("start", "end", "centre", "score")}
        return cls(basis=str(data["basis"]), days=int(data["days"]), fit=LogisticFit.from_json(data["fit"]), **values)


@dataclass(frozen=True, slots=True)
class _Blend:
    """Between which two parts' centres each row lies, and how far it is towards the later one.

    A fit of one hour holds at its centre. A special report minutes after the hour lies between two routine ones, and
    taking either fit as it stands would make the distribution jump there and back.
    """

    before: np.ndarray[Any, np.dtype[np.intp]]
    share: Floats

    @classmethod
    def of(cls, parts: list[Part], clock: Floats) -> _Blend:
        centres = np.array([part.centre for part in parts])
        if centres.size == 1:
            return cls(np.zeros(clock.size, dtype=np.intp), np.zeros(clock.size))
        before = np.clip(np.searchsorted(centres, clock, side="right") - 1, 0, centres.size - 2)
        share = (clock - centres[before]) / (centres[before + 1] - centres[before])
        return cls(before, np.clip(share, 0.0, 1.0))

    def mix(self, values: Sequence[Floats | float]) -> Floats:
        """Values of the parts, one an entry, at each row."""
        table = np.stack([np.broadcast_to(value, self.share.shape) for value in values])
        rows = np.arange(self.share.size)
        later = np.minimum(self.before + 1, len(values) - 1)
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
        parts: dict[str, list[Part]] = {}
        for station, where in station_rows(rows).items():
            if station in normals:
                own = gaps.get(station, gaps[_POOLED])
                parts[station] = _fit_station(rows[where], normals, own, station, window_days)
        return cls(normals, gaps, parts)

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
            self._predict_station(rows[where], station, where, found)
        return found

    def _predict_station(
        self, rows: pl.DataFrame, station: str, where: np.ndarray[Any, np.dtype[np.intp]], found: Prediction
    ) -> None:
        normal = np.full(rows.height, np.nan)
        if station in self.normals:
            normal = self.normals.at(station, column(rows, "day_of_year"))
        inputs = Inputs(rows, normal)
        chosen, location, scale = self._rest(inputs, station)
        something = np.any([inputs.stands(basis) for basis in BASES], axis=0)
        found.refuse(where[something], f"no fit for {station}: no labelled days with these inputs were known")
        gaps = self.gaps.get(station, self.gaps[_POOLED])
        group, reading = _maxima(rows)
        for number, basis in enumerate(BASES):
            picked = np.flatnonzero(chosen == number)
            for start in range(0, picked.size, _BLOCK):
                at = picked[start : start + _BLOCK]
                rest = cdf(GRID[None, :], location[at, None], scale[at, None])
                so_far = gaps.cdf_of_max(GRID[None, :], group[at, None], reading[at, None])
                found.put(where[at], pmf_of(so_far * rest), basis.name)

    def _rest(self, inputs: Inputs, station: str) -> tuple[Floats, Floats, Floats]:
        """Number of the basis each row stands on (-1: none), and the location and scale of its R [°F]."""
        rows = inputs.values["hours"].shape
        chosen, location, scale = np.full(rows, -1.0), np.zeros(rows), np.ones(rows)
        best = np.full(rows, np.inf)
        for number, basis in enumerate(BASES):
            stands = inputs.stands(basis)
            for lead, form in basis.forms.items():
                parts = [p for p in self.parts.get(station, []) if (p.basis, p.start < 0) == (basis.name, lead == 1)]
                covered = [_within(inputs, basis, p.start, p.end) & (inputs.values["lead"] == lead) for p in parts]
                where = np.flatnonzero(stands & np.any(covered, axis=0)) if parts else np.empty(0, dtype=np.intp)
                if not where.size:
                    continue
                blend = _Blend.of(parts, inputs.values[basis.clock][where])
                # A joint basis knows all that its halves know; its score is of other days, so it is not compared.
                score = np.full(where.size, -np.inf) if basis.is_joint else blend.mix([p.score for p in parts])
                better = score < best[where]
                anchor, features, of_scale = inputs.features(form, where)
                at = where[better]
                chosen[at], best[at] = number, score[better]
                location[at] = (anchor + blend.mix([p.fit.locations(features) for p in parts]))[better]
                logs = blend.mix([np.log(p.fit.scales(of_scale)) for p in parts])
                scale[at] = np.exp(logs)[better]
        return chosen, location, scale

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


def _within(inputs: Inputs, basis: Basis, start: float, end: float) -> Booleans:
    hours = inputs.values[basis.clock]
    return (hours >= start) & (hours < end)


def _maxima(rows: pl.DataFrame) -> tuple[Floats, Floats]:
    """Group and reading maximum of each row [°F], NaN where nothing of the event's day is known."""
    on_the_day = column(rows, "lead") == 0
    group, reading = column(rows, "group_max"), column(rows, "reading_max")
    return np.where(on_the_day, group, np.nan), np.where(on_the_day, reading, np.nan)


def _fit_station(rows: pl.DataFrame, normals: Normals, gaps: Gaps, station: str, window_days: int) -> list[Part]:
    inputs = Inputs(rows, normals.at(station, column(rows, "day_of_year")))
    high = column(rows, "high")
    group, reading = _maxima(rows)
    days = rows["day"].to_numpy().astype("datetime64[D]").astype(np.int64)
    found = []
    for basis in BASES:
        usable = _newest(inputs.stands(basis), days, window_days)
        if basis.needs == ("guidance",):
            # The same number at every hour of a day is one piece of evidence; and the form knows no observations.
            usable &= _first_of(rows)
            upto, below = np.ones_like(high), np.ones_like(high)
        else:
            upto = gaps.cdf_of_max(high, group, reading)
            below = gaps.cdf_of_max(high - 1.0, group, reading)
        for start, end in zip(basis.cuts[:-1], basis.cuts[1:], strict=True):
            where = usable & _within(inputs, basis, start, end)
            number = np.unique(days[where]).size
            if number < MIN_DAYS:
                continue
            anchor, location, scale = inputs.features(basis.forms[1 if start < 0 else 0], where)
            data = FitData(location, scale, high[where] - anchor, upto[where], below[where])
            fit = fit_logistic(data)
            score = -float(np.mean(log_likelihood(fit, data)))
            centre = float(np.mean(inputs.values[basis.clock][where]))
            found.append(Part(basis.name, start, end, centre, number, score, fit))
    return found


def _newest(usable: Booleans, days: np.ndarray[Any, np.dtype[np.int64]], window_days: int) -> Booleans:
    """Keep the newest days that have a usable row."""
    present = np.unique(days[usable])
    if present.size <= window_days:
        return usable
    kept: Booleans = usable & (days >= present[-window_days])
    return kept


def _first_of(rows: pl.DataFrame) -> Booleans:
    """The first row of each day, lead and value of the guidance."""
    first: Booleans = rows.select(pl.struct("day", "lead", "guidance").is_first_distinct()).to_series().to_numpy()
    return first
