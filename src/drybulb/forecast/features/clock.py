"""Where in its life an event stands, and where in the year."""

from __future__ import annotations

from drybulb.forecast import normals
from drybulb.forecast.features.table import Table
from drybulb.forecast.model import Floats


def market_clock(table: Table) -> dict[str, Floats]:
    """Hours since the market opened, to its close, and since the event's local standard midnight [h]."""
    return {name: table[name] for name in ("since_open", "to_close", "hours")}


def season(table: Table) -> dict[str, Floats]:
    """Sine and cosine of the annual cycle."""
    sine, cosine = normals.season(table["day_of_year"])
    return {"season_sin": sine, "season_cos": cosine}
