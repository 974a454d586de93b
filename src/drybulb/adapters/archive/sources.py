"""A file of the archive, read as the columns it must have, or refused as a whole with the reason.

A file is refused when it is missing or cannot be read, lacks a column, holds another type than it should, has times
without a zone, or holds another unit than its columns promise. Rows are numbered as they stand in the file.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from enum import Enum
from pathlib import Path

import polars as pl

from drybulb.adapters.archive.findings import EXAMPLES, Check, Findings

INSTANT = pl.Datetime("us", "UTC")
LEVELS = pl.List(pl.List(pl.Float64))


class Kind(Enum):
    """What a column holds."""

    TEXT = "text"
    DAY = "dates"
    INSTANT = "times with a zone"
    NUMBER = "numbers"
    LEVELS = "lists of [price, size]"


def _fits(dtype: pl.DataType, kind: Kind) -> bool:
    """Whether values of ``dtype`` can be read as ``kind`` without guessing."""
    if dtype == pl.Null:
        return True
    match kind:
        case Kind.TEXT:
            return dtype in (pl.String, pl.Categorical)
        case Kind.DAY:
            return dtype == pl.Date
        case Kind.INSTANT:
            return isinstance(dtype, pl.Datetime) and dtype.time_zone is not None
        case Kind.NUMBER:
            return dtype.is_numeric()
        case Kind.LEVELS:
            inner = dtype.inner if isinstance(dtype, pl.List) else None
            return isinstance(inner, pl.List) and (inner.inner == pl.Null or inner.inner.is_numeric())


def _cast(column: str, kind: Kind) -> pl.Expr:
    match kind:
        case Kind.TEXT:
            return pl.col(column).cast(pl.String)
        case Kind.DAY:
            return pl.col(column).cast(pl.Date)
        case Kind.INSTANT:
            return pl.col(column).cast(INSTANT)
        case Kind.NUMBER:
            number = pl.col(column).cast(pl.Float64)
            return pl.when(number.is_finite()).then(number).alias(column)
        case Kind.LEVELS:
            return pl.col(column).cast(LEVELS)


def read_source(file: Path, columns: Mapping[str, Kind], findings: Findings) -> pl.DataFrame | None:
    """Read the columns of a Parquet file; None where the file was refused.

    Args:
        file: the file.
        columns: what it must have.
        findings: where the refusal is recorded.

    Returns:
        the columns as text, dates, UTC instants, 64-bit floats (NaN and infinity are null) or levels, and ``row``,
        the number of each in the file, from 0.
    """
    if not file.is_file():
        findings.refuse_file(file.name, "file not found")
        return None
    try:
        frame = pl.read_parquet(file)
    except (OSError, pl.exceptions.PolarsError, pl.exceptions.PanicException) as error:
        findings.refuse_file(
            file.name, "cannot be read: truncated, damaged or not Parquet", examples=[str(error)[:200]]
        )
        return None
    faults = [f"missing column {name}" for name in columns if name not in frame.columns]
    faults += [
        f"column {name} holds {frame.schema[name]}, not {kind.value}"
        for name, kind in columns.items()
        if name in frame.columns and not _fits(frame.schema[name], kind)
    ]
    if faults:
        findings.refuse_file(file.name, "; ".join(faults), rows=frame.height)
        return None
    return frame.select(_cast(name, kind) for name, kind in columns.items()).with_row_index("row")


def no_rows(columns: Mapping[str, Kind]) -> pl.DataFrame:
    """Return what :func:`read_source` would return for a file without rows."""
    nothing = pl.DataFrame(schema=dict.fromkeys(columns, pl.Null))
    return nothing.select(_cast(name, kind) for name, kind in columns.items()).with_row_index("row")


def digest(file: Path) -> str:
    """Return the first digits of the SHA-256 of a file: which version of it was imported."""
    return hashlib.sha256(file.read_bytes()).hexdigest()[:12]


def place_of_codes(frame: pl.DataFrame, keys: Mapping[str, str]) -> pl.DataFrame:
    """Return the rows with ``place``: the city key of the code in ``city``, or that code where it is unknown."""
    known = pl.col("city").replace_strict(keys, default=None, return_dtype=pl.String)
    return frame.with_columns(place=pl.coalesce(known, "city", pl.lit("unknown")))


def place_of_stations(frame: pl.DataFrame, stations: Mapping[str, str]) -> pl.DataFrame:
    """Return the rows with ``place``: the city a station settles, or the station."""
    known = pl.col("station").replace_strict(stations, default=None, return_dtype=pl.String)
    return frame.with_columns(place=pl.coalesce(known, "station", pl.lit("unknown")))


def missing(columns: Iterable[str]) -> list[Check]:
    """Checks that refuse a row where one of ``columns`` is null or NaN."""
    return [(f"no {name}", pl.col(name).is_null()) for name in columns]


def in_dollars(rows: pl.DataFrame, columns: Sequence[str]) -> list[str]:
    """Rows that show that prices which should be cents are dollars: none above 1 anywhere, some broken; else none."""
    prices = rows.select(pl.max_horizontal(columns)).to_series().max()
    if not isinstance(prices, float) or prices > 1:
        return []
    broken = rows.filter(pl.any_horizontal(pl.col(name) != pl.col(name).round() for name in columns))
    some = broken.select("row", *columns).head(EXAMPLES)
    return [f"row {row}: {' '.join(f'{price:g}' for price in found if price)}" for row, *found in some.iter_rows()]


def note_disorder(file: str, rows: pl.DataFrame, within: str, time: str, findings: Findings) -> None:
    """Note rows that stand before an earlier one of the same thing; rows are sorted before use, so nothing is lost."""
    back = rows.filter((pl.col(time) < pl.col(time).shift().over(within)).fill_null(value=False))
    if back.height:
        some = [f"row {row}" for row in back["row"].head(EXAMPLES)]
        findings.note(file, "all", f"rows out of order in {time} within {within}; sorted", back.height, some)
