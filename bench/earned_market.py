"""Beliefs beside the market: the anchored pool over the years, and e-values and markouts in the winter."""

from __future__ import annotations

from datetime import date
from typing import Any

from bench.earned_quotes import ALL, YEARS
from drybulb.adapters.lake import Lake
from drybulb.app.anchoring import score_pool
from drybulb.app.belief_markouts import belief_markouts
from drybulb.app.config import Config
from drybulb.app.forecaster import Forecaster
from drybulb.app.watch import watch

Row = dict[str, Any]

NAMES = ("hybrid", "S")


def pool_rows(lake: Lake, stock: Config) -> Row:
    """The pool of belief and market against the market, each ladder with the weight known then.

    Args:
        lake: what :func:`bench.earned_quotes.yearly` returns.
        stock: the configuration.
    """
    found = score_pool(lake, stock, stock.cities(), date(YEARS[0], 1, 1), date(YEARS[-1], 12, 31))
    return {"rows": found.rows, "notes": found.notes}


def watch_rows(forecaster: Forecaster, window: tuple[date, date]) -> Row:
    """The market's bets against the belief, city by city.

    Args:
        forecaster: of the refit, on a lake of all tables.
        window: first and last event day.
    """
    found = watch(forecaster.lake, forecaster.config, forecaster.config.cities(), forecaster, *window).to_json()
    cities = [{name: value for name, value in row.items() if name != "path"} for row in found["cities"]]
    return {"registered": found["registered"], "cities": cities, "flags": found["flags"], "notes": found["notes"]}


def markout_rows(forecaster: Forecaster, window: tuple[date, date]) -> Row:
    """Whether the mids came to where the beliefs said they were wrong, by city and horizon, over all clocks.

    Args:
        forecaster: of the refit, on a lake of all tables.
        window: first and last event day.
    """
    config = forecaster.config
    found = belief_markouts(forecaster.lake, config, config.cities(), forecaster, *window, NAMES)
    rows = [row for row in found.to_json()["rows"] if row["clock"] == ALL]
    return {"rows": rows, "notes": found.notes}
