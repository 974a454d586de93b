"""What a station has shown: the maximum so far, the path of the temperature, yesterday, the sky; and the neighbour."""

from __future__ import annotations

import numpy as np

from drybulb.forecast.features.table import Table
from drybulb.forecast.forms import NEIGHBOUR
from drybulb.forecast.model import Floats

_FLAT = 1.0
"""A temperature this close to the maximum so far still stands on it [°F]."""


def reached(table: Table) -> dict[str, Floats]:
    """The maximum so far as an interval: its width, how far groups lie above readings, how long it has stood.

    A gap above readings is wide where their peak is sharp: how many stand at it, over how many hours, and how steep the
    rise to it was [°F] tell that.
    """
    return {
        "max_width": table["running_max_upper"] - table["running_max"],
        "group_over_reading": table["group_max"] - table["reading_max"],
        "max_held": table["held"],
        "n_readings": table["n_readings"],
        "n_at_max": table["n_at_max"],
        "max_span": table["max_span"],
        "rise_to_max": table["rise_to_max"],
    }


def path(table: Table) -> dict[str, Floats]:
    """Fall from the maximum [°F], plateau on it [h], trend [°F/h], age of the last reading [h]."""
    fall = table["running_max"] - table["last_temp"]
    return {
        "fall": fall,
        "plateau": np.where(fall <= _FLAT, table["held"], np.where(np.isnan(fall), np.nan, 0.0)),
        "temp_trend": table["temp_trend"],
        "reading_age": table["last_temp_age"],
    }


def yesterday(table: Table) -> dict[str, Floats]:
    """How today compares with the same hour of the day before, and with what that day reached [°F]."""
    return {
        "warmer_than_day_before": table["last_temp"] - table["temp_day_before"],
        "below_previous_max": table["previous_max"] - table["last_temp"],
    }


def sky(table: Table) -> dict[str, Floats]:
    """Ceiling [log m], low cloud, dew point and its depression [°F], wind by component [m/s], trend of pressure."""
    direction = np.deg2rad(table["last_wind_dir"])
    return {
        "ceiling": np.log1p(np.maximum(table["last_ceiling"], 0.0)),
        "cover": table["last_cover"],
        "dewpoint": table["last_dewpoint"],
        "depression": table["last_temp"] - table["last_dewpoint"],
        "wind": table["last_wind"],
        "wind_east": -table["last_wind"] * np.sin(direction),
        "wind_north": -table["last_wind"] * np.cos(direction),
        "pressure_trend": table["pressure_trend"],
    }


def neighbour(table: Table) -> dict[str, Floats]:
    """The neighbour's path and sky under its own name, and its bias [°F]; never a floor of this station's."""
    at = {name: table[f"{NEIGHBOUR}{name}"] for name in ("last_temp", "running_max", "previous_max")}
    direction = np.deg2rad(table[f"{NEIGHBOUR}last_wind_dir"])
    return {
        "neighbour_bias": table[f"{NEIGHBOUR}bias"],
        "neighbour_fall": at["running_max"] - at["last_temp"],
        "neighbour_held": table[f"{NEIGHBOUR}held"],
        "neighbour_temp_trend": table[f"{NEIGHBOUR}temp_trend"],
        "neighbour_reading_age": table[f"{NEIGHBOUR}last_temp_age"],
        "neighbour_warmer_than_day_before": at["last_temp"] - table[f"{NEIGHBOUR}temp_day_before"],
        "neighbour_below_previous_max": at["previous_max"] - at["last_temp"],
        "neighbour_depression": at["last_temp"] - table[f"{NEIGHBOUR}last_dewpoint"],
        "neighbour_ceiling": np.log1p(np.maximum(table[f"{NEIGHBOUR}last_ceiling"], 0.0)),
        "neighbour_cover": table[f"{NEIGHBOUR}last_cover"],
        "neighbour_wind_east": -table[f"{NEIGHBOUR}last_wind"] * np.sin(direction),
        "neighbour_wind_north": -table[f"{NEIGHBOUR}last_wind"] * np.cos(direction),
        "neighbour_pressure_trend": table[f"{NEIGHBOUR}pressure_trend"],
        "guidance_minus_neighbour_max": table["guidance"] - at["running_max"],
    }
