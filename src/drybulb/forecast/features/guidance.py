"""What others forecast: level, age, spread and bias, each source by itself, and how it stands against what was seen."""

from __future__ import annotations

from drybulb.forecast.features.table import Table
from drybulb.forecast.model import Floats


def guidance(table: Table) -> dict[str, Floats]:
    """How sure guidance is, how old, how biased, and how far from usual.

    Spread over sources and deviation by their percentiles [°F], their number, age of the freshest [h], mean bias taken
    off and departure from usual, of the day before as well [°F].
    """
    return {
        "guidance_spread": table["guidance_spread"],
        "guidance_width": table["guidance_width"],
        "guidance_n": table["guidance_n"],
        "guidance_age": table["guidance_age"],
        "guidance_bias": table["guidance_raw"] - table["guidance"],
        "guidance_minus_usual": table["guidance"] - table["usual"],
        "guidance_day_before_minus_usual": table["guidance_day_before"] - table["usual"],
    }


def forecast_minus_observed(table: Table) -> dict[str, Floats]:
    """How far guidance lies above what was reached, above the last reading and above yesterday's maximum [°F].

    Where there is a curve, also how high it still goes above what was reached, and how far the last reading is off it.
    """
    return {
        "guidance_minus_max": table["guidance"] - table["running_max"],
        "guidance_minus_last": table["guidance"] - table["last_temp"],
        "guidance_minus_previous": table["guidance"] - table["previous_max"],
        "previous_minus_its_guidance": table["previous_max"] - table["guidance_day_before"],
        "curve_rest_minus_max": table["curve_rest"] - table["running_max"],
        "last_minus_curve": table["last_temp"] - table["curve_now"],
    }


def by_source(table: Table) -> dict[str, Floats]:
    """Each source's own forecast against the mean of all, and its bias [°F]."""
    found = {}
    for name in table.sources:
        found[f"{name} minus guidance"] = table[f"{name} high"] - table["guidance"]
        found[f"{name} bias"] = table[f"{name} bias"]
    return found
