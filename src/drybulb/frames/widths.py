"""The deviation of a source's percentiles, as if they were those of a normal distribution."""

from __future__ import annotations

import polars as pl

from drybulb.frames.exact import divide

#: Levels that a width is measured between [%]: further out percentiles are guesses, further in they hardly differ.
LOW, HIGH = 10.0, 90.0

#: Standard deviations between them.
APART = 2.563

#: Nobody knows a high better than this beforehand: percentiles that say so were rounded or made up [°F].
LEAST = 0.5


def width() -> pl.Expr:
    """Standard deviation [°F] by ``percentiles``, :data:`LEAST` at least; null where these do not reach both levels.

    Between two percentiles it is interpolated.
    """
    found = divide(_at(HIGH) - _at(LOW), APART)
    return pl.when(found.is_not_null()).then(pl.max_horizontal(found, pl.lit(LEAST)))


def _at(level: float) -> pl.Expr:
    below, above = _next_to(pl.element().struct.field("level") <= level), _next_to(_reaches(level))
    before, after = below.list.last(), above.list.first()
    apart = after.struct.field("level") - before.struct.field("level")
    climb = after.struct.field("high") - before.struct.field("high")
    share = pl.when(apart > 0.0).then((level - before.struct.field("level")) / apart).otherwise(0.0)
    # Neither before the first percentile nor after the last one is anything said.
    return pl.when(before.is_not_null() & after.is_not_null()).then(before.struct.field("high") + climb * share)


def _reaches(level: float) -> pl.Expr:
    return pl.element().struct.field("level") >= level


def _next_to(which: pl.Expr) -> pl.Expr:
    return pl.col("percentiles").list.eval(pl.element().filter(which))
