"""From °C as reported to the whole °F they were made from."""

from __future__ import annotations

import polars as pl
import pytest

from drybulb.frames.degrees import ceil_fahrenheit, fahrenheit, floor_fahrenheit


def _floor(celsius: list[float | None]) -> list[int | None]:
    return pl.DataFrame({"c": celsius}, schema={"c": pl.Float64}).select(floor_fahrenheit(pl.col("c")))["c"].to_list()


@pytest.mark.parametrize("places", [1, 2])
def test_every_whole_fahrenheit_is_recovered(places: int) -> None:
    """Each whole °F from -60 to 140, published in tenths or hundredths of °C, is recovered exactly."""
    degrees = list(range(-60, 141))
    assert _floor([round((f - 32) / 1.8, places) for f in degrees]) == degrees


@pytest.mark.parametrize(
    ("celsius", "lowest"),
    [
        (22.0, 71),  # 21.5 °C is 70.7 °F: the lowest whole degree is 71, though 22 °C is 71.6 °F
        (29.0, 84),  # [83.3, 85.1)
        (30.0, 86),  # [85.1, 86.9): a multiple of 5 is one whole °F
        (21.0, 69),  # [68.9, 70.7)
        (0.0, 32),
        (-1.0, 30),  # [29.3, 31.1)
        (-18.0, -1),  # [-1.3, 0.5)
        (-40.0, -40),
        (28.9, 84),
        (-17.8, 0),
        (20.56, 69),
    ],
)
def test_the_lowest_degree_a_reading_can_mean(celsius: float, lowest: int) -> None:
    """A whole °C means an interval and counts as its lower end; decimals mean one whole °F."""
    assert _floor([celsius]) == [lowest]


@pytest.mark.parametrize(
    ("celsius", "highest"),
    [
        (22.0, 72),  # 22.5 °C is 72.5 °F
        (29.0, 85),  # [83.3, 85.1)
        (30.0, 86),  # [85.1, 86.9)
        (24.0, 76),  # [74.3, 76.1)
        (-1.0, 31),  # [29.3, 31.1)
        (-18.0, 0),  # [-1.3, 0.5)
        (28.9, 84),
        (-17.8, 0),
        (20.56, 69),
    ],
)
def test_the_highest_degree_a_reading_can_mean(celsius: float, highest: int) -> None:
    """A whole °C means up to the last whole °F below half a degree more; decimals mean one whole °F."""
    frame = pl.DataFrame({"c": [celsius]}).select(ceil_fahrenheit(pl.col("c")))
    assert frame["c"].to_list() == [highest]


def test_no_reading_is_no_degree() -> None:
    """A missing temperature stays missing."""
    assert _floor([None]) == [None]
    nothing = pl.DataFrame({"c": [None]}, schema={"c": pl.Float64})
    assert nothing.select(ceil_fahrenheit(pl.col("c")))["c"].to_list() == [None]


def test_the_best_single_value() -> None:
    """Decimals give the whole °F they were made from, a whole °C the middle of its interval."""
    frame = pl.DataFrame({"c": [28.9, 22.0, -18.0, None]}).select(fahrenheit(pl.col("c")))
    assert frame["c"].to_list() == [84.0, 71.6, -0.4, None]
