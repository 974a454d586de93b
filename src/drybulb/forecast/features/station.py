"""What is known of the place: its climate, where it stands, and the last official high published."""

from __future__ import annotations

from drybulb.forecast.features.table import Table
from drybulb.forecast.model import Floats


def lags(table: Table) -> dict[str, Floats]:
    """The newest official high published by then against usual and guidance [°F], and its age [d]."""
    return {
        "last_high_minus_usual": table["last_high"] - table["usual"],
        "last_high_minus_guidance": table["last_high"] - table["guidance"],
        "last_high_lag": table["last_high_lag"],
    }


def station(table: Table) -> dict[str, Floats]:
    """Usual high of the season [°F], latitude [degrees north] and elevation [m]."""
    return {name: table[name] for name in ("usual", "latitude", "elevation")}
