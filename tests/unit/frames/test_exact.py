"""Division that does not depend on the height of the frame."""

from __future__ import annotations

import polars as pl

from drybulb.frames.exact import divide, hours


def test_a_quotient_is_the_same_alone_as_in_a_batch() -> None:
    """A column divided by a number is the correctly rounded quotient, in a frame of one row and in a long one."""
    numbers = pl.DataFrame({"x": list(range(1, 400))})
    batch = numbers.select(divide(pl.col("x"), 10_000.0))["x"].to_list()
    alone = [numbers.slice(n, 1).select(divide(pl.col("x"), 10_000.0))["x"].item() for n in range(399)]
    assert batch == alone == [x / 10_000 for x in range(1, 400)]


def test_hours_of_a_duration() -> None:
    """Ninety minutes are 1.5 hours, before as after; nothing is nothing."""
    frame = pl.DataFrame({"minutes": [90, -90, None]}).select(hours(pl.duration(minutes="minutes")).alias("h"))
    assert frame["h"].to_list() == [1.5, -1.5, None]
