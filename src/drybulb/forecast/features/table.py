"""The columns features are made of: snapshot columns as floats, the usual high, and each source's voice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np
import polars as pl

from drybulb.forecast.forms import MAX_READING_AGE_HOURS, NEIGHBOUR, neighbour_bias
from drybulb.forecast.model import Floats, column, series, station_rows
from drybulb.forecast.normals import Normals

_LAST = (
    *("last_temp", "temp_trend", "last_dewpoint", "last_wind", "last_wind_dir", "last_ceiling", "last_cover"),
    "pressure_trend",
)
"""What a station that fell silent no longer says."""

_BIASED = ("last_temp", "running_max", "previous_max", "temp_day_before", "last_dewpoint")
"""Temperatures of the neighbour that its bias is taken from; the dew point too, for their difference is as measured."""

_NUMERIC = (
    "hours",
    "lead",
    "day_of_year",
    "since_open",
    "to_close",
    "latitude",
    "elevation",
    "guidance",
    "guidance_raw",
    "guidance_n",
    "guidance_spread",
    "guidance_age",
    "guidance_width",
    "curve_rest",
    "curve_now",
    "guidance_day_before",
    "last_high",
    "last_high_lag",
    f"{NEIGHBOUR}bias",
    *(
        f"{of}{name}"
        for of in ("", NEIGHBOUR)
        for name in (
            "group_max",
            "reading_max",
            "running_max",
            "running_max_upper",
            "previous_max",
            "temp_day_before",
            "last_temp_age",
            "n_readings",
            "n_at_max",
            "max_span",
            "rise_to_max",
            *_LAST,
        )
    ),
)


@dataclass(frozen=True, slots=True)
class Table:
    """Inputs of the feature groups by name, one value a row.

    Attributes:
        values: arrays of shape (n,), NaN where nothing was known.
        sources: guidance sources that have features of their own, in order.
    """

    values: Mapping[str, Floats]
    sources: tuple[str, ...]

    def __getitem__(self, name: str) -> Floats:
        return self.values[name]

    @classmethod
    def of(cls, rows: pl.DataFrame, normals: Normals, sources: tuple[str, ...]) -> Table:
        """Read the rows.

        Raises:
            ModelError: a column is missing.
        """
        values = {name: column(rows, name) for name in _NUMERIC}
        for of in ("", NEIGHBOUR):
            silent = ~(values[f"{of}last_temp_age"] <= MAX_READING_AGE_HOURS)
            for name in _LAST:
                values[f"{of}{name}"] = np.where(silent, np.nan, values[f"{of}{name}"])
            values[f"{of}held"] = _hours_since(rows, f"{of}running_max_at")
        bias = neighbour_bias(rows)
        for name in _BIASED:
            values[f"{NEIGHBOUR}{name}"] = values[f"{NEIGHBOUR}{name}"] - bias
        values["usual"] = _usual(rows, normals, values)
        return cls(values | _voices(rows, sources), sources)


def _hours_since(rows: pl.DataFrame, name: str) -> Floats:
    """Hours from an instant of the row to the row's own [h], NaN where there is none."""
    # Microseconds since 1970 are whole numbers that a float holds exactly until the year 2255.
    return (column(rows, "at") - column(rows, name)) / 3.6e9


def _usual(rows: pl.DataFrame, normals: Normals, values: Mapping[str, Floats]) -> Floats:
    """Usual high [°F]; at a station never trained on, what guidance says, so that nothing looks unusual there."""
    found = values["guidance"].copy()
    for name, where in station_rows(rows).items():
        if name in normals:
            found[where] = normals.at(name, values["day_of_year"][where])
    return found


def _voices(rows: pl.DataFrame, sources: tuple[str, ...]) -> dict[str, Floats]:
    """Each source's standing forecast less its bias and its bias [°F], by family."""
    found = {f"{name} {what}": np.full(rows.height, np.nan) for name in sources for what in ("high", "bias")}
    if not sources:
        return found
    said = series(rows, "guidance_by")
    count = np.nan_to_num(said.list.len().cast(pl.Float64).to_numpy(), nan=0.0).astype(np.intp)
    row = np.repeat(np.arange(rows.height), count)
    voices = said.explode(empty_as_null=False, keep_nulls=False).struct.unnest()
    family = np.array([family_of(source) for source in voices["source"].to_list()], dtype=np.object_)
    for name in sources:
        mine = np.flatnonzero(family == name)
        for what in ("high", "bias"):
            found[f"{name} {what}"][row[mine]] = voices[what].to_numpy()[mine]
    return found


@cache
def family_of(source: str) -> str:
    """The model behind a source's name: ``mos:gfs-run`` and ``mos:gfs`` are the same model from two collections."""
    provider, _, model = source.partition(":")
    return f"{provider}:{model.partition('-')[0]}"


def families(rows: pl.DataFrame, share: float) -> tuple[str, ...]:
    """Families of sources heard in at least a share of the rows that have guidance, sorted.

    Args:
        rows: rows of the snapshot frame.
        share: share of the rows with guidance, 0 … 1.
    """
    heard = rows.filter(pl.col("guidance_n") > 0)
    names = pl.col("guidance_by").list.eval(pl.element().struct.field("source"))
    said = heard.select(pl.int_range(pl.len()).alias("row"), names.alias("source")).explode("source")
    named = pl.Series("source", [family_of(source) for source in said["source"].to_list()], pl.String)
    counted = said.with_columns(named).group_by("source").agg(pl.col("row").n_unique())
    return tuple(sorted(counted.filter(pl.col("row") >= share * heard.height)["source"]))
