"""What a search for settings must not learn from: locked windows, and whatever was known after one that is closed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from pathlib import Path

import polars as pl

from drybulb.app.config import Config
from drybulb.app.locked import openings, span_of
from drybulb.app.locked_block import LockedBlock
from drybulb.app.train import Keep
from drybulb.domain.city import City
from drybulb.errors import LockedWindow
from drybulb.forecast.folds import GUARD_DAYS


def refuse_learning(config: Config, until: datetime, cities: Mapping[str, City]) -> None:
    """Refuse to look for settings with what was known inside or after a locked window that was never opened.

    Args:
        config: its ``[[locked]]`` blocks and ``[evaluation] openings``.
        until: nothing known later is used [aware].
        cities: cities learnt from, by key.

    Raises:
        LockedWindow: there is such a window.
    """
    noted = openings(Path(config.evaluation.openings))
    for window in config.locked:
        is_opened = any((one.window, one.locked) == (window.name, span_of(window)) for one in noted)
        if window.is_touched(date.min, until.date(), cities) and not is_opened:
            raise LockedWindow(
                f"--until {until:%Y-%m-%dT%H:%MZ} is inside or after locked window {window.name}"
                f" ({' … '.join(span_of(window))}), which was not opened; give an --until before {window.starts}"
            )


def without_locked(config: Config, cities: Mapping[str, City]) -> Keep:
    """What leaves out the days of locked windows, opened or not, and the two days to either side.

    An opening is for looking at a result once, not for learning from it.

    Args:
        config: its ``[[locked]]`` blocks.
        cities: cities learnt from, by key.

    Returns:
        Takes rows of ``official`` or ``settlements``, returns those that may be learnt from.
    """
    guard = timedelta(days=GUARD_DAYS)

    def keep(rows: pl.DataFrame) -> pl.DataFrame:
        key = "station" if "station" in rows.columns else "city"
        for window in config.locked:
            of = [city.station if key == "station" else city.key for city in _covered(window, cities)]
            inside = pl.col("day").is_between(window.starts - guard, window.ends + guard)
            rows = rows.filter(~(inside & pl.col(key).is_in(of)))
        return rows

    return keep


def _covered(window: LockedBlock, cities: Mapping[str, City]) -> list[City]:
    return [city for key, city in cities.items() if not window.cities or key in window.cities]
