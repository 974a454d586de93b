"""Division that gives a row the same bits alone as among a million.

polars divides a column by a literal by multiplying with its reciprocal, but divides for
real where the frame has one row. The last bit differs in one row of four, and a belief
made live, one row at a time, would not be the backtest's. A column divided by a column
is divided for real in both.
"""

from __future__ import annotations

import polars as pl

MICROSECONDS_PER_HOUR = 3_600_000_000.0


def divide(value: pl.Expr, by: float) -> pl.Expr:
    """Divide ``value`` by the number ``by``, correctly rounded whatever the height of the frame."""
    number = value.cast(pl.Float64)
    return number / (number * 0.0 + by)


def hours(duration: pl.Expr) -> pl.Expr:
    """Return a duration in hours [h], correctly rounded."""
    return divide(duration.dt.total_microseconds(), MICROSECONDS_PER_HOUR)
