"""A lake of which only the rows are seen that were known by an instant, or only those known after one."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path

import polars as pl

from drybulb.adapters.lake import Lake


class LakeInTime(Lake):
    """A lake as it stood, or what has come into it since.

    Args:
        path: its folder.
        until: rows known later are not seen [aware].
        after: rows known by then are not seen [aware].
    """

    def __init__(self, path: Path | str, *, until: datetime | None = None, after: datetime | None = None) -> None:
        super().__init__(path)
        self._seen = pl.lit(value=True)
        if until is not None:
            self._seen &= pl.col("known_at") <= until
        if after is not None:
            self._seen &= pl.col("known_at") > after

    def read(
        self,
        table: str,
        keys: Iterable[str] | None = None,
        start: date | None = None,
        end: date | None = None,
        columns: list[str] | None = None,
    ) -> pl.DataFrame:
        """As :meth:`drybulb.adapters.lake.Lake.read`, less the rows that are not seen."""
        needed = None if columns is None else list(dict.fromkeys([*columns, "known_at"]))
        frame = super().read(table, keys, start, end, needed).filter(self._seen)
        return frame if columns is None else frame.select(columns)
