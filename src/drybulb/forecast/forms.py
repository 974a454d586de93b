"""What S looks at: one form per basis and lead, each with an anchor and a few features.

The *basis* says which inputs stand. A location is anchored: ``anchor + constant + Σ coefficient · feature``, the
*relative* features being differences from the anchor, so that the penalty of a fit pulls towards "as the anchor says"
and not towards zero degrees. The sets were chosen by out-of-fold log score in contiguous blocks of days before 2024;
what did not help (further seasonal terms, products with the hour, hinges where a maximum so far is known) is not here.
"""

from __future__ import annotations

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

_ALIKE = 0.7
"""Correlation of two sources' errors: of the two MOS before 2024, 0.69 at KPHL and 0.71 at KMDW and at KMIA."""

NEIGHBOUR = "neighbour_"


@dataclass(frozen=True, slots=True)
class Form:
    """Inputs of one fit.

    Attributes:
        anchor: input the location starts from.
        relative: inputs that enter the location as their difference from the anchor.
        absolute: inputs that enter the location as they are.
        scale: inputs of the log scale.
        given: inputs that are added to the log scale as they are, with nothing to be fitted.
    """

    anchor: str
    relative: tuple[str, ...]
    absolute: tuple[str, ...]
    scale: tuple[str, ...]
    given: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Basis:
    """A set of inputs that stand together.

    Attributes:
        name: what a belief calls it.
        needs: inputs without which it cannot be used.
        forms: its forms, each with the first hour of the fits that take it [h], in order.
        cuts: local standard hours since the event's midnight at which its fits begin, and the end [h].
        clock: input that is cut; on the event day the hour of the last reading, because at ten past the hour
            a reading of seven minutes to is known and at ten sharp it is not.
    """

    name: str
    needs: tuple[str, ...]
    forms: tuple[tuple[float, Form], ...]
    cuts: tuple[float, ...]
    clock: str = "hours"

    def form_at(self, start: float) -> Form:
        """The form of the fit that begins at an hour [h]."""
        return [form for first, form in self.forms if first <= start][-1]

    @property
    def is_joint(self) -> bool:
        """Whether guidance and observations stand together."""
        return len(self.needs) > 1


_SEASONS = ("season_sin", "season_cos")
_SPREAD = ("scatter", "width", "has_width")
_SEASONED = (*_SPREAD, *_SEASONS)
_COMPANY = ("company",)
"""Where guidance leads: with a source missing it is wider, though no training ever saw one missing."""

_DAY_BEFORE, _EVENING = -24.0, 18.0
_BY_LEAD = (_DAY_BEFORE, 0.0, 24.0)
_BY_HOUR = (-24.0, -18.0, -12.0, -6.0, *(float(n) for n in range(23)), 24.0)
"""A routine reading of the last hour is known only after the day, and the rare special report of it makes no fit of its
own: the last two hours are one part, or such a report would make S forget all the day has shown."""


_MORNING, _NOON_PAST = 10.0, 14.0
"""First hours of the forms that follow the night's [h]. What a day like the last one would bring is out of date by ten;
by two little of the day is left to learn from, and a form of more than the bare readings learns it by heart."""

_AIR = ("wind_east", "wind_north", "cover")


def _joint(name: str, of: str, until: float, absolute: tuple[str, ...], curve: tuple[str, ...] = ()) -> Basis:
    """Guidance and the readings ``of`` a station; wind and cloud count until an hour, ``curve`` in the log scale."""
    spread = (*_SPREAD, *curve)
    air = tuple(f"{of}{element}" for element in _AIR)
    plain = Form(
        anchor=f"{of}last_temp",
        relative=("guidance", f"{of}running_max"),
        absolute=(f"{of}temp_trend", *absolute),
        scale=spread,
    )
    scale = (*spread, f"{of}log_shortfall", *air)
    day = replace(plain, absolute=(*plain.absolute, *air), scale=scale, given=_COMPANY)
    night = replace(day, absolute=(*day.absolute, f"{of}warming", f"{of}rise_before"))
    day_before = Form("guidance", (f"{of}last_temp", "normal"), (f"{of}surprise",), _SEASONED, _COMPANY)
    forms = ((_DAY_BEFORE, day_before), (0.0, night), (_MORNING, day), (until, plain))
    return Basis(name, ("guidance", f"{of}last_temp"), forms, _BY_HOUR, f"{of}read_at")


def _observed(name: str, of: str) -> Basis:
    trend = (f"{of}temp_trend",)
    day_before = Form("normal", (f"{of}last_temp", "last_high", "guidance_day_before"), trend, _SEASONS)
    event_day = Form(f"{of}last_temp", (f"{of}running_max", "normal", "last_high"), trend, _SEASONS)
    forms = ((_DAY_BEFORE, day_before), (0.0, event_day))
    return Basis(name, (f"{of}last_temp",), forms, _BY_HOUR, f"{of}read_at")


_GUIDED = Form("guidance", ("normal",), (), _SEASONED, _COMPANY)

BASES = (
    _joint("guidance+observations", "", _NOON_PAST, ("off_curve", "climb"), ("has_curve",)),
    # No maximum of the station's own makes a floor here, so the neighbour's enters as a hinge.
    _joint("guidance+neighbour", NEIGHBOUR, _EVENING, (f"{NEIGHBOUR}shortfall",)),
    Basis("guidance", ("guidance",), ((_DAY_BEFORE, _GUIDED), (0.0, _GUIDED)), _BY_LEAD),
    _observed("observations", ""),
    _observed("neighbour", NEIGHBOUR),
)
"""All bases; where several stand, a joint one is preferred, then the one whose fit scored best."""


_NORMAL = ("normal", "last_high", "guidance_day_before")
"""Inputs that are the usual high, or are taken to be it where they are not known."""


def _without_normals(basis: Basis) -> Basis:
    """The same basis for a station whose usual highs nobody knows: nothing is relative to them."""
    forms = []
    for start, form in basis.forms:
        anchor = basis.needs[-1] if form.anchor == "normal" else form.anchor
        relative = tuple(name for name in form.relative if name not in (anchor, *_NORMAL))
        forms.append((start, replace(form, anchor=anchor, relative=relative)))
    return replace(basis, forms=tuple(forms))


POOLED_BASES = tuple(_without_normals(basis) for basis in BASES)
"""The bases as fitted on all stations together, for one that has no fit of its own."""

NOTHING_KNOWN = "no guidance and no observations known"


class Inputs:
    """Every input of a batch of rows, by name; one value a row.

    It is NaN in what a basis needs and lacks, and in what is not known and a fit takes to be as usual. The neighbour's
    temperatures are less its bias, as guidance is.

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
            "scatter": np.log1p(column(rows, "guidance_spread")),
            "company": _company(column(rows, "guidance_n")),
            "width": np.log1p(column(rows, "guidance_width")),
            "has_width": np.isfinite(column(rows, "guidance_width")).astype(np.float64),
            "last_high": _filled(column(rows, "last_high"), normal),
            "guidance_day_before": _filled(column(rows, "guidance_day_before"), normal),
        }
        for of, bias in (("", 0.0), (NEIGHBOUR, neighbour_bias(rows))):
            is_fresh = column(rows, f"{of}last_temp_age") <= MAX_READING_AGE_HOURS
            last = np.where(is_fresh, column(rows, f"{of}last_temp") - bias, np.nan)
            highest = _filled(column(rows, f"{of}running_max") - bias, last)
            trend = np.nan_to_num(column(rows, f"{of}temp_trend"), nan=0.0)
            age = np.nan_to_num(column(rows, f"{of}last_temp_age"), nan=0.0)
            shortfall = np.maximum(guidance - highest, 0.0)
            self.values |= {
                f"{of}last_temp": last,
                f"{of}running_max": highest,
                f"{of}temp_trend": np.clip(trend, -_TREND_LIMIT, _TREND_LIMIT),
                f"{of}read_at": np.where(hours < 0.0, hours, np.maximum(hours - age, 0.0)),
                f"{of}shortfall": shortfall,
                f"{of}log_shortfall": np.log1p(np.nan_to_num(shortfall, nan=0.0)),
                **_air(rows, of, bias),
            }

        # A climb is what a curve says beyond guidance: where there is none, guidance stands.
        curve, climb = column(rows, "curve_now"), column(rows, "curve_rest") - column(rows, "curve_now")
        self.values |= {
            "has_curve": np.isfinite(climb).astype(np.float64),
            "off_curve": np.nan_to_num(self.values["last_temp"] - curve, nan=0.0),
            "climb": np.nan_to_num(climb - np.maximum(guidance - self.values["last_temp"], 0.0), nan=0.0),
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
        scale = tuple(self.values[name][where] for name in (*form.scale, *form.given))
        return anchor, (*relative, *absolute), scale


def _air(rows: pl.DataFrame, of: str, bias: Floats | float) -> dict[str, Floats]:
    """Wind and cloud of the last report, how it compares with the day before, and how far that day outran its guidance.

    The day before an event is not over when it is asked: it outran its guidance so far. What is not known is NaN.
    """
    direction, speed = np.deg2rad(column(rows, f"{of}last_wind_dir")), column(rows, f"{of}last_wind")
    # A calm comes from nowhere, and is known.
    direction = np.where(speed == 0.0, 0.0, direction)
    before = column(rows, f"{of}temp_day_before")
    found = {
        "cover": column(rows, f"{of}last_cover"),
        "wind_east": -speed * np.sin(direction),
        "wind_north": -speed * np.cos(direction),
        "warming": column(rows, f"{of}last_temp") - before,
        "rise_before": column(rows, f"{of}previous_max") - before,
        "surprise": column(rows, f"{of}previous_max") - bias - column(rows, "guidance_day_before"),
    }
    return {f"{of}{name}": value for name, value in found.items()}


def neighbour_bias(rows: pl.DataFrame) -> Floats:
    """What is taken from the neighbour's temperatures [°F]: its bias, nothing where none of its errors is known.

    Args:
        rows: rows of the snapshot frame.
    """
    return np.nan_to_num(column(rows, f"{NEIGHBOUR}bias"), nan=0.0)


def _company(sources: Floats) -> Floats:
    """Log deviation of a mean of so many sources, of one source's; 0 where there is none.

    Errors that correlate by ``r`` leave their mean of ``n`` a variance of ``(1 + (n - 1) r) / n`` of one of them.
    """
    n = np.maximum(sources, 1.0)
    return 0.5 * np.log((1.0 + (n - 1.0) * _ALIKE) / n)


def _filled(values: Floats, instead: Floats) -> Floats:
    return np.where(np.isnan(values), instead, values)
