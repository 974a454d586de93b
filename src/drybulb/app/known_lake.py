"""A lake as it was known at an instant: whoever reads it cannot know more, whatever he asks for."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

import polars as pl

from drybulb.adapters.lake import Lake
from drybulb.domain.climateday import require_aware

_KNOWN_AT = "known_at"


class KnownLake(Lake):
    """The rows of a lake that were known before an instant; its stored models are all there, and refuse themselves.

    Args:
        lake: the tables.
        before: rows known then or later are not there [aware].
    """

    def __init__(self, lake: Lake, before: datetime) -> None:
        super().__init__(lake.path)
        self._lake = lake
        self._before = require_aware(before, "before")

    def read(
        self,
        table: str,
        keys: Iterable[str] | None = None,
        start: date | None = None,
        end: date | None = None,
        columns: list[str] | None = None,
    ) -> pl.DataFrame:
        """Read rows of a table; arguments as :meth:`drybulb.adapters.lake.Lake.read`."""
        read = None if columns is None else list(dict.fromkeys([*columns, _KNOWN_AT]))
        rows = self._lake.read(table, keys, start, end, read).filter(pl.col(_KNOWN_AT) < self._before)
        return rows if columns is None else rows.select(columns)
