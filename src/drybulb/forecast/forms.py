"""What S looks at: one form per basis and lead, each with an anchor and a few features.

The *basis* says which inputs stand. A location is anchored: ``anchor + constant + Σ coefficient · feature``, the
*relative* features being differences from the anchor, so that the penalty of a fit pulls towards "as the anchor says"
and not towards zero degrees. The sets were chosen by out-of-fold log score in contiguous blocks of days before 2024;
what did not help (further seasonal terms, products with the hour, hinges where a maximum so far is known) is not here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from drybulb.forecast.model import Booleans, Floats, column
from drybulb.forecast.normals import season

MAX_READING_AGE_HOURS = 3.0
"""A station that has not reported for longer is taken to be silent [h]."""

_TREND_LIMIT = 6.0
"""A faster rise or fall is a front or an error, and says no more than this one [°F/h]."""

NEIGHBOUR = "neighbour_"


@dataclass(frozen=True, slots=True)
class Form:
    """Inputs of one fit.

    Attributes:
        anchor: input the location starts from.
        relative: inputs that enter the location as their difference from the anchor.
        absolute: inputs that enter the location as they are.
        scale: inputs of the log scale.
    """

    anchor: str
    relative: tuple[str, ...]
    absolute: tuple[str, ...]
    scale: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Basis:
    """A set of inputs that stand together.

    Attributes:
        name: what a belief calls it.
        needs: inputs without which it cannot be used.
        forms: its form by lead.
        cuts: local standard hours since the event's midnight at which its fits begin, and the end [h].
        clock: input that is cut; on the event day the hour of the last reading, because at ten past the hour
            a reading of seven minutes to is known and at ten sharp it is not.
    """

    name: str
    needs: tuple[str, ...]
    forms: Mapping[int, Form]
    cuts: tuple[float, ...]
    clock: str = "hours"

    @property
    def is_joint(self) -> bool:
        """Whether guidance and observations stand together."""
        return len(self.needs) > 1


_SEASONED = ("scatter", "season_sin", "season_cos")
_BY_LEAD = (-24.0, 0.0, 24.0)
_BY_HOUR = (-24.0, -18.0, -12.0, -6.0, *(float(n) for n in range(23)), 24.0)
"""A routine reading of the last hour is known only after the day, and the rare special report of it makes no fit of its
own: the last two hours are one part, or such a report would make S forget all the day has shown."""


def _joint(name: str, of: str, absolute: tuple[str, ...] = ()) -> Basis:
    day_before = Form("guidance", (f"{of}last_temp", "normal"), (), _SEASONED)
    event_day = Form(
        anchor=f"{of}last_temp",
        relative=("guidance", f"{of}running_max"),
        absolute=(f"{of}temp_trend", *absolute),
        scale=("scatter",),
    )
    return Basis(name, ("guidance", f"{of}last_temp"), {1: day_before, 0: event_day}, _BY_HOUR, f"{of}read_at")


def _observed(name: str, of: str) -> Basis:
    seasons = _SEASONED[1:]
    trend = (f"{of}temp_trend",)
    day_before = Form("normal", (f"{of}last_temp", "last_high"), trend, seasons)
    event_day = Form(f"{of}last_temp", (f"{of}running_max", "normal", "last_high"), trend, seasons)
    return Basis(name, (f"{of}last_temp",), {1: day_before, 0: event_day}, _BY_HOUR, f"{of}read_at")


_GUIDED = Form("guidance", ("normal",), (), _SEASONED)

BASES = (
    _joint("guidance+observations", ""),
    # No maximum of the station's own makes a floor here, so the neighbour's enters as a hinge.
    _joint("guidance+neighbour", NEIGHBOUR, (f"{NEIGHBOUR}shortfall",)),
    Basis("guidance", ("guidance",), {1: _GUIDED, 0: _GUIDED}, _BY_LEAD),
    _observed("observations", ""),
    _observed("neighbour", NEIGHBOUR),
)
"""All bases; where several stand, a joint one is preferred, then the one whose fit scored best."""


def _without_normals(basis: Basis) -> Basis:
    """The same basis for a station whose usual highs nobody knows: nothing is relative to them."""
    forms = {}
    for lead, form in basis.forms.items():
        anchor = basis.needs[-1] if form.anchor == "normal" else form.anchor
        relative = tuple(name for name in form.relative if name not in (anchor, "normal", "last_high"))
        forms[lead] = replace(form, anchor=anchor, relative=relative)
    return replace(basis, forms=forms)


POOLED_BASES = tuple(_without_normals(basis) for basis in BASES)
"""The bases as fitted on all stations together, for one that has no fit of its own."""

NOTHING_KNOWN = "no guidance and no observations known"


class Inputs:
    """Every input of a batch of rows, by name; one value a row, NaN only in what a basis needs and lacks.

    The neighbour's temperatures are less its bias, as guidance is.

    Args:
        rows: rows of the snapshot frame.
        normal: usual high of each row [°F].
    """

    def __init__(self, rows: pl.DataFrame, normal: Floats) -> None:
        sine, cosine = season(column(rows, "day_of_year"))
        guidance, hours = column(rows, "guidance"), column(rows, "hours")
        self.values: dict[str, Floats] = {
            "hours": hours,
            "lead": column(rows, "lead"),
            "normal": normal,
            "season_sin": sine,
            "season_cos": cosine,
            "guidance": guidance,
            "scatter": np.log1p(np.nan_to_num(column(rows, "guidance_spread"), nan=0.0)),
            "last_high": _filled(column(rows, "last_high"), normal),
        }
        for of, bias in (("", 0.0), (NEIGHBOUR, neighbour_bias(rows))):
            is_fresh = column(rows, f"{of}last_temp_age") <= MAX_READING_AGE_HOURS
            last = np.where(is_fresh, column(rows, f"{of}last_temp") - bias, np.nan)
            highest = _filled(column(rows, f"{of}running_max") - bias, last)
            trend = np.nan_to_num(column(rows, f"{of}temp_trend"), nan=0.0)
            age = np.nan_to_num(column(rows, f"{of}last_temp_age"), nan=0.0)
            self.values |= {
                f"{of}last_temp": last,
                f"{of}running_max": highest,
                f"{of}temp_trend": np.clip(trend, -_TREND_LIMIT, _TREND_LIMIT),
                f"{of}read_at": np.where(hours < 0.0, hours, np.maximum(hours - age, 0.0)),
                f"{of}shortfall": np.maximum(guidance - highest, 0.0),
            }

    def stands(self, basis: Basis) -> Booleans:
        """Rows that have everything the basis needs."""
        found = np.ones(self.values["hours"].shape, dtype=np.bool_)
        for name in basis.needs:
            found &= ~np.isnan(self.values[name])
        return found

    def features(
        self, form: Form, where: Booleans | NDArray[np.intp]
    ) -> tuple[Floats, tuple[Floats, ...], tuple[Floats, ...]]:
        """Anchor, features of the location and features of the log scale of the rows ``where``."""
        anchor = self.values[form.anchor][where]
        relative = tuple(self.values[name][where] - anchor for name in form.relative)
        absolute = tuple(self.values[name][where] for name in form.absolute)
        return anchor, (*relative, *absolute), tuple(self.values[name][where] for name in form.scale)


def neighbour_bias(rows: pl.DataFrame) -> Floats:
    """What is taken from the neighbour's temperatures [°F]: its bias, nothing where none of its errors is known.

    Args:
        rows: rows of the snapshot frame.
    """
    return np.nan_to_num(column(rows, f"{NEIGHBOUR}bias"), nan=0.0)


def _filled(values: Floats, instead: Floats) -> Floats:
    return np.where(np.isnan(values), instead, values)
