"""What others forecast: level, age, spread and bias, each source by itself, and how it stands against what was seen."""

from __future__ import annotations

from drybulb.forecast.features.table import Table
from drybulb.forecast.model import Floats


def guidance(table: Table) -> dict[str, Floats]:
    """Spread over sources [°F], their number, age of the freshest [h], mean bias taken off and departure from usual."""
    return {
        "guidance_spread": table["guidance_spread"],
        "guidance_n": table["guidance_n"],
        "guidance_age": table["guidance_age"],
        "guidance_bias": table["guidance_raw"] - table["guidance"],
        "guidance_minus_usual": table["guidance"] - table["usual"],
    }


def forecast_minus_observed(table: Table) -> dict[str, Floats]:
    """How far guidance lies above what was reached, above the last reading and above yesterday's maximum [°F]."""
    return {
        "guidance_minus_max": table["guidance"] - table["running_max"],
        "guidance_minus_last": table["guidance"] - table["last_temp"],
        "guidance_minus_previous": table["guidance"] - table["previous_max"],
    }


def by_source(table: Table) -> dict[str, Floats]:
    """Each source's own forecast against the mean of all, and its bias [°F]."""
    found = {}
    for name in table.sources:
        found[f"{name} minus guidance"] = table[f"{name} high"] - table["guidance"]
        found[f"{name} bias"] = table[f"{name} bias"]
    return found
