"""What a search for settings must not learn from: locked windows, and whatever was known after one that is closed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta

import polars as pl

from drybulb.app.config import Config
from drybulb.app.locked import span_of
from drybulb.app.locked_block import LockedBlock
from drybulb.app.openings import openings
from drybulb.app.train import Keep
from drybulb.domain.city import City
from drybulb.errors import LockedWindow
from drybulb.forecast.folds import GUARD_DAYS


def refuse_learning(config: Config, until: datetime, cities: Mapping[str, City]) -> None:
    """Refuse to look for settings with what was known inside or after a locked window that was not opened whole.

    An opening of some of its days, or of other cities, is none; nor is one that a training noted of itself.

    Args:
        config: its ``[[locked]]`` blocks and ``[evaluation] openings``.
        until: nothing known later is used [aware].
        cities: cities learnt from, by key.

    Raises:
        LockedWindow: there is such a window.
    """
    looks = openings(config.evaluation.file)
    for window in config.locked:
        if not window.is_touched(date.min, until.date(), cities):
            continue
        of = [city.key for city in _covered(window, cities)]
        closed = [key for key in of if not any(one.is_of_all(window.starts, window.ends, key) for one in looks)]
        if closed:
            raise LockedWindow(
                f"--until {until:%Y-%m-%dT%H:%MZ} is inside or after locked window {window.name}"
                f" ({' … '.join(span_of(window))}), which was not opened for all its days in {', '.join(closed)};"
                f" give an --until before {window.starts}"
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
