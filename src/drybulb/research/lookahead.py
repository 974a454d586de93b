"""Law 1 as a question to any rows: does anything at an instant change with what was known after it?

Rows known later are deleted, given other values, or contradicted by themselves: every row, also those known by then,
comes again with other values, known a microsecond after the instant. Whoever looks only at what was known by the
instant cannot tell the difference.

It cannot be caught this way that a row *says* it was known before it was. :func:`suspicious` counts the rows whose own
columns contradict their ``known_at``; a lie that is consistent stays a lie.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

import polars as pl

from drybulb.frames.asof import INSTANT
from drybulb.frames.schema import TABLES

#: What an answer is made of; compared bit for bit by ``repr``, which tells 0.0 from -0.0 and reads floats back exactly.
Part = Mapping[str, object]


class Tampering(StrEnum):
    """What is done to the rows known after an instant."""

    DELETED = "deleted"
    CHANGED = "changed"
    CONTRADICTED = "contradicted"


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is not what it was.

    Attributes:
        part: ``snapshot``, ``belief``, ``decision`` or ``minutes``.
        what: which value of it, such as a column of the snapshot or an order.
        old: the value on the rows as they are, as text; None where there was none.
        new: the value on the rows tampered with.
    """

    part: str
    what: str
    old: str | None
    new: str | None


@dataclass(frozen=True, slots=True)
class Suspicion:
    """Rows of a table that contradict their own ``known_at``.

    Attributes:
        table: name of the table.
        what: what is wrong with them.
        rows: how many.
        first: ``known_at`` of the earliest [UTC]; None where it is what they lack.
    """

    table: str
    what: str
    rows: int
    first: datetime | None


#: Columns that say what a row is about and how it came, which are kept.
_KEPT = frozenset(
    {"known_at", "known_from", "ticker", "event", "city", "day", "station", "exchange", "series", "trade_id", "source"}
)

#: West of Greenwich a climate day ends after the UTC midnight of its date.
_DAY_OVER = pl.col("day").dt.offset_by("1d").cast(pl.Datetime("us")).dt.replace_time_zone("UTC")

#: What a row is about, by table: nobody can know it before.
_DESCRIBED = {
    "market_changes": pl.col("at"),
    "prints": pl.col("at"),
    "quotes": pl.col("at"),
    "books": pl.col("at"),
    "candles": pl.col("end_at"),
    "dense": pl.col("end_at"),
    "observations": pl.col("valid_at"),
    "guidance": pl.col("issued_at"),
    "settlements": _DAY_OVER,
}


def tampered(table: str, rows: pl.DataFrame, at: datetime, how: Tampering) -> pl.DataFrame:
    """Return the rows of a table with what was known after an instant tampered with, in the order of their keys.

    Args:
        table: name of the table.
        rows: all its columns.
        at: rows known by then stay as they are [aware].
        how: what is done to the others.
    """
    then = pl.col("known_at") <= at
    match how:
        case Tampering.DELETED:
            return rows.filter(then)
        case Tampering.CHANGED:
            made = [rows.filter(then), _other(rows.filter(~then), _KEPT)]
        case Tampering.CONTRADICTED:
            late = rows.with_columns(pl.lit(at + timedelta(microseconds=1), INSTANT).alias("known_at"))
            made = [rows, _other(late, _KEPT.union(TABLES[table].primary_key()))]
    return pl.concat(made).sort([*TABLES[table].primary_key(), "known_at"])


def later(rows: pl.DataFrame, at: datetime) -> int:
    """Return how many rows were known after an instant."""
    return rows.filter(pl.col("known_at") > at).height


def _other(rows: pl.DataFrame, kept: frozenset[str]) -> pl.DataFrame:
    """The rows with every value another one that its column can hold, but for the columns kept."""
    return rows.with_columns(_changed(name, dtype) for name, dtype in rows.schema.items() if name not in kept)


def _changed(name: str, dtype: pl.DataType) -> pl.Expr:
    column = pl.col(name)
    if dtype == pl.Boolean:
        return ~column
    if dtype.is_temporal():
        return column - pl.duration(hours=1)
    if dtype.is_numeric() and any(word in name for word in ("bid", "ask", "price", "payout")):
        return (10_000 - column).alias(name)  # a price stays one: between 0 and $1
    if dtype.is_numeric():
        return (column.fill_null(0) + 9).cast(dtype)
    if isinstance(dtype, pl.List):
        return column.list.head(0)
    return column


def differences(part: str, honest: Part, other: Part) -> list[Difference]:
    """Return what is not the same, bit for bit, in two answers, in the order of their names.

    Args:
        part: of what they are.
        honest: on the rows as they are.
        other: on the rows tampered with.
    """
    return [
        Difference(part, name, old, new)
        for name in sorted({*honest, *other})
        if (old := _text(honest, name)) != (new := _text(other, name))
    ]


def _text(part: Part, name: str) -> str | None:
    return repr(part[name]) if name in part else None


def suspicious(table: str, rows: pl.DataFrame) -> list[Suspicion]:
    """Return which rows of a table contradict their own ``known_at``.

    Args:
        table: name of the table.
        rows: all its columns.
    """
    wrong = {
        "no known_at": pl.col("known_at").is_null(),
        "known_from is neither received nor latency": ~pl.col("known_from")
        .is_in(["received", "latency"])
        .fill_null(value=False),
    }
    if table in _DESCRIBED:
        wrong["known before what it describes"] = pl.col("known_at") < _DESCRIBED[table]
    if table == "official":
        wrong["final before its day is over"] = pl.col("is_final") & (pl.col("known_at") < _DAY_OVER)
    counted = ((what, rows.filter(condition)) for what, condition in wrong.items())
    return [Suspicion(table, what, found.height, _first(found)) for what, found in counted if not found.is_empty()]


def _first(rows: pl.DataFrame) -> datetime | None:
    first = rows["known_at"].min()
    return first if isinstance(first, datetime) else None
