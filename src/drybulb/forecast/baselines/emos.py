"""EMOS: the reference every belief must beat, one logistic distribution around the guidance a station and lead.

The location is linear in the guidance *as it came* and in the usual high of the day, the log scale in the guidance's
spread and the season; fitted by interval likelihood on the newest days. Guidance corrected by its decaying bias would
make a sharper reference; it is kept for S, so that the difference between the two shows what the correction and the
observations are worth. The usual high and the season earn their place: without them the out-of-fold log score of the
years before 2024 is 0.018 nats worse at KPHL, 0.012 at KMDW, and 0.006 better at KMIA.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl

from drybulb.forecast.logistic import FitData, LogisticFit, cdf, fit_logistic
from drybulb.forecast.model import GRID, Floats, Prediction, column, pmf_of, station_rows
from drybulb.forecast.normals import Normals, season

MIN_DAYS = 90
"""Fewer days with guidance cannot carry seven coefficients through a year."""

_BLOCK = 4096


class Emos:
    """Ensemble model output statistics on the raw mean of the guidance.

    Args:
        normals: usual highs by station.
        fits: coefficients by ``station/lead``.
    """

    name = "emos"

    def __init__(self, normals: Normals, fits: dict[str, LogisticFit]) -> None:
        self.normals = normals
        self.fits = fits

    @classmethod
    def fit(cls, normals: Normals, rows: pl.DataFrame) -> Emos:
        """Fit each station and lead that has enough days.

        Args:
            normals: usual highs by station.
            rows: snapshot rows with ``high`` [°F], sorted by station, day and instant.
        """
        spoken = rows.filter(pl.col("guidance_raw").is_not_null()).unique(
            ["station", "day", "lead", "guidance_raw"], keep="first", maintain_order=True
        )
        fits = {}
        for (station, lead), part in spoken.group_by("station", "lead", maintain_order=True):
            if str(station) not in normals or part["day"].n_unique() < MIN_DAYS:
                continue
            anchor, location, scale = _features(part, normals.at(str(station), column(part, "day_of_year")))
            high = column(part, "high") - anchor
            fits[f"{station}/{lead}"] = fit_logistic(FitData.unobserved(location, scale, high))
        return cls(normals, dict(sorted(fits.items())))

    def predict(self, rows: pl.DataFrame) -> Prediction:
        """Distributions around the guidance; see :class:`~drybulb.forecast.model.Model`."""
        guidance, lead = column(rows, "guidance_raw"), column(rows, "lead")
        found = Prediction.none(rows.height, "no guidance known")
        for station, where in station_rows(rows).items():
            known = where[~np.isnan(guidance[where])]
            for number in sorted({int(v) for v in lead[known]}):
                at = known[lead[known] == number]
                fit = self.fits.get(f"{station}/{number}")
                if fit is None:
                    found.refuse(at, f"no fit for {station}: fewer than {MIN_DAYS} labelled days with guidance known")
                    continue
                for start in range(0, at.size, _BLOCK):
                    block = at[start : start + _BLOCK]
                    found.put(block, self._pmf(fit, rows[block], station), "guidance")
        return found

    def _pmf(self, fit: LogisticFit, rows: pl.DataFrame, station: str) -> Floats:
        anchor, location, scale = _features(rows, self.normals.at(station, column(rows, "day_of_year")))
        centre = anchor + fit.locations(location)
        return pmf_of(cdf(GRID[None, :], centre[:, None], fit.scales(scale)[:, None]))

    def to_json(self) -> dict[str, Any]:
        """Normals and coefficients."""
        return {"normals": self.normals.to_json(), "fits": {key: fit.to_json() for key, fit in self.fits.items()}}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Emos:
        """The inverse of :meth:`to_json`."""
        fits = {key: LogisticFit.from_json(fit) for key, fit in data["fits"].items()}
        return cls(Normals.from_json(data["normals"]), fits)


def _features(rows: pl.DataFrame, normal: Floats) -> tuple[Floats, tuple[Floats, ...], tuple[Floats, ...]]:
    """The guidance as anchor, features of the location beside it, features of the log scale."""
    guidance = column(rows, "guidance_raw")
    scatter = np.log1p(np.nan_to_num(column(rows, "guidance_spread"), nan=0.0))
    return guidance, (guidance, normal), (scatter, *season(column(rows, "day_of_year")))
