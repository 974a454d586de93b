"""Point forecasts with the errors they made: the guidance's mean, and the centre of the listed ladder."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import polars as pl

from drybulb.errors import ModelError
from drybulb.forecast.baselines.errors import POOLED, Errors, Keyed, count_errors
from drybulb.forecast.model import Prediction, column, round_half_up, station_rows


@dataclass(frozen=True, slots=True)
class Point:
    """A number of the snapshot that somebody meant as a forecast of the high.

    Attributes:
        column: where it stands [°F].
        missing: what to say where it does not.
        spoken: what to say where it does.
        pooled: whether a station without a record of its own may use that of all stations. The exchange lays every
            city's ladder in one way; the guidance of two stations errs in two ways.
    """

    column: str
    missing: str
    spoken: str
    pooled: bool


POINTS = {
    "guidance_error": Point("guidance_raw", "no guidance known", "guidance", pooled=False),
    "ladder_centre": Point("ladder_centre", "no ladder listed", "ladder", pooled=True),
}


def _key(station: str, lead: int) -> str:
    return f"{station}/{lead}"


class PointForecast:
    """A number somebody gave, rounded, with the errors it made at the same station and lead.

    Args:
        name: one of :data:`POINTS`.
        errors: errors by ``station/lead``.

    Raises:
        ModelError: a name that is none of them.
    """

    def __init__(self, name: str, errors: Keyed) -> None:
        if name not in POINTS:
            raise ModelError(f"{name!r} is no point forecast; known: {', '.join(POINTS)}")
        self.name = name
        self.errors = errors

    @classmethod
    def fit(cls, name: str, rows: pl.DataFrame) -> PointForecast:
        """Count the errors of each distinct number of a day and lead.

        Args:
            name: one of :data:`POINTS`.
            rows: snapshot rows with ``high`` [°F], sorted by station, day and instant.
        """
        point = POINTS[name]
        first = rows.filter(pl.col(point.column).is_not_null()).unique(
            ["station", "day", "lead", point.column], keep="first", maintain_order=True
        )
        error = column(first, "high") - round_half_up(column(first, point.column))
        samples = first.select("station", group=pl.col("lead").cast(pl.Int64)).with_columns(pl.Series("error", error))
        return cls(name, count_errors(samples, _key, pooled=point.pooled))

    def predict(self, rows: pl.DataFrame) -> Prediction:
        """Distributions around the number; see :class:`~drybulb.forecast.model.Model`."""
        point = POINTS[self.name]
        values, leads = column(rows, point.column), column(rows, "lead")
        found = Prediction.none(rows.height, point.missing)
        for station, where in station_rows(rows).items():
            known = where[values[where] == values[where]]
            for lead in sorted({int(v) for v in leads[known]}):
                at = known[leads[known] == lead]
                own = self.errors.get(_key(station, lead))
                errors = own or self.errors.get(_key(POOLED, lead))
                if errors is None:
                    found.refuse(at, f"no errors of the {point.spoken} at {station} to learn from")
                    continue
                reason = point.spoken if own else f"{point.spoken}, errors of all stations"
                found.put(at, errors.pmf(round_half_up(values[at])), reason)
        return found

    def to_json(self) -> dict[str, Any]:
        """Errors by ``station/lead``."""
        return {key: errors.to_json() for key, errors in self.errors.items()}

    @classmethod
    def from_json(cls, name: str, data: dict[str, Any]) -> PointForecast:
        """The inverse of :meth:`to_json`."""
        return cls(name, {key: Errors.from_json(errors) for key, errors in data.items()})
